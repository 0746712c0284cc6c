//! Metrics: what Kafka's own metrics are computed from, recorded as things happen. Fed where the ledger is fed, in the hot
//! path by the batch and by the request; values that hold until they change are read off the state after a step that may
//! have changed them (`levels`). Nothing here is read by an actor, so it can decide nothing, and it is in no hash.
//!
//! `catalog` says which metric of Kafka's comes of what is recorded, `shape` how (meters, sampled statistics and histograms
//! as Kafka's classes compute them), `read::metrics` answers the page. What is idle costs nothing: cycles that are passed
//! over (`sim::Side`) are counted when they end, or when somebody looks.

pub(crate) mod catalog;
mod cells;
mod feed;
mod gauge;
mod history;
mod idle;
mod levels;
mod measure;
mod moments;
pub(crate) mod shape;
#[cfg(test)]
mod tests;

pub(crate) use cells::{Cells, Stat};
pub(crate) use feed::{Sent, Timing, series_of};
pub(crate) use gauge::Gauge;
pub(crate) use history::{BUCKET_MS, Stretch};
pub(crate) use idle::Rounds;
pub(crate) use levels::{RAFT_STATES, Stale};
pub(crate) use measure::*;
pub(crate) use moments::{Moment, Moments, What};

use crate::ids::TimestampMs;
use crate::sim::ActorId;
use history::History;
use sorted::SortedMap;
use std::sync::Arc;

/// Most series of sums, and of statistics; what comes beyond is not recorded.
const MOST_SERIES: u32 = 65_536;

/// What of a thing a block of series is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tag {
    /// All of it.
    Whole,
    /// One topic, by its number here.
    Topic(u32),
    /// One partition.
    Partition(u32, i32),
    /// One error of an API (`ErrorsPerSec`).
    Error(Api, i16),
}

/// Where a block's series begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Block {
    /// Sums.
    pub counts: u32,
    /// Statistics.
    pub stats: u32,
    /// Counted values.
    pub values: u32,
}

/// Which block: what it is of, and what of it.
pub(crate) type BlockKey = (ActorId, Tag);

/// Which value that holds until it changes.
pub(crate) type LevelKey = (ActorId, Tag, Level);

/// The recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metrics {
    history: History,
    /// Topics by name, numbered from 0.
    topics: Arc<SortedMap<Arc<str>, u32>>,
    blocks: Arc<SortedMap<BlockKey, Block>>,
    /// Where the next block begins.
    next: Block,
    levels: Arc<SortedMap<LevelKey, Gauge>>,
    /// What has to be read off the state again.
    stale: Vec<Stale>,
    /// The metadata offset that a controller's partitions were counted at.
    counted: SortedMap<ActorId, u64>,
    /// Since when a controller stands for election.
    standing: SortedMap<ActorId, TimestampMs>,
    /// Partitions a broker follows that its leader has committed more of.
    behind: SortedMap<(ActorId, crate::ids::TopicPartition), i64>,
    moments: Moments,
}

impl Metrics {
    /// Nothing yet.
    pub(crate) fn new(start_ms: TimestampMs) -> Self {
        Self {
            history: History::new(start_ms),
            topics: Arc::default(),
            blocks: Arc::default(),
            next: Block::default(),
            levels: Arc::default(),
            stale: Vec::new(),
            counted: SortedMap::new(),
            standing: SortedMap::new(),
            behind: SortedMap::new(),
            moments: Moments::default(),
        }
    }

