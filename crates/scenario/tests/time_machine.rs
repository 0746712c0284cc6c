//! The time machine: any moment is as it was, whatever the way there; undo and redo are each other's inverse; forks leave
//! their parents alone; keyframes stay within their budget.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/cases.rs"]
mod cases;
mod support;

use log_engine::Command;
use proptest::prelude::*;
use scenario::{Document, Player, RunId, Search};
use support::*;

/// What a person does at the player.
#[derive(Debug, Clone)]
enum Move {
    Act(Command),
    Advance(u64),
    Seek(u64),
    Step,
    StepBack,
    Remove(usize),
    Shift(usize, u64),
    Switch(usize),
    Change(usize, Command),
    Insert(u64, Command),
    Fork,
    Show(usize),
    Beside(usize),
    Drop(usize),
    KeepOnly(usize),
    Undo,
    Redo,
}

/// The latest moment.
const END_MS: u64 = 6_000;

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let index = 0usize..6;
    let at = 0u64..END_MS;
    let one = prop_oneof![
        4 => any_command().prop_map(Move::Act),
        3 => (1u64..900).prop_map(Move::Advance),
        3 => at.clone().prop_map(Move::Seek),
        1 => Just(Move::Step),
        1 => Just(Move::StepBack),
        1 => index.clone().prop_map(Move::Remove),
        1 => (index.clone(), at.clone()).prop_map(|(index, at)| Move::Shift(index, at)),
        1 => index.clone().prop_map(Move::Switch),
        1 => (index.clone(), any_command()).prop_map(|(index, command)| Move::Change(index, command)),
        1 => (at, any_command()).prop_map(|(at, command)| Move::Insert(at, command)),
        1 => Just(Move::Fork),
        1 => index.clone().prop_map(Move::Show),
        1 => index.clone().prop_map(Move::Beside),
        1 => index.clone().prop_map(Move::Drop),
        1 => index.prop_map(Move::KeepOnly),
        2 => Just(Move::Undo),
        1 => Just(Move::Redo),
    ];
    prop::collection::vec(one, 1..14)
}

fn make(player: &mut Player, one: &Move) {
    let run = |player: &Player, at: usize| {
        let runs = player.runs();
        runs[at % runs.len()].id
    };
    match one.clone() {
        Move::Act(command) => drop(player.apply(command)),
        Move::Advance(ms) => advance(player, (player.elapsed_ms() + ms).min(END_MS)),
        Move::Seek(ms) => seek(player, ms),
        Move::Step => drop(player.step(10_000)),
        Move::StepBack => drop(player.step_back()),
        Move::Remove(at) => drop(player.remove_entry(at)),
        Move::Shift(at, ms) => drop(player.set_entry_time(at, ms)),
        Move::Switch(at) => {
            let off = player.journal().get(at).is_some_and(|entry| entry.off);
            drop(player.in_fork(|player| player.set_entry_on(at, off)));
        }
        Move::Change(at, command) => {
            drop(player.in_fork(|player| player.set_entry_command(at, command)));
        }
        Move::Insert(ms, command) => drop(player.insert_entry(ms, command)),
        Move::Fork => drop(player.fork()),
        Move::Show(at) => drop(player.show(run(player, at))),
        Move::Beside(at) => drop(player.set_beside(Some(run(player, at)))),
        Move::Drop(at) => drop(player.remove_fork(run(player, at))),
        Move::KeepOnly(at) => drop(player.keep_only(run(player, at))),
        Move::Undo => drop(player.undo()),
        Move::Redo => drop(player.redo()),
    }
    catch_up(player);
}

/// The document without what is only looked at.
fn made(player: &Player) -> Document {
    Document { run: 0, compare: None, at: None, at_event: None, ..player.document() }
}

