//! Copies of the engine on the way, so that the past is near: many of the last moments, few of the older ones.
//!
//! A copy shares all bytes with the engine; what retention has deleted since is held only by the copies from
//! before. So besides the number of copies, the bytes that only copies hold are bounded.

use log_engine::Engine;
use log_engine::view::LaneWindow;

/// Most copies held.
const MAX_CHECKPOINTS: usize = 40;
/// Engine steps from one copy to the next while time passes.
pub(super) const STEPS_BETWEEN: u64 = 20_000;
/// Most bytes of deleted records that copies may hold on to.
const MAX_HELD_BYTES: i64 = 128 * 1024 * 1024;

/// The engine at one moment.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    pub engine: Engine,
    pub next_entry: usize,
    /// Steps taken from the start to here.
    pub work: u64,
    logs: Logs,
}

/// Sums over all partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Logs {
    start: i64,
    end: i64,
    bytes: i64,
}

/// All copies, oldest first; the first is the start and stays.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    list: Vec<Checkpoint>,
}

impl Checkpoints {
    pub fn from_start(engine: &Engine) -> Self {
        let logs = Logs::of(engine);
        Self { list: vec![Checkpoint { engine: engine.clone(), next_entry: 0, work: 0, logs }] }
    }

    /// Steps from the start to the newest copy.
    pub fn newest_work(&self) -> u64 {
        self.list.last().map_or(0, |newest| newest.work)
    }

    /// Takes a copy, unless one is there that is as far.
    pub fn take(&mut self, engine: &Engine, next_entry: usize, work: u64) {
        let further =
            self.list.last().is_none_or(|last| work > last.work || next_entry > last.next_entry);
        if !further {
            return;
        }
        let logs = Logs::of(engine);
        self.list.push(Checkpoint { engine: engine.clone(), next_entry, work, logs });
        while self.list.len() > MAX_CHECKPOINTS || self.held_bytes() > MAX_HELD_BYTES {
            let Some(index) = self.least_missed(work) else { return };
            self.list.remove(index);
        }
    }

    /// The engine as it was at the start.
    pub fn start(&self) -> Option<&Engine> {
        self.list.first().map(|start| &start.engine)
    }

    /// The furthest copy that passes, or else the start.
    pub fn last_or_start(&self, passes: impl Fn(&Checkpoint) -> bool) -> Option<&Checkpoint> {
        self.list.iter().rev().find(|checkpoint| passes(checkpoint)).or(self.list.first())
    }

    /// Drops the copies that do not pass; the start passes always.
    pub fn keep_where(&mut self, passes: impl Fn(&Checkpoint) -> bool) {
        let mut first = true;
        self.list.retain(|checkpoint| std::mem::take(&mut first) || passes(checkpoint));
    }

    /// The copy whose loss makes the way back longer by the least, measured against how far back it is.
    fn least_missed(&self, now: u64) -> Option<usize> {
        let gaps = self.list.windows(3).enumerate().filter_map(|(index, three)| {
            let [before, at, after] = three else { return None };
            let gap = after.work.saturating_sub(before.work);
            let age = now.saturating_sub(at.work).saturating_add(STEPS_BETWEEN);
            // Compared as gap/age, in whole numbers.
            Some((u128::from(gap) * 1_000_000 / u128::from(age.max(1)), index + 1))
        });
        gaps.min().map(|(_, index)| index)
    }

    /// Bytes that are deleted in a copy's successor and therefore held by it alone, estimated by offsets.
    fn held_bytes(&self) -> i64 {
        let held = self.list.windows(2).map(|pair| match pair {
            [older, newer] => older.logs.gone_in(newer.logs),
            _ => 0,
        });
        held.fold(0, i64::saturating_add)
    }
}

impl Logs {
    fn of(engine: &Engine) -> Self {
        let mut sum = Self { start: 0, end: 0, bytes: 0 };
        for topic in engine.cluster().topics {
            for partition in 0..topic.partitions {
                if let Some(lane) = engine.lane(&topic.name, partition, LaneWindow::Tail(0)) {
                    sum.start = sum.start.saturating_add(lane.log_start);
                    sum.end = sum.end.saturating_add(lane.log_end);
                    sum.bytes = sum.bytes.saturating_add(lane.bytes);
                }
            }
        }
        sum
    }

    /// About how many of these bytes are gone in `later`. All of them, where a topic was deleted in between.
    fn gone_in(self, later: Self) -> i64 {
        let records = self.end.saturating_sub(self.start);
        let deleted = later.start.saturating_sub(self.start);
        if records <= 0 {
            return 0;
        }
        if later.end < self.end || deleted < 0 || deleted >= records {
            return self.bytes;
        }
        i64::try_from(i128::from(self.bytes) * i128::from(deleted) / i128::from(records))
            .unwrap_or(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        Engine::new(&log_engine::ClusterSpec::default(), 1, 0).unwrap()
    }

    #[test]
    fn copies_are_bounded_and_dense_near_the_end() {
        let engine = engine();
        let mut checkpoints = Checkpoints::from_start(&engine);
        for n in 1..=2_000u64 {
            checkpoints.take(&engine, 0, n * STEPS_BETWEEN);
        }
        let works: Vec<u64> = checkpoints.list.iter().map(|c| c.work / STEPS_BETWEEN).collect();
        assert_eq!(works.len(), MAX_CHECKPOINTS);
        assert_eq!((works[0], works[works.len() - 1]), (0, 2_000));
        assert!(works.ends_with(&[1_998, 1_999, 2_000]), "{works:?}");
        let widest = works.windows(2).map(|w| w[1] - w[0]).max().unwrap();
        assert!(widest < 500, "a hole of {widest} in {works:?}");
    }

    #[test]
    fn the_same_moment_is_copied_once() {
        let engine = engine();
        let mut checkpoints = Checkpoints::from_start(&engine);
        checkpoints.take(&engine, 0, 0);
        checkpoints.take(&engine, 0, 5);
        checkpoints.take(&engine, 0, 5);
        assert_eq!(checkpoints.list.len(), 2);
        checkpoints.keep_where(|_| false);
        assert_eq!(checkpoints.list.len(), 1);
    }

    #[test]
    fn bytes_are_held_by_a_copy_when_its_successor_has_deleted_them() {
        let before = Logs { start: 0, end: 100, bytes: 1_000 };
        assert_eq!(before.gone_in(Logs { start: 0, end: 200, bytes: 2_000 }), 0);
        assert_eq!(before.gone_in(Logs { start: 40, end: 200, bytes: 1_600 }), 400);
        assert_eq!(before.gone_in(Logs { start: 150, end: 200, bytes: 500 }), 1_000);
        assert_eq!(before.gone_in(Logs { start: 0, end: 10, bytes: 100 }), 1_000);
    }
}
