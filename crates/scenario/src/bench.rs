//! Measurements of the engine, alike for the native build and the page. The clock is the caller's: it is read
//! around the work and decides nothing.

mod account;
mod documents;
mod past;

use crate::document::Document;
use crate::player::{PlayError, Player};
use documents::{
    RECORDS_PER_S, clone_document, hundred_document, idle_week_document, throughput_document,
};
use log_engine::Engine;
use serde::Serialize;

/// Engine steps in one slice.
const SLICE_STEPS: u64 = 10_000_000;
/// Virtual time in which groups form before the clock runs: `group.initial.rebalance.delay.ms` is 3 s, and starts
/// anew with members that come within it.
const WARM_UP_MS: u64 = 10_000;
/// Virtual time that is measured.
const THROUGHPUT_MS: u64 = 3_000;
/// Virtual time in which a hundred brokers are measured.
const HUNDRED_MS: u64 = 3_000;
/// A week.
const WEEK_MS: u64 = 7 * 86_400_000;
/// Records of the engine that is cloned.
const CLONED_RECORDS: u64 = 1_000_000;
/// Clones whose median counts.
const CLONES: usize = 21;

const PRODUCER: &str = "producer";

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bench {
    /// Records through producer, log and consumer.
    Throughput,
    /// A week without records.
    IdleWeek,
    /// A copy of an engine full of records.
    Clone,
    /// Records through producer, three replicas and consumer, `acks=all`.
    Replicated,
    /// A week without records, on three brokers.
    IdleWeekCluster,
    /// The same with ledger and causes, over without.
    Account,
    /// A hundred brokers with a thousand partitions at work.
    Hundred,
    /// To a random moment of a long run.
    Seek,
    /// One event back, there.
    StepBack,
    /// What the keyframes of that run hold.
    Keyframes,
    /// Where two forks of that run part.
    FirstDifference,
}

/// All of them.
pub const ALL: &[Bench] = &[
    Bench::Throughput,
    Bench::IdleWeek,
    Bench::Clone,
    Bench::Replicated,
    Bench::Account,
    Bench::IdleWeekCluster,
    Bench::Hundred,
    Bench::Seek,
    Bench::StepBack,
    Bench::Keyframes,
    Bench::FirstDifference,
];

/// One measurement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name, as [`Bench::by_name`] takes it.
    pub name: &'static str,
    /// What was measured.
    pub measure: &'static str,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No such name.
    #[error(
        "there is no measurement {0:?}; take throughput, idle-week, clone, replicated, account, idle-week-cluster, hundred, seek, step-back, keyframes or first-difference"
    )]
    NoSuchName(String),
    /// The document does not play.
    #[error(transparent)]
    Play(#[from] PlayError),
    /// The cluster did not do the work that was to be measured.
    #[error("{what}: {found} instead of at least {wanted}")]
    Idle {
        /// Which work.
        what: &'static str,
        /// How much of it was done.
        found: u64,
        /// How much has to be done.
        wanted: u64,
    },
}

impl Bench {
    /// By the name that the command line uses.
    ///
    /// # Errors
    /// When there is none.
    pub fn by_name(name: &str) -> Result<Self, BenchError> {
        ALL.iter()
            .copied()
            .find(|bench| bench.name() == name)
            .ok_or_else(|| BenchError::NoSuchName(name.to_owned()))
    }

    /// The name that the command line uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Throughput => "throughput",
            Self::IdleWeek => "idle-week",
            Self::Clone => "clone",
            Self::Replicated => "replicated",
            Self::Account => "account",
            Self::IdleWeekCluster => "idle-week-cluster",
            Self::Hundred => "hundred",
            Self::Seek => "seek",
            Self::StepBack => "step-back",
            Self::Keyframes => "keyframes",
            Self::FirstDifference => "first-difference",
        }
    }

    /// The document it plays.
    pub fn document(self) -> Document {
        match self {
            Self::Throughput => throughput_document(1),
            Self::IdleWeek => idle_week_document(1),
            Self::Clone => clone_document(),
            Self::Replicated | Self::Account => throughput_document(3),
            Self::IdleWeekCluster => idle_week_document(3),
            Self::Hundred => hundred_document(),
            Self::Seek | Self::StepBack | Self::Keyframes | Self::FirstDifference => {
                past::document()
            }
        }
    }

    /// Measures it; `now_ms` reads a clock that runs.
    ///
    /// # Errors
    /// When its document does not play, or the cluster did not do the work.
    pub fn run(self, now_ms: &mut dyn FnMut() -> f64) -> Result<Row, BenchError> {
        let player = || Player::unbounded(self.document());
        match self {
            Self::Throughput | Self::Replicated => throughput(self, player()?, now_ms),
            Self::Account => account::account(&self.document(), now_ms),
            Self::IdleWeek | Self::IdleWeekCluster => idle_week(self, player()?, now_ms),
            Self::Clone => clone(player()?, now_ms),
            Self::Hundred => hundred(player()?, now_ms),
            Self::Seek => past::seek(player()?, now_ms),
            Self::StepBack => past::step_back(player()?, now_ms),
            Self::Keyframes => past::keyframes(player()?),
            Self::FirstDifference => past::first_difference(player()?, now_ms),
        }
    }
}

