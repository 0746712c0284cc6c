//! The words of what happens to nodes, links, leaders and replicas.

use super::event_text::{Words, p, range, records};
use crate::command::{Command, ElectionType, Failure, LinkSpec, PartitionName, Reassignment};
use crate::event::{ElectionCause, EventKind, TruncateCause};
use crate::ids::BrokerId;
use crate::view::EventCategory::{Admin, Produce, Replicate};
use crate::world::Down;

/// What became of a node, in a word.
pub(crate) fn down_word(how: Down) -> &'static str {
    match how {
        Down::Stopped => "stopped",
        Down::Crashed => "crashed",
        Down::Halted => "halted",
        Down::PowerLost => "lost power",
        Down::DiskLost => "lost its disk",
    }
}

/// What a person did to nodes and links.
pub(super) fn action(command: &Command) -> String {
    match command {
        Command::StartBroker { broker } => format!("start broker {broker} again"),
        Command::StopBroker { broker } => format!("stop broker {broker}"),
        Command::CrashBroker { broker } => format!("crash broker {broker}"),
        Command::LosePower { broker } => format!("broker {broker} loses power"),
        Command::LoseDisk { broker } => format!("broker {broker} loses its disk"),
        Command::FreezeBroker { broker, for_ms: Some(ms) } => {
            format!("freeze broker {broker} for {ms} ms")
        }
        Command::FreezeBroker { broker, for_ms: None } => format!("freeze broker {broker}"),
        Command::ThawBroker { broker } => format!("let broker {broker} go on"),
        Command::FailRack { rack, how } => match how {
            Failure::Stop => format!("stop rack {rack}"),
            Failure::Crash => format!("crash rack {rack}"),
            Failure::Power => format!("rack {rack} loses power"),
            Failure::Disk => format!("rack {rack} loses its disks"),
        },
        Command::StartRack { rack } => format!("start rack {rack} again"),
        Command::SetLink { from, to, both, link } => {
            let arrow = if *both { "\u{2194}" } else { "\u{2192}" };
            format!("{} {arrow} {}: {}", from.join(" "), to.join(" "), link_words(link))
        }
        Command::HealLinks => "heal all links".to_owned(),
        Command::AddBroker { broker: Some(broker), .. } => format!("add broker {broker}"),
        Command::AddBroker { broker: None, .. } => "add a broker".to_owned(),
        Command::RemoveBroker { broker } => format!("unregister broker {broker}"),
        Command::SlowDisk { broker, write_ms: 0 } => {
            format!("disk of broker {broker} as fast as at the start")
        }
        Command::SlowDisk { broker, write_ms } => {
            format!("disk of broker {broker}: {write_ms} ms each write")
        }
        _ => admin_action(command),
    }
}

/// What a person asked of the controller.
fn admin_action(command: &Command) -> String {
    match command {
        Command::ElectLeaders { election, topic, partition } => {
            let how = match election {
                ElectionType::Preferred => "preferred",
                ElectionType::Unclean => "unclean",
            };
            let what = match (topic, partition) {
                (Some(topic), Some(partition)) => format!("{topic}-{partition}"),
                (Some(topic), None) => topic.clone(),
                (None, _) => "all topics".to_owned(),
            };
            format!("{how} election of {what}")
        }
        Command::Reassign { partitions } => {
            let part = |part: &Reassignment| {
                let to = part.replicas.iter().map(ToString::to_string).collect::<Vec<_>>();
                format!("{}-{} to {}", part.topic, part.partition, to.join(" "))
            };
            let shown: Vec<String> = partitions.iter().take(6).map(part).collect();
            let more = if partitions.len() > 6 { " and more" } else { "" };
            format!("reassign {}{more}", shown.join(", "))
        }
        Command::CancelReassignment { partitions } => {
            let part = |part: &PartitionName| format!("{}-{}", part.topic, part.partition);
            let shown: Vec<String> = partitions.iter().take(6).map(part).collect();
            let more = if partitions.len() > 6 { " and more" } else { "" };
            format!("cancel the reassignment of {}{more}", shown.join(", "))
        }
        Command::AlterBrokerConfigs { broker, set, delete } => {
            let set = set.iter().map(|(name, value)| format!("{name}={value}"));
            let back = delete.iter().map(|name| format!("{name} back to default"));
            let what = set.chain(back).collect::<Vec<_>>().join(", ");
            match broker {
                Some(broker) => format!("configs of broker {broker}: {what}"),
                None => format!("configs of all brokers: {what}"),
            }
        }
        _ => String::new(),
    }
}

/// `cut`, `250 ms`, `250 ms, up to 20 ms more` ...
fn link_words(link: &LinkSpec) -> String {
    let mut words = Vec::new();
    if link.cut {
        words.push("cut".to_owned());
    }
    if link.drops {
        words.push("loses what is sent".to_owned());
    }
    words.extend(link.latency_ms.map(|ms| format!("{ms} ms")));
    if link.jitter_ms > 0 {
        words.push(format!("up to {} ms more", link.jitter_ms));
    }
    if link.breaks_per_min > 0 {
        words.push(format!("breaks {} times a minute", link.breaks_per_min));
    }
    if words.is_empty() { "as at the start".to_owned() } else { words.join(", ") }
}

