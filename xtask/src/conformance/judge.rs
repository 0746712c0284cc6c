//! The judge: built by Maven from `tests/conformance`, with Kafka's classes from Maven Central.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{fingerprint, paths, process};

/// Downloading Kafka's classes the first time takes a while.
const LIMIT: Duration = Duration::from_secs(10 * 60);
const OLDEST_JDK: u32 = 17;

/// Both programs, built.
#[derive(Debug)]
pub struct Ready {
    class_path: String,
    /// Classes of a node, loaded and verified before: half of what a start costs.
    archive: PathBuf,
    /// Kafka's version.
    pub version: String,
    /// Where folders are written to and read from; emptied before.
    pub scratch: PathBuf,
}

impl Ready {
    /// The judge.
    pub fn judge(&self) -> Command {
        let mut java = process::command("java");
        java.args(["-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]);
        java.args(["-Dorg.slf4j.simpleLogger.showThreadName=false", "-cp", &self.class_path]);
        java.arg("Judge");
        // What its classes log is looked at where it matters, and of no use elsewhere.
        java.stderr(std::process::Stdio::null());
        java
    }

    /// A real cluster in this folder, and who drives it.
    pub fn cluster(&self, dir: &Path) -> Command {
        let mut java = process::command("java");
        java.args(["-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"]);
        java.args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", &self.class_path]);
        java.arg(format!("-Dottla.archive={}", self.archive.display()));
        java.arg("Cluster").arg(dir);
        java
    }

    /// Our cluster.
    pub fn our_cluster(&self) -> Command {
        let mut ottla = process::command(paths::target().join("debug/ottla"));
        ottla.arg("cluster");
        ottla
    }

    /// Our log, as fast as it gets.
    pub fn fast_ottla(&self) -> Result<Command> {
        let mut cargo = process::command("cargo");
        cargo.args(["build", "--release", "-p", "ottla-cli"]);
        process::logged(&mut cargo, &paths::log("bench-build"), LIMIT)?;
        let mut ottla = process::command(paths::target().join("release/ottla"));
        ottla.arg("log");
        Ok(ottla)
    }

    /// Our log.
    pub fn ottla(&self) -> Command {
        let mut ottla = process::command(paths::target().join("debug/ottla"));
        ottla.arg("log");
        ottla
    }
}

/// What has to be installed first, if anything.
pub fn missing() -> Option<String> {
    let version = process::output(process::command("javac").arg("-version"));
    let major = version.as_deref().and_then(major_version);
    let advice = "install a JDK from 17 on and Maven (Debian: openjdk-17-jdk-headless maven)";
    match major {
        None => Some(format!("there is no javac; {advice}")),
        Some(major) if major < OLDEST_JDK => Some(format!("javac is of JDK {major}; {advice}")),
        Some(_) if paths::which(&["mvn"]).is_none() => Some(format!("there is no mvn; {advice}")),
        Some(_) => None,
    }
}

/// "javac 17.0.15" is 17.
fn major_version(said: &str) -> Option<u32> {
    said.split_whitespace().nth(1)?.split('.').next()?.parse().ok()
}

/// Builds both programs; the judge only if its sources changed.
pub fn prepare() -> Result<Ready> {
    let project = paths::root().join("tests/conformance");
    let built = paths::target().join("conformance");
    let (list, stamp) = (built.join("class-path.txt"), built.join("stamp"));
    let mark = fingerprint::of_folder(&project);
    let is_built = std::fs::read_to_string(&stamp).is_ok_and(|old| old == mark) && list.is_file();
    if !is_built {
        std::fs::create_dir_all(&built)?;
        let mut mvn = process::command("mvn");
        mvn.args(["-q", "-B", "compile", "jar:jar", "dependency:build-classpath"]);
        mvn.arg("-f").arg(project.join("pom.xml"));
        mvn.arg(format!("-Dmdep.outputFile={}", list.display()));
        mvn.arg(format!("-Dottla.build={}", built.display()));
        process::logged(&mut mvn, &paths::log("conformance-mvn"), LIMIT)
            .context("Maven could not build tests/conformance; is Maven Central reachable?")?;
        std::fs::write(&stamp, &mark)?;
    }
    let mut cargo = process::command("cargo");
    cargo.args(["build", "-p", "ottla-cli"]);
    process::logged(&mut cargo, &paths::log("conformance-build"), LIMIT)?;
    let libraries = std::fs::read_to_string(&list)?;
    let classes = built.join("conformance-1.jar");
    let separator = if cfg!(windows) { ';' } else { ':' };
    // Two runs at a time keep out of each other's way.
    let scratch = built.join("folders").join(std::process::id().to_string());
    std::fs::remove_dir_all(&scratch).ok();
    std::fs::create_dir_all(&scratch)?;
    Ok(Ready {
        class_path: format!("{}{separator}{}", classes.display(), libraries.trim()),
        archive: built.join("node.jsa"),
        version: kafka_version(&std::fs::read_to_string(project.join("pom.xml"))?),
        scratch,
    })
}

fn kafka_version(pom: &str) -> String {
    let after = pom.split_once("<kafka.version>").map_or("", |(_, after)| after);
    after.split('<').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(major_version("javac 17.0.15"), Some(17));
        assert_eq!(major_version("javac 26"), Some(26));
        assert_eq!(major_version("command not found"), None);
        assert_eq!(kafka_version("<a><kafka.version>4.3.1</kafka.version></a>"), "4.3.1");
    }
}
