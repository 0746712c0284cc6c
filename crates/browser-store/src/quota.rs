//! How much room there is, and asking the browser to keep what is stored.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the browser says about its storage for this page, in bytes; both are rough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// In use.
    pub usage_bytes: f64,
    /// What there may be at most.
    pub quota_bytes: f64,
}

/// Asks how much room there is; none where the browser does not say.
pub async fn estimate() -> Option<Estimate> {
    let answer = ask("estimate").await?;
    let number = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_f64();
    Some(Estimate { usage_bytes: number("usage")?, quota_bytes: number("quota")? })
}

/// Asks the browser to keep the storage when space is low. True if it will.
pub async fn persist() -> bool {
    ask("persist").await.is_some_and(|kept| kept.is_truthy())
}

/// Whether the browser has said that it will keep it.
pub async fn persisted() -> bool {
    ask("persisted").await.is_some_and(|kept| kept.is_truthy())
}

/// Calls a method of `navigator.storage`, where there is one.
async fn ask(method: &str) -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    let method: Function = Reflect::get(&storage, &method.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = method.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}