proptest! {
    #![proptest_config(cases::random_cases(48))]

    #[test]
    fn after_any_moves_every_run_is_as_a_fresh_play_of_the_document(moves in moves(), at in 0u64..END_MS) {
        let mut player = player();
        for one in &moves {
            make(&mut player, one);
        }
        same_as_fresh(&player);
        for run in player.runs() {
            player.show(run.id);
            seek(&mut player, at);
            same_as_fresh(&player);
        }
        let keeping = player.keeping();
        prop_assert!(keeping.bytes <= keeping.budget, "{keeping:?}");
    }

    #[test]
    fn undoing_all_and_doing_all_again_is_the_identity(moves in moves()) {
        let mut player = player();
        let begun = made(&player);
        for one in moves.iter().filter(|one| !matches!(one, Move::Undo | Move::Redo)) {
            make(&mut player, one);
        }
        let after = made(&player);
        let mut steps = 0;
        while player.undo().is_some() {
            catch_up(&mut player);
            steps += 1;
        }
        prop_assert_eq!(made(&player), begun);
        same_as_fresh(&player);
        while player.redo().is_some() {
            catch_up(&mut player);
            steps -= 1;
        }
        prop_assert_eq!((made(&player), steps), (after, 0));
        same_as_fresh(&player);
    }

    #[test]
    fn a_fork_without_a_new_action_never_differs(moves in moves(), at in 0u64..END_MS, on in 0u64..END_MS) {
        let mut player = player();
        for one in &moves {
            make(&mut player, one);
        }
        seek(&mut player, at);
        let parent = player.shown();
        if let Ok(fork) = player.fork() {
            player.set_beside(Some(parent));
            seek(&mut player, on);
            prop_assert_eq!(player.parting(parent, fork, u64::MAX), Search::Alike);
            let hash = |id| player.engine_of(id).unwrap().trace_hash();
            prop_assert_eq!(hash(parent), hash(fork));
        }
    }

    #[test]
    fn runs_part_where_their_events_first_differ(commands in prop::collection::vec((0u64..END_MS, any_command()), 1..4)) {
        let mut player = player();
        advance(&mut player, END_MS);
        let first = player.shown();
        let fork = player.fork().unwrap();
        for (at, command) in commands {
            drop(player.insert_entry(at, command));
        }
        catch_up(&mut player);
        player.set_beside(Some(first));
        catch_up(&mut player);
        // Event by event, from the start.
        let happenings = |id: RunId| {
            let document = Document { run: u32::from(id == fork), compare: None, ..player.document() };
            let mut player = Player::new(document).unwrap();
            let mut seen = Vec::new();
            let mut newest = 0;
            while player.elapsed_ms() < END_MS {
                let to_ms = player.elapsed_ms() + 20;
                advance(&mut player, to_ms);
                let mut rows = player.engine().events(&all(), None, 10_000);
                rows.retain(|row| row.id.0 > newest && row.category != log_engine::view::EventCategory::Action);
                newest = player.engine().newest_event().0;
                rows.reverse();
                seen.extend(rows.into_iter().map(|row| (row.at_ms, row.subject, row.text)));
            }
            seen
        };
        let (ours, theirs) = (happenings(first), happenings(fork));
        let shown = ours.iter().zip(&theirs).position(|(a, b)| a != b);
        match player.parting(first, fork, u64::MAX) {
            Search::Alike => prop_assert_eq!(ours, theirs),
            Search::Parts(parting) => {
                // What events do not say in words can differ earlier, never later.
                if let Some(at) = shown {
                    let ms = ours[at].0.min(theirs[at].0) - player.engine().start_ms();
                    prop_assert!(parting.at_ms <= u64::try_from(ms).unwrap(), "{parting:?} {:?} {:?}", ours[at], theirs[at]);
                }
            }
            Search::OutOfBudget => prop_assert!(false, "without a budget"),
        }
    }
}

fn all() -> log_engine::view::EventFilter {
    log_engine::view::EventFilter::default()
}

#[test]
fn an_entry_that_is_switched_off_is_kept_and_does_nothing() {
    let mut player = player();
    advance(&mut player, 2_000);
    player.apply(produce("a")).unwrap();
    advance(&mut player, 3_000);
    player.apply(crash("m1")).unwrap();
    advance(&mut player, 9_000);
    player.set_entry_on(1, false).unwrap();
    catch_up(&mut player);
    assert!(player.journal()[1].off && player.elapsed_ms() == 9_000);
    same_as_fresh(&player);
    let mut without = support::player();
    advance(&mut without, 2_000);
    without.apply(produce("a")).unwrap();
    advance(&mut without, 9_000);
    assert_eq!(without.engine().trace_hash(), player.engine().trace_hash());
    player.set_entry_on(1, true).unwrap();
    catch_up(&mut player);
    assert_ne!(without.engine().trace_hash(), player.engine().trace_hash());
}

#[test]
fn an_edit_of_the_first_run_is_a_fork_and_one_undo_takes_both_back() {
    let mut player = player();
    advance(&mut player, 3_000);
    player.apply(crash("m1")).unwrap();
    advance(&mut player, 9_000);
    let document = player.document();
    player.in_fork(|player| player.set_entry_time(0, 5_000)).unwrap().unwrap();
    catch_up(&mut player);
    assert_eq!((player.runs().len(), player.journal()[0].at), (2, 5_000));
    // A further edit is made in the fork.
    player.in_fork(|player| player.set_entry_on(0, false)).unwrap().unwrap();
    catch_up(&mut player);
    assert_eq!(player.runs().len(), 2);
    player.undo();
    player.undo();
    catch_up(&mut player);
    assert_eq!(player.document(), document);
    // One that comes to nothing leaves no fork.
    assert!(player.in_fork(|player| player.set_entry_on(7, false)).unwrap().is_err());
    assert_eq!((player.document(), player.can_redo()), (document, false));
}

