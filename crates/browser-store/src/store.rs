//! The database: opening it, and the list of workspaces.

use crate::error::StoreError;
use crate::lock::Lock;
use crate::schema::{self, BY_WORKSPACE, DOCUMENTS, JOURNAL, SEGMENTS, WORKSPACES};
use crate::transaction::{finish, key, keys_of};
use crate::workspace::{Saved, Workspace, document_from_js, document_to_js};
use idb::{Database, Event as _, Factory, Transaction, TransactionMode};
use js_sys::{Promise, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The open database. Copies share it.
#[derive(Debug, Clone)]
pub struct Store {
    database: Rc<Database>,
    open: Rc<Cell<bool>>,
}

impl Store {
    /// Opens the database, and makes or upgrades it where needed.
    ///
    /// # Errors
    /// Where there is no storage, another tab blocks it, or a newer page has upgraded it.
    pub async fn open() -> Result<Self, StoreError> {
        Self::open_named(schema::DATABASE).await
    }

    /// Opens a database of another name; tests use one each.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_named(name: &str) -> Result<Self, StoreError> {
        let mut database = opened(name).await?;
        let open = Rc::new(Cell::new(true));
        let closed = Rc::clone(&open);
        database.on_close(move |_| closed.set(false));
        let gives_way = Rc::clone(&open);
        database.on_version_change(move |event| {
            // A newer page wants to upgrade: hold it up and it would be blocked.
            gives_way.set(false);
            if let Some(Ok(database)) =
                event.target().map(|it| Database::try_from(JsValue::from(it)))
            {
                database.close();
            }
        });
        Ok(Self { database: Rc::new(database), open })
    }

    /// Whether the browser still lets us store something here.
    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    /// All workspaces, the one changed last first. One that can't be read is left out.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn list(&self) -> Result<Vec<Workspace>, StoreError> {
        let transaction = self.read(&[WORKSPACES])?;
        let rows = transaction.object_store(WORKSPACES)?.get_all(None, None)?.await?;
        let mut list: Vec<Workspace> =
            rows.into_iter().filter_map(|row| Workspace::from_js(row).ok()).collect();
        sorted::sort_by(&mut list, |a, b| b.modified_ms.total_cmp(&a.modified_ms));
        Ok(list)
    }

    /// The workspace that was open last.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn last_opened(&self) -> Result<Option<Workspace>, StoreError> {
        let list = self.list().await?.into_iter();
        Ok(list
            .filter(|workspace| workspace.opened_ms > 0.0)
            .max_by(|a, b| a.opened_ms.total_cmp(&b.opened_ms)))
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// When it can't be stored.
    pub async fn create(&self, title: &str, document: &str) -> Result<Saved, StoreError> {
        self.create_with(title, document, Vec::new()).await
    }

    /// Makes a workspace with the segments that its document needs.
    ///
    /// # Errors
    /// When it can't be stored; then nothing of it is.
    pub async fn create_with(
        &self,
        title: &str,
        document: &str,
        segments: Vec<(String, Uint8Array)>,
    ) -> Result<Saved, StoreError> {
        let now_ms = js_sys::Date::now();
        let workspace = Workspace {
            id: new_id()?,
            title: title.to_owned(),
            created_ms: now_ms,
            modified_ms: now_ms,
            opened_ms: 0.0,
            thumbnail: String::new(),
            size: size_of(document, &[])
                + segments.iter().map(|(_, bytes)| f64::from(bytes.length())).sum::<f64>(),
        };
        let saved = Saved {
            workspace,
            document: document.to_owned(),
            journal: Vec::new(),
            position: None,
            segments,
            next_entry: 0.0,
        };
        self.restore(&saved).await?;
        Ok(saved)
    }

    /// Reads a workspace.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub async fn load(&self, id: &str) -> Result<Saved, StoreError> {
        let transaction = self.read(&[WORKSPACES, DOCUMENTS, JOURNAL, SEGMENTS])?;
        let row = transaction.object_store(WORKSPACES)?.get(JsValue::from(id))?.await?;
        let workspace = Workspace::from_js(row.ok_or(StoreError::NotFound)?)?;
        let value = transaction.object_store(DOCUMENTS)?.get(JsValue::from(id))?.await?;
        let journal = transaction.object_store(JOURNAL)?;
        let texts = journal.get_all(Some(keys_of(id)?), None)?.await?;
        let keys = journal.get_all_keys(Some(keys_of(id)?), None)?.await?;
        let held = transaction.object_store(SEGMENTS)?;
        let names = held.get_all_keys(Some(keys_of(id)?), None)?.await?;
        let bytes = held.get_all(Some(keys_of(id)?), None)?.await?;
        let damaged = || StoreError::Corrupt(format!("The workspace {:?}", workspace.title));
        let (document, position) = value.as_ref().and_then(document_from_js).ok_or_else(damaged)?;
        let texts: Option<Vec<String>> = texts.iter().map(JsValue::as_string).collect();
        let journal = texts.ok_or_else(damaged)?;
        let last = keys.last().and_then(|key| second(key)?.as_f64());
        let next_entry = last.map_or(0.0, |last| last + 1.0);
        let segments = names.into_iter().zip(bytes).filter_map(|(name, bytes)| {
            Some((second(&name)?.as_string()?, bytes.dyn_into::<Uint8Array>().ok()?))
        });
        let segments = segments.collect();
        Ok(Saved { workspace, document, journal, position, segments, next_entry })
    }

    /// Puts a workspace back as it was loaded, or makes it; its checkpoints are made again by its use.
    ///
    /// # Errors
    /// When it can't be stored.
    pub async fn restore(&self, saved: &Saved) -> Result<(), StoreError> {
        let id = &saved.workspace.id;
        let transaction =
            self.write_all(&[WORKSPACES, DOCUMENTS, JOURNAL, SEGMENTS], |transaction| {
                let value = document_to_js(&saved.document, saved.position.as_deref())?;
                put(transaction, WORKSPACES, &saved.workspace.to_js()?, &id.into())?;
                put(transaction, DOCUMENTS, &value, &id.into())?;
                transaction.object_store(JOURNAL)?.delete(keys_of(id)?)?;
                for (name, bytes) in &saved.segments {
                    put(transaction, SEGMENTS, bytes, &key(id, name))?;
                }
                let first = saved.next_entry - as_f64(saved.journal.len());
                saved.journal.iter().enumerate().try_for_each(|(index, text)| {
                    put(transaction, JOURNAL, &text.into(), &key(id, first + as_f64(index)))
                })
            })?;
        finish(transaction).await
    }

    /// Gives a workspace another title.
    ///
    /// # Errors
    /// When another tab has it open, there is none, or it can't be stored.
    pub async fn rename(&self, id: &str, title: &str) -> Result<Workspace, StoreError> {
        let _guard = Lock::of(id).try_acquire().await?.ok_or(StoreError::ReadOnly)?;
        let transaction = self.write(&[WORKSPACES])?;
        let row = transaction.object_store(WORKSPACES)?.get(JsValue::from(id))?.await?;
        let mut workspace = Workspace::from_js(row.ok_or(StoreError::NotFound)?)?;
        workspace.title = title.to_owned();
        workspace.modified_ms = js_sys::Date::now();
        put(&transaction, WORKSPACES, &workspace.to_js()?, &id.into())?;
        finish(transaction).await?;
        Ok(workspace)
    }

    /// Makes a copy of a workspace under another title.
    ///
    /// # Errors
    /// When there is none, it is damaged, or the copy can't be stored.
    pub async fn duplicate(&self, id: &str, title: &str) -> Result<Saved, StoreError> {
        let mut saved = self.load(id).await?;
        let now_ms = js_sys::Date::now();
        saved.workspace.id = new_id()?;
        saved.workspace.title = title.to_owned();
        saved.workspace.created_ms = now_ms;
        saved.workspace.modified_ms = now_ms;
        saved.workspace.opened_ms = 0.0;
        self.restore(&saved).await?;
        Ok(saved)
    }

    /// Deletes a workspace with all that belongs to it.
    ///
    /// # Errors
    /// When another tab has it open, or it can't be deleted.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let _guard = Lock::of(id).try_acquire().await?.ok_or(StoreError::ReadOnly)?;
        let transaction = self.write_all(&schema::ALL, |transaction| {
            for name in [WORKSPACES, DOCUMENTS] {
                transaction.object_store(name)?.delete(JsValue::from(id))?;
            }
            for name in BY_WORKSPACE {
                transaction.object_store(name)?.delete(keys_of(id)?)?;
            }
            Ok(())
        })?;
        finish(transaction).await
    }

    pub(crate) fn read(&self, stores: &[&str]) -> Result<Transaction, StoreError> {
        self.begin(stores, TransactionMode::ReadOnly)
    }

    pub(crate) fn write(&self, stores: &[&str]) -> Result<Transaction, StoreError> {
        self.begin(stores, TransactionMode::ReadWrite)
    }

    /// Begins a transaction and makes its requests: all of them, or none takes effect.
    pub(crate) fn write_all(
        &self,
        stores: &[&str],
        requests: impl FnOnce(&Transaction) -> Result<(), StoreError>,
    ) -> Result<Transaction, StoreError> {
        let transaction = self.write(stores)?;
        match requests(&transaction) {
            Ok(()) => Ok(transaction),
            Err(error) => {
                // What was asked before the error would be stored otherwise.
                let _ = transaction.abort();
                Err(error)
            }
        }
    }

    fn begin(&self, stores: &[&str], mode: TransactionMode) -> Result<Transaction, StoreError> {
        if !self.is_open() {
            return Err(StoreError::Closed);
        }
        Ok(self.database.transaction(stores, mode)?)
    }
}

