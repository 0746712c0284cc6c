//! `kafka-consumer-groups.sh --reset-offsets` (`ConsumerGroupService.resetOffsets`, `OffsetsUtils`).

use super::{Job, groups, joined, table};
use crate::act::Refusal;
use crate::date;
use crate::exception::{Exception, Stop};
use log_engine::command::GroupOffset;
use log_engine::coordinator::GroupState;
use log_engine::protocol::ErrorCode;
use log_engine::{Command, TopicPartition};
use sorted::SortedMap;

const SCENARIOS: [&str; 8] = [
    "to-offset",
    "shift-by",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "from-file",
];

/// What a reset plans: a new offset for each partition, in order.
type Plan = SortedMap<TopicPartition, i64>;

/// The checks of the option parser.
pub(super) fn check_args(job: &mut Job<'_>, scoped: bool, scope: &str) -> Result<(), Stop> {
    if job.options.count_of(&["dry-run", "execute"]) == 2 {
        let text = "Option [reset-offsets] only accepts one of [execute] and [dry-run]";
        return Err(Stop::Usage(text.to_owned()));
    }
    if job.options.count_of(&["dry-run", "execute"]) == 0 {
        job.screen.err(
            "WARN: No action will be performed as the --execute option is missing. In version 5.0, \
             this command will require either --dry-run or --execute to be specified. You should add \
             the --dry-run option explicitly if you are scripting this command and want to keep the \
             current default behavior without prompting.",
        );
    }
    if !scoped {
        let text = format!("Option [reset-offsets] takes one of these options: {scope}");
        return Err(Stop::Usage(text));
    }
    for scenario in SCENARIOS {
        let others: Vec<&str> = SCENARIOS.into_iter().filter(|other| *other != scenario).collect();
        job.forbid_with(scenario, &others)?;
    }
    Ok(())
}

/// Plans, prints the plan, and with `--execute` carries it out.
pub(super) fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    let mut plans: Vec<(String, Plan)> = Vec::new();
    for group in groups::wanted(job) {
        let state = job.cluster.group(&group).map(|known| known.description.state);
        let plan = match state {
            None | Some(GroupState::Empty) => {
                let partitions = partitions(job, &group)?;
                check_partitions(job, &partitions)?;
                plan(job, &group, &partitions)?
            }
            Some(state) => {
                job.screen.out(format!(
                    "\nError: Assignments can only be reset if the group '{group}' is inactive, but \
                     the current state is {}.",
                    state.name()
                ));
                Plan::new()
            }
        };
        plans.push((group, plan));
    }
    let lines = if job.options.has("export") { csv(job, &plans) } else { printed(&plans) };
    let offsets = |plan: &Plan| -> Vec<GroupOffset> {
        plan.iter()
            .map(|(tp, offset)| GroupOffset {
                topic: tp.topic.to_string(),
                partition: tp.partition,
                offset: *offset,
            })
            .collect()
    };
    let commands: Vec<Command> = plans
        .iter()
        .filter(|(_, plan)| !plan.is_empty() && job.options.has("execute"))
        .map(|(group, plan)| Command::ResetOffsets { group: group.clone(), offsets: offsets(plan) })
        .collect();
    if commands.is_empty() {
        lines.iter().for_each(|line| job.screen.out(line));
    } else {
        job.act(commands, &lines, Refusal::Groups);
    }
    Ok(())
}

/// `printOffsetsToReset`.
fn printed(plans: &[(String, Plan)]) -> Vec<String> {
    if plans.is_empty() {
        return Vec::new();
    }
    let group_width = plans.iter().map(|(group, _)| group.len()).max().unwrap_or(0).max(15);
    let topics = plans.iter().flat_map(|(_, plan)| plan.keys()).map(|tp| tp.topic.len());
    let widths = [group_width, topics.max().unwrap_or(0).max(15), 10, 0];
    let mut lines = vec![String::new()];
    lines.push(table::row(&["GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"], &widths));
    for (group, plan) in plans {
        for (tp, offset) in plan.iter() {
            let (partition, offset) = (tp.partition.to_string(), offset.to_string());
            lines.push(table::row(&[group, &tp.topic, &partition, &offset], &widths));
        }
    }
    lines
}

