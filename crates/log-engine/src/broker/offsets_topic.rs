//! `__consumer_offsets`: which of its partitions this broker coordinates the groups of, what it writes there, and who
//! waits until that is committed (`CoordinatorRuntime`, `GroupCoordinatorService`; R-GRP-01 to R-GRP-04).
//!
//! Differs from Kafka: a partition is loaded in no time; a batch is written at once, without a linger; a change whose
//! records are not committed in time is answered with an error, but stays as it is in the coordinator's memory.

use super::Broker;
use super::groups::Call;
use crate::command::Configs;
use crate::coordinator::{self, CoordinatorOutput, StoredRecord};
use crate::ids::TopicPartition;
use crate::metrics::BrokerCount;
use crate::partitioner;
use crate::protocol::group::GroupResponse;
use crate::protocol::{AdminRequest, ErrorCode, OFFSETS_TOPIC, Response};
use crate::sim::{Ctx, Timer};
use kafka_log::batch::ProducerStamp;
use kafka_log::{AppendOrigin, BatchBuilder};
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

/// What a coordinator has written and is not committed yet.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupLog {
    /// Partitions whose groups it coordinates.
    active: SortedSet<i32>,
    /// Answers that wait, with the high watermark they wait for.
    waiting: SortedMap<u64, Waiting>,
}

#[derive(Debug, Clone)]
struct Waiting {
    partition: i32,
    required: i64,
    answers: Vec<(Call, GroupResponse)>,
}

/// One partition of the offsets topic.
fn offsets_partition(number: i32) -> TopicPartition {
    TopicPartition::new(OFFSETS_TOPIC, number)
}

/// How the offsets topic is created: compacted, in segments of their own size, on as many brokers as there are up to
/// `offsets.topic.replication.factor`. Kafka refuses to create it until there are that many.
pub(crate) fn offsets_topic(
    configs: &crate::config::BrokerConfigs,
    brokers: usize,
) -> AdminRequest {
    let factor = configs.int("offsets.topic.replication.factor").unwrap_or(3);
    let brokers = i32::try_from(brokers).unwrap_or(1).max(1);
    let segment = configs.int("offsets.topic.segment.bytes").unwrap_or(104_857_600);
    let overrides: Configs = [
        ("cleanup.policy".to_owned(), "compact".to_owned()),
        ("compression.type".to_owned(), "producer".to_owned()),
        ("segment.bytes".to_owned(), segment.to_string()),
    ]
    .into_iter()
    .collect();
    AdminRequest::CreateTopic {
        topic: OFFSETS_TOPIC.into(),
        partitions: configs.int("offsets.topic.num.partitions").unwrap_or(50),
        replication_factor: i16::try_from(factor.min(brokers)).unwrap_or(1),
        configs: overrides,
        assignments: Vec::new(),
        auto: true,
    }
}

impl Broker {
    /// `offsets.topic.num.partitions`, or what the topic has.
    pub(crate) fn offsets_partitions(&self) -> i32 {
        let known = self.image.topics.get(OFFSETS_TOPIC).map(|topic| topic.partition_count());
        known.or_else(|| self.configs.int("offsets.topic.num.partitions")).unwrap_or(50)
    }

    fn partition_of(&self, group: &str) -> i32 {
        partitioner::partition_for_group(group, self.offsets_partitions()).unwrap_or(0)
    }

    /// Whether it coordinates a group now.
    pub(super) fn coordinates(&self, group: &str) -> bool {
        self.group_log.active.contains(&self.partition_of(group))
    }

    /// FindCoordinator; without the topic it is made first (`AutoTopicCreationManager`).
    pub(super) fn find_coordinator(&mut self, ctx: &mut Ctx<'_>, group: &str) -> GroupResponse {
        let number = self.partition_of(group);
        let topic = self.image.topics.get(OFFSETS_TOPIC);
        if topic.is_none() {
            let change = offsets_topic(&self.configs, self.image.alive().len());
            self.forward(ctx, None, change);
        }
        let leader = self.image.topics.get(OFFSETS_TOPIC).and_then(|topic| topic.leader(number));
        let coordinator = leader
            .filter(|leader| self.image.brokers.get(leader).is_some_and(|known| !known.fenced));
        let error = match coordinator {
            Some(_) => ErrorCode::None,
            None => ErrorCode::CoordinatorNotAvailable,
        };
        GroupResponse::FindCoordinator { error, coordinator }
    }

