//! Where things lie.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// This program. Asked for once, at the start: `cargo test` puts a new file in its place, and then
/// the system calls the running one deleted.
pub fn this_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::current_exe().unwrap_or_else(|_| PathBuf::from("xtask")))
}

/// Cargo's target folder; stamps and logs go below it.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Stamps of set-up and builds.
pub fn state() -> PathBuf {
    target().join("xtask")
}

/// One log a step.
pub fn log(step: &str) -> PathBuf {
    state().join("logs").join(format!("{step}.log"))
}

/// Tools that this project builds for itself, shared by all its clones. Never the person's own
/// `~/.cargo/bin`: another project may want another version there.
pub fn tools() -> PathBuf {
    cache_home().join("ottla").join("tools")
}

fn cache_home() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .or_else(|| set("LOCALAPPDATA"))
        .unwrap_or_else(target)
}

/// The first of `names` found on PATH.
pub fn which(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let exe = std::env::consts::EXE_SUFFIX;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .map(|dir| dir.join(format!("{name}{exe}")))
            .find(|file| file.is_file())
    })
}
