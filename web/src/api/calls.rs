//! What each call does.

use super::{error, views};
use crate::browser;
use crate::session::Session;
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use leptos::prelude::*;
use log_engine::Command;
use scenario::bench::Bench;
use scenario::{Document, Player, link};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Engine work between two looks at the page, in real ms.
const SLICE_MS: f64 = 30.0;

/// Makes a call by name. A call that takes time gives a promise.
pub fn call(session: Session, name: &str, args: &Array) -> Result<JsValue, JsValue> {
    match name {
        "apply" => apply(session, &args.get(0)),
        "advance" => {
            let ms = millis(&args.get(0))?;
            let to = session.read_player(Player::elapsed_ms).saturating_add(ms);
            Ok(travel(session, to))
        }
        "seek" => Ok(travel(session, millis(&args.get(0))?)),
        "play" => done(|| session.play()),
        "pause" => done(|| session.pause()),
        "step" => done(|| session.step()),
        "undo" => Ok(session.undo().into()),
        "redo" => Ok(session.redo().into()),
        "view" => views::view(session, &args.get(0), args.get(1)),
        "load" => load(session, &args.get(0)),
        "document" => to_js(&session.document()),
        "link" => link_of(session),
        "traceHash" => {
            let hash = session.read(log_engine::Engine::trace_hash);
            Ok(format!("{hash:016x}").into())
        }
        "frames" => {
            let stats = to_js(&session.frame_stats());
            session.forget_frames();
            stats
        }
        "bench" => bench(&args.get(0)),
        _ => Err(error("UnknownCall", None, &format!("there is no call {name:?}"))),
    }
}

fn done(call: impl FnOnce()) -> Result<JsValue, JsValue> {
    call();
    Ok(JsValue::UNDEFINED)
}

fn apply(session: Session, command: &JsValue) -> Result<JsValue, JsValue> {
    let command: Command = from_js(command.clone(), "command")?;
    match session.apply(command) {
        Ok(applied) => {
            let runs = session.read_player(Player::runs);
            let place = |fork| runs.iter().position(|run| run.id == fork);
            let forked = applied.fork.and_then(place).unwrap_or(0);
            to_js(&Applied { event: applied.event.0, forked, later: applied.later })
        }
        Err(refused) => Err(error(&refused.code, refused.field.as_deref(), &refused.message)),
    }
}

#[derive(Serialize)]
struct Applied {
    event: u64,
    /// The fork that began with it, 1 for the first one; 0 if none did.
    forked: usize,
    later: usize,
}

/// To a moment, in slices; the promise gives the time that was reached.
fn travel(session: Session, to_ms: u64) -> JsValue {
    session.pause();
    future_to_promise(async move {
        while !session.travel(to_ms, browser::now_ms() + SLICE_MS) {
            TimeoutFuture::new(0).await;
        }
        to_js(&session.read_player(Player::elapsed_ms))
    })
    .into()
}

/// A document, its JSON as text, or a link.
fn load(session: Session, what: &JsValue) -> Result<JsValue, JsValue> {
    let document: Document = match what.as_string() {
        Some(text) if text.trim_start().starts_with('{') => {
            scenario::file::decode(text.as_bytes()).map_err(|e| bad_document(&e.to_string()))?
        }
        Some(text) => link::decode(&text).map_err(|e| bad_document(&e.to_string()))?,
        None => {
            let given: Document = from_js(what.clone(), "document")?;
            // Version 1 is version 2 without forks.
            let ottla = if given.ottla == 1 { scenario::VERSION } else { given.ottla };
            Document { ottla, ..given }
        }
    };
    let player = Player::new(document).map_err(|e| bad_document(&e.to_string()))?;
    session.load(player);
    Ok(future_to_promise(async move {
        session.settled().await;
        Ok(JsValue::UNDEFINED)
    })
    .into())
}

fn bad_document(text: &str) -> JsValue {
    error("BadDocument", None, text)
}

/// The whole address of the page with the document in it.
fn link_of(session: Session) -> Result<JsValue, JsValue> {
    let fragment = link::encode(&session.document()).map_err(|e| bad_document(&e.to_string()))?;
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let path = location.pathname().unwrap_or_default();
    let page = path.trim_end_matches("index.html").trim_end_matches("embed/");
    Ok(format!("{origin}{page}{fragment}").into())
}

fn bench(name: &JsValue) -> Result<JsValue, JsValue> {
    let name = name.as_string().unwrap_or_default();
    let bench = Bench::by_name(&name).map_err(|e| error("BenchError", None, &e.to_string()))?;
    let row = bench.run(&mut browser::now_ms);
    row.map_err(|e| error("BenchError", None, &e.to_string())).and_then(|row| to_js(&row))
}

/// A span or moment in whole milliseconds.
fn millis(value: &JsValue) -> Result<u64, JsValue> {
    let ms = value.as_f64().filter(|ms| ms.is_finite() && *ms >= 0.0 && *ms < 9e15);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    ms.map(|ms| ms as u64).ok_or_else(|| {
        error("IllegalArgumentException", Some("ms"), "give milliseconds, a number from 0")
    })
}

/// Plain data for scripts: objects for maps, null for none, numbers for numbers.
pub fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|e| error("SerializationException", None, &e.to_string()))
}

/// Plain data from scripts.
pub fn from_js<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T, JsValue> {
    // By way of JSON text, so that a script's object and a file's text are read by the same rules.
    let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string());
    let text = text.unwrap_or_else(|| "null".to_owned());
    serde_json::from_str(&text)
        .map_err(|e| error("IllegalArgumentException", Some(what), &format!("not a {what}: {e}")))
}
