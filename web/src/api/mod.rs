//! The page for scripts: `window.ottla`, and the same calls by `postMessage` from an embedding page. Commands,
//! documents and views are the JSON of `docs/scenario-format.md`; what each call does is told in
//! `docs/embedding.md`.

mod calls;
mod message;
mod views;

use crate::lazy;
use crate::session::Session;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// Every call there is.
const CALLS: [&str; 14] = [
    "apply",
    "advance",
    "seek",
    "play",
    "pause",
    "step",
    "undo",
    "redo",
    "view",
    "load",
    "document",
    "link",
    "traceHash",
    "frames",
];
/// Calls that a page of another origin may not make: they cost whole seconds.
const OWN_CALLS: [&str; 1] = ["bench"];

/// Keeps the promise that [`announce`] made.
#[derive(Clone)]
pub struct Announced {
    object: Object,
    resolve: Option<Function>,
}

/// Puts `window.ottla` there, with a promise of the rest: scripts need not guess when the page is ready.
pub fn announce() -> Announced {
    let object = Object::new();
    let mut resolve = None;
    let ready = Promise::new(&mut |done, _| resolve = Some(done));
    set(&object, "ready", &ready);
    set(&window(), "ottla", &object);
    Announced { object, resolve }
}

lazy::part! {
    /// The calls.
    script in script: (session: Session, announced: Announced) -> () = add_calls
}

/// Fetches the calls and adds them. They are awaited, so what fails is tried again.
pub fn publish(session: Session, announced: Announced) {
    spawn_local(async move {
        script::PART.fetch_at_last().await;
        script::call(session, announced);
    });
}

/// Adds the calls, and says that they are there.
fn add_calls(session: Session, announced: Announced) {
    for name in CALLS.into_iter().chain(OWN_CALLS) {
        let call = Closure::<dyn Fn(JsValue, JsValue) -> Result<JsValue, JsValue>>::new(
            move |first: JsValue, second: JsValue| {
                calls::call(session, name, &Array::of2(&first, &second))
            },
        );
        set(&announced.object, name, &call.into_js_value());
    }
    let announced = announced.clone();
    spawn_local(async move {
        // Until the document stands where it was left, commands are refused: they would act at another moment.
        session.settled().await;
        if let Some(resolve) = &announced.resolve {
            let _ = resolve.call1(&JsValue::UNDEFINED, &announced.object);
        }
        message::listen(session);
    });
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Only a frozen object refuses, and this one is our own.
    let _ = Reflect::set(object, &name.into(), value);
}

/// An error as scripts get it: an `Error` named as Kafka names it (in `code`, too), with the field it is about.
fn error(code: &str, field: Option<&str>, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name(code);
    set(&error, "code", &code.into());
    set(&error, "field", &field.map_or(JsValue::NULL, JsValue::from_str));
    error.into()
}

/// A text property of an error or another object.
fn text_of(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::NULL)
}
