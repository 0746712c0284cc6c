//! The stamp: what set-up found or made, and how those files looked then.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Machine, Purpose, Route, node, rust, tools};
use crate::{fingerprint, paths, process};

#[derive(Serialize, Deserialize)]
struct Stamp {
    /// What set-up aims at: versions, lock files, the compiler, the wished route.
    aim: String,
    machine: Machine,
    /// File to its size and time of change.
    files: BTreeMap<PathBuf, String>,
}

fn file(purpose: Purpose) -> PathBuf {
    paths::state().join(format!("{}.json", purpose.stamp_name()))
}

/// The machine of the stamp, if nothing changed since.
pub fn load(purpose: Purpose) -> Option<Machine> {
    let text = std::fs::read_to_string(file(purpose)).ok()?;
    let stamp: Stamp = serde_json::from_str(&text).ok()?;
    let unchanged = stamp.files.iter().all(|(path, was)| fingerprint::of_file(path) == *was);
    (unchanged && stamp.aim == aim()).then_some(stamp.machine)
}

/// Leaves the stamp.
pub fn save(purpose: Purpose, machine: &Machine) -> Result<()> {
    let files = witnesses(machine)
        .into_iter()
        .map(|path| {
            let looks = fingerprint::of_file(&path);
            (path, looks)
        })
        .collect();
    let stamp = Stamp { aim: aim(), machine: machine.clone(), files };
    std::fs::create_dir_all(paths::state())?;
    std::fs::write(file(purpose), serde_json::to_string_pretty(&stamp)?)?;
    Ok(())
}

/// Files whose going or changing means that set-up must look again.
fn witnesses(machine: &Machine) -> Vec<PathBuf> {
    let mut files = vec![tools::file("wasm-bindgen"), tools::file("trunk")];
    if machine.tool_dirs.contains(&node::bin()) {
        files.push(node::installed_lock());
    }
    files.extend(machine.chromium.clone());
    files.extend(machine.chromedriver.clone());
    files.extend(rust::std_folder(machine.route));
    files
}

fn aim() -> String {
    let lock = |name| std::fs::read_to_string(paths::root().join(name)).unwrap_or_default();
    let parts = [
        tools::TRUNK.to_owned(),
        tools::wasm_bindgen_version(),
        fingerprint::of_text(&lock("package-lock.json")),
        fingerprint::of_text(&lock("Cargo.lock")),
        process::output(process::command("rustc").arg("-vV")).unwrap_or_default(),
        format!("{:?}", Route::wished()),
    ];
    parts.join("\n")
}
