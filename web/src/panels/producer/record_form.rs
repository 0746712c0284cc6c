//! One record as it is being written by hand.

use crate::panels::text::parse_clock;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::{Payload, RecordSpec};
use log_engine::view::PartitionChoiceView;

/// A key or a value: text, zero bytes, or none at all. These are three different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What is typed.
    Text,
    /// Zero bytes.
    Empty,
    /// Null.
    Null,
}

impl Kind {
    /// The words of all three.
    pub const WORDS: [&'static str; 3] = ["text", "empty", "null"];

    /// By its word.
    pub fn of(word: &str) -> Self {
        match word {
            "empty" => Kind::Empty,
            "null" => Kind::Null,
            _ => Kind::Text,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Empty => "empty",
            Kind::Null => "null",
        }
    }
}

/// A key or a value in the form.
#[derive(Clone, Copy)]
pub struct BytesDraft {
    /// Which of the three.
    pub kind: RwSignal<Kind>,
    /// What is typed.
    pub text: RwSignal<String>,
}

impl BytesDraft {
    fn new(text: &str) -> Self {
        Self { kind: RwSignal::new(Kind::Text), text: RwSignal::new(text.to_owned()) }
    }

    /// The bytes as text; none for null.
    pub fn get(self) -> Option<String> {
        match self.kind.get() {
            Kind::Text => Some(self.text.get()),
            Kind::Empty => Some(String::new()),
            Kind::Null => None,
        }
    }
}

/// One header in the form; the number keeps rows apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderDraft {
    /// Its number.
    pub id: u32,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The form.
#[derive(Clone, Copy)]
pub struct RecordForm {
    /// The session.
    pub session: Session,
    producer: StoredValue<String>,
    /// The topic.
    pub topic: RwSignal<String>,
    /// The key.
    pub key: BytesDraft,
    /// The value.
    pub value: BytesDraft,
    /// The headers.
    pub headers: RwSignal<Vec<HeaderDraft>>,
    /// A chosen partition.
    pub partition: RwSignal<Option<i32>>,
    /// A chosen timestamp as typed; none means the clock.
    pub timestamp: RwSignal<Option<String>>,
    /// How many.
    pub count: RwSignal<u32>,
    /// What was refused: field and words.
    pub refused: RwSignal<Option<(String, String)>>,
}

impl RecordForm {
    /// A form for `producer`, about the shown topic.
    pub fn new(session: Session, producer: &str) -> Self {
        let topic = session.page.topic.get_untracked().unwrap_or_default();
        Self {
            session,
            producer: StoredValue::new(producer.to_owned()),
            topic: RwSignal::new(topic),
            key: BytesDraft::new("bob"),
            value: BytesDraft::new("{\"total\":42}"),
            headers: RwSignal::new(Vec::new()),
            partition: RwSignal::new(None),
            timestamp: RwSignal::new(None),
            count: RwSignal::new(1),
            refused: RwSignal::new(None),
        }
    }

    /// The record, as a command carries it. A timestamp that cannot be read counts as not set.
    pub fn spec(self) -> RecordSpec {
        let headers = self.headers.get().into_iter();
        RecordSpec {
            key: self.key.get().map(Payload::Text),
            value: self.value.get().map(Payload::Text),
            headers: headers.map(|h| (h.key, Some(Payload::Text(h.value)))).collect(),
            timestamp: self.moment().ok().flatten(),
            partition: self.partition.get(),
        }
    }

    /// The chosen timestamp in ms since the epoch.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn moment(self) -> Result<Option<i64>, &'static str> {
        let Some(typed) = self.timestamp.get() else { return Ok(None) };
        let start_ms = self.session.cluster.with_untracked(|cluster| cluster.start_ms);
        match typed.trim().parse::<i64>() {
            // A number this long is a timestamp as Kafka has it, not seconds.
            Ok(epoch_ms) if epoch_ms.unsigned_abs() > 100_000_000_000 => Ok(Some(epoch_ms)),
            _ => parse_clock(&typed)
                .and_then(|ms| Some(Some(start_ms.checked_add_unsigned(ms)?)))
                .ok_or("Write a moment as the clock shows it, 00:41.940, or ms since 1970."),
        }
    }

    /// Where it would go, and why.
    pub fn choice(self) -> Option<PartitionChoiceView> {
        let (spec, topic) = (self.spec(), self.topic.get());
        self.producer.with_value(|producer| {
            self.session.read(|engine| engine.partition_choice(producer, &topic, &spec))
        })
    }

    /// Sends it.
    pub fn send(self) {
        if untrack(|| self.moment()).is_err() {
            return;
        }
        let command = untrack(|| Command::Produce {
            producer: self.producer.get_value(),
            topic: self.topic.get(),
            record: self.spec(),
            count: self.count.get(),
        });
        let refused = self.session.apply(command).err();
        self.refused.set(refused.map(|error| (error.field.unwrap_or_default(), error.message)));
    }

    /// What was refused about `field`; with an empty name, what is about none of the form's fields.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        const FIELDS: [&str; 7] =
            ["key", "value", "headers", "partition", "timestamp", "count", "topic"];
        Signal::derive(move || {
            self.refused.with(|refused| {
                let (about, message) = refused.as_ref()?;
                let fits =
                    about == field || (field.is_empty() && !FIELDS.contains(&about.as_str()));
                fits.then(|| message.clone())
            })
        })
    }
}
