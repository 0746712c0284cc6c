//! Replicas that a person chooses: `--replica-assignment` (`validateManualPartitionAssignment`, and what CreateTopics and
//! CreatePartitions make of it).

use crate::ids::BrokerId;
use crate::protocol::{AdminError, ErrorCode, MetadataImage, PartitionImage};

/// The partitions of a new topic, or more of a topic, with the replicas chosen. Those active are in sync at once, the
/// first of them leads. `factor` is the number of replicas they must have; without one, the first partition says.
pub(crate) fn assigned(
    image: &MetadataImage,
    assignments: &[Vec<BrokerId>],
    first_partition: i32,
    mut factor: Option<usize>,
) -> Result<Vec<PartitionImage>, AdminError> {
    let mut partitions = Vec::with_capacity(assignments.len());
    for (number, replicas) in (first_partition..).zip(assignments) {
        check_assignment(replicas, factor, &|id| image.brokers.contains_key(&id))
            .map_err(|refused| AdminError { field: "assignments".to_owned(), ..refused })?;
        factor = Some(replicas.len());
        let isr: Vec<BrokerId> =
            replicas.iter().copied().filter(|id| image.is_active(*id)).collect();
        let Some(&leader) = isr.first() else {
            let text = format!(
                "All brokers specified in the manual partition assignment for partition {number} are fenced or in \
                 controlled shutdown."
            );
            return Err(AdminError::new(ErrorCode::InvalidReplicaAssignment, "assignments", text));
        };
        partitions.push(PartitionImage {
            replicas: replicas.clone(),
            isr,
            leader: Some(leader),
            ..PartitionImage::default()
        });
    }
    Ok(partitions)
}

/// `validateManualPartitionAssignment`.
pub(crate) fn check_assignment(
    replicas: &[BrokerId],
    factor: Option<usize>,
    is_registered: &dyn Fn(BrokerId) -> bool,
) -> Result<(), AdminError> {
    if replicas.is_empty() {
        return Err(invalid("The manual partition assignment includes an empty replica list."));
    }
    let mut ordered = replicas.to_vec();
    sorted::sort(&mut ordered);
    let mut before = None;
    for id in ordered {
        if !is_registered(id) {
            return Err(invalid(format!(
                "The manual partition assignment includes broker {}, but no such broker is registered.",
                id.0
            )));
        }
        if before == Some(id) {
            return Err(invalid(format!(
                "The manual partition assignment includes the broker {} more than once.",
                id.0
            )));
        }
        before = Some(id);
    }
    match factor {
        Some(factor) if factor != replicas.len() => Err(invalid(format!(
            "The manual partition assignment includes a partition with {} replica(s), but this is not consistent with \
             previous partitions, which have {factor} replica(s).",
            replicas.len()
        ))),
        _ => Ok(()),
    }
}

fn invalid(message: impl Into<String>) -> AdminError {
    AdminError::new(ErrorCode::InvalidReplicaAssignment, "replicas", message)
}