fn throughput(
    bench: Bench,
    mut player: Player,
    now_ms: &mut dyn FnMut() -> f64,
) -> Result<Row, BenchError> {
    play(&mut player, WARM_UP_MS);
    let before = consumed(player.engine());
    let begin = now_ms();
    play(&mut player, WARM_UP_MS + THROUGHPUT_MS);
    let took_ms = now_ms() - begin;
    let records = consumed(player.engine()).saturating_sub(before);
    let wanted = u64::from(RECORDS_PER_S) * THROUGHPUT_MS / 1000 * 99 / 100;
    done("records consumed", records, wanted)?;
    let value = as_f64(records) / (took_ms / 1000.0).max(f64::MIN_POSITIVE);
    Ok(Row {
        name: bench.name(),
        measure: match bench {
            Bench::Replicated => "produce -> replicate RF 3 -> consume, acks=all, 100 B records",
            _ => "produce -> log -> consume, 100 B records, one broker",
        },
        value,
        unit: "records/s",
    })
}

/// Virtual seconds a second, while records go through a thousand partitions.
fn hundred(mut player: Player, now_ms: &mut dyn FnMut() -> f64) -> Result<Row, BenchError> {
    play(&mut player, WARM_UP_MS + 2_000);
    let before = player.engine().ledger(None).acked;
    let begin = now_ms();
    play(&mut player, WARM_UP_MS + 2_000 + HUNDRED_MS);
    let took_ms = now_ms() - begin;
    let acked = player.engine().ledger(None).acked.saturating_sub(before);
    done("records acked", acked, 10_000 * HUNDRED_MS / 1_000 * 95 / 100)?;
    Ok(Row {
        name: Bench::Hundred.name(),
        measure: "100 brokers, 1,000 partitions, RF 3, 10,000 records/s: virtual s in a second",
        value: as_f64(HUNDRED_MS) / took_ms.max(f64::MIN_POSITIVE),
        unit: "s/s",
    })
}

fn idle_week(
    bench: Bench,
    mut player: Player,
    now_ms: &mut dyn FnMut() -> f64,
) -> Result<Row, BenchError> {
    play(&mut player, WARM_UP_MS);
    let begin = now_ms();
    play(&mut player, WARM_UP_MS + WEEK_MS);
    let value = (now_ms() - begin) / 1000.0;
    done("ms passed", player.elapsed_ms(), WARM_UP_MS + WEEK_MS)?;
    let groups = player.engine().groups();
    let stable = groups.iter().filter(|group| group.state == "Stable");
    let members = stable.flat_map(|group| &group.members).filter(|member| !member.owned.is_empty());
    done("members that own partitions after the week", count(members), 6)?;
    Ok(Row {
        name: bench.name(),
        measure: match bench {
            Bench::IdleWeekCluster => "an idle week: 3 brokers, RF 3, 12 partitions, 6 members",
            _ => "an idle week of virtual time (12 partitions, 6 members)",
        },
        value,
        unit: "s",
    })
}

fn clone(mut player: Player, now_ms: &mut dyn FnMut() -> f64) -> Result<Row, BenchError> {
    play(&mut player, 2_000);
    let records: i64 = player.engine().cluster().topics.iter().map(|topic| topic.records).sum();
    done("records stored", records.unsigned_abs(), CLONED_RECORDS)?;
    let mut times: Vec<f64> = (0..CLONES)
        .map(|_| {
            let begin = now_ms();
            let copy = player.engine().clone();
            let took = now_ms() - begin;
            // The copy lives until here, so that its making is not optimised away.
            if copy.now_ms() < player.engine().now_ms() { f64::INFINITY } else { took }
        })
        .collect();
    sorted::sort_by(&mut times, f64::total_cmp);
    let value = times.get(CLONES / 2).copied().unwrap_or(f64::INFINITY);
    Ok(Row {
        name: Bench::Clone.name(),
        measure: "clone of an engine that holds 1,000,000 records",
        value,
        unit: "ms",
    })
}

fn done(what: &'static str, found: u64, wanted: u64) -> Result<(), BenchError> {
    if found < wanted { Err(BenchError::Idle { what, found, wanted }) } else { Ok(()) }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |count, _| count + 1)
}

fn play(player: &mut Player, to_ms: u64) {
    loop {
        let progress = player.advance_to(to_ms, SLICE_STEPS);
        if progress.reached || progress.full {
            return;
        }
    }
}

/// Records that members have processed.
fn consumed(engine: &Engine) -> u64 {
    engine.groups().iter().flat_map(|group| &group.members).map(|member| member.consumed).sum()
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(count: u64) -> f64 {
    count as f64
}
