//! What can go wrong with the browser's storage. Each text says what it means and what to do.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

/// Why something could not be stored or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no storage here: a private window, a sandboxed frame, or it is switched off.
    #[error(
        "This browser keeps nothing for this page ({0}). The playground goes on in memory; save your work to a file."
    )]
    Refused(String),
    /// An older page holds the database open in another tab.
    #[error("Another tab holds an older version of Ottla open. Close it, then reload this page.")]
    Blocked,
    /// The database was written by a newer version of the page.
    #[error(
        "The workspaces in this browser were saved by a newer Ottla. Reload the page to get it; nothing was changed."
    )]
    Newer,
    /// No space is left.
    #[error(
        "The browser's storage is full. The playground goes on in memory; delete a workspace, or save to a file."
    )]
    Quota,
    /// What is stored can't be read.
    #[error(
        "{0} can't be read; it is damaged. Nothing else is affected; delete it to free its space."
    )]
    Corrupt(String),
    /// The database was closed under us: cleared by the browser, or upgraded by a newer page in another tab.
    #[error(
        "The browser closed the storage, perhaps because it was cleared or a newer Ottla was opened. The playground goes on in memory; save to a file, then reload."
    )]
    Closed,
    /// There is no such workspace.
    #[error("This workspace is not in this browser. It may have been deleted in another tab.")]
    NotFound,
    /// Another tab is the writer.
    #[error("Open in another tab. This one is read only.")]
    ReadOnly,
    /// Anything else the browser says.
    #[error("The browser could not store this ({0}). Save your work to a file.")]
    Other(String),
}

impl StoreError {
    /// By the name of a `DOMException`.
    pub(crate) fn of_exception(name: &str, message: &str) -> Self {
        match name {
            "QuotaExceededError" => Self::Quota,
            "VersionError" => Self::Newer,
            "SecurityError" | "NotAllowedError" => Self::Refused(message.to_owned()),
            "InvalidStateError" => Self::Closed,
            "DataError" | "NotReadableError" => Self::Corrupt("A workspace".to_owned()),
            _ => Self::Other(format!("{name}: {message}")),
        }
    }
}

impl From<JsValue> for StoreError {
    fn from(value: JsValue) -> Self {
        if let Some(exception) = value.dyn_ref::<DomException>() {
            return Self::of_exception(&exception.name(), &exception.message());
        }
        match value.dyn_ref::<js_sys::Error>() {
            Some(error) => {
                Self::of_exception(&String::from(error.name()), &String::from(error.message()))
            }
            None => Self::Other(format!("{value:?}")),
        }
    }
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        use idb::Error as E;
        match error {
            E::IndexedDbNotFound(_) => Self::Refused("it has no IndexedDB".to_owned()),
            E::DomException(exception) => JsValue::from(exception).into(),
            E::IndexedDbOpenFailed(value) => match value.into() {
                // Old private windows say so when the database is opened.
                Self::Closed => Self::Refused("it does not open".to_owned()),
                other => other,
            },
            E::AddFailed(value)
            | E::UpdateFailed(value)
            | E::GetFailed(value)
            | E::GetAllFailed(value)
            | E::GetAllKeysFailed(value)
            | E::DeleteFailed(value)
            | E::ObjectStoreNotFound(value)
            | E::TransactionOpenFailed(value)
            | E::TransactionCommitError(value)
            | E::KeyRangeCreateFailed(value) => value.into(),
            other => Self::Other(other.to_string()),
        }
    }
}
