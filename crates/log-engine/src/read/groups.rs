//! Consumer groups.

use crate::assignor::Assignor;
use crate::command::Configs;
use crate::config::Scope;
use crate::consumer::{Consumer, GroupSetup, Phase, Process};
use crate::coordinator::{GroupDescription, GroupState, MemberDescription};
use crate::ids::TopicPartition;
use crate::partitioner;
use crate::view::{
    GroupDetailView, GroupOffsetView, GroupView, MemberState, MemberView, RebalanceView,
};
use crate::world::World;
use std::sync::Arc;

/// A group's committed offset, position and lag in one partition.
struct Progress {
    committed: Option<i64>,
    position: Option<i64>,
    member: Option<Arc<str>>,
    high_watermark: i64,
    log_start: i64,
}

impl Progress {
    fn lag(&self) -> i64 {
        (self.high_watermark - self.committed.unwrap_or(self.log_start)).max(0)
    }
}

impl World {
    /// All groups.
    pub(crate) fn group_views(&self) -> Vec<GroupView> {
        self.groups.iter().map(|setup| self.group_view(setup)).collect()
    }

    /// One group with its configs.
    pub(crate) fn group_detail(&self, name: &str) -> Option<GroupDetailView> {
        let setup = self.groups.iter().find(|setup| &*setup.group == name)?;
        Some(GroupDetailView {
            group: self.group_view(setup),
            configs: super::configs::client(Scope::Consumer, &setup.configs),
            assignors: Assignor::ALL.iter().map(|assignor| assignor.name().to_owned()).collect(),
        })
    }

    /// The committed offset of a group in a partition.
    pub(crate) fn committed(&self, group: &str, tp: &TopicPartition) -> Option<i64> {
        self.coordinators(group).find_map(|broker| broker.coordinator().committed(group, tp))
    }

    pub(crate) fn describe(&self, group: &str) -> Option<GroupDescription> {
        self.coordinators(group)
            .find_map(|broker| broker.coordinator().describe(self.now_ms, group))
    }

    /// The broker that coordinates a group; while nobody does, one that did last.
    pub(crate) fn coordinator_id(&self, group: &str) -> Option<crate::ids::BrokerId> {
        let knows = |broker: &&crate::broker::Broker| {
            broker.coordinator().group_ids().any(|known| &**known == group)
        };
        self.coordinators(group).find(knows).map(crate::broker::Broker::id)
    }

    /// The broker that coordinates a group, then those that may still believe they do.
    fn coordinators(&self, group: &str) -> impl Iterator<Item = &crate::broker::Broker> {
        let image = self.image();
        let number = crate::broker::partition_of_group(image, group);
        let topic = image.topics.get(crate::protocol::OFFSETS_TOPIC);
        let leader = topic.and_then(|topic| topic.leader(number?));
        let leader = leader.and_then(|leader| self.brokers.get(&leader));
        leader.into_iter().chain(self.brokers.values())
    }

    fn group_view(&self, setup: &GroupSetup) -> GroupView {
        let described = self.describe(&setup.group);
        let members: Vec<&Consumer> = self
            .consumers
            .iter()
            .filter(|known| known.setup.group == setup.group && known.is_listed())
            .collect();
        let offsets = self.group_offsets(setup, &members);
        let config = config_of(setup, &members);
        let broker = self.brokers.values().next();
        let partitions = broker.map_or(50, crate::broker::Broker::offsets_partitions);
        GroupView {
            group: setup.group.to_string(),
            state: described.as_ref().map_or("Empty", |group| group.state.name()).to_owned(),
            generation: described.as_ref().map_or(0, |group| group.generation.max(0)),
            assignor: described.as_ref().and_then(|group| group.protocol).map(str::to_owned),
            rebalance_protocol: config.rebalance_protocol.to_owned(),
            topics: setup.topics.iter().map(ToString::to_string).collect(),
            auto_offset_reset: config.auto_offset_reset,
            isolation_level: config.isolation_level,
            processing_us: setup.processing_us,
            offsets_partition: partitioner::partition_for_group(&setup.group, partitions)
                .unwrap_or(0),
            rebalance: described.as_ref().and_then(|group| rebalance(group, &members)),
            members: members
                .iter()
                .map(|member| self.member_view(member, described.as_ref()))
                .collect(),
            total_lag: offsets.iter().map(|(_, progress)| progress.lag()).sum(),
            offsets: offsets
                .into_iter()
                .map(|(tp, progress)| offset_view(&tp, &progress))
                .collect(),
        }
    }

