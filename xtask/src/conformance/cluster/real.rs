//! A case on the real cluster, step by step beside ours.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::super::judge::Ready;
use super::super::talk::Talk;
use super::differ;
use super::script::{BROKERS, CONFIGS, Move, REST_MS, Step};

/// How long the real cluster is waited for: sessions that end, processes that start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(100);

/// A cluster of real brokers.
pub struct Real {
    talk: Talk,
    dir: PathBuf,
}

/// Where the real cluster parts from ours.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Which step.
    pub at: usize,
    /// What differs, a line each.
    pub lines: Vec<String>,
    /// Brokers were fenced that should not have been: the machine was too slow for their heartbeats.
    pub disturbed: bool,
}

impl Real {
    /// Starts it; it is at rest.
    pub fn start(ready: &Ready, number: usize) -> Result<Self> {
        let dir = ready.scratch.join(format!("cluster-{number}"));
        let mut talk = Talk::start(&mut ready.cluster(&dir))?;
        let configs: Map<String, Value> =
            CONFIGS.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        talk.must(&json!({ "op": "start", "brokers": BROKERS, "configs": configs }))?;
        Ok(Self { talk, dir })
    }

    /// Where its nodes log to.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Plays the steps; the first that does not come out as on our cluster.
    pub fn first_difference(&mut self, steps: &[Step]) -> Result<Option<Difference>> {
        self.talk.must(&json!({ "op": "case" }))?;
        for (at, step) in steps.iter().enumerate() {
            let mut lines = Vec::new();
            for (number, (made, ours)) in step.moves.iter().zip(&step.answers).enumerate() {
                let kafka = self.talk.ask(&made.line())?;
                let (kafka, ours) = (comparable(made, kafka), comparable(made, ours.clone()));
                let path = format!("answer to move {number}");
                lines.extend(differ::lines(&path, &kafka, &ours));
            }
            let (kafka, found) = self.settled(&step.state)?;
            lines.extend(found);
            if !lines.is_empty() {
                let disturbed = is_disturbed(&kafka, &step.state);
                return Ok(Some(Difference { at, lines, disturbed }));
            }
        }
        Ok(None)
    }

    /// Looks at the cluster until it stands as ours does. What it says when patience ends is what it says.
    fn settled(&mut self, ours: &Value) -> Result<(Value, Vec<String>)> {
        let began = Instant::now();
        loop {
            let kafka = self.talk.must(&json!({ "op": "state" }))?;
            let mut lines = Vec::new();
            for part in ["brokers", "topics"] {
                lines.extend(differ::lines(part, &kafka[part], &ours[part]));
            }
            let over = began.elapsed() > PATIENCE || is_disturbed(&kafka, ours);
            if lines.is_empty() || over {
                std::thread::sleep(Duration::from_millis(REST_MS));
                return Ok((kafka, lines));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Ends it.
    pub fn end(self) -> Result<()> {
        self.talk.end()
    }
}

/// An answer without what each side says in its own words.
fn comparable(made: &Move, mut answer: Value) -> Value {
    match made {
        Move::Outcomes(_) if answer.get("outcomes").is_some() => {
            // Which record has which offset is in the logs. With acks=0 there is none: one stands for all.
            let mut rows: Vec<String> =
                answer["outcomes"].as_array().into_iter().flatten().map(Value::to_string).collect();
            rows.sort();
            rows.dedup_by(|a, b| a == b && a.ends_with(",-1]"));
            json!(rows)
        }
        _ => {
            if let Some(answer) = answer.as_object_mut() {
                answer.remove("message");
            }
            answer
        }
    }
}

/// A broker was fenced more often than it should have been.
fn is_disturbed(kafka: &Value, ours: &Value) -> bool {
    let count = |state: &Value, broker: &str| state["brokers"][broker]["fencings"].as_u64();
    let brokers = kafka["brokers"].as_object().into_iter().flatten();
    brokers.into_iter().any(|(broker, _)| count(kafka, broker) > count(ours, broker))
}
