//! Where two runs part: found by bisecting the hashes that each run has of what happened in it, and a short replay of
//! both. What a person did does not count, only what happened; and an event's number does not, only when and what.

use super::tape::Tape;
use super::{Player, RunId};
use log_engine::view::EventRow;
use log_engine::{Differing, Engine};

/// The first difference of two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// When, in ms since the start.
    pub at_ms: u64,
    /// What happened in the first of the two; none where nothing more has happened in it.
    pub a: Option<EventRow>,
    /// What happened in the other.
    pub b: Option<EventRow>,
}

/// What is known of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// The two have had the same events up to the present moment.
    Alike,
    /// They part there.
    Parts(Box<Parting>),
    /// The budget ran out: call again with more.
    OutOfBudget,
}

/// Steps between two looks at how far a replay is.
const SLICE_STEPS: u64 = 200;

impl Player {
    /// Where two runs part, as far as they have been played, with a replay of at most about `budget` engine steps.
    pub fn parting(&self, a: RunId, b: RunId, budget: u64) -> Search {
        let (Some(one), Some(other)) = (self.find(a), self.find(b)) else { return Search::Alike };
        let (ours, theirs) = (&one.tape.engine, &other.tape.engine);
        let common = ours.common_happenings(theirs);
        let until = common.saturating_add(Engine::SAMPLED);
        let mut left = budget;
        let mut replayed = |run: &super::run::Run| {
            let journal = &run.head.journal;
            let here = run.tape.engine.happened().0;
            if here.saturating_sub(common) < Engine::SAMPLED
                && run.tape.engine.has_happenings(common)
            {
                return Some(run.tape.clone());
            }
            let before =
                run.keyframes.last_or_start(|frame| frame.engine.happened().0 <= common)?;
            let mut tape = before.clone();
            play_until(&mut tape, journal, &run.tape, until, &mut left).then_some(tape)
        };
        let (Some(one), Some(other)) = (replayed(one), replayed(other)) else {
            return Search::OutOfBudget;
        };
        // A run that is further on has nothing to be compared with there.
        let shorter = ours.now_ms().min(theirs.now_ms());
        let found = one.engine.first_difference(&other.engine, common);
        found
            .and_then(|differing| parting(&one, differing, shorter))
            .map_or(Search::Alike, |parting| Search::Parts(Box::new(parting)))
    }
}

fn parting(tape: &Tape, differing: Differing, until_ms: i64) -> Option<Parting> {
    let Differing { a, b } = differing;
    let at = |row: &Option<EventRow>| row.as_ref().map_or(i64::MAX, |row| row.at_ms);
    let at_ms = at(&a).min(at(&b));
    (at_ms <= until_ms).then(|| Parting { at_ms: tape.since_start(at_ms), a, b })
}

/// Plays on until so much has happened, or the run stands where it stands. False if the budget ran out.
fn play_until(
    tape: &mut Tape,
    journal: &[crate::document::JournalEntry],
    end: &Tape,
    happenings: u64,
    budget: &mut u64,
) -> bool {
    let end_ms = end.elapsed_ms();
    while tape.engine.happened().0 < happenings {
        if *budget == 0 {
            return false;
        }
        let slice = SLICE_STEPS.min(*budget);
        let mut left = slice;
        if tape.play(journal, end_ms, &mut left) {
            break;
        }
        *budget = budget.saturating_sub(slice.saturating_sub(left).max(1));
    }
    true
}
