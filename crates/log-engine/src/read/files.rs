//! A partition's folder.

use crate::ids::TopicPartition;
use crate::world::World;
use bytes::Bytes;
use kafka_log::Log;
use kafka_log::files::{PARTITION_METADATA, partition_metadata};

impl World {
    /// The partition's log, sharing its bytes, and the topic's id.
    pub(crate) fn partition_log(&self, topic: &str, number: i32) -> Option<(Log, String)> {
        let (_, partition) = self.shown(&TopicPartition::new(topic, number))?;
        let image = self.image().topics.get(topic)?;
        Some((partition.log.clone(), image.id.to_string()))
    }

    /// The files in it, by name.
    pub(crate) fn partition_files(&self, topic: &str, number: i32) -> Vec<(String, Bytes)> {
        let tp = TopicPartition::new(topic, number);
        let Some((_, partition)) = self.shown(&tp) else { return Vec::new() };
        let Some(image) = self.image().topics.get(topic) else { return Vec::new() };
        let log = partition.log.stopped();
        let bytes = |file: kafka_log::files::LogFile| {
            let bytes = log.file_bytes(file.offset, file.kind)?;
            Some((file.name, Bytes::from(bytes)))
        };
        let mut files: Vec<(String, Bytes)> = log.files().into_iter().filter_map(bytes).collect();
        let metadata = partition_metadata(&image.id.to_string());
        files.push((PARTITION_METADATA.to_owned(), Bytes::from(metadata)));
        files
    }
}
