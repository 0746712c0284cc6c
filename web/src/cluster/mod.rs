//! The middle of the stage: topic, broker, keys, lanes.

mod broker;
mod head;

use crate::lanes::{KeyLegend, LaneBox, Lanes, MarkLegend, Tables};
use crate::session::use_session;
use broker::Brokers;
use head::Head;
use leptos::prelude::*;

/// The cluster column.
#[component]
pub fn Cluster() -> impl IntoView {
    let session = use_session();
    let embedded = session.page.embedded;
    let tables = session.page.tables;
    view! {
        <section class="cluster" aria-labelledby="h-cl" id="lanes" tabindex="-1">
            {(!embedded).then(|| view! { <Head/> <Brokers/> })}
            <h2 id="h-cl" class="sr">
                "Cluster"
            </h2>
            <LaneBox>
                {(!embedded).then(|| view! { <KeyLegend/> })}
                <Lanes/>
                {(!embedded).then(|| view! { <MarkLegend/> })}
                {move || (!tables.get()).then(|| view! { <Tables shown=false/> })}
            </LaneBox>
        </section>
    }
}
