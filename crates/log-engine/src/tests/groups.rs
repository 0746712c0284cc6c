//! Groups: joining, leaving, crashing, rebalancing, committing.

use super::*;
use crate::view::MemberState;
use serde_json::json;

/// Six partitions, a stream of 10 records a second, a group of `members` with an assignor.
fn grouped(partitions: i32, members: usize, assignor: &str, more: &[(&str, &str)]) -> Play {
    let mut play = Play::new().topic("orders", partitions, &[]);
    let keys: Vec<String> = (0..40).map(|n| format!("k{n}")).collect();
    let stream = json!({"topic": "orders", "records": 10, "keys": {"kind": "fixed", "keys": keys}});
    play.json(json!({"do": "add-producer", "producer": "p", "stream": stream})).unwrap();
    let mut configs = map(more);
    configs.insert("partition.assignment.strategy".into(), assignor.into());
    let members: Vec<_> = (0..members).map(|_| json!({})).collect();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        "configs": configs, "members": members}))
        .unwrap();
    play
}

const RANGE: &str = "org.apache.kafka.clients.consumer.RangeAssignor";
const COOPERATIVE: &str = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

fn owned(play: &Play) -> Vec<usize> {
    play.group("g").members.iter().map(|member| member.owned.len()).collect()
}

#[test]
fn the_first_rebalance_waits_three_seconds_and_everybody_reads_after_it() {
    let mut play = grouped(4, 2, RANGE, &[("auto.offset.reset", "earliest")]);
    play.run_to(2_900);
    assert_eq!(play.group("g").state, "PreparingRebalance");
    assert!(play.group("g").rebalance.is_some());
    play.run_to(6_500);
    let group = play.group("g");
    assert_eq!((&*group.state, group.generation), ("Stable", 1));
    assert_eq!(group.assignor.as_deref(), Some("range"));
    assert_eq!(owned(&play), [2, 2]);
    play.run_to(30_000);
    let ledger = play.engine.ledger(None);
    let group = &ledger.groups[0];
    assert!(ledger.readable - group.consumed < 50, "{ledger:?}");
    assert_eq!((group.read_twice, group.skipped), (0, 0));
}

#[test]
fn s42_more_members_than_partitions_are_plainly_idle() {
    let mut play = grouped(3, 5, RANGE, &[]);
    play.run_to(10_000);
    let idle = play.group("g").members.iter().filter(|member| member.idle).count();
    assert_eq!(idle, 2);
}

#[test]
fn s38_a_crash_before_the_commit_reads_twice() {
    let mut play = grouped(1, 1, RANGE, &[("auto.offset.reset", "earliest")]);
    // The join completes at about 3 s; the first commit comes 5 s after it.
    play.run_to(20_000);
    let committed = play.group("g").offsets[0].committed.unwrap();
    play.run_to(22_000);
    let consumed = play.group("g").members[0].consumed;
    assert!(consumed > committed as u64, "{consumed} {committed}");
    play.json(json!({"do": "crash-member", "member": "g-1"})).unwrap();
    play.json(json!({"do": "add-member", "group": "g"})).unwrap();
    play.run_to(40_000);
    // The crashed member still counts until its session ends.
    assert_eq!(play.group("g").members[0].state, MemberState::Crashed);
    play.run_to(80_000);
    let removed = play.events("no heartbeat for session.timeout.ms");
    assert_eq!(removed.len(), 1, "{:?}", play.events("g-1"));
    // The last heartbeat arrived less than 3 s before the crash.
    assert!((64_000..=67_010).contains(&removed[0].0), "{removed:?}");
    let readers = &play.engine.ledger(None).groups[0];
    assert!(readers.read_twice > 0, "{readers:?}");
}

#[test]
fn s40_a_slow_handler_is_expelled_and_its_partition_goes_to_another() {
    let mut play = grouped(2, 2, RANGE, &[("auto.offset.reset", "earliest")]);
    play.run_to(10_000);
    play.json(json!({"do": "set-processing", "member": "g-1", "processing_us": 400_000_000}))
        .unwrap();
    play.run_to(330_000);
    let left = play.events("max.poll.interval.ms 300000");
    assert_eq!(left.len(), 1, "{:?}", play.events("g-1"));
    let since = left[0].0;
    assert!((300_000..312_000).contains(&since), "{since}");
    // The other learns it at its next heartbeat, 3 s later at most, and takes over.
    let taken = play
        .trace()
        .iter()
        .find_map(|event| match &event.kind {
            EventKind::MemberAssigned { member, partitions, .. }
                if &**member == "g-2" && partitions.len() == 2 =>
            {
                Some(event.at_ms - START_MS)
            }
            _ => None,
        })
        .unwrap();
    assert!((0..=3_100).contains(&(taken - since)), "{taken} {since}");
}

