//! AlterPartition: a leader wants another ISR (`ReplicationControlManager.alterPartition`, KIP-497, KIP-903, R-REP-14).

use super::leaders::{put, with_terms};
use super::partition_change::{Election, PartitionChange, Terms};
use super::{Change, Controller};
use crate::ids::BrokerId;
use crate::protocol::{
    AlterPart, AlterPartitionRequest, AlterPartitionResponse, AlteredPart, ErrorCode,
    MetadataImage, Response,
};
use crate::sim::{ActorId, Ctx};

impl Controller {
    /// Handles AlterPartition.
    pub(super) fn alter_partitions(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: AlterPartitionRequest,
    ) {
        let known = self.log.newest().brokers.get(&request.broker).map(|broker| broker.epoch);
        if known != Some(request.broker_epoch) {
            let error = ErrorCode::StaleBrokerEpoch;
            let response = AlterPartitionResponse { error, parts: Vec::new() };
            return ctx.respond(from, id, Response::AlterPartition(response));
        }
        let mut parts = Vec::with_capacity(request.parts.len());
        for part in request.parts {
            let (tp, cause) = (part.tp.clone(), part.cause);
            let result = ctx.caused_by(cause, |ctx| {
                let altered = self.alter_partition(ctx, request.broker, &part)?;
                Ok(AlteredPart { cause: ctx.cause, ..altered })
            });
            parts.push((tp, result));
        }
        let response = AlterPartitionResponse { error: ErrorCode::None, parts };
        self.respond_committed(ctx, from, id, Response::AlterPartition(response));
    }

    fn alter_partition(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        part: &AlterPart,
    ) -> Result<AlteredPart, ErrorCode> {
        let mut image = self.log.newest();
        let topic = image.topics.get(&part.tp.topic).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let topic = std::sync::Arc::clone(topic);
        let at = usize::try_from(part.tp.partition).unwrap_or(usize::MAX);
        let before = topic.partitions.get(at).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        if part.leader_epoch > before.leader_epoch || part.partition_epoch > before.partition_epoch
        {
            // The leader knows what this controller does not.
            return Err(ErrorCode::NotController);
        }
        if part.leader_epoch < before.leader_epoch {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        if before.leader != Some(leader) {
            return Err(ErrorCode::InvalidRequest);
        }
        if part.partition_epoch < before.partition_epoch {
            return Err(ErrorCode::InvalidUpdateVersion);
        }
        check_isr(&image, &before.replicas, leader, &part.new_isr)?;
        let changed = with_terms(&self.configs, &image, &topic, |terms, unclean| {
            let election = if unclean { Election::Unclean } else { Election::Online };
            let isr = part.new_isr.iter().map(|(broker, _)| *broker).collect();
            let change = PartitionChange::new(before, Terms { election, ..terms });
            change.isr(isr).recovering(false).build()
        });
        let after = changed.as_ref().map_or(before, |changed| &changed.partition).clone();
        if let Some(changed) = changed {
            let mut changes: Vec<Change> = Vec::new();
            put(&mut image, &part.tp, before, changed, None, &mut changes);
            self.commit(ctx, image, changes);
        }
        if after.leader != Some(leader) || after.leader_epoch != part.leader_epoch {
            // It completed a reassignment, and another one leads now.
            return Err(ErrorCode::NewLeaderElected);
        }
        Ok(AlteredPart {
            leader_epoch: after.leader_epoch,
            partition_epoch: after.partition_epoch,
            isr: after.isr,
            cause: ctx.cause,
        })
    }
}

/// Whether an ISR can be what a leader wants (`validateAlterPartitionData`).
fn check_isr(
    image: &MetadataImage,
    replicas: &[BrokerId],
    leader: BrokerId,
    isr: &[(BrokerId, i64)],
) -> Result<(), ErrorCode> {
    let members = || isr.iter().map(|(broker, _)| broker);
    let times = |replica: &BrokerId| members().filter(|member| *member == replica).count();
    if members().any(|member| !replicas.contains(member) || times(member) > 1)
        || times(&leader) != 1
    {
        return Err(ErrorCode::InvalidRequest);
    }
    let eligible = |(broker, epoch): &(BrokerId, i64)| {
        image.is_active(*broker)
            && image.brokers.get(broker).is_some_and(|known| *epoch == -1 || *epoch == known.epoch)
    };
    if isr.iter().all(eligible) { Ok(()) } else { Err(ErrorCode::IneligibleReplica) }
}
