//! Values that hold until they change, read off the state after a step that may have changed them. An actor says only that
//! it may have; what they are is found out here, of the whole world.

use super::{Level, Metrics, Replication, Tag};
use crate::broker::{Broker, LifeState, Partition};
use crate::controller::Controller;
use crate::coordinator::GroupState;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::protocol::MetadataImage;
use crate::sim::ActorId;
use crate::world::World;

/// What may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stale {
    /// A broker: its partitions, groups, or state.
    Broker(BrokerId),
    /// How one of its partitions is replicated.
    Partition(BrokerId, TopicPartition),
    /// A controller.
    Controller(BrokerId),
    /// A consumer's assignment.
    Consumer(u32),
}

impl Metrics {
    /// Something may have changed.
    pub(crate) fn look_again(&mut self, at: Stale) {
        if self.stale.last() != Some(&at) {
            self.stale.push(at);
        }
    }

    /// A process starts: what is measured of it begins anew.
    pub(crate) fn begins(&mut self, now_ms: TimestampMs, actor: ActorId) {
        let key = (actor, Tag::Whole, Level::Up);
        let lives = self.levels.get(&key);
        let lives = lives
            .map_or(0, |gauge| gauge.changes().iter().map(|(_, life)| *life).max().unwrap_or(0));
        self.set(now_ms, key, lives + 1);
    }

    /// A process ends.
    pub(crate) fn ends(&mut self, now_ms: TimestampMs, actor: ActorId) {
        self.set(now_ms, (actor, Tag::Whole, Level::Up), 0);
        self.behind.retain(|(of, _), _| *of != actor);
        self.standing.remove(&actor);
        self.counted.remove(&actor);
    }

    fn put(&mut self, now_ms: TimestampMs, actor: ActorId, values: &[(Level, i64)]) {
        for &(level, value) in values {
            self.set(now_ms, (actor, Tag::Whole, level), value);
        }
    }
}

impl World {
    /// Reads off what may have changed.
    pub(crate) fn measure_levels(&mut self) {
        if self.metrics.stale.is_empty() {
            return;
        }
        let mut stale = std::mem::take(&mut self.metrics.stale);
        let (metrics, now_ms, voters) = (&mut self.metrics, self.now_ms, self.controllers.len());
        let mut brokers: Vec<BrokerId> = Vec::new();
        for at in stale.drain(..) {
            match at {
                Stale::Partition(id, tp) => {
                    let known = self.brokers.get(&id).and_then(|broker| broker.partition(&tp));
                    metrics.put_partition(now_ms, id, &tp, known);
                    brokers.push(id);
                }
                Stale::Broker(id) => brokers.push(id),
                Stale::Controller(id) => {
                    if let Some(controller) = self.controllers.get(&id) {
                        metrics.put_controller(now_ms, id, controller, voters);
                    }
                }
                Stale::Consumer(at) => {
                    let known = usize::try_from(at).ok().and_then(|at| self.consumers.get(at));
                    let owned = known.map_or(0, |known| count(known.owned.iter()));
                    metrics.put(
                        now_ms,
                        ActorId::Consumer(at),
                        &[(Level::AssignedPartitions, owned)],
                    );
                }
            }
        }
        sorted::sort(&mut brokers);
        brokers.dedup();
        for id in brokers {
            if let Some(broker) = self.brokers.get(&id) {
                metrics.put_broker(now_ms, id, broker);
            }
        }
        // The list keeps its room.
        metrics.stale = stale;
    }
}

impl Metrics {
    fn put_partition(
        &mut self,
        now_ms: TimestampMs,
        broker: BrokerId,
        tp: &TopicPartition,
        partition: Option<&Partition>,
    ) {
        let number = self.topic_number(&tp.topic);
        let key =
            (ActorId::Broker(broker), Tag::Partition(number, tp.partition), Level::Replication);
        let leads = partition.filter(|partition| partition.leads());
        let packed = leads.map_or(0, |partition| replication(partition).pack());
        if packed > 0 || self.levels.contains_key(&key) {
            self.set(now_ms, key, packed);
        }
    }

    fn put_broker(&mut self, now_ms: TimestampMs, id: BrokerId, broker: &Broker) {
        let me = ActorId::Broker(id);
        let led = || broker.partitions().values().filter(|partition| partition.leads());
        let known = |which: &dyn Fn(Replication) -> bool| {
            count(led().filter(|partition| which(replication(partition))))
        };
        let groups = |state: GroupState| {
            count(broker.coordinator().states().filter(|(_, known)| *known == state))
        };
        let offset = broker.metadata_offset();
        let moving = |partition: &&Partition| {
            !partition.image.adding.is_empty() || !partition.image.removing.is_empty()
        };
        let values = [
            (Level::LeaderCount, count(led())),
            (Level::PartitionCount, count(broker.partitions().iter())),
            (Level::UnderReplicatedPartitions, known(&|r| r.replicas > r.isr)),
            (Level::UnderMinIsrPartitionCount, known(&|r| r.isr < r.min_isr)),
            (Level::AtMinIsrPartitionCount, known(&|r| r.isr == r.min_isr)),
            (Level::ReassigningPartitions, count(led().filter(moving))),
            (Level::BrokerState, state_number(broker.life_state())),
            (Level::LastAppliedRecordOffset, i64::try_from(offset).unwrap_or(i64::MAX)),
            (Level::NumGroups, count(broker.coordinator().states())),
            (Level::NumGroupsPreparingRebalance, groups(GroupState::PreparingRebalance)),
            (Level::NumGroupsCompletingRebalance, groups(GroupState::CompletingRebalance)),
            (Level::NumGroupsStable, groups(GroupState::Stable)),
            (Level::NumGroupsEmpty, groups(GroupState::Empty)),
        ];
        self.put(now_ms, me, &values);
        let bad = broker.partitions().values().filter(|known| known.cleaner.uncleanable.is_some());
        self.put(now_ms, me, &[(Level::UncleanablePartitions, count(bad))]);
    }

