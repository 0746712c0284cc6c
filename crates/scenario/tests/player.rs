//! A document is played: forward, back, event by event, with actions, undo and reload, and always the same way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use log_engine::Command;
use scenario::{Document, JournalEntry, PlayError, Player};
use support::*;

#[test]
fn time_passes_in_slices_and_says_how_far_it_got() {
    let mut player = player();
    let first = player.advance_to(20_000, 100);
    assert!(!first.reached && first.steps >= 100 && first.at_ms < 20_000, "{first:?}");
    assert_eq!(first.to_ms, 20_000);
    advance(&mut player, 20_000);
    assert_eq!((player.elapsed_ms(), player.horizon_ms()), (20_000, 20_000));
    same_as_fresh(&player);
}

#[test]
fn an_action_becomes_an_entry_of_the_journal_and_is_played_again() {
    let mut player = player();
    advance(&mut player, 4_000);
    let applied = player.apply(crash("m1")).unwrap();
    assert_eq!((applied.fork, applied.event.0 > 0), (None, true));
    assert_eq!(player.document().journal, [JournalEntry::new(4_000, crash("m1"))]);
    advance(&mut player, 9_000);
    player.apply(produce("a")).unwrap();
    same_as_fresh(&player);
    advance(&mut player, 15_000);
    same_as_fresh(&player);
}

#[test]
fn a_refused_action_changes_nothing() {
    let mut player = player();
    advance(&mut player, 4_000);
    let (hash, document) = (player.engine().trace_hash(), player.document());
    let refused = player.apply(Command::DeleteTopic { topic: "nowhere".to_owned() }).unwrap_err();
    assert_eq!(refused.code, "UNKNOWN_TOPIC_OR_PARTITION");
    let beyond = Command::CreateTopic {
        topic: "t".to_owned(),
        partitions: 1_001,
        replication_factor: 1,
        configs: Default::default(),
        assignments: Vec::new(),
    };
    let refused = player.apply(beyond).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("partitions"));
    assert_eq!((player.engine().trace_hash(), player.document()), (hash, document));
    assert!(!player.can_undo());
}

#[test]
fn any_moment_can_be_gone_to_and_is_as_it_was() {
    let mut player = player();
    let mut hashes = Vec::new();
    for second in 0..=20 {
        advance(&mut player, second * 1_000);
        if second == 6 {
            player.apply(crash("m1")).unwrap();
        }
        hashes.push(player.engine().trace_hash());
    }
    for second in [13, 2, 19, 7, 0, 20, 5] {
        seek(&mut player, second * 1_000);
        assert_eq!(player.elapsed_ms(), second * 1_000);
        let hash = hashes[usize::try_from(second).unwrap()];
        assert_eq!(player.engine().trace_hash(), hash, "second {second}");
        assert_eq!(player.horizon_ms(), 20_000);
    }
}

#[test]
fn going_back_takes_slices_and_can_be_stopped() {
    let mut player = player();
    advance(&mut player, 30_000);
    let progress = player.seek(29_000, 10);
    assert!(!progress.reached && player.is_replaying(), "{progress:?}");
    let refused = player.apply(produce("a")).unwrap_err();
    assert!(refused.message.contains("on its way"), "{refused}");
    player.stop_here();
    assert!(!player.is_replaying() && player.elapsed_ms() < 29_000);
    player.apply(produce("a")).unwrap();
    same_as_fresh(&player);
}

