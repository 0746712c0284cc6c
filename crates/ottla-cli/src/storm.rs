//! `ottla storm`: seeded storms over clusters; a failing one is made small and printed as a link.

use crate::Failure;
use scenario::{link, storm};
use std::time::Instant;

/// Plays of a failing storm, made smaller, before it is printed.
const TRIES: u32 = 300;

/// Which seeds.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print a line for each seed.
    #[arg(long)]
    verbose: bool,
}

/// Plays them; the last line says how many held.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (began, mut failed) = (Instant::now(), 0u64);
    let (mut steps, mut records, mut lost) = (0u64, 0u64, 0u64);
    for seed in (arguments.from..).take(usize::try_from(arguments.seeds).unwrap_or(usize::MAX)) {
        let document = storm::document(seed);
        match storm::play(&document) {
            Ok(report) => {
                steps += report.steps;
                records += report.sent;
                lost += report.lost_after_ack;
                if arguments.verbose {
                    println!("seed {seed}: {report:?}");
                }
            }
            Err(broken) => {
                failed += 1;
                println!("seed {seed}: {broken}");
                let (small, how) = storm::shrink(document, broken, TRIES);
                println!("  made small, {} actions: {how}", small.journal.len());
                match link::encode(&small) {
                    Ok(link) => println!("  {link}"),
                    Err(error) => println!("  no link: {error}"),
                }
            }
        }
    }
    println!(
        "{} storms, {steps} steps each looked at, {records} records, {lost} acked but lost where Kafka allows it, {:.1} s: {failed} failed",
        arguments.seeds,
        began.elapsed().as_secs_f64()
    );
    if failed == 0 { Ok(()) } else { Err(Failure::Told) }
}
