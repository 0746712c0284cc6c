//! The records behind a total of the ledger, batch by batch, the newest first: where each was sent, what the application
//! was told, which replicas have it, and what it came to for each group.

use crate::panels::text::since;
use crate::session::{Session, use_session};
use crate::ui::text::count;
use leptos::prelude::*;
use log_engine::view::{LedgerPageView, LedgerRowView, LedgerSet};

/// Batches shown at first, and by each "More".
const STEP: usize = 100;

/// What a set is called in the list's heading.
pub(super) fn title(set: &LedgerSet) -> String {
    match set {
        LedgerSet::Sent => "sent".to_owned(),
        LedgerSet::Buffered => "in an accumulator".to_owned(),
        LedgerSet::InFlight => "in flight".to_owned(),
        LedgerSet::Stored => "stored".to_owned(),
        LedgerSet::Committed => "committed".to_owned(),
        LedgerSet::Acked => "acked".to_owned(),
        LedgerSet::Failed => "failed".to_owned(),
        LedgerSet::Unanswered => "told nothing about yet".to_owned(),
        LedgerSet::Lost => "stored, then lost".to_owned(),
        LedgerSet::LostAfterAck => "acked, but lost".to_owned(),
        LedgerSet::FailedButStored => "reported as failed, but stored".to_owned(),
        LedgerSet::Duplicated => "at more than one offset".to_owned(),
        LedgerSet::Reordered => "behind a later record of their key".to_owned(),
        LedgerSet::ExpiredUnread { group } => format!("deleted before {group} had processed them"),
        LedgerSet::Skipped { group } => format!("passed over by {group}"),
        LedgerSet::ReadTwice { group } => format!("processed more than once by {group}"),
    }
}

/// The list.
#[component]
pub(super) fn LedgerRows(
    /// Which records.
    set: LedgerSet,
    /// Back to the totals.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let shown = RwSignal::new(STEP);
    let heading = format!("Records {}", title(&set));
    let page = Memo::new(move |_| {
        session.drawer_pulse.track();
        let limit = shown.get();
        session.read(|engine| engine.ledger_page(&set, None, None, limit))
    });
    let back = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        if let Some(back) = back.get() {
            let _ = back.focus();
        }
    });
    view! {
        <div class="acct">
            <div class="acct-head">
                <button class="btn small" node_ref=back on:click=move |_| on_back.run(())>"Totals"</button>
                <h4>{heading}</h4>
                <span class="dim">{move || page.with(how_many)}</span>
            </div>
            <table class="acct-rows">
                <thead>
                    <tr>
                        <th scope="col">"Sent"</th>
                        <th scope="col">"By"</th>
                        <th scope="col">"Keys"</th>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Told"</th>
                        <th scope="col">"Replicas"</th>
                        <th scope="col">"Groups"</th>
                    </tr>
                </thead>
                <tbody>
                    {move || page.get().rows.into_iter().map(|row| line(session, row)).collect_view()}
                </tbody>
            </table>
            <Show when=move || page.with(|page| page.next.is_some() && page.rows.len() < 500)>
                <button class="btn small" on:click=move |_| shown.update(|n| *n += STEP)>"More"</button>
            </Show>
        </div>
    }
}

fn how_many(page: &LedgerPageView) -> String {
    let records: u64 = page.rows.iter().map(|row| row.records).sum();
    let more = if page.next.is_some() { ", the newest of them" } else { "" };
    match (records, page.rows.len()) {
        (0, _) => "none".to_owned(),
        (1, _) => "1 record".to_owned(),
        (n, batches) => format!("{} records in {} batches{more}", count(n), batches),
    }
}

fn line(session: Session, row: LedgerRowView) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let at = u64::try_from(row.created_ms - start_ms).unwrap_or(0);
    let sent = since(row.created_ms, start_ms);
    let keys = keys_text(&row);
    let told = match (row.told.as_str(), row.told_ms) {
        ("nothing", _) => "nothing yet".to_owned(),
        (word, Some(told_ms)) => format!("{word} after {} ms", told_ms - row.created_ms),
        (word, None) => word.to_owned(),
    };
    let replicas: Vec<String> = row.replicas.iter().map(|broker| broker.0.to_string()).collect();
    let replicas = match (replicas.is_empty(), row.committed) {
        (true, _) => "none".to_owned(),
        (false, true) => format!("{}, committed", replicas.join(" ")),
        (false, false) => replicas.join(" "),
    };
    let bad = row.place == "lost" || row.told == "failed" || !row.also_at.is_empty();
    view! {
        <tr class:bad=bad>
            <td class="mono">
                <button class="why-at" title="Go to this moment" on:click=move |_| session.seek(at)>{sent}</button>
            </td>
            <td>{row.producer.clone()}</td>
            <td>{keys}</td>
            <td>{place(session, &row)}</td>
            <td>{told}</td>
            <td>{replicas}</td>
            <td class="dim">{row.groups.join(", ")}</td>
        </tr>
    }
    .into_any()
}

fn keys_text(row: &LedgerRowView) -> String {
    let key = |key: &Option<String>| key.clone().unwrap_or_else(|| "\u{2013}".to_owned());
    let shown: Vec<String> = row.keys.iter().take(6).map(key).collect();
    let total = usize::try_from(row.records).unwrap_or(usize::MAX);
    match total.saturating_sub(shown.len()) {
        0 => shown.join(" "),
        more if shown.is_empty() => format!("{} records", count(u64::try_from(more).unwrap_or(0))),
        more => format!("{} and {more} more", shown.join(" ")),
    }
}

/// `P2 29–30`, a button where the record can be looked into.
fn place(session: Session, row: &LedgerRowView) -> AnyView {
    let partition = row.partition;
    if row.first < 0 {
        return format!("P{partition}, {}", row.place).into_any();
    }
    let offsets = match row.last == row.first {
        true => format!("P{partition} {}", row.first),
        false => format!("P{partition} {}\u{2013}{}", row.first, row.last),
    };
    let also = match row.also_at.as_slice() {
        [] => String::new(),
        again => {
            let again: Vec<String> = again.iter().map(ToString::to_string).collect();
            format!(", and again at {}", again.join(", "))
        }
    };
    if row.place != "stored" {
        return format!("{offsets}, {}{also}", row.place).into_any();
    }
    let (topic, first) = (row.topic.clone(), row.first);
    let inspect = move |_| {
        session.select_topic(&topic);
        session.inspect(partition, first);
    };
    view! { <button class="why-at" title="Open in Record" on:click=inspect>{offsets}</button>{also} }.into_any()
}