#[test]
fn an_action_at_a_past_moment_begins_a_fork_and_leaves_the_run_as_it_was() {
    let mut player = player();
    for second in [3, 6, 9] {
        advance(&mut player, second * 1_000);
        player.apply(produce("a")).unwrap();
    }
    advance(&mut player, 12_000);
    let (hash, document) = (player.engine().trace_hash(), player.document());

    seek(&mut player, 5_000);
    let applied = player.apply(crash("m2")).unwrap();
    let fork = applied.fork.unwrap();
    assert_eq!((applied.later, player.shown()), (2, fork));
    let at = |player: &Player| player.journal().iter().map(|entry| entry.at).collect::<Vec<_>>();
    assert_eq!(at(&player), [3_000, 5_000, 6_000, 9_000]);
    let runs = player.runs();
    assert_eq!((runs[1].letter, runs[1].forked_at, runs[1].changes), ('B', 5_000, 1));
    advance(&mut player, 12_000);
    assert_ne!(player.engine().trace_hash(), hash);
    same_as_fresh(&player);

    // The first run is there, at any moment.
    assert!(player.show(scenario::RunId::FIRST));
    catch_up(&mut player);
    assert_eq!((player.elapsed_ms(), player.engine().trace_hash()), (12_000, hash));
    assert_eq!(at(&player), [3_000, 6_000, 9_000]);

    assert_eq!(player.undo().unwrap().command, Some(crash("m2")));
    catch_up(&mut player);
    assert_eq!((player.document(), player.elapsed_ms()), (document, 12_000));
    assert_eq!(player.engine().trace_hash(), hash);
    player.redo().unwrap();
    catch_up(&mut player);
    assert_eq!((player.runs().len(), player.shown()), (2, fork));
    assert_eq!(at(&player), [3_000, 5_000, 6_000, 9_000]);
    same_as_fresh(&player);
}

#[test]
fn a_refused_action_in_the_past_begins_no_fork() {
    let mut player = player();
    advance(&mut player, 8_000);
    seek(&mut player, 5_000);
    let document = player.document();
    assert!(player.apply(Command::DeleteTopic { topic: "nowhere".to_owned() }).is_err());
    assert_eq!((player.document(), player.runs().len(), player.can_undo()), (document, 1, false));
}

#[test]
fn what_a_document_plans_is_not_the_past() {
    let journal = vec![JournalEntry::new(6_000, crash("m1"))];
    let mut player = Player::new(Document { journal, ..document() }).unwrap();
    advance(&mut player, 2_000);
    let applied = player.apply(produce("a")).unwrap();
    assert_eq!((applied.fork, applied.later, player.journal().len()), (None, 1, 2));
    advance(&mut player, 8_000);
    same_as_fresh(&player);
    // Opened again at an earlier moment, it is told how far it was played.
    let mut again = Player::new(Document { at: Some(4_000), ..player.save_state() }).unwrap();
    catch_up(&mut again);
    again.note_reached(player.reached_ms());
    assert!(again.apply(produce("b")).unwrap().fork.is_some());
}

#[test]
fn undo_and_redo_play_the_past_again_up_to_the_present() {
    let mut player = player();
    advance(&mut player, 3_000);
    let without = player.clone();
    player.apply(crash("m1")).unwrap();
    advance(&mut player, 5_000);
    player.apply(crash("m2")).unwrap();
    advance(&mut player, 20_000);
    let with = player.engine().trace_hash();

    player.undo().unwrap();
    let undone = player.undo().unwrap();
    assert_eq!((undone.at_ms, undone.command), (3_000, Some(crash("m1"))));
    assert!(player.is_replaying() && !player.can_undo());
    catch_up(&mut player);
    assert_eq!(player.elapsed_ms(), 20_000);
    let mut never = without;
    advance(&mut never, 20_000);
    assert_eq!(player.engine().trace_hash(), never.engine().trace_hash());

    player.redo().unwrap();
    player.redo().unwrap();
    catch_up(&mut player);
    assert_eq!((player.engine().trace_hash(), player.can_redo()), (with, false));
    assert_eq!(player.redo(), None);

    player.undo().unwrap();
    catch_up(&mut player);
    player.apply(produce("a")).unwrap();
    assert!(!player.can_redo(), "a new action is another future");
    same_as_fresh(&player);
}

#[test]
fn steps_go_event_by_event_and_back_again() {
    let mut player = player();
    advance(&mut player, 6_000);
    player.apply(crash("m1")).unwrap();
    let mut stops = vec![(player.engine().cluster().events, player.engine().trace_hash())];
    for _ in 0..60 {
        let event = player.step(1_000_000).unwrap();
        let events = player.engine().cluster().events;
        assert!(event.0 <= events && events > stops[stops.len() - 1].0);
        stops.push((events, player.engine().trace_hash()));
        same_as_fresh(&player);
    }
    for (events, hash) in stops.iter().rev().skip(1) {
        assert!(player.step_back());
        catch_up(&mut player);
        assert_eq!(
            (player.engine().cluster().events, player.engine().trace_hash()),
            (*events, *hash)
        );
    }
    // Forward again over the same stops.
    for (events, hash) in &stops[1..] {
        player.step(1_000_000).unwrap();
        assert_eq!(
            (player.engine().cluster().events, player.engine().trace_hash()),
            (*events, *hash)
        );
    }
}

