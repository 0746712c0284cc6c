//! `kafka-metadata-quorum.sh` (`MetadataQuorumCommand`, whose options argparse4j reads).

use super::{Job, Tool, uncaught};
use crate::exception::Stop;

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

fn status(job: &mut Job<'_>) -> Result<(), Stop> {
    job.cluster.reach("describeCluster")?;
    not_yet(job)
}

fn replication(job: &mut Job<'_>, _human_readable: bool) -> Result<(), Stop> {
    job.cluster.reach("describeMetadataQuorum")?;
    not_yet(job)
}

fn not_yet(job: &mut Job<'_>) -> Result<(), Stop> {
    job.not_here("The quorum has one voter here and its metadata log is not modelled yet.")
}
