//! What operators and applications do while all that goes on: elections, reassignments, configs, brokers that come,
//! clients that die and start again.

use super::faults::nodes;
use super::make::{Dice, WEATHER_MS, configs};
use crate::document::JournalEntry;
use log_engine::command::{
    ElectionType, GroupSpec, MemberSpec, PartitionName, PartitionOffset, Reassignment,
};
use log_engine::{ClusterSpec, Command};

/// By then every broker runs again, and is in service.
const ALL_UP_MS: u64 = WEATHER_MS + 60_000;

/// What the setup of a storm has, as chores name it.
struct Cast {
    brokers: Vec<i32>,
    /// Topics with their partitions and replicas.
    topics: Vec<(String, i32, i16)>,
    producers: Vec<String>,
    groups: Vec<String>,
    members: Vec<String>,
}

impl Cast {
    fn of(cluster: &ClusterSpec, setup: &[Command]) -> Self {
        let brokers = nodes(cluster).into_iter().filter(|node| *node < 3_000).collect();
        let (mut topics, mut producers) = (Vec::new(), Vec::new());
        let (mut groups, mut members) = (Vec::new(), Vec::new());
        for command in setup {
            match command {
                Command::CreateTopic { topic, partitions, replication_factor, .. } => {
                    topics.push((topic.clone(), *partitions, *replication_factor));
                }
                Command::AddProducer { producer, .. } => producers.push(producer.clone()),
                Command::AddGroup { group, spec: GroupSpec { members: of, .. } } => {
                    groups.push(group.clone());
                    members.extend((1..=of.len()).map(|number| format!("{group}-{number}")));
                }
                _ => {}
            }
        }
        Self { brokers, topics, producers, groups, members }
    }
}

/// Chores over the time of the weather, and their end. They come from dice of their own, so that the faults of a seed
/// are what they are without them.
pub(super) fn chores(
    seed: u64,
    calm: bool,
    cluster: &ClusterSpec,
    setup: &[Command],
) -> Vec<JournalEntry> {
    let dice = &mut Dice::new(seed ^ 0x6368_6f72_6573);
    let cast = Cast::of(cluster, setup);
    let mut journal = Vec::new();
    let mut at = 0;
    for _ in 0..dice.from(0, 10) {
        at += dice.from(1, 2 * WEATHER_MS / 10);
        if at < WEATHER_MS
            && let Some(command) = chore(dice, calm, &cast)
        {
            journal.push(JournalEntry::new(at, command));
        }
    }
    let said = elections(&journal);
    journal.extend(end(&cast));
    journal.extend(said);
    journal
}

/// Another `min.insync.replicas` clears the ELR (R-REP-34). A partition that had nobody in its ISR then has nobody that
/// may lead, whoever comes back, until somebody asks for an unclean election; where there is a leader it is refused.
fn elections(chores: &[JournalEntry]) -> Vec<JournalEntry> {
    let election = |entry: &JournalEntry| match &entry.command {
        Command::AlterTopicConfigs { topic, .. } => Some(JournalEntry::new(
            ALL_UP_MS,
            Command::ElectLeaders {
                election: ElectionType::Unclean,
                topic: Some(topic.clone()),
                partition: None,
            },
        )),
        _ => None,
    };
    chores.iter().filter_map(election).collect()
}

/// One chore; none where it would be about something that this storm has not.
fn chore(dice: &mut Dice, calm: bool, cast: &Cast) -> Option<Command> {
    let broker = *dice.pick(&cast.brokers)?;
    let (topic, partitions, factor) = dice.pick(&cast.topics)?.clone();
    let last = u64::try_from(partitions - 1).unwrap_or(0);
    let partition = i32::try_from(dice.from(0, last)).unwrap_or(0);
    Some(match dice.from(0, if calm { 11 } else { 15 }) {
        0 | 1 => reassign(dice, cast, topic, partition, factor),
        2 => Command::CancelReassignment { partitions: vec![PartitionName { topic, partition }] },
        3 | 4 => Command::ElectLeaders {
            election: ElectionType::Preferred,
            topic: None,
            partition: None,
        },
        5 => Command::SlowDisk { broker, write_ms: number(dice, 1, 200) },
        6 => Command::AddBroker { broker: None, rack: None },
        7 => Command::CrashProducer { producer: dice.pick(&cast.producers)?.clone() },
        8 => Command::StartProducer { producer: dice.pick(&cast.producers)?.clone() },
        9 => Command::CrashMember { member: dice.pick(&cast.members)?.clone() },
        10 => Command::StartMember { member: dice.pick(&cast.members)?.clone() },
        11 => Command::AddMember {
            group: dice.pick(&cast.groups)?.clone(),
            spec: MemberSpec::default(),
        },
        12 => Command::ElectLeaders {
            election: ElectionType::Unclean,
            topic: Some(topic),
            partition: Some(partition),
        },
        13 => Command::DeleteRecords {
            partitions: vec![PartitionOffset { partition, offset: dice.from(1, 40).cast_signed() }],
            topic,
        },
        14 => Command::AlterTopicConfigs {
            topic,
            set: configs(&[("min.insync.replicas", &dice.from(1, 3).to_string())]),
            delete: Vec::new(),
        },
        _ => Command::SetDisk { broker, disk_bytes: Some(dice.from(20_000, 400_000)) },
    })
}

/// To as many brokers as before, so that what was safe stays safe.
fn reassign(dice: &mut Dice, cast: &Cast, topic: String, partition: i32, factor: i16) -> Command {
    let mut left = cast.brokers.clone();
    let mut replicas = Vec::new();
    for _ in 0..factor {
        if let Some(broker) = dice.pick(&left).copied() {
            left.retain(|other| *other != broker);
            replicas.push(broker);
        }
    }
    Command::Reassign { partitions: vec![Reassignment { topic, partition, replicas }] }
}

/// Before brokers start again: disks are as large and as fast as at the start.
fn end(cast: &Cast) -> impl Iterator<Item = JournalEntry> {
    cast.brokers.iter().flat_map(|&broker| {
        [Command::SetDisk { broker, disk_bytes: None }, Command::SlowDisk { broker, write_ms: 0 }]
            .map(|command| JournalEntry::new(WEATHER_MS, command))
    })
}

fn number(dice: &mut Dice, low: u64, high: u64) -> u32 {
    u32::try_from(dice.from(low, high)).unwrap_or(u32::MAX)
}
