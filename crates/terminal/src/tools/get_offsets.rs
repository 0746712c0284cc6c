//! `kafka-get-offsets.sh` (`GetOffsetShell`).

use super::{Job, Tool};
use crate::address;
use crate::exception::{Exception, Stop};
use crate::filter::IncludeList;
use log_engine::TopicPartition;
use log_engine::protocol::ErrorCode;

pub(super) const TOOL: Tool = Tool {
    name: "kafka-get-offsets",
    about: "earliest, latest and other offsets of partitions",
    help: include_str!("../../help/kafka-get-offsets.txt"),
    run,
    misread: |job, thrown| job.screen.err(format!("Error occurred: {}", thrown.message)),
    thrown: |job, thrown| {
        job.screen.err(format!("Error occurred: {}\n{}", thrown.message, thrown.trace()));
    },
};

/// Which partitions of a topic.
enum Partitions {
    Any,
    Of(Vec<i32>),
    Range(i32, i32),
}

impl Partitions {
    fn allows(&self, partition: i32) -> bool {
        match self {
            Self::Any => true,
            Self::Of(numbers) => numbers.contains(&partition),
            Self::Range(from, to) => (*from..*to).contains(&partition),
        }
    }
}

/// One rule: topics, and partitions of them.
type Rule = (IncludeList, Partitions);

fn terse(text: impl Into<String>) -> Stop {
    Stop::Message(format!("Error occurred: {}", text.into()))
}

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    job.require(&["bootstrap-server"])?;
    address::check_servers(job.options.value("bootstrap-server")?).map_err(Stop::Usage)?;
    if job.options.has("topic-partitions") && job.options.count_of(&["topic", "partitions"]) > 0 {
        return Err(terse("--topic-partitions cannot be used with --topic or --partitions"));
    }
    let time = job.options.value("time")?.unwrap_or("latest").to_owned();
    let time = parse_time(&time)?;
    let rules = match job.options.value("topic-partitions")? {
        Some(list) => list.split(',').map(rule).collect::<Result<Vec<Rule>, Stop>>()?,
        None => {
            let topics = IncludeList::new(job.options.value("topic")?.unwrap_or(".*"))?;
            vec![(topics, partition_set(job.options.value("partitions")?)?)]
        }
    };
    job.cluster.reach("listTopics")?;
    let mut wanted: Vec<TopicPartition> = Vec::new();
    for topic in job.cluster.topics() {
        let allowed = |tp: &TopicPartition| {
            rules.iter().any(|(topics, parts)| topics.allows(&topic) && parts.allows(tp.partition))
        };
        wanted.extend(job.cluster.partitions_of(&topic).into_iter().filter(allowed));
    }
    if wanted.is_empty() {
        return Err(terse("Could not match any topic-partitions with the specified filters"));
    }
    sorted::sort_by_key(&mut wanted, ToString::to_string);
    wanted.iter().for_each(|tp| offset(job, tp, time));
    Ok(())
}

/// Which offset.
#[derive(Clone, Copy)]
enum Time {
    Earliest,
    Latest,
    MaxTimestamp,
    /// Of tiered storage, which there is none of.
    Tiered,
    At(i64),
}

fn parse_time(text: &str) -> Result<Time, Stop> {
    let number = match text {
        "latest" => -1,
        "earliest" | "earliest-local" => -2,
        "max-timestamp" => -3,
        "latest-tiered" => -5,
        "earliest-pending-upload" => -6,
        _ => text.parse::<i64>().map_err(|_| {
            terse(format!(
                "Malformed time argument {text}. Please use -1 or latest / -2 or earliest / -3 or \
                 max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or \
                 earliest-pending-upload, or a specified long format timestamp"
            ))
        })?,
    };
    Ok(match number {
        -1 => Time::Latest,
        -2 | -4 => Time::Earliest,
        -3 => Time::MaxTimestamp,
        -5 | -6 => Time::Tiered,
        other => Time::At(other),
    })
}

fn partition_set(list: Option<&str>) -> Result<Partitions, Stop> {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return Ok(Partitions::Any) };
    let numbers: Result<Vec<i32>, _> = list.split(',').map(str::parse).collect();
    numbers.map(Partitions::Of).map_err(|_| {
        terse(format!(
            "--partitions expects a comma separated list of numeric partition ids, but received: {list}"
        ))
    })
}

/// `TOPIC:PARTITION`, `TOPIC:FROM-TO`, `TOPIC:FROM-`, `TOPIC:-TO`, `TOPIC` or `:PARTITION`.
fn rule(text: &str) -> Result<Rule, Stop> {
    let invalid = || {
        let text = format!("Invalid rule specification: {text}");
        let terse = Exception::new("org.apache.kafka.tools.TerseException", text);
        Stop::Thrown(terse.runtime())
    };
    let (topic, part) = text.split_once(':').unwrap_or((text, ""));
    let number = |text: &str, default: i32| match text {
        "" => Ok(default),
        _ if text.chars().all(|c| c.is_ascii_digit()) => text.parse().map_err(|_| invalid()),
        _ => Err(invalid()),
    };
    let partitions = match part.split_once('-') {
        Some((from, to)) => Partitions::Range(number(from, 0)?, number(to, i32::MAX)?),
        None if part.is_empty() => Partitions::Any,
        None => Partitions::Of(vec![number(part, 0)?]),
    };
    let topics = IncludeList::new(if topic.is_empty() { ".*" } else { topic })?;
    Ok((topics, partitions))
}

fn offset(job: &mut Job<'_>, tp: &TopicPartition, time: Time) {
    if !job.cluster.is_led(&tp.topic, tp.partition) {
        let thrown = Exception::plain(ErrorCode::LeaderNotAvailable);
        job.screen
            .err(format!("Skip getting offsets for topic-partition {tp} due to error: {thrown}"));
        return;
    }
    let found = match time {
        Time::Latest => job.cluster.latest(tp),
        Time::Earliest => job.cluster.earliest(tp),
        Time::MaxTimestamp => job.cluster.max_timestamp(tp),
        Time::Tiered => None,
        Time::At(timestamp) => job.cluster.at_time(tp, timestamp),
    };
    if let Some(found) = found {
        job.screen.out(format!("{}:{}:{found}", tp.topic, tp.partition));
    }
}
