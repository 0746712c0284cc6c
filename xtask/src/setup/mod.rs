//! Set-up of a bare machine: what is missing is installed, what cannot be is named with what to
//! do about it. A stamp makes the second time cheap: it is believed as long as every file it names
//! is as it was.

mod browser;
mod node;
mod rust;
mod stamp;
mod system;
mod tools;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::args::Profile;
use crate::{process, progress};

pub use rust::DEBIAN_TOOLCHAIN;

/// An installation that takes longer than this hangs.
pub const LIMIT: Duration = Duration::from_secs(20 * 60);

/// What the machine is to be ready for. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// `trunk build`.
    SiteDev,
    /// `trunk build --release`: wasm-opt too.
    SiteRelease,
    /// Browser, test packages, rustfmt and clippy.
    Test,
}

impl Purpose {
    /// What building with that profile needs.
    pub fn for_site(profile: Profile) -> Self {
        match profile {
            Profile::Dev => Self::SiteDev,
            Profile::Release => Self::SiteRelease,
        }
    }

    fn stamp_name(self) -> &'static str {
        match self {
            Self::SiteDev => "setup-site-dev",
            Self::SiteRelease => "setup-site-release",
            Self::Test => "setup-test",
        }
    }
}

/// Where the Rust for wasm comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Route {
    /// `rustup target add`, the toolchain that runs this.
    Ordinary,
    /// Debian's rustc with a standard library built from Debian's source.
    Debian,
}

/// A machine that is ready: which programs to use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Where the Rust for wasm comes from.
    pub route: Route,
    /// Folders with tools, to go in front of PATH.
    pub tool_dirs: Vec<PathBuf>,
    /// Chromium, where the purpose was `Test` and it could be had.
    pub chromium: Option<PathBuf>,
    /// Its driver, likewise.
    pub chromedriver: Option<PathBuf>,
}

impl Machine {
    /// A command with the tools on PATH.
    pub fn command(&self, program: &str) -> Command {
        let mut command = process::command(program);
        command.env("PATH", process::path_with(&self.tool_dirs));
        if let (Some(chromium), Some(driver)) = (&self.chromium, &self.chromedriver) {
            command.env("CHROMIUM", chromium).env("CHROMEDRIVER", driver);
        }
        command
    }

    /// The same, compiling for wasm by this machine's route.
    pub fn wasm_command(&self, program: &str) -> Command {
        let mut command = self.command(program);
        if self.route == Route::Debian {
            rust::use_debian(&mut command);
        }
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
        command
    }
}

/// Makes the machine ready for `purpose`; does nothing where the stamp says that it is.
pub fn prepare(purpose: Purpose) -> Result<Machine> {
    if let Some(machine) = stamp::load(purpose) {
        progress::step("set-up", || Ok(format!("nothing changed ({:?} route)", machine.route)))?;
        return Ok(machine);
    }
    let machine = install(purpose)?;
    if purpose >= Purpose::Test && machine.chromium.is_none() {
        // The next run is to try again.
        return Ok(machine);
    }
    stamp::save(purpose, &machine).context("cannot write the set-up's stamp")?;
    Ok(machine)
}

fn install(purpose: Purpose) -> Result<Machine> {
    progress::step("set-up: C compiler", system::c_compiler)?;
    let mut route = Route::Ordinary;
    progress::step("set-up: Rust for wasm", || rust::choose(&mut route))?;
    if route == Route::Debian {
        progress::step("set-up: Debian compiler", rust::debian_packages)?;
        progress::step("set-up: Debian linker", rust::debian_link)?;
        progress::step("set-up: Debian wasm std", rust::debian_std)?;
    }
    progress::step("set-up: crates", rust::crates)?;
    let mut tool_dirs = vec![crate::paths::tools().join("bin")];
    progress::step("set-up: wasm-bindgen", tools::wasm_bindgen)?;
    progress::step("set-up: trunk", tools::trunk)?;
    if purpose >= Purpose::SiteRelease {
        progress::step("set-up: node", node::runtime)?;
        progress::step("set-up: npm packages", node::packages)?;
        tool_dirs.push(node::bin());
    }
    let mut machine = Machine { route, tool_dirs, chromium: None, chromedriver: None };
    if purpose >= Purpose::Test {
        let found = progress::step("set-up: Chromium", || browser::find_or_install(&mut machine));
        if let Err(error) = found {
            // All that needs no browser can still be tested.
            println!("{}", process::told(&error));
        }
        progress::step("set-up: rustfmt, clippy", rust::components)?;
    }
    progress::step("set-up: check", || check(&machine))?;
    Ok(machine)
}

/// Nothing is believed unless it ran.
fn check(machine: &Machine) -> Result<String> {
    rust::check(machine.route)?;
    let mut said = Vec::new();
    for program in ["trunk", "wasm-bindgen"] {
        let version = process::output(machine.command(program).arg("--version"));
        said.push(version.with_context(|| format!("{program} was installed but does not run"))?);
    }
    if machine.tool_dirs.contains(&node::bin()) {
        let version = process::output(machine.command("wasm-opt").arg("--version"));
        said.push(version.context("wasm-opt was installed but does not run")?);
    }
    if let Some(chromium) = &machine.chromium {
        said.push(browser::check(chromium)?);
    }
    Ok(said.join(", "))
}
