//! What the tests share: a database of their own, and a second look at what is really in it.

use browser_store::{Lock, Saved, Status, Store, Writer};
use gloo_timers::future::TimeoutFuture;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A database name that no other test has.
pub fn fresh(name: &str) -> String {
    format!("test-{name}-{}-{}", js_sys::Date::now(), js_sys::Math::random())
}

pub async fn store(name: &str) -> Store {
    Store::open_named(&fresh(name)).await.unwrap()
}

pub async fn sleep(ms: u32) {
    TimeoutFuture::new(ms).await;
}

/// A writer with a record of all it tells.
pub async fn writer(store: &Store, saved: &Saved) -> (Writer, Rc<RefCell<Vec<Status>>>) {
    let told: Rc<RefCell<Vec<Status>>> = Rc::default();
    let guard = Lock::of(&saved.workspace.id).try_acquire().await.unwrap().unwrap();
    let heard = Rc::clone(&told);
    let tell = move |status: &Status| heard.borrow_mut().push(status.clone());
    (Writer::new(store, saved, guard, tell), told)
}

/// Runs a piece of JavaScript as a function's body.
pub fn js(body: &str) -> JsValue {
    js_sys::Function::new_no_args(body).call0(&JsValue::NULL).unwrap()
}
