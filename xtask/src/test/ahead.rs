//! Steps that only build begin before their turn: optimising a whole program takes one core, and so does waiting for
//! Kafka. Their lines come in the usual order, with the time that was still waited for them.

use std::sync::mpsc::{Receiver, channel};
use std::thread::Scope;
use std::time::Instant;

use anyhow::Result;

use super::Verdict;
use super::steps::{BUILDS, BUILDS_FROM, Step};
use crate::progress;
use crate::setup::Machine;

/// What has begun before its turn.
#[derive(Default)]
pub struct Ahead {
    running: Vec<(&'static str, Receiver<Result<Verdict>>)>,
}

impl Ahead {
    /// At that step, the building ones of those that were chosen begin, one after the other.
    pub fn begin_at<'scope>(
        &mut self,
        scope: &'scope Scope<'scope, '_>,
        step: &Step,
        chosen: &[&'static Step],
        machine: &'scope Machine,
    ) {
        if step.id != BUILDS_FROM {
            return;
        }
        let builds = chosen.iter().filter(|step| BUILDS.contains(&step.id));
        let mut work = Vec::new();
        for step in builds {
            let (done, verdict) = channel();
            self.running.push((step.id, verdict));
            work.push((*step, done));
        }
        scope.spawn(move || {
            for (step, done) in work {
                let began = Instant::now();
                let verdict = (step.run)(machine).map(|verdict| Verdict {
                    note: format!(
                        "{}, built ahead in {}",
                        verdict.note,
                        progress::seconds(began.elapsed())
                    ),
                    ..verdict
                });
                // Nobody waits for it where the run has ended early.
                let _ = done.send(verdict);
            }
        });
    }

    /// The verdict to wait for, if the step has begun.
    pub fn take(&mut self, step: &Step) -> Option<Receiver<Result<Verdict>>> {
        let at = self.running.iter().position(|(id, _)| *id == step.id)?;
        Some(self.running.swap_remove(at).1)
    }
}
