//! The door to the cluster: commands and the passing of virtual time go in, events and views come out.

use crate::command::{ClusterSpec, Command, RecordSpec};
use crate::config::BrokerConfigs;
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId, TimestampMs};
use crate::ledger::Ledger;
use crate::read;
use crate::view::{
    CleanPassView, ClientLogRow, ClusterView, DescribedGroup, EventFilter, EventRow,
    GroupDetailView, GroupView, KeyMovesView, LaneView, LaneWindow, LedgerPageView, LedgerSet,
    LedgerView, MarkView, MetricId, MetricView, MetricsOf, MetricsQuery, MetricsView,
    PartitionChoiceView, PartitionView, ProducerDetailView, ProducerView, RecordView,
    RetentionForecastView, TopicView, WhyTarget, WhyView,
};
use crate::world::World;
use bytes::Bytes;
use kafka_log::Log;

/// Most events one call reads through for a filter that few of them pass.
const EVENTS_SEARCHED: usize = 20_000;

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
    world: World,
}

impl Engine {
    /// A fresh cluster at `start_ms`, with all randomness drawn from `seed`.
    ///
    /// # Errors
    /// When the spec asks for what this version can't run, or has a bad config.
    pub fn new(spec: &ClusterSpec, seed: u64, start_ms: TimestampMs) -> Result<Self, CommandError> {
        Ok(Self { world: World::new(spec, seed, start_ms)? })
    }

    /// The same cluster without ledger and event log: it does the same and can say nothing of it. Only to measure what
    /// the account of every record and the causes of every event cost.
    #[must_use]
    pub fn unaccounted(mut self) -> Self {
        self.world.ledger = Ledger::closed();
        self.world.trace.close();
        self
    }

    /// The world behind the door, for tests.
    #[cfg(test)]
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    #[cfg(test)]
    pub(crate) fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// The world behind the door, for [`crate::invariants`].
    pub(crate) fn inside(&self) -> &World {
        &self.world
    }

    pub(crate) fn inside_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// Does what a person asked for, now. Returns the event that all its consequences lead back to.
    ///
    /// # Errors
    /// A refused command changes nothing.
    pub fn apply(&mut self, command: &Command) -> Result<EventId, CommandError> {
        self.world.apply(command)
    }

    /// Virtual time now.
    pub fn now_ms(&self) -> TimestampMs {
        self.world.now_ms
    }

    /// Virtual time at the scenario's start.
    pub fn start_ms(&self) -> TimestampMs {
        self.world.start_ms
    }

    /// When the next thing happens by itself; none if nothing will.
    pub fn next_deadline_ms(&self) -> Option<TimestampMs> {
        self.world.queue.next_at()
    }

    /// Lets time pass up to `to_ms` (everything due at `to_ms` included), in at most `budget` internal steps.
    pub fn advance_to(&mut self, to_ms: TimestampMs, budget: u64) -> Advance {
        let mut steps = 0;
        while steps < budget {
            if !self.world.step(to_ms) {
                self.world.now_ms = self.world.now_ms.max(to_ms);
                return Advance { reached: true, steps };
            }
            steps += 1;
        }
        let reached = self.next_deadline_ms().is_none_or(|next| next > to_ms);
        if reached {
            self.world.now_ms = self.world.now_ms.max(to_ms);
        }
        Advance { reached, steps }
    }

    /// Lets time pass until something is written to the event log, at most up to `to_ms` and `budget` steps.
    /// Returns the first event written, if any was.
    pub fn step(&mut self, to_ms: TimestampMs, budget: u64) -> Option<EventId> {
        let before = self.world.trace.newest();
        for _ in 0..budget {
            if !self.world.step(to_ms) {
                self.world.now_ms = self.world.now_ms.max(to_ms);
                return None;
            }
            if self.world.trace.newest() > before {
                return Some(EventId(before + 1));
            }
        }
        None
    }

    /// Internal steps taken so far.
    pub fn steps(&self) -> u64 {
        self.world.steps
    }

    /// The newest event; 0 before the first.
    pub fn newest_event(&self) -> EventId {
        EventId(self.world.trace.newest())
    }

    /// A 64-bit hash over every event so far: equal on native and wasm for the same document.
    pub fn trace_hash(&self) -> u64 {
        self.world.trace.hash()
    }