#[test]
fn an_entry_that_makes_no_sense_any_more_is_kept_with_kafkas_refusal() {
    let create = |partitions| Command::CreateTopic {
        topic: "new".to_owned(),
        partitions,
        replication_factor: 1,
        assignments: Vec::new(),
        configs: Default::default(),
    };
    let mut player = player();
    advance(&mut player, 1_000);
    player.apply(create(1)).unwrap();
    advance(&mut player, 2_000);
    player.apply(Command::DeleteTopic { topic: "new".to_owned() }).unwrap();
    advance(&mut player, 3_000);
    player.in_fork(|player| player.remove_entry(0)).unwrap();
    catch_up(&mut player);
    assert_eq!(player.no_effect(0).unwrap().code, "UNKNOWN_TOPIC_OR_PARTITION");
    player.set_entry_command(0, create(2)).unwrap();
    catch_up(&mut player);
    assert_eq!(player.no_effect(0), None);
    same_as_fresh(&player);
}

#[test]
fn two_runs_go_on_one_clock() {
    let mut player = player();
    advance(&mut player, 5_000);
    let first = player.shown();
    seek(&mut player, 3_000);
    let fork = player.apply(crash("m1")).unwrap().fork.unwrap();
    assert!(player.set_beside(Some(first)));
    for to_ms in [8_000, 12_000] {
        advance(&mut player, to_ms);
    }
    let moment = |player: &Player, id| player.engine_of(id).unwrap().now_ms();
    assert_eq!(moment(&player, first), moment(&player, fork));
    let Search::Parts(parting) = player.parting(first, fork, u64::MAX) else { panic!("alike") };
    assert!((3_000..14_000).contains(&parting.at_ms), "{parting:?}");
    seek(&mut player, parting.at_ms.saturating_sub(1));
    assert_eq!(player.parting(first, fork, u64::MAX), Search::Alike);
    player.step(100_000).unwrap();
    assert_eq!(moment(&player, first), moment(&player, fork));
    assert!(player.step_back());
    catch_up(&mut player);
    let saved = player.save_state();
    let mut again = Player::new(saved.clone()).unwrap();
    catch_up(&mut again);
    assert_eq!(again.save_state(), saved);
    assert_eq!((again.shown(), again.beside()), (fork, Some(first)));

    assert!(player.keep_only(fork));
    catch_up(&mut player);
    assert_eq!((player.runs().len(), player.journal().len()), (1, 1));
    player.undo();
    catch_up(&mut player);
    assert_eq!((player.runs().len(), player.shown()), (2, fork));
}

#[test]
fn events_that_a_keyframe_let_go_of_come_back() {
    let busy = r#"{ "ottla": 1, "setup": [
        { "do": "create-topic", "topic": "t", "partitions": 6 },
        { "do": "add-producer", "producer": "p", "configs": { "linger.ms": "0" },
          "stream": { "topic": "t", "records": 600, "keys": { "kind": "sequence", "prefix": "k", "count": 40 } } },
        { "do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}] } ] }"#;
    let document = scenario::file::decode(busy.as_bytes()).unwrap();
    let mut player = Player::new(document.clone()).unwrap();
    advance(&mut player, 60_000);
    assert!(player.engine().newest_event().0 > 60_000, "{:?}", player.engine().newest_event());
    seek(&mut player, 12_000);
    let (oldest, full) = player.engine().history_depth();
    assert!(oldest > full, "nothing was let go of");
    let mut slices = 0;
    while !player.recall_events(2_000) {
        slices += 1;
    }
    assert!(slices > 1);
    let mut fresh = Player::new(document).unwrap();
    advance(&mut fresh, 12_000);
    let events = |player: &Player| player.engine().events(&all(), None, 20_000);
    assert_eq!(events(&player), events(&fresh));
    // From here a step back has them still.
    assert!(player.step_back());
    catch_up(&mut player);
    let (oldest, full) = player.engine().history_depth();
    assert_eq!(oldest, full);
    let keeping = player.keeping();
    assert!(keeping.frames > 10 && keeping.bytes < keeping.budget, "{keeping:?}");
}
