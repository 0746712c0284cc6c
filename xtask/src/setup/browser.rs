//! Chromium with its driver, for the tests.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Machine, system};
use crate::{paths, process};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Enters both programs into `machine`.
pub fn find_or_install(machine: &mut Machine) -> Result<String> {
    let mut note = "there".to_owned();
    if browser().is_none() || driver().is_none() {
        note = system::packages(&["chromium", "chromium-driver", "fonts-liberation"]).context(
            "the browser tests need Chromium and its driver: install them, or name them by \
             CHROMIUM and CHROMEDRIVER",
        )?;
    }
    machine.chromium = Some(browser().context("Chromium was installed but is not on PATH")?);
    machine.chromedriver = Some(driver().context("chromedriver was installed but is not on PATH")?);
    Ok(note)
}

fn browser() -> Option<PathBuf> {
    named("CHROMIUM").or_else(|| paths::which(NAMES))
}

fn driver() -> Option<PathBuf> {
    named("CHROMEDRIVER").or_else(|| paths::which(&["chromedriver"]))
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}

/// Opens a page in it.
pub fn check(chromium: &Path) -> Result<String> {
    let profile = paths::state().join("chromium-check");
    let log = paths::log("chromium");
    let mut command = process::command(chromium);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--dump-dom", "data:text/html,<p id=x></p><script>x.textContent=6*7</script>"]);
    process::logged(&mut command, &log, Duration::from_secs(60))?;
    std::fs::remove_dir_all(&profile).ok();
    if !std::fs::read_to_string(&log).unwrap_or_default().contains(">42<") {
        bail!("Chromium ran but did not run a script\n{}", process::tail(&log));
    }
    process::output(process::command(chromium).arg("--version"))
        .context("Chromium does not tell its version")
}
