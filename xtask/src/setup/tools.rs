//! wasm-bindgen and trunk, in the versions this project is built with.
//!
//! A tool of the right version on PATH is used; otherwise it is built into a folder that all
//! clones share. They are built without optimization: two minutes instead of twelve, and a no-op
//! `trunk build` takes the same time.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{paths, process};

/// The last trunk for this Rust.
pub const TRUNK: &str = "0.21.14";
/// Used until Cargo.lock names one.
const WASM_BINDGEN: &str = "0.2.130";
/// These do the work of wasm-bindgen; unoptimized they take three times as long on each build.
const HOT: &[&str] = &["walrus", "wasmparser", "wasm-encoder", "wasm-bindgen-cli-support"];

/// The version that Cargo.lock holds: the tool and the crate must be the same.
pub fn wasm_bindgen_version() -> String {
    let lock = std::fs::read_to_string(paths::root().join("Cargo.lock")).unwrap_or_default();
    locked_version(&lock, "wasm-bindgen").unwrap_or_else(|| WASM_BINDGEN.to_owned())
}

fn locked_version(lock: &str, name: &str) -> Option<String> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\""));
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

/// wasm-bindgen and its test runner.
pub fn wasm_bindgen() -> Result<String> {
    let version = wasm_bindgen_version();
    let hot: Vec<String> = HOT
        .iter()
        .flat_map(|name| ["--config".to_owned(), format!("profile.dev.package.{name}.opt-level=1")])
        .collect();
    // Not --locked: a version locked there is not in every registry mirror.
    install("wasm-bindgen", "wasm-bindgen-cli", &version, &hot)
}

/// trunk, without what it needs only to download tools.
pub fn trunk() -> Result<String> {
    install("trunk", "trunk", TRUNK, &["--locked".to_owned(), "--no-default-features".to_owned()])
}

/// The file of a tool that set-up has found or built.
pub fn file(program: &str) -> PathBuf {
    let own = own_file(program);
    if own.is_file() { own } else { paths::which(&[program]).unwrap_or(own) }
}

fn own_file(program: &str) -> PathBuf {
    paths::tools().join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

fn install(program: &str, package: &str, version: &str, args: &[String]) -> Result<String> {
    let own = own_file(program);
    if has_version(&own, version) {
        return Ok(format!("{version} there"));
    }
    // A wrong one of ours would hide the right one on PATH.
    std::fs::remove_file(&own).ok();
    if paths::which(&[program]).is_some_and(|found| has_version(&found, version)) {
        return Ok(format!("{version} on PATH"));
    }
    let mut cargo = process::command("cargo");
    cargo
        .env("CARGO_TARGET_DIR", paths::state().join("tools-target"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .args(["install", package, "--version", version, "--debug", "--force", "--root"])
        .arg(paths::tools())
        .args(args);
    process::logged(&mut cargo, &paths::log(program), super::LIMIT).with_context(|| {
        format!(
            "{package} could not be built: check the network, or put {program} {version} on PATH"
        )
    })?;
    Ok(format!("{version} built"))
}

fn has_version(file: &PathBuf, version: &str) -> bool {
    process::output(process::command(file).arg("--version"))
        .is_some_and(|said| said.split_whitespace().nth(1) == Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_locked_one() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "serde"), None);
    }
}
