//! Producer commands.

use super::limits::{self, MAX_CLIENTS, MAX_PRODUCE};
use crate::command::{Command, Configs, ProducerSpec, RecordSpec, StreamSpec};
use crate::config::{ConfigError, ProducerConfig};
use crate::error::CommandError;
use crate::ids::EventId;
use crate::producer::{OwnedRecord, Producer};
use crate::world::World;
use std::sync::Arc;

/// A client's config as its constructor refuses it.
pub(super) fn config_exception(refused: &ConfigError) -> CommandError {
    let field = format!("configs.{}", refused.name());
    CommandError::new("ConfigException", &field, refused.to_string())
}

/// A producer's configs in force, or why it can't start with them.
fn producer_config(overrides: &Configs) -> Result<ProducerConfig, CommandError> {
    let config =
        ProducerConfig::resolve(overrides).map_err(|refused| config_exception(&refused))?;
    if config.transactional_id.is_some() {
        let text = "Transactions are not modelled yet. Leave transactional.id unset.";
        return Err(CommandError::new("ConfigException", "configs.transactional.id", text));
    }
    Ok(config)
}

impl World {
    /// The index of the running producer of this name.
    pub(crate) fn producer_index(&self, name: &str) -> Option<u32> {
        let at = self.producers.iter().rposition(|known| known.up && &*known.name == name)?;
        u32::try_from(at).ok()
    }

    fn need_producer(&self, name: &str) -> Result<u32, CommandError> {
        self.producer_index(name).ok_or_else(|| {
            let text = match self.crashed_producer(name) {
                Some(_) => format!("{name} is not running. Start it first."),
                None => format!("There is no producer '{name}'. Add it first."),
            };
            CommandError::new("INVALID_REQUEST", "producer", text)
        })
    }

    /// The index of the producer of this name whose process has died.
    fn crashed_producer(&self, name: &str) -> Option<u32> {
        let crashed = |known: &Producer| known.crashed && &*known.name == name;
        u32::try_from(self.producers.iter().rposition(crashed)?).ok()
    }

    pub(super) fn crash_producer(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let at = self.need_producer(name)?;
        let event = self.act(command);
        let mut in_flight = Vec::new();
        self.with_producer(at, event, |producer, ctx| in_flight = producer.crash(ctx));
        self.orphan(&in_flight);
        Ok(event)
    }

    pub(super) fn start_producer(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let Some(at) = self.crashed_producer(name) else {
            self.need_producer(name)?;
            let text = format!("{name} is running.");
            return Err(CommandError::new("INVALID_REQUEST", "producer", text));
        };
        let event = self.act(command);
        let brokers = self.bootstrap();
        self.with_producer(at, event, |producer, ctx| producer.start_again(ctx, &brokers));
        Ok(event)
    }

    pub(super) fn add_producer(
        &mut self,
        command: &Command,
        name: &str,
        spec: &ProducerSpec,
    ) -> Result<EventId, CommandError> {
        limits::check_name(name, "producer")?;
        if self.name_taken(name) {
            let text = format!("A client named '{name}' runs already. Choose another name.");
            return Err(CommandError::new("INVALID_REQUEST", "producer", text));
        }
        if self.producers.iter().filter(|known| known.is_listed()).count() >= MAX_CLIENTS {
            let text = format!("Ottla runs at most {MAX_CLIENTS} producers. Remove one first.");
            return Err(CommandError::new("INVALID_REQUEST", "producer", text));
        }
        if let Some(stream) = &spec.stream {
            limits::check_stream(stream)?;
        }
        let config = producer_config(&spec.configs)?;
        let event = self.act(command);
        let name: Arc<str> = name.into();
        let ledger_id = self.ledger.producer(&name);
        let producer = Producer::new(name, spec.configs.clone(), config, ledger_id, self.seed);
        let host = Arc::clone(&producer.name);
        self.producers.push(producer);
        let at = u32::try_from(self.producers.len() - 1).unwrap_or(u32::MAX);
        self.net.register(crate::sim::ActorId::Producer(at), &host);
        let brokers = self.bootstrap();
        let stream = spec.stream.clone();
        self.with_producer(at, event, |producer, ctx| {
            producer.start(ctx, &brokers);
            if stream.is_some() {
                producer.set_stream(ctx, stream);
            }
        });
        Ok(event)
    }

