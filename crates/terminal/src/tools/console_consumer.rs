//! `kafka-console-consumer.sh` (`ConsoleConsumer`, `ConsoleConsumerOptions`): a member of a group, whose records are
//! printed as it polls them. With `--partition` it is in no group and reads the partition itself; this reader is the
//! terminal's own and asks no broker for anything.

use super::consuming::{Consuming, From};
use super::formatter::Formatter;
use super::{Job, Tool};
use crate::act::Refusal;
use crate::date::log_stamp;
use crate::exception::{Exception, Stop};
use crate::properties;
use crate::terminal::Running;
use log_engine::command::{GroupSpec, MemberSpec};
use log_engine::config::Scope;
use log_engine::{Command, Configs, EventId, TopicPartition};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-console-consumer",
    about: "print records as a group member reads them",
    help: include_str!("../../help/kafka-console-consumer.txt"),
    run,
    misread: |job, thrown| job.usage(&thrown.message),
    thrown: |job, thrown| {
        let stamp = log_stamp(job.cluster.engine.now_ms());
        job.screen.err(format!(
            "{stamp} ERROR Unknown error when running consumer:  \
             (org.apache.kafka.tools.consumer.ConsoleConsumer)\n{thrown}"
        ));
    },
};

const PROTOCOL: &str = "The consumer rebalance protocol (KIP-848) is production-ready! Set \
    group.protocol=consumer to try it out. See \
    https://kafka.apache.org/documentation/#consumer_rebalance_protocol";

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    check_args(job)?;
    let mut configs = configs(job)?;
    let formatter = Formatter::of(job)?;
    let most: Option<i32> = job.options.number("max-messages")?;
    let timeout: Option<i64> = job.options.number("timeout-ms")?;
    job.cluster.reach("metadata")?;
    let engine = job.cluster.engine;
    let client = configs.remove("client.id").unwrap_or_else(|| "console-consumer".to_owned());
    let partition: Option<i32> = job.options.number("partition")?;
    let from = match partition {
        Some(partition) => one_partition(job, partition, &configs)?,
        None => {
            job.screen.err(PROTOCOL);
            let member = super::free_name(engine, &client);
            join(job, &member, configs)?;
            From::Member(member)
        }
    };
    job.mode = Some(Running::Consumer(Box::new(Consuming {
        from,
        formatter,
        most: most.and_then(|most| u64::try_from(most).ok()),
        timeout_ms: timeout.filter(|timeout| *timeout >= 0),
        seen: EventId(engine.cluster().events),
        read: 0,
        last_ms: engine.now_ms(),
    })));
    Ok(())
}

fn usage(text: impl Into<String>) -> Result<(), Stop> {
    Err(Stop::Usage(text.into()))
}

fn check_args(job: &mut Job<'_>) -> Result<(), Stop> {
    if job.options.count_of(&["topic", "include"]) != 1 {
        return usage("Exactly one of the following arguments is required: [topic], [include]");
    }
    let has = |name: &str| job.options.has(name);
    if has("partition") {
        if !has("topic") {
            return usage("The topic is required when partition is specified.");
        }
        if has("from-beginning") && has("offset") {
            return usage("Options from-beginning and offset cannot be specified together.");
        }
    } else if has("offset") {
        return usage("The partition is required when offset is specified.");
    }
    job.require(&["bootstrap-server"])?;
    for (old, new) in
        [("consumer-property", "command-property"), ("consumer.config", "command-config")]
    {
        if job.options.count_of(&[old, new]) == 2 {
            return usage(format!("Options --{old} and --{new} cannot be specified together."));
        }
        if job.options.has(old) {
            deprecated(job, old, new);
        }
    }
    Ok(())
}

/// What a deprecated option prints.
pub(super) fn deprecated(job: &mut Job<'_>, old: &str, new: &str) {
    job.screen.out(format!(
        "Option --{old} is deprecated and will be removed in a future version. Use --{new} instead."
    ));
}

/// `buildConsumerProps`, with the group among them.
fn configs(job: &mut Job<'_>) -> Result<Configs, Stop> {
    let mut file = Configs::new();
    for option in ["consumer.config", "command-config"] {
        if let Some(path) = job.options.value(option)? {
            file.extend(properties::from_file(job.files, path)?);
        }
    }
    let mut extra = Configs::new();
    for option in ["consumer-property", "command-property"] {
        extra.extend(properties::from_args(&job.options.values(option)));
    }
    let group = group_id(job, &file, &extra)?;
    let mut configs = file;
    configs.extend(extra);
    let beginning = job.options.has("from-beginning");
    match configs.get("auto.offset.reset") {
        Some(reset) if beginning && reset != "earliest" => {
            return Err(Stop::Message(format!(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset={reset}', please \
                 remove one option"
            )));
        }
        None if beginning => {
            configs.insert("auto.offset.reset".to_owned(), "earliest".to_owned());
        }
        _ => {}
    }
    let isolation = job.options.value("isolation-level")?.unwrap_or("read_uncommitted").to_owned();
    if job.options.has("isolation-level") || !configs.contains_key("isolation.level") {
        configs.insert("isolation.level".to_owned(), isolation);
    }
    match group {
        Some(group) => {
            configs.insert("group.id".to_owned(), group);
        }
        None => {
            configs.entry("enable.auto.commit".to_owned()).or_insert("false".to_owned());
            configs.insert("group.id".to_owned(), free_group(job));
        }
    }
    for own in ["bootstrap.servers", "key.deserializer", "value.deserializer"] {
        configs.remove(own);
    }
    let kept = (configs.remove("group.id"), configs.remove("client.id"));
    super::drop_unknown(job, &mut configs, Scope::Consumer, &[]);
    let default = [("auto.offset.reset", "latest"), ("isolation.level", "read_uncommitted")];
    configs.retain(|name, value| !default.contains(&(name.as_str(), value.as_str())));
    configs.extend(kept.0.map(|group| ("group.id".to_owned(), group)));
    configs.extend(kept.1.map(|client| ("client.id".to_owned(), client)));
    Ok(configs)
}

