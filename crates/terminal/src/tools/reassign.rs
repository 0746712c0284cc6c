//! `kafka-reassign-partitions.sh` (`ReassignPartitionsCommand`). Throttles and moves between log directories are not
//! modelled: every broker has one log directory.

use super::reassign_json::{Targets, assignment_json, check_targets, duplicates, targets};
use super::{Job, Tool, joined, uncaught};
use crate::act::Refusal;
use crate::exception::{Exception, Stop};
use crate::json;
use log_engine::command::{PartitionName, Reassignment};
use log_engine::protocol::ErrorCode;
use log_engine::view::PartitionView;
use log_engine::{BrokerId, Command, TopicPartition};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-reassign-partitions",
    about: "move replicas to other brokers",
    help: include_str!("../../help/kafka-reassign-partitions.txt"),
    run,
    misread: uncaught,
    thrown: |job, thrown| job.screen.out(format!("Error: {}\n{}", thrown.message, thrown.trace())),
};

const ACTIONS: [&str; 5] = ["generate", "execute", "verify", "cancel", "list"];
const BUSY: &str = "Cannot execute because there is an existing partition assignment.  Use \
    --additional to override this and create a new partition assignment in addition to the existing \
    one. The --additional flag can also be used to change the throttle by resubmitting the current \
    reassignment.";

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    let action = check_args(job)?;
    match action {
        "list" => list(job),
        "generate" => generate(job),
        "verify" => verify(job),
        "cancel" => cancel(job),
        _ => execute(job),
    }
}

