//! What the controller has still to do: partitions led by another than the preferred replica, or by none, and those
//! that move.

use crate::session::Session;
use leptos::prelude::*;
use log_engine::BrokerId;
use log_engine::view::{LaneView, LaneWindow, PartitionView};

/// How partitions are led.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Elections {
    /// Partitions.
    pub all: i64,
    /// Led by another than the first of their replicas.
    pub unpreferred: i64,
    /// Led by nobody.
    pub leaderless: i64,
}

/// How the partitions of all topics are led.
pub fn elections(session: Session) -> Elections {
    let mut seen = Elections::default();
    for partition in partitions(session) {
        seen.all += 1;
        match partition.leader {
            None => seen.leaderless += 1,
            leader if leader != partition.replicas.first().copied() => seen.unpreferred += 1,
            Some(_) => {}
        }
    }
    seen
}

/// The partitions of all topics.
pub fn partitions(session: Session) -> Vec<PartitionView> {
    let topics: Vec<String> = session
        .cluster
        .with(|cluster| cluster.topics.iter().map(|topic| topic.name.clone()).collect());
    session.read(|engine| topics.iter().flat_map(|topic| engine.partitions(topic)).collect())
}

/// A partition on its way to other replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Replicas that it gets: broker, records it has by now, whether it runs.
    pub adding: Vec<Copying>,
    /// Replicas that go once those are in sync.
    pub removing: Vec<i32>,
    /// Records that the leader has.
    pub records: i64,
}

/// A replica that copies what the leader has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// `node.id`.
    pub broker: i32,
    /// Records it has by now.
    pub has: i64,
    /// Its broker runs.
    pub online: bool,
}

/// All partitions that move.
pub fn moving(session: Session) -> Vec<Moving> {
    let moves = partitions(session).into_iter().filter(is_moving);
    moves
        .map(|it| {
            let lane = session.read(|e| e.lane(&it.topic, it.partition, LaneWindow::Tail(0)));
            Moving {
                adding: it.adding.iter().map(|id| copying(lane.as_ref(), *id)).collect(),
                removing: it.removing.iter().map(|id| id.0).collect(),
                records: lane.map_or(0, |lane| lane.log_end - lane.log_start),
                topic: it.topic,
                partition: it.partition,
            }
        })
        .collect()
}

fn is_moving(partition: &PartitionView) -> bool {
    !partition.adding.is_empty() || !partition.removing.is_empty()
}

fn copying(lane: Option<&LaneView>, broker: BrokerId) -> Copying {
    let replica = lane.and_then(|lane| lane.replicas.iter().find(|it| it.broker == broker));
    // What lies below the leader's log start is not copied.
    let has = replica.zip(lane).map_or(0, |(it, lane)| it.log_end - lane.log_start.min(it.log_end));
    Copying { broker: broker.0, has, online: replica.is_some_and(|it| it.online) }
}