    /// It leads a partition of the topic now: its groups are read from the log.
    pub(super) fn coordinate_partition(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        if *tp.topic != *OFFSETS_TOPIC || self.group_log.active.contains(&tp.partition) {
            return;
        }
        self.group_log.active.insert(tp.partition);
        let Some(partition) = self.partitions.get(tp) else { return };
        let batches = partition.log.batches_from(i64::MIN);
        let records: Vec<StoredRecord> = batches
            .flat_map(|batch| batch.records().flatten())
            .filter_map(|record| {
                let value = record.value.as_deref().map(<[u8]>::to_vec);
                Some((record.key.as_deref()?.to_vec(), value))
            })
            .collect();
        let mut out = Vec::new();
        let count = self.coordinator.load(ctx.now_ms, records.into_iter(), &mut out);
        if count > 0 {
            let groups = u32::try_from(count).unwrap_or(u32::MAX);
            let (broker, partition) = (self.id, tp.partition);
            let kind = crate::event::EventKind::GroupsLoaded { broker, partition, groups };
            ctx.caused_by(ctx.cause, |ctx| {
                ctx.emit_as_cause(kind);
                self.carry_out(ctx, out);
            });
        }
    }

    /// It does not lead a partition of the topic any more: another one coordinates its groups.
    pub(super) fn give_up_partition(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        if *tp.topic != *OFFSETS_TOPIC || !self.group_log.active.remove(&tp.partition) {
            return;
        }
        let partitions = self.offsets_partitions();
        let goes =
            |group: &str| partitioner::partition_for_group(group, partitions) == Some(tp.partition);
        let mut out = Vec::new();
        self.coordinator.unload(ctx.now_ms, goes, &mut out);
        let error = ErrorCode::NotCoordinator;
        self.answer_waiting(ctx, |waiting| waiting.partition == tp.partition, Some(error));
        self.carry_out(ctx, out);
    }

    /// The process ends: its coordinator's memory is gone with it.
    pub(super) fn forget_coordination(&mut self) {
        self.group_log = GroupLog::default();
    }

    /// Appends what a call to the coordinator has to store. Gives the partition and the high watermark that its answers
    /// wait for, or why it could not be stored.
    pub(super) fn store(
        &mut self,
        ctx: &mut Ctx<'_>,
        out: &[CoordinatorOutput],
    ) -> Result<Option<(i32, i64)>, ErrorCode> {
        let mut all: SortedMap<i32, Vec<&StoredRecord>> = SortedMap::new();
        for output in out {
            if let CoordinatorOutput::Append { group, records } = output {
                all.entry(self.partition_of(group)).or_default().extend(records);
            }
        }
        let mut last = Ok(None);
        for (number, records) in all {
            last = self.append_stored(ctx, number, &records).map(|end| Some((number, end)));
        }
        last
    }

