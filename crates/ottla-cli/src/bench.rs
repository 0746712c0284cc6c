//! `ottla bench`: the measurements of `scenario::bench`, against this machine's clock.

use crate::Failure;
use scenario::bench::{ALL, Bench};
use std::io::Write;
use std::time::Instant;

/// What `ottla bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which to run; left out: all. `throughput`, `idle-week`, `clone`, `seek` and others.
    names: Vec<String>,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Runs them one after the other and prints each as soon as it is measured; one that fails takes away no other.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut all_well = true;
    for bench in chosen(&arguments.names)? {
        let begin = Instant::now();
        let row = match bench.run(&mut || begin.elapsed().as_secs_f64() * 1000.0) {
            Ok(row) => row,
            Err(error) => {
                eprintln!("ottla: bench: {}: {error}", bench.name());
                all_well = false;
                continue;
            }
        };
        if arguments.json {
            serde_json::to_writer(&mut out, &row)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{:<72} {:>14.3} {}", row.measure, row.value, row.unit)?;
        }
        out.flush()?;
    }
    if all_well { Ok(()) } else { Err(Failure::Told) }
}

fn chosen(names: &[String]) -> Result<Vec<Bench>, Failure> {
    if names.is_empty() {
        return Ok(ALL.to_vec());
    }
    names.iter().map(|name| Ok(Bench::by_name(name)?)).collect()
}
