//! Storms of random actions at random times, with all the ways of moving through time in between.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/cases.rs"]
mod cases;
mod support;

use log_engine::Command;
use log_engine::view::LaneWindow;
use proptest::prelude::*;
use scenario::Player;
use support::*;

#[derive(Debug, Clone)]
enum Act {
    Apply(Box<Command>),
    Advance(u64),
    Seek(u64),
    Step,
    StepBack,
    Undo,
    Redo,
    Reload,
    RemoveEntry(usize),
    MoveEntry(usize, u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => any_command().prop_map(|command| Act::Apply(Box::new(command))),
        8 => prop_oneof![0u64..50, 50u64..4_000].prop_map(Act::Advance),
        2 => (0u64..25_000).prop_map(Act::Seek),
        2 => Just(Act::Step),
        1 => Just(Act::StepBack),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
        1 => Just(Act::Reload),
        1 => any::<usize>().prop_map(Act::RemoveEntry),
        1 => (any::<usize>(), 0u64..20_000).prop_map(|(index, at)| Act::MoveEntry(index, at)),
    ]
}

fn carry_out(player: &mut Player, act: &Act) {
    match act {
        Act::Apply(command) => apply(player, command),
        Act::Advance(ms) => {
            let to_ms = player.elapsed_ms() + ms;
            advance(player, to_ms);
        }
        Act::Seek(ms) => seek(player, *ms),
        Act::Step => {
            player.step(100_000);
        }
        Act::StepBack => {
            player.step_back();
        }
        Act::Undo => {
            player.undo();
        }
        Act::Redo => {
            player.redo();
        }
        Act::Reload => *player = fresh(player),
        Act::RemoveEntry(index) => {
            let entries = player.journal().len().max(1);
            player.remove_entry(index % entries);
        }
        Act::MoveEntry(index, at) => {
            let entries = player.journal().len().max(1);
            let _ = player.set_entry_time(index % entries, *at);
        }
    }
    catch_up(player);
}

/// A refused action leaves no trace.
fn apply(player: &mut Player, command: &Command) {
    let now = player.elapsed_ms();
    advance(player, now);
    let before = (player.engine().trace_hash(), player.engine().cluster(), player.document());
    if let Err(refused) = player.apply(command.clone()) {
        assert!(!refused.code.is_empty() && !refused.message.is_empty(), "{refused:?}");
        let after = (player.engine().trace_hash(), player.engine().cluster(), player.document());
        assert_eq!(before, after, "{command:?} was refused: {refused}");
    }
}

/// Every view can be asked for, and they agree with each other.
fn look_around(player: &Player) {
    let engine = player.engine();
    for topic in engine.cluster().topics {
        assert_eq!(engine.topic(&topic.name).unwrap().summary, topic);
        for partition in 0..topic.partitions {
            // The broker learns of a new topic a moment after the controller.
            let Some(lane) = engine.lane(&topic.name, partition, LaneWindow::Tail(20)) else {
                continue;
            };
            assert!(
                lane.log_start <= lane.high_watermark && lane.high_watermark <= lane.log_end,
                "{lane:?}"
            );
            if let Some(cell) = lane.cells.last() {
                assert!(engine.record(&topic.name, partition, cell.offset).is_some());
            }
        }
    }
    for producer in engine.producers() {
        assert!(engine.producer(&producer.name).is_some());
    }
    for group in engine.groups() {
        assert!(engine.group(&group.group).is_some());
    }
    let ledger = engine.ledger(None);
    assert_eq!(
        ledger.sent,
        ledger.buffered + ledger.in_flight + ledger.stored + ledger.failed,
        "{ledger:?}"
    );
}

proptest! {
    #![proptest_config(cases::random_cases(48))]

    #[test]
    fn whatever_is_done_a_fresh_play_of_the_document_is_the_same(acts in prop::collection::vec(act(), 1..40)) {
        let mut player = player();
        for act in &acts {
            carry_out(&mut player, act);
        }
        look_around(&player);
        same_as_fresh(&player);
        // And it goes on alike.
        let mut again = fresh(&player);
        let later = player.elapsed_ms() + 3_000;
        advance(&mut player, later);
        while !again.advance_to(later, 61).reached {}
        prop_assert_eq!(player.engine().trace_hash(), again.engine().trace_hash());
        look_around(&player);
    }
}
