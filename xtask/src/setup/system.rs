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
    let by_hand = format!("install by hand: apt-get install {}", missing.join(" "));
    if paths::which(&["apt-get"]).is_none() {
        bail!("{} missing, and this is no Debian; {by_hand}", missing.join(", "));
    }
    // Stale lists may do where they cannot be refreshed.
    let mut update = apt().context(by_hand.clone())?;
    process::logged(update.args(["update", "-q"]), &paths::log("apt-update"), super::LIMIT).ok();
    let mut install = apt().context(by_hand.clone())?;
    install.args(["install", "-y", "-q", "--no-install-recommends"]).args(&missing);
    process::logged(&mut install, &paths::log("apt"), super::LIMIT).context(by_hand)?;
    Ok(format!("apt installed {}", missing.join(", ")))
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