#[test]
fn stepping_back_ends_at_the_start() {
    let mut player = player();
    while player.engine().cluster().events < 12 {
        player.step(1_000_000).unwrap();
    }
    let mut steps = 0;
    while player.step_back() {
        catch_up(&mut player);
        steps += 1;
        assert!(steps < 20);
    }
    assert_eq!(player.elapsed_ms(), 0);
    assert_eq!(player.engine().trace_hash(), support::player().engine().trace_hash());
}

#[test]
fn stepping_through_actions_of_the_journal_carries_them_out() {
    let mut player = player();
    advance(&mut player, 2_000);
    player.apply(crash("m1")).unwrap();
    advance(&mut player, 4_000);
    seek(&mut player, 1_950);
    while player.entries_played() == 0 {
        player.step(1_000_000).unwrap();
    }
    assert_eq!(player.elapsed_ms(), 2_000);
    let row = &player.engine().events(&Default::default(), None, 1)[0];
    assert_eq!(row.cause, None, "the newest event is the action's own: {row:?}");
    advance(&mut player, 4_000);
    same_as_fresh(&player);
}

#[test]
fn an_empty_cluster_has_no_next_event() {
    let mut player = Player::new(Document::default()).unwrap();
    advance(&mut player, 10_000);
    let before = player.elapsed_ms();
    if let Some(event) = player.step(10_000_000) {
        assert!(player.elapsed_ms() > before, "{event:?}");
    }
    assert!(player.elapsed_ms() <= before + 3_600_000);
}

#[test]
fn a_reload_comes_back_exactly_where_it_was() {
    let mut player = player();
    advance(&mut player, 7_000);
    player.apply(crash("m2")).unwrap();
    for _ in 0..5 {
        player.step(1_000_000).unwrap();
    }
    let saved = player.save_state();
    let again = fresh(&player);
    assert_eq!(again.save_state(), saved);
    assert_eq!(again.engine().trace_hash(), player.engine().trace_hash());

    // Also in the middle of going somewhere: it goes on going there.
    player.seek(40_000, 10);
    assert_eq!(player.save_state().at, Some(40_000));
}

#[test]
fn a_document_that_opens_later_gets_there_in_slices() {
    let document = Document { at: Some(9_000), ..document() };
    let mut player = Player::new(document).unwrap();
    assert!(player.is_replaying() && player.elapsed_ms() == 0);
    catch_up(&mut player);
    assert_eq!(player.elapsed_ms(), 9_000);
    let mut at_start = Player::new(Document { at: Some(0), ..support::document() }).unwrap();
    assert!(at_start.catch_up(SLICE).reached && !at_start.is_replaying());
}

#[test]
fn an_entry_that_is_refused_has_no_effect_and_says_why() {
    let journal = vec![
        JournalEntry::new(1_000, Command::DeleteTopic { topic: "nowhere".to_owned() }),
        JournalEntry::new(2_000, crash("m1")),
    ];
    let mut player = Player::new(Document { journal, ..document() }).unwrap();
    advance(&mut player, 500);
    assert_eq!(player.no_effect(0), None, "its time has not come");
    advance(&mut player, 3_000);
    assert_eq!(player.no_effect(0).unwrap().code, "UNKNOWN_TOPIC_OR_PARTITION");
    assert_eq!((player.no_effect(1), player.entries_played()), (None, 2));
    same_as_fresh(&player);
}

#[test]
fn a_bad_setup_is_named_with_its_place() {
    let mut document = document();
    document.setup.push(Command::DeleteTopic { topic: "nowhere".to_owned() });
    let error = Player::new(document).unwrap_err();
    assert!(matches!(&error, PlayError::Setup { index: 3, .. }), "{error}");
    assert!(error.to_string().starts_with("setup[3]: UNKNOWN_TOPIC_OR_PARTITION"), "{error}");
}

