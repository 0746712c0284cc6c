//! What an administrator of a cluster does: chooses replicas, moves them, has leaders elected, sets brokers' configs.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use support::{Desk, texts};

const SERVER: &str = "--bootstrap-server localhost:9092";
const PLAN: &str = r#"{"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[4,3]}]}"#;

/// Four brokers, of which the first three vote and the first is the controller; a partition on 2 and 3.
fn with_topic() -> Desk {
    let mut desk = Desk::new(4);
    let line = format!("kafka-topics.sh {SERVER} --create --topic t --replica-assignment 2:3");
    assert_eq!(desk.text(&line), "Created topic t.");
    desk.advance(5_000);
    assert_eq!(replicas(&desk, 0), [2, 3]);
    desk.enter(&format!("echo '{PLAN}' > plan.json"));
    desk
}

fn replicas(desk: &Desk, partition: i32) -> Vec<i32> {
    let partitions = desk.engine.partitions("t");
    let known = partitions.iter().find(|known| known.partition == partition).unwrap();
    known.replicas.iter().map(|id| id.0).collect()
}

fn reassign(desk: &mut Desk, rest: &str) -> String {
    desk.text(&format!("kafka-reassign-partitions.sh {SERVER} {rest}"))
}

#[test]
fn replicas_are_placed_where_a_person_says() {
    let mut desk = with_topic();
    let create = |desk: &mut Desk, list: &str| {
        let line =
            format!("kafka-topics.sh {SERVER} --create --topic u --replica-assignment {list}");
        desk.text(&line)
    };
    let said = |text: &str| format!("Error while executing topic command : {text}\n");
    for (list, text) in [
        ("1:1", "Partition replica lists may not contain duplicate entries: 1"),
        ("1:2,3", "Partition 1 has different replication factor: [3]"),
        ("1:x", "For input string: \"x\""),
        (
            "1:9",
            "The manual partition assignment includes broker 9, but no such broker is registered.",
        ),
    ] {
        let printed = create(&mut desk, list);
        assert!(printed.starts_with(&said(text)), "{printed}");
    }
    let alter = |desk: &mut Desk, count: u32, list: &str| {
        let options = format!("--partitions {count} --replica-assignment {list}");
        desk.text(&format!("kafka-topics.sh {SERVER} --alter --topic t {options}"))
    };
    let printed = alter(&mut desk, 3, "2:3,1:4");
    let short =
        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.";
    assert!(printed.starts_with(&said(short)), "{printed}");
    let printed = alter(&mut desk, 2, "2:3");
    assert!(printed.contains("but only 0 assignment(s) were specified."), "{printed}");
    let printed = alter(&mut desk, 2, "2:3:1,1:4:2");
    assert!(printed.contains("which have 2 replica(s)."), "{printed}");
    assert_eq!(alter(&mut desk, 2, "2:3,1:4"), "");
    desk.advance(1_000);
    assert_eq!(replicas(&desk, 1), [1, 4], "those it has already are passed over");
    let journal = serde_json::to_value(&desk.journal).unwrap();
    assert_eq!(
        journal,
        json!([
            {"do": "create-topic", "topic": "t", "replication_factor": -1, "assignments": [[2, 3]]},
            {"do": "create-partitions", "topic": "t", "count": 2, "assignments": [[1, 4]]},
        ])
    );
}

#[test]
fn nobody_leads_where_all_that_are_chosen_are_down() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "stop-broker", "broker": 4}));
    desk.advance(5_000);
    let line = format!("kafka-topics.sh {SERVER} --create --topic u --replica-assignment 3,4");
    let printed = desk.text(&line);
    let text = "All brokers specified in the manual partition assignment for partition 1 are fenced or in \
                controlled shutdown.";
    assert!(printed.contains(text), "{printed}");
}

