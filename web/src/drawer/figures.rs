//! The four figures of the ledger that are always in view.

use crate::session::use_session;
use crate::ui::text::count;
use leptos::prelude::*;

/// Sent, acked, consumed by the traced (or first) group, acked but lost.
#[component]
pub fn Figures() -> impl IntoView {
    let session = use_session();
    let ledger = session.ledger;
    let consumed = Memo::new(move |_| {
        let traced = session.page.traced.get();
        ledger.with(|ledger| {
            let wanted =
                |group: &&log_engine::view::GroupLedgerView| Some(&group.group) == traced.as_ref();
            let group = ledger.groups.iter().find(wanted).or_else(|| ledger.groups.first())?;
            Some((group.group.clone(), group.consumed))
        })
    });
    let figure = move |word: &'static str, read: fn(&log_engine::view::LedgerView) -> u64| {
        view! { <div><dt>{word}</dt><dd>{move || count(ledger.with(read))}</dd></div> }
    };
    let lost = move || ledger.with(|ledger| ledger.lost_after_ack);
    view! {
        <dl class="mini-ledger" title="The ledger of every record">
            {figure("sent", |ledger| ledger.sent)}
            {figure("acked", |ledger| ledger.acked)}
            {move || consumed.get().map(|(group, n)| {
                view! { <div><dt>{format!("consumed by {group}")}</dt><dd>{count(n)}</dd></div> }
            })}
            <div class:bad=move || { lost() > 0 }><dt>"acked but lost"</dt><dd>{move || count(lost())}</dd></div>
        </dl>
    }
}
