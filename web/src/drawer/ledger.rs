//! The Ledger: where every record is, and what went wrong with any. Each total opens the records behind it.

use super::ledger_rows::{LedgerRows, title};
use crate::session::use_session;
use crate::ui::text::{count, number};
use leptos::prelude::*;
use log_engine::view::{GroupLedgerView, LedgerSet, LedgerView};

struct Bar {
    word: String,
    set: Option<LedgerSet>,
    value: u64,
    note: String,
}

/// The pane: the totals, or the records behind one of them.
#[component]
pub fn Ledger() -> impl IntoView {
    let open = RwSignal::new(None::<LedgerSet>);
    move || match open.get() {
        Some(set) => view! { <LedgerRows set on_back=move |()| open.set(None)/> }.into_any(),
        None => view! { <Totals open/> }.into_any(),
    }
}

#[component]
fn Totals(open: RwSignal<Option<LedgerSet>>) -> impl IntoView {
    let session = use_session();
    let caption = move || {
        let sent = session.ledger.with(|ledger| ledger.sent);
        if sent == 1 {
            "Where 1 record is".to_owned()
        } else {
            format!("Where {} records are", count(sent))
        }
    };
    let lags = Memo::new(move |_| {
        session.drawer_pulse.track();
        session.read(|engine| {
            let groups = engine.groups().into_iter();
            groups.map(|group| (group.group, group.total_lag)).collect::<Vec<_>>()
        })
    });
    view! {
        <table class="funnel">
            <caption>{caption}</caption>
            <tbody>
                {move || {
                    let lags = lags.get();
                    session.ledger.with(|ledger| {
                        bars(ledger, &lags).iter().map(|bar| row(bar, ledger.sent, open)).collect_view()
                    })
                }}
            </tbody>
        </table>
        <div class="figs">{move || session.ledger.with(|ledger| figures(ledger, open).collect_view())}</div>
    }
}

/// A total that opens its records.
fn total(value: u64, set: Option<LedgerSet>, open: RwSignal<Option<LedgerSet>>) -> AnyView {
    match set.filter(|_| value > 0) {
        Some(set) => {
            let label = format!("{}: show the records {}", count(value), title(&set));
            view! {
                <button class="total" aria-label=label on:click=move |_| open.set(Some(set.clone()))>{count(value)}</button>
            }
            .into_any()
        }
        None => count(value).into_any(),
    }
}

fn bars(ledger: &LedgerView, lags: &[(String, i64)]) -> Vec<Bar> {
    let bar = |word: &str, set: LedgerSet, value: u64, note: String| Bar {
        word: word.to_owned(),
        set: Some(set),
        value,
        note,
    };
    let waiting = ledger.buffered + ledger.in_flight;
    let stored = match (waiting, ledger.failed) {
        (0, 0) => "appended by a leader".to_owned(),
        (n, 0) => format!("{} buffered or in flight", count(n)),
        (n, failed) => format!("{} buffered or in flight, {} failed", count(n), count(failed)),
    };
    let above = ledger.stored.saturating_sub(ledger.readable + ledger.deleted);
    let readable = match (above, ledger.deleted) {
        (0, 0) => "below the high watermark".to_owned(),
        (0, gone) => format!("below the high watermark; {} deleted", count(gone)),
        (above, gone) => {
            format!("{} above the high watermark, {} deleted", count(above), count(gone))
        }
    };
    let unanswered = match ledger.unanswered {
        0 => "the application knows".to_owned(),
        n => format!("the application knows; {} told nothing yet", count(n)),
    };
    let mut bars = vec![
        bar("sent", LedgerSet::Sent, ledger.sent, "accepted by send()".to_owned()),
        bar("stored", LedgerSet::Stored, ledger.stored, stored),
        bar("acked", LedgerSet::Acked, ledger.acked, unanswered),
        bar("committed", LedgerSet::Committed, ledger.readable, readable),
    ];
    bars.extend(ledger.groups.iter().map(|group| {
        let lag = lags.iter().find(|(name, _)| *name == group.group).map_or(0, |(_, lag)| *lag);
        let note = format!("processed; lag {}", number(lag));
        Bar { word: group.group.clone(), set: None, value: group.consumed, note }
    }));
    bars
}

