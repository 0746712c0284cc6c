//! The network (R-SCP-21): directed links between hosts, each with a latency, a jitter, a cut, or breaks now and then.
//! A host is a node of the cluster or a client program; a broker and a controller of one node share it.
//!
//! Links carry TCP connections. So nothing is lost or overtakes while a connection lasts: what a cut link holds up is
//! delivered when it heals. A requester that gives up closes its connection, and what the link held of it is gone; it
//! gets a new one only when both directions pass.

use super::{ActorId, Message};
use crate::ids::{BrokerId, EventId, TimestampMs};
use sorted::{SortedMap, SortedSet};
use std::collections::VecDeque;
use std::sync::Arc;

/// `socket.connection.setup.timeout.ms`: how long an attempt to connect waits.
pub(crate) const CONNECTION_SETUP_TIMEOUT_MS: i64 = 10_000;

/// One end of a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Host {
    /// A node of the cluster, by `node.id`.
    Node(BrokerId),
    /// A client program: a producer's name, or a consumer group's.
    Client(Arc<str>),
}

/// What is particular about a directed link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// One-way latency, if not the cluster's.
    pub latency_ms: Option<i64>,
    /// Up to this is added to each message.
    pub jitter_ms: i64,
    /// Nothing passes.
    pub cut: bool,
    /// Nothing passes, and what was sent is gone for good, as behind a proxy that drops it.
    pub drops: bool,
    /// The connection breaks this often.
    pub breaks_per_min: u32,
}

impl Link {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// All links.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    /// One-way latency of a link that nothing is particular about.
    pub latency_ms: i64,
    /// Idle cycles are parked instead of played out; off only in the test that this changes nothing.
    pub parking: bool,
    links: SortedMap<(Host, Host), Link>,
    clients: SortedMap<ActorId, Arc<str>>,
    /// What cut links hold up, in order of sending.
    held: VecDeque<Message>,
    /// Connections that were given up while a direction did not pass, or the other end did not answer.
    closed: SortedSet<(ActorId, BrokerId)>,
    /// What never arrives; whoever keeps account of records looks through it.
    pub lost: Vec<Message>,
    /// Nodes that say nothing for now: frozen, or without power. What is idle is played out while there are any.
    pub silent: SortedSet<BrokerId>,
    /// Those of them that do not even take a connection: without power.
    pub dark: SortedSet<BrokerId>,
    /// Pairs of hosts whose connections break now and then: which break is the next one, and the event behind it.
    breaks: SortedMap<(Host, Host), (u32, EventId)>,
    /// When the newest message of a link with jitter or a changed latency arrives: none overtakes it.
    newest: SortedMap<(ActorId, ActorId), TimestampMs>,
    rng: super::Rng,
}

impl Net {
    /// Links with one latency.
    pub(crate) fn new(latency_ms: i64, seed: u64) -> Self {
        Self {
            latency_ms,
            parking: true,
            links: SortedMap::new(),
            clients: SortedMap::new(),
            held: VecDeque::new(),
            closed: SortedSet::new(),
            lost: Vec::new(),
            silent: SortedSet::new(),
            dark: SortedSet::new(),
            breaks: SortedMap::new(),
            newest: SortedMap::new(),
            rng: super::Rng::stream(seed, "network"),
        }
    }

    /// A client program begins to use the network.
    pub(crate) fn register(&mut self, client: ActorId, host: &Arc<str>) {
        self.clients.insert(client, Arc::clone(host));
    }

    /// The host an actor runs on; none for the admin client.
    pub(crate) fn host(&self, actor: ActorId) -> Option<Host> {
        match actor {
            ActorId::Broker(id) | ActorId::Controller(id) => Some(Host::Node(id)),
            ActorId::Producer(_) | ActorId::Consumer(_) => {
                self.clients.get(&actor).map(|name| Host::Client(Arc::clone(name)))
            }
            ActorId::Admin => None,
        }
    }

    /// What is particular about the link between two actors, if anything is.
    fn link(&self, from: ActorId, to: ActorId) -> Option<&Link> {
        if self.links.is_empty() {
            return None;
        }
        let (from, to) = (self.host(from)?, self.host(to)?);
        if from == to { None } else { self.links.get(&(from, to)) }
    }

    /// The links that something is particular about.
    pub(crate) fn particular(&self) -> impl Iterator<Item = (&(Host, Host), &Link)> {
        self.links.iter()
    }

    /// Changes one link.
    pub(crate) fn set(&mut self, from: Host, to: Host, link: Link) {
        if link.is_plain() {
            self.links.remove(&(from, to));
        } else {
            self.links.insert((from, to), link);
        }
    }

    /// How long a message takes from one actor to the other, without jitter.
    pub(crate) fn latency_ms(&self, from: ActorId, to: ActorId) -> i64 {
        if from == to || self.same_node(from, to) {
            return 0;
        }
        self.link(from, to).and_then(|link| link.latency_ms).unwrap_or(self.latency_ms)
    }

