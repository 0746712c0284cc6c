//! What a link means as the cluster is now, in a sentence or two. Kafka's timeouts are those in force.

use super::ends::{End, Kind, State};
use crate::ui::text::span;
use log_engine::view::{BrokerView, ClusterView};
use log_engine::{BrokerId, Engine};

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In bold.
    pub lead: String,
    /// The rest.
    pub rest: String,
    /// Something does not work by it.
    pub bad: bool,
}

fn told(bad: bool, lead: impl Into<String>, rest: impl Into<String>) -> Told {
    Told { lead: lead.into(), rest: rest.into(), bad }
}

/// The sentence about the link `from` -> `to`; `back` is the other direction.
pub fn meaning(
    engine: &Engine,
    cluster: &ClusterView,
    from: &End,
    to: &End,
    there: &State,
    back: &State,
    plain_ms: u32,
) -> Told {
    if there.passes() {
        return passing(from, to, there, back, plain_ms);
    }
    let scene = Scene { engine, cluster, drops: there.drops, both: !back.passes() };
    let told = match (from.is_node(), to.is_node()) {
        (true, true) => scene.nodes(from, to),
        (false, _) => scene.client(from, to, true),
        (_, false) => scene.client(to, from, false),
    };
    match there.drops {
        true => Told {
            rest: format!(
                "{} What is sent meanwhile is lost, while the connection seems to last.",
                told.rest
            ),
            ..told
        },
        false => told,
    }
}

fn passing(from: &End, to: &End, there: &State, back: &State, plain_ms: u32) -> Told {
    let trip = span(i64::from(there.latency_ms) + i64::from(back.latency_ms));
    if !back.passes() {
        let lead =
            format!("{} reaches {}, but hears nothing from it.", upper(&from.words()), to.words());
        return told(true, lead, "Choose the other direction for what follows from that.");
    }
    if there.breaks_per_min > 0 {
        let lead = format!("The connection breaks {} times a minute.", there.breaks_per_min);
        return told(
            true,
            lead,
            "What was in flight gets no answer, and is sent again on a new connection.",
        );
    }
    if there.jitter_ms > 0 {
        let rest = format!(
            "A round trip takes {trip} at least. Nothing overtakes: a late message holds up those behind it."
        );
        return told(true, format!("Up to {} ms more for each message.", there.jitter_ms), rest);
    }
    if there.latency_ms > plain_ms {
        let what = match (from.is_node(), to.is_node()) {
            (true, true) => "acks=all waits for it, where one leads and the other follows.",
            _ => "Each request waits for it once.",
        };
        return told(true, format!("A round trip takes {trip}."), what);
    }
    told(false, format!("{} ms, always up.", there.latency_ms), "As at the start.")
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

struct Scene<'a> {
    engine: &'a Engine,
    cluster: &'a ClusterView,
    drops: bool,
    both: bool,
}

