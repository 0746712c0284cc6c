//! The door to the cluster: commands and the passing of virtual time go in, events and views come out.

use crate::command::{ClusterSpec, Command, RecordSpec};
use crate::error::CommandError;
use crate::ids::{EventId, TimestampMs};
use crate::view::{
    ClusterView, EventFilter, EventRow, GroupDetailView, GroupView, KeyMovesView, LaneView,
    LaneWindow, LedgerView, MarkView, PartitionChoiceView, ProducerDetailView, ProducerView,
    RecordView, TopicView, WhyTarget, WhyView,
};

/// How far an advance got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// The asked-for time was reached; otherwise the budget ran out first.
    pub reached: bool,
    /// Internal steps taken.
    pub steps: u64,
}

/// The cluster as one state machine. `Clone` is cheap: all immutable bytes are shared.
#[derive(Debug, Clone)]
pub struct Engine {
    now_ms: TimestampMs,
    start_ms: TimestampMs,
}

impl Engine {
    /// A fresh cluster at `start_ms`, with all randomness drawn from `seed`.
    ///
    /// # Errors
    /// When the spec asks for what this version can't run, or has a bad config.
    pub fn new(
        _spec: &ClusterSpec,
        _seed: u64,
        start_ms: TimestampMs,
    ) -> Result<Self, CommandError> {
        Ok(Self { now_ms: start_ms, start_ms })
    }
    /// Does what a person asked for, now. Returns the event that all its consequences lead back to.
    ///
    /// # Errors
    /// A refused command changes nothing.
    pub fn apply(&mut self, _command: &Command) -> Result<EventId, CommandError> {
        Ok(EventId(0))
    }
    /// Virtual time now.
    pub fn now_ms(&self) -> TimestampMs {
        self.now_ms
    }
    /// Virtual time at the scenario's start.
    pub fn start_ms(&self) -> TimestampMs {
        self.start_ms
    }
    /// When the next thing happens by itself; none if nothing will.
    pub fn next_deadline_ms(&self) -> Option<TimestampMs> {
        None
    }
    /// Lets time pass up to `to_ms` (everything due at `to_ms` included), in at most `budget` internal steps.
    pub fn advance_to(&mut self, to_ms: TimestampMs, _budget: u64) -> Advance {
        self.now_ms = self.now_ms.max(to_ms);
        Advance { reached: true, steps: 0 }
    }
    /// Lets time pass until something is written to the event log, at most up to `to_ms` and `budget` steps.
    pub fn step(&mut self, to_ms: TimestampMs, budget: u64) -> Option<EventId> {
        self.advance_to(to_ms, budget);
        None
    }
    /// A 64-bit hash over every event so far: equal on native and wasm for the same document.
    pub fn trace_hash(&self) -> u64 {
        0
    }
    /// The cluster in short.
    pub fn cluster(&self) -> ClusterView {
        ClusterView {
            now_ms: self.now_ms,
            start_ms: self.start_ms,
            brokers: Vec::new(),
            topics: Vec::new(),
            events: 0,
        }
    }
    /// One topic with its configs.
    pub fn topic(&self, _name: &str) -> Option<TopicView> {
        None
    }
    /// One partition's lane.
    pub fn lane(&self, _topic: &str, _partition: i32, _window: LaneWindow) -> Option<LaneView> {
        None
    }
    /// All producers, in order of creation.
    pub fn producers(&self) -> Vec<ProducerView> {
        Vec::new()
    }
    /// One producer with its configs.
    pub fn producer(&self, _name: &str) -> Option<ProducerDetailView> {
        None
    }
    /// All groups, in order of creation.
    pub fn groups(&self) -> Vec<GroupView> {
        Vec::new()
    }
    /// One group with its configs.
    pub fn group(&self, _name: &str) -> Option<GroupDetailView> {
        None
    }
    /// One record with its batch.
    pub fn record(&self, _topic: &str, _partition: i32, _offset: i64) -> Option<RecordView> {
        None
    }
    /// Offset of the next (or previous) record with the same key in the partition, seen from `offset`.
    pub fn same_key(
        &self,
        _topic: &str,
        _partition: i32,
        _offset: i64,
        _forward: bool,
    ) -> Option<i64> {
        None
    }
    /// Totals over all records, or those of one topic.
    pub fn ledger(&self, _topic: Option<&str>) -> LedgerView {
        LedgerView::default()
    }
    /// The newest `limit` events before `before` (or the newest of all) that pass the filter, newest first.
    pub fn events(
        &self,
        _filter: &EventFilter,
        _before: Option<EventId>,
        _limit: usize,
    ) -> Vec<EventRow> {
        Vec::new()
    }
    /// The chain of causes behind something.
    pub fn why(&self, _target: &WhyTarget) -> Option<WhyView> {
        None
    }
    /// Where a record would go if `producer` sent it now, and why.
    pub fn partition_choice(
        &self,
        _producer: &str,
        _topic: &str,
        _record: &RecordSpec,
    ) -> Option<PartitionChoiceView> {
        None
    }
    /// What adding partitions would do to the keys of a topic.
    pub fn key_moves(&self, _topic: &str, _count: i32) -> Option<KeyMovesView> {
        None
    }
    /// Notable moments so far, oldest first, at most the newest 2,000.
    pub fn marks(&self) -> Vec<MarkView> {
        Vec::new()
    }
}
