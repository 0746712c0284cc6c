//! Moments that explain values: what happened to nodes, partitions, clients and groups, each with its event, so that the
//! page can ask why. The same thing of many partitions at once is one moment.

use super::Metrics;
use crate::event::{Event, EventKind, GroupEvent};
use crate::ids::{BrokerId, EventId, TimestampMs};
use std::collections::VecDeque;
use std::sync::Arc;

/// Moments kept.
const MOST: usize = 1_000;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    /// A person did something.
    Action,
    /// A node's process ended.
    Down,
    /// It started.
    Up,
    /// It stands still.
    Frozen,
    /// It goes on.
    Thawed,
    /// A broker begins to shut down in order.
    Stopping,
    /// The controller fenced a broker.
    Fenced,
    /// The controller took a broker into service.
    Unfenced,
    /// Partitions lost members of their ISR.
    Shrunk,
    /// Partitions got members of their ISR back.
    Expanded,
    /// A leader was refused another ISR.
    IsrRefused,
    /// Partitions have another leader.
    Elected,
    /// Partitions have no leader any more.
    Leaderless,
    /// Replicas were moved.
    Reassigned,
    /// A controller leads.
    ControllerElected,
    /// A controller gave it up, or stands for it.
    ControllerLost,
    /// A disk is slower or faster, or failed.
    Disk,
    /// Segments or records were deleted.
    Deleted,
    /// A log was cleaned, or can't be.
    Cleaned,
    /// A log was cut at its end.
    Truncated,
    /// Records failed for good.
    Failed,
    /// Records are sent again.
    Retried,
    /// A group rebalances.
    Rebalance,
    /// A group is stable again.
    Stable,
    /// A member failed, left or was removed.
    MemberGone,
    /// A connection broke.
    Connection,
    /// A topic came, went or changed.
    Topic,
}

/// One moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When.
    pub at_ms: TimestampMs,
    /// The first event of it.
    pub event: EventId,
    /// What.
    pub what: What,
    /// Which node, where it is one's.
    pub node: Option<BrokerId>,
    /// Which topic, client or group, where it is one's; of an action its words; else empty.
    pub name: Arc<str>,
    /// How often.
    pub count: u32,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Moments {
    list: Arc<VecDeque<Moment>>,
    none: Arc<str>,
}

impl Moments {
    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Moment> {
        self.list.iter()
    }

    fn note(&mut self, moment: Moment) {
        let list = Arc::make_mut(&mut self.list);
        let same =
            list.iter_mut().rev().take_while(|known| known.at_ms == moment.at_ms).find(|known| {
                (known.what, known.node, &known.name) == (moment.what, moment.node, &moment.name)
            });
        if let Some(known) = same {
            known.count = known.count.saturating_add(moment.count);
            return;
        }
        // What goes on and on is one moment a second.
        let goes_on = list.iter().rev().take(8).any(|known| {
            (known.what, known.node, &known.name) == (moment.what, moment.node, &moment.name)
                && moment.at_ms - known.at_ms < 1_000
        });
        if goes_on && matches!(moment.what, What::Failed | What::Retried | What::Connection) {
            return;
        }
        list.push_back(moment);
        if list.len() > MOST {
            list.pop_front();
        }
    }
}

impl Metrics {
    /// An event was written.
    pub(crate) fn happened(&mut self, event: &Event) {
        let Some((what, node, name)) = explained_by(&event.kind) else { return };
        let name = match &event.kind {
            EventKind::Action(command) => crate::read::action_text(command).into(),
            _ => name.map_or_else(|| Arc::clone(&self.moments.none), Arc::clone),
        };
        let (at_ms, event) = (event.at_ms, event.id);
        self.moments.note(Moment { at_ms, event, what, node, name, count: 1 });
    }
}

type Explained<'a> = (What, Option<BrokerId>, Option<&'a Arc<str>>);

fn explained_by(kind: &EventKind) -> Option<Explained<'_>> {
    Some(match kind {
        EventKind::Action(_) => (What::Action, None, None),
        EventKind::NodeDown { node, .. } => (What::Down, Some(*node), None),
        EventKind::BrokerHalted { broker } | EventKind::LogDirFailed { broker, .. } => {
            (What::Disk, Some(*broker), None)
        }
        EventKind::DiskSpeed { broker, .. } => (What::Disk, Some(*broker), None),
        EventKind::BrokerStarted { broker, .. } => (What::Up, Some(*broker), None),
        EventKind::NodeFrozen { node, .. } => (What::Frozen, Some(*node), None),
        EventKind::NodeThawed { node } => (What::Thawed, Some(*node), None),
        EventKind::BrokerStopping { broker } => (What::Stopping, Some(*broker), None),
        EventKind::BrokerFenced { broker, .. } => (What::Fenced, Some(*broker), None),
        EventKind::BrokerUnfenced { broker } => (What::Unfenced, Some(*broker), None),
        EventKind::IsrChanged { from, to, .. } => {
            let what = if to.len() < from.len() { What::Shrunk } else { What::Expanded };
            (what, None, None)
        }
        EventKind::IsrRefused { .. } => (What::IsrRefused, None, None),
        EventKind::LeaderChanged { to, .. } => match to {
            Some(_) => (What::Elected, None, None),
            None => (What::Leaderless, None, None),
        },
        EventKind::ReplicasChanged { .. } => (What::Reassigned, None, None),
        EventKind::ControllerElected { controller, .. } => {
            (What::ControllerElected, Some(*controller), None)
        }
        EventKind::ControllerResigned { controller, .. }
        | EventKind::ControllerStands { controller, .. } => {
            (What::ControllerLost, Some(*controller), None)
        }
        other => return of_data(other),
    })
}

fn of_data(kind: &EventKind) -> Option<Explained<'_>> {
    Some(match kind {
        EventKind::SegmentsDeleted { tp, .. } | EventKind::RecordsDeleted { tp, .. } => {
            (What::Deleted, None, Some(&tp.topic))
        }
        EventKind::LogCleaned { tp, .. } | EventKind::Uncleanable { tp, .. } => {
            (What::Cleaned, None, Some(&tp.topic))
        }
        EventKind::Truncated { broker, .. } => (What::Truncated, Some(*broker), None),
        EventKind::ProduceFailed { producer, .. } | EventKind::AppendRefused { producer, .. } => {
            (What::Failed, None, Some(producer))
        }
        EventKind::ProduceRetry { producer, .. } => (What::Retried, None, Some(producer)),
        EventKind::Disconnected { client, .. } => (What::Connection, None, Some(client)),
        EventKind::MemberFailed { member, .. }
        | EventKind::MemberClosed { member, .. }
        | EventKind::PollIntervalExceeded { member, .. } => (What::MemberGone, None, Some(member)),
        EventKind::Group(GroupEvent::State { group, to, .. }) => match *to {
            "PreparingRebalance" => (What::Rebalance, None, Some(group)),
            "Stable" => (What::Stable, None, Some(group)),
            _ => return None,
        },
        EventKind::Group(GroupEvent::Removed { member, .. }) => {
            (What::MemberGone, None, Some(member))
        }
        EventKind::TopicCreated { topic, .. }
        | EventKind::TopicDeleted { topic }
        | EventKind::PartitionsAdded { topic, .. }
        | EventKind::TopicConfigsChanged { topic, .. } => (What::Topic, None, Some(topic)),
        _ => return None,
    })
}
