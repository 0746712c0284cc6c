//! Why a broker leads, is in sync or fenced; why a record can not be read yet; why a member has nothing to do.

use super::cluster_text::ids;
use super::why::said;
use crate::event::{ElectionCause, Event, EventKind};
use crate::ids::{BrokerId, TopicPartition};
use crate::view::{WhyStep, WhyView};
use crate::world::World;

/// Events looked through for the one behind a state.
const LOOKED_THROUGH: usize = 16_000;

impl World {
    /// The newest event that `is` picks.
    fn newest(&self, is: impl Fn(&EventKind) -> bool) -> Option<&Event> {
        self.trace.newest_first(None).take(LOOKED_THROUGH).find(|event| is(&event.kind))
    }

    pub(super) fn why_leader(&self, tp: &TopicPartition) -> Option<WhyView> {
        let image = self.image().partition(tp)?;
        let of =
            |kind: &EventKind| matches!(kind, EventKind::LeaderChanged { tp: at, .. } if at == tp);
        let mut steps = Vec::new();
        match image.leader {
            Some(leader) => steps.push(said(
                format!("Broker {} leads in epoch {}", leader.0, image.leader_epoch),
                format!(
                    "Replicas in order of assignment: {}; in sync: {}.",
                    ids(&image.replicas),
                    ids(&image.isr)
                ),
                "event",
                "R-REP-20",
            )),
            None => {
                let detail = format!(
                    "A leader must be in the ISR ({}) or the ELR ({}), and in service. Unclean election would take any replica.",
                    ids(&image.isr),
                    ids(&image.elr)
                );
                steps.push(said("Nobody can lead it", detail, "event", "R-REP-21"));
            }
        }
        match self.newest(of) {
            Some(event) => self.chain(event, &mut steps),
            None => steps.push(said(
                "It has led since the partition was made",
                "The first live replica of the assignment leads a new partition.",
                "config",
                "R-REP-81",
            )),
        }
        let question = match image.leader {
            Some(leader) => format!("Why is broker {} the leader of P{}?", leader.0, tp.partition),
            None => format!("Why has P{} no leader?", tp.partition),
        };
        Some(WhyView { question, steps })
    }

    pub(super) fn why_in_sync(&self, tp: &TopicPartition) -> Option<WhyView> {
        let image = self.image().partition(tp)?;
        let mut steps = vec![said(
            format!("In sync: {} of {}", ids(&image.isr), ids(&image.replicas)),
            "In sync is who has everything, or had it not longer than replica.lag.time.max.ms ago, and is not fenced.",
            "event",
            "R-REP-10",
        )];
        for broker in image.replicas.iter().filter(|broker| !image.isr.contains(broker)) {
            steps.push(self.out_of_sync(tp, *broker));
        }
        let of =
            |kind: &EventKind| matches!(kind, EventKind::IsrChanged { tp: at, .. } if at == tp);
        if let Some(event) = self.newest(of) {
            self.chain(event, &mut steps);
        }
        let question = format!("Why is the ISR of P{} {}?", tp.partition, ids(&image.isr));
        Some(WhyView { question, steps })
    }

    fn out_of_sync(&self, tp: &TopicPartition, broker: BrokerId) -> WhyStep {
        let registered = self.image().brokers.get(&broker);
        let leader = self.shown(tp).map_or(0, |(_, partition)| partition.log.log_end_offset());
        let own = self.brokers.get(&broker).and_then(|known| known.partition(tp));
        let own = own.map_or(0, |partition| partition.log.log_end_offset());
        let detail = match (self.is_up(broker), registered.is_none_or(|known| known.fenced)) {
            (false, _) => "Its process does not run.".to_owned(),
            (true, true) => {
                "It is fenced: it has to register and catch up with the metadata.".to_owned()
            }
            (true, false) => format!("It has records up to {own}, the leader up to {leader}."),
        };
        said(format!("Broker {} is not", broker.0), detail, "event", "R-REP-12")
    }

    pub(super) fn why_high_watermark(&self, tp: &TopicPartition) -> Option<WhyView> {
        let (_, partition) = self.shown(tp)?;
        let log = &partition.log;
        let (mark, end) = (log.high_watermark(), log.log_end_offset());
        let mut steps = vec![said(
            format!("The high watermark is {mark}, the log end {end}"),
            format!("Consumers read up to {}.", (mark - 1).max(0)),
            "event",
            "R-LOG-30",
        )];
        steps.extend(self.what_holds_the_mark(tp, mark, end));
        if let Some(event) = partition.high_watermark_by.and_then(|id| self.trace.get(id)) {
            self.chain(event, &mut steps);
        }
        let question = format!("Why is the high watermark of P{} {mark}?", tp.partition);
        Some(WhyView { question, steps })
    }

