//! One line a step, with the time it took.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Seconds with one decimal, minutes from two on.
pub fn seconds(took: Duration) -> String {
    let total = took.as_secs_f64();
    if total < 120.0 {
        format!("{total:.1} s")
    } else {
        format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60)
    }
}

/// Prints the step's name, runs it, ends the line with the time and the note it returns. The name
/// stands there while it runs, so that a person sees what is being waited for.
pub fn step(name: &str, work: impl FnOnce() -> Result<String>) -> Result<Duration> {
    print!("{name:<34}");
    std::io::stdout().flush().ok();
    let began = Instant::now();
    let done = work();
    let took = began.elapsed();
    let time = seconds(took);
    match done {
        Ok(note) => {
            println!("{time:>13}  {note}");
            Ok(took)
        }
        Err(error) => {
            println!("{time:>13}  FAILED");
            Err(error)
        }
    }
}
