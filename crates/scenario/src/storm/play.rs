//! Plays a storm and holds it to what must hold.

use super::is_calm;
use super::make::WEATHER_MS;
use crate::document::Document;
use log_engine::invariants::Watch;
use log_engine::view::LaneWindow;
use log_engine::{Engine, TimestampMs};

/// After the weather: time for the cluster to come together, for every delivery.timeout.ms, and for rebalances.
const CALM_MS: u64 = 260_000;
/// Steps between two looks at the records themselves.
const DEEP_EVERY: u64 = 500;

/// What a storm came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Steps taken.
    pub steps: u64,
    /// Records sent.
    pub sent: u64,
    /// Acknowledged.
    pub acked: u64,
    /// Acknowledged, then lost.
    pub lost_after_ack: u64,
    /// The hash over all that happened.
    pub trace_hash: u64,
}

/// Plays a document with a look after every step.
///
/// # Errors
/// What does not hold, with the moment.
pub fn play(document: &Document) -> Result<Report, String> {
    let start_ms = document.start.ms();
    let mut engine = Engine::new(&document.cluster, document.seed, start_ms)
        .map_err(|refused| refused.to_string())?;
    for command in &document.setup {
        engine.apply(command).map_err(|refused| refused.to_string())?;
    }
    // A clone, taken at some moment, must end as the original does.
    let clone_after = document.journal.len() / 2;
    let mut run = Run { engine, watch: Watch::default(), steps: 0, start_ms };
    let mut twin = None;
    for (index, entry) in document.journal.iter().enumerate() {
        run.advance(entry.at)?;
        if index == clone_after {
            twin = Some(run.engine.clone());
        }
        // What is refused changes nothing.
        let before = run.engine.trace_hash();
        if run.engine.apply(&entry.command).is_err() && run.engine.trace_hash() != before {
            return Err(run.at("a refused command has changed something".to_owned()));
        }
        run.look(true)?;
    }
    let end = WEATHER_MS + CALM_MS;
    run.advance(end)?;
    if let Some(mut twin) = twin {
        for entry in document.journal.iter().skip(clone_after) {
            twin.advance_to(start_ms + to_i64(entry.at), u64::MAX);
            let _ = twin.apply(&entry.command);
        }
        twin.advance_to(start_ms + to_i64(end), u64::MAX);
        if twin.trace_hash() != run.engine.trace_hash() {
            return Err(run.at(format!("a clone taken at entry {clone_after} ends otherwise")));
        }
    }
    run.came_together(document)?;
    let ledger = run.engine.ledger(None);
    Ok(Report {
        steps: run.steps,
        sent: ledger.sent,
        acked: ledger.acked,
        lost_after_ack: ledger.lost_after_ack,
        trace_hash: run.engine.trace_hash(),
    })
}

struct Run {
    engine: Engine,
    watch: Watch,
    steps: u64,
    start_ms: TimestampMs,
}

impl Run {
    /// Step by step up to a moment, with a look after each.
    fn advance(&mut self, to: u64) -> Result<(), String> {
        let to_ms = self.start_ms + to_i64(to);
        while !self.engine.advance_to(to_ms, 1).reached {
            self.steps += 1;
            self.look(self.steps.is_multiple_of(DEEP_EVERY))?;
        }
        Ok(())
    }

    fn look(&mut self, deep: bool) -> Result<(), String> {
        let seen = self.watch.look(&self.engine, deep);
        seen.map_err(|broken| self.at(broken))
    }

    fn at(&self, broken: String) -> String {
        format!("at {} ms: {broken}", self.engine.now_ms() - self.start_ms)
    }

    /// All is healed: every replica is in sync again and has what its leader has, and every record has an outcome. In a
    /// calm storm nothing that was acked is lost; and nothing is doubled or reordered, if no broker has started again.
    fn came_together(&mut self, document: &Document) -> Result<(), String> {
        self.look(true)?;
        for topic in &self.engine.cluster().topics {
            for partition in 0..topic.partitions {
                let lane = self.engine.lane(&topic.name, partition, LaneWindow::Tail(1));
                let Some(lane) = lane else {
                    return Err(self.at(format!("{}-{partition} is nowhere", topic.name)));
                };
                let ends: Vec<i64> = lane.replicas.iter().map(|replica| replica.log_end).collect();
                // Kafka elects nobody where all that is left is a new disk: somebody has to say so (S-02).
                if lane.leader.is_none() && self.watch.is_torn() {
                    continue;
                }
                if lane.isr.len() != lane.replicas.len()
                    || ends.iter().any(|end| *end != lane.log_end)
                {
                    return Err(self.at(format!(
                        "{}-{partition} has not come together: leader {:?}, ISR {:?}, log ends {ends:?}",
                        topic.name, lane.leader, lane.isr
                    )));
                }
            }
        }
        let ledger = self.engine.ledger(None);
        let waiting = self.engine.cluster().topics.iter().any(|topic| topic.offline > 0);
        if !waiting && ledger.buffered + ledger.in_flight > 0 {
            return Err(self.at(format!("records without an outcome: {ledger:?}")));
        }
        // What was never acked may be gone: its producer was told nothing, or that it failed.
        let twice = ledger.duplicated + ledger.reordered;
        let spoilt = ledger.lost_after_ack + if self.watch.has_restarts() { 0 } else { twice };
        if is_calm(document.seed) && spoilt > 0 {
            return Err(self.at(format!("a calm storm has lost or doubled records: {ledger:?}")));
        }
        Ok(())
    }
}

fn to_i64(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