    fn append_stored(
        &mut self,
        ctx: &mut Ctx<'_>,
        number: i32,
        records: &[&StoredRecord],
    ) -> Result<i64, ErrorCode> {
        let tp = offsets_partition(number);
        let mut builder = BatchBuilder::new();
        for (key, value) in records {
            let _ = builder.append(ctx.now_ms, Some(key), value.as_deref(), &[]);
        }
        let batch =
            builder.build(ProducerStamp::NONE).map_err(|_| ErrorCode::UnknownServerError)?;
        let bytes = u64::from(batch.size_in_bytes());
        if !self.take_room(ctx.now_ms, bytes) {
            self.fail_log_dir(ctx, &tp);
            return Err(ErrorCode::NotCoordinator);
        }
        let (max_lag_ms, eligible) = (self.max_lag_ms(), self.eligible());
        let partition = self.partitions.get_mut(&tp).ok_or(ErrorCode::CoordinatorNotAvailable)?;
        if partition.is_under_min_isr() {
            return Err(ErrorCode::CoordinatorNotAvailable);
        }
        let (log_end, epoch) = (partition.log.log_end_offset(), partition.image.leader_epoch);
        let origin = AppendOrigin::Coordinator { transaction_version: 0 };
        ctx.grows(&batch);
        let info = partition
            .log
            .append_as_leader(batch, epoch, ctx.now_ms, origin)
            .map_err(|_| ErrorCode::UnknownServerError)?;
        partition.version += 1;
        partition.durable.written(ctx.now_ms, log_end);
        if info.rolled.is_some() {
            ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::LogFlushes, 1);
        }
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        Self::measure_own_append(ctx, &tp.topic, count, bytes);
        let replicated = partition.image.isr.len() > 1;
        partition.advance_high_watermark(ctx.now_ms, max_lag_ms, &eligible);
        self.wake_fetches(ctx, &tp);
        if replicated {
            self.arm_isr_expiration(ctx);
        }
        if info.rolled.is_some() {
            self.arm_cleaner(ctx, &tp);
        }
        Ok(info.last_offset + 1)
    }

    /// Answers wait until the high watermark is there, at most `offsets.commit.timeout.ms`. True if they have to.
    pub(super) fn hold_answers(
        &mut self,
        ctx: &mut Ctx<'_>,
        (partition, required): (i32, i64),
        answers: Vec<(Call, GroupResponse)>,
    ) {
        let committed = self
            .partitions
            .get(&offsets_partition(partition))
            .is_some_and(|known| known.log.high_watermark() >= required);
        if committed || answers.is_empty() {
            return self.answer_all(ctx, answers, None);
        }
        let id = self.next_id();
        self.group_log.waiting.insert(id, Waiting { partition, required, answers });
        let timeout_ms = self.configs.long("offsets.commit.timeout.ms").unwrap_or(5_000);
        ctx.timer(ctx.now_ms + timeout_ms, Timer::GroupWrite(id));
    }

    /// A partition of the topic has another high watermark.
    pub(super) fn wake_group_writes(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        if *tp.topic != *OFFSETS_TOPIC || self.group_log.waiting.is_empty() {
            return;
        }
        let high_watermark = self.partitions.get(tp).map_or(0, |known| known.log.high_watermark());
        let number = tp.partition;
        let done =
            |waiting: &Waiting| waiting.partition == number && waiting.required <= high_watermark;
        self.answer_waiting(ctx, done, None);
    }

    /// What was written is not committed in time.
    pub(super) fn group_write_expired(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        if let Some(waiting) = self.group_log.waiting.remove(&id) {
            self.answer_all(ctx, waiting.answers, Some(ErrorCode::CoordinatorNotAvailable));
        }
    }

    fn answer_waiting(
        &mut self,
        ctx: &mut Ctx<'_>,
        which: impl Fn(&Waiting) -> bool,
        error: Option<ErrorCode>,
    ) {
        let picked = self.group_log.waiting.iter().filter(|(_, waiting)| which(waiting));
        let picked: Vec<u64> = picked.map(|(&id, _)| id).collect();
        for id in picked {
            if let Some(waiting) = self.group_log.waiting.remove(&id) {
                self.answer_all(ctx, waiting.answers, error);
            }
        }
    }

    pub(super) fn answer_all(
        &self,
        ctx: &mut Ctx<'_>,
        answers: Vec<(Call, GroupResponse)>,
        error: Option<ErrorCode>,
    ) {
        for (call, response) in answers {
            let response = match error {
                Some(error) => coordinator::failed(&response, error),
                None => response,
            };
            // An answer that waited is caused by what ended the wait, where that is known.
            let cause = ctx.cause.max(call.cause);
            if let Some(api) = call.api {
                call.begun.served(ctx, api);
                let error = coordinator::error_of(&response);
                if error != ErrorCode::None {
                    ctx.metrics.error(ctx.now_ms, ctx.me, api, error);
                }
            }
            ctx.caused_by(cause, |ctx| {
                ctx.respond(call.from, call.id, Response::Group(response));
            });
        }
    }

    /// Whether a topic is kept out of sight: its partitions' copying is told nobody.
    pub(super) fn is_quiet(tp: &TopicPartition) -> bool {
        *tp.topic == *OFFSETS_TOPIC
    }
}

/// A group id as an admin client names it.
pub(crate) fn partition_of_group(
    image: &crate::protocol::MetadataImage,
    group: &str,
) -> Option<i32> {
    let topic: &Arc<_> = image.topics.get(OFFSETS_TOPIC)?;
    partitioner::partition_for_group(group, topic.partition_count())
}
