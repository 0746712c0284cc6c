//! Files out of a zip, a piece at a time, within the size the zip claims.

use bytes::Bytes;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::error::Problem;
use crate::limits::ANY_RATIO_BYTES;

/// A file's bytes as they were handed in.
#[derive(Debug)]
pub(crate) enum Packed {
    /// As they are; a zip gives their CRC-32.
    Plain { bytes: Bytes, crc: Option<u32> },
    /// Deflated, with size and CRC-32 of what comes out.
    Deflated { bytes: Bytes, size: u64, crc: u32 },
}

impl Packed {
    /// Bytes unpacked, as claimed.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Plain { bytes, .. } => bytes.len() as u64,
            Self::Deflated { size, .. } => *size,
        }
    }
}

impl Packed {
    /// Whether it claims to unpack to more than so many times its size.
    pub(crate) fn is_beyond_ratio(&self, ratio: u64) -> bool {
        let Self::Deflated { bytes, size, .. } = self else { return false };
        *size > ANY_RATIO_BYTES && *size > (bytes.len() as u64).saturating_mul(ratio)
    }
}

/// A file being unpacked.
pub(crate) struct Unpacker {
    packed: Packed,
    inflater: Option<Box<DecompressorOxide>>,
    out: Vec<u8>,
    read: usize,
    written: usize,
    crc: rawzip::Crc32,
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { read, written, .. } = self;
        f.debug_struct("Unpacker").field("read", read).field("written", written).finish()
    }
}

impl Unpacker {
    /// Memory is taken as bytes come out.
    pub(crate) fn new(packed: Packed) -> Self {
        let inflater = matches!(packed, Packed::Deflated { .. }).then(Box::default);
        let crc = rawzip::Crc32::new();
        Self { packed, inflater, out: Vec::new(), read: 0, written: 0, crc }
    }

    /// Unpacks up to `budget` bytes. Returns how many it did, and the whole file once it is done.
    pub(crate) fn step(&mut self, budget: usize) -> Result<(usize, Option<Bytes>), Problem> {
        match &self.packed {
            Packed::Plain { bytes, crc: None } => Ok((bytes.len(), Some(bytes.clone()))),
            Packed::Plain { bytes, crc: Some(crc) } => {
                let (bytes, crc) = (bytes.clone(), *crc);
                let rest = bytes.get(self.read..).unwrap_or_default();
                let piece = rest.get(..budget).unwrap_or(rest);
                self.crc.update(piece);
                self.read = self.read.saturating_add(piece.len());
                let whole = self.read == bytes.len();
                self.check_crc(whole, crc)?;
                Ok((piece.len(), whole.then_some(bytes)))
            }
            Packed::Deflated { bytes, size, crc } => {
                let (bytes, size, crc) = (bytes.clone(), *size, *crc);
                self.inflate(&bytes, size, crc, budget)
            }
        }
    }

    fn inflate(
        &mut self,
        bytes: &Bytes,
        size: u64,
        crc: u32,
        budget: usize,
    ) -> Result<(usize, Option<Bytes>), Problem> {
        let size = usize::try_from(size).map_err(|_| Problem::Damaged("it claims too much"))?;
        let Some(inflater) = &mut self.inflater else { return Ok((0, None)) };
        let room = self.written.saturating_add(budget).min(size);
        if self.out.capacity() < room {
            // Once, so that nothing is copied; the claim was checked against limits.
            self.out.reserve_exact(size.saturating_sub(self.out.len()));
        }
        self.out.resize(room, 0);
        let input = bytes.get(self.read..).unwrap_or_default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, wrote) = decompress(inflater, input, &mut self.out, self.written, flags);
        let end = self.written.saturating_add(wrote);
        self.crc.update(self.out.get(self.written..end).unwrap_or_default());
        self.read = self.read.saturating_add(read);
        self.written = end;
        let done = match status {
            TINFLStatus::Done if end == size => true,
            TINFLStatus::Done => return Err(Problem::Damaged("it is shorter than the zip says")),
            TINFLStatus::HasMoreOutput if end < size => false,
            TINFLStatus::HasMoreOutput => {
                return Err(Problem::Damaged("it is longer than the zip says"));
            }
            _ => return Err(Problem::Damaged("it cannot be inflated")),
        };
        self.check_crc(done, crc)?;
        Ok((wrote, done.then(|| Bytes::from(std::mem::take(&mut self.out)))))
    }

    fn check_crc(&self, is_whole: bool, crc: u32) -> Result<(), Problem> {
        if is_whole && self.crc.checksum() != crc {
            return Err(Problem::Damaged("its CRC-32 is another"));
        }
        Ok(())
    }
}
