//! How a document becomes text and comes back. Every version ever written is read for ever: what a text is,
//! is decided from its first bytes (`#s1=`, `"ottla": 1`), and a version keeps its reader.

pub mod file;
pub mod link;
