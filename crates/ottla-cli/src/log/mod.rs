//! `ottla log`: one partition's log, driven by JSON lines.
//!
//! Each line of input is an operation, each line of output that operation with what it did (or its
//! `error`, the exception Kafka throws) and `s`, the log's state after it: the shape of
//! `log_scenarios.json` in `tests/golden`, whose README says what the fields mean. Results in the
//! input are ignored, so a recorded scenario can be fed in as it is. `cargo xtask conformance`
//! drives Kafka's own classes by the same lines.
//!
//! Beyond the golden data's operations: `new` (config, startTime) starts an empty log; `append`
//! takes a batch as `bytes` (hex) in place of `records`; `follow` appends batches (`bytes`) as a
//! follower; `restart` takes the broker down (`clean`, `process` or `power`) and up; `files` gives
//! name, length and CRC-32C of each file of the folder; `dump` the batches and records; `export`
//! writes the folder, `import` reads one into the log;
//! `bench` measures, on logs of its own.

mod answer;
mod bench;
mod config;
mod op;
mod replica;

use crate::Failure;
use op::Op;
use replica::Replica;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufWriter, Write};

/// Answers the lines of standard input.
pub fn run() -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut replica = Replica::default();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Op>(&line) {
            Ok(op) => answered(&mut replica, &op)?,
            Err(error) => json!({ "invalid": error.to_string() }),
        };
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

fn answered(replica: &mut Replica, op: &Op) -> Result<Value, Failure> {
    if let Op::Bench { what, rounds } = op {
        return Ok(match bench::run(*what, *rounds) {
            Ok((ms, state)) => json!({ "op": "bench", "what": what, "ms": ms, "s": state }),
            Err(error) => json!({ "invalid": error.to_string() }),
        });
    }
    let mut answer = match serde_json::to_value(op)? {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    match replica.run(op) {
        Ok(results) => answer.extend(results),
        Err(replica::Refused::Kafka(exception, results)) => {
            answer.extend(results);
            answer.insert("error".to_owned(), exception.into());
        }
        Err(replica::Refused::Invalid(why)) => return Ok(json!({ "invalid": why })),
    }
    answer.insert("s".to_owned(), answer::state(replica.log()));
    Ok(Value::Object(answer))
}
