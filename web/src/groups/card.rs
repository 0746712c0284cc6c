//! One consumer group.

use super::member::Member;
use crate::browser::target_of;
use crate::lanes::SHOWN_GROUPS;
use crate::session::{GroupTab, Panel, Session, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::view::{GroupView, RebalanceView};

/// A group's card.
#[component]
pub fn GroupCard(
    /// `group.id`.
    name: String,
    /// There are many groups: all but the traced one are folded.
    many: Memo<bool>,
) -> impl IntoView {
    let session = use_session();
    let embedded = session.page.embedded;
    let group = session.group(&name);
    let name = StoredValue::new(name);
    let traced =
        Memo::new(move |_| traced(session).is_some_and(|traced| traced == name.get_value()));
    let folded = Memo::new(move |_| many.get() && !traced.get());
    let moving =
        Memo::new(move |_| group.with(|group| group.as_ref().is_some_and(|g| moves(&g.state))));
    let members = Memo::new(move |_| {
        let names = |group: &GroupView| {
            group.members.iter().map(|m| m.name.clone()).collect::<Vec<String>>()
        };
        group.with(|group| group.as_ref().map(names).unwrap_or_default())
    });
    let trace = move || session.page.traced.set(Some(name.get_value()));
    view! {
        <article
            class="card group"
            class:moving=move || moving.get()
            class:traced=move || many.get() && traced.get()
            class:folded=move || folded.get()
            aria-label=format!("Consumer group {}", name.get_value())
            on:mouseenter=move |_| trace()
            on:focusin=move |_| trace()
        >
            <Head group name many/>
            <p class="propline">
                <span>
                    <i>"generation"</i>
                    " "
                    {move || group.with(|group| group.as_ref().map(|group| group.generation))}
                </span>
                <span>
                    <i>"assignor"</i>
                    " "
                    {move || group.with(|group| group.as_ref().map(assignor_of))}
                </span>
            </p>
            <Rebalance group/>
            <ul class="members">
                {move || {
                    if folded.get() {
                        view! { <Folded group name/> }.into_any()
                    } else {
                        view! {
                            <For each=move || members.get() key=Clone::clone let:member>
                                <Member group name=member/>
                            </For>
                        }
                            .into_any()
                    }
                }}
            </ul>
            {move || (!embedded && !folded.get()).then(|| view! { <Foot group name/> })}
        </article>
    }
}

/// The group whose wires are drawn: the touched one, else the first.
pub fn traced(session: Session) -> Option<String> {
    session.group_names.with(|names| {
        let chosen = session.page.traced.get().filter(|traced| names.contains(traced));
        chosen.or_else(|| names.first().cloned())
    })
}

fn moves(state: &str) -> bool {
    state.ends_with("Rebalance")
}

fn assignor_of(group: &GroupView) -> String {
    match &group.assignor {
        Some(assignor) => assignor.clone(),
        None => "not chosen yet".to_owned(),
    }
}

#[component]
fn Head(
    group: ReadSignal<Option<GroupView>>,
    name: StoredValue<String>,
    many: Memo<bool>,
) -> impl IntoView {
    let session = use_session();
    let state = Memo::new(move |_| {
        group.with(|group| group.as_ref().map(|group| group.state.clone()).unwrap_or_default())
    });
    let quiet = move || matches!(state.get().as_str(), "Empty" | "Dead");
    let sheet = move || Panel::Group { name: name.get_value(), tab: GroupTab::default() };
    view! {
        <header class="card-head">
            <h3>{name.get_value()}</h3>
            <span
                class="state"
                class:ok=move || state.get() == "Stable"
                class:warn=move || moves(&state.get())
                class:quiet=quiet
            >
                {move || moves(&state.get()).then(|| view! { <Icon name="swap"/> })}
                {move || state.get()}
            </span>
            {(!session.page.embedded)
                .then(|| {
                    view! {
                        {move || many.get().then(|| view! { <Eye name/> })}
                        <button
                            class="btn icon small"
                            aria-label=format!("More for group {}", name.get_value())
                            on:click=move |event| session.toggle(sheet(), target_of(&event))
                        >
                            <Icon name="more"/>
                        </button>
                    }
                })}
        </header>
    }
}

/// Chooses the groups whose cursors are in the lanes.
#[component]
fn Eye(name: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let chosen = session.page.shown_groups;
    let on = Memo::new(move |_| shown(session).contains(&name.get_value()));
    let press = move |_| {
        let mut shown = shown(session);
        let name = name.get_value();
        if shown.contains(&name) {
            shown.retain(|other| *other != name);
        } else {
            shown.push(name);
            let extra = shown.len().saturating_sub(SHOWN_GROUPS);
            shown.drain(..extra);
        }
        chosen.set(shown);
    };
    view! {
        <button
            class="btn icon small cursors"
            class:on=move || on.get()
            aria-pressed=move || on.get().to_string()
            aria-label=format!("Cursors of {} in the lanes", name.get_value())
            title="Cursors in the lanes: two groups at a time"
            on:click=press
        >
            <Icon name="eye"/>
        </button>
    }
}

fn shown(session: Session) -> Vec<String> {
    let chosen = session.page.shown_groups.get();
    if chosen.is_empty() {
        session.group_names.get().into_iter().take(SHOWN_GROUPS).collect()
    } else {
        chosen
    }
}

/// What a rebalance waits for, and how much of its time is over.
#[component]
fn Rebalance(group: ReadSignal<Option<GroupView>>) -> impl IntoView {
    let session = use_session();
    let rebalance = Memo::new(move |_| {
        group.with(|group| group.as_ref().and_then(|group| group.rebalance.clone()))
    });
    let share = move |rebalance: &RebalanceView| {
        session.pulse.track();
        let now_ms = session.read(log_engine::Engine::now_ms);
        let whole = (rebalance.deadline_ms - rebalance.since_ms).max(1);
        (now_ms - rebalance.since_ms).clamp(0, whole) * 100 / whole
    };
    view! {
        {move || {
            rebalance
                .with(Option::is_some)
                .then(|| {
                    view! {
                        <p class="group-note">
                            {move || rebalance.with(|r| r.as_ref().map(|r| r.text.clone()))}
                            <span class="bar">
                                <i style:width=move || {
                                    rebalance.with(|r| r.as_ref().map(|r| format!("{}%", share(r))))
                                }></i>
                            </span>
                        </p>
                    }
                })
        }}
    }
}

/// All members in one line.
#[component]
fn Folded(group: ReadSignal<Option<GroupView>>, name: StoredValue<String>) -> impl IntoView {
    let line = Memo::new(move |_| {
        group.with(|group| {
            let group = group.as_ref()?;
            let members = group.members.len();
            let word = if members == 1 { "member" } else { "members" };
            let owned = group.members.iter().map(|member| {
                let numbers: Vec<String> =
                    member.owned.iter().map(|tp| format!("P{}", tp.partition)).collect();
                numbers.join(" ")
            });
            let owned: Vec<String> = owned.filter(|text| !text.is_empty()).collect();
            let lag = format!("lag {}", text::number(group.total_lag));
            Some((format!("{members} {word}"), owned.join(" | "), lag))
        })
    });
    let part = move |pick: fn((String, String, String)) -> String| {
        move || line.get().map(pick).unwrap_or_default()
    };
    view! {
        <li class="member" data-m=name.get_value()>
            <span class="port" aria-hidden="true"></span>
            <span class="m-name">{part(|line| line.0)}</span>
            <span class="chips">
                <span class="dim">{part(|line| line.1)}</span>
            </span>
            <span class="m-lag">{part(|line| line.2)}</span>
        </li>
    }
}

#[component]
fn Foot(group: ReadSignal<Option<GroupView>>, name: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| {
        session.pulse.track();
        group.with(|group| {
            let group = group.as_ref()?;
            let now_ms = session.read(log_engine::Engine::now_ms);
            Some(match &group.rebalance {
                Some(rebalance) => {
                    let left = text::span((rebalance.deadline_ms - now_ms).max(0));
                    format!("rebalance timeout {left} left")
                }
                None => format!("total lag {}", text::number(group.total_lag)),
            })
        })
    });
    view! {
        <footer>
            <button
                class="btn small"
                on:click=move |event| {
                    session
                        .toggle(Panel::AddMember { group: name.get_value() }, target_of(&event));
                }
            >
                <Icon name="plus"/>
                "Member"
            </button>
            <span class="dim">{said}</span>
        </footer>
    }
}
