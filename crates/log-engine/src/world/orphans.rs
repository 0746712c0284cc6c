//! Batches whose producer's process has died while they were in flight: nobody sends them again, so that what becomes of
//! them is decided by the messages that still carry them.

use super::World;
use crate::protocol::Request;
use crate::sim::{Body, Due, Message};
use kafka_log::BatchTag;
use sorted::SortedSet;

impl World {
    /// Those that no message carries any more get nowhere; the others may yet be stored.
    pub(crate) fn orphan(&mut self, in_flight: &[BatchTag]) {
        let carried = self.carried();
        for tag in in_flight {
            if carried.contains(&tag.0) {
                self.ledger.orphaned(*tag);
            } else {
                self.ledger.abandoned(*tag);
            }
        }
    }

    /// The batches of all produce requests that may still arrive.
    fn carried(&self) -> SortedSet<u64> {
        let waiting = self.nodes.values().flat_map(super::Node::waiting);
        let messages = self.queue.iter().chain(waiting).filter_map(message);
        messages.chain(self.net.held()).flat_map(batches).map(|tag| tag.0).collect()
    }
}

fn message(due: &Due) -> Option<&Message> {
    match due {
        Due::Deliver(message) => Some(message),
        _ => None,
    }
}

fn batches(message: &Message) -> impl Iterator<Item = BatchTag> {
    let parts = match &message.body {
        Body::Request(Request::Produce(produce)) => produce.parts.as_slice(),
        _ => &[],
    };
    parts.iter().map(|part| part.batch.tag())
}
