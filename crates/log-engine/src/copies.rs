//! What it takes to hold copies of the engine: what a copy shares with another moment of the same run, and the history
//! it can do without. And what two runs are told apart by.

use crate::Engine;
use crate::broker::Partition;
use crate::consumer::Consumer;
use crate::event::Event;
use crate::ids::TopicPartition;
use crate::producer::Producer;
use crate::trace::SAMPLED;
use crate::view::EventRow;

/// What an actor holds beside its own fields, about: names, connections, positions, requests.
const ACTOR_BYTES: usize = 1_500;
/// What a partition of a broker holds beside its own fields: replicas, followers, log ends.
const PARTITION_BYTES: usize = 200;
/// What a controller holds beside its own fields: sessions and the quorum.
const CONTROLLER_BYTES: usize = 4_000;
/// The rest: groups, links, nodes.
const WORLD_BYTES: usize = 8_000;

impl Engine {
    /// Bytes that this copy alone holds beside `other`, another moment of the same run, earlier or later: what a clone
    /// copies, and what either has written to since it was made. An estimate from counts and capacities.
    pub fn unshared_bytes(&self, other: &Self) -> u64 {
        let (world, others) = (self.inside(), other.inside());
        let mut bytes = WORLD_BYTES
            .saturating_add(world.queue.copied_bytes())
            .saturating_add(world.trace.unshared_bytes(&others.trace))
            .saturating_add(world.metrics.unshared_bytes(&others.metrics))
            .saturating_add(world.ledger.unshared_bytes(&others.ledger));
        for (id, broker) in world.brokers.iter() {
            let theirs = others.brokers.get(id);
            for (tp, partition) in broker.partitions() {
                let there = theirs.and_then(|broker| broker.partition(tp));
                let fixed =
                    size_of::<(TopicPartition, Partition)>().saturating_add(PARTITION_BYTES);
                let log = match there {
                    Some(there) => partition.log.unshared_bytes(&there.log),
                    None => usize::try_from(partition.log.size_in_bytes()).unwrap_or(usize::MAX),
                };
                bytes = bytes.saturating_add(fixed).saturating_add(log);
            }
        }
        let actors = world
            .producers
            .len()
            .saturating_mul(size_of::<Producer>().saturating_add(ACTOR_BYTES))
            .saturating_add(
                world
                    .consumers
                    .len()
                    .saturating_mul(size_of::<Consumer>().saturating_add(ACTOR_BYTES)),
            )
            .saturating_add(world.controllers.len().saturating_mul(CONTROLLER_BYTES));
        u64::try_from(bytes.saturating_add(actors)).unwrap_or(u64::MAX)
    }

    /// Lets go of all but the newest few hundred events. Nothing that will happen depends on them.
    pub fn trim_history(&mut self) {
        self.inside_mut().trace.trim();
    }

    /// The number of the oldest event that is there, and of the oldest that would be if none had been let go of.
    pub fn history_depth(&self) -> (u64, u64) {
        self.inside().trace.depth()
    }

    /// Takes over events it has let go of from another moment of the same run.
    pub fn take_history(&mut self, other: &Self) {
        self.inside_mut().trace.take_older(&other.inside().trace);
    }

    /// How many events there were that are no action of a person, and the hash over them: their times and what happened,
    /// without their numbers. Runs that differ in an action which changes nothing stay equal in it.
    pub fn happened(&self) -> (u64, u64) {
        let trace = &self.inside().trace;
        (trace.happenings(), trace.happened())
    }

    /// How many of such events two runs have in common for certain, from their first on: up to the last sample in which
    /// they agree. Found by bisection, without going back in time.
    pub fn common_happenings(&self, other: &Self) -> u64 {
        let (a, b) = (&self.inside().trace, &other.inside().trace);
        let (mut low, mut high) = (0, a.happenings().min(b.happenings()) / SAMPLED);
        while low < high {
            let middle = low + (high - low) / 2;
            if a.sample(middle) == b.sample(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low * SAMPLED
    }

    /// Events from one sample to the next: [`Self::common_happenings`] is exact to so many.
    pub const SAMPLED: u64 = SAMPLED;

    /// The first of the events that are no action, from the `from`th on, in which two runs differ: when and what
    /// happened in each, none where a run has no such event. None if they agree in all that both still have.
    pub fn first_difference(&self, other: &Self, from: u64) -> Option<Differing> {
        let (a, b) = (self.happenings(from)?, other.happenings(from)?);
        let hash = |event: Option<&&Event>| event.map(|event| event.happening());
        let at = (0..a.len().max(b.len())).find(|&at| hash(a.get(at)) != hash(b.get(at)))?;
        let row = |event: Option<&&Event>| event.map(|event| crate::read::row(event));
        Some(Differing { a: row(a.get(at)), b: row(b.get(at)) })
    }

    /// Whether the events that are no action are there from the `from`th on.
    pub fn has_happenings(&self, from: u64) -> bool {
        self.happenings(from).is_some()
    }

    /// The events that are no action from the `from`th on; none if some of them are not there any more.
    fn happenings(&self, from: u64) -> Option<Vec<&Event>> {
        let trace = &self.inside().trace;
        let wanted = usize::try_from(trace.happenings().saturating_sub(from)).ok()?;
        let newest = trace.newest_first(None).filter(|event| !event.kind.is_action());
        let mut found: Vec<&Event> = newest.take(wanted).collect();
        found.reverse();
        (found.len() == wanted).then_some(found)
    }
}

/// Where two runs part: what happened in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// In the first run.
    pub a: Option<EventRow>,
    /// In the other.
    pub b: Option<EventRow>,
}
