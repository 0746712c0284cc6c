//! What is on its way: how much each new replica has, and the way back.

use crate::panels::cluster::{Moving, moving};
use crate::panels::text::list;
use crate::session::Session;
use crate::ui::text::number;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::PartitionName;

/// Moves that have a row of their own.
const ROWS: usize = 40;

/// The list; nothing where nothing moves.
#[component]
pub fn Progress(session: Session) -> impl IntoView {
    let all = Memo::new(move |_| {
        session.pulse.track();
        moving(session)
    });
    // A button that is drawn anew loses the focus: rows stay, what is in them moves.
    let names = Memo::new(move |_| {
        all.with(|all| all.iter().map(|it| (it.topic.clone(), it.partition)).collect::<Vec<_>>())
    });
    let count = Memo::new(move |_| names.with(Vec::len));
    let rows = move || names.with(|names| names.iter().take(ROWS).cloned().collect::<Vec<_>>());
    let any = Memo::new(move |_| count.get() > 0);
    view! {
        {move || any.get().then(|| view! {
            <section class="sec re-now" aria-label="On the way">
                <header class="re-head">
                    <h3>{move || format!("On the way: {}", count.get())}</h3>
                    <button class="btn outline" on:click=move |_| cancel(session, names.get_untracked())>
                        "Cancel all"
                    </button>
                </header>
                <ul class="re-rows">
                    <For
                        each=rows
                        key=Clone::clone
                        children=move |name| {
                            let own = name.clone();
                            let it = Memo::new(move |_| all.with(|all| {
                                all.iter().find(|it| it.topic == own.0 && it.partition == own.1).cloned()
                            }));
                            row(session, name, it)
                        }
                    />
                </ul>
                {move || (count.get() > ROWS).then(|| view! {
                    <p class="dim">{format!("and {} more", count.get() - ROWS)}</p>
                })}
            </section>
        })}
    }
}

fn row(session: Session, name: (String, i32), it: Memo<Option<Moving>>) -> AnyView {
    let label = format!("{}-{}", name.0, name.1);
    let words = move || it.with(|it| it.as_ref().map(told).unwrap_or_default());
    let share = move || it.with(|it| it.as_ref().map_or(0, share));
    let aria = format!("Cancel the move of {label}");
    view! {
        <li>
            <b class="mono">{label}</b>
            <span class="meter re-bar" aria-hidden="true"><i style:width=move || format!("{}%", share())></i></span>
            <span>{words}</span>
            <button class="btn small" aria-label=aria on:click=move |_| cancel(session, vec![name.clone()])>
                "Cancel"
            </button>
        </li>
    }
    .into_any()
}

/// Of all records that are to be copied so many percent are.
fn share(it: &Moving) -> i64 {
    let has: i64 = it.adding.iter().map(|copy| copy.has.min(it.records)).sum();
    let all = it.records * i64::try_from(it.adding.len()).unwrap_or(0);
    if all > 0 { has.saturating_mul(100) / all } else { 100 }
}

/// `4 has 120 of 300 records; 2 goes then`.
fn told(it: &Moving) -> String {
    let copy = |copy: &crate::panels::cluster::Copying| {
        let down = if copy.online { "" } else { ", and is down" };
        let (has, records) = (number(copy.has.min(it.records)), number(it.records));
        format!("{} has {has} of {records} records{down}", copy.broker)
    };
    let mut parts: Vec<String> = it.adding.iter().map(copy).collect();
    let ids: Vec<String> = it.removing.iter().map(ToString::to_string).collect();
    match ids.len() {
        0 => {}
        1 => parts.push(format!("{} goes then", ids.concat())),
        _ => parts.push(format!("{} go then", list(&ids))),
    }
    parts.join("; ")
}

fn cancel(session: Session, names: Vec<(String, i32)>) {
    let partitions =
        names.into_iter().map(|(topic, partition)| PartitionName { topic, partition }).collect();
    let command = Command::CancelReassignment { partitions };
    let detail = match session.playing.get_untracked() {
        true => "Replicas are as before.",
        false => "Time stands still: it acts once it runs.",
    };
    session.act_with_undo(command, "Move cancelled", detail);
}

#[cfg(test)]
mod tests {
    use super::super::super::cluster::Copying;
    use super::*;

    #[test]
    fn a_move_says_how_far_each_replica_is() {
        let copy = |broker, has, online| Copying { broker, has, online };
        let mut it = Moving {
            topic: "orders".to_owned(),
            partition: 0,
            adding: vec![copy(4, 30, true), copy(5, 90, false)],
            removing: vec![1, 2],
            records: 120,
        };
        let words =
            "4 has 30 of 120 records; 5 has 90 of 120 records, and is down; 1 and 2 go then";
        assert_eq!((told(&it).as_str(), share(&it)), (words, 50));
        it.adding.clear();
        assert_eq!(share(&it), 100);
    }
}
