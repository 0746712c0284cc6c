//! What must hold in a cluster at every moment, whatever fails (R-SCP-50 to R-SCP-55), looked at from outside. Storms and
//! tests ask after each step; the engine itself never does.

use crate::engine::Engine;
use crate::event::{ElectionCause, Event, EventKind};
use crate::ids::{BrokerId, TopicPartition};
use crate::world::{Down, World};
use kafka_log::Log;
use sorted::{SortedMap, SortedSet};

/// Offsets below the high watermark that are compared between replicas at a time.
const COMPARED: i64 = 64;

/// What a watcher remembers of the moments before.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    seen: u64,
    /// Who led a partition in an epoch; the topic's id tells apart topics of one name.
    leaders: SortedMap<(u128, i32, i32), BrokerId>,
    controllers: SortedMap<i32, BrokerId>,
    /// Partitions whose committed records Kafka may have lost: an unclean election, a disk that lost what was written.
    torn: SortedSet<TopicPartition>,
    restarted: bool,
}

impl Watch {
    /// Looks at the cluster as it is now. `deep` compares replicas' records too, which costs more.
    ///
    /// # Errors
    /// What does not hold, in words.
    pub fn look(&mut self, engine: &Engine, deep: bool) -> Result<(), String> {
        let world = engine.inside();
        self.take_note(world);
        ledger_adds_up(world)?;
        self.one_controller_an_epoch(world)?;
        for (&id, broker) in &world.brokers {
            for (tp, partition) in broker.partitions() {
                bounds(tp, id, &partition.log)?;
                if partition.leads() {
                    self.one_leader_an_epoch(world, id, tp, partition.image.leader_epoch)?;
                    self.high_watermark_is_on_all(world, id, tp)?;
                }
            }
        }
        if deep { self.replicas_agree(world) } else { Ok(()) }
    }

    /// Whether the committed records of any partition may have been lost, in a way that Kafka allows.
    pub fn is_torn(&self) -> bool {
        !self.torn.is_empty()
    }

    /// Whether a broker's process has started again. Of each producer it then knows the last batch alone, which is what a
    /// snapshot of producer state holds: an earlier one that was stored without an answer is not known again when it is
    /// sent again, the producer bumps its epoch, and it is stored twice, idempotence or not.
    pub fn has_restarts(&self) -> bool {
        self.restarted
    }

