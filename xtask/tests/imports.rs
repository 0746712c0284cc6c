//! Imports point one way: kafka-log <- log-engine <- scenario <- web, log-engine <- terminal <- web, and
//! browser-store <- web.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

/// What each room may depend on, of this workspace, for building and in its tests alike.
const MAY_USE: &[(&str, &[&str])] = &[
    ("sorted", &[]),
    ("kafka-log", &["sorted"]),
    ("log-files", &["sorted", "kafka-log"]),
    ("log-engine", &["sorted", "kafka-log"]),
    ("scenario", &["sorted", "kafka-log", "log-engine"]),
    ("terminal", &["sorted", "kafka-log", "log-engine"]),
    ("browser-store", &["sorted"]),
    ("ottla-cli", &["kafka-log", "log-files", "log-engine", "scenario"]),
    (
        "web",
        &[
            "sorted",
            "kafka-log",
            "log-files",
            "log-engine",
            "scenario",
            "terminal",
            "browser-store",
        ],
    ),
    ("xtask", &[]),
    ("split-site", &[]),
];

/// The engine is pure: it meets the browser, the clock and the disk only through what calls it.
const PURE: &[&str] = &["sorted", "kafka-log", "log-files", "log-engine", "scenario", "terminal"];
const IMPURE: &[&str] = &[
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "gloo-timers",
    "leptos",
    "idb",
    "tokio",
    "rand",
    "getrandom",
    "chrono",
    "time",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// None for an ordinary one, else "dev" or "build".
    kind: Option<String>,
    path: Option<String>,
}

fn workspace() -> BTreeMap<String, Vec<Dependency>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    metadata.packages.into_iter().map(|package| (package.name, package.dependencies)).collect()
}

#[test]
fn every_room_is_in_the_picture() {
    let rooms: BTreeSet<String> = workspace().into_keys().collect();
    let drawn: BTreeSet<String> = MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rooms, drawn, "a new crate needs its place in MAY_USE and docs/architecture.md");
}

#[test]
fn imports_point_one_way() {
    let workspace = workspace();
    for (room, allowed) in MAY_USE {
        for dependency in workspace[*room].iter().filter(|dependency| dependency.path.is_some()) {
            assert!(
                allowed.contains(&dependency.name.as_str()),
                "{room} may not use {}, only {allowed:?}",
                dependency.name
            );
        }
    }
}

#[test]
fn the_engine_does_not_know_the_browser_the_clock_or_chance() {
    let workspace = workspace();
    for room in PURE {
        for dependency in workspace[*room].iter().filter(|dependency| dependency.kind.is_none()) {
            assert!(
                !IMPURE.contains(&dependency.name.as_str()),
                "{room} is pure and may not use {}",
                dependency.name
            );
        }
    }
}
