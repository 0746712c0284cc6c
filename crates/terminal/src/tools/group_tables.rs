//! `kafka-consumer-groups.sh --describe`: offsets, members, states (`ConsumerGroupService.describeGroups`).

use super::table::row;
use super::{Job, groups, joined};
use crate::address;
use crate::exception::Stop;
use log_engine::TopicPartition;
use log_engine::coordinator::{GroupState, MemberDescription};
use log_engine::view::DescribedGroup;
use sorted::SortedMap;

/// Stands where there is nothing to say.
const NONE: &str = "-";

/// Prints the groups asked for.
pub(super) fn describe(job: &mut Job<'_>) -> Result<(), Stop> {
    let mut names = groups::wanted(job);
    sorted::sort(&mut names);
    names.dedup();
    let described: Result<Vec<DescribedGroup>, _> =
        names.iter().map(|name| groups::described(job, name)).collect();
    let verbose = job.options.has("verbose");
    for group in described? {
        if job.options.has("members") {
            members(job, &group, verbose);
        } else if job.options.has("state") {
            state(job, &group, verbose);
        } else {
            offsets(job, &group, verbose);
        }
    }
    Ok(())
}

/// `shouldPrintMemberState`.
fn says_state(job: &mut Job<'_>, group: &DescribedGroup, rows: usize) -> bool {
    let name = &group.description.group;
    match group.description.state {
        GroupState::Empty => {
            job.screen.err(format!("\nConsumer group '{name}' has no active members."));
        }
        GroupState::PreparingRebalance | GroupState::CompletingRebalance => {
            job.screen.err(format!("\nWarning: Consumer group '{name}' is rebalancing."));
        }
        GroupState::Stable => {}
    }
    rows > 0
}

fn offsets(job: &mut Job<'_>, group: &DescribedGroup, verbose: bool) {
    let rows = offset_rows(job, group);
    if !says_state(job, group, rows.len()) {
        return;
    }
    let widest = |at: usize, least: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(String::len).max().unwrap_or(0).max(least)
    };
    let (group_width, topic, id, host) =
        (widest(0, 15), widest(1, 15), widest(7, 15), widest(8, 15));
    let mut widths = vec![group_width, topic, 10];
    widths.extend([15].repeat(if verbose { 4 } else { 3 }));
    widths.extend([id, host, 0]);
    let print = |job: &mut Job<'_>, cells: Vec<&str>| {
        let shown = cells.into_iter().enumerate().filter(|(at, _)| verbose || *at != 3);
        let cells: Vec<&str> = shown.map(|(_, cell)| cell).collect();
        job.screen.out(row(&cells, &widths));
    };
    job.screen.out("");
    print(
        job,
        vec![
            "GROUP",
            "TOPIC",
            "PARTITION",
            "LEADER-EPOCH",
            "CURRENT-OFFSET",
            "LOG-END-OFFSET",
            "LAG",
            "CONSUMER-ID",
            "HOST",
            "CLIENT-ID",
        ],
    );
    rows.iter().for_each(|cells| print(job, cells.iter().map(String::as_str).collect()));
}

/// A row for each partition: those of members first, the busiest member's before the others', then those nobody has.
fn offset_rows(job: &Job<'_>, group: &DescribedGroup) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut assigned: Vec<&TopicPartition> = Vec::new();
    let members = &group.description.members;
    let mut members: Vec<&MemberDescription> =
        members.iter().filter(|member| !member.assignment.is_empty()).collect();
    sorted::sort_by_key(&mut members, |member| usize::MAX - member.assignment.len());
    for member in members {
        for tp in member.assignment.iter() {
            assigned.push(tp);
            rows.push(offset_row(job, group, tp, Some(member)));
        }
    }
    let committed = group.description.offsets.iter().map(|known| &known.partition);
    for tp in committed.filter(|tp| !assigned.contains(tp)) {
        rows.push(offset_row(job, group, tp, None));
    }
    rows
}

fn offset_row(
    job: &Job<'_>,
    group: &DescribedGroup,
    tp: &TopicPartition,
    member: Option<&MemberDescription>,
) -> Vec<String> {
    let text = |number: Option<i64>| number.map_or(NONE.to_owned(), |number| number.to_string());
    let committed = group.description.offsets.iter().find(|known| known.partition == *tp);
    let offset = committed.map(|known| known.offset);
    let epoch = committed.map(|known| i64::from(known.leader_epoch)).filter(|epoch| *epoch >= 0);
    let end = job.cluster.latest(tp);
    let lag = offset.zip(end).map(|(offset, end)| end - offset);
    vec![
        group.description.group.to_string(),
        tp.topic.to_string(),
        tp.partition.to_string(),
        text(epoch),
        text(offset),
        text(end),
        text(lag),
        member.map_or(NONE.to_owned(), |member| member.id.to_string()),
        member.map_or(NONE, |_| address::CLIENT_HOST).to_owned(),
        member.map_or(NONE.to_owned(), |member| member.client_id.to_string()),
    ]
}

