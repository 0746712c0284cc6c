//! How a record is printed (`DefaultMessageFormatter`).

use super::Job;
use super::console_consumer::{deprecated, no_class};
use crate::exception::Stop;
use crate::properties;
use crate::screen::Screen;
use kafka_log::batch::{Record, TimestampType};
use log_engine::Configs;

const DEFAULT: &str = "org.apache.kafka.tools.consumer.DefaultMessageFormatter";
const SILENT: &str = "org.apache.kafka.tools.consumer.NoOpMessageFormatter";

/// Formatter properties.
#[derive(Debug, Clone)]
pub(super) struct Formatter {
    silent: bool,
    timestamp: bool,
    key: bool,
    value: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key_separator: String,
    line_separator: String,
    headers_separator: String,
    null_literal: String,
}

impl Formatter {
    /// `buildFormatter`.
    pub(super) fn of(job: &mut Job<'_>) -> Result<Self, Stop> {
        let class = job.options.value("formatter")?.unwrap_or(DEFAULT).to_owned();
        if class != DEFAULT && class != SILENT {
            return Err(Stop::Usage(no_class(&class).message));
        }
        if job.options.count_of(&["property", "formatter-property"]) == 2 {
            let text = "Options --property and --formatter-property cannot be specified together.";
            return Err(Stop::Usage(text.to_owned()));
        }
        if job.options.has("property") {
            deprecated(job, "property", "formatter-property");
        }
        let mut properties = match job.options.value("formatter-config")? {
            Some(path) => properties::from_file(job.files, path)?,
            None => Configs::new(),
        };
        for option in ["property", "formatter-property"] {
            properties.extend(properties::from_args(&job.options.values(option)));
        }
        let flag = |name: &str, default: bool| {
            let given = properties.get(name);
            given.map_or(default, |value| value.trim().eq_ignore_ascii_case("true"))
        };
        let text = |name: &str, default: &str| {
            properties.get(name).map_or(default.to_owned(), |value| value.replace("\\t", "\t"))
        };
        Ok(Self {
            silent: class == SILENT,
            timestamp: flag("print.timestamp", false),
            key: flag("print.key", false),
            value: flag("print.value", true),
            partition: flag("print.partition", false),
            offset: flag("print.offset", false),
            delivery: flag("print.delivery", false),
            epoch: flag("print.epoch", false),
            headers: flag("print.headers", false),
            key_separator: text("key.separator", "\t"),
            line_separator: text("line.separator", "\n"),
            headers_separator: text("headers.separator", ","),
            null_literal: text("null.literal", "null"),
        })
    }

    /// Prints one record.
    pub(super) fn print(
        &self,
        screen: &mut Screen,
        partition: i32,
        stamp: TimestampType,
        record: &Record,
    ) {
        if self.silent {
            return;
        }
        let mut parts = Vec::new();
        if self.timestamp {
            parts.push(format!("{}:{}", stamp.name(), record.timestamp));
        }
        if self.partition {
            parts.push(format!("Partition:{partition}"));
        }
        if self.offset {
            parts.push(format!("Offset:{}", record.offset));
        }
        if self.delivery {
            parts.push("Delivery:NOT_PRESENT".to_owned());
        }
        if self.epoch {
            parts.push("Epoch:NOT_PRESENT".to_owned());
        }
        if self.headers {
            parts.push(self.headers_of(record));
        }
        if self.key {
            parts.push(self.bytes(record.key.as_deref()));
        }
        if self.value {
            parts.push(self.bytes(record.value.as_deref()));
        }
        let line = parts.join(&self.key_separator) + &self.line_separator;
        screen.out(line.strip_suffix('\n').unwrap_or(&line));
    }

    fn bytes(&self, bytes: Option<&[u8]>) -> String {
        let bytes = bytes.map(String::from_utf8_lossy);
        bytes.map_or_else(|| self.null_literal.clone(), |text| text.into_owned())
    }

    fn headers_of(&self, record: &Record) -> String {
        let header = |header: kafka_log::HeaderRef<'_>| {
            format!("{}:{}", header.key_text(), self.bytes(header.value))
        };
        let headers: Vec<String> = record.headers.iter().map(header).collect();
        if headers.is_empty() {
            "NO_HEADERS".to_owned()
        } else {
            headers.join(&self.headers_separator)
        }
    }
}