    /// Why the high watermark is not at the log end.
    fn what_holds_the_mark(&self, tp: &TopicPartition, mark: i64, end: i64) -> Vec<WhyStep> {
        let Some((broker, partition)) = self.shown(tp) else { return Vec::new() };
        let image = &partition.image;
        if mark == end {
            let detail = match image.isr.len() {
                1 => "With the leader alone in the ISR it moves with each append.",
                _ => "Each has asked for what comes after; that is how the leader knows.",
            };
            let title = format!("Every in-sync replica has all of it: ISR {}", ids(&image.isr));
            return vec![said(title, detail, "event", "R-REP-04")];
        }
        if partition.leading.is_none() {
            return vec![said(
                "Nobody leads the partition now",
                "The next leader begins with its own high watermark.",
                "soon",
                "R-REP-08",
            )];
        }
        if partition.is_under_min_isr() {
            let title = format!(
                "{} in sync, min.insync.replicas is {}",
                image.isr.len(),
                partition.effective_min_isr()
            );
            let detail =
                "Below it the high watermark stands still, whatever acks a producer asks for.";
            return vec![said(title, detail, "config", "R-REP-13")];
        }
        let mut steps = Vec::new();
        for (follower, known) in partition.leading.iter().flat_map(|leading| &leading.followers) {
            let fetched = known.log_end.unwrap_or(0);
            if !image.isr.contains(follower) || fetched >= end {
                continue;
            }
            let when = match known.last_fetch_ms {
                0 => "It has not fetched in this epoch yet.".to_owned(),
                at_ms => format!("Its last fetch came {} ms ago.", self.now_ms - at_ms),
            };
            let title = format!("Broker {} has asked for nothing beyond {fetched}", follower.0);
            let detail =
                format!("It is in the ISR, so broker {} waits for it. {when}", broker.id().0);
            steps.push(said(title, detail, "event", "R-REP-04"));
        }
        steps
    }

    pub(super) fn why_readable(&self, tp: &TopicPartition, offset: i64) -> Option<WhyView> {
        let (_, partition) = self.shown(tp)?;
        let log = &partition.log;
        if offset < log.log_start_offset() {
            return self.why_log_start(tp);
        }
        let (mark, end) = (log.high_watermark(), log.log_end_offset());
        if offset < mark {
            let mut steps = vec![said(
                format!("P{} {offset} is below the high watermark {mark}", tp.partition),
                "It is committed: every replica that was in sync has it.",
                "event",
                "R-LOG-30",
            )];
            if let Some(event) = partition.high_watermark_by.and_then(|id| self.trace.get(id)) {
                self.chain(event, &mut steps);
            }
            let question = format!("Why can P{} {offset} be read?", tp.partition);
            return Some(WhyView { question, steps });
        }
        let mut steps = vec![said(
            format!("P{} {offset} is past the high watermark", tp.partition),
            format!("HW {mark} means: readable up to {}.", mark - 1),
            "event",
            "R-LOG-30",
        )];
        steps.extend(self.what_holds_the_mark(tp, mark, end));
        let question = format!("Why can no consumer read P{} {offset} yet?", tp.partition);
        Some(WhyView { question, steps })
    }

    pub(super) fn why_broker(&self, broker: i32) -> Option<WhyView> {
        let id = BrokerId(broker);
        let node = self.nodes.get(&id)?;
        let mut steps = Vec::new();
        let of = |kind: &EventKind| {
            matches!(kind,
                EventKind::BrokerFenced { broker, .. }
                | EventKind::BrokerUnfenced { broker }
                | EventKind::BrokerRegistered { broker, .. }
                | EventKind::BrokerStopping { broker } if *broker == id)
        };
        if !node.runs()
            && let Some(event) = self.trace.get(node.event)
        {
            self.chain(event, &mut steps);
        }
        if let Some(event) = self.newest(of) {
            self.chain(event, &mut steps);
        }
        if steps.is_empty() {
            steps.push(said(
                "It has run since the start",
                "A heartbeat each broker.heartbeat.interval.ms keeps its session alive.",
                "config",
                "R-REP-60",
            ));
        }
        Some(WhyView { question: format!("Why is broker {broker} as it is?"), steps })
    }

