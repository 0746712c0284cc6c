//! The documents that come with Ottla play as they say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use log_engine::Command;
use log_engine::view::{GroupView, LaneView, LaneWindow};
use scenario::gallery::{GALLERY, by_name, default_document};
use scenario::{Player, file};

const TWO_MINUTES_MS: u64 = 120_000;

/// How far a scenario is played: a hundred partitions take their time in a build for tests.
fn end_of(name: &str) -> u64 {
    if name == "hundred-partitions" { 15_000 } else { TWO_MINUTES_MS }
}

fn played(name: &str, slice: u64) -> Player {
    let mut player = Player::new(by_name(name).unwrap().document().unwrap()).unwrap();
    while !player.advance_to(end_of(name), slice).reached {}
    player
}

#[test]
fn each_reads_says_what_to_try_and_is_written_again_as_it_is() {
    for entry in GALLERY {
        let document = entry.document().unwrap_or_else(|error| panic!("{}: {error}", entry.name));
        assert!(document.about.contains("Try it: "), "{}", entry.name);
        assert!(!document.title.is_empty(), "{}", entry.name);
        let again = file::decode(file::encode(&document).unwrap().as_bytes()).unwrap();
        assert_eq!(again, document, "{}", entry.name);
    }
}

#[test]
fn each_plays_two_minutes_with_every_action_accepted() {
    for entry in GALLERY {
        let player = played(entry.name, 1_000_000);
        assert_eq!(player.elapsed_ms(), end_of(entry.name), "{}", entry.name);
        let journal = player.journal().len();
        assert_eq!(player.entries_played(), journal, "{}", entry.name);
        for index in 0..journal {
            assert_eq!(player.no_effect(index), None, "{} journal[{index}]", entry.name);
        }
    }
}

#[test]
fn each_plays_the_same_way_in_any_slices() {
    for entry in GALLERY {
        let whole = played(entry.name, u64::MAX);
        let sliced = played(entry.name, 977);
        assert_eq!(whole.engine().trace_hash(), sliced.engine().trace_hash(), "{}", entry.name);
        assert_eq!(whole.engine().cluster(), sliced.engine().cluster(), "{}", entry.name);
    }
}

#[test]
fn a_first_visit_opens_orders_on_three_brokers() {
    assert_eq!(default_document().title, "Orders on three brokers");
    assert_eq!(default_document().cluster.brokers, 3);
    assert_eq!(by_name("default").unwrap().document().unwrap(), default_document());
    assert_eq!(by_name("no such name"), None);
}

fn at(name: &str, ms: u64) -> Player {
    let mut player = Player::new(by_name(name).unwrap().document().unwrap()).unwrap();
    while !player.advance_to(ms, 1_000_000).reached {}
    player
}

fn group(player: &Player, name: &str) -> GroupView {
    player.engine().groups().into_iter().find(|group| group.group == name).unwrap()
}

fn owned(group: &GroupView) -> Vec<usize> {
    group.members.iter().map(|member| member.owned.len()).collect()
}

fn lanes(player: &Player, topic: &str) -> Vec<LaneView> {
    let partitions = player.engine().topic(topic).unwrap().summary.partitions;
    (0..partitions)
        .map(|partition| player.engine().lane(topic, partition, LaneWindow::Tail(0)).unwrap())
        .collect()
}

#[test]
fn default_shows_assignment_lag_and_deletion_within_a_minute() {
    let player = at("default", 60_000);
    assert_eq!(owned(&group(&player, "billing")), [2, 1, 1]);
    assert_eq!(owned(&group(&player, "audit")), [4]);
    assert!(lanes(&player, "orders").iter().all(|lane| lane.log_start > 0));
    let ledger = player.engine().ledger(None);
    assert!(ledger.groups.iter().all(|group| group.expired_unread == 0), "{ledger:?}");
}

#[test]
fn of_five_members_one_is_idle_until_another_leaves() {
    let mut player = at("idle-member", 20_000);
    let idle = |player: &Player| -> Vec<String> {
        let members = group(player, "billing").members;
        members.iter().filter(|member| member.idle).map(|member| member.name.clone()).collect()
    };
    assert_eq!(idle(&player), ["billing-5"]);
    player.apply(Command::CloseMember { member: "billing-1".to_owned() }).unwrap();
    while !player.advance_to(40_000, 1_000_000).reached {}
    assert_eq!(idle(&player), [""; 0]);
}

