//! The chain of causes behind an event or a mark: nearest first, to what a person did or a config.

use super::event_text::{range, row};
use crate::event::{Event, EventKind};
use crate::ids::{EventId, TopicPartition};
use crate::view::{WhyStep, WhyTarget, WhyView};
use crate::world::World;

/// Longest chain shown.
const STEPS: usize = 12;

pub(super) fn said(
    title: impl Into<String>,
    detail: impl Into<String>,
    kind: &str,
    rule: &str,
) -> WhyStep {
    WhyStep {
        title: title.into(),
        detail: detail.into(),
        at_ms: None,
        event: None,
        kind: kind.to_owned(),
        rule: (!rule.is_empty()).then(|| rule.to_owned()),
        link: super::doc_links::of(rule).map(str::to_owned),
    }
}

impl World {
    /// The chain behind something.
    pub(crate) fn why_view(&self, target: &WhyTarget) -> Option<WhyView> {
        match target {
            WhyTarget::Event { id } => self.why_event(*id),
            WhyTarget::HighWatermark { topic, partition } => {
                self.why_high_watermark(&TopicPartition::new(topic.as_str(), *partition))
            }
            WhyTarget::LogStart { topic, partition } => {
                self.why_log_start(&TopicPartition::new(topic.as_str(), *partition))
            }
            WhyTarget::Gap { topic, partition, offset } => {
                self.why_gap(&TopicPartition::new(topic.as_str(), *partition), *offset)
            }
            WhyTarget::Leader { topic, partition } => {
                self.why_leader(&TopicPartition::new(topic.as_str(), *partition))
            }
            WhyTarget::InSync { topic, partition } => {
                self.why_in_sync(&TopicPartition::new(topic.as_str(), *partition))
            }
            WhyTarget::Readable { topic, partition, offset } => {
                self.why_readable(&TopicPartition::new(topic.as_str(), *partition), *offset)
            }
            WhyTarget::Broker { broker } => self.why_broker(*broker),
            WhyTarget::Member { member } => self.why_member(member),
            WhyTarget::Cursor { group, topic, partition } => {
                self.why_cursor(group, &TopicPartition::new(topic.as_str(), *partition))
            }
        }
    }

    fn why_event(&self, id: EventId) -> Option<WhyView> {
        let event = self.trace.get(id)?;
        let shown = row(event);
        let mut steps = Vec::new();
        self.chain(event, &mut steps);
        Some(WhyView { question: format!("Why: {} {}", shown.subject, shown.text), steps })
    }

    /// The event, the rule behind it, its cause, and so on.
    pub(super) fn chain(&self, event: &Event, steps: &mut Vec<WhyStep>) {
        let mut at = Some(event);
        while let Some(event) = at {
            if steps.len() >= STEPS {
                break;
            }
            let shown = row(event);
            let (detail, rule) = rule_of(&event.kind);
            let is_action = matches!(event.kind, EventKind::Action(_));
            steps.push(WhyStep {
                title: format!("{} {}", shown.subject, shown.text),
                detail: detail.to_owned(),
                at_ms: Some(event.at_ms),
                event: Some(event.id),
                kind: if is_action { "you" } else { "event" }.to_owned(),
                rule: (!rule.is_empty()).then(|| rule.to_owned()),
                link: super::doc_links::of(rule).map(str::to_owned),
            });
            let Some(cause) = event.cause else { break };
            at = self.trace.get(cause);
            if at.is_none() {
                steps.push(said(
                    "An earlier event, no longer in the log",
                    "Go back to its time to see it: the run is computed again from its start.",
                    "event",
                    "",
                ));
            }
        }
    }

    pub(super) fn why_log_start(&self, tp: &TopicPartition) -> Option<WhyView> {
        let (_, partition) = self.shown(tp)?;
        let start = partition.log.log_start_offset();
        let mut steps = Vec::new();
        match partition.deleted {
            Some((first, last)) => steps.push(said(
                format!("Offsets {} were deleted last", range(first, last)),
                "Offsets never start again: the first record kept stays where it was.",
                "event",
                "R-LOG-45",
            )),
            None => steps.push(said(
                "Nothing has been deleted here",
                "A partition begins at offset 0.",
                "config",
                "R-LOG-11",
            )),
        }
        if let Some(event) = partition.deleted_by.and_then(|id| self.trace.get(id)) {
            self.chain(event, &mut steps);
        }
        Some(WhyView { question: format!("Why does P{} begin at {start}?", tp.partition), steps })
    }

