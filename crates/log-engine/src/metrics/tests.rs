//! Names are those of a real Kafka, and are listed for the reader.

use super::catalog::{self, Bean};
use super::*;
use std::collections::BTreeMap;

fn all() -> Vec<&'static Bean> {
    let brokers = catalog::of_broker().chain(catalog::of_controller());
    brokers.chain(catalog::of_producer()).chain(catalog::of_consumer()).collect()
}

/// The name as the recorded cluster has it: topic `orders`, clients `checkout` and `billing-1`.
fn recorded(bean: &Bean) -> String {
    let client = if bean.name.contains("producer") { "checkout" } else { "billing-1" };
    bean.name
        .replace("{topic}", "orders")
        .replace("{partition}", "0")
        .replace("{client}", client)
        .replace("{request}", "Produce")
        .replace("{error}", "NONE")
}

/// What a cluster of one node has no use for: fetches of followers, members that leave, epochs that end.
fn is_unused(name: &str) -> bool {
    name.contains("RequestsPerSec")
        && ["FetchFollower", "LeaveGroup", "OffsetForLeaderEpoch"]
            .iter()
            .any(|api| name.contains(api))
}

#[test]
fn every_name_and_attribute_is_one_that_kafka_4_3_1_registers() {
    let real: BTreeMap<String, Vec<String>> = crate::test_support::golden("mbeans.json");
    for bean in all() {
        let name = recorded(bean);
        let Some(attributes) = real.get(&name) else {
            assert!(is_unused(&name), "Kafka has no {name}");
            continue;
        };
        for (attribute, _) in bean.attributes {
            assert!(attributes.iter().any(|real| real == attribute), "{name} has no {attribute}");
        }
    }
}

#[test]
fn no_attribute_is_there_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for bean in all() {
        for (attribute, _) in bean.attributes {
            assert!(seen.insert((bean.name, *attribute)), "{} {attribute}", bean.name);
        }
    }
}

#[test]
fn the_docs_list_every_bean_with_its_class() {
    let docs = include_str!("../../../../docs/metrics.md");
    for bean in all() {
        let listed = |line: &str| line.contains(bean.name) && line.contains(bean.class);
        let requests = bean.name.contains("type=RequestMetrics,name=");
        let name = bean.name.split(",request=").next().unwrap();
        let found = docs.lines().any(|line| listed(line) || (requests && line.contains(name)));
        assert!(found, "docs/metrics.md does not list {} of {}", bean.name, bean.class);
        for (attribute, _) in bean.attributes {
            assert!(docs.contains(attribute), "docs/metrics.md does not list {attribute}");
        }
    }
}

#[test]
fn replication_is_packed_into_one_number() {
    for (isr, replicas, min_isr) in [(0, 1, 1), (3, 3, 2), (1, 100, 99)] {
        let known = Replication { isr, replicas, min_isr };
        assert_eq!(Replication::unpack(known.pack()), Some(known));
    }
    assert_eq!(Replication::unpack(0), None);
}
