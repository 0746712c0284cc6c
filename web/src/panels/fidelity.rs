//! What is exact here, what is simplified, what is not there yet; the long form is docs/fidelity.md.

use super::parts::popover::{Place, Popover};
use leptos::prelude::*;

struct Column {
    model: &'static str,
    title: &'static str,
    about: &'static str,
    items: &'static [&'static str],
}

const COLUMNS: [Column; 3] = [
    Column {
        model: "honoured",
        title: "As in Kafka",
        about: "compared with recordings of 4.3.1",
        items: &[
            "record batch bytes, CRC, sizes",
            "key to partition (murmur2)",
            "segments, rolls, retention, compaction",
            "idempotence and retries",
            "classic groups and the four client assignors",
            "auto-commit, auto.offset.reset, lag",
        ],
    },
    Column {
        model: "simplified",
        title: "Order true, time yours",
        about: "same events in the same order; durations are settings",
        items: &[
            "network latency, 1 ms by default",
            "broker work takes 0 ms",
            "disk writes at once",
            "compressed sizes, by some per cent",
            "timers run exactly when due",
            "segments below 1 MiB are allowed, marked teaching value",
        ],
    },
    Column {
        model: "ignored",
        title: "Not yet, or left out",
        about: "said where you would look for it",
        items: &[
            "several brokers, replication, elections",
            "transactions",
            "consumer and share groups (KIP-848, KIP-932)",
            "TLS, SASL, ACLs, quotas",
            "throughput: no number is a forecast",
        ],
    },
];

/// The popover. A rule's id, where one was asked for, stands in its heading.
#[component]
pub fn Fidelity(
    /// The rule to name.
    rule: Option<String>,
) -> impl IntoView {
    let column = |column: &Column| {
        let items = column.items.iter().map(|item| view! { <li>{*item}</li> }).collect_view();
        view! {
            <section>
                <h4><span class=format!("model {}", column.model)></span>{column.title}</h4>
                <p>{column.about}</p>
                <ul>{items}</ul>
            </section>
        }
    };
    let asked = rule.map(|rule| {
        view! { <p class="fid-rule"><code>{rule}</code>" is a rule of this model; docs/fidelity.md lists all of them with their source in Kafka."</p> }
    });
    view! {
        <Popover label="What is exact here" width=640 place=Place::BelowRight>
            <h3>"What is exact here "<span class="dim">"Kafka 4.3, KRaft"</span></h3>
            {asked}
            <div class="fid">{COLUMNS.iter().map(column).collect_view()}</div>
            <p class="dim fid-n">
                "Every event names its rule: open "<b>"Why?"</b>" in the event log. A config says honoured, simplified or ignored."
            </p>
        </Popover>
    }
}