    fn why_cursor(&self, group: &str, tp: &TopicPartition) -> Option<WhyView> {
        let (_, partition) = self.shown(tp)?;
        let owner = self
            .consumers
            .iter()
            .find(|known| *known.setup.group == *group && known.owned.contains_key(tp));
        let committed = self.committed(group, tp);
        let mut steps = Vec::new();
        match committed {
            Some(offset) => steps.push(said(
                format!("{group} has committed {offset}"),
                "The next offset to read after a restart: one past the last record handed out before the commit.",
                "event",
                "R-GRP-60",
            )),
            None => steps.push(said(
                format!("{group} has committed nothing here"),
                "The first commit comes auto.commit.interval.ms after the group is Stable.",
                "config",
                "R-GRP-64",
            )),
        }
        if let Some(owner) = owner {
            let position = owner.owned.get(tp).and_then(|owned| owned.position);
            if let Some(position) = position {
                steps.push(said(
                    format!("The position of {} is {position}", owner.setup.name),
                    format!(
                        "The next offset it will be given; the high watermark is {}.",
                        partition.log.high_watermark()
                    ),
                    "event",
                    "R-GRP-60",
                ));
            }
            if owner.app.is_processing() {
                steps.push(said(
                    format!(
                        "{} processes {} records",
                        owner.setup.name,
                        owner.app.unfinished(self.now_ms)
                    ),
                    format!(
                        "Each takes {} ms; poll() comes after that.",
                        owner.setup.processing_us / 1_000
                    ),
                    "soon",
                    "R-GRP-80",
                ));
            }
        } else {
            steps.push(said(
                "Nobody owns this partition now",
                "It is assigned at the end of the rebalance.",
                "soon",
                "R-GRP-15",
            ));
        }
        let last = self.trace.newest_first(None).take(4_000).find(|event| match &event.kind {
            EventKind::Committed { group: of, offsets, .. } => {
                **of == *group && offsets.iter().any(|(at, _)| at == tp)
            }
            _ => false,
        });
        if let Some(event) = last {
            self.chain(event, &mut steps);
        }
        Some(WhyView { question: format!("Why is {group} there in P{}?", tp.partition), steps })
    }
}

/// The rule behind a kind of event, in one line, with its id.
fn rule_of(kind: &EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::Appended { .. } => {
            ("The leader gives the batch the next offsets and its leader epoch.", "R-LOG-11")
        }
        EventKind::AppendRefused { .. } => {
            ("All or nothing: one bad record refuses its whole batch.", "R-LOG-09")
        }
        EventKind::BatchSent { .. } => {
            ("A batch goes when it is full, or linger.ms after its first record.", "R-PRD-23")
        }
        EventKind::Acked { .. } => ("The answer came as acks asks for it.", "R-PRD-43"),
        EventKind::DuplicateBatch { .. } => {
            ("The leader knows the last five batches of each producer id.", "R-PRD-52")
        }
        EventKind::ProduceRetry { .. } => {
            ("A retriable error: the batch goes back to the front of its queue.", "R-PRD-27")
        }
        EventKind::ProduceFailed { .. } => ("Not retriable, or its time was over.", "R-PRD-29"),
        EventKind::BatchSplit { .. } => {
            ("max.message.bytes bounds the batch, not the record.", "R-PRD-28")
        }
        EventKind::StickySwitch { .. } => {
            ("The sticky partition changes after batch.size bytes.", "R-PRD-06")
        }
        EventKind::SegmentRolled { .. } => (
            "A segment rolls at an append only: by size, by age of its first batch, or a full index.",
            "R-LOG-21",
        ),
        EventKind::SegmentsDeleted { .. } => (
            "Oldest first, whole segments, at a check of log.retention.check.interval.ms.",
            "R-LOG-42",
        ),
        EventKind::RecordsDeleted { .. } => (
            "Nothing below the log start is readable; segments go whole, at a later check.",
            "R-LOG-52",
        ),
        EventKind::CleanerPicked { .. } => (
            "A log is due when more than min.cleanable.dirty.ratio of its closed segments is dirty.",
            "R-LOG-62",
        ),
        EventKind::LogCleaned { .. } => (
            "The newest record of each key stays, offsets never change, the active segment is left alone.",
            "R-LOG-65",
        ),
        EventKind::Uncleanable { .. } => {
            ("An error in cleaning concerns its partition alone.", "R-LOG-71")
        }
        EventKind::LogDirFailed { .. } => (
            "The first write that fails takes its log directory offline until the broker restarts.",
            "R-SCP-30",
        ),
        EventKind::BrokerHalted { .. } => (
            "A broker without a log directory halts; a larger disk and a start get it going again.",
            "R-SCP-30",
        ),
        EventKind::BrokerStarted { .. } => (
            "A killed process loses nothing it wrote; its partitions' leader epoch grows.",
            "R-LOG-91",
        ),
        EventKind::LogLoaded { .. } => {
            ("Indexes and producer state are built from the batches.", "R-LOG-92")
        }
        EventKind::LogCut { .. } => {
            ("At the first bad batch a log is cut, and later segments go.", "R-LOG-92")
        }
        EventKind::ExpiredUnread { .. } => {
            ("Retention does not ask whether anyone has read a record.", "R-LOG-42")
        }
        EventKind::MemberJoining { .. } => ("JoinGroup is sent inside poll() only.", "R-GRP-18"),
        EventKind::MemberAssigned { .. } => {
            ("The group's leader computed it, SyncGroup brought it.", "R-GRP-15")
        }
        EventKind::MemberRevoked { .. } => (
            "Eager members give up all before they join; cooperative ones what they lost.",
            "R-GRP-22",
        ),
        EventKind::PollIntervalExceeded { .. } => {
            ("The heartbeat thread leaves the group by itself.", "R-GRP-17")
        }
        EventKind::HeartbeatSaysRejoin { .. } => {
            ("Members hear of a rebalance at their next heartbeat.", "R-GRP-18")
        }
        EventKind::PositionSet { .. } => {
            ("The committed offset if there is one, else auto.offset.reset.", "R-GRP-61")
        }
        EventKind::Polled { .. } => ("At most max.poll.records of what is fetched.", "R-GRP-80"),
        EventKind::Committed { .. } => {
            ("Positions are committed inside poll(), each auto.commit.interval.ms.", "R-GRP-64")
        }
        EventKind::Group(_) => ("The coordinator's state machine.", "R-GRP-10"),
        EventKind::Action(_) => ("Your action.", ""),
        EventKind::Started => ("The scenario's start.", ""),
        _ => super::why_cluster::rule_of(kind),
    }
}