/// Puts a value without waiting: the transaction's end says whether it is stored.
pub(crate) fn put(
    transaction: &Transaction,
    store: &str,
    value: &JsValue,
    key: &JsValue,
) -> Result<(), StoreError> {
    transaction.object_store(store)?.put(value, Some(key))?;
    Ok(())
}

/// The second part of a key of two.
fn second(key: &JsValue) -> Option<JsValue> {
    js_sys::Reflect::get_u32(key, 1).ok()
}

/// Size of a document and its additions.
pub(crate) fn size_of(document: &str, journal: &[String]) -> f64 {
    let units = |text: &str| as_f64(text.encode_utf16().count());
    units(document) + journal.iter().map(|text| units(text)).sum::<f64>()
}

#[allow(clippy::cast_precision_loss)]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}

/// Waits for the open request; gives up when another tab blocks it, and then closes what may open later.
async fn opened(name: &str) -> Result<Database, StoreError> {
    let mut request = Factory::new()?.open(name, Some(schema::VERSION))?;
    request.on_upgrade_needed(|event| {
        if schema::upgrade(&event).is_err() {
            // The transaction is rolled back, and opening fails.
            if let Ok(request) = event.target()
                && let Some(transaction) = idb::Request::transaction(&request)
            {
                let _ = transaction.abort();
            }
        }
    });
    let outcome: Rc<Cell<Option<Result<Database, idb::Error>>>> = Rc::default();
    let given_up = Rc::new(Cell::new(false));
    let (result, late) = (Rc::clone(&outcome), Rc::clone(&given_up));
    let mut request = Some(request);
    let settled = Promise::new(&mut |resolve, reject| {
        let Some(mut request) = request.take() else { return };
        request.on_blocked(move |_| {
            let _ = reject.call0(&JsValue::NULL);
        });
        let (result, late) = (Rc::clone(&result), Rc::clone(&late));
        spawn_local(async move {
            match request.await {
                Ok(database) if late.get() => database.close(),
                opened => result.set(Some(opened)),
            }
            let _ = resolve.call0(&JsValue::NULL);
        });
    });
    if JsFuture::from(settled).await.is_err() {
        given_up.set(true);
        return Err(StoreError::Blocked);
    }
    match outcome.take() {
        Some(opened) => Ok(opened?),
        None => Err(StoreError::Closed),
    }
}

/// 16 random hex digits.
fn new_id() -> Result<String, StoreError> {
    let window = web_sys::window().ok_or_else(|| StoreError::Refused("no window".to_owned()))?;
    let mut bytes = [0; 8];
    window.crypto()?.get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
