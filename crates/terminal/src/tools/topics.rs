//! `kafka-topics.sh` (`TopicCommand`): options and their checks, create, alter, list, delete.

use super::reassign_json::duplicates;
use super::{Job, Tool, joined, message_and_trace};
use crate::act::{self, Refusal};
use crate::exception::{Exception, Stop};
use log_engine::config::{ConfigError, Scope, validate_all};
use log_engine::protocol::ErrorCode;
use log_engine::{Command, Configs};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-topics",
    about: "create, delete, describe or change topics",
    help: include_str!("../../help/kafka-topics.txt"),
    run,
    misread: message_and_trace,
    thrown: |job, thrown| act::topics(&mut job.screen, job.cluster.engine.now_ms(), thrown),
};

const ACTIONS: [&str; 5] = ["alter", "create", "describe", "list", "delete"];
const REPORTS: [&str; 4] = [
    "under-replicated-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
    "unavailable-partitions",
];
const CONFIGS_TOOL: &str = " (To alter topic configurations, the kafka-configs tool can be used.)";

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    if job.args.is_empty() {
        return Err(Stop::Usage("Create, delete, describe, or change a topic.".to_owned()));
    }
    job.read_options()?;
    if let Err(stop) = check_args(job) {
        // Options are checked before TopicCommand begins to catch what goes wrong.
        if let Stop::Thrown(thrown) = &stop {
            message_and_trace(job, thrown);
            return Err(Stop::Done);
        }
        return Err(stop);
    }
    carry_out(job).map_err(|stop| match stop {
        // A value that can't be converted is found out while the command runs.
        Stop::Thrown(thrown) => {
            act::topics(&mut job.screen, job.cluster.engine.now_ms(), &thrown);
            Stop::Done
        }
        other => other,
    })
}

fn carry_out(job: &mut Job<'_>) -> Result<(), Stop> {
    if job.options.has("create") {
        create(job)
    } else if job.options.has("alter") {
        alter(job)
    } else if job.options.has("list") {
        list(job)
    } else if job.options.has("describe") {
        super::topics_describe::describe(job)
    } else {
        delete(job)
    }
}

fn check_args(job: &mut Job<'_>) -> Result<(), Stop> {
    if job.options.count_of(&ACTIONS) != 1 {
        let text = "Command must include exactly one action: --list, --describe, --create, --alter \
                    or --delete";
        return Err(Stop::Usage(text.to_owned()));
    }
    if job.options.has("delete-config") {
        job.screen.err(
            "delete-config option is no longer supported and deprecated since version 4.0. The \
             config will be fully removed in future releases.",
        );
    }
    if !job.options.has("bootstrap-server") {
        return Err(Exception::illegal_argument("--bootstrap-server must be specified").into());
    }
    if job.options.has("describe") && job.options.has("if-exists") {
        if !job.options.has("topic") && !job.options.has("topic-id") {
            let text = "--topic or --topic-id is required to describe a topic";
            return Err(Stop::Usage(text.to_owned()));
        }
        if job.options.has("topic") && job.options.has("topic-id") {
            job.screen.out(
                "Only topic id will be used when both --topic and --topic-id are specified and \
                 topicId is not Uuid.ZERO_UUID",
            );
        }
    }
    if !job.options.has("list") && !job.options.has("describe") {
        job.require(&["topic"])?;
    }
    if job.options.has("alter") {
        if job.options.has("config") {
            let text = format!(
                "Option combination \"[[bootstrap-server], [config]]\" can't be used with option \
                 \"[alter]\"{CONFIGS_TOOL}"
            );
            return Err(Stop::Usage(text));
        }
        job.require(&["partitions"])?;
    }
    check_combinations(job)
}

fn check_combinations(job: &Job<'_>) -> Result<(), Stop> {
    let actions_but = |allowed: &[&str]| -> Vec<&str> {
        ACTIONS.into_iter().filter(|action| !allowed.contains(action)).collect()
    };
    for (option, allowed) in [
        ("config", &["alter", "create"][..]),
        ("partitions", &["alter", "create"]),
        ("replication-factor", &["create"]),
        ("replica-assignment", &["alter", "create"]),
    ] {
        job.forbid_with(option, &actions_but(allowed))?;
    }
    if job.options.has("create") {
        job.forbid_with("replica-assignment", &["partitions", "replication-factor"])?;
    }
    for report in REPORTS {
        let mut others = actions_but(&["describe"]);
        others.push("topics-with-overrides");
        job.forbid_with(report, &others)?;
    }
    let mut others = actions_but(&["describe"]);
    others.extend(REPORTS);
    job.forbid_with("topics-with-overrides", &others)?;
    job.forbid_with("if-exists", &actions_but(&["alter", "delete", "describe"]))?;
    job.forbid_with("if-not-exists", &actions_but(&["create"]))?;
    job.forbid_with("exclude-internal", &actions_but(&["list", "describe"]))
}

/// Refuses a topic that should be there and is not.
pub(super) fn ensure_exists(job: &Job<'_>, found: bool) -> Result<(), Exception> {
    let wanted = job.options.values("topic").first().copied().unwrap_or_default();
    if found || wanted.is_empty() || job.options.has("if-exists") {
        return Ok(());
    }
    let text = format!("Topic '{wanted}' does not exist as expected");
    Err(Exception::illegal_argument(text))
}

