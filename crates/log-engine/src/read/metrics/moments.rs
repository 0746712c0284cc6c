//! What may explain a metric's values, in a few words each.

use super::entries::Entry;
use crate::ids::TimestampMs;
use crate::metrics::{Moment, Tag, What};
use crate::sim::ActorId;
use crate::view::MetricMoment;
use crate::world::World;

/// Most moments of one chart.
const MOST: usize = 40;

impl World {
    /// What happened in a span of time that may explain a metric, oldest first; the newest ones if there are many.
    pub(super) fn metric_moments(
        &self,
        entry: &Entry,
        (from_ms, to_ms): (TimestampMs, TimestampMs),
    ) -> Vec<MetricMoment> {
        let (client, group) = self.client_and_group(entry);
        let topic = match entry.tag {
            Tag::Topic(topic) | Tag::Partition(topic, _) => self.metrics.topic_name(topic),
            Tag::Whole | Tag::Error(..) => None,
        };
        let concerns = |moment: &&Moment| match moment.what {
            What::Failed | What::Retried | What::Connection | What::MemberGone => {
                client.as_ref().is_none_or(|client| **client == *moment.name)
            }
            What::Rebalance | What::Stable => {
                group.as_ref().is_none_or(|group| **group == *moment.name)
            }
            What::Deleted | What::Cleaned | What::Topic => {
                topic.is_none_or(|topic| *topic == moment.name)
            }
            _ => true,
        };
        let all = self.metrics.moments().iter().rev();
        let within = all.skip_while(|moment| moment.at_ms > to_ms);
        let within = within.take_while(|moment| moment.at_ms >= from_ms);
        let explaining = within.filter(|moment| entry.bean.why.contains(&moment.what));
        let mut found: Vec<MetricMoment> =
            explaining.filter(concerns).take(MOST).map(told).collect();
        found.reverse();
        found
    }

    fn client_and_group(&self, entry: &Entry) -> (Option<String>, Option<String>) {
        match entry.owners.as_slice() {
            [ActorId::Producer(at)] => {
                let known = usize::try_from(*at).ok().and_then(|at| self.producers.get(at));
                (known.map(|known| known.name.to_string()), None)
            }
            [ActorId::Consumer(at)] => {
                let known = self.consumer(*at);
                let name = known.map(|known| known.setup.name.to_string());
                (name, known.map(|known| known.setup.group.to_string()))
            }
            _ => (None, None),
        }
    }
}

fn told(moment: &Moment) -> MetricMoment {
    let node = moment.node.map_or(-1, |node| node.0);
    let name = &moment.name;
    let many = |one: &str, several: &str| match moment.count {
        1 => one.to_owned(),
        n => format!("{n} {several}"),
    };
    let (kind, text) = match moment.what {
        What::Action => ("you", name.to_string()),
        What::Down => ("down", format!("broker {node} down")),
        What::Up => ("up", format!("broker {node} starts")),
        What::Frozen => ("down", format!("broker {node} frozen")),
        What::Thawed => ("up", format!("broker {node} goes on")),
        What::Stopping => ("down", format!("broker {node} stopping")),
        What::Fenced => ("warn", format!("broker {node} fenced")),
        What::Unfenced => ("up", format!("broker {node} unfenced")),
        What::Shrunk => ("warn", many("ISR shrinks", "ISRs shrink")),
        What::Expanded => ("up", many("ISR expands", "ISRs expand")),
        What::IsrRefused => ("warn", many("ISR change refused", "ISR changes refused")),
        What::Elected => ("", many("new leader", "new leaders")),
        What::Leaderless => ("down", many("no leader", "partitions without leader")),
        What::Reassigned => ("", many("replicas moved", "partitions' replicas moved")),
        What::ControllerElected => ("up", format!("controller {node} leads")),
        What::ControllerLost => ("warn", format!("controller {node} stands or resigns")),
        What::Disk => ("warn", format!("disk of broker {node}")),
        What::Deleted => ("", format!("{name} deleted from")),
        What::Cleaned => ("", format!("{name} cleaned")),
        What::Truncated => ("warn", format!("broker {node} truncates")),
        What::Failed => ("warn", format!("{name}: failed")),
        What::Retried => ("warn", format!("{name}: retry")),
        What::Rebalance => ("warn", format!("{name} rebalances")),
        What::Stable => ("up", format!("{name} stable")),
        What::MemberGone => ("warn", format!("{name} gone")),
        What::Connection => ("warn", format!("{name}: connection lost")),
        What::Topic => ("", format!("topic {name}")),
    };
    MetricMoment { at_ms: moment.at_ms, event: moment.event, text, kind: kind.to_owned() }
}
