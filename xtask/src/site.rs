//! Building the site with trunk, unless nothing it is made of changed since the last time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::args::Profile;
use crate::setup::Machine;
use crate::{fingerprint, paths, process, progress};

/// A first build compiles every dependency.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Where the site of that profile is left. `dist` is always what may be published.
pub fn dist(profile: Profile) -> PathBuf {
    match profile {
        Profile::Dev => paths::state().join("site-dev"),
        Profile::Release => paths::root().join("dist"),
    }
}

/// Builds the site, as one step.
pub fn build(machine: &Machine, profile: Profile) -> Result<()> {
    progress::step("site", || ensure(machine, profile))?;
    Ok(())
}

/// Builds the site unless it was built from what is here; says which.
pub fn ensure(machine: &Machine, profile: Profile) -> Result<String> {
    let folder = dist(profile);
    let now = stamp(machine, profile, &folder);
    if now.is_some() && now == saved(profile) {
        return Ok(format!("nothing changed ({})", shown(&folder)));
    }
    compile(machine, profile, &folder)?;
    let mark = stamp(machine, profile, &folder).context("trunk left no index.html")?;
    std::fs::write(stamp_file(profile), mark).context("cannot write the build's stamp")?;
    Ok(format!("built into {}", shown(&folder)))
}

fn compile(machine: &Machine, profile: Profile, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::remove_file(stamp_file(profile)).ok();
    let mut trunk = machine.wasm_command("trunk");
    trunk.args(["build", "--offline", "--color", "never"]).arg("--dist").arg(folder);
    if profile == Profile::Release {
        trunk.args(["--release", "--features", "split"]);
        trunk.env("OTTLA_SPLIT", splitter(machine)?).env("OTTLA_SPLIT_WASM", linked());
    }
    // trunk reads NO_COLOR as a bool and refuses the usual "1".
    trunk.env_remove("NO_COLOR");
    process::logged(&mut trunk, &paths::log("site"), LIMIT)
}

/// The program that cuts the page's wasm in parts.
fn splitter(machine: &Machine) -> Result<PathBuf> {
    let mut cargo = machine.command("cargo");
    cargo.args(["build", "--offline", "--package", "split-site"]);
    process::logged(&mut cargo, &paths::log("split-site"), LIMIT)?;
    Ok(paths::target().join("debug").join(format!("split-site{}", std::env::consts::EXE_SUFFIX)))
}

/// The page's wasm as cargo leaves it: it still tells what calls what.
fn linked() -> PathBuf {
    paths::target().join("wasm32-unknown-unknown/wasm-release/web.wasm")
}

/// What went in and what came out; none where nothing is there.
fn stamp(machine: &Machine, profile: Profile, folder: &Path) -> Option<String> {
    folder.join("index.html").is_file().then(|| {
        let made_of = fingerprint::of_site();
        let left = fingerprint::of_folder(folder);
        format!("{:?} {profile:?} {made_of} {left}", machine.route)
    })
}

fn stamp_file(profile: Profile) -> PathBuf {
    let name = match profile {
        Profile::Dev => "site-dev.stamp",
        Profile::Release => "site-release.stamp",
    };
    paths::state().join(name)
}

fn saved(profile: Profile) -> Option<String> {
    std::fs::read_to_string(stamp_file(profile)).ok()
}

fn shown(folder: &Path) -> String {
    folder.strip_prefix(paths::root()).unwrap_or(folder).display().to_string()
}
