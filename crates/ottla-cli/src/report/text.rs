//! The same state as Kafka's command-line tools print it: columns, widths and words are theirs (Kafka 4.3.1;
//! recorded in `tests/golden/cli-transcripts.md`). Each part stands under the command that would print it.

use super::json::newest_events;
use crate::Failure;
use log_engine::view::{
    GroupOffsetView, GroupView, LaneView, LaneWindow, MemberState, MemberView, TopicView,
};
use scenario::Player;
use std::io::Write;

/// Every client runs beside its broker.
const HOST: &str = "/127.0.0.1";

/// Writes topics, offsets, groups and the trace hash.
pub fn write(out: &mut impl Write, player: &Player, events: usize) -> Result<(), Failure> {
    let engine = player.engine();
    let (title, elapsed_ms) = (&player.facts().title, player.elapsed_ms());
    writeln!(out, "{title}: {elapsed_ms} ms after the start")?;
    let topics: Vec<(TopicView, Vec<LaneView>)> = engine
        .cluster()
        .topics
        .iter()
        .filter_map(|topic| {
            Some((engine.topic(&topic.name)?, lanes(player, &topic.name, topic.partitions)))
        })
        .collect();
    write_topics(out, &topics)?;
    write_offsets(out, &topics)?;
    for group in engine.groups() {
        write_group(out, player, &group)?;
    }
    if events > 0 {
        writeln!(out, "\nEvents")?;
        for row in newest_events(player, events) {
            let at_ms = row.at_ms.saturating_sub(engine.start_ms());
            let cause = row.cause.map_or_else(String::new, |cause| format!("  (from {})", cause.0));
            writeln!(
                out,
                "{:>8} {at_ms:>10} ms  {:<14} {}{cause}",
                row.id.0, row.subject, row.text
            )?;
        }
    }
    writeln!(out, "\ntrace hash {}", super::trace_hash(player))?;
    Ok(())
}

fn lanes(player: &Player, topic: &str, partitions: i32) -> Vec<LaneView> {
    (0..partitions)
        .filter_map(|partition| player.engine().lane(topic, partition, LaneWindow::Tail(0)))
        .collect()
}

fn write_topics(
    out: &mut impl Write,
    topics: &[(TopicView, Vec<LaneView>)],
) -> Result<(), Failure> {
    writeln!(out, "\n$ kafka-topics.sh --describe")?;
    for (topic, lanes) in topics {
        let summary = &topic.summary;
        let configs: Vec<String> = topic
            .configs
            .iter()
            .filter(|config| config.source != "DEFAULT_CONFIG")
            .map(|config| {
                format!("{}={}", config.name, config.value.as_deref().unwrap_or_default())
            })
            .collect();
        writeln!(
            out,
            "Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}",
            summary.name,
            summary.topic_id,
            summary.partitions,
            summary.replication_factor,
            configs.join(",")
        )?;
        for lane in lanes {
            let leader =
                lane.leader.map_or_else(|| "none".to_owned(), |leader| leader.0.to_string());
            let replicas = joined(lane.replicas.iter().map(|replica| replica.broker.0));
            let isr = joined(lane.isr.iter().map(|broker| broker.0));
            writeln!(
                out,
                "\tTopic: {}\tPartition: {}\tLeader: {leader}\tReplicas: {replicas}\tIsr: {isr}\tElr: \tLastKnownElr: ",
                lane.topic, lane.partition
            )?;
        }
    }
    Ok(())
}

fn joined(ids: impl Iterator<Item = i32>) -> String {
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(",")
}

fn write_offsets(
    out: &mut impl Write,
    topics: &[(TopicView, Vec<LaneView>)],
) -> Result<(), Failure> {
    let lanes = || topics.iter().flat_map(|(_, lanes)| lanes);
    writeln!(out, "\n$ kafka-get-offsets.sh --time earliest")?;
    for lane in lanes() {
        writeln!(out, "{}:{}:{}", lane.topic, lane.partition, lane.log_start)?;
    }
    writeln!(out, "\n$ kafka-get-offsets.sh --time latest")?;
    for lane in lanes() {
        writeln!(out, "{}:{}:{}", lane.topic, lane.partition, lane.high_watermark)?;
    }
    Ok(())
}

