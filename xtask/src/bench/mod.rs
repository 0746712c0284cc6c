//! `cargo xtask bench`: native and Chromium in one run, as one table of goals.
//!
//! Rows come as JSON lines `{"name": "...", "value": 1.5, "unit": "ms"}` from the native runner
//! (`ottla bench --json`) and from the page (`tools/bench/page.mjs`, which asks the page's own
//! `window.ottla.bench`); sizes are measured here, and so is how our log stands to Kafka's own. A goal's row is found by name and source.

mod goals;
mod kafka;
mod table;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::args::{BenchOptions, Profile};
use crate::setup::{self, Machine};
use crate::sizes::When;
use crate::static_server::{self, Site};
use crate::{conformance, paths, process, progress, site, sizes};

/// A measurement that takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(15 * 60);
const BASE: &str = "/ottla/";
const SOURCES: &[&str] = &["native", "kafka", "browser", "size"];

/// One measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which measure, as in the table of goals.
    pub name: String,
    /// Where it ran: one of [`SOURCES`].
    #[serde(default)]
    pub source: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: String,
    /// What a reader should know beside it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Measures and prints the table. A missed goal is a fact to tell, not a failure of the run.
pub fn run(options: &BenchOptions) -> Result<ExitCode> {
    if let Some(name) = options.only.iter().find(|name| !SOURCES.contains(&name.as_str())) {
        bail!("there is nothing called {name:?} to measure; there are: {}", SOURCES.join(", "));
    }
    let wants = |name: &str| options.only.is_empty() || options.only.iter().any(|one| one == name);
    let machine = setup::prepare(setup::Purpose::Test)?;
    let mut rows = Vec::new();
    if wants("native") {
        progress::step("bench: native", || gather(&mut rows, native(&machine)?))?;
    }
    if wants("kafka") {
        match conformance::missing() {
            Some(what) => println!("bench: against Kafka is left out: {what}"),
            None => {
                progress::step("bench: against Kafka", || gather(&mut rows, kafka::measure()?))?;
            }
        }
    }
    if wants("size") || wants("browser") {
        site::build(&machine, Profile::Release)?;
    }
    if wants("size") {
        progress::step("bench: size", || gather(&mut rows, bundle(&machine)?))?;
    }
    if wants("browser") {
        progress::step("bench: Chromium", || gather(&mut rows, browser(&machine)?))?;
    }
    if let Some(file) = &options.json {
        write_rows(file, &rows)?;
    }
    print!("\n{}", table::render(goals::GOALS, &rows));
    Ok(ExitCode::SUCCESS)
}

fn gather(rows: &mut Vec<Row>, more: Measured) -> Result<String> {
    let note = format!("{} rows", more.rows.len());
    rows.extend(more.rows);
    match more.failure {
        None => Ok(note),
        Some(failure) => Ok(format!("{note}, then it failed:\n{failure}")),
    }
}

/// What came out of one source, as far as it got.
struct Measured {
    rows: Vec<Row>,
    failure: Option<String>,
}

fn native(machine: &Machine) -> Result<Measured> {
    let mut build = machine.command("cargo");
    build.args(["build", "--release", "-p", "ottla-cli"]);
    process::logged(&mut build, &paths::log("bench-build"), LIMIT)?;
    let runner = paths::target().join("release/ottla");
    let mut bench = machine.command(&runner.to_string_lossy());
    bench.args(["bench", "--json"]);
    measured(&mut bench, "native")
}

fn browser(machine: &Machine) -> Result<Measured> {
    let (listener, port) = static_server::listen(Some(0))?;
    let folder = site::dist(Profile::Release);
    std::thread::spawn(move || static_server::run(listener, Site::new(folder, BASE.to_owned())));
    let mut node = machine.command("node");
    node.arg(paths::root().join("tools/bench/page.mjs"));
    node.arg(static_server::address(port, BASE));
    measured(&mut node, "browser")
}

fn bundle(machine: &Machine) -> Result<Measured> {
    let sizes = sizes::measure(machine, &site::dist(Profile::Release))?;
    let kb = |when| {
        let bytes = sizes::sum(&sizes, when, |size| size.brotli);
        u32::try_from(bytes).map(|bytes| f64::from(bytes) / 1000.0)
    };
    let raw = sizes::sum(&sizes, When::First, |size| size.raw);
    let (link, later) = (kb(When::Link)?, kb(When::Later)?);
    let row = Row {
        name: "first-load".to_owned(),
        source: "size".to_owned(),
        value: kb(When::First)?,
        unit: "kB".to_owned(),
        note: format!(
            "{raw} bytes before compression; a link takes {link:.0} kB more, {later:.0} kB are loaded later"
        ),
    };
    Ok(Measured { rows: vec![row], failure: None })
}

/// Runs a program that prints rows; its other lines stay in the log. One measure that fails takes
/// away none of the others.
fn measured(command: &mut Command, source: &str) -> Result<Measured> {
    let log = paths::log(&format!("bench-{source}"));
    let (status, _) = process::logged_status(command, &log, LIMIT)?;
    let rows = parse_rows(&std::fs::read_to_string(&log)?, source);
    let failure = (!status.success()).then(|| process::tail(&log));
    Ok(Measured { rows, failure })
}

fn parse_rows(text: &str, source: &str) -> Vec<Row> {
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
    rows.map(|row| Row { source: source.to_owned(), ..row }).collect()
}

fn write_rows(file: &Path, rows: &[Row]) -> Result<()> {
    let mut text = String::new();
    for row in rows {
        text.push_str(&serde_json::to_string(row)?);
        text.push('\n');
    }
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_among_other_lines() {
        let text = "warming up\n{\"name\":\"clone\",\"value\":1.5,\"unit\":\"ms\"}\n{\"name\":3}\n";
        let clone = Row {
            name: "clone".to_owned(),
            source: "native".to_owned(),
            value: 1.5,
            unit: "ms".to_owned(),
            note: String::new(),
        };
        assert_eq!(parse_rows(text, "native"), [clone]);
    }
}