/// `exportOffsetsToCsv`.
fn csv(job: &Job<'_>, plans: &[(String, Plan)]) -> Vec<String> {
    let single = job.options.values("group").len() == 1;
    let mut lines = Vec::new();
    for (group, plan) in plans {
        for (tp, offset) in plan.iter() {
            let row = format!("{},{},{offset}", tp.topic, tp.partition);
            lines.push(if single { row } else { format!("{group},{row}") });
        }
    }
    lines.push(String::new());
    lines
}

fn committed(job: &Job<'_>, group: &str) -> Plan {
    let known = job.cluster.group(group);
    let offsets = known.map(|known| known.description.offsets).unwrap_or_default();
    offsets.into_iter().map(|known| (known.partition, known.offset)).collect()
}

/// `getPartitionsToReset`.
fn partitions(job: &Job<'_>, group: &str) -> Result<Vec<TopicPartition>, Stop> {
    if job.options.has("all-topics") {
        return Ok(committed(job, group).keys().cloned().collect());
    }
    if !job.options.has("topic") {
        if job.options.has("from-file") {
            return Ok(Vec::new());
        }
        let text = "One of the reset scopes should be defined: --all-topics, --topic.";
        return Err(Stop::Usage(text.to_owned()));
    }
    let mut partitions = Vec::new();
    for arg in job.options.values("topic") {
        if arg.contains(':') {
            partitions.extend(with_partitions(arg)?);
        } else if job.cluster.has_topic(arg) {
            partitions.extend(job.cluster.partitions_of(arg));
        } else {
            return Err(Exception::plain(ErrorCode::UnknownTopicOrPartition).into());
        }
    }
    Ok(partitions)
}

/// `orders:0,1`.
fn with_partitions(arg: &str) -> Result<Vec<TopicPartition>, Exception> {
    let parts: Vec<&str> = arg.split(':').filter(|part| !part.is_empty()).collect();
    let [topic, partitions] = parts.as_slice() else {
        let text = format!("Invalid topic arg '{arg}', expected topic name and partitions");
        return Err(Exception::illegal_argument(text));
    };
    let number = |partition: &str| {
        partition.parse().map_err(|_| {
            let text = format!("Invalid partition '{partition}' specified in topic arg '{arg}''");
            Exception::illegal_argument(text)
        })
    };
    let partitions = partitions.split(',').map(number);
    partitions.map(|number| Ok(TopicPartition::new(*topic, number?))).collect()
}

/// `checkAllTopicPartitionsValid`.
fn check_partitions(job: &Job<'_>, partitions: &[TopicPartition]) -> Result<(), Exception> {
    let unknown: Vec<&TopicPartition> = partitions
        .iter()
        .filter(|tp| job.cluster.partition(&tp.topic, tp.partition).is_none())
        .collect();
    if !unknown.is_empty() {
        let text = format!("The partitions \"{}\" do not exist", joined(unknown, ","));
        return Err(Exception::of_code(ErrorCode::UnknownTopicOrPartition, text));
    }
    let leaderless: Vec<&TopicPartition> =
        partitions.iter().filter(|tp| !job.cluster.is_led(&tp.topic, tp.partition)).collect();
    if !leaderless.is_empty() {
        let text = format!("The partitions \"{}\" have no leader", joined(leaderless, ","));
        return Err(Exception::of_code(ErrorCode::LeaderNotAvailable, text));
    }
    Ok(())
}

