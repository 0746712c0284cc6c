//! Workspaces, journal, checkpoints and segment blobs in IndexedDB. Knows no Kafka: what it keeps are texts and
//! bytes that mean something to others.
//!
//! - [`Store`] opens the database and lists, makes, copies and deletes workspaces.
//! - [`Lock`] makes one tab the writer of a workspace; another one that opens it reads only.
//! - [`Writer`] keeps a workspace while it changes: write-behind, in groups, at most 250 ms late.
//!
//! Storage can be refused, full, blocked or taken away at any moment. Every call then gives a [`StoreError`] whose
//! text says what to do; nothing here stops the page from going on in memory.

mod blobs;
mod error;
mod lock;
mod quota;
mod schema;
mod store;
mod transaction;
mod workspace;
mod writer;

pub use error::StoreError;
pub use lock::{Lock, LockGuard};
pub use quota::{Estimate, estimate, persist, persisted};
pub use store::Store;
pub use workspace::{Saved, Workspace};
pub use writer::{COMMIT_AFTER_BYTES, COMMIT_AFTER_MS, Status, Writer};