/// `parseTopicConfigsToBeAdded`, with `LogConfig.validate`.
fn configs(job: &Job<'_>) -> Result<Configs, Exception> {
    let mut configs = Configs::new();
    for config in job.options.values("config") {
        let mut parts = config.split('=').map(str::trim);
        let (Some(name), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Exception::illegal_argument(
                "requirement failed: Invalid topic config: all configs to be added must be in the \
                 format \"key=val\".",
            ));
        };
        configs.insert(name.to_owned(), value.to_owned());
    }
    validate_all(Scope::Topic, &configs).map_err(|refused| match &refused {
        ConfigError::UnknownName { .. } => {
            Exception::of_code(ErrorCode::InvalidConfig, refused.to_string())
        }
        _ => {
            let class = "org.apache.kafka.common.config.ConfigException";
            Exception::new(class, refused.to_string())
        }
    })?;
    Ok(configs)
}

/// `parseReplicaAssignment`: partitions in order, each with its brokers; none where the option is not given.
fn replica_assignment(job: &Job<'_>) -> Result<Vec<Vec<i32>>, Stop> {
    let list = job.options.value("replica-assignment")?.unwrap_or_default();
    let mut assignments: Vec<Vec<i32>> = Vec::new();
    if list.is_empty() {
        return Ok(assignments);
    }
    for (number, replicas) in list.split(',').enumerate() {
        let mut brokers = Vec::new();
        for word in replicas.split(':').map(str::trim) {
            brokers.push(word.parse::<i32>().map_err(|_| {
                let class = "java.lang.NumberFormatException";
                Exception::new(class, format!("For input string: \"{word}\""))
            })?);
        }
        let twice = duplicates(&brokers);
        if !twice.is_empty() {
            let text = format!(
                "Partition replica lists may not contain duplicate entries: {}",
                joined(twice, ",")
            );
            return Err(Exception::admin_failed(text).into());
        }
        if assignments.first().is_some_and(|first| first.len() != brokers.len()) {
            let text = format!(
                "Partition {number} has different replication factor: [{}]",
                joined(brokers, ", ")
            );
            return Err(Exception::admin_operation(text).into());
        }
        assignments.push(brokers);
    }
    Ok(assignments)
}

fn create(job: &mut Job<'_>) -> Result<(), Stop> {
    let name = job.options.value("topic")?.unwrap_or_default().to_owned();
    let partitions: Option<i32> = job.options.number("partitions")?;
    let factor: Option<i32> = job.options.number("replication-factor")?;
    let assignments = replica_assignment(job)?;
    let configs = configs(job)?;
    if name.contains(['.', '_']) {
        job.screen.out(
            "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore \
             ('_') could collide. To avoid issues it is best to use either, but not both.",
        );
    }
    if factor.is_some_and(|factor| !(1..=i32::from(i16::MAX)).contains(&factor)) {
        let text = "The replication factor must be between 1 and 32767 inclusive";
        return Err(Exception::illegal_argument(text).into());
    }
    if partitions.is_some_and(|partitions| partitions < 1) {
        let text = "The partitions must be greater than 0";
        return Err(Exception::illegal_argument(text).into());
    }
    job.cluster.reach("createTopics")?;
    // -1 is what the brokers' configs say.
    let factor = factor.map_or(-1, |factor| i16::try_from(factor).unwrap_or(i16::MAX));
    let command = Command::CreateTopic {
        topic: name.clone(),
        partitions: partitions.unwrap_or(-1),
        replication_factor: factor,
        configs,
        assignments,
    };
    job.act(vec![command], &[format!("Created topic {name}.")], Refusal::Topics);
    if let Some(act) = job.act.as_mut().filter(|_| job.options.has("if-not-exists")) {
        act.forgives = Some(ErrorCode::TopicAlreadyExists.name());
    }
    Ok(())
}

fn alter(job: &mut Job<'_>) -> Result<(), Stop> {
    let include = job.options.value("topic")?;
    let count: i32 = job.options.number("partitions")?.unwrap_or_default();
    let assignments = replica_assignment(job)?;
    configs(job)?;
    job.cluster.reach("listTopics")?;
    let topics = job.cluster.topics_like(include)?;
    ensure_exists(job, !topics.is_empty())?;
    let mut commands = Vec::new();
    for topic in topics {
        // The list is of the whole topic: those it has already are passed over (`topicNewPartitions`).
        let known = job.cluster.partitions_of(&topic).len();
        let more: Vec<Vec<i32>> = assignments.iter().skip(known).cloned().collect();
        let additional = usize::try_from(count).unwrap_or(0).saturating_sub(known);
        if !assignments.is_empty() && more.is_empty() && additional > 0 {
            let text = format!(
                "Attempted to add {additional} additional partition(s), but only 0 assignment(s) were specified."
            );
            return Err(Exception::of_code(ErrorCode::InvalidReplicaAssignment, text).into());
        }
        commands.push(Command::CreatePartitions { topic, count, assignments: more });
    }
    job.act(commands, &[], Refusal::Topics);
    Ok(())
}

fn list(job: &mut Job<'_>) -> Result<(), Stop> {
    job.cluster.reach("listTopics")?;
    let topics = job.cluster.topics_like(job.options.value("topic")?)?;
    job.screen.out(topics.join("\n"));
    Ok(())
}

fn delete(job: &mut Job<'_>) -> Result<(), Stop> {
    job.cluster.reach("listTopics")?;
    let topics = job.cluster.topics_like(job.options.value("topic")?)?;
    ensure_exists(job, !topics.is_empty())?;
    let commands = topics.into_iter().map(|topic| Command::DeleteTopic { topic });
    job.act(commands.collect(), &[], Refusal::Topics);
    Ok(())
}