    fn put_controller(
        &mut self,
        now_ms: TimestampMs,
        id: BrokerId,
        controller: &Controller,
        voters: usize,
    ) {
        let me = ActorId::Controller(id);
        let number = |offset: u64| i64::try_from(offset).unwrap_or(i64::MAX);
        let node = |node: Option<BrokerId>| node.map_or(-1, |node| i64::from(node.0));
        let leader = controller.leader();
        let before = |level| self.gauge((me, Tag::Whole, level)).and_then(super::Gauge::now);
        let elected = leader.is_some()
            && (before(Level::RaftLeader), before(Level::RaftEpoch))
                != (Some(node(leader)), Some(i64::from(controller.epoch())));
        let elections = before(Level::NewActiveControllers).unwrap_or(0) + i64::from(elected);
        let own_vote = matches!(controller.role(), "Leader" | "Candidate");
        let vote = if own_vote { Some(id) } else { controller.voted() };
        let values = [
            (Level::ActiveControllerCount, i64::from(controller.is_active())),
            (Level::NewActiveControllers, elections),
            (Level::RaftState, raft_state(controller.role(), vote.is_some())),
            (Level::RaftLeader, node(leader)),
            (Level::RaftVote, node(vote)),
            (Level::RaftEpoch, i64::from(controller.epoch())),
            (Level::RaftHighWatermark, number(controller.high_watermark())),
            (Level::RaftLogEnd, number(controller.log_end())),
            (Level::RaftVoters, i64::try_from(voters).unwrap_or(0)),
            (Level::CommittedOffset, number(controller.high_watermark()) - 1),
            (Level::ControllerAppliedOffset, number(controller.image().offset)),
        ];
        self.put(now_ms, me, &values);
        if leader.is_some() {
            self.election_over(now_ms, me);
        } else if controller.role() == "Candidate" || controller.role() == "Prospective" {
            self.standing.entry(me).or_insert(now_ms);
        }
        let image = controller.image();
        if self.counted.insert(me, image.offset) != Some(image.offset) {
            self.put(now_ms, me, &counts_of(image));
        }
    }
}

/// What `ControllerMetadataMetricsPublisher` counts of an image.
fn counts_of(image: &MetadataImage) -> [(Level, i64); 7] {
    let partitions = || image.topics.values().flat_map(|topic| &topic.partitions);
    let brokers = || image.brokers.values();
    let preferred = |leader: Option<BrokerId>, replicas: &[BrokerId]| {
        leader.is_some() && leader == replicas.first().copied()
    };
    [
        (Level::FencedBrokerCount, count(brokers().filter(|known| known.fenced))),
        (Level::ActiveBrokerCount, count(brokers().filter(|known| !known.fenced))),
        (
            Level::ControlledShutdownBrokerCount,
            count(brokers().filter(|known| known.shutting_down)),
        ),
        (Level::GlobalTopicCount, count(image.topics.iter())),
        (Level::GlobalPartitionCount, count(partitions())),
        (Level::OfflinePartitionsCount, count(partitions().filter(|p| p.leader.is_none()))),
        (
            Level::PreferredReplicaImbalanceCount,
            count(partitions().filter(|p| !preferred(p.leader, &p.replicas))),
        ),
    ]
}

/// As its leader sees it (`Partition.isUnderReplicated`, `isUnderMinIsr`). What a reassignment adds does not count as
/// missing (`OngoingReassignmentState.replicationFactor`).
fn replication(partition: &Partition) -> Replication {
    let image = &partition.image;
    let number = |n: usize| i64::try_from(n).unwrap_or(0);
    let added = image.replicas.iter().filter(|broker| image.adding.contains(broker));
    Replication {
        isr: number(image.isr.len()),
        replicas: number(image.replicas.len()) - count(added),
        min_isr: number(partition.effective_min_isr()),
    }
}

/// `BrokerState`.
fn state_number(state: LifeState) -> i64 {
    match state {
        LifeState::Down => 0,
        LifeState::Starting => 1,
        LifeState::Recovery => 2,
        LifeState::Running => 3,
        LifeState::PendingShutdown => 6,
    }
}

/// Words of `raft-metrics` `current-state`, by the number that is recorded.
pub(crate) const RAFT_STATES: [&str; 7] = [
    "unattached",
    "unattached-voted",
    "prospective",
    "prospective-voted",
    "candidate",
    "follower",
    "leader",
];

fn raft_state(role: &str, voted: bool) -> i64 {
    match (role, voted) {
        ("Leader", _) => 6,
        ("Follower", _) => 5,
        ("Candidate", _) => 4,
        ("Prospective", true) => 3,
        ("Prospective", false) => 2,
        ("Unattached", true) => 1,
        // What resigned is told as unattached: it leads no more and votes for nobody (`KafkaRaftMetrics`).
        _ => 0,
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

impl World {
    /// The cluster's processes begin.
    pub(crate) fn begin_metrics(&mut self) {
        for id in self.nodes.keys().copied().collect::<Vec<_>>() {
            self.begin_node_metrics(id);
        }
        self.measure_levels();
    }

    /// A node's processes begin.
    pub(crate) fn begin_node_metrics(&mut self, id: BrokerId) {
        if self.brokers.contains_key(&id) {
            self.metrics.begins(self.now_ms, ActorId::Broker(id));
            self.metrics.look_again(Stale::Broker(id));
        }
        if self.controllers.contains_key(&id) {
            self.metrics.begins(self.now_ms, ActorId::Controller(id));
            self.metrics.look_again(Stale::Controller(id));
        }
    }
}