    fn same_node(&self, from: ActorId, to: ActorId) -> bool {
        match (from.node(), to.node()) {
            (Some(from), Some(to)) => from == to,
            _ => false,
        }
    }

    /// When a message that is sent now arrives.
    pub(crate) fn arrives_ms(
        &mut self,
        now_ms: TimestampMs,
        from: ActorId,
        to: ActorId,
    ) -> TimestampMs {
        let mut at_ms = now_ms + self.latency_ms(from, to);
        let jitter_ms = self.link(from, to).map_or(0, |link| link.jitter_ms);
        if jitter_ms > 0 {
            let bound = u64::try_from(jitter_ms).unwrap_or(0).saturating_add(1);
            at_ms += i64::try_from(self.rng.below(bound)).unwrap_or(0);
        }
        if self.links.is_empty() && self.newest.is_empty() {
            return at_ms;
        }
        let newest = self.newest.entry((from, to)).or_insert(at_ms);
        *newest = at_ms.max(*newest);
        *newest
    }

    /// Latencies have gone back to what they were: nothing can overtake any more once `now_ms` has passed it.
    pub(crate) fn settle(&mut self, now_ms: TimestampMs) {
        if self.links.is_empty() {
            self.newest.retain(|_, at_ms| *at_ms > now_ms);
        }
    }

    /// Whether messages pass from one actor to the other now.
    pub(crate) fn passes(&self, from: ActorId, to: ActorId) -> bool {
        self.link(from, to).is_none_or(|link| !link.cut && !link.drops)
    }

    /// Whether messages pass both ways.
    pub(crate) fn passes_both_ways(&self, one: ActorId, other: ActorId) -> bool {
        self.links.is_empty() || (self.passes(one, other) && self.passes(other, one))
    }

    /// Whether an idle cycle between two actors may be parked: nothing is particular about their links.
    pub(crate) fn may_park(&self, one: ActorId, other: ActorId) -> bool {
        self.parking
            && self.silent.is_empty()
            && (self.links.is_empty()
                || (self.link(one, other).is_none() && self.link(other, one).is_none()))
    }

    /// A message that can't pass now: held up until the link heals, or gone.
    pub(crate) fn hold(&mut self, message: Message) {
        let dropped = self.link(message.from, message.to).is_some_and(|link| link.drops);
        if dropped {
            self.lost.push(message);
        } else {
            self.held.push_back(message);
        }
    }