    fn group_offsets(
        &self,
        setup: &GroupSetup,
        members: &[&Consumer],
    ) -> Vec<(TopicPartition, Progress)> {
        let image = self.image();
        let subscribed = |topic: &Arc<str>| {
            setup.topics.contains(topic)
                || members.iter().any(|member| member.setup.topics.contains(topic))
        };
        let mut rows = Vec::new();
        for topic in image.topics.values().filter(|topic| subscribed(&topic.name)) {
            for number in 0..topic.partition_count() {
                let tp = TopicPartition::new(Arc::clone(&topic.name), number);
                if let Some(progress) = self.progress(&setup.group, members, &tp) {
                    rows.push((tp, progress));
                }
            }
        }
        rows
    }

    fn progress(
        &self,
        group: &str,
        members: &[&Consumer],
        tp: &TopicPartition,
    ) -> Option<Progress> {
        let (_, partition) = self.shown(tp)?;
        let owner = members.iter().find(|member| member.owned.contains_key(tp));
        Some(Progress {
            committed: self.committed(group, tp),
            position: owner.and_then(|owner| owner.owned.get(tp)?.position),
            member: owner.map(|owner| Arc::clone(&owner.setup.name)),
            high_watermark: partition.log.high_watermark(),
            log_start: partition.log.log_start_offset(),
        })
    }

    fn member_view(&self, member: &Consumer, group: Option<&GroupDescription>) -> MemberView {
        let known =
            group.and_then(|group| group.members.iter().find(|known| known.id == member.member_id));
        let lag = member
            .owned
            .keys()
            .filter_map(|tp| self.progress(&member.setup.group, &[member], tp))
            .map(|progress| progress.lag())
            .sum();
        let state = member_state(member);
        let stable = group.is_some_and(|group| group.state == GroupState::Stable);
        let processing = member.app.unfinished(self.now_ms);
        MemberView {
            name: member.setup.name.to_string(),
            group: member.setup.group.to_string(),
            member_id: (!member.member_id.is_empty()).then(|| member.member_id.to_string()),
            instance_id: member.setup.config.group_instance_id.clone(),
            state,
            leader: group.is_some_and(|group| group.leader.as_ref() == Some(&member.member_id))
                && known.is_some(),
            owned: member.owned.keys().cloned().collect(),
            revoking: revoking(member, known),
            idle: stable
                && member.phase == Phase::Stable
                && member.owned.is_empty()
                && known.is_some_and(|known| known.assignment.is_empty()),
            processing: u32::try_from(processing).unwrap_or(u32::MAX),
            processing_us: member.setup.processing_us,
            consumed: member.consumed,
            lag,
            session_ends_ms: known
                .filter(|_| member.process == Process::Crashed)
                .map(|known| known.session_ends_ms),
            note: note(member, known, group),
        }
    }
}

/// What the group's configs say, read from a running member, else from the setup.
struct GroupConfig {
    rebalance_protocol: &'static str,
    auto_offset_reset: String,
    isolation_level: String,
}

fn config_of(setup: &GroupSetup, members: &[&Consumer]) -> GroupConfig {
    let cooperative = members.first().map_or_else(
        || {
            let mut configs: Configs = setup.configs.clone();
            configs.insert("group.id".to_owned(), setup.group.to_string());
            crate::config::ConsumerConfig::resolve(&configs)
                .is_ok_and(|config| crate::assignor::is_cooperative(&config.assignors))
        },
        |member| member.is_cooperative(),
    );
    let value = |name: &str, default: &str| {
        setup.configs.get(name).cloned().unwrap_or_else(|| default.to_owned())
    };
    GroupConfig {
        rebalance_protocol: if cooperative { "COOPERATIVE" } else { "EAGER" },
        auto_offset_reset: value("auto.offset.reset", "latest"),
        isolation_level: value("isolation.level", "read_uncommitted"),
    }
}

