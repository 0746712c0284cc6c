//! What a cluster has come to: brokers as they are registered, partitions as an administrator sees them, and each
//! replica as it lies on its broker's disk.

use kafka_log::{Batch, Log};
use log_engine::view::{BrokerState, BrokerView, PartitionView};
use log_engine::{BrokerId, Engine};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// All of it.
pub fn state(engine: &Engine, fencings: &BTreeMap<BrokerId, u32>) -> Value {
    let cluster = engine.cluster();
    let mut brokers = Map::new();
    for broker in &cluster.brokers {
        let count = fencings.get(&broker.id).copied().unwrap_or_default();
        let told = json!({ "runs": runs(broker), "fenced": broker.fenced, "fencings": count });
        brokers.insert(broker.id.0.to_string(), told);
    }
    let mut topics = Map::new();
    let down: Vec<BrokerId> =
        cluster.brokers.iter().filter(|broker| !runs(broker)).map(|broker| broker.id).collect();
    for topic in &cluster.topics {
        let partitions = engine.partitions(&topic.name);
        let told = partitions.iter().map(|known| partition(engine, known, &down)).collect();
        topics.insert(topic.name.clone(), told);
    }
    json!({ "brokers": brokers, "topics": topics })
}

/// A process that stands still is there.
fn runs(broker: &BrokerView) -> bool {
    broker.up || broker.state == BrokerState::Frozen
}

fn partition(engine: &Engine, known: &PartitionView, down: &[BrokerId]) -> Value {
    let log = |broker| engine.replica_log(broker, &known.topic, known.partition);
    let mut logs = Map::new();
    for &broker in &known.replicas {
        let mut told = log(broker).as_ref().map_or(Value::Null, replica);
        // Epochs in which nothing was written are forgotten when a log is loaded; ours is when its broker ends.
        if let Some(told) = told.as_object_mut().filter(|_| down.contains(&broker)) {
            told.remove("epochs");
        }
        logs.insert(broker.0.to_string(), told);
    }
    let led = known.leader.and_then(log);
    json!({
        "leader": known.leader.map_or(-1, |leader| leader.0),
        "leaderEpoch": known.leader_epoch,
        "partitionEpoch": known.partition_epoch,
        "replicas": ids(&known.replicas),
        "isr": sorted(&known.isr),
        "elr": sorted(&known.elr),
        "lastKnownElr": sorted(&known.last_known_elr),
        "adding": sorted(&known.adding),
        "removing": sorted(&known.removing),
        "start": led.as_ref().map(Log::log_start_offset),
        "end": led.as_ref().and_then(|log| latest(log, known.leader_epoch)),
        "logs": logs,
    })
}

/// ListOffsets of the latest offset: a new leader that does not know yet that its epoch's start is committed has no
/// answer (R-LOG-34).
fn latest(log: &Log, leader_epoch: i32) -> Option<i64> {
    let epoch = log.leader_epochs().entries().iter().find(|entry| entry.epoch == leader_epoch);
    let known = epoch.is_none_or(|epoch| log.high_watermark() >= epoch.start_offset);
    known.then(|| log.high_watermark())
}

fn ids(brokers: &[BrokerId]) -> Vec<i32> {
    brokers.iter().map(|broker| broker.0).collect()
}

/// Sets have no order.
fn sorted(brokers: &[BrokerId]) -> Vec<i32> {
    let mut ids = ids(brokers);
    ids.sort_unstable();
    ids
}

fn replica(log: &Log) -> Value {
    let entries = log.leader_epochs().entries().iter();
    let epochs: Vec<Value> =
        entries.map(|entry| json!([entry.epoch, entry.start_offset])).collect();
    let records: Vec<Value> = log.batches_from(i64::MIN).flat_map(rows).collect();
    json!({ "end": file_end(log), "epochs": epochs, "records": records })
}

/// Where the files end. The log itself may end later: one that was cut inside a batch has lost all of it.
fn file_end(log: &Log) -> i64 {
    let last = log.batches_from(i64::MIN).last().map_or(0, Batch::next_offset);
    log.segments().map(|segment| segment.base_offset).fold(last, i64::max)
}

/// Offset, leader epoch, key, value, producer epoch, sequence.
fn rows(batch: &Batch) -> Vec<Value> {
    let text =
        |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let row = |record: kafka_log::batch::Record| {
        let (key, value) = (text(record.key.as_deref()), text(record.value.as_deref()));
        let (epoch, producer_epoch) = (batch.partition_leader_epoch(), batch.producer_epoch());
        json!([record.offset, epoch, key, value, producer_epoch, record.sequence])
    };
    batch.records().flatten().map(row).collect()
}
