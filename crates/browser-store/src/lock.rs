//! One writer a workspace, by Web Locks. The browser gives a lock back when its tab dies.

use crate::error::StoreError;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The right to write one workspace.
#[derive(Debug, Clone)]
pub struct Lock {
    name: String,
}

/// That right, held. Dropping it gives it back.
#[derive(Debug)]
pub struct LockGuard {
    release: Option<Function>,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

impl LockGuard {
    /// Whether other tabs are kept out; false where the browser has no Web Locks (a page that came by plain http).
    pub fn is_exclusive(&self) -> bool {
        self.release.is_some()
    }
}

impl Lock {
    /// The lock of a workspace.
    pub fn of(workspace: &str) -> Self {
        Self { name: format!("ottla-workspace-{workspace}") }
    }

    /// Takes it if no one has it. None: another tab is the writer, so this one reads only.
    ///
    /// # Errors
    /// Where the browser refuses locks to this page.
    pub async fn try_acquire(&self) -> Result<Option<LockGuard>, StoreError> {
        let Some(locks) = locks() else { return Ok(Some(LockGuard { release: None })) };
        let options = Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        let held = Rc::clone(&release);
        let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
        let mut refused = None;
        // Settles as soon as the browser has decided; the lock is held until `release` is called.
        let decided = Promise::new(&mut |decide, refuse| {
            let held = Rc::clone(&held);
            let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
                let until_released = if lock.is_null() {
                    JsValue::UNDEFINED
                } else {
                    Promise::new(&mut |release, _| {
                        held.replace(Some(release));
                    })
                    .into()
                };
                let _ = decide.call0(&JsValue::NULL);
                until_released
            });
            match request.call3(&locks, &self.name.as_str().into(), &options, &callback) {
                Ok(promise) => catch(&promise, &refuse),
                Err(error) => refused = Some(error),
            }
        });
        if let Some(error) = refused {
            return Err(error.into());
        }
        JsFuture::from(decided).await?;
        let release = release.take();
        Ok(release.map(|release| LockGuard { release: Some(release) }))
    }
}

/// Hands a refusal of the request on.
fn catch(promise: &JsValue, refuse: &Function) {
    if let Ok(then) = Reflect::get(promise, &"then".into())
        && let Ok(then) = then.dyn_into::<Function>()
    {
        let _ = then.call2(promise, &JsValue::UNDEFINED, refuse);
    }
}

/// `navigator.locks`, where there is one.
fn locks() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}
