//! `kafka-leader-election.sh` (`LeaderElectionCommand`).

use super::{Job, Tool, joined, message_and_trace};
use crate::act::Refusal;
use crate::exception::{Exception, Stop};
use crate::json;
use log_engine::command::ElectionType;
use log_engine::protocol::ErrorCode;
use log_engine::view::PartitionView;
use log_engine::{Command, TopicPartition};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-leader-election",
    about: "elect preferred or unclean leaders",
    help: include_str!("../../help/kafka-leader-election.txt"),
    run,
    misread: message_and_trace,
    thrown: message_and_trace,
};

/// What an election of one partition comes to.
enum Result1 {
    Elected,
    NotNeeded,
    Failed(Exception),
}

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    validate(job)?;
    let given = job.options.value("election-type")?.unwrap_or_default();
    let preferred = match given.to_uppercase().as_str() {
        "PREFERRED" => true,
        "UNCLEAN" => false,
        _ => {
            let class = "joptsimple.OptionArgumentConversionException";
            let text = format!("Cannot parse argument '{given}' of option election-type");
            let choices = "Value [{}] is not one of [[PREFERRED,UNCLEAN]]".replace("{}", given);
            let class_of_cause = "joptsimple.ValueConversionException";
            let cause = Exception::new(class_of_cause, choices);
            return Err(Exception::new(class, text).because_of(cause).into());
        }
    };
    let wanted = wanted(job)?;
    if job.options.has("admin.config") {
        job.screen.out(
            "Option --admin.config has been deprecated and will be removed in a future version. Use \
             --command-config instead.",
        );
    }
    job.cluster.reach("electLeaders")?;
    elect(job, preferred, wanted)
}

fn validate(job: &Job<'_>) -> Result<(), Stop> {
    let missing: Vec<&str> = ["bootstrap-server", "election-type"]
        .into_iter()
        .filter(|option| !job.options.has(option))
        .collect();
    let refuse = |text: String| Err(Exception::admin_failed(text).into());
    if !missing.is_empty() {
        return refuse(format!("Missing required option(s): {}", missing.join(", ")));
    }
    job.forbid_with("admin.config", &["command-config"])?;
    if job.options.count_of(&["topic", "all-topic-partitions", "path-to-json-file"]) != 1 {
        return refuse(
            "One and only one of the following options is required: topic, all-topic-partitions, \
             path-to-json-file"
                .to_owned(),
        );
    }
    if job.options.has("topic") && !job.options.has("partition") {
        return refuse("Missing required option(s): partition".to_owned());
    }
    if job.options.has("partition") && !job.options.has("topic") {
        return refuse("Option partition is only allowed if topic is used".to_owned());
    }
    Ok(())
}

/// The file, whose absence is wrapped once more.
fn election_file(job: &Job<'_>) -> Result<String, Stop> {
    job.file("path-to-json-file").map_err(|stop| match stop {
        Stop::Thrown(thrown) => thrown.runtime().into(),
        other => other,
    })
}

/// The partitions named; none for all that need an election.
fn wanted(job: &Job<'_>) -> Result<Option<Vec<TopicPartition>>, Stop> {
    if let Some(topic) = job.options.value("topic")? {
        let partition: i32 = job.options.number("partition")?.unwrap_or_default();
        return Ok(Some(vec![TopicPartition::new(topic, partition)]));
    }
    if !job.options.has("path-to-json-file") {
        return Ok(None);
    }
    let document = json::document(&election_file(job)?)?;
    let missing =
        || Exception::admin_operation("Replica election data is missing \"partitions\" field");
    let mut partitions = Vec::new();
    for part in json::array(document.get("partitions").ok_or_else(missing)?)? {
        let topic = json::text(json::field(part, "topic")?)?;
        let tp = TopicPartition::new(topic, json::int(json::field(part, "partition")?)?);
        if partitions.contains(&tp) {
            let text = format!("Replica election data contains duplicate partitions: [{tp}]");
            return Err(Exception::admin_operation(text).into());
        }
        partitions.push(tp);
    }
    Ok(Some(partitions))
}

