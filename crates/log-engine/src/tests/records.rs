//! DeleteRecords.

use super::*;
use serde_json::json;

fn with_300(configs: &[(&str, &str)]) -> Play {
    let mut play =
        Play::with(&[("log.retention.check.interval.ms", "5000")]).topic("orders", 1, configs);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10);
    play.send("p", "orders", keyed("A"), 300);
    play.run_to(1_000);
    play
}

fn delete_before(play: &mut Play, offset: i64) -> Result<(), CommandError> {
    play.json(json!({"do": "delete-records", "topic": "orders",
        "partitions": [{"partition": 0, "offset": offset}]}))
}

#[test]
fn s29_delete_records_in_mid_segment() {
    let mut play = with_300(&[]);
    let bytes = play.lane("orders", 0).bytes;
    delete_before(&mut play, 150).unwrap();
    play.run_to(1_001);
    let lane = play.lane("orders", 0);
    assert_eq!((lane.log_start, lane.deleted, lane.bytes), (150, Some((0, 149)), bytes));
    assert_eq!(lane.cells[0].offset, 150);
    assert!(play.engine.record("orders", 0, 149).is_none());
    // Below the log start: no error, nothing moves.
    delete_before(&mut play, 100).unwrap();
    play.run_to(1_100);
    assert_eq!(play.lane("orders", 0).log_start, 150);
    let refused = delete_before(&mut play, 301).unwrap_err();
    assert_eq!(refused.code, "OFFSET_OUT_OF_RANGE");
    assert_eq!(delete_before(&mut play, -2).unwrap_err().code, "OFFSET_OUT_OF_RANGE");
    // Everything: the active segment keeps its file all the same.
    delete_before(&mut play, -1).unwrap();
    play.run_to(60_000);
    let lane = play.lane("orders", 0);
    assert_eq!((lane.log_start, lane.log_end, lane.bytes), (300, 300, bytes));
    assert_eq!(play.engine.ledger(None).deleted, 300);
}

#[test]
fn s29_a_compacted_topic_does_not_let_records_be_deleted() {
    let mut play = with_300(&[("cleanup.policy", "compact")]);
    let refused = delete_before(&mut play, 10).unwrap_err();
    assert_eq!(refused.code, "POLICY_VIOLATION");
    let kafkas = "Records of partition orders-0 can not be deleted due to the configured policy";
    assert_eq!(refused.message, kafkas);
    delete_before(&mut with_300(&[("cleanup.policy", "compact,delete")]), 10).unwrap();
}

#[test]
fn s27_a_position_below_the_log_start_is_reset_by_policy() {
    let after = |policy: &str| {
        let mut play = with_300(&[]);
        play.send("p", "orders", keyed("A"), 1_700);
        play.run_to(2_000);
        // It reads 100 records, and is busy with them while 0 to 499 go.
        play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
            "configs": {"auto.offset.reset": "earliest", "max.poll.records": "100",
                "max.partition.fetch.bytes": "100", "fetch.max.bytes": "100"},
            "processing_us": 100_000, "members": [{}]}))
            .unwrap();
        play.run_to(8_000);
        play.json(json!({"do": "crash-member", "member": "g-1"})).unwrap();
        play.json(json!({"do": "alter-group", "group": "g", "set": {"auto.offset.reset": policy}}))
            .unwrap();
        delete_before(&mut play, 500).unwrap();
        play.run_to(8_100);
        play
    };
    for (policy, position) in [("earliest", 500), ("latest", 2_000)] {
        let mut play = after(policy);
        play.json(json!({"do": "start-member", "member": "g-1"})).unwrap();
        play.run_to(70_000);
        let set = play.events("reads P0 from");
        assert!(set.last().unwrap().1.contains(&format!("from {position}")), "{set:?}");
    }
    let mut play = after("none");
    play.json(json!({"do": "start-member", "member": "g-1"})).unwrap();
    play.run_to(70_000);
    assert!(!play.events("stops with").is_empty(), "{:?}", play.events("g-1"));
}

#[test]
fn delete_records_moves_a_reader_and_lets_closed_segments_go() {
    let mut play = with_300(&[("internal.segment.bytes", "12000")]);
    play.send("p", "orders", keyed("B"), 300);
    play.run_to(2_000);
    assert!(play.lane("orders", 0).segments.len() > 1);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        "configs": {"auto.offset.reset": "earliest", "max.poll.records": "10", "max.partition.fetch.bytes": "100"},
        "processing_us": 100_000, "members": [{}]}))
        .unwrap();
    play.run_to(7_000);
    delete_before(&mut play, 590).unwrap();
    play.run_to(7_001);
    assert_eq!(play.lane("orders", 0).log_start, 590);
    let why =
        play.engine.why(&crate::view::WhyTarget::LogStart { topic: "orders".into(), partition: 0 });
    assert!(why.unwrap().steps.iter().any(|step| step.title.contains("DeleteRecords")));
    play.run_to(60_000);
    let lane = play.lane("orders", 0);
    assert_eq!(lane.segments.len(), 1);
    assert!(!play.events("is out of range").is_empty());
    assert!(!play.events("were deleted before it had read them").is_empty());
}
