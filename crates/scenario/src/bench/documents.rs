//! The documents that are played to measure.

use super::{PRODUCER, WARM_UP_MS};
use crate::document::{Document, JournalEntry};
use log_engine::Configs;
use log_engine::command::{
    Command, GroupSpec, KeyDistribution, MemberSpec, ProducerSpec, StreamSpec,
};
use std::collections::BTreeMap;

/// Value of a benchmark record, in bytes.
const RECORD_BYTES: u32 = 100;
/// Records a second of virtual time.
pub(super) const RECORDS_PER_S: u32 = 1_000_000;

pub(super) fn topic(partitions: i32, replication_factor: i16, configs: &[(&str, &str)]) -> Command {
    Command::CreateTopic {
        topic: "bench".to_owned(),
        partitions,
        replication_factor,
        configs: self::configs(configs),
        assignments: Vec::new(),
    }
}

pub(super) fn stream() -> StreamSpec {
    StreamSpec {
        topic: "bench".to_owned(),
        records: RECORDS_PER_S,
        per_ms: 1000,
        arrivals: Default::default(),
        keys: Default::default(),
        null_key_percent: 0,
        value_bytes_min: RECORD_BYTES,
        value_bytes_max: RECORD_BYTES,
    }
}

pub(super) fn producer(stream: Option<StreamSpec>) -> Command {
    let spec = ProducerSpec { configs: Configs::new(), stream };
    Command::AddProducer { producer: PRODUCER.to_owned(), spec }
}

pub(super) fn group(members: usize) -> Command {
    Command::AddGroup {
        group: "bench".to_owned(),
        spec: GroupSpec {
            topics: vec!["bench".to_owned()],
            members: vec![MemberSpec::default(); members],
            ..GroupSpec::default()
        },
    }
}

pub(super) fn configs(pairs: &[(&str, &str)]) -> Configs {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect::<BTreeMap<_, _>>()
}

/// All clients with Kafka's defaults; retention by size keeps the memory of a tab. Records come once the group is
/// formed.
pub(super) fn throughput_document(brokers: u32) -> Document {
    let small = [("retention.bytes", "8388608"), ("segment.bytes", "2097152")];
    Document {
        title: "Throughput".to_owned(),
        setup: vec![topic(12, factor(brokers), &small), group(3), producer(None)],
        journal: vec![JournalEntry::new(
            WARM_UP_MS,
            Command::SetStream { producer: PRODUCER.to_owned(), stream: Some(stream()) },
        )],
        cluster: log_engine::ClusterSpec {
            brokers,
            configs: configs(&[("log.retention.check.interval.ms", "500")]),
            ..Default::default()
        },
        ..Document::default()
    }
}

/// Three replicas where there are three brokers.
pub(super) fn factor(brokers: u32) -> i16 {
    if brokers >= 3 { 3 } else { 1 }
}

pub(super) fn hundred_document() -> Document {
    let stream = StreamSpec { records: 10_000, ..stream() };
    Document {
        title: "A hundred brokers".to_owned(),
        setup: vec![topic(1_000, 3, &[("retention.bytes", "1048576")]), producer(None)],
        journal: vec![JournalEntry::new(
            WARM_UP_MS,
            Command::SetStream {
                producer: PRODUCER.to_owned(),
                stream: Some(StreamSpec {
                    keys: KeyDistribution::Sequence { prefix: "k".to_owned(), count: 10_000 },
                    ..stream
                }),
            },
        )],
        cluster: log_engine::ClusterSpec { brokers: 100, ..Default::default() },
        ..Document::default()
    }
}

pub(super) fn idle_week_document(brokers: u32) -> Document {
    Document {
        title: "Idle week".to_owned(),
        cluster: log_engine::ClusterSpec { brokers, ..Default::default() },
        setup: vec![topic(12, factor(brokers), &[]), group(6)],
        ..Document::default()
    }
}

pub(super) fn clone_document() -> Document {
    Document {
        title: "A million records".to_owned(),
        setup: vec![topic(12, 1, &[("segment.bytes", "1048576")]), producer(Some(stream()))],
        ..Document::default()
    }
}
