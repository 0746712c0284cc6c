//! The Ledger: where every record is, and what went wrong with any.

use crate::session::use_session;
use crate::ui::text::{count, number};
use leptos::prelude::*;
use log_engine::view::{GroupLedgerView, LedgerView};

struct Bar {
    word: String,
    value: u64,
    note: String,
}

/// The pane.
#[component]
pub fn Ledger() -> impl IntoView {
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
                        bars(ledger, &lags).iter().map(|bar| row(bar, ledger.sent)).collect_view()
                    })
                }}
            </tbody>
        </table>
        <dl class="figs">{move || session.ledger.with(|ledger| figures(ledger).collect_view())}</dl>
    }
}

fn bars(ledger: &LedgerView, lags: &[(String, i64)]) -> Vec<Bar> {
    let bar = |word: &str, value: u64, note: String| Bar { word: word.to_owned(), value, note };
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
    let mut bars = vec![
        bar("sent", ledger.sent, "accepted by send()".to_owned()),
        bar("stored", ledger.stored, stored),
        bar("acked", ledger.acked, "the producer knows".to_owned()),
        bar("readable", ledger.readable, readable),
    ];
    bars.extend(ledger.groups.iter().map(|group| {
        let lag = lags.iter().find(|(name, _)| *name == group.group).map_or(0, |(_, lag)| *lag);
        bar(&group.group, group.consumed, format!("processed; lag {}", number(lag)))
    }));
    bars
}

fn row(bar: &Bar, sent: u64) -> AnyView {
    let percent = (bar.value * 100).checked_div(sent).unwrap_or(0).min(100);
    view! {
        <tr>
            <th scope="row">{bar.word.clone()}</th>
            <td class="num">{count(bar.value)}</td>
            <td class="bar"><i style:width=format!("{percent}%")></i></td>
            <td class="dim">{bar.note.clone()}</td>
        </tr>
    }
    .into_any()
}

fn figures(ledger: &LedgerView) -> impl Iterator<Item = AnyView> + use<> {
    let per_group = |read: fn(&GroupLedgerView) -> u64, calm: &str| {
        let hit: Vec<String> = ledger
            .groups
            .iter()
            .filter(|group| read(group) > 0)
            .map(|group| format!("{} {}", group.group, count(read(group))))
            .collect();
        let total = ledger.groups.iter().map(read).sum::<u64>();
        (total, if hit.is_empty() { calm.to_owned() } else { hit.join(", ") })
    };
    let twice = per_group(|g| g.read_twice, "processed again after a rebalance or a crash");
    let skipped = per_group(|g| g.skipped, "passed over without being processed");
    let expired = per_group(|g| g.expired_unread, "deleted before a group had processed it");
    let own = |value: u64, note: &str| (value, note.to_owned());
    [
        ("acked but lost", own(ledger.lost_after_ack, "an ack was sent, then the record was gone")),
        ("duplicated", own(ledger.duplicated, "one send, two offsets")),
        ("reordered", own(ledger.reordered, "offsets against the order of sending")),
        ("failed but stored", own(ledger.failed_but_stored, "the producer was told it failed")),
        ("read twice", twice),
        ("skipped", skipped),
        ("expired unread", expired),
    ]
    .into_iter()
    .map(|(word, (value, note))| {
        view! {
            <div class="fig" class:bad=value != 0>
                <dt>{word}</dt>
                <dd>{count(value)}</dd>
                <dd class="fig-note">{note}</dd>
            </div>
        }
        .into_any()
    })
}
