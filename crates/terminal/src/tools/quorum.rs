//! `kafka-metadata-quorum.sh` (`MetadataQuorumCommand`, whose options argparse4j reads).

use super::{Job, Tool, joined, table, uncaught};
use crate::address;
use crate::exception::{Exception, Stop};
use log_engine::protocol::ErrorCode;
use log_engine::view::{BrokerView, VoterView};
use log_engine::{BrokerId, TimestampMs};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-metadata-quorum",
    about: "the KRaft quorum: leader, epoch, who lags",
    help: include_str!("../../help/kafka-metadata-quorum.txt"),
    run,
    misread: uncaught,
    thrown: super::message_and_trace,
};

const DESCRIBE_HELP: &str = include_str!("../../help/kafka-metadata-quorum.describe.txt");

/// What was asked for.
#[derive(Default)]
struct Asked {
    servers: bool,
    command: Option<String>,
    status: bool,
    replication: bool,
    human_readable: bool,
}

/// `usage` up to the first empty line, then what is wrong.
fn refuse(job: &mut Job<'_>, help: &str, text: &str) -> Stop {
    help.lines().take_while(|line| !line.is_empty()).for_each(|line| job.screen.err(line));
    Stop::Message(format!("kafka-metadata-quorum: error: {text}"))
}

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    let asked = read(job)?;
    match asked.command.as_deref() {
        Some("describe") => {}
        Some(other) => {
            let text =
                format!("{other} is not to be had here: the quorum's voters stay as they are.");
            return job.not_here(&text);
        }
        None => return Err(refuse(job, TOOL.help, "too few arguments")),
    }
    let terse = |text: &str| Err(Stop::Message(text.to_owned()));
    match (asked.status, asked.replication) {
        (true, true) => terse(
            "Only one of --status or --replication should be specified with describe sub-command",
        ),
        (false, false) => {
            terse("One of --status or --replication must be specified with describe sub-command")
        }
        (true, false) if asked.human_readable => {
            terse("The option --human-readable is only supported along with --replication")
        }
        (true, false) => status(job),
        (false, true) => replication(job, asked.human_readable),
    }
}

/// A few letters off: argparse4j suggests the command then.
fn looks_like_describe(arg: &str) -> bool {
    arg.len() > 3 && crate::shell::distance(arg, "describe") <= 3
}

fn read(job: &mut Job<'_>) -> Result<Asked, Stop> {
    let mut asked = Asked::default();
    let args = job.args.clone();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, inline) =
            arg.split_once('=').map_or((arg.as_str(), None), |(n, v)| (n, Some(v)));
        let help = if asked.command.is_some() { DESCRIBE_HELP } else { TOOL.help };
        match name {
            "-h" | "--help" => {
                help.lines().for_each(|line| job.screen.out(line));
                return Err(Stop::Done);
            }
            "--bootstrap-server" | "--bootstrap-controller" | "--command-config" => {
                let value = inline.or_else(|| args.next().map(String::as_str));
                if value.is_none() {
                    let text = format!("argument {name}: expected one argument");
                    return Err(refuse(job, help, &text));
                }
                if name != "--command-config" {
                    if asked.servers {
                        let text = format!(
                            "argument {name}: not allowed with argument --bootstrap-server"
                        );
                        return Err(refuse(job, help, &text));
                    }
                    asked.servers = true;
                }
            }
            "--status" if asked.command.is_some() => asked.status = true,
            "--replication" if asked.command.is_some() => asked.replication = true,
            "--human-readable" if asked.command.is_some() => asked.human_readable = true,
            _ if name.starts_with('-') => {
                return Err(refuse(job, help, &format!("unrecognized arguments: '{arg}'")));
            }
            "describe" | "add-controller" | "remove-controller" if asked.command.is_none() => {
                asked.command = Some(name.to_owned());
            }
            _ if asked.command.is_none() => {
                let text = format!(
                    "invalid choice: '{arg}' (choose from 'describe', 'add-controller', \
                     'remove-controller')"
                );
                let stop = refuse(job, help, &text);
                if let (Stop::Message(text), true) = (&stop, looks_like_describe(arg)) {
                    return Err(Stop::Message(format!("{text}\n\nDid you mean:\n\tdescribe")));
                }
                return Err(stop);
            }
            _ => return Err(refuse(job, help, &format!("unrecognized arguments: '{arg}'"))),
        }
    }
    if asked.command.is_none() {
        return Err(refuse(job, TOOL.help, "too few arguments"));
    }
    if !asked.servers {
        let text = "one of the arguments --bootstrap-server --bootstrap-controller is required";
        return Err(refuse(job, TOOL.help, text));
    }
    Ok(asked)
}

