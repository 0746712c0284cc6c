//! Requests and responses. (The lead wrote `group.rs` and `error.rs` as they stand here: the consumer client is
//! already written against them. Build the coordinator on these types; extend where something is missing. On main
//! this mod.rs has more modules: keep main's version in a conflict.)
pub mod error;
pub mod group;
pub use error::ErrorCode;
