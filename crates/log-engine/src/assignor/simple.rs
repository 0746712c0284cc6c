//! The two assignors without memory: range and roundrobin (R-GRP-30..32).

use std::cmp::Ordering;

use super::{Assignment, AssignorMember, TopicCounts};
use crate::ids::TopicPartition;

/// `RangeAssignor`: each topic for itself is cut into consecutive ranges.
pub(super) fn range(topics: &TopicCounts, members: &[AssignorMember]) -> Assignment {
    let mut assignment = nothing_for(members);
    let members = sorted(members);
    for (topic, count) in topics {
        let subscribed: Vec<_> = members.iter().filter(|m| m.subscribes(topic)).collect();
        let Ok(consumers) = i32::try_from(subscribed.len()) else { continue };
        let (Some(each), Some(extra)) =
            (count.checked_div(consumers), count.checked_rem(consumers))
        else {
            continue;
        };
        let mut next = 0;
        for (position, member) in (0i32..).zip(subscribed) {
            let end = next + each + i32::from(position < extra);
            let partitions = (next..end).map(|p| TopicPartition::new(topic.clone(), p));
            assignment.entry(member.id.clone()).or_default().extend(partitions);
            next = end;
        }
    }
    assignment
}

/// `RoundRobinAssignor`: all partitions in order, dealt to the members in turn.
pub(super) fn round_robin(topics: &TopicCounts, members: &[AssignorMember]) -> Assignment {
    let mut assignment = nothing_for(members);
    let members = sorted(members);
    let mut turn = members.iter().cycle().peekable();
    for (topic, count) in topics {
        if !members.iter().any(|member| member.subscribes(topic)) {
            continue;
        }
        for partition in 0..*count {
            while turn.next_if(|member| !member.subscribes(topic)).is_some() {}
            if let Some(member) = turn.next() {
                let dealt = TopicPartition::new(topic.clone(), partition);
                assignment.entry(member.id.clone()).or_default().push(dealt);
            }
        }
    }
    assignment
}

pub(super) fn nothing_for(members: &[AssignorMember]) -> Assignment {
    members.iter().map(|member| (member.id.clone(), Vec::new())).collect()
}

/// `AbstractPartitionAssignor.MemberInfo.compareTo`: static members first, by instance id (R-GRP-30).
fn sorted(members: &[AssignorMember]) -> Vec<&AssignorMember> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted::sort_by(&mut sorted, |a, b| match (&a.instance_id, &b.instance_id) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.id.cmp(&b.id),
    });
    sorted
}
