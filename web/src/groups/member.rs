//! One member of a group: what it owns, how far behind it is, and what can be done to it.

use crate::session::use_session;
use crate::ui::{Icon, PartitionChip, text};
use leptos::prelude::*;
use log_engine::view::{GroupView, MemberState, MemberView};
use log_engine::{Command, TopicPartition};

/// More partitions than this are counted instead of named.
const NAMED: usize = 6;

/// A member's row.
#[component]
pub fn Member(
    /// Its group.
    group: ReadSignal<Option<GroupView>>,
    /// Its name.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let embedded = session.page.embedded;
    let name = StoredValue::new(name);
    let member = Memo::new(move |_| {
        group.with(|group| {
            let members = &group.as_ref()?.members;
            members.iter().find(|member| name.with_value(|name| member.name == *name)).cloned()
        })
    });
    let is = move |test: fn(&MemberView) -> bool| {
        move || member.with(|member| member.as_ref().is_some_and(test))
    };
    view! {
        <li
            class="member"
            class:idle=is(|member| member.idle)
            class:new=is(|member| member.state == MemberState::Joining)
            class:gone=is(gone)
            class:slow=is(|member| member.state == MemberState::Failed)
            data-m=name.get_value()
        >
            <span class="port" aria-hidden="true"></span>
            <span class="m-name">{name.get_value()}</span>
            <span class="chips">
                <Owned member/>
                <Remark member/>
            </span>
            {move || {
                (!embedded)
                    .then(|| member.get().filter(|member| !gone(member)))
                    .flatten()
                    .map(|member| {
                        view! {
                            <span class="m-lag" class:zero=(member.lag == 0)>
                                "lag " {text::number(member.lag)}
                            </span>
                        }
                    })
            }}
            {(!embedded).then(|| view! { <Actions member name/> })}
        </li>
    }
}

fn gone(member: &MemberView) -> bool {
    matches!(member.state, MemberState::Closed | MemberState::Crashed | MemberState::Failed)
}

/// The partitions it owns; what it has to give up is struck through.
#[component]
fn Owned(member: Memo<Option<MemberView>>) -> impl IntoView {
    let session = use_session();
    let owned = Memo::new(move |_| {
        member.with(|member| {
            let Some(member) = member else { return (Vec::new(), Vec::new()) };
            (member.owned.clone(), member.revoking.clone())
        })
    });
    view! {
        {move || {
            let (owned, revoking) = owned.get();
            let all = owned.len();
            if all > NAMED {
                return view! { <span class="pchip">{format!("{all} partitions")}</span> }
                    .into_any();
            }
            let topic = session.page.topic.get();
            owned
                .into_iter()
                .map(|tp| chip(&tp, topic.as_deref(), revoking.contains(&tp)))
                .collect_view()
                .into_any()
        }}
    }
}

/// A partition of the shown topic by its number, of another with its topic.
fn chip(tp: &TopicPartition, shown: Option<&str>, revoked: bool) -> AnyView {
    if Some(&*tp.topic) == shown {
        view! { <PartitionChip partition=tp.partition revoked=revoked/> }.into_any()
    } else {
        view! { <span class="pchip" class:revoked=revoked>{tp.to_string()}</span> }.into_any()
    }
}

/// What is to be said of it, if anything.
#[component]
fn Remark(member: Memo<Option<MemberView>>) -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| {
        session.pulse.track();
        let now_ms = session.read(log_engine::Engine::now_ms);
        member.with(|member| member.as_ref().and_then(|member| remark(member, now_ms)))
    });
    let idle = move || member.with(|member| member.as_ref().is_some_and(|member| member.idle));
    view! {
        {move || {
            said.get()
                .map(|said| view! { <span class=if idle() { "idle-t" } else { "m-st" }>{said}</span> })
        }}
    }
}

fn remark(member: &MemberView, now_ms: i64) -> Option<String> {
    if member.idle {
        return Some("idle, no partition left".to_owned());
    }
    if let Some(ends_ms) = member.session_ends_ms {
        return Some(format!("session ends in {}", text::span((ends_ms - now_ms).max(0))));
    }
    if let Some(note) = &member.note {
        return Some(note.clone());
    }
    match member.state {
        MemberState::Joining => Some("joining".to_owned()),
        MemberState::Paused => Some("paused".to_owned()),
        MemberState::Closed => Some("left".to_owned()),
        MemberState::Crashed => Some("crashed".to_owned()),
        MemberState::Failed => Some("failed".to_owned()),
        MemberState::Running => None,
    }
}

/// Pause, crash, leave; or start, where it does not run.
#[component]
fn Actions(member: Memo<Option<MemberView>>, name: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let state = Memo::new(move |_| member.with(|member| member.as_ref().map(|m| m.state)));
    let send = move |command: fn(String) -> Command| {
        move |_| {
            session.act(command(name.get_value()));
        }
    };
    let label = move |what: &str| format!("{what} {}", name.get_value());
    view! {
        <span class="m-act">
            {move || match state.get() {
                Some(MemberState::Closed | MemberState::Crashed | MemberState::Failed) => {
                    view! {
                        <button
                            class="btn icon small"
                            aria-label=label("Start")
                            title="Start its process again"
                            on:click=send(|member| Command::StartMember { member })
                        >
                            <Icon name="power"/>
                        </button>
                    }
                        .into_any()
                }
                state => {
                    let paused = state == Some(MemberState::Paused);
                    view! {
                        <PauseButton paused name/>
                        <button
                            class="btn icon small"
                            aria-label=label("Crash")
                            title="Crash: no goodbye, session.timeout.ms applies"
                            on:click=send(|member| Command::CrashMember { member })
                        >
                            <Icon name="bolt"/>
                        </button>
                        <button
                            class="btn icon small"
                            aria-label=label("Close")
                            title="Close: commits and leaves the group"
                            on:click=send(|member| Command::CloseMember { member })
                        >
                            <Icon name="x"/>
                        </button>
                    }
                        .into_any()
                }
            }}
        </span>
    }
}

#[component]
fn PauseButton(paused: bool, name: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let (word, title, icon) = if paused {
        ("Resume", "Resume all its partitions", "play")
    } else {
        ("Pause", "Pause: keeps its partitions, reads nothing", "pause")
    };
    let press = move |_| {
        let member = name.get_value();
        session.act(if paused {
            Command::ResumeMember { member }
        } else {
            Command::PauseMember { member }
        });
    };
    view! {
        <button
            class="btn icon small m-pause"
            class:on=paused
            aria-label=format!("{word} {}", name.get_value())
            title=title
            on:click=press
        >
            <Icon name=icon/>
        </button>
    }
}
