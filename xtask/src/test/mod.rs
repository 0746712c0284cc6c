//! `cargo xtask test`: every test there is, one line a step, output only where one fails.

mod ahead;
mod count;
mod steps;

use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::args::TestOptions;
use crate::setup::{self, Machine};
use crate::{process, progress, site};

use ahead::Ahead;
pub use count::Count;
use steps::{STEPS, Step};

/// What a step came to.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Test cases; a check without cases of its own is one.
    pub count: Count,
    /// Shown in the step's line.
    pub note: String,
    /// The end of the log, where the step failed.
    pub failure: Option<String>,
}

/// Runs the chosen steps; the last line is "N passed, N failed".
pub fn run(options: &TestOptions) -> Result<ExitCode> {
    let chosen = choose(options)?;
    if options.list {
        for step in chosen {
            println!("{:<14}{}", step.id, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let began = Instant::now();
    let machine = setup::prepare(setup::Purpose::Test)?;
    let mut total = Count::default();
    let mut failed = Vec::new();
    std::thread::scope(|scope| {
        let mut ahead = Ahead::default();
        for step in &chosen {
            ahead.begin_at(scope, step, &chosen, &machine);
            let verdict = run_step(step, &machine, ahead.take(step));
            total += verdict.count;
            if let Some(failure) = verdict.failure {
                println!("{failure}");
                failed.push(step.id);
            }
        }
    });
    println!("\nall steps: {}", progress::seconds(began.elapsed()));
    if !failed.is_empty() {
        println!("failed: {} (again: cargo xtask test --only STEP)", failed.join(", "));
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn choose(options: &TestOptions) -> Result<Vec<&'static Step>> {
    let known: Vec<&str> = STEPS.iter().map(|step| step.id).collect();
    for name in options.only.iter().chain(&options.skip) {
        if !known.contains(&name.as_str()) {
            bail!("there is no step {name:?}; there are: {}", known.join(", "));
        }
    }
    let is_in = |list: &[String], step: &Step| list.iter().any(|name| name == step.id);
    Ok(STEPS
        .iter()
        .filter(|step| options.only.is_empty() || is_in(&options.only, step))
        .filter(|step| !is_in(&options.skip, step))
        .collect())
}

fn run_step(step: &Step, machine: &Machine, ahead: Option<Receiver<Result<Verdict>>>) -> Verdict {
    let mut verdict = Verdict::default();
    let outcome = progress::step(step.id, || {
        if step.needs_site {
            site::ensure(machine, crate::args::Profile::Release)?;
        }
        verdict = match ahead {
            Some(ahead) => ahead.recv()??,
            None => (step.run)(machine)?,
        };
        match &verdict.failure {
            None => Ok(format!("{}{}", verdict.count, verdict.note)),
            Some(_) => bail!("failed"),
        }
    });
    // What could not even be run has failed too.
    if let (Err(error), None) = (outcome, &verdict.failure) {
        verdict.count = Count { passed: 0, failed: 1 };
        verdict.failure = Some(process::told(&error));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let options = TestOptions { only: own(only), skip: own(skip), list: false };
        Ok(choose(&options)?.into_iter().map(|step| step.id).collect())
    }

    #[test]
    fn only_and_skip_choose_in_the_usual_order() {
        assert_eq!(ids(&["e2e", "fmt"], &[]).unwrap(), ["fmt", "e2e"]);
        let all = ids(&[], &[]).unwrap();
        let without = ids(&[], &["e2e"]).unwrap();
        assert_eq!(without.len() + 1, all.len());
        assert!(!without.contains(&"e2e"));
    }

    #[test]
    fn a_step_that_is_not_there_is_refused_by_name() {
        let error = ids(&["ftm"], &[]).unwrap_err().to_string();
        assert!(error.contains("\"ftm\"") && error.contains("fmt"), "{error}");
    }
}
