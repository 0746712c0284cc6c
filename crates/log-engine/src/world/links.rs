//! Links that change: what was parked is played out first, and what a cut held up goes on. Connections that break by
//! themselves: what was on its way is lost, and both ends learn of it.

use super::World;
use crate::event::EventKind;
use crate::ids::EventId;
use crate::sim::ActorId;
use crate::sim::{Body, Due, Host, Link, Message};

impl World {
    /// Changes links.
    pub(crate) fn set_links(&mut self, changes: Vec<(Host, Host, Link)>, event: EventId) {
        self.play_out(event);
        let mut pairs: Vec<(Host, Host)> = Vec::new();
        for (from, to, link) in changes {
            let pair = if from < to { (&from, &to) } else { (&to, &from) };
            let pair = (pair.0.clone(), pair.1.clone());
            self.net.set(from, to, link);
            pairs.push(pair);
        }
        sorted::sort(&mut pairs);
        pairs.dedup();
        for pair in pairs {
            if let Some((at_ms, number)) = self.net.plan_breaks(&pair, self.now_ms, event) {
                self.queue.push(at_ms, Due::Break(Box::new(pair), number));
            }
        }
        self.net.settle(self.now_ms);
        // They have had their time on the way, and come before whatever is still on it.
        for message in self.net.take_released() {
            self.queue.push(self.now_ms, Due::Deliver(Box::new(message)));
        }
        self.watch_timeouts(event);
    }

    /// The connections between two hosts break, and the next break is planned.
    pub(super) fn break_connections(&mut self, pair: &(Host, Host), number: u32) {
        let Some(cause) = self.net.break_cause(pair, number) else { return };
        let (one, other) = pair;
        let (words, with) = (words(one), words(other));
        let event = self.tell(
            Some(cause),
            EventKind::ConnectionBroken { one: words.into(), other: with.into() },
        );
        let net = &self.net;
        let lost = self.queue.take(|due| match due {
            Due::Deliver(message) => {
                !matches!(message.body, Body::ConnectionLost(_))
                    && net.is_between(message, one, other)
            }
            _ => false,
        });
        self.net.lost.extend(lost.into_iter().filter_map(|due| match due {
            Due::Deliver(message) => Some(*message),
            _ => None,
        }));
        self.net.drop_held(one, other);
        for actor in self.actors() {
            let peer = match self.net.host(actor) {
                Some(host) if host == *one => other,
                Some(host) if host == *other => one,
                _ => continue,
            };
            let Host::Node(node) = *peer else { continue };
            let (from, body) = (ActorId::Broker(node), Body::ConnectionLost(node));
            let message = Message { from, to: actor, correlation: 0, cause: event, body };
            self.queue.push(self.now_ms, Due::Deliver(Box::new(message)));
        }
        if let Some((at_ms, number)) = self.net.next_break(pair, self.now_ms) {
            self.queue.push(at_ms, Due::Break(Box::new(pair.clone()), number));
        }
    }
}

/// A host as the log names it.
fn words(host: &Host) -> String {
    match host {
        Host::Node(node) => format!("node {}", node.0),
        Host::Client(name) => name.to_string(),
    }
}
