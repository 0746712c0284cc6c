//! Changes that wait to be stored together.

use crate::error::StoreError;
use crate::schema::{ALL, CHECKPOINTS, DOCUMENTS, JOURNAL, SEGMENTS, WORKSPACES};
use crate::store::{Store, put};
use crate::transaction::{key, keys_before};
use crate::workspace::{Workspace, document_to_js};
use idb::Transaction;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

/// What waits. The document and the position are kept after they are stored: both go into one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    /// Anything waits, if only the workspace's entry in the list.
    pub touched: bool,
    document: String,
    position: Option<String>,
    new_document: bool,
    new_position: bool,
    /// The journal's texts below this number belong to older documents.
    journal_from: f64,
    /// With their numbers, so that storing one twice does no harm.
    journal: Vec<(f64, String)>,
    checkpoints: Vec<(f64, Option<Vec<u8>>)>,
    segments: Vec<(String, Option<Uint8Array>)>,
}

impl Batch {
    /// Nothing new but the time of opening.
    pub fn new(document: String, position: Option<String>) -> Self {
        Self { touched: true, document, position, ..Self::default() }
    }

    /// A new document; the next text of its journal has the number `next_entry`.
    pub fn set_document(&mut self, document: String, next_entry: f64) {
        self.document = document;
        self.new_document = true;
        self.journal_from = next_entry;
        self.journal.clear();
    }

    pub fn set_position(&mut self, position: String) {
        self.position = Some(position);
        self.new_position = true;
    }

    pub fn append(&mut self, number: f64, text: String) {
        self.journal.push((number, text));
    }

    pub fn checkpoint(&mut self, at: f64, bytes: Option<Vec<u8>>) {
        self.checkpoints.retain(|(other, _)| other.total_cmp(&at).is_ne());
        self.checkpoints.push((at, bytes));
    }

    pub fn segment(&mut self, name: &str, bytes: Option<Uint8Array>) {
        self.segments.retain(|(other, _)| other != name);
        self.segments.push((name.to_owned(), bytes));
    }

    /// How much waits.
    pub fn bytes(&self) -> usize {
        let document = if self.new_document { self.document.len() } else { 0 };
        let journal: usize = self.journal.iter().map(|(_, text)| text.len()).sum();
        let of = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        let checkpoints: usize = self.checkpoints.iter().map(|(_, bytes)| of(bytes)).sum();
        let in_js = |bytes: &Uint8Array| usize::try_from(bytes.length()).unwrap_or(usize::MAX);
        let segments = self.segments.iter().map(|(_, bytes)| bytes.as_ref().map_or(0, in_js));
        let segments: usize = segments.sum();
        document + journal + checkpoints + segments
    }

    /// Takes all that waits; the document and the position stay known.
    pub fn take(&mut self) -> Self {
        let rest = Self {
            document: self.document.clone(),
            position: self.position.clone(),
            ..Self::default()
        };
        std::mem::replace(self, rest)
    }

    /// Puts what is not stored (yet) before what has come since.
    pub fn put_before(&mut self, mut earlier: Self) {
        self.touched = true;
        self.new_position |= earlier.new_position;
        if !self.new_document {
            self.new_document = earlier.new_document;
            self.journal_from = earlier.journal_from;
            earlier.journal.append(&mut self.journal);
            self.journal = std::mem::take(&mut earlier.journal);
        }
        for (at, bytes) in std::mem::take(&mut self.checkpoints) {
            earlier.checkpoint(at, bytes);
        }
        self.checkpoints = std::mem::take(&mut earlier.checkpoints);
        for (name, bytes) in std::mem::take(&mut self.segments) {
            earlier.segment(&name, bytes);
        }
        self.segments = earlier.segments;
    }

    /// Makes all requests of the transaction that stores it.
    pub fn begin(&self, store: &Store, workspace: &Workspace) -> Result<Transaction, StoreError> {
        let requests = |transaction: &Transaction| self.requests(transaction, workspace);
        Ok(store.write_all(&ALL, requests)?.commit()?)
    }

    fn requests(&self, transaction: &Transaction, workspace: &Workspace) -> Result<(), StoreError> {
        let id = workspace.id.as_str();
        put(transaction, WORKSPACES, &workspace.to_js()?, &id.into())?;
        if self.new_document {
            transaction.object_store(JOURNAL)?.delete(keys_before(id, self.journal_from)?)?;
        }
        if self.new_document || self.new_position {
            let value = document_to_js(&self.document, self.position.as_deref())?;
            put(transaction, DOCUMENTS, &value, &id.into())?;
        }
        for (number, text) in &self.journal {
            put(transaction, JOURNAL, &text.into(), &key(id, *number))?;
        }
        for (at, bytes) in &self.checkpoints {
            let bytes = bytes.as_deref().map(Uint8Array::from);
            put_or_delete(transaction, CHECKPOINTS, key(id, *at), bytes.as_ref())?;
        }
        for (name, bytes) in &self.segments {
            put_or_delete(transaction, SEGMENTS, key(id, name), bytes.as_ref())?;
        }
        Ok(())
    }
}

fn put_or_delete(
    transaction: &Transaction,
    store: &str,
    key: JsValue,
    bytes: Option<&Uint8Array>,
) -> Result<(), StoreError> {
    match bytes {
        Some(bytes) => put(transaction, store, bytes, &key),
        None => {
            transaction.object_store(store)?.delete(key)?;
            Ok(())
        }
    }
}
