//! Bytes that belong to a workspace: checkpoints by their moment, segments by their name. They are written by the
//! [`crate::Writer`]. A checkpoint can be made again from the document; a segment belongs to it.

use crate::error::StoreError;
use crate::schema::{CHECKPOINTS, SEGMENTS};
use crate::store::Store;
use crate::transaction::{key, keys_of};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

impl Store {
    /// The moments of all checkpoints of a workspace, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn checkpoints(&self, id: &str) -> Result<Vec<f64>, StoreError> {
        let keys = self.second_keys(CHECKPOINTS, id).await?;
        Ok(keys.iter().filter_map(JsValue::as_f64).collect())
    }

    /// One checkpoint.
    ///
    /// # Errors
    /// When the database can't be read, or what is there is no bytes.
    pub async fn checkpoint(&self, id: &str, at: f64) -> Result<Option<Vec<u8>>, StoreError> {
        self.bytes(CHECKPOINTS, key(id, at)).await
    }

    /// The names of all segments of a workspace, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn segments(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let keys = self.second_keys(SEGMENTS, id).await?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    /// One segment.
    ///
    /// # Errors
    /// When the database can't be read, or what is there is no bytes.
    pub async fn segment(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.bytes(SEGMENTS, key(id, name)).await
    }

    async fn bytes(&self, store: &str, key: JsValue) -> Result<Option<Vec<u8>>, StoreError> {
        let transaction = self.read(&[store])?;
        let Some(value) = transaction.object_store(store)?.get(key)?.await? else {
            return Ok(None);
        };
        let bytes = value
            .dyn_into::<Uint8Array>()
            .map_err(|_| StoreError::Corrupt(format!("A piece of data in {store}")))?;
        Ok(Some(bytes.to_vec()))
    }

    async fn second_keys(&self, store: &str, id: &str) -> Result<Vec<JsValue>, StoreError> {
        let transaction = self.read(&[store])?;
        let keys = transaction.object_store(store)?.get_all_keys(Some(keys_of(id)?), None)?.await?;
        Ok(keys.into_iter().map(|key| key.unchecked_into::<Array>().get(1)).collect())
    }
}