#[test]
fn entries_can_be_removed_and_moved() {
    let mut player = player();
    for (second, key) in [(2, "a"), (4, "b"), (6, "c"), (8, "d")] {
        advance(&mut player, second * 1_000);
        player.apply(produce(key)).unwrap();
    }
    advance(&mut player, 10_000);
    let before = (player.document(), player.engine().trace_hash());
    let at = |player: &Player| {
        player.document().journal.iter().map(|entry| entry.at).collect::<Vec<_>>()
    };

    assert!(player.remove_entry(1));
    assert_eq!(at(&player), [2_000, 6_000, 8_000]);
    catch_up(&mut player);
    same_as_fresh(&player);

    player.set_entry_time(0, 7_000).unwrap();
    assert_eq!(at(&player), [6_000, 7_000, 8_000]);
    player.set_entry_time(2, 500).unwrap();
    assert_eq!(at(&player), [500, 6_000, 7_000]);
    player.set_entry_time(1, 6_000).unwrap();
    catch_up(&mut player);
    assert_eq!(player.elapsed_ms(), 10_000);
    same_as_fresh(&player);

    for _ in 0..4 {
        player.undo().unwrap();
    }
    catch_up(&mut player);
    assert_eq!((player.document(), player.engine().trace_hash()), before);
    assert!(!player.remove_entry(9));
    assert!(player.set_entry_time(9, 1).is_err());
    assert!(player.set_entry_time(0, u64::MAX).is_err());
}

#[test]
fn marks_seen_further_on_stay_on_the_timeline_until_the_past_changes() {
    let mut player = player();
    advance(&mut player, 2_000);
    player.apply(produce("a")).unwrap();
    advance(&mut player, 15_000);
    let all = player.marks();
    assert!(all.iter().all(|mark| !mark.ahead) && all.len() > 3);
    seek(&mut player, 5_000);
    let marks = player.marks();
    assert_eq!(marks.len(), all.len());
    assert!(marks.iter().all(|mark| mark.ahead == (mark.at_ms > 5_000)), "{marks:?}");
    player.remove_entry(0);
    catch_up(&mut player);
    assert!(player.marks().iter().all(|mark| !mark.ahead && mark.at_ms <= 5_000));
}

#[test]
fn title_view_and_bookmarks_are_kept_within_their_bounds() {
    let mut player = player();
    player.set_title("Renamed").unwrap();
    assert!(player.set_title(&"x".repeat(201)).is_err());
    let bookmark = |at: u64| scenario::Bookmark { at, name: format!("at {at}") };
    player.set_bookmarks(vec![bookmark(9), bookmark(3)]).unwrap();
    assert!(player.set_bookmarks(vec![bookmark(1); 201]).is_err());
    player
        .set_view(Some(scenario::ViewHints { playing: Some(true), ..Default::default() }))
        .unwrap();
    let document = player.document();
    assert_eq!(document.title, "Renamed");
    assert_eq!(document.bookmarks, [bookmark(3), bookmark(9)]);
    assert_eq!(document.view.as_ref().unwrap().playing, Some(true));
    assert_eq!(document.setup.len(), 3);
}

#[test]
fn bookmarks_are_undone_and_done_again_beside_actions() {
    let mut player = player();
    advance(&mut player, 1_000);
    player.apply(produce("a")).unwrap();
    let hash = player.engine().trace_hash();
    let bookmark = |at: u64, name: &str| scenario::Bookmark { at, name: name.to_owned() };
    let names = |player: &Player| -> Vec<String> {
        player.facts().bookmarks.iter().map(|bookmark| bookmark.name.clone()).collect()
    };
    player.set_bookmarks(vec![bookmark(1_000, "here")]).unwrap();
    player.set_bookmarks(vec![bookmark(1_000, "here")]).unwrap();
    player.set_bookmarks(vec![bookmark(1_000, "there")]).unwrap();
    assert_eq!(player.undo().unwrap().at_ms, 1_000);
    assert_eq!(names(&player), ["here"]);
    player.undo();
    assert!(names(&player).is_empty() && player.can_undo());
    assert_eq!(player.engine().trace_hash(), hash, "the action is still there");
    player.redo();
    player.redo();
    assert!(!player.can_redo());
    assert_eq!(names(&player), ["there"]);
    assert_eq!(player.engine().trace_hash(), hash);
}