/// What the controller will answer (`ReplicationControlManager.electLeader`).
fn foresee(job: &Job<'_>, preferred: bool, tp: &TopicPartition) -> Result1 {
    let Some(known) = job.cluster.partition(&tp.topic, tp.partition) else {
        let code = ErrorCode::UnknownTopicOrPartition;
        let text = if job.cluster.has_topic(&tp.topic) {
            format!("No such partition as {tp}")
        } else {
            format!("No such topic as {}", tp.topic)
        };
        return Result1::Failed(Exception::of_code(code, text));
    };
    let live = job.cluster.live_brokers();
    let is_live = |broker: &log_engine::BrokerId| live.contains(broker);
    let leader = known.leader.filter(is_live);
    let PartitionView { replicas, isr, .. } = known;
    let first = replicas.first().copied();
    let failed = |class: &str, text: &str| {
        let class = format!("org.apache.kafka.common.errors.{class}");
        Result1::Failed(Exception::new(class, text))
    };
    if preferred {
        return match first {
            Some(first) if leader == Some(first) => Result1::NotNeeded,
            Some(first) if is_live(&first) && isr.contains(&first) => Result1::Elected,
            _ => failed(
                "PreferredLeaderNotAvailableException",
                "The preferred leader was not available.",
            ),
        };
    }
    if leader.is_some() {
        Result1::NotNeeded
    } else if replicas.iter().any(is_live) {
        Result1::Elected
    } else {
        failed(
            "EligibleLeadersNotAvailableException",
            "Eligible topic partition leaders are not available.",
        )
    }
}

fn elect(
    job: &mut Job<'_>,
    preferred: bool,
    wanted: Option<Vec<TopicPartition>>,
) -> Result<(), Stop> {
    let all = wanted.is_none();
    let partitions = wanted.unwrap_or_else(|| {
        let topics = job.cluster.topics();
        topics.iter().flat_map(|topic| job.cluster.partitions_of(topic)).collect()
    });
    let kind = if preferred { "PREFERRED" } else { "UNCLEAN" };
    let (mut elected, mut unneeded, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for tp in partitions {
        match foresee(job, preferred, &tp) {
            Result1::Elected => elected.push(tp),
            Result1::NotNeeded if all => {}
            Result1::NotNeeded => unneeded.push(tp),
            // Asked for all, the controller leaves out what it can't elect a leader for.
            Result1::Failed(_) if all => {}
            Result1::Failed(thrown) => failed.push((tp, thrown)),
        }
    }
    let mut lines = Vec::new();
    if !elected.is_empty() {
        let names = joined(&elected, ", ");
        lines.push(format!(
            "Successfully completed leader election ({kind}) for partitions {names}"
        ));
    }
    if !unneeded.is_empty() {
        let names = joined(&unneeded, ", ");
        lines.push(format!("Valid replica already elected for partitions {names}"));
    }
    for (tp, thrown) in &failed {
        lines.push(format!(
            "Error completing leader election ({kind}) for partition: {tp}: {thrown}"
        ));
    }
    if !failed.is_empty() {
        let text = format!("{} replica(s) could not be elected", failed.len());
        lines.push(text.clone());
        lines.push(Exception::admin_failed(text).to_string());
    }
    if elected.is_empty() {
        lines.iter().for_each(|line| job.screen.out(line));
        return Ok(());
    }
    let election = if preferred { ElectionType::Preferred } else { ElectionType::Unclean };
    let command = |tp: &TopicPartition| Command::ElectLeaders {
        election,
        topic: Some(tp.topic.to_string()),
        partition: Some(tp.partition),
    };
    let commands = if all {
        vec![Command::ElectLeaders { election, topic: None, partition: None }]
    } else {
        elected.iter().map(command).collect()
    };
    job.act(commands, &lines, Refusal::Message);
    Ok(())
}
