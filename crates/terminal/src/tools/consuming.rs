//! A console consumer that runs: prints what its member polled (`ConsoleConsumer.process`).

use super::formatter::Formatter;
use crate::cluster::Cluster;
use crate::date::log_stamp;
use crate::screen::Screen;
use log_engine::view::ClientLog;
use log_engine::{Command, Engine, EventId, TopicPartition};

/// Most rows of the client's log looked at in one go.
const LOG_ROWS: usize = 4_000;
/// Most records printed in one go; the rest is counted.
const PRINTED: usize = 400;
/// A console consumer that runs.
#[derive(Debug, Clone)]
pub(crate) struct Consuming {
    pub(super) from: From,
    pub(super) formatter: Formatter,
    pub(super) most: Option<u64>,
    pub(super) timeout_ms: Option<i64>,
    pub(super) seen: EventId,
    pub(super) read: u64,
    pub(super) last_ms: i64,
}

/// Where its records come from.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// Its polls as a member of this name.
    Member(String),
    /// One partition, from this offset on, up to the last stable offset if so asked.
    Partition { tp: TopicPartition, next: i64, committed: bool },
}

/// What came of a look at it.
pub(crate) enum Polled {
    /// It goes on.
    GoesOn,
    /// It ends; its member has to be closed, if it is one.
    Ends(Option<Command>),
}

impl Consuming {
    /// Prints what was read since.
    pub(crate) fn poll(&mut self, engine: &Engine, screen: &mut Screen) -> Polled {
        let mut shown = 0;
        let mut hidden = 0u64;
        let mut stopped = None;
        for (tp, first, last, at_ms) in self.ranges(engine, &mut stopped) {
            let Some(log) = (Cluster { engine }).log(&tp.topic, tp.partition) else { continue };
            for batch in log.batches_from(first).take_while(|batch| batch.base_offset() <= last) {
                if batch.is_control() {
                    continue;
                }
                for record in batch.records().flatten() {
                    let full = self.most.is_some_and(|most| self.read >= most);
                    if record.offset < first || record.offset > last || full {
                        continue;
                    }
                    self.read += 1;
                    self.last_ms = at_ms;
                    if shown < PRINTED {
                        shown += 1;
                        self.formatter.print(screen, tp.partition, batch.timestamp_type(), &record);
                    } else {
                        hidden += 1;
                    }
                }
            }
        }
        if hidden > 0 {
            screen.note(format!("{hidden} more records were read in this moment."));
        }
        self.ending(engine, screen, stopped)
    }

    fn ending(&self, engine: &Engine, screen: &mut Screen, stopped: Option<String>) -> Polled {
        let full = self.most.is_some_and(|most| self.read >= most);
        let waited = engine.now_ms() - self.last_ms;
        let late = self.timeout_ms.is_some_and(|timeout| waited > timeout);
        if !full && !late && stopped.is_none() {
            return Polled::GoesOn;
        }
        if !full {
            let stamp = log_stamp(engine.now_ms());
            screen.err(format!(
                "{stamp} ERROR Error processing message, terminating consumer process:  \
                 (org.apache.kafka.tools.consumer.ConsoleConsumer)"
            ));
            let class = stopped.as_deref().unwrap_or("errors.TimeoutException");
            screen.err(format!("org.apache.kafka.common.{class}"));
        }
        Polled::Ends(self.close(screen))
    }

    /// Ranges of offsets read since, with the time.
    fn ranges(
        &mut self,
        engine: &Engine,
        stopped: &mut Option<String>,
    ) -> Vec<(TopicPartition, i64, i64, i64)> {
        let mut ranges = Vec::new();
        match &mut self.from {
            From::Member(member) => {
                for row in engine.client_log(member, self.seen, LOG_ROWS) {
                    self.seen = row.event;
                    match row.what {
                        ClientLog::Polled { tp, first, last } => {
                            ranges.push((tp, first, last, row.at_ms));
                        }
                        ClientLog::Stopped { exception } => *stopped = Some(exception),
                        _ => {}
                    }
                }
            }
            From::Partition { tp, next, committed } => {
                self.seen = EventId(engine.cluster().events);
                let log = (Cluster { engine }).log(&tp.topic, tp.partition);
                let end = log.map_or(*next, |log| match committed {
                    true => log.last_stable_offset().min(log.high_watermark()),
                    false => log.high_watermark(),
                });
                if end > *next {
                    ranges.push((tp.clone(), *next, end - 1, engine.now_ms()));
                    *next = end;
                }
            }
        }
        ranges
    }

    /// Ends it: says how much it read, and gives the command that closes its member.
    pub(crate) fn close(&self, screen: &mut Screen) -> Option<Command> {
        screen.err(format!("Processed a total of {} messages", self.read));
        match &self.from {
            From::Member(member) => Some(Command::CloseMember { member: member.clone() }),
            From::Partition { .. } => None,
        }
    }

    /// The newest event it knows of.
    pub(crate) fn seen(&self) -> EventId {
        self.seen
    }
}
