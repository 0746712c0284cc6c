//! A real Kafka cluster beside ours: the same topics, records, crashes and restarts, and everything that came of it
//! compared.
//!
//! Three brokers and a controller of their own, each a process, so that kill -9 is what it says. A case is written
//! while it is played on our cluster (`ottla cluster`), whose virtual time costs nothing; then it is played on the real
//! one (`Cluster.java`), which gets as long as it needs to come to where ours is.

mod case;
mod dice;
mod differ;
mod moves;
mod real;
mod script;
mod shrink;
mod stories;
mod weather;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use super::judge::Ready;
use super::talk::Talk;
pub use case::{Case, is_kind, plan};
use real::{Difference, Real};
use script::Step;

/// Cases of a run that is about everything: the stories, and a few that the seed makes.
pub const CASES: u64 = 17;
/// A case that the machine was too slow for is played so often at most.
const TRIES: u32 = 3;
/// So many real clusters at a time: most of what a case takes is waiting for a session to end.
const AT_A_TIME: usize = 2;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Cases that were equal throughout.
    pub equal: u64,
    /// Steps compared.
    pub steps: u64,
    /// Cases played once more, as a broker was too slow with its heartbeats and was fenced.
    pub again: u64,
    /// What differed, in words; the first is shrunk.
    pub differences: Vec<String>,
}

/// What this machine lacks for it.
pub fn missing() -> Option<String> {
    let why = "processes are stopped and let go on by signals of POSIX, which this system has not";
    (!cfg!(unix)).then(|| why.to_owned())
}

/// Compares the cases.
pub fn compare(ready: &Ready, cases: &[Case]) -> Result<Outcome> {
    let outcome = Mutex::new(Outcome::default());
    let (left, is_shrunk) = (Mutex::new(cases.iter()), AtomicBool::new(false));
    // One after the other: the first leaves an archive of classes that the others start with.
    let opening = Mutex::new(());
    let work = |number: usize| -> Result<()> {
        let turn = opening.lock().map_err(panicked)?;
        let mut desk = Desk::open(ready, number)?;
        drop(turn);
        loop {
            let next = left.lock().map_err(panicked)?.next();
            let Some(case) = next else { return desk.close() };
            let told = desk.judge(case, &is_shrunk).with_context(|| case.again());
            if told.is_err() {
                // The others need not go on.
                left.lock().map_err(panicked)?.by_ref().for_each(drop);
            }
            outcome.lock().map_err(panicked)?.add(told?);
        }
    };
    std::thread::scope(|scope| {
        let desks: Vec<_> = (0..AT_A_TIME.min(cases.len()))
            .map(|number| {
                scope.spawn({
                    let work = &work;
                    move || work(number)
                })
            })
            .collect();
        desks.into_iter().try_for_each(|desk| desk.join().map_err(panicked)?)
    })?;
    outcome.into_inner().map_err(panicked)
}

fn panicked<T>(_: T) -> anyhow::Error {
    anyhow!("another comparison panicked")
}

impl Outcome {
    fn add(&mut self, told: Self) {
        self.equal += told.equal;
        self.steps += told.steps;
        self.again += told.again;
        self.differences.extend(told.differences);
    }
}

/// Our cluster and a real one.
struct Desk {
    ours: Talk,
    real: Real,
}

impl Desk {
    fn open(ready: &Ready, number: usize) -> Result<Self> {
        let ours = Talk::start(&mut ready.our_cluster())?;
        Ok(Self { ours, real: Real::start(ready, number)? })
    }

    fn judge(&mut self, case: &Case, is_shrunk: &AtomicBool) -> Result<Outcome> {
        let steps = case.write(&mut self.ours)?;
        let mut outcome = Outcome { steps: steps.len() as u64, ..Outcome::default() };
        let Some(found) = self.played(&steps, &mut outcome.again)? else {
            outcome.equal = 1;
            return Ok(outcome);
        };
        outcome.steps = found.at as u64;
        let kept: Vec<Step> = steps.into_iter().take(found.at + 1).collect();
        let (kept, found) = if is_shrunk.swap(true, Ordering::Relaxed) {
            (kept, found)
        } else {
            shrink::shrunk(self, case, kept, found)?
        };
        outcome.differences.push(shrink::told(self, case, &kept, &found)?);
        Ok(outcome)
    }

    /// The first difference that is not the machine's.
    fn played(&mut self, steps: &[Step], again: &mut u64) -> Result<Option<Difference>> {
        for _ in 1..TRIES {
            match self.real.first_difference(steps)? {
                Some(found) if found.disturbed => *again += 1,
                found => return Ok(found),
            }
        }
        self.real.first_difference(steps)
    }

    fn close(self) -> Result<()> {
        self.real.end()?;
        self.ours.end()
    }
}

/// A run's last line.
pub fn summary(outcome: &Outcome, cases: usize, began: Instant) -> String {
    format!(
        "{} of {cases} cases on a real cluster equal, {} steps, {} differences, {} cases played again as the machine was \
         too slow ({})",
        outcome.equal,
        outcome.steps,
        outcome.differences.len(),
        outcome.again,
        crate::progress::seconds(began.elapsed()),
    )
}
