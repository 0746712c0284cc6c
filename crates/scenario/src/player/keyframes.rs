//! Copies of the play on the way, so that any moment is one copy and a short replay away.
//!
//! A copy shares with its neighbours whatever neither has written to since: closed segments, batches, rows of the
//! ledger, chunks of events. What a copy holds alone is what it costs; together they stay within a budget. Beyond it the
//! copy goes whose loss lengthens the way to some moment by the least: near the present they lie close, as steps back go
//! there, further off they lie evenly, as a drag on the timeline goes anywhere.
//!
//! Far from the present a copy lets go of its older events, which a replay brings back (`recall`): they would be most
//! of what it holds.

use super::tape::Tape;
use std::sync::Arc;

/// Bytes that all copies of a player may hold.
pub(super) const BUDGET_BYTES: u64 = 56 * 1024 * 1024;
/// Most copies of a run.
const MAX_FRAMES: usize = 600;
/// A copy is taken after so many engine steps for each of these many bytes that it copies: making copies is to take a
/// twentieth of the time.
const BYTES_A_STEP: u64 = 64;
/// Fewest and most steps from one copy to the next.
const SPACING: std::ops::RangeInclusive<u64> = 2_000..=100_000;
/// Beyond so many steps from the present, copies lie evenly.
const NEAR_STEPS: u64 = 40_000;
/// Further off than this many events a copy keeps its newest events only. No copy nearer shares less by it.
const FAR_EVENTS: u64 = 4_000;

/// Fewer events than these are not worth letting go of.
const DEEP_EVENTS: u64 = 1_000;

/// One copy.
#[derive(Debug, Clone)]
struct Held {
    frame: Arc<Tape>,
    /// Bytes it alone holds beside the next newer one, which the newest has beside the play.
    alone: u64,
}

/// The copies of one run, oldest first; the first is the start and stays.
#[derive(Debug, Clone)]
pub(super) struct Keyframes {
    list: Vec<Held>,
    /// Steps from one copy to the next.
    spacing: u64,
    budget: u64,
}

impl Keyframes {
    pub fn from_start(start: &Tape) -> Self {
        let held = Held { frame: Arc::new(start.clone()), alone: 0 };
        let mut frames = Self { list: vec![held], spacing: 0, budget: BUDGET_BYTES };
        frames.measure(start);
        frames
    }

    /// Those of a run that shares its first moments with this one: the copies that pass, and the start.
    pub fn shared(&self, passes: impl Fn(&Tape) -> bool) -> Self {
        let mut shared = self.clone();
        shared.keep_where(passes);
        shared
    }

    /// Takes a copy if enough has been played since the last one on the way here.
    pub fn take_if_due(&mut self, tape: &Tape) {
        let at = self.place(tape);
        let last = at.checked_sub(1).and_then(|at| self.list.get(at));
        if last.is_none_or(|last| tape.work.saturating_sub(last.frame.work) >= self.spacing) {
            self.insert(at, tape);
        }
    }

    /// Takes a copy, unless one is there that is as far.
    pub fn take(&mut self, tape: &Tape) {
        let at = self.place(tape);
        self.insert(at, tape);
    }

    /// Where a copy of this moment belongs: behind all that are not further.
    fn place(&self, tape: &Tape) -> usize {
        self.list.partition_point(|held| position(&held.frame) <= position(tape))
    }

    fn insert(&mut self, at: usize, tape: &Tape) {
        let before = at.checked_sub(1).and_then(|at| self.list.get(at));
        if before.is_some_and(|before| position(&before.frame) == position(tape)) {
            return;
        }
        self.measure(tape);
        self.list.insert(at, Held { frame: Arc::new(tape.clone()), alone: 0 });
        self.weigh(at);
        if let Some(before) = at.checked_sub(1) {
            self.weigh(before);
        }
        self.trim_far_from(tape);
        self.thin(tape);
    }

    /// How long copies take tells how often they are worth it.
    fn measure(&mut self, tape: &Tape) {
        let copied = tape.engine.unshared_bytes(&tape.engine);
        self.spacing = (copied / BYTES_A_STEP).clamp(*SPACING.start(), *SPACING.end());
    }

    /// What a copy holds alone.
    fn weigh(&mut self, at: usize) {
        let next = self.list.get(at + 1).map(|next| Arc::clone(&next.frame));
        if let Some(held) = self.list.get_mut(at) {
            let other = next.as_ref().map_or(&held.frame.engine, |next| &next.engine);
            held.alone = held.frame.engine.unshared_bytes(other);
        }
    }

    /// Bytes that all copies hold beside what the run itself has come to hold. Of a copy that several runs have in
    /// common each counts its part.
    pub fn bytes(&self) -> u64 {
        self.list.iter().fold(0, |sum: u64, held| {
            let runs = u64::try_from(Arc::strong_count(&held.frame)).unwrap_or(1);
            sum.saturating_add(held.alone / runs.max(1))
        })
    }

    /// How many copies there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Another share of what all runs may hold.
    pub fn set_budget(&mut self, budget: u64, here: &Tape) {
        if budget != self.budget {
            self.budget = budget;
            self.thin(here);
        }
    }

    fn thin(&mut self, here: &Tape) {
        while self.list.len() > MAX_FRAMES || self.bytes() > self.budget {
            let Some(at) = self.least_missed(here.work) else { return };
            self.list.remove(at);
            if let Some(before) = at.checked_sub(1) {
                self.weigh(before);
            }
        }
    }

