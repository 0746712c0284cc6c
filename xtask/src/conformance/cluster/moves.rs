//! What steps are made of.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::script::{BROKERS, Move, REST_MS, Script};

/// `crash-broker` and its kin.
pub fn node(what: &str, broker: i64) -> Move {
    Move::Do(json!({ "do": what, "broker": broker }))
}

/// `add-producer`.
pub fn producer(name: &str, configs: &[(&str, &str)]) -> Move {
    // All at once, as one batch; metadata grows old on neither side.
    let mut all = vec![("linger.ms", "20"), ("metadata.max.age.ms", "3600000")];
    all.extend(configs);
    let configs: Map<String, Value> =
        all.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    Move::Do(json!({ "do": "add-producer", "producer": name, "configs": configs }))
}

/// The producers of a case: those that get their answer however long it takes, and those that soon give up.
pub fn producers(script: &mut Script<'_>) -> Result<()> {
    let patient = ("request.timeout.ms", "10000");
    let (soon, early) = (("delivery.timeout.ms", "3500"), ("request.timeout.ms", "2000"));
    let moves = vec![
        producer("all", &[patient]),
        producer("plain", &[patient, ("enable.idempotence", "false")]),
        producer("one", &[patient, ("acks", "1")]),
        producer("brief", &[early, soon]),
        producer("brief-one", &[early, soon, ("acks", "1")]),
    ];
    script.set_up("producers", moves)
}

/// `create-topic` with replicas spread as one would: each partition's begin with the next broker.
pub fn topic(name: &str, partitions: i64, factor: i64, configs: &[(&str, &str)]) -> Move {
    let replicas = |first| (first..first + factor).map(|at| at % BROKERS + 1).collect();
    assigned_topic(name, (0..partitions).map(replicas).collect(), configs)
}

/// `create-topic` with each partition's replicas.
pub fn assigned_topic(name: &str, replicas: Vec<Vec<i64>>, configs: &[(&str, &str)]) -> Move {
    let configs: Map<String, Value> =
        configs.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    Move::Do(json!({ "do": "create-topic", "topic": name, "assignments": replicas,
        "configs": configs }))
}

/// `elect-leaders` of one partition.
pub fn elect(how: &str, topic: &str, partition: usize) -> Move {
    Move::Do(json!({ "do": "elect-leaders", "election": how, "topic": topic,
        "partition": partition }))
}

/// `reassign` of one partition.
pub fn reassign(topic: &str, partition: usize, replicas: &[i64]) -> Move {
    let part = json!({ "topic": topic, "partition": partition, "replicas": replicas });
    Move::Do(json!({ "do": "reassign", "partitions": [part] }))
}

/// `alter-topic-configs`.
pub fn alter(topic: &str, name: &str, value: &str) -> Move {
    Move::Do(json!({ "do": "alter-topic-configs", "topic": topic, "set": { name: value } }))
}

/// Sends records and hears what became of them. A producer that wants no answer is a new one each time: one that has
/// sent before may know a leader of old, and it is chance how soon it learns of another.
pub fn send(script: &mut Script<'_>, name: &str, topic: &str, count: u64) -> Result<()> {
    let mut moves = Vec::new();
    let mut sender = name.to_owned();
    if name == "none" {
        sender = format!("none-{}", script.steps.len());
        moves.push(producer(&sender, &[("acks", "0")]));
    }
    moves.push(script.produce(&sender, topic, count));
    moves.push(Move::Outcomes(sender));
    script.step(&format!("{name} sends {count} records to {topic}"), moves)
}

/// A broker dies.
pub fn crash(script: &mut Script<'_>, broker: i64) -> Result<()> {
    script.step(&format!("crash of {broker}"), vec![node("crash-broker", broker)])
}

/// A broker's process starts again.
pub fn start(script: &mut Script<'_>, broker: i64) -> Result<()> {
    script.step(&format!("start of {broker}"), vec![node("start-broker", broker)])
}

/// Records that the leader acks alone, while its followers stand still and then go on without it. The pause lets the
/// fetches end that wait at the leader: what they find would be copied after all.
pub fn tail(script: &mut Script<'_>, topic: &str, count: u64) -> Result<()> {
    let (leader, followers) = (script.leader(topic, 0)?, script.followers(topic, 0)?);
    let each = |what: &'static str| followers.iter().map(move |&follower| node(what, follower));
    // The producer knows its leader before: a broker that stands still would not tell it.
    let mut moves = vec![script.produce("one", topic, 1), Move::Outcomes("one".to_owned())];
    moves.push(Move::Pass(REST_MS));
    moves.extend(each("freeze-broker"));
    moves.push(Move::Pass(REST_MS));
    moves.push(script.produce("one", topic, count));
    moves.push(Move::Outcomes("one".to_owned()));
    moves.push(node("crash-broker", leader));
    moves.extend(each("thaw-broker"));
    script.step(&format!("{leader} acks {count} records alone and dies"), moves)
}
