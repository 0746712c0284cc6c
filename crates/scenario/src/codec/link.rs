//! A document in a link: `#s1=` + base64url(deflate(JSON)). Nothing leaves the browser with it: what stands
//! behind `#` is never sent to a server.

use super::file;
use crate::document::{Document, VERSION};
use crate::error::DocumentError;
use crate::limits::{LONG_LINK_CHARS, MAX_DOCUMENT_BYTES, MAX_LINK_BYTES, SAFE_LINK_CHARS};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{
    TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
};

/// What a link of this version begins with, from `#` on.
pub const PREFIX: &str = "#s1=";

/// base64url without padding; where a tool added padding, it is taken off before.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Smallest of deflate's levels 0 to 10.
const LEVEL: u8 = 10;

/// Whether a link of some length gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkSize {
    /// At most [`SAFE_LINK_CHARS`]: everywhere.
    Safe,
    /// At most [`LONG_LINK_CHARS`]: most places.
    Long,
    /// Longer: offer a file.
    TooLong,
}

impl LinkSize {
    /// Judges a whole link, from `https` on, by its number of characters.
    pub fn of(chars: usize) -> Self {
        if chars <= SAFE_LINK_CHARS {
            Self::Safe
        } else if chars <= LONG_LINK_CHARS {
            Self::Long
        } else {
            Self::TooLong
        }
    }
}

/// Writes the part of a link from `#` on; put the page's address before it.
///
/// # Errors
/// When the document is beyond a bound, or packs to more than a link may hold.
pub fn encode(document: &Document) -> Result<String, DocumentError> {
    let json = file::encode_compact(document)?;
    let mut fragment = String::from(PREFIX);
    BASE64.encode_string(compress_to_vec(json.as_bytes(), LEVEL), &mut fragment);
    if fragment.len() > MAX_LINK_BYTES {
        return Err(DocumentError::LinkTooLong { bytes: fragment.len() });
    }
    Ok(fragment)
}

/// Reads a link: a whole address, or its part from `#` on. White space, as mail programs put into long lines, is
/// passed over, and so is what follows an `&`.
///
/// # Errors
/// When there is no document in it, it is damaged or too long, or its document can't be opened.
pub fn decode(link: &str) -> Result<Document, DocumentError> {
    let payload = payload_of(link)?;
    let packed = BASE64.decode(&payload).map_err(|error| {
        damaged(match error {
            base64::DecodeError::InvalidByte(at, byte) => {
                format!(
                    "character {} ({:?}) does not belong in it",
                    at.saturating_add(1),
                    char::from(byte)
                )
            }
            _ => "its end is missing".to_owned(),
        })
    })?;
    file::decode(&inflate(&packed)?)
}

/// The base64url text of a link of this version.
fn payload_of(link: &str) -> Result<String, DocumentError> {
    let fragment = link.find('#').map_or(link, |at| link.get(at..).unwrap_or_default());
    if fragment.len() > MAX_LINK_BYTES {
        return Err(DocumentError::LinkTooLong { bytes: fragment.len() });
    }
    let part = fragment
        .trim_start_matches('#')
        .split('&')
        .map(str::trim)
        .find_map(|part| part.strip_prefix('s').and_then(|rest| rest.split_once('=')))
        .filter(|(version, _)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
        });
    let (version, payload) = part.ok_or(DocumentError::NotALink)?;
    match version.parse::<u64>() {
        Ok(1) => Ok(payload.chars().filter(|c| !c.is_whitespace() && *c != '=').collect()),
        Ok(0) => Err(DocumentError::NotALink),
        Ok(version) => Err(DocumentError::FutureVersion { version, newest: VERSION }),
        Err(_) => Err(DocumentError::FutureVersion { version: u64::MAX, newest: VERSION }),
    }
}

/// Inflates to at most [`MAX_DOCUMENT_BYTES`]. Plain deflate is what we write; with a zlib header, as other
/// people's tools like to add, is read as well (its two bytes can't open a plain stream of ours).
fn inflate(packed: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let unpacked = if has_zlib_header(packed) {
        decompress_to_vec_zlib_with_limit(packed, MAX_DOCUMENT_BYTES)
    } else {
        decompress_to_vec_with_limit(packed, MAX_DOCUMENT_BYTES)
    };
    unpacked.map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => DocumentError::TooLarge,
        TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
            damaged("its end is missing".to_owned())
        }
        TINFLStatus::Adler32Mismatch => damaged("its checksum is wrong".to_owned()),
        _ => damaged("what is in it does not unpack".to_owned()),
    })
}

fn has_zlib_header(packed: &[u8]) -> bool {
    matches!(packed, [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31))
}

fn damaged(reason: String) -> DocumentError {
    DocumentError::DamagedLink { reason }
}
