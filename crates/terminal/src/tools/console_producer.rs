//! `kafka-console-producer.sh` (`ConsoleProducer`): each line is a record, sent by a producer client of its own.

use super::line_reader::LineReader;
use super::{Job, Tool};
use crate::act::Refusal;
use crate::address;
use crate::date::log_stamp;
use crate::exception::{Exception, Stop};
use crate::properties;
use crate::screen::Screen;
use crate::terminal::Running;
use log_engine::command::{Payload, ProducerSpec, RecordSpec};
use log_engine::config::{Scope, lookup};
use log_engine::view::ClientLog;
use log_engine::{Command, Configs, Engine, EventId};
use std::collections::VecDeque;

pub(super) const TOOL: Tool = Tool {
    name: "kafka-console-producer",
    about: "send typed lines as records",
    help: include_str!("../../help/kafka-console-producer.txt"),
    run,
    misread: |job, thrown| job.usage(&thrown.message),
    thrown: |job, thrown| job.screen.err(thrown),
};

/// Most lines taken from a file.
const MAX_LINES: usize = 1_000;
/// Most rows of the client's log looked at in one go.
const LOG_ROWS: usize = 2_000;

/// Producer configs that options stand for.
const OPTIONS: [(&str, &str); 11] = [
    ("linger.ms", "timeout"),
    ("acks", "request-required-acks"),
    ("request.timeout.ms", "request-timeout-ms"),
    ("retries", "message-send-max-retries"),
    ("retry.backoff.ms", "retry-backoff-ms"),
    ("send.buffer.bytes", "socket-buffer-size"),
    ("buffer.memory", "max-memory-bytes"),
    ("batch.size", "batch-size"),
    ("batch.size", "max-partition-memory-bytes"),
    ("metadata.max.age.ms", "metadata-expiry-ms"),
    ("max.block.ms", "max-block-ms"),
];

/// A console producer that runs.
#[derive(Debug, Clone)]
pub(crate) struct Producing {
    client: String,
    topic: String,
    reader: LineReader,
    retries: i64,
    seen: EventId,
    requests: u64,
    /// Sizes of key and value of what was sent and is not answered yet.
    unanswered: VecDeque<(Option<usize>, Option<usize>)>,
    /// It takes no more lines and waits for the rest to go out.
    pub(crate) closing: bool,
}

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    check_args(job)?;
    let topic = job.options.value("topic")?.unwrap_or_default().to_owned();
    let reader = reader(job, &topic)?;
    let configs = configs(job)?;
    let client = configs.get("client.id").map_or("console-producer", String::as_str);
    let client = super::free_name(job.cluster.engine, client);
    let retries = configs.get("retries").and_then(|text| text.parse().ok()).unwrap_or(i64::MAX);
    job.cluster.reach("metadata").map_err(|_| no_broker(job))?;
    let configs = known(job, configs);
    let spec = ProducerSpec { configs, stream: None };
    let start = Command::AddProducer { producer: client.clone(), spec };
    job.act(vec![start], &[], Refusal::Client);
    let seen = EventId(job.cluster.engine.cluster().events);
    job.mode = Some(Running::Producer(Box::new(Producing {
        client,
        topic,
        reader,
        retries,
        seen,
        requests: 0,
        unanswered: VecDeque::new(),
        closing: false,
    })));
    Ok(())
}

fn no_broker(job: &Job<'_>) -> Stop {
    let topic = job.options.values("topic").first().copied().unwrap_or_default().to_owned();
    let class = "org.apache.kafka.common.errors.TimeoutException";
    let text = format!("Topic {topic} not present in metadata after 60000 ms.");
    Exception::new(class, text).into()
}

fn check_args(job: &mut Job<'_>) -> Result<(), Stop> {
    job.require(&["topic"])?;
    for (new, old) in [
        ("command-config", "producer.config"),
        ("command-property", "producer-property"),
        ("reader-property", "property"),
    ] {
        if job.options.count_of(&[new, old]) == 2 {
            let text = format!("Options --{new} and --{old} cannot be specified together.");
            return Err(Stop::Usage(text));
        }
    }
    for (old, new) in [
        ("producer-property", "command-property"),
        ("producer.config", "command-config"),
        ("property", "reader-property"),
    ] {
        if job.options.has(old) {
            job.screen.out(format!(
                "Warning: --{old} is deprecated and will be removed in a future version. Use --{new} \
                 instead."
            ));
        }
    }
    if job.options.has("max-partition-memory-bytes") {
        job.screen.out(
            "Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka \
             5.0. Use --batch-size instead.",
        );
    }
    address::check_servers(job.options.value("bootstrap-server")?).map_err(Stop::Usage)
}

fn reader(job: &Job<'_>, topic: &str) -> Result<LineReader, Stop> {
    let mut properties = match job.options.value("reader-config")? {
        Some(path) => properties::from_file(job.files, path)?,
        None => Configs::new(),
    };
    properties.insert("topic".to_owned(), topic.to_owned());
    for option in ["property", "reader-property"] {
        properties.extend(properties::from_args(&job.options.values(option)));
    }
    Ok(LineReader::new(&properties)?)
}

