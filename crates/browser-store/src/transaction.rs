//! Transactions whose end can be awaited with its reason.

use crate::error::StoreError;
use idb::{KeyRange, Query};
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbTransaction;

/// Waits until everything is stored, or gives the reason why nothing is.
pub async fn finish(transaction: idb::Transaction) -> Result<(), StoreError> {
    let transaction = IdbTransaction::from(transaction);
    let ended = Promise::new(&mut |complete, abort| {
        transaction.set_oncomplete(Some(&complete));
        transaction.set_onabort(Some(&abort));
    });
    match JsFuture::from(ended).await {
        Ok(_) => Ok(()),
        Err(_) => Err(match transaction.error() {
            Some(exception) => JsValue::from(exception).into(),
            None => StoreError::Closed,
        }),
    }
}

/// The key `[workspace, part]`.
pub fn key(workspace: &str, part: impl Into<JsValue>) -> JsValue {
    Array::of2(&workspace.into(), &part.into()).into()
}

/// The keys `[workspace, number]` with a number below `end`.
pub fn keys_before(workspace: &str, end: f64) -> Result<Query, StoreError> {
    let first = Array::of1(&workspace.into());
    Ok(Query::KeyRange(KeyRange::bound(&first, &key(workspace, end), None, Some(true))?))
}

/// All keys `[workspace, ...]`: arrays come after all numbers and texts in IndexedDB's order.
pub fn keys_of(workspace: &str) -> Result<Query, StoreError> {
    let first = Array::of1(&workspace.into());
    let last = Array::of2(&workspace.into(), &Array::new());
    Ok(Query::KeyRange(KeyRange::bound(&first, &last, None, None)?))
}
