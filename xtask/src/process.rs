//! Child processes: their output goes to a log, and is shown only when they fail.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// How many last lines of a failed step's log are shown.
const TAIL_LINES: usize = 60;

/// A command in the repository's top folder, free of what `cargo run` put into the environment.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::paths::root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        // Left in place, they make build scripts run again and name the wrong cargo.
        if text.starts_with("CARGO_PKG_")
            || matches!(&*text, "CARGO" | "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH")
        {
            command.env_remove(&name);
        }
    }
    // A shell that sourced Debian's toolchain still asks for the ordinary one here.
    if std::env::var("RUSTUP_TOOLCHAIN").is_ok_and(|name| name == crate::setup::DEBIAN_TOOLCHAIN) {
        command.env_remove("RUSTUP_TOOLCHAIN");
    }
    command
}

/// What the command printed on stdout, trimmed, where it ran well.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs the command with all its output in `log`. Errors with the end of that log.
pub fn logged(command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    let (status, took) = logged_status(command, log, limit)?;
    if status.success() {
        return Ok(());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    bail!("{program} ended with {status} after {}\n{}", crate::progress::seconds(took), tail(log))
}

/// Runs the command with all its output in `log` and says how it ended.
pub fn logged_status(
    command: &mut Command,
    log: &Path,
    limit: Duration,
) -> Result<(ExitStatus, Duration)> {
    if let Some(dir) = log.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let program = command.get_program().to_string_lossy().into_owned();
    let began = Instant::now();
    let mut child = command
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let status =
        wait(&mut child, limit).with_context(|| format!("{program} was stopped\n{}", tail(log)))?;
    Ok((status, began.elapsed()))
}

fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            return Err(anyhow!("it took longer than {}", crate::progress::seconds(limit)));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An error with its causes, each on a line of its own: what to do first, why below.
pub fn told(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join("\nbecause: ")
}

/// The last lines of a log, and where the whole of it is.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().skip(lines.len().saturating_sub(TAIL_LINES));
    let shown: String = last.map(|line| format!("    {line}\n")).collect();
    format!("{shown}    (all of it: {})", log.display())
}

/// PATH with `first` in front.
pub fn path_with(first: &[PathBuf]) -> std::ffi::OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(std::env::split_paths(&old));
    std::env::join_paths(all).unwrap_or(old)
}
