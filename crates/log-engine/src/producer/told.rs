//! What the application was told, batch by batch: the newest few, to be looked at. Every record's outcome is in the ledger.

use super::Producer;
use super::batch::ProducerBatch;
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many are kept.
const KEPT: usize = 16;

/// One batch's outcome: the callbacks of its records ran with it.
#[derive(Debug)]
pub(crate) struct Told {
    /// When.
    pub at_ms: TimestampMs,
    /// How long after `send()` of the first of them.
    pub took_ms: i64,
    /// Where they went; partition -1 where they failed before one was chosen.
    pub tp: TopicPartition,
    /// `RecordMetadata.offset` of the first, -1 where the broker was not asked for one.
    pub first: i64,
    /// How many.
    pub records: u32,
    /// Keys of the first few.
    pub keys: Vec<Option<Box<str>>>,
    /// The exception, and the code behind it; none of an ack.
    pub refusal: Option<(&'static str, ErrorCode)>,
}

/// The newest outcomes, the newest first. A clone shares them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers(VecDeque<Arc<Told>>);

impl Answers {
    pub(super) fn add(&mut self, told: Told) {
        self.0.truncate(KEPT - 1);
        self.0.push_front(Arc::new(told));
    }

    /// The newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Told> {
        self.0.iter().map(|told| &**told)
    }
}

impl Producer {
    /// Notes what a batch came to.
    pub(super) fn tell(
        &mut self,
        now_ms: TimestampMs,
        batch: &mut ProducerBatch,
        first: i64,
        refusal: Option<(&'static str, ErrorCode)>,
    ) {
        self.answers.add(Told {
            at_ms: now_ms,
            took_ms: now_ms - batch.created_ms,
            tp: batch.tp.clone(),
            first,
            records: batch.records(),
            keys: std::mem::take(&mut batch.keys),
            refusal,
        });
    }
}
