//! Batches that wait to be sent, a queue a partition (`RecordAccumulator`, R-PRD-22).

use super::batch::ProducerBatch;
use super::sticky::Sticky;
use crate::ids::{TimestampMs, TopicPartition};
use sorted::SortedSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// The accumulator.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accumulator {
    topics: Vec<TopicQueues>,
    records: u32,
    /// Bytes of buffers in use: a batch takes `batch.size` or its one larger record (`BufferPool`).
    memory: i64,
}

/// One topic's queues.
#[derive(Debug, Clone)]
pub(crate) struct TopicQueues {
    /// The topic.
    pub topic: Arc<str>,
    /// Its number in the ledger.
    pub ledger_id: u32,
    /// Queues by partition.
    pub queues: Vec<Queue>,
    /// The queues the sender has to look at: every one that holds a batch or has an outcome to find out is among them.
    busy: SortedSet<usize>,
    /// The partition keyless records go to.
    pub sticky: Option<Sticky>,
    /// Records placed in turn so far (`RoundRobinPartitioner`).
    pub turns: u32,
    /// The partition that chance chose last, and until when it stays (librdkafka).
    pub chance: Option<(i32, TimestampMs)>,
    /// What compression is expected to leave of a byte, in millionths.
    pub ratio: i64,
}

/// One partition's queue.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    /// Which.
    pub tp: TopicPartition,
    /// Batches, oldest first; only the last may take more.
    pub batches: VecDeque<ProducerBatch>,
    /// Producer id and epoch its sequences belong to (`TxnPartitionEntry`).
    pub identity: Option<(i64, i16)>,
    /// Next sequence to give.
    pub next_sequence: i32,
    /// The last sequence that was acknowledged.
    pub last_acked: Option<i32>,
    /// The sequence after a batch that was given up with its outcome unknown (`partitionsWithUnresolvedSequences`).
    pub unresolved: Option<i32>,
    /// It had a record once (`TopicInfo.batches` has an entry).
    pub used: bool,
    /// Bytes of the batch drained last: the next one will hardly need more room at first.
    pub last_bytes: i64,
    /// Batches of this partition in flight.
    pub in_flight: u32,
}

impl Queue {
    /// Some of its batches have a sequence and no outcome yet, those that wait for a retry among them
    /// (`hasInflightBatches`).
    pub(crate) fn has_numbered(&self) -> bool {
        self.in_flight > 0 || self.batches.iter().any(|batch| batch.sequence.is_some())
    }

    /// It holds a batch, or has an outcome to find out.
    fn is_busy(&self) -> bool {
        !self.batches.is_empty() || self.unresolved.is_some()
    }

    /// `isNextSequence`: it comes right after what was acknowledged last.
    pub(crate) fn is_next(&self, sequence: i32) -> bool {
        match self.last_acked {
            Some(last) => kafka_log::batch::increment_sequence(last, 1) == sequence,
            None => sequence == 0,
        }
    }
}

impl Accumulator {
    /// The queues of a topic; made at its first record.
    pub(crate) fn topic_mut(
        &mut self,
        topic: &Arc<str>,
        partitions: i32,
        ledger_id: impl FnOnce() -> u32,
    ) -> Option<&mut TopicQueues> {
        if let Some(at) = self.topics.iter().position(|known| known.topic == *topic) {
            return self.topics.get_mut(at);
        }
        let mut queues = TopicQueues {
            topic: Arc::clone(topic),
            ledger_id: ledger_id(),
            queues: Vec::new(),
            busy: SortedSet::new(),
            sticky: None,
            turns: 0,
            chance: None,
            ratio: super::batch::ONE,
        };
        queues.grow(partitions);
        self.topics.push(queues);
        self.topics.last_mut()
    }

    /// The queues of a topic that has some, to be written.
    pub(crate) fn known_mut(&mut self, topic: &str) -> Option<&mut TopicQueues> {
        self.topics.iter_mut().find(|known| &*known.topic == topic)
    }

    /// The queues of a topic, if it has any.
    pub(crate) fn topic(&self, topic: &str) -> Option<&TopicQueues> {
        self.topics.iter().find(|known| &*known.topic == topic)
    }