    /// Reads what happened since the last look.
    fn take_note(&mut self, world: &World) {
        let news = world.trace.newest_first(None).take_while(|event| event.id.0 > self.seen);
        let news: Vec<&Event> = news.collect();
        self.seen = world.trace.newest();
        for event in news {
            match &event.kind {
                EventKind::LeaderChanged {
                    tp,
                    how: ElectionCause::Unclean | ElectionCause::LastKnown,
                    ..
                } => {
                    self.torn.insert(tp.clone());
                }
                EventKind::BrokerStarted { .. } => self.restarted = true,
                EventKind::NodeDown { node, how: Down::PowerLost | Down::DiskLost } => {
                    for (name, topic) in &world.image().topics {
                        for (number, partition) in (0i32..).zip(&topic.partitions) {
                            if partition.replicas.contains(node) {
                                self.torn.insert(TopicPartition::new(name.clone(), number));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn one_controller_an_epoch(&mut self, world: &World) -> Result<(), String> {
        for (&id, controller) in &world.controllers {
            if !controller.is_active()
                || !world.nodes.get(&id).is_some_and(crate::world::Node::is_there)
            {
                continue;
            }
            let known = *self.controllers.entry(controller.epoch()).or_insert(id);
            if known != id {
                return Err(format!(
                    "controllers {} and {} both lead the quorum in epoch {}",
                    known.0,
                    id.0,
                    controller.epoch()
                ));
            }
        }
        Ok(())
    }

    fn one_leader_an_epoch(
        &mut self,
        world: &World,
        id: BrokerId,
        tp: &TopicPartition,
        epoch: i32,
    ) -> Result<(), String> {
        let Some(topic) = world.image().topics.get(&tp.topic) else { return Ok(()) };
        let known = *self.leaders.entry((topic.id.0, tp.partition, epoch)).or_insert(id);
        if known == id {
            return Ok(());
        }
        Err(format!("brokers {} and {} both lead {tp} in epoch {epoch}", known.0, id.0))
    }

    /// The high watermark of a leader is never above the log end of a member of its ISR.
    fn high_watermark_is_on_all(
        &self,
        world: &World,
        id: BrokerId,
        tp: &TopicPartition,
    ) -> Result<(), String> {
        let Some(partition) = world.brokers.get(&id).and_then(|broker| broker.partition(tp)) else {
            return Ok(());
        };
        let newest = world.image().partition(tp);
        let leads_still =
            newest.is_some_and(|image| image.leader_epoch == partition.image.leader_epoch);
        if !leads_still || self.torn.contains(tp) {
            return Ok(());
        }
        let high_watermark = partition.log.high_watermark();
        for member in &partition.image.isr {
            let known = world.brokers.get(member).and_then(|broker| broker.partition(tp));
            let log_end = known.map_or(0, |known| known.log.log_end_offset());
            if log_end < high_watermark {
                return Err(format!(
                    "the high watermark of {tp} is {high_watermark} on its leader {}, but broker {} of its ISR ends at {log_end}",
                    id.0, member.0
                ));
            }
        }
        Ok(())
    }

    /// Two replicas have the same record at every offset below both their high watermarks.
    fn replicas_agree(&self, world: &World) -> Result<(), String> {
        for (name, topic) in &world.image().topics {
            for (number, image) in (0i32..).zip(&topic.partitions) {
                let tp = TopicPartition::new(name.clone(), number);
                if self.torn.contains(&tp) {
                    continue;
                }
                let log = |broker: &BrokerId| {
                    let partition = world.brokers.get(broker)?.partition(&tp)?;
                    (!partition.config.cleanup_policy.compact).then_some((*broker, &partition.log))
                };
                let logs: Vec<(BrokerId, &Log)> = image.replicas.iter().filter_map(log).collect();
                for pair in logs.windows(2) {
                    if let [(one, first), (other, second)] = pair
                        && let Some(offset) = first_difference(first, second)
                    {
                        return Err(format!(
                            "brokers {} and {} differ in {tp} at offset {offset}, below both high watermarks",
                            one.0, other.0
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The first offset below both high watermarks at which two logs have different batches, among the newest.
fn first_difference(first: &Log, second: &Log) -> Option<i64> {
    let below = first.high_watermark().min(second.high_watermark());
    let start = first.log_start_offset().max(second.log_start_offset());
    let from = start.max(below - COMPARED);
    let batches = |log: &Log| -> Vec<(i64, u32, i32)> {
        log.batches_from(from)
            .filter(|batch| batch.base_offset() >= from)
            .take_while(|batch| batch.next_offset() <= below)
            .map(|batch| (batch.base_offset(), batch.crc(), batch.partition_leader_epoch()))
            .collect()
    };
    let (one, other) = (batches(first), batches(second));
    let differ = one.iter().zip(&other).find(|(a, b)| a != b).map(|(a, b)| a.0.min(b.0));
    differ.or_else(|| match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => other.get(one.len()).map(|batch| batch.0),
        std::cmp::Ordering::Greater => one.get(other.len()).map(|batch| batch.0),
    })
}

fn bounds(tp: &TopicPartition, id: BrokerId, log: &Log) -> Result<(), String> {
    let (start, mark, end) = (log.log_start_offset(), log.high_watermark(), log.log_end_offset());
    if start <= mark && mark <= end {
        return Ok(());
    }
    Err(format!("{tp} on broker {}: log start {start}, high watermark {mark}, log end {end}", id.0))
}

/// Each record is in one place.
fn ledger_adds_up(world: &World) -> Result<(), String> {
    for (topic, totals) in world.ledger.totals() {
        let places =
            totals.buffered + totals.in_flight + totals.stored + totals.failed + totals.lost;
        if totals.sent != places {
            return Err(format!(
                "{topic}: {} records sent, but {places} are somewhere: {totals:?}",
                totals.sent
            ));
        }
        if totals.acked > totals.sent || totals.lost_after_ack > totals.acked {
            return Err(format!("{topic}: more acked than sent, or lost than acked: {totals:?}"));
        }
    }
    Ok(())
}
