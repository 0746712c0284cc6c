//! The Ottla engine, headless: plays a document and says how the cluster stands, in the columns of Kafka's own
//! tools or as JSON; checks documents; packs them into links and back; measures the engine.
//!
//! Exit codes: 0 all is well, 1 the document (or the input) is not, 2 the command line is not.

mod bench;
mod cluster;
mod files;
mod input;
mod link;
mod log;
mod report;
mod run;
mod storm;
mod transfer;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Plays Kafka scenarios without a browser.
#[derive(Parser)]
#[command(name = "ottla", version)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Plays a document and prints topics, offsets and groups, and the trace hash.
    Run(run::Arguments),
    /// Reads documents, plays their journals and names what is wrong.
    Check {
        /// Files (- is standard input), links, or built-in documents as gallery:NAME.
        #[arg(required = true, value_name = "DOCUMENT")]
        documents: Vec<String>,
    },
    /// Turns a file into a link, or a link into a file on standard output.
    Link(link::Arguments),
    /// Lists the built-in documents.
    Gallery,
    /// Plays a document and writes its partitions as the folders a broker has, or as a zip of them.
    Export(transfer::ExportArguments),
    /// Says what a .log, a folder or a zip from a broker holds; or makes a document of it.
    Import(transfer::ImportArguments),
    /// Drives one partition's log by JSON lines on standard input, and answers each.
    Log,
    /// Drives a cluster by JSON lines on standard input, and answers each.
    Cluster,
    /// Plays clusters that a seed makes, with faults of any kind, and holds each to what must hold at every step.
    Storm(storm::Arguments),
    /// Measures the engine on this machine.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().what {
        What::Run(arguments) => run::run(&arguments),
        What::Check { documents } => run::check(&documents),
        What::Link(arguments) => link::run(&arguments),
        What::Gallery => input::list_gallery(),
        What::Export(arguments) => transfer::export(&arguments),
        What::Import(arguments) => transfer::import(&arguments),
        What::Log => log::run(),
        What::Cluster => cluster::run(),
        What::Storm(arguments) => storm::run(&arguments),
        What::Bench(arguments) => bench::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("ottla: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The document can't be read.
    #[error("{name}: {error}")]
    Input { name: String, error: input::InputError },
    /// The document can't be played.
    #[error("{name}: {error}")]
    Play { name: String, error: scenario::PlayError },
    /// Its logs grow beyond what is held.
    #[error(
        "{name}: after {at_ms} ms the logs hold {} bytes, the most that is played. Lower a rate, or a retention.",
        scenario::limits::MAX_LOG_BYTES
    )]
    Full { name: String, at_ms: u64 },
    /// It can't be written as a link or a file.
    #[error(transparent)]
    Document(#[from] scenario::DocumentError),
    /// Files of a broker can't be read or written.
    #[error(transparent)]
    Files(#[from] files::FilesError),
    /// Standard output was closed or is full.
    #[error("cannot write the answer: {0}")]
    Output(#[from] std::io::Error),
    /// A view did not become JSON.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A measurement went wrong.
    #[error("bench: {0}")]
    Bench(#[from] scenario::bench::BenchError),
    /// All was said already.
    #[error("something is wrong with the documents above")]
    Told,
}
