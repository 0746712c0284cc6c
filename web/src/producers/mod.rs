//! The left column: producers, each with its record form and its stream.

mod card;
mod form;
mod inflight;
mod stream;
mod waiting;
pub mod words;

use crate::browser::target_of;
use crate::session::{Panel, use_session};
use crate::ui::Icon;
use card::ProducerCard;
use leptos::prelude::*;

/// The producers column.
#[component]
pub fn Producers() -> impl IntoView {
    let session = use_session();
    let (chosen, set_chosen) = signal(None::<String>);
    // One card is open: the chosen one, else the first.
    let open = Memo::new(move |_| {
        session.producer_names.with(|names| {
            chosen.get().filter(|name| names.contains(name)).or_else(|| names.first().cloned())
        })
    });
    let none = Memo::new(move |_| session.producer_names.with(Vec::is_empty));
    view! {
        <section class="col producers" aria-labelledby="h-prod">
            <header class="col-head">
                <h2 id="h-prod">"Producers"</h2>
                <button
                    class="btn small"
                    aria-label="Add a producer"
                    on:click=move |event| session.toggle(Panel::AddProducer, target_of(&event))
                >
                    <Icon name="plus"/>
                    "Add"
                </button>
            </header>
            <For each=move || session.producer_names.get() key=Clone::clone let:name>
                <ProducerCard name open set_open=set_chosen/>
            </For>
            <p class="col-empty dim" hidden=move || !none.get()>
                "Nobody writes. Add a producer to send records."
            </p>
        </section>
    }
}
