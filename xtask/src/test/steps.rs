//! The steps, in the order they run: what fails soonest comes first.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Count, Verdict, count};
use crate::args::{ConformanceOptions, Profile};
use crate::conformance::{self, cluster::CASES as CLUSTER_CASES};
use crate::setup::{Machine, Route};
use crate::{paths, process, site};

/// A step that takes longer than this hangs.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Where the end-to-end tests serve the site: under a path, so that a root-relative URL fails.
const E2E_BASE: &str = "/courses/kafka/ottla/";

/// How many scenarios the step `conformance` compares; a person runs more, with other seeds.
const CONFORMANCE_CASES: u64 = 200;
const CONFORMANCE_SEED: u64 = 2026;

/// How many seeds the step `storm` plays; a person plays more, with others.
const STORM_SEEDS: u64 = 60;

/// Steps that only build, and the step they begin with: before it, the others need all cores, and the same locks.
pub const BUILDS: &[&str] = &["site", "cli"];
/// See [`BUILDS`].
pub const BUILDS_FROM: &str = "conformance";

/// One step of the tests.
pub struct Step {
    /// Its name, for `--only` and `--skip`.
    pub id: &'static str,
    /// What it holds, for `--list`.
    pub about: &'static str,
    /// Whether dist/ must have been built from what is here.
    pub needs_site: bool,
    /// Runs it.
    pub run: fn(&Machine) -> Result<Verdict>,
}

/// All of them.
pub const STEPS: &[Step] = &[
    step("fmt", "every Rust file is as rustfmt would have it", fmt),
    step("clippy", "no lint in the native crates, tests included", clippy),
    step("clippy-wasm", "no lint in the page and the browser store", clippy_wasm),
    step("unit", "unit, property, golden and import-direction tests, native", unit),
    step("doc", "examples in the documentation", doc),
    step("conformance", "our log against Kafka's own classes, folders both ways", logs),
    step(
        "cluster",
        "our cluster beside a real one, whose brokers are killed and started",
        clusters,
    ),
    step("browser-store", "wasm tests in Chromium, against real IndexedDB", browser_tests),
    step("site", "dist/ builds in release", build_site),
    step("cli", "the headless runner builds in release", build_cli),
    step("storm", "seeded clusters under faults, held to what must hold at every step", storms),
    Step {
        id: "e2e",
        about: "the page in Chromium under a sub-path, axe, native and wasm trace hashes",
        needs_site: true,
        run: e2e,
    },
];

const fn step(id: &'static str, about: &'static str, run: fn(&Machine) -> Result<Verdict>) -> Step {
    Step { id, about, needs_site: false, run }
}

fn fmt(machine: &Machine) -> Result<Verdict> {
    if !has_component(machine, "fmt") {
        return Ok(left_out("this Rust has no rustfmt"));
    }
    check(machine.command("cargo").args(["fmt", "--all", "--check"]), "fmt")
}

fn clippy(machine: &Machine) -> Result<Verdict> {
    if !has_component(machine, "clippy") {
        return Ok(left_out("this Rust has no clippy"));
    }
    let mut cargo = machine.command("cargo");
    cargo.args(["clippy", "--all-targets", "--", "-D", "warnings"]);
    check(&mut cargo, "clippy")
}

fn clippy_wasm(machine: &Machine) -> Result<Verdict> {
    if machine.route == Route::Debian || !has_component(machine, "clippy") {
        // Debian ships none, and rustup's cannot read a library that Debian's compiler built.
        return Ok(left_out("only the ordinary route has clippy for wasm"));
    }
    let mut cargo = machine.wasm_command("cargo");
    cargo.args([
        "clippy",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "web",
        "-p",
        "browser-store",
    ]);
    cargo.args(["--all-targets", "--", "-D", "warnings"]);
    check(&mut cargo, "clippy-wasm")
}

fn unit(machine: &Machine) -> Result<Verdict> {
    let mut cargo = machine.command("cargo");
    cargo.args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    rust_tests(&mut cargo, "unit")
}

fn doc(machine: &Machine) -> Result<Verdict> {
    let mut cargo = machine.command("cargo");
    cargo.args(["test", "--no-fail-fast", "--doc", "-p", "kafka-log", "-p", "log-files"]);
    cargo.args(["-p", "log-engine", "-p", "scenario", "-p", "browser-store"]);
    rust_tests(&mut cargo, "doc")
}

/// A fixed part of `cargo xtask conformance`; without a JDK and Maven it says so.
fn logs(_: &Machine) -> Result<Verdict> {
    if let Some(what) = conformance::missing() {
        return Ok(left_out(&what));
    }
    let ready = conformance::prepare()?;
    let options = ConformanceOptions::default();
    let outcome = conformance::compare_all(&ready, &options, CONFORMANCE_CASES, CONFORMANCE_SEED)?;
    let failed = outcome.differences.len() as u64;
    let note = format!(" ({} folders among them)", outcome.folders);
    let failure = (failed > 0).then(|| outcome.differences.join("\n\n"));
    let count = Count { passed: outcome.equal + outcome.folders, failed };
    Ok(Verdict { count, note, failure })
}

