//! Rust for wasm32-unknown-unknown, by one of two routes.
//!
//! Ordinary: `rustup target add`. Where rustup's server cannot be reached: Debian's compiler, for
//! which Debian ships the source of the standard library, but not the library for wasm; it is
//! built once. No rust-toolchain.toml is committed: with one, every cargo call fails there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Route;
use crate::{paths, process};

/// The name under which rustup knows Debian's compiler.
pub const DEBIAN_TOOLCHAIN: &str = "debian-web";

const WASM: &str = "wasm32-unknown-unknown";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Without `test`, `cargo test` for wasm has no harness.
const DEBIAN_STD_PARTS: &str = "build-std=std,panic_abort,panic_unwind,proc_macro,test";
/// On a machine without the network `rustup` must not hang.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

impl Route {
    /// The route that `WEB_ROUTE` forces, if any.
    pub fn wished() -> Option<Self> {
        match std::env::var("WEB_ROUTE").ok()?.as_str() {
            "debian" => Some(Self::Debian),
            "ordinary" => Some(Self::Ordinary),
            _ => None,
        }
    }
}

/// Tries the ordinary route, falls back to Debian's, and says which it is.
pub fn choose(route: &mut Route) -> Result<String> {
    let wished = Route::wished();
    if wished == Some(Route::Debian) {
        *route = Route::Debian;
        return Ok("Debian route, as WEB_ROUTE says".to_owned());
    }
    match ordinary() {
        Ok(note) => {
            *route = Route::Ordinary;
            Ok(format!("ordinary route: {note}"))
        }
        Err(error) if wished == Some(Route::Ordinary) => {
            Err(error).context("the ordinary route does not work, and WEB_ROUTE forces it")
        }
        Err(_) => {
            *route = Route::Debian;
            Ok(format!("Debian route (rustup could not add {WASM}; WEB_ROUTE forces one)"))
        }
    }
}

fn ordinary() -> Result<String> {
    let version = process::output(process::command("rustc").arg("-V")).unwrap_or_default();
    if compiles(process::command("rustc")) {
        return Ok(format!("{version} has {WASM}"));
    }
    let mut add = process::command("rustup");
    add.args(["target", "add", WASM]);
    process::logged(&mut add, &paths::log("rustup-target"), RUSTUP_LIMIT)?;
    if !compiles(process::command("rustc")) {
        bail!("rustup added {WASM}, yet {version} cannot compile for it");
    }
    Ok(format!("rustup added {WASM} to {version}"))
}

/// Debian's compiler and the source of its standard library.
pub fn debian_packages() -> Result<String> {
    super::system::packages(&["cargo-web", "rustc-web", "rust-web-src"]).context(
        "neither rustup nor Debian can give a Rust for wasm: let the machine reach rustup's \
         server, or a Debian mirror that has rustc-web, and run this again",
    )
}

/// Makes the compiler known to rustup and gives it the linker that Debian leaves out.
pub fn debian_link() -> Result<String> {
    if paths::which(&["rustup"]).is_some() {
        let mut link = process::command("rustup");
        link.args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]);
        process::logged(&mut link, &paths::log("rustup-link"), RUSTUP_LIMIT)?;
    }
    let host = host_folder();
    let wanted = Path::new("/usr").join(&host).join("rust-lld");
    let sysroot = process::output(process::command("rustc").args(["--print", "sysroot"]));
    let from_rustup = sysroot.map(|root| Path::new(&root).join(&host).join("rust-lld"));
    // With Debian's own cargo alone, rustc's sysroot is /usr itself: never link a file to itself.
    let linker = match from_rustup.filter(|file| file.is_file() && *file != wanted) {
        Some(file) => file,
        None => {
            super::system::packages(&["lld-22"])?;
            PathBuf::from("/usr/bin/lld-22")
        }
    };
    let mut link = as_root("mkdir")?;
    link.arg("-p").arg(wanted.parent().unwrap_or(Path::new("/usr")));
    process::logged(&mut link, &paths::log("debian-link"), RUSTUP_LIMIT)?;
    let mut link = as_root("ln")?;
    link.arg("-sfn").arg(&linker).arg(&wanted);
    process::logged(&mut link, &paths::log("debian-link"), RUSTUP_LIMIT)?;
    Ok(format!("linker: {}", linker.display()))
}

/// Builds the standard library for wasm from Debian's source, once a compiler version.
pub fn debian_std() -> Result<String> {
    let version = process::output(process::command(DEBIAN_RUSTC).arg("-V"))
        .context("Debian's rustc does not run")?;
    let lib = debian_lib();
    let built_by = lib.join(".built-by");
    let is_current = std::fs::read_to_string(&built_by).is_ok_and(|by| by.trim() == version);
    if is_current && compiles(process::command(DEBIAN_RUSTC)) {
        return Ok(format!("built before by {version}"));
    }
    let seed = paths::state().join("std-seed");
    build_std(&seed)?;
    install_std(&seed, &lib, &version)?;
    if !compiles(process::command(DEBIAN_RUSTC)) {
        bail!("the standard library was built into {}, yet does not work", lib.display());
    }
    Ok(format!("built by {version}"))
}

