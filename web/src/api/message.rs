//! The calls by `postMessage`: an embedding page sends `{ ottla: 1, id, call, args }` and gets
//! `{ ottla: 1, id, result }` or `{ ottla: 1, id, error }`. Only the page that holds the frame is heard, and of all
//! it can ask, nothing reaches beyond this frame's own cluster.

use super::{CALLS, calls, set, text_of};
use crate::session::Session;
use js_sys::{Array, Object, Promise};
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Window};

/// The version of the protocol.
const VERSION: f64 = 1.0;

/// Listens for as long as the page lives, and tells the embedding page that it does.
pub fn listen(session: Session) {
    let Some(parent) = parent() else { return };
    let closure = Closure::<dyn Fn(MessageEvent)>::new(move |event| hear(session, &event));
    let _ = window().add_event_listener_with_callback("message", closure.as_ref().unchecked_ref());
    closure.forget();
    let hello = Object::new();
    set(&hello, "ottla", &VERSION.into());
    set(&hello, "ready", &JsValue::TRUE);
    // Who embeds us is not known, and there is nothing secret in it.
    let _ = parent.post_message(&hello, "*");
}

/// The page that holds this frame.
fn parent() -> Option<Window> {
    let parent = window().parent().ok().flatten()?;
    (JsValue::from(&parent) != JsValue::from(&window())).then_some(parent)
}

fn hear(session: Session, event: &MessageEvent) {
    let from_parent = parent().is_some_and(|parent| {
        event.source().is_some_and(|source| JsValue::from(&source) == JsValue::from(&parent))
    });
    let data = event.data();
    if !from_parent || !data.is_object() || text_of(&data, "ottla").as_f64() != Some(VERSION) {
        return;
    }
    let Some(name) = text_of(&data, "call").as_string() else { return };
    let args = text_of(&data, "args").dyn_into::<Array>().unwrap_or_default();
    let id = text_of(&data, "id");
    let origin = event.origin();
    let result = if CALLS.contains(&name.as_str()) {
        calls::call(session, &name, &args)
    } else {
        Err(super::error("UnknownCall", None, &format!("there is no call {name:?}")))
    };
    spawn_local(async move {
        let result = match result {
            Ok(value) => match value.dyn_into::<Promise>() {
                Ok(promise) => JsFuture::from(promise).await,
                Err(value) => Ok(value),
            },
            Err(error) => Err(error),
        };
        answer(&id, result, &origin);
    });
}

fn answer(id: &JsValue, result: Result<JsValue, JsValue>, origin: &str) {
    let Some(parent) = parent() else { return };
    let reply = Object::new();
    set(&reply, "ottla", &VERSION.into());
    set(&reply, "id", id);
    match result {
        Ok(value) => set(&reply, "result", &value),
        Err(error) => {
            let told = Object::new();
            for name in ["code", "field", "message"] {
                set(&told, name, &text_of(&error, name));
            }
            set(&reply, "error", &told);
        }
    }
    // A page without an origin of its own (a file, a sandboxed frame) is "null", which is no target.
    let target = if origin == "null" || origin.is_empty() { "*" } else { origin };
    let _ = parent.post_message(&reply, target);
}