/// A replica of the metadata log.
struct Replica {
    id: BrokerId,
    log_end: u64,
    /// When the leader heard of it last.
    fetched_ms: TimestampMs,
    voter: bool,
}

/// Replicas as the leader knows them, the leader first. A node that runs counts as heard of just now.
fn replicas(job: &Job<'_>, leader: BrokerId) -> Vec<Replica> {
    let cluster = job.cluster.engine.cluster();
    let heard = |up: bool, since_ms: TimestampMs| if up { cluster.now_ms } else { since_ms };
    let voter = |known: &VoterView| Replica {
        id: known.id,
        log_end: known.log_end,
        fetched_ms: heard(known.up, known.since_ms),
        voter: true,
    };
    let voters = &cluster.quorum.voters;
    let (first, others): (Vec<&VoterView>, Vec<&VoterView>) =
        voters.iter().partition(|known| known.id == leader);
    let observers = cluster.brokers.iter().filter(|broker| !broker.voter);
    let observer = |broker: &BrokerView| Replica {
        id: broker.id,
        log_end: cluster.quorum.high_watermark,
        fetched_ms: heard(broker.up, broker.since_ms),
        voter: false,
    };
    let voters = first.into_iter().chain(others).map(voter);
    voters.chain(observers.map(observer)).collect()
}

/// Who leads; without a leader the call times out.
fn leader(job: &Job<'_>) -> Result<BrokerId, Exception> {
    job.cluster.reach("describeMetadataQuorum")?;
    job.cluster.engine.cluster().quorum.leader.ok_or_else(|| {
        let text = "Timed out waiting for a node assignment. Call: describeMetadataQuorum";
        Exception::of_code(ErrorCode::RequestTimedOut, text)
    })
}

fn status(job: &mut Job<'_>) -> Result<(), Stop> {
    let leader = leader(job)?;
    let quorum = job.cluster.engine.cluster().quorum;
    let all = replicas(job, leader);
    let log_end = all.first().map_or(0, |first| first.log_end);
    let behind = all.iter().filter(|one| one.voter).min_by_key(|one| (one.log_end, one.id));
    let lag = behind.map_or(0, |behind| log_end.saturating_sub(behind.log_end));
    let late = match (all.first(), behind) {
        (Some(first), Some(behind)) if behind.id != leader => first.fetched_ms - behind.fetched_ms,
        _ => 0,
    };
    let nodes = |voter: bool| {
        let of = all.iter().filter(|one| one.voter == voter);
        let mut ids: Vec<BrokerId> = of.map(|one| one.id).collect();
        sorted::sort(&mut ids);
        let node = |id: BrokerId| {
            let (dir, address) = (address::directory_id(id), address::controller(id));
            let endpoints = match voter {
                true => format!(", \"endpoints\": [\"CONTROLLER://{address}\"]"),
                false => String::new(),
            };
            format!("{{\"id\": {}, \"directoryId\": \"{dir}\"{endpoints}}}", id.0)
        };
        joined(ids.into_iter().map(node), ", ")
    };
    job.screen.out(format!(
        "ClusterId:              {}\nLeaderId:               {}\nLeaderEpoch:            {}\n\
         HighWatermark:          {}\nMaxFollowerLag:         {lag}\nMaxFollowerLagTimeMs:   {late}\n\
         CurrentVoters:          [{}]\nCurrentObservers:       [{}]",
        address::CLUSTER_ID,
        leader.0,
        quorum.epoch,
        quorum.high_watermark,
        nodes(true),
        nodes(false)
    ));
    Ok(())
}

fn replication(job: &mut Job<'_>, human_readable: bool) -> Result<(), Stop> {
    let leader = leader(job)?;
    let now_ms = job.cluster.engine.now_ms();
    let all = replicas(job, leader);
    let log_end = all.first().map_or(0, |first| first.log_end);
    let time = |at_ms: TimestampMs| match human_readable {
        true => format!("{} ms ago", now_ms - at_ms),
        false => at_ms.to_string(),
    };
    let row = |one: &Replica| {
        let status = match (one.id == leader, one.voter) {
            (true, _) => "Leader",
            (false, true) => "Follower",
            (false, false) => "Observer",
        };
        vec![
            one.id.0.to_string(),
            address::directory_id(one.id),
            one.log_end.to_string(),
            log_end.saturating_sub(one.log_end).to_string(),
            time(one.fetched_ms),
            time(one.fetched_ms),
            status.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let headers = [
        "NodeId",
        "DirectoryId",
        "LogEndOffset",
        "Lag",
        "LastFetchTimestamp",
        "LastCaughtUpTimestamp",
        "Status",
    ];
    table::pretty(&headers, &rows).iter().for_each(|line| job.screen.out(line));
    Ok(())
}
