//! The Terminal: Kafka's command-line tools at this cluster. What is typed goes to the `terminal` crate; what it wants
//! changed goes into the journal as any action does.

mod console;
mod entry;
mod output;
mod suggestions;
mod tries;

pub use console::Console;

use entry::Entry;
use leptos::prelude::*;
use output::Output;
use tries::Tries;

/// The pane.
#[component]
pub fn TerminalPane(console: Console) -> impl IntoView {
    view! {
        <div class="termwrap">
            <Output console/>
            <Entry console/>
        </div>
        <Tries console/>
    }
}
