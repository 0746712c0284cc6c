//! The plan, partition by partition.

use super::{Desk, Name, name, plan};
use crate::panels::controls::TextInput;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Partitions that have a field of their own; a plan may change more.
const ROWS: usize = 100;

/// The table.
#[component]
pub fn Table(
    desk: Desk,
    /// The partition that has the focus at first.
    partition: Option<i32>,
) -> impl IntoView {
    let first = StoredValue::new(desk.topic.get_untracked().zip(partition));
    let names = Memo::new(move |_| {
        desk.placed.with(|placed| {
            let mut shown = placed.iter().take(ROWS).map(name).collect::<Vec<_>>();
            // The one it was opened for has a field, wherever it stands.
            let asked = first.with_value(|first| {
                placed.iter().skip(ROWS).map(name).find(|name| first.as_ref() == Some(name))
            });
            shown.extend(asked);
            let more = placed.len() - shown.len();
            (shown, more)
        })
    });
    view! {
        <div class="re-list" tabindex="0" role="region" aria-label="Plan">
            <table class="grid re-plan">
                <thead>
                    <tr>
                        <th scope="col">"Partition"</th>
                        <th scope="col">"Replicas now"</th>
                        <th scope="col">"Replicas then"</th>
                        <th scope="col">"Change"</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || names.with(|names| names.0.clone())
                        key=Clone::clone
                        children=move |name| {
                            let focus = first.with_value(|first| first.as_ref() == Some(&name));
                            row(desk, &name, focus)
                        }
                    />
                </tbody>
            </table>
            {move || names.with(|names| (names.1 > 0).then(|| view! {
                <p class="dim">{format!("and {} more partitions: choose a topic to see its own", names.1)}</p>
            }))}
        </div>
    }
}

fn row(desk: Desk, own: &Name, focus: bool) -> AnyView {
    let label = format!("{}-{}", own.0, own.1);
    let key = StoredValue::new(own.clone());
    let now = Memo::new(move |_| {
        key.with_value(|key| {
            desk.placed.with(|placed| {
                let found = placed.iter().find(|it| name(it) == *key);
                found.map(|it| it.replicas.clone()).unwrap_or_default()
            })
        })
    });
    let typed =
        Memo::new(move |_| key.with_value(|key| desk.typed.with(|typed| typed.get(key).cloned())));
    let text = Signal::derive(move || typed.get().unwrap_or_else(|| plan::words(&now.get())));
    let refused =
        Memo::new(move |_| key.with_value(|key| desk.refused.with(|all| all.get(key).cloned())));
    let said = format!("{}-{}-d", own.0.replace(['.', ' '], "-"), own.1);
    let described_by = said.clone();
    let node = NodeRef::<html::Tr>::new();
    if focus {
        node.on_load(enter);
    }
    view! {
        <tr node_ref=node class:changed=move || plan::parse(&text.get()).is_none_or(|wanted| wanted != now.get())>
            <th scope="row" class="mono">{label.clone()}</th>
            <td>{move || tokens(&now.get())}</td>
            <td>
                <TextInput
                    class="mono re-field"
                    label=format!("Replicas of {label}")
                    value=text
                    described_by
                    bad=Signal::derive(move || refused.with(Option::is_some))
                    on_change=Callback::new(move |text: String| {
                        key.with_value(|key| desk.typed.update(|typed| { typed.insert(key.clone(), text); }));
                    })
                />
            </td>
            <td id=said>
                {move || match refused.get() {
                    Some(refused) => view! { <span class="f-err" role="alert">{refused}</span> }.into_any(),
                    None => change(&now.get(), &plan::parse(&text.get()).unwrap_or_default()),
                }}
            </td>
        </tr>
    }
    .into_any()
}

/// Puts the focus into a row's field, once the dialog has put it on its heading.
fn enter(row: web_sys::HtmlTableRowElement) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            let field = row.query_selector("input").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                let _ = field.focus();
            }
        });
    });
}

/// Brokers' numbers, the preferred leader's as a leader's.
fn tokens(replicas: &[i32]) -> AnyView {
    let token = |(at, id): (usize, &i32)| {
        view! { <b class="btok" class:lead=(at == 0)>{*id}</b> }
    };
    view! { <span class="re-toks">{replicas.iter().enumerate().map(token).collect_view()}</span> }
        .into_any()
}

/// Who joins, who leaves, who leads.
fn change(now: &[i32], then: &[i32]) -> AnyView {
    let new: Vec<i32> = then.iter().filter(|id| !now.contains(id)).copied().collect();
    let gone: Vec<i32> = now.iter().filter(|id| !then.contains(id)).copied().collect();
    let leader = (now.first() != then.first()).then(|| then.first().copied()).flatten();
    let joins = new.into_iter().map(|id| {
        view! {
            <b class="btok join">{format!("+{id}")}</b>
        }
    });
    let leaves = gone.into_iter().map(|id| view! { <b class="btok leave">{id}</b> });
    let leads = leader.map(|id| view! { <span class="dim">{format!("{id} is preferred")}</span> });
    view! { <span class="re-toks">{joins.collect_view()}{leaves.collect_view()}{leads}</span> }
        .into_any()
}
