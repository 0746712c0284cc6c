//! Node, and the packages that package-lock.json holds: wasm-opt, Playwright, axe.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{paths, process};

/// Where npm puts the packages' programs.
pub fn bin() -> PathBuf {
    paths::root().join("node_modules/.bin")
}

/// npm leaves this when it has installed a lock file's packages.
pub fn installed_lock() -> PathBuf {
    paths::root().join("node_modules/.package-lock.json")
}

/// node and npm.
pub fn runtime() -> Result<String> {
    let mut missing = Vec::new();
    for name in ["node", "npm"] {
        if paths::which(&[name]).is_none() {
            missing.push(if name == "node" { "nodejs" } else { name });
        }
    }
    if !missing.is_empty() {
        super::system::packages(&missing).context("node 18 or newer with npm is needed")?;
    }
    process::output(process::command("node").arg("--version")).context("node does not run")
}

/// What package-lock.json says, no more and no less. Browsers are not downloaded.
pub fn packages() -> Result<String> {
    let wanted = std::fs::metadata(paths::root().join("package-lock.json"))?.modified()?;
    let done = installed_lock().metadata().and_then(|meta| meta.modified());
    if done.is_ok_and(|done| done > wanted) {
        return Ok("there".to_owned());
    }
    let mut npm = process::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::logged(&mut npm, &paths::log("npm"), super::LIMIT).context(
        "the npm packages could not be installed: check the network and the registry that npm's \
         configuration names (`cargo xtask serve --dev` needs none of them)",
    )?;
    Ok("npm ci".to_owned())
}
