//! The replicas of a partition beside its leader: in which order they have a row, what each is at, and what is to be
//! said of a partition that takes no `acks=all` or has no leader at all.

use log_engine::view::{LaneView, ReplicaView};

/// What a replica that does not lead is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaState {
    /// In the ISR.
    InSync,
    /// Its broker runs, but it is not in the ISR.
    Out,
    /// A reassignment adds it.
    Joining,
    /// A reassignment takes it away once those it adds are in sync.
    Leaving,
    /// Its broker does not run.
    Offline,
}

impl ReplicaState {
    /// Of a replica in its partition.
    pub fn of(view: &LaneView, replica: &ReplicaView) -> Self {
        match replica {
            ReplicaView { online: false, .. } => Self::Offline,
            _ if view.adding.contains(&replica.broker) => Self::Joining,
            _ if view.removing.contains(&replica.broker) => Self::Leaving,
            ReplicaView { in_sync: true, .. } => Self::InSync,
            _ => Self::Out,
        }
    }

    /// The word at its row.
    pub fn word(self) -> &'static str {
        match self {
            Self::InSync => "follower",
            Self::Out => "out of ISR",
            Self::Joining => "joining",
            Self::Leaving => "leaving",
            Self::Offline => "offline",
        }
    }

    /// The class of its broker's number.
    pub fn class(self) -> &'static str {
        match self {
            Self::InSync => "",
            Self::Out => "out",
            Self::Joining => "join",
            Self::Leaving => "leave",
            Self::Offline => "down",
        }
    }

    /// Something is wrong with it.
    pub fn is_amiss(self) -> bool {
        matches!(self, Self::Out | Self::Offline)
    }
}

/// The replicas with a row of their own, in order of assignment: all but the one whose log the cells show.
pub fn followers(view: &LaneView) -> impl Iterator<Item = &ReplicaView> {
    let lead = view.leader.unwrap_or(view.shown);
    view.replicas.iter().filter(move |replica| replica.broker != lead)
}

/// How many rows that are.
pub fn follower_count(view: &LaneView) -> u32 {
    u32::try_from(followers(view).count()).unwrap_or(u32::MAX)
}

/// Records that a replica lacks.
pub fn missing(view: &LaneView, replica: &ReplicaView) -> i64 {
    (view.log_end - replica.log_end).max(0)
}

/// Replicas that should be in the ISR and are not. Those that a reassignment adds are expected later
/// (`OngoingReassignmentState`).
pub fn out_of_sync(view: &LaneView) -> Vec<i32> {
    let out = |it: &&ReplicaView| !it.in_sync && !view.adding.contains(&it.broker);
    view.replicas.iter().filter(out).map(|it| it.broker.0).collect()
}

/// The ISR is smaller than the assignment.
pub fn is_shrunk(view: &LaneView) -> bool {
    !out_of_sync(view).is_empty()
}

/// A reassignment goes on.
pub fn is_moving(view: &LaneView) -> bool {
    !view.adding.is_empty() || !view.removing.is_empty()
}

/// Its leader refuses `acks=all` (R-REP-31).
pub fn refuses(view: &LaneView) -> bool {
    let in_sync = u32::try_from(view.isr.len()).unwrap_or(u32::MAX);
    view.leader.is_some() && in_sync < view.min_isr
}

/// `ISR 1 3`, with the ELR where there is one.
pub fn isr_words(view: &LaneView) -> String {
    let numbers = |brokers: &[log_engine::BrokerId]| {
        brokers.iter().map(|broker| broker.0.to_string()).collect::<Vec<_>>().join(" ")
    };
    let mut isr: Vec<_> = view.isr.clone();
    sorted::sort_by_key(&mut isr, |broker| broker.0);
    let isr = if isr.is_empty() { "none".to_owned() } else { numbers(&isr) };
    match view.elr.as_slice() {
        [] => format!("ISR {isr}"),
        elr => format!("ISR {isr} · ELR {}", numbers(elr)),
    }
}

/// What is wrong with the whole partition, in few words.
pub fn trouble(view: &LaneView) -> Option<String> {
    if refuses(view) {
        return Some("acks=all refused".to_owned());
    }
    if view.leader.is_some() {
        return None;
    }
    let online = |broker: &log_engine::BrokerId| {
        view.replicas.iter().any(|replica| replica.broker == *broker && replica.online)
    };
    let last = view.shown.0;
    Some(match view.isr.iter().any(online) {
        true => format!("no leader: {last} is gone, not fenced yet"),
        false => format!("no leader: waits for {last}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::layout::tests_support::lane;
    use log_engine::BrokerId;

    fn replica(broker: i32, log_end: i64, in_sync: bool, online: bool) -> ReplicaView {
        ReplicaView {
            broker: BrokerId(broker),
            log_start: 0,
            log_end,
            high_watermark: log_end,
            fetched: None,
            caught_up_ms: None,
            in_sync,
            online,
        }
    }

    fn three(isr: &[i32]) -> LaneView {
        let mut view = lane(0, 6, &[0]);
        let replica = |broker: i32| {
            replica(broker, 6 - i64::from(broker), isr.contains(&broker), isr.contains(&broker))
        };
        view.replicas = [1, 2, 3].map(replica).to_vec();
        view.isr = isr.iter().copied().map(BrokerId).collect();
        view.min_isr = 2;
        view
    }

    #[test]
    fn each_replica_but_the_leader_has_a_row() {
        let view = three(&[1, 3]);
        let rows: Vec<_> = followers(&view)
            .map(|it| (it.broker.0, ReplicaState::of(&view, it), missing(&view, it)))
            .collect();
        assert_eq!(rows, [(2, ReplicaState::Offline, 2), (3, ReplicaState::InSync, 3)]);
        assert!(is_shrunk(&view) && !refuses(&view));
    }

    #[test]
    fn a_move_shows_who_joins_and_who_leaves_and_is_no_shrunken_isr() {
        let mut view = three(&[1, 2, 3]);
        view.replicas.push(replica(4, 2, false, true));
        (view.adding, view.removing) = (vec![BrokerId(4)], vec![BrokerId(3)]);
        let states = |view: &LaneView| -> Vec<_> {
            followers(view).map(|it| ReplicaState::of(view, it)).collect()
        };
        let moving = [ReplicaState::InSync, ReplicaState::Leaving, ReplicaState::Joining];
        assert_eq!(states(&view), moving);
        assert!(is_moving(&view) && !is_shrunk(&view));
        view.replicas[3].online = false;
        assert_eq!(states(&view)[2], ReplicaState::Offline);
        view.replicas[1].in_sync = false;
        assert_eq!(out_of_sync(&view), [2]);
    }

    #[test]
    fn below_the_minimum_it_refuses_and_says_so() {
        let mut view = three(&[1]);
        view.elr = vec![BrokerId(3)];
        assert_eq!(isr_words(&view), "ISR 1 · ELR 3");
        assert_eq!(trouble(&view).as_deref(), Some("acks=all refused"));
    }

    #[test]
    fn without_a_leader_it_says_for_whom_it_waits() {
        let mut view = three(&[2]);
        view.leader = None;
        view.shown = BrokerId(2);
        view.replicas.iter_mut().for_each(|replica| replica.online = replica.broker.0 == 3);
        assert_eq!(trouble(&view).as_deref(), Some("no leader: waits for 2"));
        view.isr.push(BrokerId(3));
        assert_eq!(trouble(&view).as_deref(), Some("no leader: 2 is gone, not fenced yet"));
    }
}
