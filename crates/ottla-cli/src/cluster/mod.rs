//! `ottla cluster`: a cluster, driven by JSON lines.
//!
//! Each line of input is an operation, each line of output its answer. `cargo xtask conformance` drives a real cluster by
//! the same lines.
//!
//! `new` (cluster, seed, title) begins; `do` (command) does what a document's journal can, and is answered with the
//! `error` where it is refused; `produce` (producer, topic, records as pairs of key and value) sends several records
//! at one moment; `pass` (ms) lets time pass; `outcomes` (producer, ms) lets it pass until nothing of what the producer
//! sent is without an outcome, and tells those that came since it was asked last; `settle` (ms) lets it pass until
//! nothing has happened for so long, and tells the `state`; `state` tells it at once; `link` gives all of it as a link
//! that opens in the page.

mod op;
mod run;
mod state;

use crate::Failure;
use op::Op;
use run::Run;
use serde_json::json;
use std::io::{BufRead, BufWriter, Write};

/// Answers the lines of standard input.
pub fn run() -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut run = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Op>(&line) {
            Ok(Op::New { cluster, seed, title }) => match Run::new(cluster, seed, title) {
                Ok(begun) => {
                    run = Some(begun);
                    json!({})
                }
                Err(error) => json!({ "invalid": error.to_string() }),
            },
            Ok(op) => match &mut run {
                Some(run) => run.answer(op).unwrap_or_else(|why| json!({ "invalid": why })),
                None => json!({ "invalid": "There is no cluster yet: begin with new." }),
            },
            Err(error) => json!({ "invalid": error.to_string() }),
        };
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}