/// `checkConsumerGroup`.
fn group_id(job: &Job<'_>, file: &Configs, extra: &Configs) -> Result<Option<String>, Stop> {
    let option = job.options.value("group")?.map(str::to_owned);
    let all = [option, file.get("group.id").cloned(), extra.get("group.id").cloned()];
    let mut ids: Vec<String> = all.into_iter().flatten().collect();
    ids.dedup();
    if ids.len() > 1 {
        let ids = super::joined(ids.iter().map(|id| format!("'{id}'")), ", ");
        return Err(Stop::Usage(format!(
            "The group ids provided in different places (directly using '--group', via \
             '--consumer-property', or via '--consumer.config') do not match. Detected group ids: {ids}"
        )));
    }
    if !ids.is_empty() && job.options.has("partition") {
        return Err(Stop::Usage(
            "Options group and partition cannot be specified together.".to_owned(),
        ));
    }
    Ok(ids.pop())
}

/// `console-consumer-NNNNN`: a number that no group has yet. Kafka draws it; here it comes from the moment, and the
/// journal keeps it.
fn free_group(job: &Job<'_>) -> String {
    let engine = job.cluster.engine;
    let (moment, events) = (engine.now_ms(), engine.cluster().events);
    let seed = moment.unsigned_abs().wrapping_add(events).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let taken: Vec<String> = engine.groups().into_iter().map(|group| group.group).collect();
    (0..100_000u64)
        .map(|step| format!("console-consumer-{}", 10_000 + seed.wrapping_add(step) % 90_000))
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

/// Starts the member, and its group where that is new.
fn join(job: &mut Job<'_>, member: &str, mut configs: Configs) -> Result<(), Stop> {
    let group = configs.remove("group.id").unwrap_or_default();
    let topics = match job.options.value("topic")? {
        Some(topic) => vec![topic.to_owned()],
        None => job.cluster.topics_like(job.options.value("include")?)?,
    };
    if topics.is_empty() {
        return job
            .not_here("No topic matches yet. Here --include takes the topics of this moment.");
    }
    if let Some(missing) = topics.iter().find(|topic| !job.cluster.has_topic(topic)) {
        let stamp = log_stamp(job.cluster.engine.now_ms());
        job.screen.err(format!(
            "{stamp} WARN [Consumer clientId={member}, groupId={group}] The metadata response from the \
             cluster reported a recoverable issue with correlation id 2 : \
             {{{missing}=UNKNOWN_TOPIC_OR_PARTITION}} (org.apache.kafka.clients.NetworkClient)"
        ));
    }
    let known = job.cluster.engine.groups().iter().any(|known| known.group == group);
    let command = if known {
        let spec = MemberSpec {
            member: Some(member.to_owned()),
            topics: Some(topics),
            configs,
            processing_us: Some(0),
        };
        Command::AddMember { group, spec }
    } else {
        let own = MemberSpec { member: Some(member.to_owned()), ..MemberSpec::default() };
        let spec = GroupSpec { topics, configs, processing_us: 0, members: vec![own] };
        Command::AddGroup { group, spec }
    };
    job.act(vec![command], &[], Refusal::Client);
    Ok(())
}

fn one_partition(job: &mut Job<'_>, partition: i32, configs: &Configs) -> Result<From, Stop> {
    let topic = job.options.value("topic")?.unwrap_or_default().to_owned();
    let tp = TopicPartition::new(topic, partition);
    let offset = job.options.value("offset")?.unwrap_or("latest").to_lowercase();
    let log = job.cluster.log(&tp.topic, partition);
    let (earliest, latest) =
        log.map_or((0, 0), |log| (log.log_start_offset(), log.high_watermark()));
    let next = match offset.as_str() {
        "latest" if job.options.has("from-beginning") => earliest,
        "latest" => latest,
        "earliest" => earliest,
        number => number.parse::<i64>().ok().filter(|offset| *offset >= 0).ok_or_else(|| {
            Stop::Usage(format!(
                "The provided offset value '{number}' is incorrect. Valid values are 'earliest', \
                 'latest', or a non-negative long."
            ))
        })?,
    };
    let reset_to_earliest =
        configs.get("auto.offset.reset").is_some_and(|reset| reset == "earliest");
    // Out of range, `auto.offset.reset` decides.
    let next = if (earliest..=latest).contains(&next) {
        next
    } else if reset_to_earliest {
        earliest
    } else {
        latest
    };
    let committed = configs.get("isolation.level").is_some_and(|level| level == "read_committed");
    Ok(From::Partition { tp, next, committed })
}

/// An exception of the formatter's own.
pub(super) fn no_class(name: &str) -> Exception {
    Exception::new("java.lang.ClassNotFoundException", name)
}
