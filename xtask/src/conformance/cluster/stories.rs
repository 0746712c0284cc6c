//! Stories told to both clusters: what a cluster is known to do when brokers fail, one thing each.

use anyhow::Result;
use serde_json::json;

use super::moves::{alter, crash, elect, node, producers, reassign, send, start, tail, topic};
use super::script::{CONTROLLER, Move, Script};

/// A story writes its steps.
type Story = fn(&mut Script<'_>) -> Result<()>;

/// All of them, by name.
pub const STORIES: &[(&str, Story)] = &[
    ("acks=1 and a leader that dies with the only copy", unreplicated_tail),
    ("a clean stop, and the preferred leader back", clean_stop),
    ("min.insync.replicas unmet", under_min_isr),
    ("all replicas down, the last back first", last_back_first),
    ("all replicas down, the first back first", first_back_first),
    ("unclean elections, by config and by request", unclean),
    ("logs that part twice", parted_twice),
    ("reassignments", reassigned),
    ("a reassignment to a broker that is down", reassigned_to_the_dead),
    ("records on their way while a leader dies", over_a_failover),
    ("a disk is lost", lost_disk),
    ("no controller", no_controller),
    ("a leader that stands still", zombie),
    ("deleted records", deleted_records),
    ("producers that know only dead brokers", only_dead_brokers),
];

fn unreplicated_tail(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[])])?;
    send(script, "all", "t", 5)?;
    let old = script.leader("t", 0)?;
    tail(script, "t", 3)?;
    send(script, "all", "t", 2)?;
    start(script, old)?;
    script.step("preferred leader", vec![elect("preferred", "t", 0)])?;
    send(script, "all", "t", 2)
}

fn clean_stop(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    let topics =
        vec![topic("t", 3, 3, &[("min.insync.replicas", "2")]), topic("single", 3, 1, &[])];
    script.set_up("topics", topics)?;
    send(script, "all", "t", 9)?;
    send(script, "all", "single", 9)?;
    let leader = script.leader("t", 0)?;
    script.step("clean stop of the leader", vec![node("stop-broker", leader)])?;
    send(script, "all", "t", 5)?;
    script.step("its preferred leader is down", vec![elect("preferred", "t", 0)])?;
    start(script, leader)?;
    script.step("preferred leader", vec![elect("preferred", "t", 0)])?;
    script.step("it leads already", vec![elect("preferred", "t", 0)])?;
    send(script, "all", "t", 5)?;
    send(script, "all", "single", 9)
}

fn under_min_isr(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[("min.insync.replicas", "2")])])?;
    send(script, "all", "t", 4)?;
    let followers = script.followers("t", 0)?;
    for &follower in &followers {
        crash(script, follower)?;
    }
    send(script, "brief", "t", 2)?;
    send(script, "one", "t", 2)?;
    start(script, followers[0])?;
    send(script, "all", "t", 2)?;
    script.step("more is asked for", vec![alter("t", "min.insync.replicas", "3")])?;
    send(script, "brief", "t", 1)?;
    start(script, followers[1])?;
    send(script, "all", "t", 2)
}

/// Crashes all replicas, the leader last. In which order they went.
fn all_down(script: &mut Script<'_>) -> Result<Vec<i64>> {
    let mut order = script.followers("t", 0)?;
    order.push(script.leader("t", 0)?);
    for (at, &broker) in order.iter().enumerate() {
        crash(script, broker)?;
        if at + 1 < order.len() {
            send(script, "one", "t", 2)?;
        }
    }
    Ok(order)
}

fn last_back_first(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[("min.insync.replicas", "2")])])?;
    send(script, "all", "t", 4)?;
    let order = all_down(script)?;
    for &broker in order.iter().rev() {
        start(script, broker)?;
    }
    send(script, "all", "t", 2)
}

fn first_back_first(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    let topics = vec![
        topic("t", 1, 3, &[("min.insync.replicas", "2")]),
        topic("u", 3, 3, &[]),
        topic("v", 3, 2, &[("min.insync.replicas", "2")]),
    ];
    script.set_up("topics", topics)?;
    for topic in ["t", "u", "v"] {
        send(script, "all", topic, 5)?;
    }
    let order = all_down(script)?;
    for &broker in &order {
        start(script, broker)?;
    }
    for topic in ["t", "u", "v"] {
        send(script, "all", topic, 3)?;
    }
    Ok(())
}

