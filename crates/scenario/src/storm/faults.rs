//! What fails, and how all of it is mended at the end.

use super::make::{Dice, WEATHER_MS};
use crate::document::JournalEntry;
use log_engine::command::{Failure, LinkSpec, QuorumSpec};
use log_engine::{ClusterSpec, Command};

/// One fault, or the end of one. A refused one changes nothing, so that any order will do.
pub(super) fn fault(dice: &mut Dice, calm: bool, cluster: &ClusterSpec) -> Command {
    let nodes = nodes(cluster);
    let broker = dice.pick(&nodes).copied().unwrap_or(1);
    let for_ms = u32::try_from(dice.from(500, 30_000)).ok();
    match dice.from(0, if calm { 8 } else { 12 }) {
        0 | 1 => Command::CrashBroker { broker },
        2 | 3 => Command::StartBroker { broker },
        4 => Command::StopBroker { broker },
        5 => Command::FreezeBroker { broker, for_ms },
        6 => Command::ThawBroker { broker },
        7 => link(dice, &nodes),
        8 => Command::HealLinks,
        9 => Command::LosePower { broker },
        10 => Command::LoseDisk { broker },
        11 => Command::FailRack { rack: "b".into(), how: Failure::Crash },
        _ => Command::StartRack { rack: "b".into() },
    }
}

fn link(dice: &mut Dice, nodes: &[i32]) -> Command {
    let end = |dice: &mut Dice| match dice.from(0, 5) {
        0 => "clients".to_owned(),
        1 => "brokers".to_owned(),
        2 => "controllers".to_owned(),
        _ => dice.pick(nodes).map_or_else(|| "1".to_owned(), ToString::to_string),
    };
    let (from, to) = (vec![end(dice)], vec![end(dice)]);
    let slow = LinkSpec {
        latency_ms: u32::try_from(dice.from(1, 800)).ok(),
        jitter_ms: u32::try_from(dice.from(0, 50)).unwrap_or(0),
        ..LinkSpec::default()
    };
    let link = match dice.from(0, 4) {
        0 => slow,
        4 => LinkSpec { breaks_per_min: u32::try_from(dice.from(1, 60)).unwrap_or(1), ..slow },
        1 => LinkSpec { drops: true, ..LinkSpec::default() },
        _ => LinkSpec { cut: true, ..LinkSpec::default() },
    };
    Command::SetLink { from, to, both: dice.chance(60), link }
}

/// Everything is mended, and streams stop a while later.
pub(super) fn heal(cluster: &ClusterSpec, setup: &[Command]) -> Vec<JournalEntry> {
    let mut journal = vec![JournalEntry::new(WEATHER_MS, Command::HealLinks)];
    for broker in nodes(cluster) {
        let thaw = Command::ThawBroker { broker };
        let start = Command::StartBroker { broker };
        journal.push(JournalEntry::new(WEATHER_MS, thaw));
        journal.push(JournalEntry::new(WEATHER_MS + 1, start));
        // One that was shutting down has gone meanwhile.
        let start = Command::StartBroker { broker };
        journal.push(JournalEntry::new(WEATHER_MS + 20_000, start));
    }
    journal.sort_by_key(|entry| entry.at);
    for command in setup {
        if let Command::AddProducer { producer, .. } = command {
            let (producer, stream) = (producer.clone(), None);
            let command = Command::SetStream { producer, stream };
            journal.push(JournalEntry::new(WEATHER_MS + 30_000, command));
        }
    }
    journal
}

pub(super) fn nodes(cluster: &ClusterSpec) -> Vec<i32> {
    let brokers = 1..=i32::try_from(cluster.brokers).unwrap_or(1);
    let separate = match cluster.quorum {
        Some(QuorumSpec::Separate(count)) => count,
        _ => 0,
    };
    brokers.chain((3_000..).take(usize::try_from(separate).unwrap_or(0))).collect()
}
