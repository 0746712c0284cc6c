//! The hint of the first run: one line that says what to try. Gone after the first action or "Got it", never back.

use crate::session::use_session;
use leptos::prelude::*;

/// The card, while it is up.
#[component]
pub fn Hint() -> impl IntoView {
    let session = use_session();
    let empty = Memo::new(move |_| {
        let streams = session.producer_names.with(|names| {
            names.iter().any(|name| {
                session.producer(name).with(|p| p.as_ref().is_some_and(|p| p.stream.is_some()))
            })
        });
        let records = session.cluster.with(|cluster| cluster.topics.iter().any(|t| t.records > 0));
        !streams && !records
    });
    let up = move || session.page.hint.get() && session.page.panel.with(Option::is_none);
    view! {
        {move || {
            up()
                .then(|| {
                    view! {
                        <p class="hint" role="note">
                            <span>
                                {move || {
                                    if empty.get() {
                                        view! {
                                            "Nothing has been sent yet. Press "
                                            <b>"Produce"</b>
                                            " to write the first record."
                                        }
                                            .into_any()
                                    } else {
                                        view! {
                                            "This is a running Kafka topic. Press "
                                            <b>"Produce"</b>
                                            ", or select any record to see where it went."
                                        }
                                            .into_any()
                                    }
                                }}
                            </span>
                            <button class="btn small" on:click=move |_| session.drop_hint()>
                                "Got it"
                            </button>
                        </p>
                    }
                })
        }}
    }
}