/// `1 2 3`.
pub(super) fn ids(brokers: &[BrokerId]) -> String {
    let ids: Vec<String> = brokers.iter().map(|broker| broker.0.to_string()).collect();
    if ids.is_empty() { "nobody".to_owned() } else { ids.join(" ") }
}

fn broker(id: BrokerId) -> String {
    format!("broker {}", id.0)
}

pub(super) fn words(kind: &EventKind) -> Words {
    match kind {
        EventKind::NodeDown { node, how } => {
            let text = match how {
                Down::Stopped => "its process has shut down in order",
                Down::Crashed => "its process is dead; what it wrote is in the page cache",
                Down::Halted => "its process has halted",
                Down::PowerLost => {
                    "is without power; what was not flushed is gone, and nobody is told"
                }
                Down::DiskLost => "its process is dead and its disk is gone",
            };
            (Admin, "power", broker(*node), text.to_owned())
        }
        EventKind::NodeFrozen { node, for_ms } => {
            let time = if *for_ms < 0 { String::new() } else { format!(" for {for_ms} ms") };
            (Admin, "warn", broker(*node), format!("its process stands still{time}"))
        }
        EventKind::NodeThawed { node } => {
            (Admin, "power", broker(*node), "its process goes on where it stopped".to_owned())
        }
        EventKind::BrokerRegistered { broker: id, epoch, unclean } => {
            let how = if *unclean { ", after a shutdown that was not clean" } else { "" };
            let text = format!("registers, broker epoch {epoch}{how}; it is fenced for now");
            (Admin, "plus", broker(*id), text)
        }
        EventKind::BrokerFenced { broker: id, silent_ms } => {
            let text = match silent_ms {
                0 => "is fenced: it has handed over what it led, and may go".to_owned(),
                ms => format!("is fenced: no heartbeat for {ms} ms (broker.session.timeout.ms)"),
            };
            (Admin, "warn", broker(*id), text)
        }
        EventKind::BrokerUnfenced { broker: id } => {
            (Admin, "check", broker(*id), "is in service again".to_owned())
        }
        EventKind::BrokerStopping { broker: id } => {
            let text = "asks the controller for leave to shut down";
            (Admin, "power", broker(*id), text.to_owned())
        }
        EventKind::ControllerElected { controller, epoch } => {
            let text = format!("{} leads the quorum in epoch {epoch}", controller.0);
            (Admin, "crown", "controller".to_owned(), text)
        }
        EventKind::RegistrationRefused { broker: id, error, backoff_ms } => {
            let text = format!(
                "its registration is refused: {error}, the session of its last process goes on; it tries again in {backoff_ms} ms"
            );
            (Admin, "warn", broker(*id), text)
        }
        EventKind::BrokerUnregistered { broker: id } => {
            (Admin, "trash", broker(*id), "is unregistered, and out of the cluster".to_owned())
        }
        EventKind::DiskSpeed { broker: id, write_ms } => {
            (Admin, "edit", broker(*id), format!("each write to its disk takes {write_ms} ms"))
        }
        EventKind::BrokerConfigsChanged { broker: of, set, deleted } => {
            let set = set.iter().map(|(name, value)| format!("{name}={value}"));
            let back = deleted.iter().map(|name| format!("{name} back to default"));
            let text = set.chain(back).collect::<Vec<_>>().join(", ");
            let whose = of.map_or_else(|| "all brokers".to_owned(), broker);
            (Admin, "edit", whose, format!("configs changed: {text}"))
        }
        EventKind::ControllerSuspects { .. }
        | EventKind::ControllerStands { .. }
        | EventKind::ControllerVoted { .. }
        | EventKind::ControllerResigned { .. } => quorum_words(kind),
        EventKind::GroupsLoaded { broker: id, partition, groups } => {
            let text = format!(
                "coordinates {} of __consumer_offsets-{partition} now, read from its log",
                if *groups == 1 { "1 group".to_owned() } else { format!("{groups} groups") }
            );
            (Admin, "crown", broker(*id), text)
        }
        EventKind::ConnectionBroken { one, other } => {
            let text =
                format!("the connections of {one} with {other} break: what was on its way is lost");
            (Admin, "warn", "network".to_owned(), text)
        }
        EventKind::Disconnected { client, broker } => {
            let text = format!("its connection to broker {} is gone", broker.0);
            (Produce, "warn", client.to_string(), text)
        }
        _ => replica_words(kind),
    }
}