    /// Bytes of its own beside another moment of it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let levels = if Arc::ptr_eq(&self.levels, &other.levels) {
            0
        } else {
            let mut theirs = other.levels.values();
            let own = self.levels.values().map(|gauge| gauge.unshared_bytes(theirs.next()));
            let entries = self.levels.len().saturating_mul(size_of::<(LevelKey, Gauge)>());
            own.fold(entries, usize::saturating_add)
        };
        self.history.unshared_bytes(&other.history).saturating_add(levels)
    }

    /// The number of a topic; a new one for a name not seen before.
    fn topic_number(&mut self, topic: &Arc<str>) -> u32 {
        if let Some(known) = self.topics.get(topic) {
            return *known;
        }
        let number = u32::try_from(self.topics.len()).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.topics).insert(Arc::clone(topic), number);
        number
    }

    /// The name of a topic.
    pub(crate) fn topic_name(&self, number: u32) -> Option<&Arc<str>> {
        self.topics.iter().find(|(_, known)| **known == number).map(|(name, _)| name)
    }

    /// The block of a thing; made when it is first written to. None if there are too many series.
    fn block(&mut self, key: BlockKey) -> Option<Block> {
        if let Some(known) = self.blocks.get(&key) {
            return Some(*known);
        }
        let (counts, stats, values) = sizes(key);
        let block = self.next;
        let full = block.counts + counts > MOST_SERIES || block.stats + stats > MOST_SERIES;
        if full {
            return None;
        }
        self.next = Block {
            counts: block.counts + counts,
            stats: block.stats + stats,
            values: block.values + values,
        };
        self.history.grow(self.next.counts, self.next.stats);
        Arc::make_mut(&mut self.blocks).insert(key, block);
        Some(block)
    }

    /// The block of a thing, if anything was measured of it.
    pub(crate) fn known_block(&self, key: BlockKey) -> Option<Block> {
        self.blocks.get(&key).copied()
    }

    /// What blocks there are of a thing.
    pub(crate) fn tags(&self, of: ActorId) -> impl Iterator<Item = Tag> {
        let from = self.blocks.as_slice().partition_point(|((at, _), _)| *at < of);
        let rest = self.blocks.as_slice().get(from..).unwrap_or_default();
        rest.iter().take_while(move |((at, _), _)| *at == of).map(|((_, tag), _)| *tag)
    }

    /// What values there are of parts of a thing.
    pub(crate) fn level_tags(&self, of: ActorId) -> impl Iterator<Item = (Tag, Level)> {
        let from = self.levels.as_slice().partition_point(|((at, ..), _)| *at < of);
        let rest = self.levels.as_slice().get(from..).unwrap_or_default();
        let own = rest.iter().take_while(move |((at, ..), _)| *at == of);
        own.map(|((_, tag, level), _)| (*tag, *level))
    }

    /// One value over time.
    pub(crate) fn gauge(&self, key: LevelKey) -> Option<&Gauge> {
        self.levels.get(&key)
    }

    /// A value is this from now on.
    pub(crate) fn set(&mut self, now_ms: TimestampMs, key: LevelKey, value: i64) {
        if self.levels.get(&key).and_then(Gauge::now) == Some(value) {
            return;
        }
        if self.levels.len() < usize::try_from(MOST_SERIES).unwrap_or(0)
            || self.levels.contains_key(&key)
        {
            Arc::make_mut(&mut self.levels).entry(key).or_default().set(now_ms, value);
        }
    }

    /// Calls `see` with each stretch of time in which something was measured, oldest first.
    pub(crate) fn each(&self, now_ms: TimestampMs, see: impl FnMut(Stretch<'_>)) {
        self.history.each(now_ms, see);
    }

    /// What happened that may explain a value, oldest first.
    pub(crate) fn moments(&self) -> &Moments {
        &self.moments
    }
}

/// How many series a block has: sums, statistics, counted values.
fn sizes((of, tag): BlockKey) -> (u32, u32, u32) {
    match (of, tag) {
        (ActorId::Broker(_), Tag::Whole) => {
            (BrokerCount::COUNT, BrokerStat::COUNT, Api::COUNT * Time::COUNT)
        }
        (ActorId::Broker(_), Tag::Topic(_)) => (TopicCount::COUNT, 0, 0),
        (ActorId::Broker(_), Tag::Error(..)) => (1, 0, 0),
        (ActorId::Producer(_), Tag::Whole) => (ProducerCount::COUNT, ProducerStat::COUNT, 0),
        (ActorId::Producer(_), Tag::Topic(_)) => {
            (ProducerTopicCount::COUNT, ProducerTopicStat::COUNT, 0)
        }
        (ActorId::Consumer(_), Tag::Whole) => (0, ConsumerStat::COUNT, 0),
        (ActorId::Consumer(_), Tag::Partition(..)) => (0, ConsumerPartitionStat::COUNT, 0),
        (ActorId::Controller(_), Tag::Whole) => (ControllerCount::COUNT, ControllerStat::COUNT, 0),
        _ => (0, 0, 0),
    }
}