    /// What cut links hold up.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Message> {
        self.held.iter()
    }

    /// Takes what was held up and passes now, in order.
    pub(crate) fn take_released(&mut self) -> Vec<Message> {
        let held = std::mem::take(&mut self.held);
        let (released, still): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|message| self.passes(message.from, message.to));
        self.held = still.into();
        released
    }

    /// An actor gives up its connection to a node: what links hold of it is gone.
    pub(crate) fn disconnect(&mut self, actor: ActorId, node: BrokerId) {
        self.give_up(|message| {
            let ends = [(message.from, message.to.node()), (message.to, message.from.node())];
            ends.contains(&(actor, Some(node)))
        });
        if self.dark.contains(&node) || !self.passes_both_ways(actor, ActorId::Broker(node)) {
            self.closed.insert((actor, node));
        }
    }

    /// Whether an actor needs a new connection to a node.
    pub(crate) fn is_closed(&self, actor: ActorId, node: BrokerId) -> bool {
        !self.closed.is_empty() && self.closed.contains(&(actor, node))
    }

    /// The connection is there again.
    pub(crate) fn connected(&mut self, actor: ActorId, node: BrokerId) {
        self.closed.remove(&(actor, node));
    }

    /// A pair of hosts has got other links: how often their connections break may be new. Gives the first break, if they do.
    pub(crate) fn plan_breaks(
        &mut self,
        pair: &(Host, Host),
        now_ms: TimestampMs,
        event: EventId,
    ) -> Option<(TimestampMs, u32)> {
        let number = self.breaks.get(pair).map_or(0, |(number, _)| *number) + 1;
        self.breaks.insert(pair.clone(), (number, event));
        self.next_break(pair, now_ms)
    }

    /// The next break of a pair's connections: the mean of what is drawn is what `breaks_per_min` says, of both directions
    /// together.
    pub(crate) fn next_break(
        &mut self,
        pair: &(Host, Host),
        now_ms: TimestampMs,
    ) -> Option<(TimestampMs, u32)> {
        let (one, other) = pair;
        let breaks = |from: &Host, to: &Host| {
            let link = self.links.get(&(from.clone(), to.clone()));
            link.map_or(0, |link| link.breaks_per_min)
        };
        let rate = breaks(one, other).max(breaks(other, one));
        let number = self.breaks.get(pair).map_or(0, |(number, _)| *number);
        let bound = 120_000u64.checked_div(u64::from(rate))?;
        let wait_ms = i64::try_from(self.rng.below(bound)).unwrap_or(0) + 1;
        Some((now_ms + wait_ms, number))
    }

    /// The event behind a pair's breaks, if this break is one that still counts.
    pub(crate) fn break_cause(&self, pair: &(Host, Host), number: u32) -> Option<EventId> {
        self.breaks.get(pair).filter(|(newest, _)| *newest == number).map(|(_, event)| *event)
    }

    /// Whether a message is one between these two hosts.
    pub(crate) fn is_between(&self, message: &Message, one: &Host, other: &Host) -> bool {
        match (self.host(message.from), self.host(message.to)) {
            (Some(from), Some(to)) => {
                (from == *one && to == *other) || (from == *other && to == *one)
            }
            _ => false,
        }
    }

    /// The connections between two hosts break: what links hold of them is gone.
    pub(crate) fn drop_held(&mut self, one: &Host, other: &Host) {
        let held = std::mem::take(&mut self.held);
        let (lost, still): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|message| self.is_between(message, one, other));
        self.held = still.into();
        self.lost.extend(lost);
    }

    /// A node's process is gone: its connections with it. What links hold of it never arrives.
    pub(crate) fn forget_node(&mut self, node: BrokerId) {
        self.give_up(|message| {
            message.to.node() == Some(node) || message.from.node() == Some(node)
        });
    }

    /// Held messages that `which` picks never arrive.
    fn give_up(&mut self, which: impl Fn(&Message) -> bool) {
        let held = std::mem::take(&mut self.held);
        let (lost, still): (Vec<_>, Vec<_>) = held.into_iter().partition(which);
        self.held = still.into();
        self.lost.extend(lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Body, Rng};

    const NODE: ActorId = ActorId::Broker(BrokerId(1));
    const CLIENT: ActorId = ActorId::Producer(0);

    fn net() -> (Net, Host, Host) {
        let mut net = Net::new(1, 7);
        net.register(CLIENT, &Arc::from("p"));
        (net, Host::Client("p".into()), Host::Node(BrokerId(1)))
    }

    #[test]
    fn no_message_overtakes_another_one_of_its_connection() {
        let (mut net, client, node) = net();
        let mut rng = Rng::stream(3, "test");
        let (mut now_ms, mut last_ms) = (0, 0);
        for _ in 0..2_000 {
            now_ms += i64::try_from(rng.below(20)).unwrap();
            if rng.below(4) == 0 {
                let latency_ms = Some(i64::try_from(rng.below(300)).unwrap());
                let jitter_ms = i64::try_from(rng.below(100)).unwrap();
                let link = match rng.below(3) {
                    0 => Link::default(),
                    _ => Link { latency_ms, jitter_ms, ..Link::default() },
                };
                net.set(client.clone(), node.clone(), link);
                net.settle(now_ms);
            }
            let at_ms = net.arrives_ms(now_ms, CLIENT, NODE);
            assert!(at_ms >= last_ms && at_ms > now_ms - 1, "{at_ms} {last_ms}");
            last_ms = at_ms;
        }
    }

    #[test]
    fn breaks_come_as_often_as_asked_for() {
        let (mut net, client, node) = net();
        let link = Link { breaks_per_min: 6, ..Link::default() };
        net.set(client.clone(), node.clone(), link);
        let pair = (client, node);
        let (mut at_ms, number) = net.plan_breaks(&pair, 0, EventId(1)).unwrap();
        let mut count = 1;
        while at_ms < 3_600_000 {
            at_ms = net.next_break(&pair, at_ms).unwrap().0;
            count += 1;
        }
        assert!((300..=420).contains(&count), "{count} in an hour");
        assert!(net.break_cause(&pair, number).is_some());
        net.set(pair.0.clone(), pair.1.clone(), Link::default());
        assert!(net.plan_breaks(&pair, 0, EventId(2)).is_none());
        assert!(net.break_cause(&pair, number).is_none());
    }

    #[test]
    fn a_cut_holds_back_one_way_and_a_drop_loses() {
        let (mut net, client, node) = net();
        net.set(client.clone(), node.clone(), Link { cut: true, ..Link::default() });
        assert!(!net.passes(CLIENT, NODE) && net.passes(NODE, CLIENT));
        let body = || Body::ConnectionLost(BrokerId(1));
        let message = |correlation| Message {
            from: CLIENT,
            to: NODE,
            correlation,
            cause: EventId(1),
            body: body(),
        };
        net.hold(message(1));
        net.hold(message(2));
        assert!(net.take_released().is_empty());
        net.set(client.clone(), node.clone(), Link::default());
        let released: Vec<u64> = net.take_released().iter().map(|m| m.correlation).collect();
        assert_eq!(released, [1, 2]);
        net.set(client.clone(), node.clone(), Link { drops: true, ..Link::default() });
        net.hold(message(3));
        net.set(client, node, Link::default());
        assert!(net.take_released().is_empty());
    }
}