fn write_group(out: &mut impl Write, player: &Player, group: &GroupView) -> Result<(), Failure> {
    let name = &group.group;
    let active: Vec<&MemberView> = group.members.iter().filter(|m| is_counted(m)).collect();
    writeln!(out, "\n$ kafka-consumer-groups.sh --describe --group {name} --state")?;
    write_notice(out, group, active.is_empty())?;
    writeln!(
        out,
        "\n{:<15} {:<25} {:<20} {:<20} #MEMBERS",
        "GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE"
    )?;
    let strategy = group.assignor.as_deref().unwrap_or_default();
    let coordinator = coordinator(player, group);
    writeln!(
        out,
        "{name:<15} {coordinator:<25} {strategy:<20} {:<20} {}",
        group.state,
        active.len()
    )?;
    writeln!(out, "\n$ kafka-consumer-groups.sh --describe --group {name}")?;
    write_notice(out, group, active.is_empty())?;
    write_group_offsets(out, group)?;
    if !active.is_empty() {
        writeln!(out, "\n$ kafka-consumer-groups.sh --describe --group {name} --members")?;
        write_members(out, name, &active)?;
    }
    Ok(())
}

/// Counted by the coordinator: a crashed member is, until its session ends.
fn is_counted(member: &MemberView) -> bool {
    let runs =
        matches!(member.state, MemberState::Joining | MemberState::Running | MemberState::Paused);
    member.member_id.is_some() && (runs || member.session_ends_ms.is_some())
}

/// What the tool says before its table.
fn write_notice(out: &mut impl Write, group: &GroupView, empty: bool) -> Result<(), Failure> {
    let name = &group.group;
    if empty {
        writeln!(out, "\nConsumer group '{name}' has no active members.")?;
    } else if matches!(group.state.as_str(), "PreparingRebalance" | "CompletingRebalance") {
        writeln!(out, "\nWarning: Consumer group '{name}' is rebalancing.")?;
    }
    Ok(())
}

/// The leader of the group's partition of `__consumer_offsets`.
fn coordinator(player: &Player, group: &GroupView) -> String {
    let engine = player.engine();
    let lane = engine.lane("__consumer_offsets", group.offsets_partition, LaneWindow::Tail(0));
    let leader = lane.and_then(|lane| lane.leader).or_else(|| {
        // With one broker there is no other.
        let brokers = engine.cluster().brokers;
        brokers.first().filter(|_| brokers.len() == 1).map(|broker| broker.id)
    });
    leader.map_or_else(|| "-".to_owned(), |id| format!("127.0.0.1:{}  ({})", 9091 + id.0, id.0))
}

fn write_group_offsets(out: &mut impl Write, group: &GroupView) -> Result<(), Failure> {
    let (names, topics) = (
        widest([group.group.as_str()]),
        widest(group.offsets.iter().map(|row| row.topic.as_str())),
    );
    let ids = widest(group.members.iter().filter_map(|member| member.member_id.as_deref()));
    writeln!(
        out,
        "\n{:<names$} {:<topics$} {:<10} {:<15} {:<15} {:<15} {:<ids$} {:<15} CLIENT-ID",
        "GROUP",
        "TOPIC",
        "PARTITION",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST"
    )?;
    for row in &group.offsets {
        let (id, host, client) = owner(group, row);
        writeln!(
            out,
            "{:<names$} {:<topics$} {:<10} {:<15} {:<15} {:<15} {id:<ids$} {host:<15} {client}",
            group.group,
            row.topic,
            row.partition,
            or_dash(row.committed),
            row.log_end,
            or_dash(row.lag),
        )?;
    }
    Ok(())
}

fn owner<'a>(group: &'a GroupView, row: &GroupOffsetView) -> (&'a str, &'static str, &'a str) {
    let member = group.members.iter().find(|member| row.member.as_ref() == Some(&member.name));
    match member {
        Some(member) => (member.member_id.as_deref().unwrap_or("-"), HOST, &member.name),
        None => ("-", "-", "-"),
    }
}

fn write_members(
    out: &mut impl Write,
    group: &str,
    members: &[&MemberView],
) -> Result<(), Failure> {
    let names = widest([group]);
    let ids = widest(members.iter().filter_map(|member| member.member_id.as_deref()));
    let clients = widest(members.iter().map(|member| member.name.as_str()));
    writeln!(
        out,
        "\n{:<names$} {:<ids$} {:<15} {:<clients$} {:<15} ",
        "GROUP", "CONSUMER-ID", "HOST", "CLIENT-ID", "#PARTITIONS"
    )?;
    for member in members {
        let id = member.member_id.as_deref().unwrap_or("-");
        writeln!(
            out,
            "{group:<names$} {id:<ids$} {HOST:<15} {:<clients$} {:<15} ",
            member.name,
            member.owned.len()
        )?;
    }
    Ok(())
}

/// A column is as wide as its widest value, and 15 at least.
fn widest<'a>(values: impl IntoIterator<Item = &'a str>) -> usize {
    values.into_iter().map(|value| value.chars().count()).fold(15, usize::max)
}

fn or_dash(value: Option<i64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
