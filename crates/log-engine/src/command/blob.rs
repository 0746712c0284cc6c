//! Bytes of a file inside a command: shared, whatever copies of the command there are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// A file's bytes; in JSON a base64 string (RFC 4648, with padding). A clone shares the bytes. Equality looks at
/// them only where length and checksum agree and they are not shared; the hash is that of length and checksum.
#[derive(Clone, Default)]
pub struct Blob {
    bytes: Bytes,
    /// CRC-32C of the bytes.
    crc: u32,
}

impl Blob {
    /// These bytes; their checksum is taken once, here.
    pub fn new(bytes: Bytes) -> Self {
        let crc = crc32c::crc32c(&bytes);
        Self { bytes, crc }
    }

    /// CRC-32C of the bytes.
    pub fn crc(&self) -> u32 {
        self.crc
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(Bytes::from(bytes))
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        let shared = self.bytes.as_ptr() == other.bytes.as_ptr();
        self.crc == other.crc
            && self.bytes.len() == other.bytes.len()
            && (shared || self.bytes == other.bytes)
    }
}

impl Eq for Blob {}

impl Hash for Blob {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.bytes.len() as u64).hash(state);
        self.crc.hash(state);
    }
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes, crc {:08x})", self.bytes.len(), self.crc)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.bytes))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map(Self::from).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_base64_in_json_and_shared_when_cloned() {
        let blob = Blob::from(vec![0, 255, 7, 8]);
        let json = serde_json::to_string(&blob).unwrap();
        assert_eq!(json, "\"AP8HCA==\"");
        assert_eq!(serde_json::from_str::<Blob>(&json).unwrap(), blob);
        assert_eq!(blob.clone().bytes().as_ptr(), blob.bytes().as_ptr());
        assert!(serde_json::from_str::<Blob>("\"?\"").is_err());
        assert_ne!(Blob::from(vec![1]), Blob::from(vec![2]));
    }
}