    /// The cluster in short.
    pub fn cluster(&self) -> ClusterView {
        self.world.cluster_view()
    }

    /// Bytes of records that the logs hold. Replicas share theirs: what all of them have counts once.
    pub fn held_bytes(&self) -> u64 {
        self.world.held_bytes()
    }

    /// Bytes by which [`held_bytes`](Self::held_bytes) has grown since the start, at most: never less than what was
    /// added to it between two moments, and free to ask for.
    pub fn growth_bytes(&self) -> u64 {
        self.world.growth
    }

    /// One topic with its configs.
    pub fn topic(&self, name: &str) -> Option<TopicView> {
        self.world.topic_view(name)
    }

    /// The partitions of a topic as the controller registers them, by number; none for an unknown topic.
    pub fn partitions(&self, topic: &str) -> Vec<PartitionView> {
        self.world.partition_views(topic)
    }

    /// All groups as their coordinators describe them.
    pub fn described_groups(&self) -> Vec<DescribedGroup> {
        self.world.described_groups()
    }

    /// The log a broker has of a partition; it shares its bytes.
    pub fn replica_log(&self, broker: BrokerId, topic: &str, partition: i32) -> Option<Log> {
        self.world.replica_log(broker, topic, partition)
    }

    /// A broker's configs, layer by layer.
    pub fn broker_configs(&self, broker: BrokerId) -> BrokerConfigs {
        let known = self.world.brokers.get(&broker).map(crate::broker::Broker::configs);
        known.unwrap_or(&self.world.configs).clone()
    }

    /// What a client logged after an event, oldest first: the newest `limit` rows, as far back as events are kept.
    pub fn client_log(&self, client: &str, after: EventId, limit: usize) -> Vec<ClientLogRow> {
        self.world.client_log(client, after, limit)
    }

    /// One partition's lane.
    pub fn lane(&self, topic: &str, partition: i32, window: LaneWindow) -> Option<LaneView> {
        self.world.lane_view(topic, partition, window, None)
    }

    /// The lane that an earlier view of the same run showed, as it is now: equal to [`Self::lane`], and only what is new
    /// is read.
    pub fn lane_after(&self, before: &LaneView, window: LaneWindow) -> Option<LaneView> {
        self.world.lane_view(&before.topic, before.partition, window, Some(before))
    }

    /// A number that changes whenever something the lane shows has changed; much cheaper than the lane.
    pub fn lane_version(&self, topic: &str, partition: i32) -> Option<u64> {
        self.world.lane_version(topic, partition)
    }

    /// All producers, in order of creation.
    pub fn producers(&self) -> Vec<ProducerView> {
        self.world.producer_views()
    }

    /// One producer with its configs.
    pub fn producer(&self, name: &str) -> Option<ProducerDetailView> {
        self.world.producer_detail(name)
    }

    /// All groups, in order of creation.
    pub fn groups(&self) -> Vec<GroupView> {
        self.world.group_views()
    }

    /// One group with its configs.
    pub fn group(&self, name: &str) -> Option<GroupDetailView> {
        self.world.group_detail(name)
    }

    /// One record with its batch.
    pub fn record(&self, topic: &str, partition: i32, offset: i64) -> Option<RecordView> {
        self.world.record_view(topic, partition, offset)
    }

    /// What the next retention check of a broker will delete if nothing more is written, and when it runs. None while
    /// the broker does not run.
    pub fn retention_forecast(&self, broker: BrokerId) -> Option<RetentionForecastView> {
        self.world.retention_forecast(broker)
    }

    /// What a pass of the cleaner over the partition would do now, record by record from offset `from` on; also where
    /// it is not due, as long as something is dirty. None where there is nothing to clean. It costs a pass.
    pub fn clean_preview(&self, topic: &str, partition: i32, from: i64) -> Option<CleanPassView> {
        self.world.clean_preview(topic, partition, from)
    }

    /// What the cleaner's last pass over the partition did.
    pub fn last_clean(&self, topic: &str, partition: i32) -> Option<CleanPassView> {
        self.world.last_clean(topic, partition)
    }

