//! `cargo xtask serve | build | test | bench | conformance`: everything a bare machine needs to run, try and
//! check Ottla. See README.md for how a person uses it; `cargo xtask help` for the words.

mod args;
mod bench;
mod conformance;
mod fingerprint;
mod http;
mod mime;
mod paths;
mod process;
mod progress;
mod serve;
mod setup;
mod site;
mod sizes;
mod static_server;
mod storm;
mod test;

use std::process::ExitCode;

use args::Task;

const HELP: &str = "\
cargo xtask serve [--port N] [--base /some/path] [--dev | --release]
    set up what is missing, build, serve on 127.0.0.1, print the address
cargo xtask build [--dev | --release]
    leave the site in dist/ (with --dev: in target/xtask/site-dev)
cargo xtask test [--only STEP] [--skip STEP] [--list]
    set up what is missing and run every test; --only and --skip may be given more than once
cargo xtask bench [--only native|kafka|browser|size] [--json FILE]
    measure, native and in Chromium, and print one table of goals
cargo xtask conformance [--cases N] [--seed S] [--kind KIND]
cargo xtask conformance --check DIR|ZIP | --golden FILE
    run random scenarios on Kafka's own log and on ours, exchange folders, then do the same to a
    real cluster and to ours (alone with --kind cluster), and report what differs;
    needs a JDK from 17 on and Maven; --check has kafka-dump-log and LogManager look at an export,
    --golden leaves a few scenarios as golden data
cargo xtask storm [--seeds N] [--from SEED]
    play clusters that a seed makes, with faults of any kind, and hold each to what must hold at every
    step; a failing one is made small and printed as a link; without --from the clock chooses the seeds
cargo xtask setup
    only set up what is missing
cargo xtask static --dir DIR [--port N] [--base /some/path]
    serve a folder as it is

Environment: WEB_ROUTE=debian takes the Rust for wasm from Debian's packages instead of rustup;
CHROMIUM and CHROMEDRIVER name the programs to use instead of those on PATH.
";

fn main() -> ExitCode {
    paths::this_program();
    let task = match args::parse(std::env::args_os()) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{}", process::told(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Help => print!("{HELP}"),
        Task::Serve(options) => serve::serve(&options)?,
        Task::Build(profile) => {
            let machine = setup::prepare(setup::Purpose::for_site(profile))?;
            site::build(&machine, profile)?;
            sizes::report(&machine, &site::dist(profile))?;
        }
        Task::Test(options) => return test::run(&options),
        Task::Bench(options) => return bench::run(&options),
        Task::Conformance(options) => return conformance::run(&options),
        Task::Storm(options) => return storm::run(&options),
        Task::Setup => drop(setup::prepare(setup::Purpose::Test)?),
        Task::Static(options) => static_server::serve_folder(&options)?,
    }
    Ok(ExitCode::SUCCESS)
}
