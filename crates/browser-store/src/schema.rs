//! Names and versions of the object stores.
//!
//! | store | key | value | since |
//! |---|---|---|---|
//! | `workspaces` | `id` | [`crate::Workspace`] | 1 |
//! | `documents` | workspace id | the text (version 1), or `{ document, position }` | 1 |
//! | `journal` | `[workspace id, n]` | a text that was added to the document since | 2 |
//! | `checkpoints` | `[workspace id, at]` | bytes | 2 |
//! | `segments` | `[workspace id, name]` | bytes | 2 |
//!
//! A step never rewrites what is there: values of older versions are read as they are, so that an upgrade can't
//! lose anything and costs nothing.

use idb::event::VersionChangeEvent;
use idb::{Database, DatabaseEvent, ObjectStoreParams};

/// The database's name.
pub const DATABASE: &str = "ottla";
/// The newest version.
pub const VERSION: u32 = 2;

pub const WORKSPACES: &str = "workspaces";
pub const DOCUMENTS: &str = "documents";
pub const JOURNAL: &str = "journal";
pub const CHECKPOINTS: &str = "checkpoints";
pub const SEGMENTS: &str = "segments";

/// All stores.
pub const ALL: [&str; 5] = [WORKSPACES, DOCUMENTS, JOURNAL, CHECKPOINTS, SEGMENTS];
/// Stores whose keys are `[workspace id, ...]`.
pub const BY_WORKSPACE: [&str; 3] = [JOURNAL, CHECKPOINTS, SEGMENTS];

/// Adds what the versions after `event`'s old one have. Runs within the upgrade transaction.
pub fn upgrade(event: &VersionChangeEvent) -> Result<(), idb::Error> {
    let database = event.database()?;
    let old = event.old_version()?;
    if old < 1 {
        create(&database, &[WORKSPACES, DOCUMENTS])?;
    }
    if old < 2 {
        create(&database, &BY_WORKSPACE)?;
    }
    Ok(())
}

fn create(database: &Database, names: &[&str]) -> Result<(), idb::Error> {
    for name in names {
        database.create_object_store(name, ObjectStoreParams::new())?;
    }
    Ok(())
}
