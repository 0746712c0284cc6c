//! Sequences of an idempotent producer and what becomes of them after a failure (`TransactionManager`,
//! `TxnPartitionEntry`; R-PRD-51, R-PRD-54, R-PRD-55).

use super::Producer;
use super::batch::ProducerBatch;
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::protocol::ErrorCode;
use crate::sim::Ctx;
use kafka_log::batch::{ProducerStamp, increment_sequence};
use std::sync::Arc;

impl Producer {
    /// Whether a refused batch is sent again (`Sender.canRetry`, `TransactionManager.canRetry`).
    pub(super) fn can_retry(
        &mut self,
        now_ms: i64,
        batch: &ProducerBatch,
        error: ErrorCode,
    ) -> bool {
        let deadline = batch.created_ms + i64::from(self.config.delivery_timeout_ms);
        let retries = u32::try_from(self.config.retries).unwrap_or(0);
        if now_ms >= deadline || batch.attempts > retries {
            return false;
        }
        match error {
            ErrorCode::OutOfOrderSequenceNumber if self.config.enable_idempotence => {
                self.after_out_of_order(batch);
                true
            }
            ErrorCode::UnknownProducerId if self.config.enable_idempotence => {
                self.bump_epoch_for.push(batch.tp.clone());
                true
            }
            error => error.is_retriable(),
        }
    }

    /// OUT_OF_ORDER_SEQUENCE_NUMBER: a gap in the log only if the batch comes right after what was acknowledged, or after
    /// one that was given up. Any other waits for its predecessors, or in vain.
    fn after_out_of_order(&mut self, batch: &ProducerBatch) {
        let Some(queue) = self.accumulator.queue_mut(&batch.tp) else { return };
        let sequence = batch.sequence.unwrap_or(0);
        let gap = match queue.unresolved {
            None => !batch.renumbered && queue.is_next(sequence),
            Some(after) => after == sequence,
        };
        if gap {
            self.bump_epoch_for.push(batch.tp.clone());
        }
    }

    /// A batch is acknowledged.
    pub(super) fn sequence_acked(&mut self, batch: &ProducerBatch) {
        let Some(first) = batch.sequence else { return };
        let last = increment_sequence(first, i32::try_from(batch.records()).unwrap_or(1) - 1);
        if let Some(queue) = self.accumulator.queue_mut(&batch.tp) {
            queue.last_acked = Some(queue.last_acked.map_or(last, |known| known.max(last)));
        }
    }

    /// A batch was given up after its retries: nobody knows whether it is stored (`markSequenceUnresolved`).
    pub(super) fn sequence_unresolved(&mut self, batch: &ProducerBatch) {
        let Some(next) = batch.next_sequence() else { return };
        if let Some(queue) = self.accumulator.busy_mut(&batch.tp) {
            queue.unresolved = Some(queue.unresolved.map_or(next, |known| known.max(next)));
        }
    }

    /// Once nothing of a partition is on its way any more, what was unknown either turned out well, as a later batch was
    /// stored, or its sequences begin anew (`maybeResolveSequences`).
    pub(super) fn resolve_sequences(&mut self) {
        let mut lost: Vec<TopicPartition> = Vec::new();
        self.accumulator.each_busy(|queue| {
            if queue.unresolved.is_none() || queue.has_numbered() {
                return;
            }
            queue.unresolved = None;
            if !queue.is_next(queue.next_sequence) {
                lost.push(queue.tp.clone());
            }
        });
        self.bump_epoch_for.append(&mut lost);
    }

    /// The next epoch, under which the sequences of partitions with a gap begin at 0 again, those of batches without an
    /// outcome included (`bumpIdempotentProducerEpoch`). A producer whose epochs are used up asks for another id.
    pub(super) fn bump_epoch_if_needed(&mut self, ctx: &mut Ctx<'_>) {
        let mut partitions = std::mem::take(&mut self.bump_epoch_for);
        let Some((producer_id, epoch)) = self.identity.filter(|_| !partitions.is_empty()) else {
            return;
        };
        sorted::sort(&mut partitions);
        partitions.dedup();
        self.identity = epoch.checked_add(1).map(|epoch| (producer_id, epoch));
        if let Some((_, producer_epoch)) = self.identity {
            let producer = Arc::clone(&self.name);
            ctx.emit(EventKind::EpochBumped { producer, producer_id, producer_epoch });
            for tp in partitions {
                self.begin_sequences(&tp);
            }
        }
    }

    /// `TxnPartitionEntry.startSequencesAtBeginning`.
    fn begin_sequences(&mut self, tp: &TopicPartition) {
        let identity = self.identity;
        let Some(queue) = self.accumulator.queue_mut(tp) else { return };
        let on_their_way = self.in_flight.values_mut().flat_map(|request| &mut request.batches);
        let on_their_way = on_their_way.filter(|batch| batch.tp == *tp);
        let waiting = queue.batches.iter_mut();
        let mut numbered: Vec<&mut ProducerBatch> =
            on_their_way.chain(waiting).filter(|batch| batch.sequence.is_some()).collect();
        sorted::sort_by_key(&mut numbered, |batch| batch.sequence);
        let mut sequence = 0;
        for batch in numbered {
            batch.sequence = Some(sequence);
            batch.renumbered = true;
            if let Some((producer_id, producer_epoch)) = identity {
                let base_sequence = sequence;
                let stamp = ProducerStamp {
                    producer_id,
                    producer_epoch,
                    base_sequence,
                    transactional: false,
                };
                batch.stamp(stamp);
            }
            sequence = increment_sequence(sequence, i32::try_from(batch.records()).unwrap_or(0));
        }
        queue.identity = identity;
        queue.next_sequence = sequence;
        queue.last_acked = None;
        queue.unresolved = None;
    }
}
