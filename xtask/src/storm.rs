//! `cargo xtask storm`: seeded clusters under faults of any kind, by the headless runner in release.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::args::StormOptions;
use crate::process;

/// Runs them; what they print is theirs.
pub fn run(options: &StormOptions) -> Result<ExitCode> {
    let from = options.from.unwrap_or_else(|| {
        // Seeds of a document are below 2^53.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs());
        now * 10_000
    });
    println!("storm: {} seeds from {from}", options.seeds);
    let mut cargo = process::command("cargo");
    cargo.args(["run", "--quiet", "--release", "-p", "ottla-cli", "--", "storm"]);
    cargo.args(["--seeds", &options.seeds.to_string(), "--from", &from.to_string()]);
    let status = cargo.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
