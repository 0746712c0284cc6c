//! Partitions as a zip of the folders that a broker has, handed to the browser piece by piece: each piece goes into a
//! Blob of the browser's at once, so that the page never holds the zip beside the logs.

use super::Step;
use crate::browser;
use crate::session::Session;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use log_files::{Export, ExportPartition};
use web_sys::{Blob, BlobPropertyBag};

/// Bytes that are handed to the browser at once.
const PIECE: usize = 2 << 20;

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// One partition of a topic.
    Partition(String, i32),
    /// A topic.
    Topic(String),
    /// All topics.
    All,
}

impl What {
    /// The partitions it means, now.
    pub fn partitions(&self, session: Session) -> Vec<(String, i32)> {
        match self {
            What::Partition(topic, partition) => vec![(topic.clone(), *partition)],
            What::Topic(name) => of_topics(session, Some(name)),
            What::All => of_topics(session, None),
        }
    }

    /// The zip's name.
    pub fn file_name(&self) -> String {
        match self {
            What::Partition(topic, partition) => format!("{topic}-{partition}.zip"),
            What::Topic(topic) => format!("{topic}.zip"),
            What::All => "kafka-logs.zip".to_owned(),
        }
    }
}

fn of_topics(session: Session, only: Option<&str>) -> Vec<(String, i32)> {
    let topics = session.read(|engine| engine.cluster().topics);
    let topics = topics.into_iter().filter(|topic| only.is_none_or(|only| topic.name == only));
    topics
        .flat_map(|topic| {
            (0..topic.partitions).map(move |partition| (topic.name.clone(), partition))
        })
        .collect()
}

/// An export under way, if one is.
#[derive(Clone, Copy)]
pub struct Exporter {
    /// How much is done, of 100; none while nothing is exported.
    pub percent: RwSignal<Option<u32>>,
    /// Why the last one failed.
    pub failed: RwSignal<Option<String>>,
    current: StoredValue<u64>,
}

impl Exporter {
    /// Nothing under way. It is given up with its owner.
    pub fn new() -> Self {
        let current = StoredValue::new(0);
        Self { percent: RwSignal::new(None), failed: RwSignal::new(None), current }
    }

    /// Begins; the browser gets the zip when it is done, and then `done` is called with its name.
    pub fn start(self, session: Session, what: What, done: impl Fn(String) + 'static) {
        self.cancel();
        self.failed.set(None);
        self.percent.set(Some(0));
        let number = self.current.get_value();
        spawn_local(async move {
            let outcome = self.run(number, session, &what).await;
            if self.current.try_get_value() != Some(number) {
                return;
            }
            self.percent.set(None);
            match outcome {
                Ok(()) => done(what.file_name()),
                Err(why) => self.failed.set(Some(why)),
            }
        });
    }

    /// Gives up what is under way.
    pub fn cancel(self) {
        self.current.update_value(|current| *current += 1);
        self.percent.set(None);
    }

    async fn run(self, number: u64, session: Session, what: &What) -> Result<(), String> {
        let mut partitions = Vec::new();
        for (topic, partition) in what.partitions(session) {
            let found = session.read(|engine| {
                let (log, id) = engine.partition_log(&topic, partition)?;
                Some(ExportPartition::new(&topic, partition, Some(&id), &log))
            });
            partitions.extend(found);
        }
        let mut export = Export::new(partitions).map_err(|error| error.to_string())?;
        let refused = |_| "The browser has no room for the zip.".to_owned();
        let (parts, mut step) = (Array::new(), Step::begin());
        while let Some(file) = export.next() {
            for piece in file.chunks(PIECE) {
                let piece = Array::of1(&Uint8Array::from(piece));
                let piece = Blob::new_with_u8_array_sequence(&piece).map_err(refused)?;
                parts.push(&piece);
                step.rest().await;
            }
            if self.current.try_get_value() != Some(number) {
                return Ok(());
            }
            let done = export.written_bytes() * 100 / export.total_bytes().max(1);
            self.percent.set(Some(u32::try_from(done).unwrap_or(100)));
        }
        let options = BlobPropertyBag::new();
        options.set_type("application/zip");
        let zip = Blob::new_with_blob_sequence_and_options(&parts, &options).map_err(refused)?;
        match browser::offer(&what.file_name(), &zip) {
            true => Ok(()),
            false => Err("The browser did not take the file.".to_owned()),
        }
    }
}

impl Default for Exporter {
    fn default() -> Self {
        Self::new()
    }
}
