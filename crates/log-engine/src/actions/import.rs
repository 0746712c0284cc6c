//! A topic out of segment files. It takes no time: it stands for a broker that was stopped, got the folders into its
//! log directory, and was started again.

use super::limits::{MAX_IMPORT_BYTES, MAX_IMPORT_SEGMENTS};
use crate::command::{Command, Configs, ImportedPartition};
use crate::error::CommandError;
use crate::ids::{EventId, TopicPartition};
use crate::protocol::AdminRequest;
use crate::world::World;
use kafka_log::log::{RecoveryCut, SegmentFile};
use kafka_log::{Log, LogConfig};
use std::sync::Arc;

type Recovered = (Log, Option<RecoveryCut>);

impl World {
    pub(super) fn import_topic(
        &mut self,
        command: &Command,
        topic: &str,
        configs: &Configs,
        partitions: &[ImportedPartition],
    ) -> Result<EventId, CommandError> {
        self.need_broker()?;
        if self.at_once_majority().is_none() {
            let text = "The quorum has no active controller that could take the topic in.";
            return Err(CommandError::new("NOT_CONTROLLER", "", text));
        }
        check_size(partitions)?;
        let name: Arc<str> = topic.into();
        let change = |leader_epochs| AdminRequest::ImportTopic {
            topic: Arc::clone(&name),
            configs: configs.clone(),
            leader_epochs,
        };
        // Name, configs and number of partitions come first: they are cheap, and decide how logs are read.
        self.check_change(&change(vec![0; partitions.len()]))?;
        let config = crate::broker::log_config_of(configs, &self.configs);
        let mut logs = Vec::with_capacity(partitions.len());
        for (number, partition) in partitions.iter().enumerate() {
            logs.push(recover(number, partition, &config, self.now_ms)?);
        }
        let event = self.act(command);
        // Their producers are of another cluster: ids handed out from now on are none of theirs.
        let newest = logs.iter().flat_map(|(log, _)| log.producers().map(|(id, _)| id)).max();
        if let Some(newest) = newest {
            self.decide_at_once(event, |controller, ctx| {
                controller.reserve_producer_ids(ctx, newest);
            });
            for id in self.bootstrap() {
                self.with_broker(id, event, |broker, _| broker.drop_producer_ids(newest));
            }
        }
        // The broker that loads them leads in an epoch of its own.
        let epochs = logs.iter().map(|(log, _)| log.leader_epochs().latest().map_or(0, |e| e + 1));
        let change = change(epochs.collect());
        self.change_at_once(&change, event);
        for (number, (log, cut)) in (0i32..).zip(logs) {
            let tp = TopicPartition::new(Arc::clone(&name), number);
            for id in self.bootstrap() {
                self.with_broker(id, event, |broker, ctx| {
                    broker.adopt_log(ctx, &tp, log.clone(), cut.as_ref());
                });
            }
        }
        Ok(event)
    }
}

fn check_size(partitions: &[ImportedPartition]) -> Result<(), CommandError> {
    let refuse = |text: String| Err(CommandError::new("INVALID_REQUEST", "partitions", text));
    let segments = || partitions.iter().flat_map(|partition| &partition.segments);
    let count = segments().count();
    if count > MAX_IMPORT_SEGMENTS {
        return refuse(format!(
            "{count} segments are too many; import at most {MAX_IMPORT_SEGMENTS}."
        ));
    }
    let bytes: u64 = segments().map(|segment| segment.log.bytes().len() as u64).sum();
    if bytes > MAX_IMPORT_BYTES {
        let most = MAX_IMPORT_BYTES >> 20;
        return refuse(format!("{bytes} bytes are too many; import at most {most} MiB at once."));
    }
    Ok(())
}

fn recover(
    number: usize,
    partition: &ImportedPartition,
    config: &LogConfig,
    now_ms: i64,
) -> Result<Recovered, CommandError> {
    let files: Vec<SegmentFile> = partition
        .segments
        .iter()
        .map(|segment| SegmentFile {
            base_offset: segment.base_offset,
            bytes: segment.log.bytes().clone(),
        })
        .collect();
    Log::recovered(config.clone(), &files, now_ms).map_err(|refused| {
        let text = format!("Partition {number}: {refused}");
        CommandError::new("CORRUPT_MESSAGE", &format!("partitions[{number}]"), text)
    })
}