impl Scene<'_> {
    fn broker(&self, name: &str) -> Option<&BrokerView> {
        self.cluster.brokers.iter().find(|broker| broker.id.0.to_string() == name)
    }

    fn ms(&self, name: &str) -> String {
        let configs = self.engine.broker_configs(BrokerId(1));
        span(configs.long(name).or_else(|| configs.int(name).map(i64::from)).unwrap_or(0))
    }

    fn is_controller(&self, name: &str) -> bool {
        self.cluster.quorum.leader.is_some_and(|leader| leader.0.to_string() == name)
    }

    /// Between two nodes: heartbeats and metadata if one is the active controller, and replication.
    fn nodes(&self, from: &End, to: &End) -> Told {
        let session = self.ms("broker.session.timeout.ms");
        if self.is_controller(&to.name) && from.kind == Kind::Broker {
            let led = self.led(&from.name);
            let also = if to.kind == Kind::Broker { ", the controller" } else { "" };
            let lead = format!("Nothing {} sends arrives at {}{also}.", from.words(), to.words());
            let rest = match self.broker(&from.name).is_some_and(|broker| broker.fenced) {
                true => "No heartbeat comes: it stays fenced and leads nothing.".to_owned(),
                false => {
                    format!("No heartbeat for {session}: it is fenced, and {led} another leader.")
                }
            };
            return told(true, lead, rest);
        }
        if self.is_controller(&from.name) && to.kind == Kind::Broker && !self.both {
            let lead = format!(
                "{} gets no answers from the controller and no new metadata.",
                upper(&to.words())
            );
            let rest = format!(
                "Once it gives the connection up it gets no new one, which needs both directions; {session} later it is fenced."
            );
            return told(true, lead, rest);
        }
        if from.kind == Kind::Controller || to.kind == Kind::Controller {
            let lead = format!("{} is cut off from {}.", upper(&from.words()), to.words());
            return told(true, lead, "Neither is the active controller: brokers do not notice.");
        }
        self.replication(from, to)
    }

    /// `P2 gets`, `its 4 partitions get`.
    fn led(&self, name: &str) -> String {
        let Some(broker) = self.broker(name) else { return "what it leads gets".to_owned() };
        match (broker.leader_count, broker.leads.as_slice()) {
            (0, _) => "what it would lead gets".to_owned(),
            (1, [one]) => format!("{one} gets"),
            (n, _) => format!("its {n} partitions get"),
        }
    }

    fn replication(&self, from: &End, to: &End) -> Told {
        let lag = self.ms("replica.lag.time.max.ms");
        let (mut followed, mut led) = (0, 0);
        for topic in &self.cluster.topics {
            for partition in self.engine.partitions(&topic.name) {
                let has = |name: &str| partition.replicas.iter().any(|id| id.0.to_string() == name);
                let leads =
                    |name: &str| partition.leader.is_some_and(|id| id.0.to_string() == name);
                followed += u32::from(leads(&to.name) && has(&from.name));
                led += u32::from(leads(&from.name) && has(&to.name));
            }
        }
        let lead = match self.both {
            true => format!("{} and {} do not hear each other.", upper(&from.words()), to.words()),
            false => format!("Nothing {} sends arrives at {}.", from.words(), to.words()),
        };
        let affected = followed + led;
        let rest = match affected {
            0 => "They share no partition, so nothing is replicated between them.".to_owned(),
            n => format!(
                "{n} partition{} lack{} a follower: acks=all waits, and after {lag} the follower is out of the ISR.",
                if n == 1 { "" } else { "s" },
                if n == 1 { "s" } else { "" }
            ),
        };
        told(true, lead, rest)
    }

    /// Between a client and a node; `asks` is the direction of requests.
    fn client(&self, client: &End, node: &End, asks: bool) -> Told {
        let lead = match (asks, self.both) {
            (_, true) => {
                format!("{} and {} do not reach each other.", upper(&client.words()), node.words())
            }
            (true, _) => {
                format!("What {} sends does not arrive at {}.", client.words(), node.words())
            }
            (false, _) => format!("{} does not hear {}.", upper(&client.words()), node.words()),
        };
        let rest = match (client.kind, asks || self.both) {
            (Kind::Producer, true) => {
                "What it leads can't be written: a request waits for request.timeout.ms, then it is sent again until delivery.timeout.ms is over."
            }
            (Kind::Producer, false) => {
                "Records are stored, but no answer comes: they are sent again. With enable.idempotence nothing is stored twice."
            }
            (_, _) if self.coordinates(&client.name, &node.name) => {
                "It coordinates the group: no heartbeat arrives, and members are out after session.timeout.ms."
            }
            (_, _) => "Nothing of what it leads is read; other partitions are read on.",
        };
        let _ = self.drops;
        told(true, lead, rest)
    }

    fn coordinates(&self, group: &str, node: &str) -> bool {
        let groups = self.engine.described_groups();
        groups.iter().any(|known| {
            &*known.description.group == group && known.coordinator.0.to_string() == node
        })
    }
}