#[test]
fn a_crashed_members_partitions_wait_for_its_session_to_end() {
    let waiting = group(&at("crash-member", 20_000), "billing");
    assert_eq!((waiting.state.as_str(), waiting.generation), ("Stable", 1));
    assert!(waiting.members.iter().any(|member| member.session_ends_ms.is_some()));
    let moved = group(&at("crash-member", 35_000), "billing");
    assert_eq!((owned(&moved), moved.generation), (vec![2, 0, 2], 2));
    let back = group(&at("crash-member", 60_000), "billing");
    assert_eq!(owned(&back).iter().filter(|count| **count > 0).count(), 3);
}

#[test]
fn the_eager_group_stops_for_a_newcomer_and_the_cooperative_one_does_not() {
    let mut player = at("eager-vs-cooperative", 20_000);
    let (mut eager_stopped, mut cooperative_stopped) = (false, false);
    while player.elapsed_ms() < 40_000 {
        let next = player.elapsed_ms() + 20;
        while !player.advance_to(next, 1_000_000).reached {}
        let stopped = |name| owned(&group(&player, name)).iter().all(|count| *count == 0);
        eager_stopped |= stopped("eager");
        cooperative_stopped |= stopped("cooperative");
    }
    assert_eq!((eager_stopped, cooperative_stopped), (true, false));
    assert_eq!(owned(&group(&player, "eager")), [2, 2, 2]);
    assert_eq!(owned(&group(&player, "cooperative")), [2, 2, 2]);
}

#[test]
fn records_expire_before_the_slow_group_has_read_them() {
    let player = at("unread-expires", 60_000);
    let groups = player.engine().ledger(None).groups;
    let expired =
        |name: &str| groups.iter().find(|group| group.group == name).unwrap().expired_unread;
    assert!(expired("slow") > 50, "{groups:?}");
    assert_eq!(expired("quick"), 0);
}

#[test]
fn retention_by_size_keeps_each_partition_near_its_bytes() {
    let player = at("retention-by-size", 120_000);
    for lane in lanes(&player, "metrics") {
        assert!(lane.log_start > 0 && (4_000..6_200).contains(&lane.bytes), "{lane:?}");
    }
}

#[test]
fn a_keyless_producer_stays_with_a_partition_until_batch_size() {
    let player = at("keyless-sticky", 10_000);
    // The usual one has sent 100 records of 100 bytes: less than 16 KiB, so all are in one partition.
    let usual: Vec<i32> = (0..4)
        .filter(|partition| {
            let end =
                player.engine().lane("logs", *partition, LaneWindow::Tail(0)).unwrap().log_end;
            (0..end).any(|offset| {
                let record = player.engine().record("logs", *partition, offset).unwrap();
                record.producer.as_deref() == Some("usual")
            })
        })
        .collect();
    assert_eq!(usual.len(), 1, "{usual:?}");
    assert!(lanes(&player, "logs").iter().all(|lane| lane.log_end > 0));
}

#[test]
fn new_partitions_take_new_records_of_moved_keys() {
    let before = at("add-partitions", 29_000);
    assert_eq!(lanes(&before, "orders").len(), 3);
    let moves = before.engine().key_moves("orders", 5).unwrap();
    assert!(moves.keys.iter().any(|key| key.from != key.to && key.records_behind > 0), "{moves:?}");
    let after = at("add-partitions", 60_000);
    assert!(lanes(&after, "orders")[3..].iter().all(|lane| lane.log_end > 0));
    assert_eq!(owned(&group(&after, "billing")).iter().sum::<usize>(), 5);
}

#[test]
fn five_groups_read_all_records_each() {
    let player = at("many-groups", 60_000);
    let groups = player.engine().groups();
    assert_eq!(groups.len(), 5);
    assert!(groups.iter().all(|group| group.state == "Stable" && group.generation == 1));
    let consumed: Vec<u64> =
        player.engine().ledger(None).groups.iter().map(|group| group.consumed).collect();
    assert!(consumed.iter().all(|count| *count > 150), "{consumed:?}");
}

#[test]
fn the_busy_one_keeps_up() {
    let player = at("busy", 30_000);
    let pipeline = group(&player, "pipeline");
    let done: u64 = pipeline.members.iter().map(|member| member.consumed).sum();
    assert!(done > 45_000, "{done}");
}

/// The topic's lanes with all their cells.
fn whole(player: &Player, topic: &str) -> Vec<LaneView> {
    let engine = player.engine();
    let lane = |partition| engine.lane(topic, partition, LaneWindow::Tail(10_000));
    (0..).map_while(lane).collect()
}

/// Keys of the cells below the cleaner's point, with how often each is there.
fn clean_keys(lane: &LaneView) -> Vec<(String, usize)> {
    let cleaned = lane.cleaner.as_ref().unwrap().first_dirty;
    let mut keys: Vec<(String, usize)> = Vec::new();
    for cell in lane.cells.iter().filter(|cell| cell.offset < cleaned) {
        let key = cell.key.clone().unwrap().to_string();
        match keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, times)) => *times += 1,
            None => keys.push((key, 1)),
        }
    }
    keys
}

