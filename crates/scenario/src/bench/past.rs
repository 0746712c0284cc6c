//! The time machine in a long run: 100,000 commands, 1,000,000 records, on three brokers with three replicas each.
//!
//! A document holds fewer commands than that (`limits`); a run is not to grow slow before it is full.

use super::documents::{group, producer, topic};
use super::{Bench, BenchError, Row, WARM_UP_MS, done, play};
use crate::document::{Document, JournalEntry};
use crate::player::{Player, RunId, Search};
use log_engine::command::{Command, Payload, RecordSpec};

/// Commands of the run.
const COMMANDS: u64 = 100_000;
/// Records that each sends.
const RECORDS: u32 = 10;
/// Virtual time from one command to the next.
const EVERY_MS: u64 = 10;
/// The run's end.
const END_MS: u64 = WARM_UP_MS + COMMANDS * EVERY_MS;
/// Moments gone to.
const MOMENTS: usize = 60;
/// Forks compared.
const FORKS: usize = 8;

/// The run: a producer, a group of three, and every hundredth command a member that dies or comes back.
pub(super) fn document() -> Document {
    let entry = |n: u64| {
        let member = || "bench-1".to_owned();
        let command = match n % 200 {
            99 => Command::CrashMember { member: member() },
            199 => Command::StartMember { member: member() },
            _ => produce(&format!("k{}", n % 100)),
        };
        JournalEntry::new(WARM_UP_MS + n * EVERY_MS, command)
    };
    Document {
        title: "A long run".to_owned(),
        cluster: log_engine::ClusterSpec { brokers: 3, ..Default::default() },
        setup: vec![topic(12, 3, &[]), group(3), producer(None)],
        journal: (0..COMMANDS).map(entry).collect(),
        ..Document::default()
    }
}

fn produce(key: &str) -> Command {
    let payload = |text: &str| Some(Payload::Text(text.to_owned()));
    Command::Produce {
        producer: super::PRODUCER.to_owned(),
        topic: "bench".to_owned(),
        record: RecordSpec {
            key: payload(key),
            value: payload("0123456789"),
            ..RecordSpec::default()
        },
        count: RECORDS,
    }
}

fn play_all(player: &mut Player) -> Result<(), BenchError> {
    play(player, END_MS);
    done(
        "records acked",
        player.engine().ledger(None).acked,
        COMMANDS * 98 / 100 * u64::from(RECORDS),
    )
}

/// Moments all over the run, as if drawn from a hat, but the same each time.
fn moments() -> impl Iterator<Item = u64> {
    let mut state: u64 = 0x9e37_79b9;
    (0..MOMENTS).map(move |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WARM_UP_MS + (state >> 20) % (COMMANDS * EVERY_MS)
    })
}

fn go_to(player: &mut Player, at_ms: u64) {
    while !player.seek(at_ms, super::SLICE_STEPS).reached {}
}

/// To a random moment: 95 of 100 take at most so long.
pub(super) fn seek(mut player: Player, now_ms: &mut dyn FnMut() -> f64) -> Result<Row, BenchError> {
    play_all(&mut player)?;
    let mut times = Vec::new();
    for at_ms in moments() {
        let begin = now_ms();
        go_to(&mut player, at_ms);
        times.push(now_ms() - begin);
        done("ms of virtual time", player.elapsed_ms(), at_ms)?;
    }
    Ok(row(
        Bench::Seek,
        "seek to a random moment of 100,000 commands, 1,000,000 records: p95",
        times,
    ))
}

/// An event back from a random moment.
pub(super) fn step_back(
    mut player: Player,
    now_ms: &mut dyn FnMut() -> f64,
) -> Result<Row, BenchError> {
    play_all(&mut player)?;
    let mut times = Vec::new();
    for at_ms in moments() {
        go_to(&mut player, at_ms);
        for _ in 0..3 {
            let newest = player.engine().newest_event().0;
            let begin = now_ms();
            player.step_back();
            while !player.catch_up(super::SLICE_STEPS).reached {}
            times.push(now_ms() - begin);
            done("events before", newest.saturating_sub(player.engine().newest_event().0), 1)?;
        }
    }
    Ok(row(Bench::StepBack, "one step back in the same run: p95", times))
}

/// Bytes that keyframes hold, all over the run.
pub(super) fn keyframes(mut player: Player) -> Result<Row, BenchError> {
    play_all(&mut player)?;
    let mut most = player.keeping().bytes;
    for at_ms in moments().take(10) {
        go_to(&mut player, at_ms);
        most = most.max(player.keeping().bytes);
    }
    done("keyframes", player.keeping().frames as u64, 20)?;
    Ok(Row {
        name: Bench::Keyframes.name(),
        measure: "keyframes of the same run",
        value: super::as_f64(most) / (1024.0 * 1024.0),
        unit: "MiB",
    })
}

/// Where two forks part: each has one record more than the run, at a random moment.
pub(super) fn first_difference(
    mut player: Player,
    now_ms: &mut dyn FnMut() -> f64,
) -> Result<Row, BenchError> {
    play_all(&mut player)?;
    let mut times = Vec::new();
    for at_ms in moments().take(FORKS) {
        let fork = player
            .fork()
            .and_then(|fork| player.insert_entry(at_ms, produce("other")).map(|()| fork))
            .map_err(|error| BenchError::Play(error.into()))?;
        while !player.catch_up(super::SLICE_STEPS).reached {}
        let begin = now_ms();
        let found = player.parting(RunId::FIRST, fork, u64::MAX);
        times.push(now_ms() - begin);
        player.remove_fork(fork);
        let Search::Parts(parting) = found else {
            return Err(BenchError::Idle { what: "differences", found: 0, wanted: 1 });
        };
        done("ms at which they part", parting.at_ms, at_ms)?;
    }
    Ok(row(Bench::FirstDifference, "first difference of two forks of the same run: p95", times))
}

fn row(bench: Bench, measure: &'static str, mut times: Vec<f64>) -> Row {
    sorted::sort_by(&mut times, f64::total_cmp);
    let at = (times.len() * 95).div_ceil(100).saturating_sub(1);
    let value = times.get(at).copied().unwrap_or(f64::INFINITY);
    Row { name: bench.name(), measure, value, unit: "ms" }
}
