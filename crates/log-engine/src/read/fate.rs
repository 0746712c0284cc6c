//! What became of one record.

use crate::broker::Partition;
use crate::ids::TopicPartition;
use crate::ledger::Told;
use crate::view::FateStepView;
use crate::world::World;
use kafka_log::Batch;

fn step(title: &str, detail: String, at_ms: Option<i64>, done: bool) -> FateStepView {
    FateStepView { title: title.to_owned(), detail, at_ms, done, broker: None }
}

impl World {
    /// The record's steps, in order of time; what is yet to come stands last.
    pub(super) fn fate(
        &self,
        tp: &TopicPartition,
        partition: &Partition,
        batch: &Batch,
        offset: i64,
    ) -> Vec<FateStepView> {
        let mut steps = self.stored_steps(partition, batch);
        for setup in &self.groups {
            if let Some(step) = self.group_step(&setup.group, tp, offset) {
                steps.push(step);
            }
        }
        if let Some(step) = self.compaction_step(tp, partition, offset) {
            steps.push(step);
        }
        if let Some(step) = self.deletion_step(tp, partition, offset) {
            steps.push(step);
        }
        steps
    }

    fn stored_steps(&self, partition: &Partition, batch: &Batch) -> Vec<FateStepView> {
        let mut steps = Vec::new();
        let Some(row) = self.ledger.row(batch.tag()) else { return steps };
        let name = self.ledger.producer_of(batch.tag()).map_or("", |name| &**name);
        let sent = format!("by {name}, in a batch of {}", super::event_text::records(row.records));
        steps.push(step("Sent", sent, Some(row.created_ms), true));
        let mut appended = step(
            "Appended",
            format!(
                "at {}, broker {}",
                batch.base_offset(),
                partition.image.leader.map_or(-1, |b| b.0)
            ),
            Some(row.stored_ms),
            true,
        );
        appended.broker = partition.image.leader;
        steps.push(appended);
        steps.push(match row.told {
            Told::Acked => {
                let took = format!("after {} ms", row.told_ms - row.created_ms);
                step("Acked", took, Some(row.told_ms), true)
            }
            Told::Failed => {
                let text = "the producer was told it failed, but it is stored".to_owned();
                step("Failed", text, Some(row.told_ms), true)
            }
            Told::Nothing => step("Acked", "the answer is on its way".to_owned(), None, false),
        });
        steps
    }

    fn group_step(&self, group: &str, tp: &TopicPartition, offset: i64) -> Option<FateStepView> {
        let reader = self.ledger.readers(tp).find(|(name, _)| ***name == *group)?.1;
        let end = reader.processed_end?;
        let committed = self.committed(group, tp);
        Some(if offset < end {
            let text = match committed {
                Some(committed) if committed > offset => "processed and committed",
                _ => "processed, not committed yet",
            };
            step(group, text.to_owned(), None, true)
        } else {
            let before = offset - end;
            let text = if before == 0 {
                "not processed, it is next".to_owned()
            } else {
                format!("not processed, {before} before it")
            };
            step(group, text, None, false)
        })
    }

    /// A later record of its key takes it away, at the pass that cleans both.
    fn compaction_step(
        &self,
        tp: &TopicPartition,
        partition: &Partition,
        offset: i64,
    ) -> Option<FateStepView> {
        if !partition.config.cleanup_policy.compact {
            return None;
        }
        let later = self.same_key(&tp.topic, tp.partition, offset, true)?;
        let (broker, _) = self.shown(tp)?;
        let cleanable = later < partition.log.active_segment_base();
        let at_ms = broker.cleaner_runs(partition, self.now_ms).1.filter(|_| cleanable);
        let text = match cleanable {
            true => format!("superseded by {later}, at the next pass of the cleaner"),
            false => format!("superseded by {later}, once that lies in a closed segment"),
        };
        Some(step("Compacted", text, at_ms, false))
    }

    fn deletion_step(
        &self,
        tp: &TopicPartition,
        partition: &Partition,
        offset: i64,
    ) -> Option<FateStepView> {
        use kafka_log::log::RetentionStep;
        let (broker, _) = self.shown(tp)?;
        let (next_ms, interval_ms) = broker.retention_runs(partition, self.now_ms)?;
        let forecast = partition.log.retention_forecast(self.now_ms, next_ms, interval_ms);
        let segment = forecast
            .into_iter()
            .find(|segment| segment.base_offset <= offset && offset < segment.next_offset)?;
        match segment.step {
            RetentionStep::Deleted { at_ms, reason } => {
                let text = format!(
                    "by {}, with its segment, if nothing more is written",
                    crate::broker::retention_reason(reason)
                );
                Some(step("Deleted", text, Some(at_ms), false))
            }
            RetentionStep::Kept(_) => None,
        }
    }
}