fn check_args(job: &Job<'_>) -> Result<&'static str, Stop> {
    let usage = |text: String| Err(Stop::Usage(text));
    let given: Vec<&'static str> =
        ACTIONS.into_iter().filter(|action| job.options.has(action)).collect();
    let [action] = given.as_slice() else {
        let names = joined(ACTIONS.iter().map(|action| format!("--{action}")), ", ");
        return usage(format!("Command must include exactly one action: {names}"));
    };
    match job.options.count_of(&["bootstrap-server", "bootstrap-controller"]) {
        2 => {
            return usage(
                "Please don't specify both --bootstrap-server and --bootstrap-controller"
                    .to_owned(),
            );
        }
        0 => {
            return usage(
                "Please specify either --bootstrap-server or --bootstrap-controller".to_owned(),
            );
        }
        _ => {}
    }
    let (required, permitted): (&[&str], &[&str]) = match *action {
        "verify" => (&["reassignment-json-file"], &["bootstrap-server", "preserve-throttles"]),
        "generate" => {
            let permitted = &["bootstrap-server", "disable-rack-aware"];
            (&["topics-to-move-json-file", "broker-list"], permitted)
        }
        "execute" => (
            &["reassignment-json-file"],
            &[
                "additional",
                "bootstrap-server",
                "throttle",
                "replica-alter-log-dirs-throttle",
                "timeout",
                "disallow-replication-factor-change",
            ],
        ),
        "cancel" => (
            &["reassignment-json-file"],
            &["bootstrap-server", "bootstrap-controller", "preserve-throttles", "timeout"],
        ),
        _ => (&[], &["bootstrap-server", "bootstrap-controller"]),
    };
    job.require(required)?;
    let fits = |option: &str| {
        option == *action
            || option == "command-config"
            || required.contains(&option)
            || permitted.contains(&option)
    };
    match job.options.names().find(|option| !fits(option)) {
        Some(other) => {
            usage(format!("Option \"[{other}]\" can't be used with action \"[{action}]\""))
        }
        None => Ok(action),
    }
}

/// Partitions that move.
fn moving(job: &Job<'_>) -> Vec<PartitionView> {
    let topics = job.cluster.topics();
    let partitions = topics.iter().flat_map(|topic| job.cluster.engine.partitions(topic));
    partitions.filter(is_moving).collect()
}

fn is_moving(partition: &PartitionView) -> bool {
    !partition.adding.is_empty() || !partition.removing.is_empty()
}

fn ids(brokers: &[BrokerId]) -> Vec<i32> {
    brokers.iter().map(|broker| broker.0).collect()
}

fn list(job: &mut Job<'_>) -> Result<(), Stop> {
    job.cluster.reach("listPartitionReassignments")?;
    let moving = moving(job);
    if moving.is_empty() {
        job.screen.out("No partition reassignments found.");
        return Ok(());
    }
    job.screen.out("Current partition reassignments:");
    for known in &moving {
        let part = |word: &str, brokers: &[BrokerId]| match brokers {
            [] => String::new(),
            brokers => format!(" {word}: {}.", joined(ids(brokers), ",")),
        };
        job.screen.out(format!(
            "{}-{}: replicas: {}.{}{}",
            known.topic,
            known.partition,
            joined(ids(&known.replicas), ","),
            part("adding", &known.adding),
            part("removing", &known.removing)
        ));
    }
    Ok(())
}

fn current(job: &Job<'_>, topics: &[String]) -> Result<Targets, Exception> {
    let mut current = Targets::new();
    for topic in topics {
        let partitions = job.cluster.engine.partitions(topic);
        if partitions.is_empty() {
            let text = format!("Topic {topic} not found.");
            let unknown = Exception::of_code(ErrorCode::UnknownTopicOrPartition, text);
            return Err(unknown.execution());
        }
        for known in partitions {
            let tp = TopicPartition::new(topic.as_str(), known.partition);
            current.insert(tp, ids(&known.replicas));
        }
    }
    Ok(current)
}

/// Kafka places by chance (`StripedReplicaPlacer`); here each topic begins with the first broker of the list.
fn generate(job: &mut Job<'_>) -> Result<(), Stop> {
    let text = job.file("topics-to-move-json-file")?;
    let list = job.options.value("broker-list")?.unwrap_or_default();
    let brokers: Result<Vec<i32>, _> = list.split(',').map(str::parse).collect();
    let brokers = brokers.map_err(|_| {
        let class = "java.lang.NumberFormatException";
        Exception::new(class, format!("For input string: \"{list}\""))
    })?;
    let twice = duplicates(&brokers);
    if !twice.is_empty() {
        let text = format!("Broker list contains duplicate entries: [{}]", joined(twice, ", "));
        return Err(Exception::admin_failed(text).into());
    }
    let document = json::document(&text)?;
    let none = Vec::new();
    let mut topics = Vec::new();
    for topic in document.get("topics").map_or(Ok(&none), json::array)? {
        topics.push(json::text(json::field(topic, "topic")?)?.to_owned());
    }
    let twice = duplicates(&topics);
    if !twice.is_empty() {
        let text = format!(
            "List of topics to reassign contains duplicate entries: [{}]",
            joined(twice, ", ")
        );
        return Err(Exception::admin_failed(text).into());
    }
    job.cluster.reach("describeTopics")?;
    let current = current(job, &topics)?;
    let live = job.cluster.live_brokers();
    let usable: Vec<i32> = brokers.into_iter().filter(|id| live.contains(&BrokerId(*id))).collect();
    let mut proposed = Targets::new();
    for (tp, replicas) in current.iter() {
        if replicas.len() > usable.len() {
            let text = format!(
                "The target replication factor of {} cannot be reached because only {} broker(s) are \
                 registered or some brokers have all their log directories cordoned.",
                replicas.len(),
                usable.len()
            );
            return Err(Exception::of_code(ErrorCode::InvalidReplicationFactor, text).into());
        }
        let from = usize::try_from(tp.partition).unwrap_or(0);
        let striped = usable.iter().cycle().skip(from % usable.len().max(1)).take(replicas.len());
        proposed.insert(tp.clone(), striped.copied().collect());
    }
    job.screen.out(format!(
        "Current partition replica assignment\n{}\n",
        assignment_json(&current, true)
    ));
    job.screen.out(format!(
        "Proposed partition reassignment configuration\n{}",
        assignment_json(&proposed, false)
    ));
    Ok(())
}

fn verify(job: &mut Job<'_>) -> Result<(), Stop> {
    let (targets, _) = targets(job)?;
    job.cluster.reach("listPartitionReassignments")?;
    job.screen.out("Status of partition reassignment:");
    for (tp, wanted) in targets.iter() {
        let known = job.cluster.partition(&tp.topic, tp.partition);
        if known.as_ref().is_some_and(is_moving) {
            job.screen.out(format!("Reassignment of partition {tp} is still in progress."));
            continue;
        }
        let now = known.map(|known| ids(&known.replicas)).unwrap_or_default();
        job.screen.out(if now == *wanted {
            format!("Reassignment of partition {tp} is completed.")
        } else {
            format!(
                "There is no active reassignment of partition {tp}, but replica set is {} rather than {}.",
                joined(now, ","),
                joined(wanted, ",")
            )
        });
    }
    job.screen.out("");
    if moving(job).is_empty() && !job.options.has("preserve-throttles") {
        clear_throttles(job, &targets);
    }
    Ok(())
}

/// There are no throttles to clear; what the tool says of it is said.
fn clear_throttles(job: &mut Job<'_>, targets: &Targets) {
    let mut brokers = ids(&job.cluster.live_brokers());
    brokers.extend(targets.values().flatten());
    sorted::sort(&mut brokers);
    brokers.dedup();
    let mut topics: Vec<&str> = targets.keys().map(|tp| &*tp.topic).collect();
    topics.dedup();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (b, t) = (plural(brokers.len()), plural(topics.len()));
    job.screen.out(format!(
        "Clearing broker-level throttles on broker{b} {}\nClearing topic-level throttles on topic{t} {}",
        joined(brokers, ","),
        topics.join(",")
    ));
}

fn execute(job: &mut Job<'_>) -> Result<(), Stop> {
    let (targets, twice) = targets(job)?;
    check_targets(&targets, &twice)?;
    job.cluster.reach("listPartitionReassignments")?;
    if !job.options.has("additional") && !moving(job).is_empty() {
        job.screen.out(BUSY);
        return Err(Stop::Done);
    }
    let live = job.cluster.live_brokers();
    let unknown = targets.values().flatten().find(|id| !live.contains(&BrokerId(**id)));
    if let Some(id) = unknown {
        return Err(Exception::admin_failed(format!("Unknown broker id {id}")).into());
    }
    let mut current = Targets::new();
    for tp in targets.keys() {
        let known = job.cluster.partition(&tp.topic, tp.partition).ok_or_else(|| {
            let code = ErrorCode::UnknownTopicOrPartition;
            let text = if job.cluster.has_topic(&tp.topic) {
                format!("Unable to find partition: {tp}")
            } else {
                format!("Topic {} not found.", tp.topic)
            };
            Exception::of_code(code, text).execution()
        })?;
        current.insert(tp.clone(), ids(&known.replicas));
    }
    job.screen.out(format!(
        "Current partition replica assignment\n\n{}\n\nSave this to use as the \
         --reassignment-json-file option during rollback",
        assignment_json(&current, true)
    ));
    if job.options.count_of(&["throttle", "replica-alter-log-dirs-throttle"]) > 0 {
        job.screen.note("Throttles are not modelled here; the reassignment runs without one.");
    }
    start(job, &targets);
    Ok(())
}

/// Asks for the moves. Those the controller would refuse are named and left out; the others go on (one request, an
/// answer for each partition).
fn start(job: &mut Job<'_>, targets: &Targets) {
    let (mut partitions, mut refused) = (Vec::new(), Vec::new());
    for (tp, replicas) in targets.iter() {
        let part = Reassignment {
            topic: tp.topic.to_string(),
            partition: tp.partition,
            replicas: replicas.clone(),
        };
        let ask = Command::Reassign { partitions: vec![part.clone()] };
        let why = other_factor(job, tp, replicas).or_else(|| refusal(job, &ask));
        match why {
            Some(why) => refused.push(format!("{tp}: {why}")),
            None => partitions.push(part),
        }
    }
    let line = if refused.is_empty() {
        let plural = if partitions.len() == 1 { "" } else { "s" };
        let names = joined(targets.keys(), ",");
        format!("Successfully started partition reassignment{plural} for {names}")
    } else {
        format!("Error reassigning partition(s):\n{}", refused.join("\n"))
    };
    if partitions.is_empty() {
        job.screen.out(line);
    } else {
        job.act(vec![Command::Reassign { partitions }], &[line], Refusal::Reassign);
    }
}

/// `--disallow-replication-factor-change` (KIP-860).
fn other_factor(job: &Job<'_>, tp: &TopicPartition, replicas: &[i32]) -> Option<String> {
    let known = job.cluster.partition(&tp.topic, tp.partition)?;
    let now = known.replicas.iter().filter(|id| !known.removing.contains(id)).count();
    let other = job.options.has("disallow-replication-factor-change") && now != replicas.len();
    other.then(|| format!("The replication factor is changed from {now} to {}", replicas.len()))
}

/// Why a command would be refused now. A clone is asked: asking changes nothing.
fn refusal(job: &Job<'_>, command: &Command) -> Option<String> {
    job.cluster.engine.clone().apply(command).err().map(|refused| refused.message)
}

fn cancel(job: &mut Job<'_>) -> Result<(), Stop> {
    let (targets, _) = targets(job)?;
    job.cluster.reach("listPartitionReassignments")?;
    let active: Vec<&TopicPartition> = targets
        .keys()
        .filter(|tp| job.cluster.partition(&tp.topic, tp.partition).as_ref().is_some_and(is_moving))
        .collect();
    let clears = !job.options.has("preserve-throttles");
    if active.is_empty() {
        job.screen.out("None of the specified partition reassignments are active.");
        job.screen.out("None of the specified partition moves are active.");
        if clears {
            clear_throttles(job, &targets);
        }
        return Ok(());
    }
    let (mut partitions, mut refused) = (Vec::new(), Vec::new());
    for tp in active {
        let part = PartitionName { topic: tp.topic.to_string(), partition: tp.partition };
        let ask = Command::CancelReassignment { partitions: vec![part.clone()] };
        match refusal(job, &ask) {
            Some(why) => refused.push(format!("{tp}: {why}")),
            None => partitions.push(part),
        }
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let lines = if refused.is_empty() {
        let names = joined(partitions.iter().map(|p| format!("{}-{}", p.topic, p.partition)), ",");
        let plural = plural(partitions.len());
        vec![
            format!("Successfully cancelled partition reassignment{plural} for: {names}"),
            "None of the specified partition moves are active.".to_owned(),
        ]
    } else {
        let plural = plural(refused.len());
        vec![format!(
            "Error cancelling partition reassignment{plural} for:\n{}",
            refused.join("\n")
        )]
    };
    if partitions.is_empty() {
        lines.iter().for_each(|line| job.screen.out(line));
    } else {
        job.act(vec![Command::CancelReassignment { partitions }], &lines, Refusal::Reassign);
    }
    Ok(())
}