fn unclean(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    let always = [("unclean.leader.election.enable", "true")];
    let topics = vec![topic("t", 1, 2, &[]), topic("u", 1, 2, &[]), topic("v", 1, 2, &always)];
    script.set_up("topics", topics)?;
    for topic in ["t", "u", "v"] {
        send(script, "all", topic, 3)?;
    }
    let leaders: Vec<i64> =
        ["t", "u", "v"].iter().map(|topic| script.leader(topic, 0)).collect::<Result<_>>()?;
    let first = script.followers("t", 0)?[0];
    crash(script, first)?;
    for topic in ["t", "u", "v"] {
        if script.leader(topic, 0).is_ok() {
            send(script, "one", topic, 2)?;
        }
    }
    crash(script, leaders[0])?;
    start(script, first)?;
    script.step("unclean, by request", vec![elect("unclean", "t", 0)])?;
    let allowed = alter("u", "unclean.leader.election.enable", "true");
    script.step("unclean, by config", vec![allowed])?;
    for topic in ["t", "u", "v"] {
        if script.leader(topic, 0).is_ok() {
            send(script, "one", topic, 1)?;
        }
    }
    start(script, leaders[0])?;
    for topic in ["t", "u", "v"] {
        send(script, "all", topic, 2)?;
    }
    Ok(())
}

fn parted_twice(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[])])?;
    send(script, "all", "t", 3)?;
    let first = script.leader("t", 0)?;
    tail(script, "t", 4)?;
    send(script, "all", "t", 2)?;
    let second = script.leader("t", 0)?;
    // The one follower that is left stands still now.
    tail(script, "t", 5)?;
    send(script, "all", "t", 1)?;
    start(script, first)?;
    start(script, second)?;
    send(script, "all", "t", 2)
}

fn reassigned(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topics", vec![topic("t", 1, 2, &[]), topic("u", 1, 1, &[])])?;
    send(script, "all", "t", 4)?;
    send(script, "all", "u", 4)?;
    let [a, b] = script.replicas("t", 0)[..] else { return Ok(()) };
    let other = 6 - a - b;
    script.step("the leader's copy moves", vec![reassign("t", 0, &[other, b])])?;
    send(script, "all", "t", 2)?;
    script.step("one more replica", vec![reassign("t", 0, &[other, b, a])])?;
    script.step("the last is first", vec![reassign("t", 0, &[a, other, b])])?;
    script.step("preferred leader", vec![elect("preferred", "t", 0)])?;
    script.step("one replica alone", vec![reassign("t", 0, &[b])])?;
    send(script, "all", "t", 2)?;
    script.step("all", vec![reassign("u", 0, &[1, 2, 3])])?;
    send(script, "all", "u", 2)
}

fn reassigned_to_the_dead(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 2, &[])])?;
    send(script, "all", "t", 4)?;
    let [a, b] = script.replicas("t", 0)[..] else { return Ok(()) };
    let other = 6 - a - b;
    crash(script, other)?;
    script.step("to the broker that is down", vec![reassign("t", 0, &[other, b])])?;
    send(script, "all", "t", 2)?;
    let part = json!({ "topic": "t", "partition": 0 });
    let cancel = Move::Do(json!({ "do": "cancel-reassignment", "partitions": [part] }));
    script.step("called off", vec![cancel.clone()])?;
    script.step("nothing to call off", vec![cancel])?;
    script.step("once more", vec![reassign("t", 0, &[b, other])])?;
    start(script, other)?;
    send(script, "all", "t", 2)
}

fn over_a_failover(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[("min.insync.replicas", "2")])])?;
    send(script, "all", "t", 3)?;
    let leader = script.leader("t", 0)?;
    let moves = vec![
        node("freeze-broker", leader),
        script.produce("all", "t", 4),
        Move::Pass(300),
        node("crash-broker", leader),
        Move::Outcomes("all".to_owned()),
    ];
    script.step("the leader dies with records that it has not looked at", moves)?;
    let follower = script.followers("t", 0)?.into_iter().find(|broker| *broker != leader);
    let Some(follower) = follower else { return Ok(()) };
    start(script, leader)?;
    let moves = vec![
        node("crash-broker", follower),
        script.produce("all", "t", 3),
        Move::Outcomes("all".to_owned()),
    ];
    script.step("a follower dies, acks=all waits for it to be out of the ISR", moves)?;
    start(script, follower)?;
    send(script, "all", "t", 2)
}