/// The stories of `cargo xtask conformance --kind cluster`, and a few cases that the seed makes.
fn clusters(_: &Machine) -> Result<Verdict> {
    if let Some(what) = conformance::missing().or_else(conformance::cluster::missing) {
        return Ok(left_out(&what));
    }
    let ready = conformance::prepare()?;
    let cases = conformance::cluster::plan("cluster", CLUSTER_CASES, CONFORMANCE_SEED)?;
    let outcome = conformance::cluster::compare(&ready, &cases)?;
    let failed = outcome.differences.len() as u64;
    let note = format!(" ({} steps, {} cases played again)", outcome.steps, outcome.again);
    let failure = (failed > 0).then(|| outcome.differences.join("\n\n"));
    Ok(Verdict { count: Count { passed: outcome.equal, failed }, note, failure })
}

/// A crate with a webdriver.json has tests for the browser.
fn browser_tests(machine: &Machine) -> Result<Verdict> {
    need_browser(machine)?;
    let crates = browser_tested_crates();
    if crates.is_empty() {
        return Ok(left_out("no crate has a webdriver.json"));
    }
    let mut cargo = machine.wasm_command("cargo");
    cargo.args(["test", "--no-fail-fast", "--target", "wasm32-unknown-unknown"]);
    for name in &crates {
        cargo.args(["-p", name]);
    }
    rust_tests(&mut cargo, "browser-store")
}

fn browser_tested_crates() -> Vec<String> {
    let inner = std::fs::read_dir(paths::root().join("crates")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = inner.map(|entry| entry.path()).collect();
    folders.push(paths::root().join("web"));
    folders.sort();
    folders
        .iter()
        .filter(|folder| folder.join("webdriver.json").is_file())
        .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

fn build_site(machine: &Machine) -> Result<Verdict> {
    site::ensure(machine, Profile::Release)?;
    Ok(Verdict { count: count::one(true), ..Verdict::default() })
}

fn build_cli(machine: &Machine) -> Result<Verdict> {
    let mut cargo = machine.command("cargo");
    cargo.args(["build", "--release", "-p", "ottla-cli"]);
    check(&mut cargo, "cli")
}

fn storms(machine: &Machine) -> Result<Verdict> {
    build_cli(machine)?;
    let program = paths::target().join("release/ottla");
    let mut ottla = machine.command(&program.to_string_lossy());
    ottla.args(["storm", "--seeds", &STORM_SEEDS.to_string(), "--from", "0"]);
    check(&mut ottla, "storm")
}

fn e2e(machine: &Machine) -> Result<Verdict> {
    need_browser(machine)?;
    let report = paths::state().join("e2e.json");
    std::fs::remove_file(&report).ok();
    let mut playwright = machine.command("playwright");
    playwright
        .args(["test", "--config", "tests/e2e/playwright.config.ts", "--reporter=line,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("OTTLA_XTASK", paths::this_program())
        .env("OTTLA_CLI", paths::target().join("release/ottla"))
        .env("OTTLA_BASE", E2E_BASE)
        .env("OTTLA_PORT", free_port()?.to_string())
        .env("FORCE_COLOR", "0");
    let log = paths::log("e2e");
    let (status, _) = process::logged_status(&mut playwright, &log, LIMIT)?;
    let text = std::fs::read_to_string(&report)
        .with_context(|| format!("Playwright left no report\n{}", process::tail(&log)))?;
    Ok(judge(count::of_playwright(&text)?, status.success(), &log))
}

fn need_browser(machine: &Machine) -> Result<()> {
    let found = machine.chromium.is_some() && machine.chromedriver.is_some();
    ensure!(found, "Chromium or its driver is missing: see the set-up's message above");
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn has_component(machine: &Machine, name: &str) -> bool {
    process::output(machine.command("cargo").args([name, "--version"])).is_some()
}

fn left_out(why: &str) -> Verdict {
    Verdict { note: format!(", left out: {why}"), ..Verdict::default() }
}

/// A command that is one check as a whole.
fn check(command: &mut Command, id: &str) -> Result<Verdict> {
    let log = paths::log(id);
    let (status, _) = process::logged_status(command, &log, LIMIT)?;
    Ok(judge(count::one(status.success()), status.success(), &log))
}

/// A command that runs Rust's test harness.
fn rust_tests(command: &mut Command, id: &str) -> Result<Verdict> {
    let log = paths::log(id);
    let (status, _) = process::logged_status(command, &log, LIMIT)?;
    let said = std::fs::read(&log)?;
    Ok(judge(count::of_rust(&String::from_utf8_lossy(&said)), status.success(), &log))
}

/// What ended badly without a failed case (it did not compile, say) is one failure.
fn judge(count: Count, success: bool, log: &Path) -> Verdict {
    let failed = if success { count.failed } else { count.failed.max(1) };
    let failure = (failed > 0).then(|| process::tail(log));
    Verdict { count: Count { failed, ..count }, note: String::new(), failure }
}
