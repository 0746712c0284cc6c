//! A quorum on a small network: messages take a millisecond, links can be cut (what is on them is lost without a
//! word), processes crash (their connections break) and start again with their log.
#![allow(clippy::unwrap_used, clippy::panic)]

mod idle;
mod rules;
mod stories;
mod storm;

use super::*;
use std::collections::{BTreeMap, BTreeSet};

const START: TimestampMs = 1_750_000_000_000;
const LATENCY_MS: TimestampMs = 1;

#[derive(Debug, Clone)]
struct Node {
    quorum: Quorum<u32>,
    rng: Rng,
    alive: bool,
}

#[derive(Debug, Clone)]
enum Packet {
    Request { from: i32, to: i32, id: u64, request: QuorumRequest },
    Response { from: i32, to: i32, id: u64, response: QuorumResponse<u32> },
    Broken { from: i32, to: i32, id: u64 },
}

#[derive(Debug, Clone)]
struct Net {
    now: TimestampMs,
    nodes: BTreeMap<i32, Node>,
    on_the_way: BTreeMap<(TimestampMs, u64), Packet>,
    sent: u64,
    cut: BTreeSet<(i32, i32)>,
    happened: Vec<(TimestampMs, i32, Happened)>,
    /// Who led in an epoch.
    leaders: BTreeMap<i32, i32>,
    /// What any node ever called committed.
    committed: Vec<Entry<u32>>,
}

fn id(id: i32) -> NodeId {
    BrokerId(id)
}

impl Net {
    /// Voters 1.. and observers after them, all started at once.
    fn new(voters: i32, observers: i32, seed: u64) -> Self {
        Self::with(voters, observers, seed, Quorum::new)
    }

    /// The same, with 1 as the leader already.
    fn formed(voters: i32, observers: i32, seed: u64) -> Self {
        Self::with(voters, observers, seed, |me, config, now, rng| {
            Quorum::formed(me, id(1), config, now, rng)
        })
    }

    fn with(
        voters: i32,
        observers: i32,
        seed: u64,
        make: impl Fn(NodeId, QuorumConfig, TimestampMs, &mut Rng) -> Quorum<u32>,
    ) -> Self {
        let config = QuorumConfig::new((1..=voters).map(id).collect());
        let mut net = Self {
            now: START,
            nodes: BTreeMap::new(),
            on_the_way: BTreeMap::new(),
            sent: 0,
            cut: BTreeSet::new(),
            happened: Vec::new(),
            leaders: BTreeMap::new(),
            committed: Vec::new(),
        };
        for node in 1..=voters + observers {
            let mut rng = Rng::stream(seed, &format!("controller {node}"));
            let quorum = make(id(node), config.clone(), START, &mut rng);
            net.nodes.insert(node, Node { quorum, rng, alive: true });
        }
        for node in 1..=voters + observers {
            net.take(node);
        }
        net
    }

    fn act<R>(
        &mut self,
        node: i32,
        act: impl FnOnce(&mut Quorum<u32>, TimestampMs, &mut Rng) -> R,
    ) -> R {
        let now = self.now;
        let Node { quorum, rng, .. } = self.nodes.get_mut(&node).unwrap();
        let result = act(quorum, now, rng);
        self.take(node);
        result
    }

    /// Sends what a node wants sent, and holds what happened against what must never be.
    fn take(&mut self, node: i32) {
        for output in self.nodes.get_mut(&node).unwrap().quorum.take_outputs() {
            match output {
                Output::Request { to, id, request } => {
                    self.send(node, to.0, Packet::Request { from: node, to: to.0, id, request });
                }
                Output::Response { to, id, response } => {
                    self.send(node, to.0, Packet::Response { from: node, to: to.0, id, response });
                }
                Output::Happened(happened) => {
                    self.judge(node, &happened);
                    self.happened.push((self.now - START, node, happened));
                }
            }
        }
    }

    fn judge(&mut self, node: i32, happened: &Happened) {
        let quorum = &self.nodes[&node].quorum;
        match happened {
            Happened::BecameLeader { epoch } => {
                let before = self.leaders.insert(*epoch, node);
                assert_eq!(before, None, "two leaders in epoch {epoch}");
                let has = quorum.entries(0, offset(self.committed.len()));
                assert_eq!(has, self.committed, "leader {node} lacks what is committed");
            }
            Happened::HighWatermark { to } => {
                let has = quorum.entries(0, *to);
                assert_eq!(offset(has.len()), *to);
                let known = self.committed.len().min(has.len());
                assert_eq!(has[..known], self.committed[..known], "node {node} has other entries");
                self.committed.extend_from_slice(&has[known..]);
            }
            Happened::Truncated { to } => {
                assert!(*to >= quorum.high_watermark(), "{node} cut off what is committed");
            }
            _ => {}
        }
    }