#[test]
fn a_move_is_started_watched_and_called_off() {
    let mut desk = with_topic();
    // The one that joins can't reach the leader, so the move goes on until somebody ends it.
    desk.apply(json!({"do": "set-link", "from": ["4"], "to": ["2"], "both": true, "cut": true}));
    let execute = "--execute --reassignment-json-file plan.json";
    let verify = "--verify --reassignment-json-file plan.json";
    let started = reassign(&mut desk, execute);
    assert!(started.ends_with("Successfully started partition reassignment for t-0"), "{started}");
    desk.advance(2_000);
    assert_eq!(
        reassign(&mut desk, "--list"),
        "Current partition reassignments:\nt-0: replicas: 4,3,2. adding: 4. removing: 2."
    );
    let verified = reassign(&mut desk, verify);
    assert!(verified.contains("Reassignment of partition t-0 is still in progress."), "{verified}");
    assert!(!verified.contains("Clearing"), "throttles stay while something moves: {verified}");
    assert!(
        reassign(&mut desk, execute).starts_with("Cannot execute because there is an existing")
    );
    let cancelled = reassign(&mut desk, "--cancel --reassignment-json-file plan.json");
    assert!(
        cancelled.starts_with("Successfully cancelled partition reassignment for: t-0"),
        "{cancelled}"
    );
    desk.advance(2_000);
    assert_eq!(replicas(&desk, 0), [3, 2], "what the move was to remove came last");
    let verified = reassign(&mut desk, verify);
    let not_done =
        "There is no active reassignment of partition t-0, but replica set is 3,2 rather than 4,3.";
    assert!(verified.contains(not_done), "{verified}");
    desk.apply(json!({"do": "heal-links"}));
    reassign(&mut desk, execute);
    desk.advance(5_000);
    assert_eq!(replicas(&desk, 0), [4, 3]);
    let verified = reassign(&mut desk, verify);
    assert!(verified.contains("Reassignment of partition t-0 is completed."), "{verified}");
}

#[test]
fn of_several_moves_those_that_can_be_are_started() {
    let mut desk = with_topic();
    desk.enter(&format!(
        "kafka-topics.sh {SERVER} --alter --topic t --partitions 2 --replica-assignment 2:3,3:1"
    ));
    desk.advance(1_000);
    let plan = r#"{"version":1,"partitions":[
        {"topic":"t","partition":0,"replicas":[1,2,3]},{"topic":"t","partition":1,"replicas":[3,4]}]}"#;
    desk.enter(&format!("echo '{plan}' > two.json"));
    let options = "--reassignment-json-file two.json --disallow-replication-factor-change";
    let printed = reassign(&mut desk, &format!("--execute {options}"));
    let error =
        "Error reassigning partition(s):\nt-0: The replication factor is changed from 2 to 3";
    assert!(printed.ends_with(error), "{printed}");
    desk.advance(5_000);
    assert_eq!((replicas(&desk, 0), replicas(&desk, 1)), (vec![2, 3], vec![3, 4]));
}

#[test]
fn a_leader_out_of_sync_is_elected_only_when_somebody_says_so() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "stop-broker", "broker": 3}));
    desk.advance(5_000);
    desk.apply(json!({"do": "crash-broker", "broker": 2}));
    desk.advance(1_000);
    // The quorum has its majority again, and its leader finds that 2 is dead.
    desk.apply(json!({"do": "start-broker", "broker": 3}));
    desk.advance(30_000);
    let leader = |desk: &Desk| desk.engine.partitions("t").first().and_then(|known| known.leader);
    assert_eq!(leader(&desk), None, "3 was not in sync when 2 died");
    let elect = |desk: &mut Desk, kind: &str| {
        let line = format!("kafka-leader-election.sh {SERVER} --election-type {kind}");
        texts(&desk.enter(&format!("{line} --topic t --partition 0")))
    };
    let printed = elect(&mut desk, "preferred");
    assert!(printed.contains("The preferred leader was not available."), "{printed}");
    assert_eq!(
        elect(&mut desk, "unclean"),
        "Successfully completed leader election (UNCLEAN) for partitions t-0"
    );
    desk.advance(2_000);
    assert_eq!(leader(&desk).map(|id| id.0), Some(3));
}

#[test]
fn brokers_have_configs_of_their_own_and_of_all() {
    let mut desk = with_topic();
    let configs =
        |desk: &mut Desk, rest: &str| desk.text(&format!("kafka-configs.sh {SERVER} {rest}"));
    let all = "--entity-type brokers --entity-default";
    assert_eq!(
        configs(&mut desk, &format!("--alter {all} --add-config log.retention.ms=60000")),
        "Completed updating default config for brokers in the cluster."
    );
    let one = "--alter --entity-type brokers --entity-name 2 --add-config log.retention.ms=5000";
    assert_eq!(configs(&mut desk, one), "Completed updating config for broker 2.");
    desk.advance(1_000);
    let described = configs(&mut desk, "--describe --entity-type brokers --entity-name 2");
    assert!(
        described.contains(
            "log.retention.ms=5000 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.retention.ms=5000, \
             DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=60000"
        ),
        "{described}"
    );
    let described = configs(&mut desk, &format!("--describe {all}"));
    assert!(described.contains("log.retention.ms=60000"), "{described}");
    let read_only = "--alter --entity-type brokers --entity-name 2 --add-config num.partitions=3";
    let printed = configs(&mut desk, read_only);
    assert!(printed.contains("InvalidConfigurationException"), "{printed}");
}
