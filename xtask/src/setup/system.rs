//! Debian packages, and what to say where they cannot be installed.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{paths, process};

/// A linker is needed by every Rust program. This one was linked, so it is there, unless the
/// program came from elsewhere.
pub fn c_compiler() -> Result<String> {
    if paths::which(&["cc", "gcc", "clang"]).is_some() {
        return Ok("there".to_owned());
    }
    packages(&["gcc", "libc6-dev"])
}

/// Installs Debian packages that are missing; refreshes the lists only then.
pub fn packages(names: &[&str]) -> Result<String> {
    let missing: Vec<&str> = names.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(format!("{} there", names.join(", ")));
    }
    let by_hand = format!("install them by hand: apt-get install {}", missing.join(" "));
    if paths::which(&["apt-get"]).is_none() {
        bail!("{} are missing and this is no Debian; {by_hand}", missing.join(", "));
    }
    let log = paths::log("apt");
    let update = process::logged(apt()?.args(["update", "-q"]), &log, super::LIMIT);
    let mut install = apt()?;
    install.args(["install", "-y", "-q", "--no-install-recommends"]).args(&missing);
    let installed = process::logged(&mut install, &log, super::LIMIT);
    // Stale lists may do where they cannot be refreshed.
    match (installed, update) {
        (Ok(()), _) => Ok(format!("apt installed {}", missing.join(", "))),
        (Err(error), Err(first)) => Err(error).context(first).context(by_hand),
        (Err(error), Ok(())) => Err(error).context(by_hand),
    }
}

fn installed(name: &str) -> bool {
    let mut query = process::command("dpkg-query");
    query.args(["-W", "-f=${db:Status-Status}", name]);
    process::output(&mut query).is_some_and(|status| status == "installed")
}

fn apt() -> Result<Command> {
    let root = process::output(process::command("id").arg("-u")).is_some_and(|id| id == "0");
    let mut command = if root {
        process::command("apt-get")
    } else if process::output(process::command("sudo").args(["-n", "true"])).is_some() {
        let mut sudo = process::command("sudo");
        sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        bail!("apt-get needs root: run this once as root, or allow sudo without a password");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
