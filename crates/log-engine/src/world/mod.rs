//! All actors and what they stand on. One step takes the next due thing and hands it to its actor; borrowing
//! the rest of the world goes through [`Ctx`](crate::sim::Ctx), so no actor can reach another one.

mod actors;
mod disks;
mod links;
mod nodes;
mod orphans;
mod parking;
mod quorum;
mod rolling;
mod setup;
mod step;

pub(crate) use nodes::{Down, Node, NodeState};
pub(crate) use setup::MAX_BROKERS;

use crate::broker::Broker;
use crate::config::BrokerConfigs;
use crate::consumer::{Consumer, MemberSetup};
use crate::controller::Controller;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::producer::Producer;
use crate::protocol::MetadataImage;
use crate::sim::{EventQueue, Net, Side};
use crate::trace::Trace;
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// A member to be restarted with another setup.
#[derive(Debug, Clone)]
pub(crate) struct Restart {
    /// Which consumer.
    pub consumer: u32,
    /// What it runs with then.
    pub setup: MemberSetup,
    /// The command.
    pub cause: EventId,
    /// All members close before the first starts: old and new ones have no assignor in common.
    pub together: bool,
}

/// Everything.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub now_ms: TimestampMs,
    pub start_ms: TimestampMs,
    pub seed: u64,
    pub configs: Arc<BrokerConfigs>,
    pub queue: EventQueue,
    /// Things that were due so far.
    pub steps: u64,
    pub net: Net,
    pub trace: Trace,
    pub ledger: Ledger,
    /// What is measured; nothing here reads it.
    pub metrics: Metrics,
    /// When what is handled now arrived, where that was before now.
    arrived_ms: Option<TimestampMs>,
    /// The machines that brokers and controllers run on.
    pub nodes: SortedMap<BrokerId, Node>,
    pub controllers: SortedMap<BrokerId, Controller>,
    /// The newest metadata that is committed, wherever it is.
    metadata: Arc<MetadataImage>,
    /// The quorum's voters.
    voters: Vec<BrokerId>,
    /// Since when the quorum is at rest and its time is passed over.
    quorum_parked_ms: Option<TimestampMs>,
    pub brokers: SortedMap<BrokerId, Broker>,
    pub producers: Vec<Producer>,
    pub consumers: Vec<Consumer>,
    pub groups: Vec<crate::consumer::GroupSetup>,
    /// Admin requests that wait for their answer, by correlation.
    pub admin_calls: u64,
    /// Members to be restarted.
    pub rolling: VecDeque<Restart>,
    /// Those of them that have been, until all have.
    restarted: Vec<(u32, EventId)>,
    /// What the last step means for parked cycles and processes.
    side: Vec<Side>,
    /// What all partitions' logs have grown by since the start, at most.
    pub growth: u64,
}

impl World {
    /// The newest committed metadata, wherever it is.
    pub(crate) fn image(&self) -> &Arc<MetadataImage> {
        &self.metadata
    }

    /// Writes an event.
    pub(crate) fn tell(
        &mut self,
        cause: Option<EventId>,
        kind: crate::event::EventKind,
    ) -> EventId {
        let metrics = &mut self.metrics;
        self.trace.push(self.now_ms, cause, kind, |event| metrics.happened(event))
    }

    /// The controller that leads the quorum now and whose process runs; the newest if two think so.
    pub(crate) fn active_controller(&self) -> Option<BrokerId> {
        let runs = |id: &BrokerId| self.nodes.get(id).is_some_and(Node::runs);
        self.controllers
            .iter()
            .filter(|(id, controller)| controller.is_active() && runs(id))
            .max_by_key(|(_, controller)| controller.epoch())
            .map(|(&id, _)| id)
    }

    /// The broker that leads a partition, with the partition as that broker has it.
    pub(crate) fn leader(
        &self,
        tp: &TopicPartition,
    ) -> Option<(&Broker, &crate::broker::Partition)> {
        let leader = self.image().topics.get(&tp.topic)?.leader(tp.partition)?;
        let broker = self.brokers.get(&leader)?;
        Some((broker, broker.partition(tp)?))
    }

    /// The replica that stands for a partition: its leader's, or, while it has none, the one that led last.
    pub(crate) fn shown(
        &self,
        tp: &TopicPartition,
    ) -> Option<(&Broker, &crate::broker::Partition)> {
        let image = self.image().partition(tp)?;
        let replica = |id: &BrokerId| {
            let broker = self.brokers.get(id)?;
            Some((broker, broker.partition(tp)?))
        };
        let last = image.last_known_elr.iter().chain(&image.elr).chain(&image.isr);
        let stands = image.leader.iter().chain(last).find_map(replica);
        stands.or_else(|| {
            let all = image.replicas.iter().filter_map(replica);
            all.max_by_key(|(broker, known)| {
                (known.log.log_end_offset(), std::cmp::Reverse(broker.id()))
            })
        })
    }

    /// Brokers a client can begin with.
    pub(crate) fn bootstrap(&self) -> Vec<BrokerId> {
        self.brokers.keys().copied().collect()
    }

    /// Brokers whose process runs.
    pub(crate) fn running_brokers(&self) -> Vec<BrokerId> {
        let runs = |id: &BrokerId| self.nodes.get(id).is_some_and(Node::runs);
        self.brokers.keys().copied().filter(runs).collect()
    }
}