#[test]
fn dragging_comes_near_within_its_budget_and_the_newest_place_wins() {
    let mut player = player();
    advance(&mut player, 5_000);
    player.seek(4_321, u64::MAX);
    let hash = player.engine().trace_hash();
    player.seek(5_000, u64::MAX);
    let coarse = player.scrub(4_999, 0);
    assert!(!coarse.reached && player.elapsed_ms() < 4_999, "{coarse:?}");
    assert!(!player.is_replaying());
    while !player.scrub(4_321, 10).reached {}
    assert_eq!((player.elapsed_ms(), player.engine().trace_hash()), (4_321, hash));
    assert_eq!(player.reached_ms(), 5_000);
}

#[test]
fn a_play_that_would_run_out_of_memory_stands_still_until_the_past_is_changed() {
    let json = r#"{ "ottla": 1, "setup": [
        { "do": "create-topic", "topic": "huge", "partitions": 1 },
        { "do": "add-producer", "producer": "p", "configs": { "batch.size": "1000000", "linger.ms": "0" } } ] }"#;
    let mut player = Player::new(scenario::file::decode(json.as_bytes()).unwrap()).unwrap();
    advance(&mut player, 1_000);
    let stream = |records| Command::SetStream {
        producer: "p".to_owned(),
        stream: Some(log_engine::command::StreamSpec {
            topic: "huge".to_owned(),
            records,
            per_ms: 1_000,
            arrivals: Default::default(),
            keys: Default::default(),
            null_key_percent: 0,
            value_bytes_min: 900_000,
            value_bytes_max: 900_000,
        }),
    };
    player.apply(stream(200)).unwrap();
    let progress = loop {
        let progress = player.advance_to(60_000, SLICE);
        if progress.reached || progress.full {
            break progress;
        }
    };
    assert!(progress.full && !progress.reached && progress.at_ms > 2_000, "{progress:?}");
    let bytes = player.engine().cluster().brokers[0].log_bytes;
    let most = i64::try_from(scenario::limits::MAX_LOG_BYTES).unwrap();
    assert!(bytes >= most && bytes < most + most / 2, "{bytes}");
    assert!(player.advance_to(60_000, SLICE).full, "it stays so");
    assert_eq!(player.step(SLICE), None);

    // It is the action that is too much; taken back, time goes on.
    player.undo().unwrap();
    catch_up(&mut player);
    player.apply(stream(1)).unwrap();
    advance(&mut player, 20_000);
    same_as_fresh(&player);
}

#[test]
fn a_scheduled_action_waits_in_the_journal_for_its_moment_and_undo_takes_it_back() {
    let document = scenario::gallery::by_name("rolling-restart").unwrap().document().unwrap();
    let mut player = Player::new(Document { journal: Vec::new(), at: None, ..document }).unwrap();
    while !player.advance_to(5_000, 100_000).reached {}
    let crash = Command::CrashBroker { broker: 2 };
    assert!(player.schedule(5_000, crash.clone()).is_err(), "the moment has passed");
    player.schedule(9_000, crash).unwrap();
    player.schedule(7_000, Command::FreezeBroker { broker: 3, for_ms: Some(500) }).unwrap();
    let times: Vec<u64> = player.document().journal.iter().map(|entry| entry.at).collect();
    assert_eq!(times, [7_000, 9_000]);
    let up = |player: &Player| player.engine().cluster().brokers[1].up;
    while !player.advance_to(8_999, 100_000).reached {}
    assert!(up(&player));
    while !player.advance_to(9_001, 100_000).reached {}
    assert!(!up(&player));
    player.undo();
    player.undo();
    while !player.catch_up(100_000).reached {}
    assert!(up(&player) && player.document().journal.is_empty());
}
