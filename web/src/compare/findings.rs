//! What was found to differ between the two runs: looked for when time rests, and four times a second while it runs,
//! then in the shown topic alone.

use crate::browser;
use crate::session::Session;
use leptos::prelude::*;
use scenario::{Comparison, ForkView, Parting, Player, RunId, Search};
use std::sync::Arc;

/// Engine steps that a search for the first difference may take while time runs: each time they do not suffice, four
/// times as many, up to the most. At rest there is no bound but the run's length.
const SEARCH_STEPS: u64 = 2_000;
const MOST_SEARCH_STEPS: u64 = 128_000;
/// While time runs, comparing may take one part in so many of it.
const REST: f64 = 12.0;

/// Two runs and what differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The two, the earlier one first.
    pub runs: [ForkView; 2],
    /// What differs at the present moment.
    pub comparison: Comparison,
    /// Where they part; none while they have had the same events.
    pub parting: Option<Parting>,
    /// At which edit of the document.
    edits: u64,
    /// Engine steps that the next search may take while time runs.
    search: u64,
    /// When it is to be looked again at the earliest while time runs, in real ms.
    due_ms: f64,
}

impl Findings {
    /// Their letters.
    pub fn letters(&self) -> [char; 2] {
        [self.runs[0].letter, self.runs[1].letter]
    }

    fn ids(&self) -> [RunId; 2] {
        [self.runs[0].id, self.runs[1].id]
    }
}

/// The findings, kept up to date.
pub type Found = Memo<Option<Arc<Findings>>>;

/// Looks for them for as long as the present reactive owner lives.
pub fn find(session: Session) -> Found {
    Memo::new(move |before: Option<&Option<Arc<Findings>>>| {
        session.drawer_pulse.track();
        let before = before.and_then(Option::as_ref);
        let runs = session.compared()?;
        let (edits, playing) = (session.edits.get(), session.playing.get());
        let topic = session.page.topic.get().filter(|_| playing);
        session.read_player(|player| {
            let settled =
                !player.is_replaying() && player.elapsed_together_ms() == player.elapsed_ms();
            let before = before.filter(|before| before.ids() == [runs[0].id, runs[1].id]);
            let began_ms = browser::now_ms();
            let rests = |before: &Arc<Findings>| {
                !settled || playing && before.edits == edits && began_ms < before.due_ms
            };
            if let Some(before) = before.filter(|before| rests(before)) {
                return Some(before.clone());
            }
            let engines = (player.engine_of(runs[0].id)?, player.engine_of(runs[1].id)?);
            let letters = [runs[0].letter, runs[1].letter];
            let comparison = Comparison::within(engines.0, engines.1, letters, topic.as_deref());
            let known = before.filter(|before| before.edits == edits);
            let budget = known.map_or(SEARCH_STEPS, |known| known.search);
            let (parting, search) =
                parting(player, [runs[0].id, runs[1].id], known, playing.then_some(budget));
            let now_ms = browser::now_ms();
            let due_ms = now_ms + REST * (now_ms - began_ms);
            Some(Arc::new(Findings { runs, comparison, parting, edits, search, due_ms }))
        })
    })
}

/// Where two runs part stays where it is, until one of them is changed. With it what the next search may take.
fn parting(
    player: &Player,
    [a, b]: [RunId; 2],
    before: Option<&Arc<Findings>>,
    budget: Option<u64>,
) -> (Option<Parting>, u64) {
    let known = before.and_then(|before| before.parting.as_ref());
    if let Some(known) = known.filter(|known| known.at_ms <= player.elapsed_ms()) {
        return (Some(known.clone()), SEARCH_STEPS);
    }
    match player.parting(a, b, budget.unwrap_or(u64::MAX)) {
        Search::Parts(parting) => (Some(*parting), SEARCH_STEPS),
        Search::Alike => (None, SEARCH_STEPS),
        Search::OutOfBudget => {
            let more = budget.unwrap_or(SEARCH_STEPS).saturating_mul(4);
            (None, more.min(MOST_SEARCH_STEPS))
        }
    }
}