fn row(bar: &Bar, sent: u64, open: RwSignal<Option<LedgerSet>>) -> AnyView {
    let percent = (bar.value * 100).checked_div(sent).unwrap_or(0).min(100);
    view! {
        <tr>
            <th scope="row">{bar.word.clone()}</th>
            <td class="num">{total(bar.value, bar.set.clone(), open)}</td>
            <td class="bar"><i style:width=format!("{percent}%")></i></td>
            <td class="dim">{bar.note.clone()}</td>
        </tr>
    }
    .into_any()
}

/// What went wrong, each with the records it went wrong with.
fn figures(
    ledger: &LedgerView,
    open: RwSignal<Option<LedgerSet>>,
) -> impl Iterator<Item = AnyView> + use<> {
    let own = [
        (
            "acked but lost",
            ledger.lost_after_ack,
            LedgerSet::LostAfterAck,
            "an ack was sent, then the record was gone",
        ),
        ("duplicated", ledger.duplicated, LedgerSet::Duplicated, "one send, two offsets"),
        (
            "reordered",
            ledger.reordered,
            LedgerSet::Reordered,
            "behind a later record of the same key",
        ),
        (
            "failed but stored",
            ledger.failed_but_stored,
            LedgerSet::FailedButStored,
            "the producer was told it failed",
        ),
        ("failed", ledger.failed, LedgerSet::Failed, "given up, nothing stored"),
        ("lost", ledger.lost, LedgerSet::Lost, "stored once, on no replica any more; acked or not"),
    ];
    let own: Vec<AnyView> = own
        .into_iter()
        .map(|(word, value, set, note)| {
            figure(word, value, vec![(note.to_owned(), None)], Some(set), open)
        })
        .collect();
    let per_group =
        |read: fn(&GroupLedgerView) -> u64, set: fn(String) -> LedgerSet, calm: &str| {
            let hit = ledger.groups.iter().filter(|group| read(group) > 0);
            let mut notes: Vec<Note> = hit
                .map(|group| {
                    let words = format!("{} {}", group.group, count(read(group)));
                    (words, Some(set(group.group.clone())))
                })
                .collect();
            if notes.is_empty() {
                notes.push((calm.to_owned(), None));
            }
            (ledger.groups.iter().map(read).sum::<u64>(), notes)
        };
    let groups = [
        (
            "read twice",
            per_group(
                |g| g.read_twice,
                |group| LedgerSet::ReadTwice { group },
                "processed again after a rebalance or a crash",
            ),
        ),
        (
            "skipped",
            per_group(
                |g| g.skipped,
                |group| LedgerSet::Skipped { group },
                "passed over without being processed",
            ),
        ),
        (
            "expired unread",
            per_group(
                |g| g.expired_unread,
                |group| LedgerSet::ExpiredUnread { group },
                "deleted before a group had processed it",
            ),
        ),
    ];
    let groups: Vec<AnyView> = groups
        .into_iter()
        .map(|(word, (value, notes))| figure(word, value, notes, None, open))
        .collect();
    own.into_iter().chain(groups)
}

/// A line under a figure, and the records it opens.
type Note = (String, Option<LedgerSet>);

fn figure(
    word: &'static str,
    value: u64,
    notes: Vec<Note>,
    set: Option<LedgerSet>,
    open: RwSignal<Option<LedgerSet>>,
) -> AnyView {
    let notes = notes.into_iter().map(move |(words, set)| match set {
        Some(set) => {
            let show = move |_| open.set(Some(set.clone()));
            view! { <button class="total" on:click=show>{words}</button>" " }.into_any()
        }
        None => words.into_any(),
    });
    view! {
        <dl class="fig" class:bad=value != 0>
            <dt>{word}</dt>
            <dd>{total(value, set, open)}</dd>
            <dd class="fig-note">{notes.collect_view()}</dd>
        </dl>
    }
    .into_any()
}