    /// The files a broker has in the partition's folder, by name: segments with their indexes, snapshots of producer
    /// state, `leader-epoch-checkpoint` and `partition.metadata`, all as after an orderly stop of the broker. Empty where there is no such partition.
    pub fn partition_files(&self, topic: &str, partition: i32) -> Vec<(String, Bytes)> {
        self.world.partition_files(topic, partition)
    }

    /// The first record at or after a time, as a consumer finds it (ListOffsets by timestamp, R-LOG-33): its offset
    /// and timestamp. None if no readable record is that young.
    pub fn offset_for_time(
        &self,
        topic: &str,
        partition: i32,
        timestamp_ms: TimestampMs,
    ) -> Option<(i64, TimestampMs)> {
        self.world.offset_for_time(topic, partition, timestamp_ms)
    }

    /// The partition's log as it is now, and the topic's id as Kafka prints it. It shares its bytes: what an export
    /// streams from.
    pub fn partition_log(&self, topic: &str, partition: i32) -> Option<(Log, String)> {
        self.world.partition_log(topic, partition)
    }

    /// Offset of the next (or previous) record with the same key in the partition, seen from `offset`.
    pub fn same_key(&self, topic: &str, partition: i32, offset: i64, forward: bool) -> Option<i64> {
        self.world.same_key(topic, partition, offset, forward)
    }

    /// Totals over all records, or those of one topic.
    pub fn ledger(&self, topic: Option<&str>) -> LedgerView {
        self.world.ledger_view(topic)
    }

    /// The records behind a total of the ledger (of one topic, or of all), the newest first, at most `limit` (and 500)
    /// batches from below row `before` on.
    pub fn ledger_page(
        &self,
        set: &LedgerSet,
        topic: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> LedgerPageView {
        self.world.ledger_page(set, topic, before, limit)
    }

    /// Whose metrics there are.
    pub fn metrics_of(&self) -> Vec<MetricsOf> {
        self.world.metrics_of()
    }

    /// Kafka's own metrics: those that the query asks for, each with its value now and a small chart. It costs the rows
    /// that are asked for. Reading changes nothing.
    pub fn metrics(&self, query: &MetricsQuery) -> MetricsView {
        self.world.metrics_view(query)
    }

    /// One metric over time, with what may explain it; none if there is no such.
    pub fn metric(
        &self,
        id: &MetricId,
        from_ms: Option<TimestampMs>,
        points: usize,
    ) -> Option<MetricView> {
        self.world.metric_view(id, from_ms, points)
    }

    /// The newest `limit` events before `before` (or the newest of all) that pass the filter, newest first.
    pub fn events(
        &self,
        filter: &EventFilter,
        before: Option<EventId>,
        limit: usize,
    ) -> Vec<EventRow> {
        let words: Vec<String> =
            filter.text.split_whitespace().map(str::to_ascii_lowercase).take(8).collect();
        // Fifty partitions of Kafka's own would drown the rest: they show where they are asked for.
        let internal = words.iter().any(|word| word.contains("__"));
        self.world
            .trace
            .newest_first(before)
            .take(EVENTS_SEARCHED)
            .map(read::row)
            .filter(|row| internal || !row.subject.starts_with("__"))
            .filter(|row| filter.categories.is_empty() || filter.categories.contains(&row.category))
            .filter(|row| {
                let text = format!("{} {}", row.subject, row.text).to_ascii_lowercase();
                words.iter().all(|word| text.contains(word))
            })
            .take(limit)
            .collect()
    }

    /// The chain of causes behind something.
    pub fn why(&self, target: &WhyTarget) -> Option<WhyView> {
        self.world.why_view(target)
    }

    /// Where a record would go if `producer` sent it now, and why.
    pub fn partition_choice(
        &self,
        producer: &str,
        topic: &str,
        record: &RecordSpec,
    ) -> Option<PartitionChoiceView> {
        self.world.partition_choice(producer, topic, record)
    }

    /// What adding partitions would do to the keys of a topic.
    pub fn key_moves(&self, topic: &str, count: i32) -> Option<KeyMovesView> {
        self.world.key_moves(topic, count)
    }

    /// Notable moments so far, oldest first, at most the newest 2,000.
    pub fn marks(&self) -> Vec<MarkView> {
        self.world.trace.marks()
    }
}
