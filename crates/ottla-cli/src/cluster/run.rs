//! A cluster being driven: a document that is written as it is played.

use super::op::Op;
use super::state;
use log_engine::command::{Payload, RecordSpec};
use log_engine::view::ClientLog;
use log_engine::{BrokerId, ClusterSpec, Command, EventId};
use scenario::{Document, PlayError, Player};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Time passes in slices of so many ms; what is fenced and back within one is not seen.
const SLICE_MS: u64 = 20;
/// The longest that a cluster takes to come to rest.
const LONGEST_MS: u64 = 600_000;
/// Most rows of a client's log that are read at once.
const LOG_ROWS: usize = 100_000;

/// What is done, and how it is played.
pub struct Run {
    player: Player,
    /// How often each broker was fenced.
    fencings: BTreeMap<BrokerId, u32>,
    fenced: BTreeSet<BrokerId>,
    /// The trace when the brokers were looked at last.
    seen: u64,
    /// What was told of each producer's log already.
    told: BTreeMap<String, EventId>,
}

impl Run {
    /// A cluster at its start.
    pub fn new(cluster: ClusterSpec, seed: u64, title: String) -> Result<Self, PlayError> {
        let document = Document { cluster, seed, title, ..Document::default() };
        let player = Player::new(document)?;
        let (fencings, fenced, seen, told) = Default::default();
        Ok(Self { player, fencings, fenced, seen, told })
    }

    /// Carries out one operation; an error is a fault of whoever asked.
    pub fn answer(&mut self, op: Op) -> Result<Value, String> {
        match op {
            Op::New { .. } => Err("A cluster begins by new alone.".to_owned()),
            Op::Do { command } => Ok(self.command(command)),
            Op::Produce { producer, topic, records } => {
                for (key, value) in records {
                    let (key, value) = (key.map(Payload::Text), value.map(Payload::Text));
                    let record = RecordSpec { key, value, ..RecordSpec::default() };
                    let (producer, topic) = (producer.clone(), topic.clone());
                    let refused =
                        self.command(Command::Produce { producer, topic, record, count: 1 });
                    if refused.get("error").is_some() {
                        return Ok(refused);
                    }
                }
                Ok(json!({}))
            }
            Op::Pass { ms } => {
                self.pass(ms)?;
                Ok(json!({}))
            }
            Op::Outcomes { producer, ms } => {
                self.until_told(&producer, ms)?;
                Ok(json!({ "outcomes": self.outcomes(&producer) }))
            }
            Op::Settle { ms } => {
                self.settle(ms)?;
                Ok(self.state())
            }
            Op::State => Ok(self.state()),
            Op::Link => {
                let link = scenario::link::encode(&self.player.document());
                link.map(|link| json!({ "link": link })).map_err(|error| error.to_string())
            }
        }
    }

    fn command(&mut self, command: Command) -> Value {
        match self.player.apply(command) {
            Ok(_) => json!({}),
            Err(refused) => json!({ "error": refused.code, "message": refused.message }),
        }
    }

    fn state(&self) -> Value {
        let mut told = state::state(self.player.engine(), &self.fencings);
        if let Some(told) = told.as_object_mut() {
            told.insert("at".to_owned(), self.player.elapsed_ms().into());
        }
        told
    }

    fn pass(&mut self, ms: u64) -> Result<(), String> {
        let until = self.player.elapsed_ms().saturating_add(ms);
        while self.player.elapsed_ms() < until {
            let to = until.min(self.player.elapsed_ms() + SLICE_MS);
            if !self.player.advance_to(to, u64::MAX).reached {
                return Err("The logs hold as much as is played.".to_owned());
            }
            self.count_fencings();
        }
        Ok(())
    }

    fn count_fencings(&mut self) {
        let trace = self.player.engine().trace_hash();
        if trace == self.seen {
            return;
        }
        self.seen = trace;
        for broker in self.player.engine().cluster().brokers {
            if !broker.fenced {
                self.fenced.remove(&broker.id);
            } else if self.fenced.insert(broker.id) {
                *self.fencings.entry(broker.id).or_default() += 1;
            }
        }
    }

    /// Clients that find no broker go on asking for ever, so it is the state that has to be at rest.
    fn settle(&mut self, quiet_ms: u64) -> Result<(), String> {
        let (mut trace, mut state) = (0, Value::Null);
        let mut since = self.player.elapsed_ms();
        let give_up = since.saturating_add(LONGEST_MS);
        while self.player.elapsed_ms() < since.saturating_add(quiet_ms) {
            if self.player.elapsed_ms() > give_up {
                return Err("The cluster does not come to rest.".to_owned());
            }
            self.pass(SLICE_MS)?;
            let engine = self.player.engine();
            if engine.trace_hash() == trace {
                continue;
            }
            trace = engine.trace_hash();
            let now = state::state(engine, &self.fencings);
            if now != state {
                (state, since) = (now, self.player.elapsed_ms());
            }
        }
        Ok(())
    }

    fn until_told(&mut self, producer: &str, ms: u64) -> Result<(), String> {
        let give_up = self.player.elapsed_ms().saturating_add(ms);
        loop {
            let known = self.player.engine().producer(producer);
            let known = known.ok_or_else(|| format!("There is no producer {producer}."))?.producer;
            let waits = known.buffered_records > 0 || known.blocked.is_some();
            if !waits && known.in_flight.is_empty() {
                return Ok(());
            }
            if self.player.elapsed_ms() >= give_up {
                return Err(format!("Records of {producer} are without an outcome."));
            }
            self.pass(SLICE_MS)?;
        }
    }

    /// Partition by partition: offsets that were answered, and exceptions with how many records had them.
    fn outcomes(&mut self, producer: &str) -> Value {
        let after = self.told.get(producer).copied().unwrap_or_default();
        let rows = self.player.engine().client_log(producer, after, LOG_ROWS);
        let mut told = Vec::new();
        for row in rows {
            self.told.insert(producer.to_owned(), row.event);
            match row.what {
                ClientLog::Acked { tp, first, records } => {
                    let offsets = (0..records).map(|at| if first < 0 { -1 } else { first + at });
                    told.extend(offsets.map(|offset| json!([&*tp.topic, tp.partition, offset])));
                }
                ClientLog::Failed { topic, partition, records, exception, .. } => {
                    told.extend((0..records).map(|_| json!([topic, partition, exception])));
                }
                _ => {}
            }
        }
        told.into()
    }
}
