//! What is kept of a workspace.

use crate::error::StoreError;
use js_sys::{Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// A workspace in a list. Times are milliseconds since 1970 by the person's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its key; never changes.
    pub id: String,
    /// What the person calls it.
    pub title: String,
    /// When it was made.
    #[serde(rename = "created")]
    pub created_ms: f64,
    /// When it was changed last.
    #[serde(rename = "modified")]
    pub modified_ms: f64,
    /// When it was opened for writing last; 0 for never.
    #[serde(rename = "opened", default)]
    pub opened_ms: f64,
    /// What its picture in a list is drawn from.
    #[serde(default)]
    pub thumbnail: String,
    /// Size of the document and what was added to it, in UTF-16 units as JavaScript counts.
    #[serde(default)]
    pub size: f64,
}

impl Workspace {
    pub(crate) fn to_js(&self) -> Result<JsValue, StoreError> {
        serde_wasm_bindgen::to_value(self).map_err(|error| StoreError::Other(error.to_string()))
    }

    pub(crate) fn from_js(value: JsValue) -> Result<Self, StoreError> {
        serde_wasm_bindgen::from_value(value)
            .map_err(|_| StoreError::Corrupt("An entry of the list of workspaces".to_owned()))
    }
}

/// A workspace as it was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its place in the list.
    pub workspace: Workspace,
    /// The document, as of the last time it was stored whole.
    pub document: String,
    /// What was added to it since, in order.
    pub journal: Vec<String>,
    /// Where the person was.
    pub position: Option<String>,
    /// Segments by name, still in the browser's own memory.
    pub segments: Vec<(String, Uint8Array)>,
    /// The number of the next text to add.
    pub(crate) next_entry: f64,
}

impl PartialEq for Saved {
    fn eq(&self, other: &Self) -> bool {
        let segment = |(a, b): (&(String, Uint8Array), &(String, Uint8Array))| {
            a.0 == b.0 && a.1.to_vec() == b.1.to_vec()
        };
        self.workspace == other.workspace
            && self.document == other.document
            && self.journal == other.journal
            && self.position == other.position
            && self.next_entry.total_cmp(&other.next_entry).is_eq()
            && self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(segment)
    }
}

/// The value in `documents`.
pub(crate) fn document_to_js(
    document: &str,
    position: Option<&str>,
) -> Result<JsValue, StoreError> {
    let value = js_sys::Object::new();
    let position = position.map_or(JsValue::NULL, JsValue::from_str);
    Reflect::set(&value, &"document".into(), &document.into())?;
    Reflect::set(&value, &"position".into(), &position)?;
    Ok(value.into())
}

/// Reads it back, also as version 1 wrote it.
pub(crate) fn document_from_js(value: &JsValue) -> Option<(String, Option<String>)> {
    if let Some(text) = value.as_string() {
        return Some((text, None));
    }
    let document = Reflect::get(value, &"document".into()).ok()?.as_string()?;
    let position = Reflect::get(value, &"position".into()).ok()?.as_string();
    Some((document, position))
}