/// `orders:0,1;payments:2`.
fn assignment_text(assignment: &[TopicPartition]) -> String {
    let mut by_topic: SortedMap<&str, Vec<i32>> = SortedMap::new();
    for tp in assignment {
        by_topic.entry(&tp.topic).or_default().push(tp.partition);
    }
    if by_topic.is_empty() {
        return NONE.to_owned();
    }
    let text = |(topic, partitions): (&&str, &Vec<i32>)| {
        let mut partitions = partitions.clone();
        sorted::sort(&mut partitions);
        format!("{topic}:{}", joined(partitions, ","))
    };
    joined(by_topic.iter().map(text), ";")
}

fn members(job: &mut Job<'_>, group: &DescribedGroup, verbose: bool) {
    let members = &group.description.members;
    let name = &*group.description.group;
    let says = says_state(job, group, members.len());
    let instances = says && members.iter().any(|member| member.instance_id.is_some());
    let widest = |least: usize, of: &dyn Fn(&MemberDescription) -> usize| {
        let widths = members.iter().filter(|_| says).map(of);
        widths.max().unwrap_or(0).max(least)
    };
    let instance =
        |member: &MemberDescription| member.instance_id.as_deref().unwrap_or_default().to_owned();
    let mut widths = vec![if says { name.len().max(15) } else { 15 }];
    widths.push(widest(15, &|member| member.id.len()));
    if instances {
        widths.push(widest(17, &|member| instance(member).len()));
    }
    widths.extend([15, widest(15, &|member| member.client_id.len()), 15]);
    if verbose {
        let longest = widest(20, &|member| assignment_text(&member.assignment).len());
        widths.extend([15, longest, 15, 20]);
    }
    let print = |job: &mut Job<'_>, cells: Vec<String>| {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let text = row(&cells, &widths);
        // The short form ends with the space that parts it from the long one.
        job.screen.out(if verbose { text } else { text + " " });
    };
    let cells = |first: [&str; 3], rest: [&str; 7]| {
        let (plain, long) = rest.split_at(3);
        let instance = first.iter().skip(2).filter(|_| instances);
        let head = first.iter().take(2).chain(instance).chain(plain);
        head.chain(long.iter().filter(|_| verbose))
            .map(|cell| (*cell).to_owned())
            .collect::<Vec<_>>()
    };
    job.screen.out("");
    let head = cells(
        ["GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID"],
        [
            "HOST",
            "CLIENT-ID",
            "#PARTITIONS",
            "CURRENT-EPOCH",
            "CURRENT-ASSIGNMENT",
            "TARGET-EPOCH",
            "TARGET-ASSIGNMENT",
        ],
    );
    print(job, head);
    for member in members {
        let count = member.assignment.len().to_string();
        let assignment = assignment_text(&member.assignment);
        let instance = instance(member);
        let line = cells(
            [name, &member.id, &instance],
            [address::CLIENT_HOST, &member.client_id, &count, NONE, &assignment, NONE, NONE],
        );
        print(job, line);
    }
}

fn state(job: &mut Job<'_>, group: &DescribedGroup, verbose: bool) {
    let description = &group.description;
    if !says_state(job, group, 1) {
        return;
    }
    let broker = group.coordinator;
    let coordinator = format!("{}  ({})", address::broker(broker), broker.0);
    let strategy = description.protocol.filter(|name| !name.is_empty()).unwrap_or(NONE);
    let count = description.members.len().to_string();
    let (group_width, width) = (description.group.len().max(15), coordinator.len().max(25));
    let name = &*description.group;
    let state = description.state.name();
    job.screen.out("");
    if verbose {
        let widths = [group_width, width, 20, 20, 15, 25, 0];
        job.screen.out(row(
            &[
                "GROUP",
                "COORDINATOR (ID)",
                "ASSIGNMENT-STRATEGY",
                "STATE",
                "GROUP-EPOCH",
                "TARGET-ASSIGNMENT-EPOCH",
                "#MEMBERS",
            ],
            &widths,
        ));
        let cells = [name, &coordinator, strategy, state, NONE, NONE, &count];
        job.screen.out(row(&cells, &widths));
    } else {
        let widths = [group_width, width, 20, 20, 0];
        job.screen.out(row(
            &["GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"],
            &widths,
        ));
        job.screen.out(row(&[name, &coordinator, strategy, state, &count], &widths));
    }
}