#[test]
fn s41_eager_stops_everybody_cooperative_only_what_moves() {
    // Who was without an owner, and for how long, when a fourth member joins three with six partitions.
    let rest = |assignor: &str| {
        let mut play = grouped(6, 3, assignor, &[]);
        play.run_to(20_000);
        assert_eq!(owned(&play), [2, 2, 2]);
        play.json(json!({"do": "add-member", "group": "g"})).unwrap();
        play.run_to(40_000);
        let mut now = owned(&play);
        now.sort_unstable();
        assert_eq!(now, [1, 1, 2, 2]);
        let mut revoked = 0;
        let mut first_revoked = None;
        for event in play.trace().iter().filter(|event| event.at_ms > START_MS + 20_000) {
            if let EventKind::MemberRevoked { partitions, .. } = &event.kind {
                revoked += partitions.len();
                first_revoked.get_or_insert(event.at_ms);
            }
        }
        let last_assigned = play
            .trace()
            .iter()
            .rfind(|event| matches!(event.kind, EventKind::MemberAssigned { .. }))
            .unwrap()
            .at_ms;
        (revoked, last_assigned - first_revoked.unwrap())
    };
    let (revoked, _) = rest(RANGE);
    assert_eq!(revoked, 6);
    let (revoked, rested_ms) = rest(COOPERATIVE);
    assert_eq!(revoked, 1);
    // Round 2 ends only when the others have heard of it at their next heartbeat.
    assert!((3_000..=3_200).contains(&rested_ms), "{rested_ms}");
}

#[test]
fn s43_a_static_member_that_is_back_in_time_causes_no_rebalance() {
    let mut play = Play::new().topic("orders", 4, &[]);
    let member = |name: &str| json!({"member": name, "configs": {"group.instance.id": name}});
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        "members": [member("a"), member("b")]}))
        .unwrap();
    play.run_to(10_000);
    let generation = play.group("g").generation;
    play.json(json!({"do": "crash-member", "member": "b"})).unwrap();
    play.run_to(30_000);
    play.json(json!({"do": "start-member", "member": "b"})).unwrap();
    play.run_to(60_000);
    assert_eq!(play.group("g").generation, generation);
    assert_eq!(owned(&play), [2, 2]);
}

#[test]
fn s44_latest_skips_what_a_new_partition_got_before_it_was_found() {
    let mut play = Play::new().topic("orders", 1, &[]);
    play.json(json!({"do": "add-producer", "producer": "p",
        "configs": {"metadata.max.age.ms": "1000"}}))
        .unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}]}))
        .unwrap();
    play.send("p", "orders", keyed("warm"), 1);
    play.run_to(20_000);
    play.json(json!({"do": "create-partitions", "topic": "orders", "count": 2})).unwrap();
    play.run_to(25_000);
    let record = RecordSpec { partition: Some(1), ..keyed("x") };
    play.send("p", "orders", record, 100);
    play.run_to(60_000);
    assert_eq!(play.lane("orders", 1).log_end, 100);
    assert_eq!(owned(&play), [1]);
    // The group's leader refreshes its metadata after 5 minutes.
    play.run_to(320_000);
    assert_eq!(owned(&play), [2]);
    assert_eq!(play.lane("orders", 1).cursors[0].position, Some(100));
}

#[test]
fn a_closed_member_leaves_at_once_and_commits_before() {
    let mut play = grouped(2, 2, RANGE, &[]);
    play.run_to(20_000);
    play.json(json!({"do": "close-member", "member": "g-2"})).unwrap();
    play.run_to(25_000);
    assert_eq!(play.group("g").members.len(), 1);
    assert_eq!(owned(&play), [2]);
    assert_eq!(play.engine.ledger(None).groups[0].read_twice, 0);
}

#[test]
fn a_paused_member_keeps_its_partitions_and_reads_nothing() {
    let mut play = grouped(2, 1, RANGE, &[]);
    play.run_to(20_000);
    play.json(json!({"do": "pause-member", "member": "g-1"})).unwrap();
    play.run_to(20_100);
    let consumed = play.group("g").members[0].consumed;
    play.run_to(120_000);
    let member = &play.group("g").members[0];
    assert_eq!((member.state, member.consumed), (MemberState::Paused, consumed));
    assert_eq!(member.owned.len(), 2);
    assert_eq!(play.group("g").state, "Stable");
    play.json(json!({"do": "resume-member", "member": "g-1"})).unwrap();
    play.run_to(130_000);
    assert!(play.group("g").members[0].consumed > consumed + 900);
}

