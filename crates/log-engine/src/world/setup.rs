//! A cluster at the moment its nodes have started: what was made of its spec before the scenario begins.

use super::{Node, World};
use crate::broker::Broker;
use crate::command::{ClusterSpec, QuorumSpec};
use crate::config::BrokerConfigs;
use crate::controller::Controller;
use crate::error::CommandError;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::protocol::{BrokerImage, MetadataImage};
use crate::sim::{EventQueue, Net};
use crate::trace::Trace;
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most brokers a cluster may have (R-SCP-38).
pub(crate) const MAX_BROKERS: u32 = 100;
/// Most voters of the quorum.
const MAX_VOTERS: u32 = 9;
/// `node.id` of the first controller that is no broker.
const FIRST_CONTROLLER: i32 = 3_000;

impl World {
    /// A cluster at the moment its nodes have started.
    pub(crate) fn new(
        spec: &ClusterSpec,
        seed: u64,
        start_ms: TimestampMs,
    ) -> Result<Self, CommandError> {
        check(spec)?;
        let broker_ids: Vec<BrokerId> = ids(1, spec.brokers);
        let voters = voters(spec);
        let configs = BrokerConfigs::new(spec.configs.clone()).map_err(|refused| {
            let field = format!("cluster.configs.{}", refused.name());
            CommandError::new("ConfigException", &field, refused.to_string())
        })?;
        let configs = Arc::new(configs);
        let rack = |id: BrokerId| rack_of(spec, id);
        let image = Arc::new(first_image(&broker_ids, &rack));
        let brokers = broker_ids
            .iter()
            .map(|&id| {
                let mut broker =
                    Broker::new(id, Arc::clone(&image), &voters, Arc::clone(&configs), seed);
                broker.set_disk(spec.disk_bytes);
                (id, broker)
            })
            .collect();
        let controllers = voters
            .iter()
            .map(|&id| {
                let (image, configs) = (Arc::clone(&image), Arc::clone(&configs));
                (id, Controller::new(id, &voters, image, configs, seed, start_ms))
            })
            .collect();
        let mut nodes: SortedMap<BrokerId, Node> = SortedMap::new();
        for &id in broker_ids.iter().chain(&voters) {
            nodes.insert(id, Node::new(rack(id)));
        }
        let mut world = Self {
            now_ms: start_ms,
            start_ms,
            seed,
            configs,
            queue: EventQueue::default(),
            steps: 0,
            net: Net::new(i64::from(spec.latency_ms), seed),
            trace: Trace::default(),
            ledger: Ledger::default(),
            metrics: Metrics::new(start_ms),
            arrived_ms: None,
            nodes,
            controllers,
            metadata: image,
            voters: voters.clone(),
            quorum_parked_ms: None,
            brokers,
            producers: Vec::new(),
            consumers: Vec::new(),
            groups: Vec::new(),
            admin_calls: 0,
            rolling: VecDeque::new(),
            restarted: Vec::new(),
            side: Vec::new(),
            growth: 0,
        };
        let started = world.tell(None, EventKind::Started);
        for id in voters {
            world.with_controller(id, started, |controller, ctx| controller.start_cluster(ctx));
        }
        for id in broker_ids {
            world.with_broker(id, started, |broker, ctx| broker.start(ctx));
        }
        world.settle();
        world.begin_metrics();
        Ok(world)
    }
}

fn ids(first: i32, count: u32) -> Vec<BrokerId> {
    (first..).map(BrokerId).take(usize::try_from(count).unwrap_or(1)).collect()
}

/// The quorum's voters: the first brokers, or nodes of their own.
fn voters(spec: &ClusterSpec) -> Vec<BrokerId> {
    match spec.quorum {
        Some(QuorumSpec::Combined(count)) => ids(1, count),
        Some(QuorumSpec::Separate(count)) => ids(FIRST_CONTROLLER, count),
        None => ids(1, if spec.brokers >= 3 { 3 } else { 1 }),
    }
}

/// Brokers get the racks in turn.
pub(super) fn rack_of(spec: &ClusterSpec, id: BrokerId) -> Option<Arc<str>> {
    let at = usize::try_from(id.0.checked_sub(1)?).ok()?;
    let rack = spec.racks.get(at.checked_rem(spec.racks.len())?)?;
    Some(rack.as_str().into())
}

/// All brokers are registered and unfenced.
fn first_image(
    brokers: &[BrokerId],
    rack: &impl Fn(BrokerId) -> Option<Arc<str>>,
) -> MetadataImage {
    let mut image = MetadataImage::default();
    for &id in brokers {
        image.offset += 1;
        let epoch = i64::try_from(image.offset).unwrap_or(i64::MAX);
        let broker =
            BrokerImage { epoch, life: 1, rack: rack(id), fenced: false, shutting_down: false };
        image.brokers.insert(id, broker);
    }
    image
}

fn check(spec: &ClusterSpec) -> Result<(), CommandError> {
    let refuse = |field: &str, text: String| {
        Err(CommandError::new("INVALID_CONFIG", &format!("cluster.{field}"), text))
    };
    if spec.brokers == 0 || spec.brokers > MAX_BROKERS {
        let text = format!("A cluster has 1 to {MAX_BROKERS} brokers here, not {}.", spec.brokers);
        return refuse("brokers", text);
    }
    if spec.latency_ms > 60_000 {
        let text =
            "A latency above 60 000 ms leaves no request an answer in time. Set 60000 or less.";
        return refuse("latency_ms", text.to_owned());
    }
    match spec.quorum {
        Some(QuorumSpec::Combined(count)) if count == 0 || count > spec.brokers.min(MAX_VOTERS) => {
            let most = spec.brokers.min(MAX_VOTERS);
            refuse("quorum", format!("1 to {most} of the brokers can be controllers, not {count}."))
        }
        Some(QuorumSpec::Separate(count)) if count == 0 || count > MAX_VOTERS => {
            refuse("quorum", format!("A quorum has 1 to {MAX_VOTERS} voters here, not {count}."))
        }
        _ if spec.racks.len() > 100
            || spec.racks.iter().any(|rack| rack.is_empty() || rack.len() > 249) =>
        {
            refuse("racks", "Name at most 100 racks, each with 1 to 249 characters.".to_owned())
        }
        _ => Ok(()),
    }
}
