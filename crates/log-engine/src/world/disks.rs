//! Slow disks: while a broker waits for its disk it does nothing else, and what comes for it waits in one queue
//! (R-SCP-22). What a step sends after a write leaves when the write is done.

use super::{Node, World};
use crate::broker::Broker;
use crate::ids::{BrokerId, TimestampMs};
use crate::sim::{ActorId, Due};
use std::sync::Arc;

impl Node {
    /// Whether its broker waits for its disk, or has left things undone because of that.
    pub(super) fn is_busy(&self, now_ms: TimestampMs) -> bool {
        self.busy_until_ms > now_ms || !self.queue.is_empty()
    }

    /// What waits for its process to go on: because it stands still, or for its disk.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Due> {
        self.held.iter().chain(self.queue.iter().map(|(_, due)| due))
    }
}

impl World {
    /// A broker has written for so long.
    pub(super) fn disk_writes(&mut self, id: BrokerId, busy_ms: i64) {
        if let Some(node) = self.nodes.get_mut(&id).filter(|_| busy_ms > 0) {
            node.busy_until_ms = self.now_ms + busy_ms;
            self.queue.push(node.busy_until_ms, Due::DiskReady(id));
        }
    }

    /// A broker's disk is done: what waited is handled in order, up to the next write.
    pub(super) fn disk_ready(&mut self, id: BrokerId) {
        loop {
            let now_ms = self.now_ms;
            let Some(node) = self.nodes.get_mut(&id) else { return };
            if !node.runs() || node.busy_until_ms > now_ms {
                return;
            }
            let Some((arrived_ms, due)) = node.queue.pop_front() else { return };
            let life = node.life;
            let stale = matches!(&due, Due::Timer { life: set_in, .. } if *set_in != life);
            if !stale {
                self.arrived_ms = Some(arrived_ms);
                self.handle_passed(due);
                self.arrived_ms = None;
                self.settle();
            }
        }
    }

    /// A new broker's process starts.
    pub(crate) fn join(
        &mut self,
        id: BrokerId,
        rack: Option<Arc<str>>,
        event: crate::ids::EventId,
    ) {
        self.play_out(event);
        let mut node = Node::new(rack.clone());
        (node.since_ms, node.event) = (self.now_ms, event);
        let life = node.life;
        self.nodes.insert(id, node);
        let configs = Arc::clone(&self.configs);
        let broker = Broker::new(id, Arc::default(), &self.voters, configs, self.seed);
        self.brokers.insert(id, broker);
        self.with_broker(id, event, |broker, ctx| broker.join(ctx, rack, life));
        self.watch_timeouts(event);
    }

    /// A broker is out of the cluster.
    pub(super) fn forget_broker(&mut self, id: BrokerId) {
        self.brokers.remove(&id);
        if !self.controllers.contains_key(&id) {
            self.nodes.remove(&id);
            self.net.silent.remove(&id);
            self.net.dark.remove(&id);
            self.net.forget_node(id);
            self.net.disconnect(ActorId::Broker(id), id);
        }
    }
}
