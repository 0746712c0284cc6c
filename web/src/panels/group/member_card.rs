//! One member: what it owns, what it does, and what can be done to it.

use super::processing::Processing;
use crate::panels::controls::fresh_id;
use crate::panels::icon::icon;
use crate::panels::text::plural;
use crate::session::use_session;
use crate::ui::PartitionChip;
use crate::ui::text::count;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::view::{GroupView, MemberState, MemberView};

/// The card.
#[component]
pub fn MemberCard(
    /// Its group.
    group: ReadSignal<Option<GroupView>>,
    /// Its name.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let own = StoredValue::new(name.clone());
    let member = Memo::new(move |_| {
        group.with(|g| {
            own.with_value(|name| g.as_ref()?.members.iter().find(|m| m.name == *name).cloned())
        })
    });
    let us = Memo::new(move |_| member.with(|m| m.as_ref().map_or(0, |m| m.processing_us)));
    let state = Memo::new(move |_| member.with(|m| m.as_ref().map(|m| m.state)));
    let instance =
        Memo::new(move |_| member.with(|m| m.as_ref().and_then(|m| m.instance_id.clone())));
    let set_us = Callback::new(move |processing_us| {
        session.act(Command::SetProcessing { member: own.get_value(), processing_us });
    });
    let id = fresh_id("processing");
    view! {
        <section class="mcard" aria-label=name.clone()>
            <header>
                <b>{own.get_value()}</b>
                {move || member.with(|m| m.as_ref().map(chips))}
                <span class="m-act">{move || state.get().map(|state| actions(own.get_value(), state))}</span>
            </header>
            <p class="help-l">{move || member.with(|m| m.as_ref().map(status))}</p>
            <div class="mgrid">
                <label for=id.clone()>"Processing"</label>
                <Processing id us=us.into() on_change=set_us/>
            </div>
            {move || instance.get().map(static_note)}
        </section>
    }
}

fn chips(member: &MemberView) -> AnyView {
    let owned =
        member.owned.iter().map(|owned| view! { <PartitionChip partition=owned.partition/> });
    let idle = member.idle.then(|| view! { <span class="idle-t">"idle, no partition left"</span> });
    view! { {owned.collect_view()}{idle} }.into_any()
}

fn status(member: &MemberView) -> String {
    let state = match member.state {
        MemberState::Joining => "joining",
        MemberState::Running => "running",
        MemberState::Paused => "paused: polls and heartbeats, reads nothing",
        MemberState::Closed => "closed",
        MemberState::Crashed => "crashed",
        MemberState::Failed => "stopped by an error",
    };
    let mut words = vec![state.to_owned()];
    if member.leader {
        words.push("group leader".to_owned());
    }
    if member.processing > 0 {
        words.push(format!(
            "processing {}",
            plural(i64::from(member.processing), "record", "records")
        ));
    }
    words.push(format!("{} processed so far", count(member.consumed)));
    words.extend(member.note.clone());
    words.join(", ")
}

fn actions(name: String, state: MemberState) -> AnyView {
    let session = use_session();
    let button = move |picture: &'static str,
                       word: &'static str,
                       title: &'static str,
                       command: Command| {
        let press = move |_| {
            session.act(command.clone());
        };
        view! { <button class="btn small" title=title on:click=press>{icon(picture)}{word}</button> }.into_any()
    };
    let member = || name.clone();
    let crash = || {
        button(
            "bolt",
            "Crash",
            "The process dies: no goodbye, session.timeout.ms runs",
            Command::CrashMember { member: member() },
        )
    };
    let leave = || {
        button(
            "x",
            "Leave",
            "close(): commits if auto-commit is on, then LeaveGroup",
            Command::CloseMember { member: member() },
        )
    };
    let pause = || {
        button(
            "pause",
            "Pause",
            "pause(): keeps its partitions, reads nothing",
            Command::PauseMember { member: member() },
        )
    };
    let resume =
        || button("play", "Resume", "resume()", Command::ResumeMember { member: member() });
    let start = || {
        button(
            "play",
            "Start",
            "A new process; a dynamic member joins as a new one",
            Command::StartMember { member: member() },
        )
    };
    let all = match state {
        MemberState::Closed | MemberState::Crashed | MemberState::Failed => vec![start()],
        MemberState::Paused => vec![resume(), crash(), leave()],
        MemberState::Joining | MemberState::Running => vec![pause(), crash(), leave()],
    };
    all.into_any()
}

fn static_note(instance: String) -> AnyView {
    view! {
        <p class="help-l">
            <code>{format!("group.instance.id {instance}")}</code>
            ". Static: back within session.timeout.ms it gets the same partitions without a rebalance. Leave sends no LeaveGroup."
        </p>
    }
    .into_any()
}