    pub(super) fn why_member(&self, member: &str) -> Option<WhyView> {
        let consumer = self.consumer(self.consumer_index(member)?)?;
        let group = &consumer.setup.group;
        let mut steps = Vec::new();
        let stable = consumer.phase == crate::consumer::Phase::Stable;
        if consumer.owned.is_empty() && stable {
            let others = self.consumers.iter().filter(|known| known.setup.group == *group);
            let busy = others.filter(|known| !known.owned.is_empty()).count();
            let assignor = consumer.protocol.unwrap_or("its assignor");
            steps.push(said(
                format!("{member} has no partition: {busy} others have them all"),
                format!("A partition has one owner in a group. {assignor} gave each of the others at least one."),
                "event",
                "R-GRP-25",
            ));
        }
        let of = |kind: &EventKind| match kind {
            EventKind::MemberAssigned { member: of, .. }
            | EventKind::MemberRevoked { member: of, .. }
            | EventKind::MemberJoining { member: of, .. }
            | EventKind::MemberFailed { member: of, .. }
            | EventKind::MemberStarted { member: of, .. } => **of == *member,
            _ => false,
        };
        if let Some(event) = self.newest(of) {
            self.chain(event, &mut steps);
        }
        Some(WhyView { question: format!("Why is {member} as it is?"), steps })
    }
}

/// The rule behind what happens to nodes and replicas, in one line, with its id.
pub(super) fn rule_of(kind: &EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::NodeDown { .. } => (
            "Who has a connection to it learns it at once; the controller, when its session is over.",
            "R-SCP-39",
        ),
        EventKind::NodeFrozen { .. } => (
            "Its connections stay open, so nobody is told; it is fenced when its session is over.",
            "R-SCP-39",
        ),
        EventKind::NodeThawed { .. } => ("It handles what came meanwhile, in order.", "R-SCP-39"),
        EventKind::BrokerRegistered { unclean: true, .. } => (
            "Another broker epoch than it had when it stopped in order: it may lack what it had, and leaves ISR and ELR.",
            "R-REP-33",
        ),
        EventKind::BrokerRegistered { .. } => (
            "A broker registers fenced, and is taken into service once it has the metadata.",
            "R-REP-61",
        ),
        EventKind::BrokerFenced { .. } => (
            "No heartbeat for broker.session.timeout.ms: it leaves all ISRs, and what it led gets another leader.",
            "R-REP-60",
        ),
        EventKind::BrokerUnfenced { .. } => {
            ("Partitions without a leader are looked at again when a broker is back.", "R-REP-61")
        }
        EventKind::BrokerStopping { .. } => (
            "Controlled shutdown: the controller moves its leaderships before it goes.",
            "R-REP-63",
        ),
        EventKind::LeaderChanged { how, .. } => election_rule(*how),
        EventKind::IsrChanged { .. } => (
            "The controller commits each change of an ISR; below min ISR who leaves goes to the ELR.",
            "R-REP-31",
        ),
        EventKind::IsrProposed { .. } => (
            "The leader judges its followers by time: replica.lag.time.max.ms since they had everything.",
            "R-REP-10",
        ),
        EventKind::IsrRefused { .. } => (
            "The controller knows better: another epoch, or a member that is not in service.",
            "R-REP-14",
        ),
        EventKind::Replicated { .. } => (
            "A follower fetches at its own log end. Its next fetch tells the leader that it has this.",
            "R-REP-02",
        ),
        EventKind::HighWatermark { .. } => (
            "The smallest log end among the replicas that count, as their fetches say.",
            "R-REP-04",
        ),
        EventKind::Truncated { .. } => (
            "Logs that part are made equal again: what the leader does not have goes, acked or not.",
            "R-REP-41",
        ),
        EventKind::Disconnected { .. } => (
            "What was asked there has no answer; it is tried again after retry.backoff.ms.",
            "R-PRD-27",
        ),
        EventKind::ControllerElected { .. } => {
            ("A majority of the voters voted for it.", "R-REP-71")
        }
        _ => ("", ""),
    }
}

fn election_rule(how: ElectionCause) -> (&'static str, &'static str) {
    match how {
        ElectionCause::Isr => (
            "The first in assignment order that is in the ISR and live; nobody compares logs.",
            "R-REP-20",
        ),
        ElectionCause::Elr => {
            ("The ISR is empty: a member of the ELR has all that is committed.", "R-REP-32")
        }
        ElectionCause::LastKnown => {
            ("ISR and ELR are empty: the last known leader, as soon as it is back.", "R-REP-32")
        }
        ElectionCause::Unclean => (
            "unclean.leader.election.enable: any live replica, whatever its log lacks.",
            "R-REP-22",
        ),
        ElectionCause::Preferred => {
            ("The first of the assignment leads if it can; checked every 5 minutes.", "R-REP-23")
        }
        ElectionCause::Reassigned => ("The reassignment is complete: old replicas go.", "R-REP-83"),
        ElectionCause::NoCandidate => ("Nobody in ISR or ELR is in service.", "R-REP-21"),
    }
}
