//! The documents that come with Ottla. Each is a file in `gallery/`, in the same JSON as any other document.

mod first;

use crate::codec::file;
use crate::document::Document;
use crate::error::DocumentError;

/// One built-in document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Its short name, as in `?scenario=NAME`.
    pub name: &'static str,
    /// Its JSON.
    pub json: &'static str,
}

impl GalleryEntry {
    /// Reads it.
    ///
    /// # Errors
    /// Never for an entry of [`GALLERY`]; a test holds that.
    pub fn document(&self) -> Result<Document, DocumentError> {
        file::decode(self.json.as_bytes())
    }
}

macro_rules! gallery {
    ($($name:literal),+ $(,)?) => {
        /// All of them; the first is what a first visit opens.
        pub const GALLERY: &[GalleryEntry] = &[$(GalleryEntry {
            name: $name,
            json: include_str!(concat!("../gallery/", $name, ".json")),
        }),+];
    };
}

gallery![
    "default",
    "one-broker",
    "empty",
    "idle-member",
    "crash-member",
    "eager-vs-cooperative",
    "unread-expires",
    "retention-by-size",
    "compaction",
    "tombstones",
    "compact-delete",
    "disk-full",
    "keyless-sticky",
    "add-partitions",
    "many-groups",
    "busy",
    "leader-dies",
    "min-isr",
    "acks-1-and-acks-all",
    "last-leader",
    "zombie-leader",
    "unclean-election",
    "rolling-restart",
    "racks",
    "hundred-partitions",
];

/// The built-in document of this name.
pub fn by_name(name: &str) -> Option<&'static GalleryEntry> {
    GALLERY.iter().find(|entry| entry.name == name)
}

/// What a first visit opens.
pub fn default_document() -> Document {
    first::document()
}