/// An empty crate whose build leaves the standard library in its target folder.
fn build_std(seed: &Path) -> Result<()> {
    std::fs::remove_dir_all(seed).ok();
    std::fs::create_dir_all(seed.join("src"))?;
    let manifest = "[package]\nname = \"std-seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
                    [lib]\n[workspace]\n";
    std::fs::write(seed.join("Cargo.toml"), manifest)?;
    std::fs::write(seed.join("src/lib.rs"), "")?;
    let mut cargo = process::command("cargo");
    use_debian(&mut cargo);
    cargo
        .current_dir(seed)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without the bitcode a later build with LTO finds none.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", seed.join("target"))
        .args(["build", "--release", "--target", WASM, "-Z", DEBIAN_STD_PARTS]);
    process::logged(&mut cargo, &paths::log("debian-std"), super::LIMIT)
}

fn install_std(seed: &Path, lib: &Path, version: &str) -> Result<()> {
    let log = paths::log("debian-std-install");
    let stamp = seed.join("built-by");
    std::fs::write(&stamp, version)?;
    let deps = seed.join("target").join(WASM).join("release/deps");
    let libraries: Vec<PathBuf> = std::fs::read_dir(&deps)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "rlib"))
        .filter(|path| !path.to_string_lossy().contains("libstd_seed-"))
        .collect();
    process::logged(as_root("rm")?.arg("-rf").arg(lib), &log, RUSTUP_LIMIT)?;
    process::logged(as_root("mkdir")?.arg("-p").arg(lib), &log, RUSTUP_LIMIT)?;
    process::logged(as_root("cp")?.args(&libraries).arg(lib), &log, RUSTUP_LIMIT)?;
    process::logged(as_root("cp")?.arg(&stamp).arg(lib.join(".built-by")), &log, RUSTUP_LIMIT)
}

/// Makes a command compile with Debian's Rust.
pub fn use_debian(command: &mut Command) {
    if paths::which(&["rustup"]).is_some() {
        command.env("RUSTUP_TOOLCHAIN", DEBIAN_TOOLCHAIN);
    } else {
        command.env("RUSTC", DEBIAN_RUSTC);
    }
}

/// Downloads the crates, so that later steps need no network.
pub fn crates() -> Result<String> {
    let mut fetch = process::command("cargo");
    fetch.args(["fetch", "--target", WASM]);
    if let Some(host) = host_triple() {
        fetch.args(["--target", &host]);
    }
    process::logged(&mut fetch, &paths::log("cargo-fetch"), super::LIMIT).context(
        "the crates could not be downloaded: check the network and the registry that cargo's \
         configuration names",
    )?;
    Ok("downloaded".to_owned())
}

/// rustfmt and clippy, which a minimal rustup toolchain lacks.
pub fn components() -> Result<String> {
    let there =
        |name: &str| process::output(process::command("cargo").args([name, "--version"])).is_some();
    if there("fmt") && there("clippy") {
        return Ok("there".to_owned());
    }
    if paths::which(&["rustup"]).is_none() {
        return Ok("absent and no rustup to add them: their steps are left out".to_owned());
    }
    let mut add = process::command("rustup");
    add.args(["component", "add", "rustfmt", "clippy"]);
    process::logged(&mut add, &paths::log("rustup-components"), RUSTUP_LIMIT)
        .context("rustfmt and clippy are missing: run `rustup component add rustfmt clippy`")?;
    Ok("added by rustup".to_owned())
}

/// The folder whose change means that the standard library changed.
pub fn std_folder(route: Route) -> Option<PathBuf> {
    if route == Route::Debian {
        return Some(debian_lib());
    }
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]);
    process::output(&mut rustc).map(PathBuf::from)
}

/// Compiles and links for wasm.
pub fn check(route: Route) -> Result<()> {
    let rustc = if route == Route::Debian { DEBIAN_RUSTC } else { "rustc" };
    if !compiles(process::command(rustc)) {
        bail!("{rustc} cannot compile for {WASM}");
    }
    Ok(())
}

fn compiles(mut rustc: Command) -> bool {
    let probe = paths::state().join("probe.rs");
    let source = "#[unsafe(no_mangle)]\npub extern \"C\" fn sum(n: i32) -> i32 {\n    \
                  (0..n).collect::<Vec<_>>().iter().sum()\n}\n";
    if std::fs::create_dir_all(paths::state()).is_err() || std::fs::write(&probe, source).is_err() {
        return false;
    }
    rustc.args(["--edition", "2024", "--target", WASM, "--crate-type", "cdylib"]);
    rustc.arg(&probe).arg("-o").arg(paths::state().join("probe.wasm"));
    process::output(&mut rustc).is_some()
}

fn debian_lib() -> PathBuf {
    Path::new("/usr/lib/rustlib").join(WASM).join("lib")
}

fn host_triple() -> Option<String> {
    let text = process::output(process::command("rustc").arg("-vV"))?;
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

fn host_folder() -> PathBuf {
    let triple = host_triple().unwrap_or_else(|| "x86_64-unknown-linux-gnu".to_owned());
    Path::new("lib/rustlib").join(triple).join("bin")
}

fn as_root(program: &str) -> Result<Command> {
    let root = process::output(process::command("id").arg("-u")).is_some_and(|id| id == "0");
    if root {
        return Ok(process::command(program));
    }
    if process::output(process::command("sudo").args(["-n", "true"])).is_none() {
        bail!("the Debian route writes below /usr: run this once as root");
    }
    let mut sudo = process::command("sudo");
    sudo.args(["-n", program]);
    Ok(sudo)
}
