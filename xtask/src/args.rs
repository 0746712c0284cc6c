//! The command line, as plain data.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Print how it is used.
    Help,
    /// Build and serve the site.
    Serve(ServeOptions),
    /// Build the site.
    Build(Profile),
    /// Run every test.
    Test(TestOptions),
    /// Measure.
    Bench(BenchOptions),
    /// Compare our log with Kafka's own.
    Conformance(ConformanceOptions),
    /// Play storms over clusters.
    Storm(StormOptions),
    /// Install what is missing and stop.
    Setup,
    /// Serve a folder as it is.
    Static(StaticOptions),
}

/// How the site is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Quick to compile, slow to run.
    Dev,
    /// What is published.
    #[default]
    Release,
}

/// `serve`.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct ServeOptions {
    /// Port asked for; without one the first free from 8080 on.
    pub port: Option<u16>,
    /// Path under which the site is served, "/" at its end.
    pub base: String,
    /// How it is compiled.
    pub profile: Profile,
}

/// `test`.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct TestOptions {
    /// Run these steps alone (and what they need).
    pub only: Vec<String>,
    /// Leave these out.
    pub skip: Vec<String>,
    /// Print the steps and stop.
    pub list: bool,
}

/// `bench`.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct BenchOptions {
    /// Measure these sources alone.
    pub only: Vec<String>,
    /// Where to leave the rows as JSON lines too.
    pub json: Option<PathBuf>,
}

/// `conformance`.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct ConformanceOptions {
    /// How many scenarios.
    pub cases: Option<u64>,
    /// Where the random numbers start; without one the clock says.
    pub seed: Option<u64>,
    /// One kind of scenario alone.
    pub kind: Option<String>,
    /// Where to leave scenarios as golden data, instead of comparing.
    pub golden: Option<PathBuf>,
    /// A folder of partitions, or a zip of it, that Kafka's tools are to look at instead.
    pub check: Option<PathBuf>,
}

/// `storm`.
#[derive(Debug, PartialEq, Eq)]
pub struct StormOptions {
    /// How many seeds.
    pub seeds: u64,
    /// The first of them; without one the clock says.
    pub from: Option<u64>,
}

/// `static`.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct StaticOptions {
    /// The folder.
    pub dir: PathBuf,
    /// Port asked for; without one the first free from 8080 on.
    pub port: Option<u16>,
    /// Path under which it is served.
    pub base: String,
}

/// Reads the command line; the first argument is the program's name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Task> {
    let mut parser = lexopt::Parser::from_iter(args);
    let Some(first) = parser.next()? else { return Ok(Task::Help) };
    let name = match first {
        Value(name) => name.string()?,
        Short('h') | Long("help") => return Ok(Task::Help),
        other => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "help" => Ok(Task::Help),
        "serve" => parse_serve(&mut parser),
        "build" => parse_build(&mut parser),
        "test" => parse_test(&mut parser),
        "bench" => parse_bench(&mut parser),
        "conformance" => parse_conformance(&mut parser),
        "storm" => parse_storm(&mut parser),
        "setup" => no_more(&mut parser, Task::Setup),
        "static" => parse_static(&mut parser),
        other => bail!("there is no task {other:?}"),
    }
}

fn parse_serve(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = ServeOptions { base: "/".to_owned(), ..ServeOptions::default() };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("port") => options.port = Some(parser.value()?.parse()?),
            Long("base") => options.base = base_path(&parser.value()?.string()?)?,
            Long("dev") => options.profile = Profile::Dev,
            Long("release") => options.profile = Profile::Release,
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Serve(options))
}

fn parse_build(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut profile = Profile::Release;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("dev") => profile = Profile::Dev,
            Long("release") => profile = Profile::Release,
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Build(profile))
}

fn parse_test(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = TestOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => options.only.push(parser.value()?.string()?),
            Long("skip") => options.skip.push(parser.value()?.string()?),
            Long("list") => options.list = true,
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Test(options))
}

fn parse_bench(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = BenchOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => options.only.push(parser.value()?.string()?),
            Long("json") => options.json = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Bench(options))
}

fn parse_conformance(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = ConformanceOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("cases") => options.cases = Some(parser.value()?.parse()?),
            Long("seed") => options.seed = Some(parser.value()?.parse()?),
            Long("kind") => options.kind = Some(parser.value()?.string()?),
            Long("check") => options.check = Some(parser.value()?.into()),
            Long("golden") => options.golden = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Conformance(options))
}

fn parse_storm(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = StormOptions { seeds: 100, from: None };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("seeds") => options.seeds = parser.value()?.parse()?,
            Long("from") => options.from = Some(parser.value()?.parse()?),
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Storm(options))
}

fn parse_static(parser: &mut lexopt::Parser) -> Result<Task> {
    let mut options = StaticOptions { base: "/".to_owned(), ..StaticOptions::default() };
    while let Some(arg) = parser.next()? {
        match arg {
            Long("dir") => options.dir = parser.value()?.into(),
            Long("port") => options.port = Some(parser.value()?.parse()?),
            Long("base") => options.base = base_path(&parser.value()?.string()?)?,
            Short('h') | Long("help") => return Ok(Task::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.dir.as_os_str().is_empty() {
        bail!("static needs --dir DIR");
    }
    Ok(Task::Static(options))
}

fn no_more(parser: &mut lexopt::Parser, task: Task) -> Result<Task> {
    match parser.next()? {
        None => Ok(task),
        Some(other) => Err(other.unexpected().into()),
    }
}

/// "a/b", "/a/b" and "/a/b/" are the same base: "/a/b/".
fn base_path(given: &str) -> Result<String> {
    let inner = given.trim_matches('/');
    if inner.contains(['?', '#', '%', ' ']) || inner.split('/').any(|part| part == "..") {
        bail!("--base must be a plain path such as /some/path, not {given:?}");
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Task> {
        parse(std::iter::once("xtask").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn serve_takes_port_base_and_profile() {
        let expected = ServeOptions {
            port: Some(9000),
            base: "/some/path/".to_owned(),
            profile: Profile::Dev,
        };
        assert_eq!(
            read("serve --port 9000 --base some/path --dev").unwrap(),
            Task::Serve(expected)
        );
    }

    #[test]
    fn conformance_takes_cases_seed_and_what_to_check() {
        let expected = ConformanceOptions {
            cases: Some(20),
            seed: Some(7),
            kind: Some("txn".to_owned()),
            check: Some("logs.zip".into()),
            golden: None,
        };
        let line = "conformance --cases 20 --seed 7 --kind txn --check logs.zip";
        assert_eq!(read(line).unwrap(), Task::Conformance(expected));
        assert!(read("conformance --cases many").is_err());
    }

    #[test]
    fn storm_takes_seeds_and_the_first() {
        let expected = StormOptions { seeds: 1_000, from: Some(7) };
        assert_eq!(read("storm --seeds 1000 --from 7").unwrap(), Task::Storm(expected));
    }

    #[test]
    fn only_and_skip_add_up() {
        let Task::Test(options) = read("test --only fmt --only e2e --skip bench").unwrap() else {
            panic!("not a test task");
        };
        assert_eq!(options.only, ["fmt", "e2e"]);
        assert_eq!(options.skip, ["bench"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in ["fly", "serve --prot 1", "serve --port x", "static", "setup now"] {
            assert!(read(line).is_err(), "{line} was taken");
        }
        assert!(read("serve --base ../up").is_err());
        assert!(read("serve --base /a?b").is_err());
    }
}
