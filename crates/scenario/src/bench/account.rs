//! What the account of every record and the causes of every event cost: the same work with them and without.

use super::documents::RECORDS_PER_S;
use super::{Bench, BenchError, Row, THROUGHPUT_MS, WARM_UP_MS, consumed, done};
use crate::document::Document;
use crate::player::PlayError;
use log_engine::Engine;

/// Rounds of both; the fastest of each counts, since what disturbs a machine only ever slows it down.
const ROUNDS: usize = 3;

/// By how much dearer the work is with them, in percent.
pub(super) fn account(
    document: &Document,
    now_ms: &mut dyn FnMut() -> f64,
) -> Result<Row, BenchError> {
    let accounted = warm_up(engine(document)?, document)?;
    let unaccounted = warm_up(engine(document)?.unaccounted(), document)?;
    let (mut with, mut without) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        without = without.min(took(unaccounted.clone(), now_ms)?);
        with = with.min(took(accounted.clone(), now_ms)?);
    }
    Ok(Row {
        name: Bench::Account.name(),
        measure: "ledger and causes on, RF 3, acks=all, 100 B records: cost over off",
        value: 100.0 * (with / without.max(f64::MIN_POSITIVE) - 1.0),
        unit: "%",
    })
}

fn engine(document: &Document) -> Result<Engine, BenchError> {
    let engine = Engine::new(&document.cluster, document.seed, document.start.ms());
    Ok(engine.map_err(PlayError::Cluster)?)
}

/// Up to where records begin to come.
fn warm_up(mut engine: Engine, document: &Document) -> Result<Engine, BenchError> {
    for (index, command) in document.setup.iter().enumerate() {
        let done = engine.apply(command);
        done.map_err(|error| PlayError::Setup { index, error })?;
    }
    advance(&mut engine, WARM_UP_MS);
    for entry in &document.journal {
        engine.apply(&entry.command).map_err(PlayError::Cluster)?;
    }
    Ok(engine)
}

fn took(mut engine: Engine, now_ms: &mut dyn FnMut() -> f64) -> Result<f64, BenchError> {
    let before = consumed(&engine);
    let begin = now_ms();
    advance(&mut engine, WARM_UP_MS + THROUGHPUT_MS);
    let took_ms = now_ms() - begin;
    let records = consumed(&engine).saturating_sub(before);
    done("records consumed", records, u64::from(RECORDS_PER_S) * THROUGHPUT_MS / 1000 * 99 / 100)?;
    Ok(took_ms)
}

fn advance(engine: &mut Engine, elapsed_ms: u64) {
    let to_ms = engine.start_ms().saturating_add_unsigned(elapsed_ms);
    engine.advance_to(to_ms, u64::MAX);
}