    pub(super) fn alter_producer(
        &mut self,
        command: &Command,
        name: &str,
        set: &Configs,
        delete: &[String],
    ) -> Result<EventId, CommandError> {
        let at = self.need_producer(name)?;
        let index = usize::try_from(at).unwrap_or(usize::MAX);
        let mut overrides =
            self.producers.get(index).map(|known| known.overrides.clone()).unwrap_or_default();
        overrides.retain(|name, _| !delete.contains(name));
        overrides.extend(set.clone());
        let config = producer_config(&overrides)?;
        let event = self.act(command);
        self.with_producer(at, event, |producer, ctx| {
            producer.close(ctx, Some((overrides, config)));
        });
        Ok(event)
    }

    pub(super) fn remove_producer(
        &mut self,
        command: &Command,
        name: &str,
    ) -> Result<EventId, CommandError> {
        let at = match self.crashed_producer(name) {
            Some(at) => at,
            None => self.need_producer(name)?,
        };
        let event = self.act(command);
        self.with_producer(at, event, |producer, ctx| producer.close(ctx, None));
        Ok(event)
    }

    pub(super) fn set_stream(
        &mut self,
        command: &Command,
        name: &str,
        stream: Option<&StreamSpec>,
    ) -> Result<EventId, CommandError> {
        let at = self.need_producer(name)?;
        if let Some(stream) = stream {
            limits::check_stream(stream)?;
        }
        let event = self.act(command);
        self.with_producer(at, event, |producer, ctx| producer.set_stream(ctx, stream.cloned()));
        Ok(event)
    }

    pub(super) fn produce(
        &mut self,
        command: &Command,
        name: &str,
        topic: &str,
        record: &RecordSpec,
        count: u32,
    ) -> Result<EventId, CommandError> {
        let at = self.need_producer(name)?;
        if count == 0 || count > MAX_PRODUCE {
            let text = format!("Send 1 to {MAX_PRODUCE} records at once.");
            return Err(CommandError::new("INVALID_REQUEST", "count", text));
        }
        if let Some(wrong) = crate::config::invalid_name_reason(topic) {
            let text = format!("Topic name is invalid: {wrong}");
            return Err(CommandError::new("INVALID_TOPIC_EXCEPTION", "topic", text));
        }
        let owned = OwnedRecord::from_spec(record).ok_or_else(|| {
            CommandError::new(
                "INVALID_REQUEST",
                "hex",
                "Hex has two digits, 0 to f, for each byte.",
            )
        })?;
        check_record(&owned)?;
        let event = self.act(command);
        let (topic, owned): (Arc<str>, _) = (topic.into(), Arc::new(owned));
        self.with_producer(at, event, |producer, ctx| {
            producer.send_owned(ctx, &topic, &owned, count);
        });
        Ok(event)
    }
}

/// What the constructor of `ProducerRecord` refuses.
fn check_record(record: &OwnedRecord) -> Result<(), CommandError> {
    let refuse =
        |field: &str, text: String| Err(CommandError::new("IllegalArgumentException", field, text));
    match (record.partition, record.timestamp) {
        (Some(partition), _) if partition < 0 => refuse(
            "partition",
            format!(
                "Invalid partition: {partition}. Partition number should always be non-negative or null."
            ),
        ),
        (_, Some(timestamp)) if timestamp < 0 => refuse(
            "timestamp",
            format!(
                "Invalid timestamp: {timestamp}. Timestamp should always be non-negative or null."
            ),
        ),
        _ => Ok(()),
    }
}