#[test]
fn compaction_opens_with_a_cleaned_part_in_which_each_key_is_once() {
    let document = by_name("compaction").unwrap().document().unwrap();
    let player = at("compaction", document.at.unwrap());
    let all = whole(&player, "customers");
    assert!(all.iter().any(|lane| !lane.gaps.is_empty()), "{all:?}");
    for lane in &all {
        assert!(clean_keys(lane).iter().all(|(_, times)| *times == 1), "{lane:?}");
    }
    let steps = |partition| player.engine().last_clean("customers", partition);
    assert!((0..2).filter_map(steps).any(|pass| pass.records_removed > 5));
    let later = at("compaction", 120_000);
    assert!(
        lanes(&later, "customers")
            .iter()
            .all(|lane| lane.cleaner.as_ref().unwrap().first_dirty > 20)
    );
}

#[test]
fn a_tombstone_stays_until_its_horizon_and_a_late_reader_never_sees_it() {
    let dave = |player: &Player| {
        let lanes = whole(player, "profiles");
        let cells = lanes[0].cells.iter().filter(|cell| cell.key.as_deref() == Some("dave"));
        cells.map(|cell| cell.kind).collect::<Vec<_>>()
    };
    let document = by_name("tombstones").unwrap().document().unwrap();
    let opened = at("tombstones", document.at.unwrap());
    assert_eq!(dave(&opened), [log_engine::view::CellKind::Tombstone]);
    assert!(lanes(&opened, "profiles")[0].cleaner.as_ref().unwrap().next_horizon_ms.is_some());
    let after = at("tombstones", 59_000);
    assert_eq!(dave(&after), []);
}

#[test]
fn compact_and_delete_keeps_a_key_once_and_for_a_while() {
    let player = at("compact-delete", 120_000);
    let all = whole(&player, "sessions");
    let starts: Vec<i64> = all.iter().map(|lane| lane.log_start).collect();
    assert!(starts.iter().any(|start| *start > 0), "{starts:?}");
    assert!(all.iter().any(|lane| !lane.gaps.is_empty()));
    let old = |lane: &LaneView| lane.cells.iter().any(|cell| cell.key.as_deref() == Some("old"));
    assert!(!all.iter().any(old));
    let before = at("compact-delete", 40_000);
    assert!(whole(&before, "sessions").iter().any(old));
}

#[test]
fn a_disk_runs_full_and_room_with_a_start_gets_it_going_again() {
    let document = by_name("disk-full").unwrap().document().unwrap();
    let opens = document.at.unwrap();
    let mut player = at("disk-full", opens);
    let broker = |player: &Player| player.engine().cluster().brokers[0].clone();
    assert!(broker(&player).up);
    while !player.advance_to(60_000, 1_000_000).reached {}
    let down = broker(&player);
    assert!(!down.up && down.halted_ms.is_some(), "{down:?}");
    for command in [
        Command::SetDisk { broker: 1, disk_bytes: Some(64_000) },
        Command::StartBroker { broker: 1 },
    ] {
        player.apply(command).unwrap();
    }
    while !player.advance_to(70_000, 1_000_000).reached {}
    assert!(broker(&player).up);
    assert!(lanes(&player, "orders").iter().all(|lane| lane.leader.is_some()));
}

fn lost(player: &Player) -> u64 {
    player.engine().ledger(None).lost_after_ack
}

fn leaders(player: &Player, topic: &str) -> Vec<Option<i32>> {
    lanes(player, topic).iter().map(|lane| lane.leader.map(|leader| leader.0)).collect()
}

/// The same play without one of its producers.
fn without(name: &str, producer: &str, ms: u64) -> Player {
    let mut document = by_name(name).unwrap().document().unwrap();
    document.setup.retain(
        |command| !matches!(command, Command::AddProducer { producer: known, .. } if known == producer),
    );
    let mut player = Player::new(document).unwrap();
    while !player.advance_to(ms, 1_000_000).reached {}
    player
}

#[test]
fn a_leader_that_dies_takes_what_only_it_had_with_it() {
    let gap = at("leader-dies", 25_000);
    assert_eq!(leaders(&gap, "payments")[0], None, "nobody leads before the session has ended");
    let after = at("leader-dies", 60_000);
    assert!(leaders(&after, "payments").iter().all(Option::is_some));
    assert!(lost(&after) > 0);
    let safe = without("leader-dies", "fast", 60_000);
    assert_eq!((lost(&safe), safe.engine().ledger(None).acked > 200), (0, true));
}

