//! Our log beside Kafka's own classes, on the same batches: how many times as fast.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Measured, Row};
use crate::conformance;
use crate::conformance::talk::Talk;

/// Name of the row, what the programs call it, rounds for the JVM (it warms up on the way) and for
/// ours.
const MEASURES: &[(&str, &str, u32, u32)] =
    &[("append-retain", "append", 8, 5), ("clean", "clean", 5, 3)];

/// Both measures.
pub fn measure() -> Result<Measured> {
    let ready = conformance::prepare()?;
    let mut ours = Talk::start(&mut ready.fast_ottla()?)?;
    let mut judge = Talk::start(&mut ready.judge())?;
    let mut rows = Vec::new();
    for (name, what, warm, rounds) in MEASURES {
        let ask = |rounds: &u32| json!({ "op": "bench", "what": what, "rounds": rounds });
        let kafka = judge.must(&ask(warm))?;
        let mine = ours.must(&ask(rounds))?;
        let state = |answer: &Value| answer.get("s").cloned();
        ensure!(state(&kafka) == state(&mine), "{name}: the logs differ: {kafka} {mine}");
        let ms = |answer: &Value| answer.get("ms").and_then(Value::as_f64).unwrap_or(f64::NAN);
        rows.push(Row {
            name: (*name).to_owned(),
            source: "kafka".to_owned(),
            value: ms(&kafka) / ms(&mine),
            unit: "times".to_owned(),
            note: format!(
                "ours {:.0} ms in memory, Kafka {} {:.0} ms on a file system in memory",
                ms(&mine),
                ready.version,
                ms(&kafka)
            ),
        });
    }
    judge.end()?;
    ours.end()?;
    Ok(Measured { rows, failure: None })
}
