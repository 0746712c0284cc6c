//! What actors tell: batches, requests, answers. Each call names the place in Kafka that records the same.

use super::{
    Api, Block, BrokerCount, BrokerStat, ConsumerPartitionStat, ConsumerStat, ControllerCount,
    ControllerStat, Metrics, ProducerCount, ProducerStat, ProducerTopicCount, ProducerTopicStat,
    Tag, Time, TopicCount,
};
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::{ErrorCode, FetchRequest};
use crate::sim::ActorId;
use std::sync::Arc;

/// When a broker did what of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// It arrived.
    pub arrived_ms: TimestampMs,
    /// The broker came to it.
    pub begun_ms: TimestampMs,
    /// What it wrote for it took this long.
    pub local_ms: i64,
    /// Its answer leaves.
    pub done_ms: TimestampMs,
}

/// A batch that a producer sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    /// Its records.
    pub records: u32,
    /// Its bytes.
    pub bytes: u32,
    /// How long it waited in the accumulator.
    pub queued_ms: i64,
    /// What compression left of its records, in millionths.
    pub ratio_millionths: i64,
}

impl Metrics {
    fn add(&mut self, now_ms: TimestampMs, first: u32, place: u32, more: u64) {
        self.history.count(now_ms, first + place, more);
    }

    /// Adds to a sum of a broker.
    pub(crate) fn broker(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        what: BrokerCount,
        more: u64,
    ) {
        if let Some(block) = self.block((broker, Tag::Whole)) {
            self.add(now_ms, block.counts, what.place(), more);
        }
    }

    /// Adds to a sum of a broker's topic, and to that of all its topics (`BrokerTopicStats`).
    pub(crate) fn topic(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        topic: &Arc<str>,
        sums: &[(TopicCount, u64)],
    ) {
        let number = self.topic_number(topic);
        let (Some(one), Some(all)) =
            (self.block((broker, Tag::Topic(number))), self.block((broker, Tag::Whole)))
        else {
            return;
        };
        for &(what, more) in sums {
            self.add(now_ms, one.counts, what.place(), more);
            self.add(now_ms, all.counts, of_all_topics(what).place(), more);
        }
    }

    /// A broker's answer leaves (`RequestChannel.Request.updateRequestMetrics`).
    pub(crate) fn served(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        api: Api,
        timing: Timing,
    ) {
        let Some(block) = self.block((broker, Tag::Whole)) else { return };
        let total_ms = timing.done_ms - timing.arrived_ms;
        let queue_ms = timing.begun_ms - timing.arrived_ms;
        let local_ms = timing.local_ms;
        let times = [
            (Time::Total, total_ms),
            (Time::Queue, queue_ms),
            (Time::Local, local_ms),
            (Time::Remote, total_ms - queue_ms - local_ms),
        ];
        for (time, ms) in times {
            // How often the others were 0 follows from how many there were.
            if ms > 0 || time == Time::Total {
                let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
                self.history.value(now_ms, series_of(block, api, time), ms);
            }
        }
    }

    /// A broker's answer carries an error (`RequestChannel.updateErrorMetrics`).
    pub(crate) fn error(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        api: Api,
        error: ErrorCode,
    ) {
        if let Some(block) = self.block((broker, Tag::Error(api, error.code()))) {
            self.add(now_ms, block.counts, 0, 1);
        }
    }

    /// Measures something of a broker.
    pub(crate) fn broker_stat(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        what: BrokerStat,
        value: i64,
    ) {
        if let Some(block) = self.block((broker, Tag::Whole)) {
            let series = block.stats + what.place();
            self.history.measure(now_ms, series, value.max(0).unsigned_abs());
        }
    }