fn offset_view(tp: &TopicPartition, progress: &Progress) -> GroupOffsetView {
    GroupOffsetView {
        topic: tp.topic.to_string(),
        partition: tp.partition,
        committed: progress.committed,
        position: progress.position,
        log_end: progress.high_watermark,
        lag: progress.committed.map(|_| progress.lag()),
        member: progress.member.as_ref().map(ToString::to_string),
    }
}

fn rebalance(group: &GroupDescription, members: &[&Consumer]) -> Option<RebalanceView> {
    let rebalance = group.rebalance.as_ref()?;
    let name = |id: &Arc<str>| {
        let known = members.iter().find(|member| member.member_id == *id);
        known.map_or_else(
            || crate::broker::client_of(id).to_string(),
            |member| member.setup.name.to_string(),
        )
    };
    let waiting_for: Vec<String> = rebalance.waiting_for.iter().map(name).collect();
    let (total, late) = (group.members.len() + group.pending.len(), waiting_for.len());
    let text = if rebalance.initial {
        "The first rebalance of an empty group waits for group.initial.rebalance.delay.ms, so that \
         more members can join."
            .to_owned()
    } else if group.state == GroupState::CompletingRebalance {
        "Waiting for the leader's assignment.".to_owned()
    } else if late == 0 {
        "All members have joined.".to_owned()
    } else {
        format!("Waiting for {late} of {total} members to rejoin.")
    };
    let (since_ms, deadline_ms) = (rebalance.since_ms, rebalance.deadline_ms);
    Some(RebalanceView { since_ms, deadline_ms, waiting_for, text })
}

fn member_state(member: &Consumer) -> MemberState {
    match member.process {
        Process::Crashed => MemberState::Crashed,
        Process::Failed(_) => MemberState::Failed,
        Process::Closed => MemberState::Closed,
        Process::Running if member.paused => MemberState::Paused,
        Process::Running | Process::Closing => {
            if member.phase == Phase::Stable || !member.owned.is_empty() {
                MemberState::Running
            } else {
                MemberState::Joining
            }
        }
    }
}

/// What it still owns but is not assigned any more.
fn revoking(member: &Consumer, known: Option<&MemberDescription>) -> Vec<TopicPartition> {
    if member.phase == Phase::Stable && !member.wants_to_rejoin() {
        return Vec::new();
    }
    let kept = |tp: &&TopicPartition| {
        member.is_cooperative() && known.is_some_and(|known| known.assignment.contains(tp))
    };
    member.owned.keys().filter(|tp| !kept(tp)).cloned().collect()
}

fn note(
    member: &Consumer,
    known: Option<&MemberDescription>,
    group: Option<&GroupDescription>,
) -> Option<String> {
    let text = match member.process {
        Process::Crashed if known.is_some() => "crashed; the group still counts it",
        Process::Crashed => "crashed",
        Process::Failed(exception) => exception,
        Process::Closing => "closing",
        Process::Closed => "closed",
        Process::Running => {
            let preparing =
                group.is_some_and(|group| group.state == GroupState::PreparingRebalance);
            match (member.note, member.phase) {
                (Some(note), _) => note,
                (None, Phase::Joining) if known.is_some_and(|known| known.awaiting_join) => {
                    if preparing && known.is_some_and(|known| !known.assignment.is_empty()) {
                        "rejoined"
                    } else {
                        "joining"
                    }
                }
                (None, Phase::Joining | Phase::Preparing | Phase::Unjoined) => "joining",
                (None, Phase::Syncing) => "waits for its assignment",
                (None, Phase::Stable) => return None,
            }
        }
    };
    Some(text.to_owned())
}
