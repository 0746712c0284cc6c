//! A case as it is written: each step is played on our cluster at once, so that the next can be chosen by what came of it.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::super::talk::Talk;

/// How long nothing may happen before our cluster is taken to be at rest, in virtual ms: longer than a session, a
/// retry or a backoff.
const QUIET_MS: u64 = 10_000;
/// A producer's records have an outcome by then.
pub const OUTCOME_MS: u64 = 90_000;
/// After so long a follower has heard of the newest high watermark, and its fetch that waits at a leader has ended.
pub const REST_MS: u64 = 250;
/// Brokers of a case's cluster.
pub const BROKERS: i64 = 3;
/// The controller's node, which is no broker.
pub const CONTROLLER: i64 = 3000;
/// What both clusters run with. Short sessions, since most waiting is for them to end; and nothing that comes by itself
/// at a time of its own.
pub const CONFIGS: &[(&str, &str)] = &[
    ("auto.create.topics.enable", "false"),
    ("auto.leader.rebalance.enable", "false"),
    ("broker.heartbeat.interval.ms", "300"),
    ("broker.session.timeout.ms", "3000"),
    ("log.initial.task.delay.ms", "3600000"),
    ("replica.fetch.wait.max.ms", "100"),
    ("replica.high.watermark.checkpoint.interval.ms", "100"),
    ("unclean.leader.election.interval.ms", "3600000"),
];

/// One thing done. Moves of a step follow each other at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// A command of a journal.
    Do(Value),
    /// Several records at one moment: key and value of each.
    Produce {
        /// Who sends.
        producer: String,
        /// Where to.
        topic: String,
        /// Keys and values.
        records: Vec<(String, String)>,
    },
    /// Time passes.
    Pass(u64),
    /// All that a producer has sent gets its outcome.
    Outcomes(String),
}

impl Move {
    /// As both programs are asked.
    pub fn line(&self) -> Value {
        match self {
            Self::Do(command) => json!({ "op": "do", "command": command }),
            Self::Produce { producer, topic, records } => {
                json!({ "op": "produce", "producer": producer, "topic": topic, "records": records })
            }
            Self::Pass(ms) => json!({ "op": "pass", "ms": ms }),
            Self::Outcomes(producer) => {
                json!({ "op": "outcomes", "producer": producer, "ms": OUTCOME_MS })
            }
        }
    }
}

/// Moves, and what our cluster made of them when it was at rest again.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it is, in words.
    pub about: String,
    /// What is done.
    pub moves: Vec<Move>,
    /// Without it the rest makes no sense.
    pub is_setup: bool,
    /// What our cluster answered to each move.
    pub answers: Vec<Value>,
    /// How it stood afterwards.
    pub state: Value,
}

/// A case being written.
pub struct Script<'a> {
    ours: &'a mut Talk,
    /// What it is about.
    pub name: String,
    /// The steps so far.
    pub steps: Vec<Step>,
    /// Records so far: each has a value of its own.
    sent: u64,
}

impl<'a> Script<'a> {
    /// A new cluster of ours.
    pub fn begin(ours: &'a mut Talk, name: &str, seed: u64) -> Result<Self> {
        let configs: Map<String, Value> =
            CONFIGS.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let cluster =
            json!({ "brokers": BROKERS, "quorum": { "separate": 1 }, "configs": configs });
        ours.must(&json!({ "op": "new", "cluster": cluster, "seed": seed, "title": name }))?;
        Ok(Self { ours, name: name.to_owned(), steps: Vec::new(), sent: 0 })
    }

    /// Does something and waits until all is at rest.
    pub fn step(&mut self, about: &str, moves: Vec<Move>) -> Result<()> {
        self.play(about, moves, false)
    }

    /// The same, for what all the rest stands on.
    pub fn set_up(&mut self, about: &str, moves: Vec<Move>) -> Result<()> {
        self.play(about, moves, true)
    }

    /// Plays a step of another writing again; false where it makes no sense any more.
    pub fn again(&mut self, step: &Step) -> Result<bool> {
        self.play(&step.about, step.moves.clone(), step.is_setup)?;
        let Some(last) = self.steps.last() else { return Ok(false) };
        let refused = |answers: &[Value]| -> Vec<bool> {
            answers.iter().map(|answer| answer.get("error").is_some()).collect()
        };
        Ok(refused(&last.answers) == refused(&step.answers))
    }

    fn play(&mut self, about: &str, moves: Vec<Move>, is_setup: bool) -> Result<()> {
        let mut answers = Vec::new();
        for made in &moves {
            answers.push(self.ours.must(&made.line())?);
        }
        let state = self.ours.must(&json!({ "op": "settle", "ms": QUIET_MS }))?;
        let about = about.to_owned();
        self.steps.push(Step { about, moves, is_setup, answers, state });
        Ok(())
    }

    /// All so far as a link that opens in the page.
    pub fn link(&mut self) -> Result<String> {
        let told = self.ours.must(&json!({ "op": "link" }))?;
        Ok(told["link"].as_str().unwrap_or_default().to_owned())
    }

    /// How the cluster stands.
    pub fn state(&self) -> &Value {
        self.steps.last().map_or(&Value::Null, |step| &step.state)
    }

    /// A partition as it stands.
    pub fn partition(&self, topic: &str, partition: usize) -> &Value {
        &self.state()["topics"][topic][partition]
    }

    /// Its leader.
    pub fn leader(&self, topic: &str, partition: usize) -> Result<i64> {
        match self.partition(topic, partition)["leader"].as_i64() {
            Some(leader) if leader > 0 => Ok(leader),
            _ => bail!("{}: {topic}-{partition} has no leader", self.name),
        }
    }

    /// Its replicas, the preferred leader first.
    pub fn replicas(&self, topic: &str, partition: usize) -> Vec<i64> {
        numbers(&self.partition(topic, partition)["replicas"])
    }

    /// Whether a broker's process runs.
    pub fn runs(&self, broker: i64) -> bool {
        self.state()["brokers"][broker.to_string()]["runs"] == true
    }

    /// Its replicas without the leader, as far as they run.
    pub fn followers(&self, topic: &str, partition: usize) -> Result<Vec<i64>> {
        let leader = self.leader(topic, partition)?;
        let mut replicas = self.replicas(topic, partition);
        replicas.retain(|replica| *replica != leader && self.runs(*replica));
        Ok(replicas)
    }

    /// A topic's `min.insync.replicas`, as the steps so far have set it.
    pub fn min_isr(&self, topic: &str) -> usize {
        let moves = self.steps.iter().rev().flat_map(|step| step.moves.iter().zip(&step.answers));
        let set = |(made, answer): (&Move, &Value)| {
            let Move::Do(command) = made else { return None };
            if command["topic"] != topic || answer.get("error").is_some() {
                return None;
            }
            let value =
                |configs: &str| command[configs]["min.insync.replicas"].as_str()?.parse().ok();
            value("set").or_else(|| value("configs"))
        };
        moves.filter_map(set).next().unwrap_or(1)
    }

    /// Records with values of their own, and keys that go round.
    pub fn produce(&mut self, producer: &str, topic: &str, count: u64) -> Move {
        let record = |number: u64| (format!("k{}", number % 7), format!("{producer}-{number}"));
        let records = (self.sent..self.sent + count).map(record).collect();
        self.sent += count;
        Move::Produce { producer: producer.to_owned(), topic: topic.to_owned(), records }
    }
}

/// A list of numbers.
pub fn numbers(list: &Value) -> Vec<i64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}
