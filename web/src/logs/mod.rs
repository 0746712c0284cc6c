//! Log files of a broker, in and out: a person hands in a segment or a zip of partition folders, or takes such a zip
//! away. Both go in steps that leave the page alive; the work itself is `log-files`'.

mod export;
mod found;
mod intake;

pub use export::{Exporter, What};
pub use found::{Found, FoundTopic, import};
pub use intake::{Intake, State};
pub(crate) use taking::PART;

use crate::browser;
use crate::lazy;
use gloo_timers::future::TimeoutFuture;
use web_sys::{DragEvent, File};

/// Work between two looks at the page, in real milliseconds.
const STEP_MS: f64 = 20.0;

/// Whether this step's time is over.
struct Step(f64);

impl Step {
    fn begin() -> Self {
        Self(browser::now_ms())
    }

    /// Gives the page its turn where the time is over.
    async fn rest(&mut self) {
        if browser::now_ms() - self.0 >= STEP_MS {
            TimeoutFuture::new(0).await;
            self.0 = browser::now_ms();
        }
    }
}

lazy::part! {
    /// The reading of a file.
    taking in panels: (intake: Intake, file: File) -> () = Intake::take
}

/// Reads a file that was dropped on the page.
pub fn take(intake: Intake, file: File) {
    let name = file.name();
    lazy::then(&PART, move |_| {
        if taking::call(intake, file).is_none() {
            intake.refuse(&format!("{name} was not opened."), lazy::WHY_MISSING.to_owned());
        }
    });
}

/// Lets files be dropped anywhere on the page: `dropped` gets the first one.
pub fn take_drops(dropped: impl Fn(File) + Clone + 'static) {
    use leptos::ev;
    use leptos::prelude::window_event_listener;
    let holds_files = |event: &DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    // They live as long as the page.
    let _ = window_event_listener(ev::dragover, move |event| {
        if holds_files(&event) {
            event.prevent_default();
        }
    });
    let _ = window_event_listener(ev::drop, move |event| {
        if holds_files(&event) {
            event.prevent_default();
            let files = event.data_transfer().and_then(|data| data.files());
            if let Some(file) = files.and_then(|files| files.get(0)) {
                dropped(file);
            }
        }
    });
}