    fn send(&mut self, from: i32, to: i32, packet: Packet) {
        if self.cut.contains(&(from, to)) {
            return;
        }
        self.sent += 1;
        self.on_the_way.insert((self.now + LATENCY_MS, self.sent), packet);
    }

    fn deliver(&mut self, packet: Packet) {
        match packet {
            Packet::Request { from, to, id: number, .. } if !self.nodes[&to].alive => {
                self.send(to, from, Packet::Broken { from: to, to: from, id: number });
            }
            Packet::Request { from, to, id: number, request } => {
                self.act(to, |quorum, now, rng| {
                    quorum.on_request(id(from), number, request, now, rng);
                })
            }
            Packet::Response { to, .. } | Packet::Broken { to, .. } if !self.nodes[&to].alive => {}
            Packet::Response { from, to, id: number, response } => {
                self.act(to, |quorum, now, rng| {
                    quorum.on_response(id(from), number, response, now, rng);
                });
            }
            Packet::Broken { from, to, id: number } => self.act(to, |quorum, now, rng| {
                quorum.on_no_response(id(from), number, now, rng);
            }),
        }
    }

    /// Lets time pass.
    fn run(&mut self, ms: TimestampMs) {
        let end = self.now + ms;
        loop {
            let packet = self.on_the_way.keys().next().copied();
            let alive = self.nodes.iter().filter(|(_, node)| node.alive);
            let timer =
                alive.filter_map(|(&at, node)| Some((node.quorum.next_deadline_ms()?, at))).min();
            match (packet, timer) {
                (Some(key), timer) if key.0 <= end && timer.is_none_or(|(at, _)| key.0 <= at) => {
                    self.now = key.0;
                    let packet = self.on_the_way.remove(&key).unwrap();
                    self.deliver(packet);
                }
                (_, Some((at, node))) if at <= end => {
                    self.now = self.now.max(at);
                    self.act(node, |quorum, now, rng| quorum.tick(now, rng));
                }
                _ => break,
            }
        }
        self.now = end;
    }

    /// The process dies: those that wait for its answer see the connection break.
    fn crash(&mut self, node: i32) {
        let dead = self.nodes.get_mut(&node).unwrap();
        dead.alive = false;
        let waiting: Vec<(i32, u64)> =
            dead.quorum.waiting.iter().map(|waiting| (waiting.from.0, waiting.id)).collect();
        for (to, id) in waiting {
            self.send(node, to, Packet::Broken { from: node, to, id });
        }
    }

    fn start(&mut self, node: i32) {
        self.nodes.get_mut(&node).unwrap().alive = true;
        self.act(node, |quorum, now, rng| quorum.restart(now, rng));
    }

    fn set_cut(&mut self, a: i32, b: i32, cut: bool) {
        for link in [(a, b), (b, a)] {
            if cut {
                self.cut.insert(link);
            } else {
                self.cut.remove(&link);
            }
        }
    }

    fn isolate(&mut self, node: i32, cut: bool) {
        for other in self.nodes.keys().copied().filter(|&other| other != node).collect::<Vec<_>>() {
            self.set_cut(node, other, cut);
        }
    }

    fn append(&mut self, node: i32, what: u32) -> Option<u64> {
        self.act(node, |quorum, now, _| quorum.append([what], now))
    }

    fn quorum(&self, node: i32) -> &Quorum<u32> {
        &self.nodes[&node].quorum
    }

    /// Those alive that lead.
    fn leading(&self) -> Vec<i32> {
        let leads = |(_, node): &(&i32, &Node)| node.alive && node.quorum.is_leader();
        self.nodes.iter().filter(leads).map(|(&id, _)| id).collect()
    }

    #[track_caller]
    fn leader(&self) -> i32 {
        match self.leading().as_slice() {
            &[leader] => leader,
            other => panic!("leading: {other:?}"),
        }
    }

    /// What nodes have been told to do, without what leaders wrote by themselves.
    fn data(&self, node: i32) -> Vec<u32> {
        let quorum = self.quorum(node);
        let committed = quorum.entries(0, quorum.high_watermark()).iter();
        committed
            .filter_map(|entry| match entry.record {
                Record::Data(what) => Some(what),
                Record::LeaderChange { .. } => None,
            })
            .collect()
    }

    /// When something happened at a node first, since a moment.
    fn first(
        &self,
        since: TimestampMs,
        what: impl Fn(i32, &Happened) -> bool,
    ) -> Option<TimestampMs> {
        let since = since - START;
        let found =
            self.happened.iter().find(|(at, node, happened)| *at >= since && what(*node, happened));
        found.map(|(at, ..)| at - since)
    }
}

fn offset(len: usize) -> u64 {
    u64::try_from(len).unwrap()
}