    /// A topic has this many partitions now.
    pub(crate) fn set_partitions(&mut self, topic: &Arc<str>, partitions: i32) {
        if let Some(known) = self.topics.iter_mut().find(|known| known.topic == *topic) {
            known.grow(partitions);
            if known.sticky.is_some_and(|sticky| sticky.partition >= partitions) {
                known.sticky = None;
            }
        }
    }

    /// All queues.
    pub(crate) fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.topics.iter().flat_map(|topic| topic.queues.iter())
    }

    /// The queues the sender has to look at, in order of topic and partition.
    pub(crate) fn busy(&self) -> impl Iterator<Item = &Queue> {
        self.topics
            .iter()
            .flat_map(|topic| topic.busy.iter().filter_map(|&at| topic.queues.get(at)))
    }

    /// The same, to be written.
    pub(crate) fn each_busy(&mut self, mut visit: impl FnMut(&mut Queue)) {
        for topic in &mut self.topics {
            for &at in topic.busy.iter() {
                if let Some(queue) = topic.queues.get_mut(at) {
                    visit(queue);
                }
            }
        }
    }

    /// Leaves out what the sender need not look at any more.
    pub(crate) fn forget_idle(&mut self) {
        for TopicQueues { queues, busy, .. } in &mut self.topics {
            busy.retain(|at| queues.get(*at).is_some_and(Queue::is_busy));
        }
    }

    /// One queue that gets a batch or an outcome to find out: the sender has to look at it.
    pub(crate) fn busy_mut(&mut self, tp: &TopicPartition) -> Option<&mut Queue> {
        let topic = self.topics.iter_mut().find(|known| known.topic == tp.topic)?;
        topic.busy_mut(tp.partition)
    }

    /// One queue.
    pub(crate) fn queue_mut(&mut self, tp: &TopicPartition) -> Option<&mut Queue> {
        let topic = self.topics.iter_mut().find(|known| known.topic == tp.topic)?;
        topic.queues.get_mut(usize::try_from(tp.partition).ok()?)
    }

    /// Nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.busy().all(|queue| queue.batches.is_empty())
    }

    /// Records that wait, and the bytes of buffers in use.
    pub(crate) fn load(&self) -> (u32, i64) {
        (self.records, self.memory)
    }

    /// A record came in; `memory` is what a new batch for it took.
    pub(crate) fn came(&mut self, memory: i64) {
        self.records += 1;
        self.memory += memory;
    }

    /// A batch left its queue for a request, or came back.
    pub(crate) fn moved(&mut self, batch: &ProducerBatch, back: bool) {
        let records = batch.records();
        self.records =
            if back { self.records + records } else { self.records.saturating_sub(records) };
    }

    /// A batch is done: its buffer is free.
    pub(crate) fn freed(&mut self, memory: i64) {
        self.memory = (self.memory - memory).max(0);
    }
}

impl TopicQueues {
    fn grow(&mut self, partitions: i32) {
        let have = i32::try_from(self.queues.len()).unwrap_or(i32::MAX);
        for number in have..partitions {
            let tp = TopicPartition::new(Arc::clone(&self.topic), number);
            let batches = VecDeque::new();
            self.queues.push(Queue {
                tp,
                batches,
                identity: None,
                next_sequence: 0,
                last_acked: None,
                unresolved: None,
                used: false,
                last_bytes: 0,
                in_flight: 0,
            });
        }
    }

    /// The queue of a partition that gets a batch or an outcome to find out.
    pub(crate) fn busy_mut(&mut self, partition: i32) -> Option<&mut Queue> {
        let at = usize::try_from(partition).ok()?;
        let queue = self.queues.get_mut(at)?;
        self.busy.insert(at);
        Some(queue)
    }

    /// No batch of the partition could take more (`RecordAccumulator.allBatchesFull`).
    pub(crate) fn all_full(&self, partition: i32) -> bool {
        usize::try_from(partition)
            .ok()
            .and_then(|at| self.queues.get(at))
            .and_then(|queue| queue.batches.back())
            .is_none_or(ProducerBatch::is_full)
    }
}