#[test]
fn a_rolling_restart_with_another_assignor_ends_stable_with_it() {
    let mut play = grouped(4, 2, RANGE, &[]);
    play.run_to(20_000);
    play.json(json!({"do": "alter-group", "group": "g",
        "set": {"partition.assignment.strategy": COOPERATIVE}}))
        .unwrap();
    play.run_to(100_000);
    let group = play.group("g");
    assert_eq!(
        (&*group.state, group.assignor.as_deref()),
        ("Stable", Some("cooperative-sticky")),
        "{:#?}",
        play.events("g")
    );
    assert_eq!(group.rebalance_protocol, "COOPERATIVE");
    assert_eq!(owned(&play), [2, 2]);
}

#[test]
fn a_removed_group_is_gone_with_its_offsets() {
    let mut play = grouped(2, 2, RANGE, &[]);
    play.run_to(20_000);
    play.json(json!({"do": "remove-group", "group": "g"})).unwrap();
    play.run_to(21_000);
    assert!(play.engine.groups().is_empty());
    assert!(!play.events("deleted").is_empty());
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}]}))
        .unwrap();
    play.run_to(22_000);
    assert_eq!(play.group("g").offsets[0].committed, None);
}

#[test]
fn without_a_committed_offset_and_reset_none_a_member_stops() {
    let mut play = grouped(1, 1, RANGE, &[("auto.offset.reset", "none")]);
    play.run_to(10_000);
    assert_eq!(play.group("g").members[0].state, MemberState::Failed);
    assert!(!play.events("NoOffsetForPartitionException").is_empty());
}

#[test]
fn offsets_are_reset_while_a_group_has_no_members_and_read_on_from_there() {
    let mut play = grouped(2, 1, RANGE, &[("auto.offset.reset", "earliest")]);
    play.run_to(20_000);
    let reset = json!({"do": "reset-offsets", "group": "g", "offsets": [
        {"topic": "orders", "partition": 0, "offset": 3}, {"topic": "orders", "partition": 1, "offset": 4}]});
    let refused = play.json(reset.clone()).unwrap_err();
    assert_eq!(refused.code, "UNKNOWN_MEMBER_ID");

    play.json(json!({"do": "close-member", "member": "g-1"})).unwrap();
    play.run_to(21_000);
    play.json(reset).unwrap();
    play.run_to(22_000);
    let committed = |play: &Play| -> Vec<i64> {
        play.group("g").offsets.iter().filter_map(|row| row.committed).collect()
    };
    assert_eq!(committed(&play), [3, 4]);

    play.json(json!({"do": "add-member", "group": "g"})).unwrap();
    play.run_to(40_000);
    let ledger = play.engine.ledger(None);
    assert!(ledger.groups[0].read_twice > 10, "{:?}", ledger.groups[0]);
}

#[test]
fn a_reset_makes_a_group_that_only_its_coordinator_knows() {
    let mut play = Play::new().topic("orders", 1, &[]);
    play.json(json!({"do": "reset-offsets", "group": "new", "offsets": [
        {"topic": "orders", "partition": 0, "offset": 0}]}))
        .unwrap();
    play.run_to(1_000);
    let known = play.engine.described_groups();
    assert_eq!(known.len(), 1);
    assert_eq!(&*known[0].description.group, "new");
    assert_eq!(known[0].description.offsets[0].offset, 0);
    play.json(json!({"do": "remove-group", "group": "new"})).unwrap();
    play.run_to(2_000);
    assert!(play.engine.described_groups().is_empty());
}

#[test]
fn a_client_log_has_what_a_client_was_told_after_an_event() {
    let mut play = grouped(1, 1, RANGE, &[("auto.offset.reset", "earliest")]);
    play.run_to(10_000);
    let all = play.engine.client_log("g-1", crate::EventId(0), 10_000);
    let polled =
        |row: &crate::view::ClientLogRow| matches!(row.what, crate::view::ClientLog::Polled { .. });
    assert!(all.iter().any(polled));
    let newest = all.last().unwrap().event;
    assert!(play.engine.client_log("g-1", newest, 10).is_empty());
    assert_eq!(play.engine.client_log("g-1", crate::EventId(0), 3).len(), 3);
    assert!(play.engine.client_log("nobody", crate::EventId(0), 10).is_empty());
}
