//! The turns the placer takes: racks in order, and in each rack its unfenced and its fenced brokers
//! (`StripedReplicaPlacer.RackList`, `Rack` and `BrokerList`).

use super::{RandomSource, UsableBroker};
use crate::assignor::hash_map_order;
use crate::ids::BrokerId;
use std::sync::Arc;

/// Brokers that are handed out in turn. One partition is one epoch: in each epoch every broker comes once at most, and
/// the start moves on by one.
#[derive(Debug, Default)]
struct BrokerList {
    brokers: Vec<BrokerId>,
    index: usize,
    offset: usize,
    epoch: usize,
}

impl BrokerList {
    fn initialize(&mut self, random: &mut impl RandomSource) {
        if !self.brokers.is_empty() {
            sorted::sort(&mut self.brokers);
            self.offset = random.next_int(self.brokers.len());
        }
    }

    fn next(&mut self, epoch: usize) -> Option<BrokerId> {
        let size = self.brokers.len();
        if size == 0 {
            return None;
        }
        if self.epoch != epoch {
            self.epoch = epoch;
            self.index = 0;
            self.offset = (self.offset + 1) % size;
        }
        if self.index >= size {
            return None;
        }
        let at = (self.index + self.offset) % size;
        self.index += 1;
        self.brokers.get(at).copied()
    }
}

#[derive(Debug, Default)]
struct Rack {
    fenced: BrokerList,
    unfenced: BrokerList,
}

impl Rack {
    fn next(&mut self, epoch: usize) -> Option<BrokerId> {
        self.unfenced.next(epoch).or_else(|| self.fenced.next(epoch))
    }
}

/// All racks, and whose turn it is.
#[derive(Debug)]
pub(super) struct Racks {
    /// In the order in which a Java `HashMap` gives them: that of the draws.
    racks: Vec<Rack>,
    /// The racks (by their place in `racks`) in the order of the turns: by name at first.
    turns: Vec<usize>,
    unfenced: usize,
    epoch: usize,
    offset: usize,
}

impl Racks {
    /// Brokers by rack; one without a rack stands in a rack of its own kind. At least one broker must be unfenced.
    pub(super) fn new(brokers: &[UsableBroker], random: &mut impl RandomSource) -> Self {
        let mut names: Vec<Option<Arc<str>>> = Vec::new();
        for broker in brokers {
            if !names.contains(&broker.rack) {
                names.push(broker.rack.clone());
            }
        }
        let names = hash_map_order(names, |name| name.as_deref().unwrap_or_default());
        let mut racks: Vec<Rack> = names.iter().map(|_| Rack::default()).collect();
        for (name, rack) in names.iter().zip(&mut racks) {
            for broker in brokers.iter().filter(|broker| broker.rack == *name) {
                let list = if broker.fenced { &mut rack.fenced } else { &mut rack.unfenced };
                list.brokers.push(broker.id);
            }
            rack.fenced.initialize(random);
            rack.unfenced.initialize(random);
        }
        let mut turns: Vec<usize> = (0..racks.len()).collect();
        sorted::sort_by_key(&mut turns, |&rack| names.get(rack));
        let offset = if turns.is_empty() { 0 } else { random.next_int(turns.len()) };
        let unfenced = brokers.iter().filter(|broker| !broker.fenced).count();
        Self { racks, turns, unfenced, epoch: 0, offset }
    }

    /// The replicas of the next partition.
    pub(super) fn place(&mut self, wanted: usize, random: &mut impl RandomSource) -> Vec<BrokerId> {
        // As many partitions as there are unfenced brokers: what follows would repeat them.
        if self.epoch == self.unfenced && self.unfenced > 1 {
            self.shuffle(random);
            self.epoch = 0;
        }
        if self.offset >= self.turns.len() {
            self.offset = 0;
        }
        let mut placed = Vec::with_capacity(wanted);
        let mut leaders_turn = self.place_leader(&mut placed);
        let mut turn = self.offset;
        while placed.len() < wanted {
            let Some(broker) = self.next_follower(&mut turn, &mut leaders_turn) else { break };
            placed.push(broker);
        }
        self.epoch += 1;
        self.offset += 1;
        placed
    }

    /// From the turn's rack onward, the first that has an unfenced broker left; gives its turn.
    fn place_leader(&mut self, placed: &mut Vec<BrokerId>) -> Option<usize> {
        let epoch = self.epoch;
        let mut turn = self.offset;
        for _ in 0..self.turns.len() {
            if let Some(leader) = self.rack(turn).and_then(|rack| rack.unfenced.next(epoch)) {
                placed.push(leader);
                return Some(turn);
            }
            turn = self.after(turn);
        }
        None
    }

    /// The next rack's next broker. The rack of the leader loses one turn, the first that comes to it. That some rack
    /// has a broker left holds as long as no more are wanted than there are brokers.
    fn next_follower(
        &mut self,
        turn: &mut usize,
        leaders_turn: &mut Option<usize>,
    ) -> Option<BrokerId> {
        for _ in 0..=self.turns.len() {
            let this = *turn;
            *turn = self.after(this);
            if *leaders_turn == Some(this) {
                *leaders_turn = None;
                continue;
            }
            let epoch = self.epoch;
            if let Some(broker) = self.rack(this).and_then(|rack| rack.next(epoch)) {
                return Some(broker);
            }
        }
        None
    }

    fn rack(&mut self, turn: usize) -> Option<&mut Rack> {
        let rack = *self.turns.get(turn)?;
        self.racks.get_mut(rack)
    }

    fn after(&self, turn: usize) -> usize {
        if turn + 1 == self.turns.len() { 0 } else { turn + 1 }
    }

    fn shuffle(&mut self, random: &mut impl RandomSource) {
        shuffle(&mut self.turns, random);
        for rack in &mut self.racks {
            shuffle(&mut rack.fenced.brokers, random);
            shuffle(&mut rack.unfenced.brokers, random);
        }
    }
}

/// `Collections.shuffle`.
fn shuffle<T>(items: &mut [T], random: &mut impl RandomSource) {
    for size in (2..=items.len()).rev() {
        items.swap(size - 1, random.next_int(size));
    }
}