/// `prepareOffsetsToReset`.
fn plan(job: &mut Job<'_>, group: &str, partitions: &[TopicPartition]) -> Result<Plan, Stop> {
    let each = |of: &dyn Fn(&TopicPartition) -> i64| -> Plan {
        partitions.iter().map(|tp| (tp.clone(), of(tp))).collect()
    };
    let cluster = job.cluster;
    let latest = |tp: &TopicPartition| cluster.latest(tp).unwrap_or(0);
    if job.options.has("to-offset") {
        let offset: i64 = job.options.number("to-offset")?.unwrap_or(0);
        let wanted = each(&|_| offset);
        return Ok(within_range(job, wanted));
    }
    if job.options.has("to-earliest") {
        return Ok(each(&|tp| cluster.earliest(tp).unwrap_or(0)));
    }
    if job.options.has("to-latest") {
        return Ok(each(&latest));
    }
    if job.options.has("shift-by") {
        let by: i64 = job.options.number("shift-by")?.unwrap_or(0);
        let current = committed(job, group);
        let mut wanted = Plan::new();
        for tp in partitions {
            let offset = current.get(tp).ok_or_else(|| {
                let text = format!(
                    "Cannot shift offset for partition {tp} since there is no current committed offset"
                );
                Exception::illegal_argument(text)
            })?;
            wanted.insert(tp.clone(), offset.saturating_add(by));
        }
        return Ok(within_range(job, wanted));
    }
    if let Some(text) = job.options.value("to-datetime")? {
        let unreadable = || {
            let class = "java.text.ParseException";
            let text = format!("Error parsing timestamp with value: {text}");
            Exception::new("java.lang.RuntimeException", format!("{class}: {text}"))
        };
        let timestamp = date::parse_date_time(text).ok_or_else(unreadable)?;
        return Ok(at_time(job, partitions, timestamp));
    }
    if let Some(text) = job.options.value("by-duration")? {
        let class = "java.time.format.DateTimeParseException";
        let unreadable = || Exception::new(class, "Text cannot be parsed to a Duration");
        let duration = date::parse_duration(text).ok_or_else(unreadable)?;
        let timestamp = cluster.engine.now_ms().saturating_sub(duration);
        return Ok(at_time(job, partitions, timestamp));
    }
    if job.options.has("from-file") {
        return from_file(job, group);
    }
    if job.options.has("to-current") {
        let current = committed(job, group);
        return Ok(each(&|tp| current.get(tp).copied().unwrap_or_else(|| latest(tp))));
    }
    let names = joined(SCENARIOS.iter().map(|name| format!("[{name}]")), ", ");
    let text =
        format!("Option '[reset-offsets]' requires one of the following scenarios: [{names}]");
    Err(Stop::Usage(text))
}

/// `checkOffsetsRange`.
fn within_range(job: &mut Job<'_>, wanted: Plan) -> Plan {
    let mut plan = Plan::new();
    for (tp, offset) in wanted.iter() {
        let latest = job.cluster.latest(tp).unwrap_or(i64::MAX);
        let earliest = job.cluster.earliest(tp).unwrap_or(0);
        let (word, bound) = match () {
            () if *offset > latest => ("higher than latest", latest),
            () if *offset < earliest => ("lower than earliest", earliest),
            () => {
                plan.insert(tp.clone(), *offset);
                continue;
            }
        };
        let stamp = date::log_stamp(job.cluster.engine.now_ms());
        job.screen.err(format!(
            "{stamp} WARN New offset ({offset}) is {word} offset for topic partition {tp}. Value will \
             be set to {bound} (org.apache.kafka.tools.OffsetsUtils)"
        ));
        plan.insert(tp.clone(), bound);
    }
    plan
}

/// `getLogTimestampOffsets`.
fn at_time(job: &mut Job<'_>, partitions: &[TopicPartition], timestamp_ms: i64) -> Plan {
    let mut plan = Plan::new();
    for tp in partitions {
        let offset = job.cluster.at_time(tp, timestamp_ms).unwrap_or_else(|| {
            job.screen.out(format!(
                "\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
                tp.partition, tp.topic
            ));
            job.cluster.latest(tp).unwrap_or(0)
        });
        plan.insert(tp.clone(), offset);
    }
    plan
}

/// A plan as `--export` wrote it.
fn from_file(job: &mut Job<'_>, group: &str) -> Result<Plan, Stop> {
    let text = job.file("from-file")?;
    let unreadable = |line: &str| {
        let class = "com.fasterxml.jackson.databind.RuntimeJsonMappingException";
        Exception::new("java.lang.RuntimeException", format!("{class}: {line}"))
    };
    let mut wanted = Plan::new();
    let mut found = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let (of, topic, partition, offset) = match cells.as_slice() {
            [topic, partition, offset] => (group, topic, partition, offset),
            [of, topic, partition, offset] => (*of, topic, partition, offset),
            _ => return Err(unreadable(line).into()),
        };
        let (Ok(partition), Ok(offset)) = (partition.parse(), offset.parse()) else {
            return Err(unreadable(line).into());
        };
        if of == group {
            found = true;
            wanted.insert(TopicPartition::new(*topic, partition), offset);
        }
    }
    if !found {
        job.screen.out(format!("\nError: No reset plan for group {group} found"));
    }
    check_partitions(job, &wanted.keys().cloned().collect::<Vec<_>>())?;
    Ok(within_range(job, wanted))
}
