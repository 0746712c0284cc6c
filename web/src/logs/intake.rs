//! A file on its way in: read, looked through, shown to the person; nothing is changed before they say so.

use super::{Found, Step};
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use log_files::{Import, Limits};
use scenario::{Document, file};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// Most bytes of one import, as the engine has it.
const MOST_BYTES: u64 = 256 << 20;
/// Bytes read from the file at once.
const PIECE: usize = 4 << 20;
/// Bytes looked through between two looks at the clock.
const BUDGET: u64 = 64 << 10;

/// How far it is.
#[derive(Clone)]
pub enum State {
    /// Nothing is handed in.
    Idle,
    /// It is read and looked through.
    Reading {
        /// The file.
        name: String,
        /// What is being done.
        what: &'static str,
        /// How much is done, of 100.
        percent: u32,
    },
    /// Log files were found; the person decides.
    Ready(Arc<Found>),
    /// It was a document: it is to be opened.
    Document(Box<Document>),
    /// It was refused.
    Refused {
        /// Which file.
        lead: String,
        /// Why, where, and what to do.
        why: String,
    },
}

/// What is handed in at present. One at a time; from context.
#[derive(Clone, Copy)]
pub struct Intake {
    /// How far it is.
    pub state: RwSignal<State>,
    /// Number of the file that is read: another one, or Cancel, ends the reading of an older one.
    current: StoredValue<u64>,
}

type Refused = String;

impl Intake {
    /// Nothing handed in.
    pub fn new() -> Self {
        Self { state: RwSignal::new(State::Idle), current: StoredValue::new(0) }
    }

    /// Reads a file.
    pub fn take(self, file: File) {
        let number = self.next();
        self.state.set(State::Reading { name: file.name(), what: "Reading", percent: 0 });
        spawn_local(async move {
            let name = file.name();
            let outcome = self.read(number, &file).await;
            if !self.is_current(number) {
                return;
            }
            self.state.set(match outcome {
                Ok(state) => state,
                Err(why) => State::Refused { lead: format!("{name} was not opened."), why },
            });
        });
    }

    /// Gives up what is under way or was found.
    pub fn cancel(self) {
        self.next();
        self.state.set(State::Idle);
    }

    /// Says why what was handed in can't be used.
    pub fn refuse(self, lead: &str, why: String) {
        self.state.set(State::Refused { lead: lead.to_owned(), why });
    }

    fn next(self) -> u64 {
        self.current.update_value(|current| *current += 1);
        self.current.get_value()
    }

    fn is_current(self, number: u64) -> bool {
        self.current.try_get_value() == Some(number)
    }

    /// How far it is; an error where it was given up meanwhile.
    fn tell(
        self,
        number: u64,
        name: &str,
        what: &'static str,
        done: u64,
        total: u64,
    ) -> Result<(), Refused> {
        if !self.is_current(number) {
            return Err(String::new());
        }
        let percent = u32::try_from(done * 100 / total.max(1)).unwrap_or(100);
        self.state.set(State::Reading { name: name.to_owned(), what, percent });
        Ok(())
    }

    async fn read(self, number: u64, file: &File) -> Result<State, Refused> {
        let name = file.name();
        let bytes = self.bytes(number, &name, file).await?;
        let calls_itself_json = name.to_ascii_lowercase().ends_with(".json");
        if calls_itself_json || bytes.trim_ascii_start().first() == Some(&b'{') {
            let document = file::decode(&bytes).map_err(|error| error.to_string())?;
            return Ok(State::Document(Box::new(document)));
        }
        let limits = Limits { total_bytes: MOST_BYTES, ..Limits::default() };
        let mut import =
            Import::new(&name, bytes.into(), limits).map_err(|error| error.to_string())?;
        let mut step = Step::begin();
        loop {
            let progress = import.step(BUDGET).map_err(|error| error.to_string())?;
            if progress.finished {
                break;
            }
            step.rest().await;
            self.tell(number, &name, "Checking", progress.done, progress.total)?;
        }
        let imported = import.finish().map_err(|error| error.to_string())?;
        let mut found = Found::new(&name, &imported);
        for (topic, partition) in super::found::places(&imported) {
            found.add(&imported, topic, partition);
            step.rest().await;
            self.tell(number, &name, "Checking", 1, 1)?;
        }
        Ok(State::Ready(Arc::new(found)))
    }

    /// The file's bytes, piece by piece.
    async fn bytes(self, number: u64, name: &str, file: &File) -> Result<Vec<u8>, Refused> {
        let unreadable = || "The browser could not read it.".to_owned();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let total = file.size() as u64;
        let most = scenario::limits::MAX_FILE_BYTES as u64;
        if total > most {
            return Err(format!(
                "It has {total} bytes, at most {most} are read. Hand in fewer segments."
            ));
        }
        let size = usize::try_from(total).map_err(|_| unreadable())?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| "This tab has no room for it.".to_owned())?;
        bytes.resize(size, 0);
        let mut done = 0;
        for piece in bytes.chunks_mut(PIECE) {
            let end = done + piece.len();
            #[allow(clippy::cast_precision_loss)]
            let slice = file.slice_with_f64_and_f64(done as f64, end as f64);
            let buffer = JsFuture::from(slice.map_err(|_| unreadable())?.array_buffer()).await;
            let buffer = buffer.ok().and_then(|it| it.dyn_into::<js_sys::ArrayBuffer>().ok());
            let buffer = buffer.ok_or_else(unreadable)?;
            let read = Uint8Array::new(&buffer);
            if read.length() as usize != piece.len() {
                return Err(unreadable());
            }
            read.copy_to(piece);
            done = end;
            self.tell(number, name, "Reading", done as u64, total)?;
        }
        Ok(bytes)
    }
}

impl Default for Intake {
    fn default() -> Self {
        Self::new()
    }
}