#[test]
fn below_min_insync_replicas_acks_all_is_refused_until_a_replica_is_back() {
    let summary = |ms| at("min-isr", ms).engine().topic("orders").unwrap().summary;
    assert_eq!((summary(20_000).under_replicated, summary(20_000).under_min_isr), (3, 0));
    assert_eq!(summary(40_000).under_min_isr, 3);
    let player = at("min-isr", 40_000);
    let ends: Vec<i64> = lanes(&player, "orders").iter().map(|lane| lane.high_watermark).collect();
    let later = at("min-isr", 50_000);
    let still: Vec<i64> = lanes(&later, "orders").iter().map(|lane| lane.high_watermark).collect();
    assert_eq!(ends, still, "what acks=1 adds is not readable");
    let back = at("min-isr", 120_000);
    assert_eq!(back.engine().topic("orders").unwrap().summary.under_replicated, 0);
    assert_eq!(lost(&back), 0);
}

#[test]
fn an_eligible_replica_leads_after_the_last_leader_without_loss() {
    let gone = at("last-leader", 50_000);
    for lane in lanes(&gone, "orders") {
        assert_eq!((lane.leader, lane.isr.len()), (None, 0), "{lane:?}");
        assert!(lane.elr.iter().any(|broker| broker.0 == 2), "{lane:?}");
    }
    let led = at("last-leader", 60_000);
    assert_eq!(leaders(&led, "orders"), [Some(2), Some(2)]);
    assert_eq!(lost(&at("last-leader", 120_000)), 0);
}

#[test]
fn a_leader_behind_a_split_acks_what_is_thrown_away_later() {
    let split = at("zombie-leader", 40_000);
    let zombie = &lanes(&split, "payments")[2];
    assert_eq!(zombie.leader.map(|leader| leader.0), Some(2));
    let own = zombie.replicas.iter().find(|replica| replica.broker.0 == 1).unwrap();
    assert!(own.log_end > zombie.log_end + 50, "{zombie:?}");
    let healed = at("zombie-leader", 70_000);
    assert!(lost(&healed) > 100);
    assert_eq!(lost(&without("zombie-leader", "fast", 70_000)), 0);
}

#[test]
fn an_unclean_election_loses_what_only_the_dead_leader_had() {
    assert_eq!(leaders(&at("unclean-election", 35_000), "orders"), [None, None]);
    assert_eq!(leaders(&at("unclean-election", 50_000), "orders"), [Some(2), Some(2)]);
    assert!(lost(&at("unclean-election", 100_000)) > 50);
}

#[test]
fn a_rolling_restart_leaves_nobody_without_a_leader() {
    let mut player = at("rolling-restart", 9_000);
    while player.elapsed_ms() < 80_000 {
        let next = player.elapsed_ms() + 500;
        while !player.advance_to(next, 1_000_000).reached {}
        assert!(leaders(&player, "orders").iter().all(Option::is_some), "{next}");
    }
    let ledger = player.engine().ledger(None);
    assert_eq!((ledger.failed, ledger.lost), (0, 0));
}

#[test]
fn a_rack_without_power_leaves_two_replicas_of_each_partition() {
    let player = at("racks", 30_000);
    for lane in lanes(&player, "orders") {
        assert_eq!(lane.isr.len(), 2, "{lane:?}");
        assert!(lane.leader.is_some());
    }
    assert_eq!(at("racks", 90_000).engine().topic("orders").unwrap().summary.under_replicated, 0);
}

#[test]
fn a_hundred_partitions_have_leaders_on_all_six_brokers() {
    let player = at("hundred-partitions", 1_000);
    let leads: Vec<u32> =
        player.engine().cluster().brokers.iter().map(|broker| broker.leader_count).collect();
    assert_eq!(leads.len(), 6);
    assert!(leads.iter().all(|count| (16..=17).contains(count)), "{leads:?}");
}

#[test]
fn acks_1_and_acks_all_are_two_runs_that_lose_the_same_leader_at_the_same_moment() {
    let mut player =
        Player::new(by_name("acks-1-and-acks-all").unwrap().document().unwrap()).unwrap();
    while !player.catch_up(1_000_000).reached {}
    let forks = player.document().forks.into_iter().flat_map(|fork| fork.journal);
    let crashes: Vec<u64> = forks
        .chain(player.journal().iter().cloned())
        .filter(|entry| matches!(entry.command, Command::CrashBroker { .. }))
        .map(|entry| entry.at)
        .collect();
    assert_eq!(crashes, [8_790, 8_790]);
    let other = player.engine_of(player.beside().unwrap()).unwrap();
    let lost = |engine: &log_engine::Engine| engine.ledger(None).lost_after_ack;
    assert!(lost(player.engine()) > 0);
    assert_eq!(lost(other), 0);
}
