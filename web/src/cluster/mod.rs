//! The middle of the stage: topic, broker, keys, lanes.

mod broker;
mod brokers;
mod head;
mod state;

use crate::lanes::{self, Deck, DeckSlot, KeyLegend, LaneKind, Lanes, MarkLegend};
use crate::session::use_session;
use crate::ui::size_of;
pub use brokers::BrokerLine;
use brokers::Brokers;
use head::Head;
use leptos::html::Div;
use leptos::prelude::*;
pub use state::{Look, sentence};

/// The cluster column.
#[component]
pub fn Cluster() -> impl IntoView {
    let session = use_session();
    let embedded = session.page.embedded;
    let tables = session.page.tables;
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let deck = Deck::new(Signal::derive(move || size.get().0));
    provide_context(deck);
    if let Some(slot) = use_context::<DeckSlot>() {
        slot.fill(deck);
    }
    let rows = move || deck.kind.get() == LaneKind::Row && !tables.get();
    view! {
        <section class="cluster" aria-labelledby="h-cl" id="lanes" tabindex="-1">
            <h2 id="h-cl" class="sr">
                "Cluster"
            </h2>
            {(!embedded)
                .then(|| {
                    view! {
                        <Head/>
                        <Brokers/>
                        <KeyLegend/>
                    }
                })}
            <div node_ref=node class="lanes" class:hundred=rows class:tables=move || tables.get()>
                <Lanes/>
                {move || (!tables.get()).then(|| lanes::tables(false))}
            </div>
            {(!embedded).then(|| view! { <MarkLegend/> })}
        </section>
    }
}
