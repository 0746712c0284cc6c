//! The words of the event log: a row an event.

use super::action_text::{action_subject, action_text};
use crate::event::{Event, EventKind, GroupEvent, PositionSource};
use crate::ids::TopicPartition;
use crate::view::{EventCategory, EventRow};
use EventCategory::{Action, Admin, Consume, Group, Produce, Replicate, Retention};

pub(super) type Words = (EventCategory, &'static str, String, String);

/// The row of an event.
pub(crate) fn row(event: &Event) -> EventRow {
    let (category, icon, subject, text) = words(&event.kind);
    let tp = partition_of(&event.kind);
    EventRow {
        id: event.id,
        at_ms: event.at_ms,
        category,
        icon: icon.to_owned(),
        subject,
        text,
        cause: event.cause,
        topic: tp.map(|tp| tp.topic.to_string()).or_else(|| topic_of(&event.kind)),
        partition: tp.map(|tp| tp.partition),
    }
}

/// The partition an event is about.
pub(crate) fn partition_of(kind: &EventKind) -> Option<&TopicPartition> {
    match kind {
        EventKind::BatchSent { tp, .. }
        | EventKind::Appended { tp, .. }
        | EventKind::DuplicateBatch { tp, .. }
        | EventKind::HighWatermark { tp, .. }
        | EventKind::Acked { tp, .. }
        | EventKind::ProduceRetry { tp, .. }
        | EventKind::BatchSplit { tp, .. }
        | EventKind::SegmentRolled { tp, .. }
        | EventKind::SegmentsDeleted { tp, .. }
        | EventKind::ExpiredUnread { tp, .. }
        | EventKind::RecordsDeleted { tp, .. }
        | EventKind::LogLoaded { tp, .. }
        | EventKind::LogCut { tp, .. }
        | EventKind::CleanerPicked { tp, .. }
        | EventKind::LogCleaned { tp, .. }
        | EventKind::Uncleanable { tp, .. }
        | EventKind::AppendRefused { tp, .. }
        | EventKind::LogDirFailed { tp, .. }
        | EventKind::LeaderChanged { tp, .. }
        | EventKind::IsrChanged { tp, .. }
        | EventKind::IsrProposed { tp, .. }
        | EventKind::IsrRefused { tp, .. }
        | EventKind::Replicated { tp, .. }
        | EventKind::Truncated { tp, .. }
        | EventKind::PositionSet { tp, .. }
        | EventKind::Polled { tp, .. } => Some(tp),
        _ => None,
    }
}

fn topic_of(kind: &EventKind) -> Option<String> {
    match kind {
        EventKind::TopicCreated { topic, .. }
        | EventKind::TopicDeleted { topic }
        | EventKind::PartitionsAdded { topic, .. }
        | EventKind::TopicConfigsChanged { topic, .. }
        | EventKind::ProducerMetadata { topic, .. }
        | EventKind::ProduceFailed { topic, .. }
        | EventKind::StickySwitch { topic, .. } => Some(topic.to_string()),
        _ => None,
    }
}

fn words(kind: &EventKind) -> Words {
    match kind {
        EventKind::Started => {
            (Admin, "power", "cluster".to_owned(), "the brokers have started".to_owned())
        }
        EventKind::Action(command) => {
            (Action, "you", action_subject(command), format!("you: {}", action_text(command)))
        }
        EventKind::Group(group) => group_words(group),
        EventKind::TopicCreated { .. }
        | EventKind::TopicDeleted { .. }
        | EventKind::PartitionsAdded { .. }
        | EventKind::TopicConfigsChanged { .. }
        | EventKind::AdminRefused { .. } => admin_words(kind),
        EventKind::SegmentRolled { .. }
        | EventKind::SegmentsDeleted { .. }
        | EventKind::ExpiredUnread { .. }
        | EventKind::HighWatermark { .. } => log_words(kind),
        EventKind::RecordsDeleted { .. }
        | EventKind::LogLoaded { .. }
        | EventKind::LogCut { .. }
        | EventKind::CleanerPicked { .. }
        | EventKind::LogCleaned { .. }
        | EventKind::AppendRefused { .. }
        | EventKind::LogDirFailed { .. }
        | EventKind::BrokerHalted { .. }
        | EventKind::DiskResized { .. }
        | EventKind::BrokerStarted { .. }
        | EventKind::Uncleanable { .. } => super::disk_text::words(kind),
        EventKind::MemberStarted { .. }
        | EventKind::MemberJoining { .. }
        | EventKind::MemberAssigned { .. }
        | EventKind::MemberRevoked { .. }
        | EventKind::PollIntervalExceeded { .. }
        | EventKind::HeartbeatSaysRejoin { .. }
        | EventKind::MemberFailed { .. }
        | EventKind::MemberClosed { .. } => member_words(kind),
        EventKind::PositionSet { .. }
        | EventKind::Polled { .. }
        | EventKind::Committed { .. }
        | EventKind::CommitFailed { .. } => consume_words(kind),
        EventKind::ProducerReady { .. }
        | EventKind::ProducerMetadata { .. }
        | EventKind::EpochBumped { .. }
        | EventKind::ProducerCrashed { .. }
        | EventKind::BatchSent { .. }
        | EventKind::Appended { .. }
        | EventKind::DuplicateBatch { .. }
        | EventKind::Acked { .. }
        | EventKind::ProduceRetry { .. }
        | EventKind::ProduceFailed { .. }
        | EventKind::BatchSplit { .. }
        | EventKind::StickySwitch { .. }
        | EventKind::ProducerClosed { .. } => produce_words(kind),
        _ => super::cluster_text::words(kind),
    }
}

pub(super) fn p(tp: &TopicPartition) -> String {
    if *tp.topic == *crate::protocol::OFFSETS_TOPIC {
        return format!("{}-{}", tp.topic, tp.partition);
    }
    format!("P{}", tp.partition)
}

/// `29` or `29–30`.
pub(crate) fn range(first: i64, last: i64) -> String {
    if first == last { format!("{first}") } else { format!("{first}\u{2013}{last}") }
}

/// `1 record`, `2 records`.
pub(crate) fn records(n: impl Into<i128>) -> String {
    let n = n.into();
    if n == 1 { "1 record".to_owned() } else { format!("{n} records") }
}

fn produce_words(kind: &EventKind) -> Words {
    let (icon, subject, text) = match kind {
        EventKind::ProducerReady { producer, producer_id: -1, .. } => {
            ("check", producer.to_string(), "ready, without idempotence".to_owned())
        }
        EventKind::ProducerReady { producer, producer_id, producer_epoch } => (
            "check",
            producer.to_string(),
            format!("ready: producer id {producer_id}, epoch {producer_epoch}"),
        ),
        EventKind::ProducerCrashed { producer, unsent } => (
            "bolt",
            producer.to_string(),
            format!("its process dies; {} not sent", records(*unsent)),
        ),
        EventKind::EpochBumped { producer, producer_epoch, .. } => (
            "warn",
            producer.to_string(),
            format!("a batch is lost to it: it goes on with epoch {producer_epoch}, sequence 0"),
        ),
        EventKind::ProducerMetadata { producer, topic, partitions } => (
            "eye",
            producer.to_string(),
            format!("learns that {topic} has {partitions} partitions"),
        ),
        EventKind::BatchSent { producer, broker, tp, records: n, bytes, attempt } => {
            let again = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
            let text = format!(
                "sends {} of {} to broker {}, {bytes} bytes{again}",
                records(*n),
                p(tp),
                broker.0
            );
            ("send", producer.to_string(), text)
        }
        EventKind::Appended { producer, broker, tp, first, last, .. } => (
            "check",
            p(tp),
            format!(
                "{} of {producer} appended at {}, leader broker {}",
                records(last - first + 1),
                range(*first, *last),
                broker.0
            ),
        ),
        EventKind::DuplicateBatch { producer, tp, first, last } => (
            "check",
            p(tp),
            format!(
                "a batch of {producer} is here already at {}; nothing is written",
                range(*first, *last)
            ),
        ),
        EventKind::Acked { producer, tp, first, last, took_ms } => {
            let what = if *first < 0 { "a batch".to_owned() } else { range(*first, *last) };
            (
                "check",
                producer.to_string(),
                format!("{} {what} acknowledged after {took_ms} ms", p(tp)),
            )
        }
        EventKind::ProduceRetry { producer, tp, records: n, error, backoff_ms } => (
            "warn",
            producer.to_string(),
            format!("{} of {} refused: {error}; again in {backoff_ms} ms", records(*n), p(tp)),
        ),
        EventKind::ProduceFailed { producer, partition, records: n, exception, error, .. } => {
            let to = if *partition < 0 { String::new() } else { format!(" of P{partition}") };
            let text = format!("{}{to} failed: {exception} ({error})", records(*n));
            ("warn", producer.to_string(), text)
        }
        EventKind::BatchSplit { producer, tp, records: n, into } => (
            "warn",
            producer.to_string(),
            format!("MESSAGE_TOO_LARGE on {}: {} go again in {into} batches", p(tp), records(*n)),
        ),
        EventKind::StickySwitch { producer, from, to, bytes, .. } => (
            "swap",
            producer.to_string(),
            format!("keyless records go to P{to} now: {bytes} bytes went to P{from}"),
        ),
        EventKind::ProducerClosed { producer } => {
            ("power", producer.to_string(), "closed".to_owned())
        }
        _ => ("eye", String::new(), String::new()),
    };
    (Produce, icon, subject, text)
}

fn admin_words(kind: &EventKind) -> Words {
    let (icon, subject, text) = match kind {
        EventKind::TopicCreated { topic, partitions, replication_factor, auto } => {
            let by = if *auto { ", by auto.create.topics.enable" } else { "" };
            let text = format!(
                "created: {partitions} partitions, replication factor {replication_factor}{by}"
            );
            ("plus", topic.to_string(), text)
        }
        EventKind::TopicDeleted { topic } => ("trash", topic.to_string(), "deleted".to_owned()),
        EventKind::PartitionsAdded { topic, from, to } => {
            ("plus", topic.to_string(), format!("has {to} partitions now, it had {from}"))
        }
        EventKind::TopicConfigsChanged { topic, set, deleted } => {
            let mut parts: Vec<String> =
                set.iter().map(|(name, value)| format!("{name}={value}")).collect();
            parts.extend(deleted.iter().map(|name| format!("{name} is at its default")));
            ("edit", topic.to_string(), parts.join(", "))
        }
        EventKind::AdminRefused { api, subject, error, message } => {
            ("warn", subject.to_string(), format!("{api} refused: {error}, {message}"))
        }
        _ => ("eye", String::new(), String::new()),
    };
    (Admin, icon, subject, text)
}

fn log_words(kind: &EventKind) -> Words {
    match kind {
        EventKind::SegmentRolled { broker, tp, base, closed_bytes } => (
            Retention,
            "plus",
            p(tp),
            format!(
                "a new segment begins at {base} on broker {}; the one before closes with {closed_bytes} bytes",
                broker.0
            ),
        ),
        EventKind::SegmentsDeleted {
            broker,
            tp,
            segments,
            first,
            last,
            bytes,
            reason,
            log_start,
        } => {
            let what =
                if *segments == 1 { "segment".to_owned() } else { format!("{segments} segments") };
            let text = format!(
                "{what} {} deleted by {reason} on broker {}, {bytes} bytes; log start is {log_start}",
                range(*first, *last),
                broker.0
            );
            (Retention, "trash", p(tp), text)
        }
        EventKind::ExpiredUnread { group, tp, records: n } => (
            Retention,
            "warn",
            group.to_string(),
            format!("{} of {} were deleted before it had read them", records(*n), p(tp)),
        ),
        EventKind::HighWatermark { tp, from, to } => {
            (Replicate, "hw", p(tp), format!("high watermark {from} \u{2192} {to}"))
        }
        _ => (Retention, "eye", String::new(), String::new()),
    }
}

/// Partitions of one topic as `P0 P1`, of several as `orders-0 payments-1`.
pub(crate) fn partition_list(partitions: &[TopicPartition]) -> String {
    let one_topic = partitions.windows(2).all(|pair| match pair {
        [a, b] => a.topic == b.topic,
        _ => true,
    });
    let name = |tp: &TopicPartition| if one_topic { p(tp) } else { tp.to_string() };
    let shown: Vec<String> = partitions.iter().take(8).map(name).collect();
    let more = partitions.len().saturating_sub(8);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if shown.is_empty() { "no partition".to_owned() } else { shown.join(" ") + &more }
}

fn member_words(kind: &EventKind) -> Words {
    let (icon, subject, text) = match kind {
        EventKind::MemberStarted { group, member } => {
            ("plus", member.to_string(), format!("starts in group {group}"))
        }
        EventKind::MemberJoining { member, why, .. } => {
            ("swap", member.to_string(), format!("sends JoinGroup: {why}"))
        }
        EventKind::MemberAssigned { member, generation, partitions, .. } => (
            "check",
            member.to_string(),
            format!("owns {} in generation {generation}", partition_list(partitions)),
        ),
        EventKind::MemberRevoked { member, partitions, lost, .. } => {
            let how = if *lost { "loses" } else { "gives up" };
            ("swap", member.to_string(), format!("{how} {}", partition_list(partitions)))
        }
        EventKind::PollIntervalExceeded { member, interval_ms, .. } => (
            "warn",
            member.to_string(),
            format!("no poll() for max.poll.interval.ms {interval_ms}: it leaves the group"),
        ),
        EventKind::HeartbeatSaysRejoin { member, error } => {
            ("swap", member.to_string(), format!("its heartbeat is answered {error}"))
        }
        EventKind::MemberFailed { member, exception, .. } => {
            ("warn", member.to_string(), format!("stops with {exception}"))
        }
        EventKind::MemberClosed { member, group } => {
            ("power", member.to_string(), format!("closed, out of group {group}"))
        }
        _ => ("eye", String::new(), String::new()),
    };
    (Group, icon, subject, text)
}

fn consume_words(kind: &EventKind) -> Words {
    let (icon, subject, text) = match kind {
        EventKind::PositionSet { member, tp, to, how } => {
            let why = match how {
                PositionSource::Committed => "the committed offset".to_owned(),
                PositionSource::Reset(policy) => {
                    format!("nothing was committed, auto.offset.reset is {policy}")
                }
                PositionSource::OutOfRange { policy, was } => {
                    format!("{was} is out of range, auto.offset.reset is {policy}")
                }
                PositionSource::Truncated { was } => {
                    format!(
                        "the log was cut there, and {was} lies beyond what is left of its epoch"
                    )
                }
            };
            ("eye", member.to_string(), format!("reads {} from {to}: {why}", p(tp)))
        }
        EventKind::Polled { member, tp, first, last, records: n } => (
            "eye",
            member.to_string(),
            format!("poll() returns {} of {}: {}", records(*n), p(tp), range(*first, *last)),
        ),
        EventKind::Committed { member, offsets, .. } => {
            let shown: Vec<String> =
                offsets.iter().take(6).map(|(tp, offset)| format!("{} {offset}", p(tp))).collect();
            let more = offsets.len().saturating_sub(6);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            ("eye", member.to_string(), format!("commits {}{more}", shown.join(", ")))
        }
        EventKind::CommitFailed { member, error } => {
            ("warn", member.to_string(), format!("its commit is refused: {error}"))
        }
        _ => ("eye", String::new(), String::new()),
    };
    (Consume, icon, subject, text)
}

fn group_words(event: &GroupEvent) -> Words {
    let (icon, subject, text) = match event {
        GroupEvent::State { group, from, to, generation, why } => {
            let icon = if *to == "Stable" { "check" } else { "swap" };
            let generation =
                if *to == "Stable" { format!(", generation {generation}") } else { String::new() };
            (icon, group, format!("{from} \u{2192} {to}{generation}: {why}"))
        }
        GroupEvent::Joined { group, member, .. } => {
            ("plus", group, format!("{member} is a member"))
        }
        GroupEvent::Removed { group, member, why } => ("swap", group, format!("{member} {why}")),
        GroupEvent::OffsetsExpired { group, offsets } => {
            ("trash", group, format!("committed offsets of {} expired", partition_list(offsets)))
        }
        GroupEvent::Deleted { group } => ("trash", group, "deleted".to_owned()),
    };
    (Group, icon, subject.to_string(), text)
}