fn quorum_words(kind: &EventKind) -> Words {
    let (icon, text) = match kind {
        EventKind::ControllerSuspects { controller, epoch } => (
            "warn",
            format!(
                "{} has not heard the leader of epoch {epoch} for controller.quorum.fetch.timeout.ms, and asks who would vote for it",
                controller.0
            ),
        ),
        EventKind::ControllerStands { controller, epoch } => {
            ("arrow", format!("{} stands for election in epoch {epoch}", controller.0))
        }
        EventKind::ControllerVoted { controller, candidate, epoch, granted } => {
            let word = if *granted { "votes for" } else { "does not vote for" };
            ("check", format!("{} {word} {} in epoch {epoch}", controller.0, candidate.0))
        }
        EventKind::ControllerResigned { controller, epoch } => (
            "warn",
            format!(
                "{} leads no more in epoch {epoch}: it stops, or no majority has fetched from it for 1.5 times controller.quorum.fetch.timeout.ms",
                controller.0
            ),
        ),
        _ => ("eye", String::new()),
    };
    (Admin, icon, "controller".to_owned(), text)
}

fn replica_words(kind: &EventKind) -> Words {
    match kind {
        EventKind::LeaderChanged { tp, from, to, epoch, how } => {
            let text = leader_text(*from, *to, *epoch, *how);
            let icon = if to.is_some() { "crown" } else { "warn" };
            (Replicate, icon, p(tp), text)
        }
        EventKind::IsrChanged { tp, from, to, elr } => {
            let word = if to.len() < from.len() { "shrinks" } else { "is" };
            let elr = if elr.is_empty() { String::new() } else { format!(", ELR {}", ids(elr)) };
            let text = match from == to {
                true => format!("ISR {}{elr}", ids(to)),
                false => format!("ISR {word} to {}, was {}{elr}", ids(to), ids(from)),
            };
            (Replicate, if to.len() < from.len() { "warn" } else { "check" }, p(tp), text)
        }
        EventKind::ReplicasChanged { tp, from, to, adding, removing } => {
            let text = match (adding.is_empty(), removing.is_empty()) {
                (true, true) => format!("replicas {}, were {}", ids(to), ids(from)),
                (false, true) => format!("replicas {}, adding {}", ids(to), ids(adding)),
                (true, false) => format!("replicas {}, removing {}", ids(to), ids(removing)),
                (false, false) => format!(
                    "replicas {}, adding {}, removing {}",
                    ids(to),
                    ids(adding),
                    ids(removing)
                ),
            };
            (Replicate, "swap", p(tp), text)
        }
        EventKind::IsrProposed { tp, from, to } => {
            let text = match from.iter().find(|broker| !to.contains(broker)) {
                Some(gone) => format!(
                    "its leader wants broker {} out of the ISR: it has not caught up for replica.lag.time.max.ms",
                    gone.0
                ),
                None => format!("its leader wants the ISR {}: it has caught up", ids(to)),
            };
            (Replicate, "arrow", p(tp), text)
        }
        EventKind::IsrRefused { tp, error } => {
            (Replicate, "warn", p(tp), format!("the controller refuses the ISR: {error}"))
        }
        EventKind::Replicated { broker, tp, first, last } => (
            Replicate,
            "check",
            p(tp),
            format!("broker {} has fetched {}", broker.0, range(*first, *last)),
        ),
        EventKind::Truncated { broker, tp, from, to, why } => {
            let why = match why {
                TruncateCause::Diverged { epoch } => {
                    format!("the leader ended epoch {epoch} there")
                }
                TruncateCause::BeyondLeader => "the leader's log ends there".to_owned(),
                TruncateCause::BelowLeader => "the leader's log begins there".to_owned(),
                TruncateCause::PowerLoss => "the rest was not flushed".to_owned(),
                TruncateCause::DiskLoss => "the disk is gone".to_owned(),
            };
            let text = format!(
                "broker {} truncates to {to}, {} gone: {why}",
                broker.0,
                records((from - to).max(0))
            );
            (Replicate, "warn", p(tp), text)
        }
        _ => (Admin, "eye", String::new(), String::new()),
    }
}

fn leader_text(
    from: Option<BrokerId>,
    to: Option<BrokerId>,
    epoch: i32,
    how: ElectionCause,
) -> String {
    let Some(to) = to else {
        return format!("has no leader, epoch {epoch}: nobody in its ISR or ELR is in service");
    };
    let why = match how {
        ElectionCause::Isr => "the first of its replicas that is in the ISR and in service",
        ElectionCause::Elr => "the ISR is empty, and it is the first in the ELR that is in service",
        ElectionCause::LastKnown => "ISR and ELR are empty, and it was the last to lead",
        ElectionCause::Unclean => {
            "unclean: nobody in the ISR is in service, and it may lack records"
        }
        ElectionCause::Preferred => "the preferred replica",
        ElectionCause::Reassigned => "its replicas were reassigned",
        ElectionCause::NoCandidate => "",
    };
    if from == Some(to) {
        return format!("broker {} leads on in epoch {epoch}: {why}", to.0);
    }
    format!("broker {} elected leader, epoch {epoch}: {why}", to.0)
}