/// Never the disk with the only copy: whether its broker leads again, with nothing, depends on whether it says first
/// where its replicas are now or that it lives. Kafka does one or the other.
fn lost_disk(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topics", vec![topic("t", 1, 3, &[]), topic("u", 3, 2, &[])])?;
    send(script, "all", "t", 4)?;
    send(script, "all", "u", 4)?;
    // From inside a batch on.
    let delete = json!({ "do": "delete-records", "topic": "t",
        "partitions": [{ "partition": 0, "offset": 2 }] });
    script.step("records go", vec![Move::Do(delete)])?;
    let leader = script.leader("t", 0)?;
    script.step("the leader's disk is lost", vec![node("lose-disk", leader)])?;
    send(script, "all", "t", 2)?;
    start(script, leader)?;
    let follower = script.followers("t", 0)?[0];
    script.step("a follower's disk is lost", vec![node("lose-disk", follower)])?;
    send(script, "one", "t", 2)?;
    start(script, follower)?;
    let old = script.leader("t", 0)?;
    crash(script, old)?;
    send(script, "all", "t", 2)?;
    start(script, old)
}

/// Clients hear that two brokers are gone, not that one of them is back, and then the third dies.
fn only_dead_brokers(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topics", vec![topic("t", 1, 3, &[]), topic("u", 3, 2, &[])])?;
    send(script, "all", "t", 2)?;
    let followers = script.followers("t", 0)?;
    for &follower in &followers {
        crash(script, follower)?;
        send(script, "all", "t", 1)?;
        send(script, "one", "t", 1)?;
    }
    start(script, followers[0])?;
    let last = script.leader("t", 0)?;
    crash(script, last)?;
    send(script, "all", "t", 2)?;
    send(script, "one", "t", 2)
}

fn no_controller(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[("min.insync.replicas", "2")])])?;
    send(script, "all", "t", 3)?;
    let leader = script.leader("t", 0)?;
    let moves = vec![
        node("crash-broker", CONTROLLER),
        script.produce("all", "t", 2),
        Move::Outcomes("all".to_owned()),
        node("crash-broker", leader),
        Move::Pass(500),
        node("start-broker", CONTROLLER),
    ];
    script.step("a leader dies while there is no controller", moves)?;
    send(script, "all", "t", 2)?;
    start(script, leader)?;
    send(script, "all", "t", 2)
}

fn zombie(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topic", vec![topic("t", 1, 3, &[])])?;
    send(script, "all", "t", 3)?;
    send(script, "one", "t", 1)?;
    let leader = script.leader("t", 0)?;
    let frozen = vec![node("freeze-broker", leader)];
    script.step("the leader stands still until another one leads", frozen)?;
    send(script, "all", "t", 2)?;
    script.step("it goes on", vec![node("thaw-broker", leader)])?;
    send(script, "one", "t", 2)?;
    let follower = script.followers("t", 0)?[0];
    let frozen = vec![node("freeze-broker", follower)];
    script.step("a follower stands still until it is out", frozen)?;
    send(script, "all", "t", 2)?;
    script.step("it goes on", vec![node("thaw-broker", follower)])?;
    send(script, "all", "t", 1)
}

fn deleted_records(script: &mut Script<'_>) -> Result<()> {
    producers(script)?;
    script.set_up("topics", vec![topic("t", 1, 3, &[]), topic("u", 1, 1, &[])])?;
    send(script, "all", "t", 8)?;
    send(script, "all", "u", 8)?;
    let delete = |topic: &str, offset: i64| {
        let part = json!({ "partition": 0, "offset": offset });
        Move::Do(json!({ "do": "delete-records", "topic": topic, "partitions": [part] }))
    };
    script.step("records go", vec![delete("t", 3), delete("u", 5)])?;
    script.step("beyond the end", vec![delete("t", 30)])?;
    let (leader, single) = (script.leader("t", 0)?, script.leader("u", 0)?);
    script.step("clean stop", vec![node("stop-broker", single)])?;
    start(script, single)?;
    if script.leader("t", 0)? == leader {
        crash(script, leader)?;
        start(script, leader)?;
    }
    crash(script, single)?;
    start(script, single)?;
    script.step("all go", vec![delete("t", -1)])?;
    send(script, "all", "t", 2)?;
    send(script, "all", "u", 2)
}