    /// How much more a leader has committed of a partition than a follower that has just fetched has
    /// (`FetcherLagStats`; `AbstractFetcherManager` shows the most of all partitions).
    pub(crate) fn follower_lag(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        tp: &TopicPartition,
        lag: i64,
    ) {
        let key = (broker, tp.clone());
        let known = self.behind.contains_key(&key);
        if lag > 0 {
            self.behind.insert(key, lag);
        } else if known {
            self.behind.remove(&key);
        }
        if lag > 0 || known {
            let of_broker = self.behind.iter().filter(|((of, _), _)| *of == broker);
            let most = of_broker.map(|(_, lag)| *lag).max().unwrap_or(0);
            self.broker_stat(now_ms, broker, BrokerStat::MaxLag, most);
        }
    }

    fn producer_stat(&mut self, now_ms: TimestampMs, block: Block, what: ProducerStat, value: i64) {
        let value = value.max(0).unsigned_abs();
        self.history.measure(now_ms, block.stats + what.place(), value);
    }

    /// A producer's request leaves (`SenderMetrics.updateProduceRequestMetrics`).
    pub(crate) fn producer_sends<'a>(
        &mut self,
        now_ms: TimestampMs,
        producer: ActorId,
        batches: impl Iterator<Item = (&'a TopicPartition, Sent)>,
    ) {
        let Some(block) = self.block((producer, Tag::Whole)) else { return };
        let mut records = 0;
        for (tp, sent) in batches {
            self.producer_stat(now_ms, block, ProducerStat::BatchSize, i64::from(sent.bytes));
            self.producer_stat(now_ms, block, ProducerStat::QueueTime, sent.queued_ms);
            let ratio = sent.ratio_millionths;
            self.producer_stat(now_ms, block, ProducerStat::CompressionRatio, ratio);
            records += i64::from(sent.records);
            let number = self.topic_number(&tp.topic);
            if let Some(topic) = self.block((producer, Tag::Topic(number))) {
                let (records, bytes) = (u64::from(sent.records), u64::from(sent.bytes));
                self.add(now_ms, topic.counts, ProducerTopicCount::Records.place(), records);
                self.add(now_ms, topic.counts, ProducerTopicCount::Bytes.place(), bytes);
                let series = topic.stats + ProducerTopicStat::CompressionRatio.place();
                self.history.measure(now_ms, series, ratio.max(0).unsigned_abs());
            }
        }
        self.producer_stat(now_ms, block, ProducerStat::RecordsPerRequest, records);
        self.add(now_ms, block.counts, ProducerCount::Requests.place(), 1);
    }

    /// A producer's request was answered (`Sender.completeResponse`).
    pub(crate) fn producer_answered(
        &mut self,
        now_ms: TimestampMs,
        producer: ActorId,
        latency_ms: i64,
    ) {
        if let Some(block) = self.block((producer, Tag::Whole)) {
            self.producer_stat(now_ms, block, ProducerStat::RequestLatency, latency_ms);
            self.add(now_ms, block.counts, ProducerCount::Responses.place(), 1);
        }
    }

    /// How a producer stands after a step: requests in flight, bytes of its buffer in use, records that wait in `send()`.
    pub(crate) fn producer_stands(
        &mut self,
        now_ms: TimestampMs,
        producer: ActorId,
        (in_flight, used, blocked): (usize, i64, usize),
    ) {
        let Some(block) = self.block((producer, Tag::Whole)) else { return };
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.producer_stat(now_ms, block, ProducerStat::RequestsInFlight, number(in_flight));
        self.producer_stat(now_ms, block, ProducerStat::BufferUsed, used);
        self.producer_stat(now_ms, block, ProducerStat::Blocked, number(blocked));
    }

    /// Records of a producer failed, or are sent again (`SenderMetrics.recordErrors`, `recordRetries`). Only topics that
    /// something was sent to have sums of their own.
    pub(crate) fn producer_failed(
        &mut self,
        now_ms: TimestampMs,
        producer: ActorId,
        topic: &Arc<str>,
        (retried, records): (bool, u32),
    ) {
        let (whole, one) = match retried {
            true => (ProducerCount::Retries, ProducerTopicCount::Retries),
            false => (ProducerCount::Errors, ProducerTopicCount::Errors),
        };
        self.producer_count(now_ms, producer, whole, u64::from(records));
        let number = self.topic_number(topic);
        if let Some(block) = self.known_block((producer, Tag::Topic(number))) {
            self.add(now_ms, block.counts, one.place(), u64::from(records));
        }
    }