/// `producerProps`.
fn configs(job: &Job<'_>) -> Result<Configs, Stop> {
    let mut configs = Configs::new();
    for option in ["producer.config", "command-config"] {
        if let Some(path) = job.options.value(option)? {
            configs.extend(properties::from_file(job.files, path)?);
        }
    }
    for option in ["producer-property", "command-property"] {
        configs.extend(properties::from_args(&job.options.values(option)));
    }
    let codec = match job.options.value("compression-codec")? {
        Some(codec) => codec,
        None if job.options.has("compression-codec") => "gzip",
        None => "none",
    };
    configs.insert("compression.type".to_owned(), codec.to_owned());
    for (config, option) in OPTIONS {
        let _: Option<i64> = match option {
            "request-required-acks" => None,
            number => job.options.number(number)?,
        };
        if job.options.has(option) || !configs.contains_key(config) {
            let value = job.options.value(option)?.unwrap_or_default();
            configs.insert(config.to_owned(), value.to_owned());
        }
    }
    Ok(configs)
}

/// Those configs a producer here has; what it does not know it says, as a client does. Defaults are left out.
fn known(job: &mut Job<'_>, mut configs: Configs) -> Configs {
    for own in ["bootstrap.servers", "client.id", "key.serializer", "value.serializer"] {
        configs.remove(own);
    }
    super::drop_unknown(job, &mut configs, Scope::Producer, &OPTIONS.map(|(config, _)| config));
    configs.retain(|name, value| {
        let default = lookup(Scope::Producer, name).and_then(|def| def.default);
        default != Some(value.as_str()) && !(name == "acks" && value == "-1")
    });
    configs
}

impl Producing {
    /// A typed line: a record to send, or why the tool ends.
    pub(crate) fn line(&mut self, line: &str) -> Result<Command, Exception> {
        let record = self.reader.record(line)?;
        self.unanswered.push_back((size(record.key.as_ref()), size(record.value.as_ref())));
        Ok(self.produce(record))
    }

    fn produce(&self, record: RecordSpec) -> Command {
        let (producer, topic) = (self.client.clone(), self.topic.clone());
        Command::Produce { producer, topic, record, count: 1 }
    }

    /// All lines of a file.
    pub(crate) fn lines(&mut self, text: &str) -> (Vec<Command>, Option<Exception>) {
        let mut commands = Vec::new();
        for line in text.lines().take(MAX_LINES) {
            match self.line(line) {
                Ok(command) => commands.push(command),
                Err(thrown) => return (commands, Some(thrown)),
            }
        }
        (commands, None)
    }

    /// No more lines: flush, close.
    pub(crate) fn close(&mut self) -> Command {
        self.closing = true;
        Command::RemoveProducer { producer: self.client.clone() }
    }

    /// What the client logged since; whether it is closed.
    pub(crate) fn poll(&mut self, engine: &Engine, screen: &mut Screen) -> bool {
        let mut closed = false;
        for row in engine.client_log(&self.client, self.seen, LOG_ROWS) {
            self.seen = row.event;
            let stamp = log_stamp(row.at_ms);
            match row.what {
                ClientLog::Sent => self.requests += 1,
                ClientLog::Acked { records, .. } => {
                    for _ in 0..records {
                        self.unanswered.pop_front();
                    }
                }
                ClientLog::Retry { tp, error } => {
                    self.retries = self.retries.saturating_sub(1).max(0);
                    screen.err(format!(
                        "{stamp} WARN [Producer clientId={}] Got error produce response with \
                         correlation id {} on topic-partition {tp}, retrying ({} attempts left). \
                         Error: {} (org.apache.kafka.clients.producer.internals.Sender)",
                        self.client,
                        self.requests,
                        self.retries,
                        error.name()
                    ));
                }
                ClientLog::Failed { topic, records, exception, error, .. } => {
                    for _ in 0..records {
                        let (key, value) = self.unanswered.pop_front().unwrap_or_default();
                        let bytes = |size: Option<usize>| {
                            size.map_or("null".to_owned(), |size| format!("{size} bytes"))
                        };
                        screen.err(format!(
                            "{stamp} ERROR Error when sending message to topic {topic} with key: {}, \
                             value: {} with error: \
                             (org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)",
                            bytes(key),
                            bytes(value)
                        ));
                        screen.err(format!(
                            "org.apache.kafka.common.errors.{exception}: {}",
                            error.message()
                        ));
                    }
                }
                ClientLog::Closed => closed = true,
                ClientLog::Polled { .. } | ClientLog::Stopped { .. } => {}
            }
        }
        closed
    }

    /// The newest event it knows of.
    pub(crate) fn seen(&self) -> EventId {
        self.seen
    }
}

fn size(payload: Option<&Payload>) -> Option<usize> {
    match payload? {
        Payload::Text(text) => Some(text.len()),
        Payload::Hex { hex } => Some(hex.len() / 2),
    }
}
