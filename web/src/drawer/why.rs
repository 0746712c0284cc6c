//! The causal chain beside the event log: nearest cause first; it ends at an action or at a config.

use crate::panels::text::since;
use crate::session::{Panel, Session, use_session};
use leptos::prelude::*;
use log_engine::view::{EventFilter, WhyStep, WhyTarget};

/// The chain of what was asked about, else of the newest event.
#[component]
pub fn Why() -> impl IntoView {
    let session = use_session();
    let chain = Memo::new(move |_| {
        let asked = session.page.why.get();
        // An explanation that was asked for stands still; without a question it follows the run.
        let target = asked.or_else(|| {
            session.drawer_pulse.track();
            let newest = session.read(|engine| engine.events(&EventFilter::default(), None, 1));
            newest.first().map(|row| WhyTarget::Event { id: row.id })
        })?;
        session.read(|engine| engine.why(&target))
    });
    let asked = move || session.page.why.with(Option::is_some);
    move || {
        chain.get().map(|chain| {
            let steps = chain.steps.into_iter().map(|step| step_view(session, step)).collect_view();
            view! {
                <aside class="whybox" aria-label="Why">
                    <header>
                        <h3>{chain.question}</h3>
                        <Show when=asked>
                            <button class="why" on:click=move |_| session.page.why.set(None)>"Follow the newest"</button>
                        </Show>
                    </header>
                    <ol>{steps}</ol>
                </aside>
            }
        })
    }
}

fn step_view(session: Session, step: WhyStep) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let class = match step.kind.as_str() {
        "you" => "you",
        "soon" => "soon",
        _ => "",
    };
    let link = step.at_ms.map(|at_ms| {
        let to = u64::try_from(at_ms - start_ms).unwrap_or(0);
        let words = since(at_ms, start_ms);
        view! {
            <button class="why-at" title="Go to this moment" on:click=move |_| session.seek(to)>{words}</button>
        }
    });
    let rule = step.rule.map(|rule| {
        let shown = rule.clone();
        let open = move |event: leptos::ev::MouseEvent| {
            let panel = Panel::Fidelity { rule: Some(rule.clone()) };
            session.open(panel, crate::browser::target_of(&event));
        };
        view! { <button class="why-rule" title="How exact this is" on:click=open>{shown}</button> }
    });
    let docs = step.link.map(|href| {
        view! { " "<a class="why-rule" href=href target="_blank" rel="noopener noreferrer">"Kafka docs"</a> }
    });
    view! {
        <li class=class>
            <b>{step.title}</b>{link}
            <span>{step.detail}" "{rule}{docs}</span>
        </li>
    }
    .into_any()
}