    /// Adds to a sum of a producer.
    pub(crate) fn producer_count(
        &mut self,
        now_ms: TimestampMs,
        producer: ActorId,
        what: ProducerCount,
        more: u64,
    ) {
        if let Some(block) = self.block((producer, Tag::Whole)) {
            self.add(now_ms, block.counts, what.place(), more);
        }
    }

    /// Measures something of a consumer.
    pub(crate) fn consumer(
        &mut self,
        now_ms: TimestampMs,
        consumer: ActorId,
        what: ConsumerStat,
        value: i64,
    ) {
        if let Some(block) = self.block((consumer, Tag::Whole)) {
            let series = block.stats + what.place();
            self.history.measure(now_ms, series, value.max(0).unsigned_abs());
        }
    }

    /// A consumer was handed records of a partition: what is left of it, and what lies before
    /// (`FetchCollector.fetchRecords`).
    pub(crate) fn consumer_position(
        &mut self,
        now_ms: TimestampMs,
        consumer: ActorId,
        tp: &TopicPartition,
        (lag, lead): (i64, i64),
    ) {
        self.consumer(now_ms, consumer, ConsumerStat::Lag, lag);
        self.consumer(now_ms, consumer, ConsumerStat::Lead, lead);
        let tag = Tag::Partition(self.topic_number(&tp.topic), tp.partition);
        let Some(block) = self.block((consumer, tag)) else { return };
        for (what, value) in
            [(ConsumerPartitionStat::Lag, lag), (ConsumerPartitionStat::Lead, lead)]
        {
            let series = block.stats + what.place();
            self.history.measure(now_ms, series, value.max(0).unsigned_abs());
        }
    }

    /// Adds to a sum of a controller.
    pub(crate) fn controller(
        &mut self,
        now_ms: TimestampMs,
        controller: ActorId,
        what: ControllerCount,
        more: u64,
    ) {
        if let Some(block) = self.block((controller, Tag::Whole)) {
            self.add(now_ms, block.counts, what.place(), more);
        }
    }

    /// A controller knows who leads, after it stood for election itself (`KafkaRaftMetrics.maybeUpdateElectionLatency`).
    pub(crate) fn election_over(&mut self, now_ms: TimestampMs, controller: ActorId) {
        let Some(since_ms) = self.standing.remove(&controller) else { return };
        if let Some(block) = self.block((controller, Tag::Whole)) {
            let series = block.stats + ControllerStat::ElectionLatency.place();
            self.history.measure(now_ms, series, (now_ms - since_ms).max(0).unsigned_abs());
        }
    }
}

/// The series of a time of an API's requests.
pub(crate) fn series_of(block: Block, api: Api, time: Time) -> u32 {
    block.values + api.place() * Time::COUNT + time.place()
}

pub(super) fn of_all_topics(what: TopicCount) -> BrokerCount {
    match what {
        TopicCount::MessagesIn => BrokerCount::MessagesIn,
        TopicCount::BytesIn => BrokerCount::BytesIn,
        TopicCount::BytesOut => BrokerCount::BytesOut,
        TopicCount::BytesRejected => BrokerCount::BytesRejected,
        TopicCount::TotalProduce => BrokerCount::TotalProduce,
        TopicCount::FailedProduce => BrokerCount::FailedProduce,
        TopicCount::TotalFetch => BrokerCount::TotalFetch,
        TopicCount::FailedFetch => BrokerCount::FailedFetch,
    }
}

/// Topics a fetch asks for, each with how many of its partitions.
pub(super) fn reads(request: &FetchRequest) -> Vec<(Arc<str>, u64)> {
    let mut topics: Vec<(Arc<str>, u64)> = Vec::new();
    for part in &request.parts {
        match topics.iter_mut().find(|(topic, _)| *topic == part.tp.topic) {
            Some((_, count)) => *count += 1,
            None => topics.push((Arc::clone(&part.tp.topic), 1)),
        }
    }
    topics
}
