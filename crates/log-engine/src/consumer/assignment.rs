//! Who gets what: the leader computes it, every member takes its part (`ConsumerCoordinator.onLeaderElected`,
//! `onJoinComplete`; R-GRP-22).

use super::{Consumer, Owned};
use crate::assignor::{Assignor, AssignorMember};
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::protocol::group::{Assignment, Subscription};
use crate::sim::Ctx;
use sorted::SortedMap;
use std::sync::Arc;

impl Consumer {
    /// The leader's assignment for everybody.
    pub(super) fn compute_assignment(
        &mut self,
        protocol: &str,
        members: &[(Arc<str>, Subscription)],
    ) -> SortedMap<Arc<str>, Assignment> {
        let counts = self.topic_counts();
        let members: Vec<AssignorMember> = members
            .iter()
            .map(|(id, subscription)| AssignorMember {
                id: Arc::clone(id),
                instance_id: subscription.instance_id.clone(),
                topics: subscription.topics.clone(),
                owned: subscription.owned.clone(),
                owned_generation: subscription.generation,
            })
            .collect();
        let assignor = Assignor::parse(protocol).unwrap_or(Assignor::Range);
        let assignment = assignor.assign(&counts, &members);
        self.assigned_counts = Some(counts);
        assignment.into_iter().map(|(id, partitions)| (id, partitions.into())).collect()
    }

    /// Takes its part: eager members begin anew, cooperative ones give up what is not theirs any more and join once
    /// more if they had to.
    pub(super) fn take_assignment(&mut self, ctx: &mut Ctx<'_>, assignment: &Assignment) {
        ctx.disturb();
        let gone: Vec<TopicPartition> =
            self.owned.keys().filter(|tp| !assignment.contains(tp)).cloned().collect();
        let must_rejoin = self.is_cooperative() && !gone.is_empty();
        self.revoke(ctx, gone, false);
        for tp in assignment.iter() {
            self.owned.entry(tp.clone()).or_default();
        }
        self.sticky_memory = (assignment.to_vec(), self.generation);
        self.next_auto_commit_ms =
            ctx.now_ms + i64::from(self.setup.config.auto_commit_interval_ms);
        self.note = None;
        ctx.emit_as_cause(EventKind::MemberAssigned {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
            generation: self.generation,
            partitions: Arc::clone(assignment),
        });
        if must_rejoin {
            self.rejoin = Some("it gave partitions up, which can be assigned now");
        }
    }

    /// `onPartitionsRevoked`, or `onPartitionsLost`.
    pub(super) fn revoke(
        &mut self,
        ctx: &mut Ctx<'_>,
        partitions: Vec<TopicPartition>,
        lost: bool,
    ) {
        if partitions.is_empty() {
            return;
        }
        for tp in &partitions {
            self.owned.remove(tp);
        }
        self.buffered.retain(|fetch| !partitions.contains(&fetch.tp));
        ctx.emit(EventKind::MemberRevoked {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
            partitions: partitions.into(),
            lost,
        });
    }

    /// The partition's state, while it is owned.
    pub(super) fn owned_mut(&mut self, tp: &TopicPartition) -> Option<&mut Owned> {
        self.owned.get_mut(tp)
    }
}
