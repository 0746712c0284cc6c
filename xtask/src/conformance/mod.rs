//! `cargo xtask conformance`: Kafka's own classes against our log.
//!
//! The judge (`tests/conformance`, Java) thinks of random scenarios and runs them on `UnifiedLog`
//! and its cleaner; `ottla log` runs the same operations; every answer is compared. Then our
//! folders are handed to Kafka's tools and loader, and Kafka's to our import. The first difference
//! is shrunk to the fewest operations that still show it.

#![expect(clippy::indexing_slicing, reason = "what JSON does not have is null, no panic")]

pub mod cluster;
mod compare;
mod folders;
mod golden;
mod judge;
mod scenario;
mod shrink;
pub mod talk;

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::args::ConformanceOptions;
use crate::progress;

pub use judge::{Ready, missing, prepare};
use scenario::{KINDS, Scenario};
use talk::Talk;

/// Scenarios a person's run has.
const DEFAULT_CASES: u64 = 200;
/// Cases of a person's run that is about clusters alone.
const DEFAULT_CLUSTER_CASES: u64 = 30;
/// Of so many scenarios one is also exported and imported.
const FOLDERS_EVERY: u64 = 4;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Scenarios that were equal throughout.
    pub equal: u64,
    /// Folders that both sides read alike.
    pub folders: u64,
    /// What differed, in words; the first of each kind is shrunk.
    pub differences: Vec<String>,
    /// What the scenarios did, for who wonders whether a rule was met at all.
    pub covered: scenario::Coverage,
}

/// A person's run.
pub fn run(options: &ConformanceOptions) -> Result<ExitCode> {
    if let Some(what) = missing() {
        println!("conformance: skipped: {what}");
        return Ok(ExitCode::FAILURE);
    }
    let seed = options.seed.unwrap_or_else(clock);
    let cases = options.cases.unwrap_or(DEFAULT_CASES);
    let ready = prepare()?;
    if let Some(file) = &options.golden {
        let count = golden::write(&ready, file, options.seed.unwrap_or(golden::SEED))?;
        println!("{count} scenarios in {}", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(path) = &options.check {
        return folders::show(&ready, path);
    }
    if let Some(kind) = options.kind.as_deref().filter(|kind| cluster::is_kind(kind)) {
        let cases = options.cases.unwrap_or(DEFAULT_CLUSTER_CASES);
        let cases = cluster::plan(kind, cases, seed)?;
        println!("conformance with a cluster of Apache Kafka {}, seed {seed}", ready.version);
        return judge_clusters(&ready, &cases);
    }
    println!("conformance with Apache Kafka {}: {cases} scenarios, seed {seed}", ready.version);
    let began = Instant::now();
    let outcome = compare_all(&ready, options, cases, seed)?;
    for difference in &outcome.differences {
        println!("\n{difference}");
    }
    println!(
        "{} of {cases} scenarios equal, {} folders read alike both ways, {} differences ({})",
        outcome.equal,
        outcome.folders,
        outcome.differences.len(),
        progress::seconds(began.elapsed()),
    );
    println!("covered: {}", outcome.covered);
    if options.kind.is_none() {
        let cases = cluster::plan("cluster", cluster::CASES, seed)?;
        let clusters = judge_clusters(&ready, &cases)?;
        return Ok(if outcome.differences.is_empty() { clusters } else { ExitCode::FAILURE });
    }
    Ok(if outcome.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn judge_clusters(ready: &Ready, cases: &[cluster::Case]) -> Result<ExitCode> {
    if let Some(what) = cluster::missing() {
        println!("cluster: skipped: {what}");
        return Ok(ExitCode::FAILURE);
    }
    let began = Instant::now();
    let outcome = cluster::compare(ready, cases)?;
    for difference in &outcome.differences {
        println!("\n{difference}");
    }
    println!("{}", cluster::summary(&outcome, cases.len(), began));
    if outcome.differences.is_empty() {
        std::fs::remove_dir_all(&ready.scratch).ok();
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed again.
    u64::from(since.subsec_nanos()) / 1000 + since.as_secs() % 1_000_000 * 1_000_000
}

/// Compares that many scenarios, and the folders of some of them.
pub fn compare_all(
    ready: &Ready,
    options: &ConformanceOptions,
    cases: u64,
    seed: u64,
) -> Result<Outcome> {
    let mut judge = Talk::start(&mut ready.judge())?;
    let mut ours = Talk::start(&mut ready.ottla())?;
    let kinds: Vec<&str> = match &options.kind {
        Some(kind) => vec![kind],
        None => KINDS.to_vec(),
    };
    let mut outcome = Outcome::default();
    for (case, kind) in (0..cases).zip(kinds.iter().cycle()) {
        let scenario = Scenario::generate(&mut judge, kind, seed + case)?;
        outcome.covered.add(&scenario);
        match compare::first_difference(&scenario, &scenario.ops, &mut ours)? {
            None => outcome.equal += 1,
            Some(found) => {
                let again = format!("--kind {kind} --seed {} --cases 1", seed + case);
                let told = shrink::told(&scenario, &found, &mut judge, &mut ours)?;
                outcome.differences.push(format!("{told}\nagain: cargo xtask conformance {again}"));
                continue;
            }
        }
        if (case / kinds.len() as u64).is_multiple_of(FOLDERS_EVERY) {
            let dir = ready.scratch.join(format!("{kind}-{case}"));
            let complaints = folders::check(&scenario, &dir, &mut judge, &mut ours)?;
            outcome.folders += u64::from(complaints.is_empty());
            outcome.differences.extend(complaints);
        }
    }
    judge.end()?;
    ours.end()?;
    if outcome.differences.is_empty() {
        std::fs::remove_dir_all(&ready.scratch).ok();
    }
    Ok(outcome)
}
