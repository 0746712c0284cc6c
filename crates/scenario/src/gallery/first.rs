//! The document of a first visit, as data: the page opens with it before what reads JSON is there. A test holds it to
//! `gallery/default.json`.

use crate::document::{Document, ViewHints};
use log_engine::command::{
    Arrivals, GroupSpec, KeyDistribution, MemberSpec, ProducerSpec, StreamSpec,
};
use log_engine::{ClusterSpec, Command, Configs};

/// The document.
pub fn document() -> Document {
    Document {
        // The file is of version 1, and reads as the newest.
        title: "Orders on three brokers".to_owned(),
        about: "Each record is on three brokers, each key keeps to one partition, two groups read at their own pace, \
                and old segments are deleted. Try it: crash a broker that leads, and watch who takes over and when."
            .to_owned(),
        seed: 42,
        at: Some(42_000),
        cluster: ClusterSpec {
            brokers: 3,
            configs: configs(&[("log.retention.check.interval.ms", "2000")]),
            ..ClusterSpec::default()
        },
        setup: vec![topic(), checkout(), web(), billing(), audit()],
        view: Some(ViewHints {
            speed_x10: Some(10),
            playing: Some(true),
            topic: Some(TOPIC.to_owned()),
            ..ViewHints::default()
        }),
        ..Document::default()
    }
}

const TOPIC: &str = "orders";

fn topic() -> Command {
    Command::CreateTopic {
        topic: TOPIC.to_owned(),
        partitions: 4,
        replication_factor: 3,
        configs: configs(&[
            ("internal.segment.bytes", "1024"),
            ("min.insync.replicas", "2"),
            ("retention.ms", "30000"),
            ("segment.ms", "8000"),
        ]),
        assignments: Vec::new(),
    }
}

fn checkout() -> Command {
    let keys = ["alice", "bob", "carol", "dave", "erin", "frank", "ivan"];
    let keys = KeyDistribution::Zipf { keys: keys.map(str::to_owned).to_vec() };
    producer("checkout", &[], StreamSpec { arrivals: Arrivals::Random, ..stream(4, keys) })
}

fn web() -> Command {
    producer("web", &[("acks", "1")], stream(1, KeyDistribution::Null))
}

fn billing() -> Command {
    let members = ["billing-1", "billing-2", "billing-3"];
    group("billing", "CooperativeStickyAssignor", 180_000, &members)
}

fn audit() -> Command {
    group("audit", "RangeAssignor", 0, &["audit-1"])
}

fn producer(name: &str, of: &[(&str, &str)], stream: StreamSpec) -> Command {
    let spec = ProducerSpec { configs: configs(of), stream: Some(stream) };
    Command::AddProducer { producer: name.to_owned(), spec }
}

fn stream(records: u32, keys: KeyDistribution) -> StreamSpec {
    StreamSpec {
        topic: TOPIC.to_owned(),
        records,
        per_ms: 1000,
        arrivals: Arrivals::Even,
        keys,
        null_key_percent: 0,
        value_bytes_min: 24,
        value_bytes_max: 24,
    }
}

fn group(name: &str, assignor: &str, processing_us: u64, members: &[&str]) -> Command {
    let member =
        |name: &&str| MemberSpec { member: Some((*name).to_owned()), ..MemberSpec::default() };
    let assignor = format!("org.apache.kafka.clients.consumer.{assignor}");
    let spec = GroupSpec {
        topics: vec![TOPIC.to_owned()],
        configs: configs(&[
            ("auto.offset.reset", "earliest"),
            ("partition.assignment.strategy", &assignor),
        ]),
        processing_us,
        members: members.iter().map(member).collect(),
    };
    Command::AddGroup { group: name.to_owned(), spec }
}

fn configs(of: &[(&str, &str)]) -> Configs {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use crate::gallery::by_name;

    #[test]
    fn it_is_the_file() {
        let file = by_name("default").map(crate::gallery::GalleryEntry::document);
        assert_eq!(Some(Ok(super::document())), file);
    }
}