    /// The copy whose loss lengthens the way by the least, measured against how far off it is.
    fn least_missed(&self, here: u64) -> Option<usize> {
        let gaps = self.list.windows(3).enumerate().filter_map(|(index, three)| {
            let [before, at, after] = three else { return None };
            let gap = after.frame.work.saturating_sub(before.frame.work);
            let off =
                here.abs_diff(at.frame.work).clamp(self.spacing, NEAR_STEPS.max(self.spacing));
            // Compared as gap/off, in whole numbers.
            Some((u128::from(gap) * 1_000_000 / u128::from(off.max(1)), index + 1))
        });
        gaps.min().map(|(_, index)| index)
    }

    /// Copies that have come to lie far off keep their newest events only.
    fn trim_far_from(&mut self, here: &Tape) {
        let now = here.newest_event();
        let far = |held: &Held| {
            let (oldest, full) = held.frame.engine.history_depth();
            let deep = held.frame.newest_event().saturating_sub(oldest) > DEEP_EVENTS;
            held.frame.newest_event().abs_diff(now) > FAR_EVENTS && deep && oldest <= full
        };
        let chosen: Vec<usize> =
            self.list.iter().enumerate().filter(|(_, held)| far(held)).map(|(at, _)| at).collect();
        for &at in &chosen {
            if let Some(held) = self.list.get_mut(at) {
                Arc::make_mut(&mut held.frame).engine.trim_history();
            }
        }
        for at in chosen {
            self.weigh(at);
            if let Some(before) = at.checked_sub(1) {
                self.weigh(before);
            }
        }
    }

    /// Gives the copies nearby the events that the play has and they do not.
    pub fn share_history_of(&mut self, here: &Tape) {
        let now = here.newest_event();
        for at in 0..self.list.len() {
            let Some(held) = self.list.get_mut(at) else { continue };
            let (oldest, full) = held.frame.engine.history_depth();
            if oldest > full && held.frame.newest_event().abs_diff(now) <= FAR_EVENTS {
                Arc::make_mut(&mut held.frame).engine.take_history(&here.engine);
                self.weigh(at);
                if let Some(before) = at.checked_sub(1) {
                    self.weigh(before);
                }
            }
        }
        self.thin(here);
    }

    /// The play as it was at the start.
    pub fn start(&self) -> Option<&Tape> {
        self.list.first().map(|start| &*start.frame)
    }

    /// The furthest copy that passes, or else the start.
    pub fn last_or_start(&self, passes: impl Fn(&Tape) -> bool) -> Option<&Tape> {
        let found = self.list.iter().rev().find(|held| passes(&held.frame));
        found.or(self.list.first()).map(|held| &*held.frame)
    }

    /// Drops the copies that do not pass; the start passes always.
    pub fn keep_where(&mut self, passes: impl Fn(&Tape) -> bool) {
        let mut first = true;
        self.list.retain(|held| std::mem::take(&mut first) || passes(&held.frame));
        if let Some(last) = self.list.len().checked_sub(1) {
            self.weigh(last);
        }
    }
}

/// How far along a run a moment is.
fn position(tape: &Tape) -> (u64, usize, u64) {
    (tape.elapsed_ms(), tape.next_entry, tape.work)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape() -> Tape {
        let engine = log_engine::Engine::new(&log_engine::ClusterSpec::default(), 1, 0).unwrap();
        Tape { engine, next_entry: 0, work: 0 }
    }

    fn works(frames: &Keyframes) -> Vec<u64> {
        frames.list.iter().map(|held| held.frame.work).collect()
    }

    fn at(tape: &Tape, work: u64) -> Tape {
        Tape { work, ..tape.clone() }
    }

    #[test]
    fn copies_lie_close_near_the_present_and_evenly_further_off() {
        let tape = tape();
        let mut frames = Keyframes::from_start(&tape);
        frames.budget = 200 * tape.engine.unshared_bytes(&tape.engine);
        let (step, count) = (frames.spacing, 4_000);
        for n in 1..=count {
            frames.take_if_due(&at(&tape, n * step));
        }
        let works = works(&frames);
        assert!(frames.bytes() <= frames.budget);
        assert!((150..=200).contains(&works.len()), "{}", works.len());
        assert_eq!((works[0], works[works.len() - 1]), (0, count * step));
        assert!(works.ends_with(&[(count - 2) * step, (count - 1) * step, count * step]));
        let widest = works.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        let even = count * step / 200;
        assert!(widest < 4 * even, "a hole of {widest}, {even} would be even, in {works:?}");
    }

    #[test]
    fn the_same_moment_is_copied_once_and_the_start_stays() {
        let tape = tape();
        let mut frames = Keyframes::from_start(&tape);
        frames.take(&tape);
        for _ in 0..2 {
            frames.take(&at(&tape, 5));
        }
        frames.take(&at(&tape, 3));
        assert_eq!(works(&frames), [0, 3, 5]);
        frames.keep_where(|_| false);
        assert_eq!(works(&frames), [0]);
        frames.set_budget(0, &tape);
        assert_eq!(works(&frames), [0]);
    }

    #[test]
    fn a_copy_is_due_when_enough_was_played_since_the_one_before() {
        let tape = tape();
        let mut frames = Keyframes::from_start(&tape);
        let step = frames.spacing;
        frames.take_if_due(&at(&tape, step - 1));
        assert_eq!(works(&frames), [0]);
        frames.take_if_due(&at(&tape, 3 * step));
        // Also in a gap that a seek goes through.
        frames.take_if_due(&at(&tape, step + 1));
        assert_eq!(works(&frames), [0, step + 1, 3 * step]);
    }
}
