//! What became of a record, in order of time; what is yet to come stands last.

use crate::panels::text::since;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::view::FateStepView;

/// The list.
pub fn fate(session: Session, steps: Vec<FateStepView>) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let step = move |step: FateStepView| {
        let link = step.at_ms.map(|at_ms| {
            let to = u64::try_from(at_ms - start_ms).unwrap_or(0);
            view! {
                <button class="why-at" title="Go to this moment" on:click=move |_| session.seek(to)>
                    {since(at_ms, start_ms)}
                </button>
            }
        });
        let state = if step.done { "" } else { "not yet: " };
        view! {
            <li class=if step.done { "ok" } else { "wait" }>
                <b>{step.title}</b>
                <span><span class="sr">{state}</span>{step.detail}{link}</span>
            </li>
        }
    };
    view! {
        <div class="rec-c">
            <h4>"Fate"</h4>
            <ol class="fate">{steps.into_iter().map(step).collect_view()}</ol>
        </div>
    }
    .into_any()
}
