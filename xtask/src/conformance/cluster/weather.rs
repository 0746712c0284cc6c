//! Cases that a seed makes: topics of several kinds, and steps chosen by what the cluster has come to.
//!
//! Chosen so that Kafka has one way to take them: nothing is done while something else is still under way, unless the
//! step is about that; two brokers never start or die at the same moment; and no disk is lost that holds the only copy,
//! as it depends on which of two requests comes first whether its broker leads again with nothing.

use anyhow::Result;
use serde_json::{Value, json};

use super::dice::Dice;
use super::moves::{
    alter, assigned_topic, crash, elect, node, producers, reassign, send, start, tail,
};
use super::script::{BROKERS, CONTROLLER, Move, Script, numbers};

/// Steps of a case, beside those that make it up and mend it.
const STEPS: u64 = 10;
/// The topic whose leader may be left alone: it has one partition.
const TAIL: &str = "t";

/// Writes a case.
pub fn write(script: &mut Script<'_>, seed: u64) -> Result<()> {
    let dice = &mut Dice::new(seed);
    producers(script)?;
    let mut topics = vec![random_topic(dice, TAIL, 1, 3)];
    for name in ["u", "v"].iter().take(usize::try_from(dice.from(1, 2))?) {
        let (partitions, factor) = (dice.from(1, 3), usize::try_from(dice.from(1, 3))?);
        topics.push(random_topic(dice, name, partitions, factor));
    }
    script.set_up("topics", topics)?;
    for name in names(script) {
        let count = dice.from(1, 9);
        send(script, "all", &name, count)?;
    }
    for _ in 0..STEPS {
        step(script, dice)?;
    }
    mend(script, dice)
}

fn random_topic(dice: &mut Dice, name: &str, partitions: u64, factor: usize) -> Move {
    let min_isr = dice.from(1, factor as u64).to_string();
    let mut configs = vec![("min.insync.replicas", min_isr.as_str())];
    if dice.chance(25) {
        configs.push(("unclean.leader.election.enable", "true"));
    }
    let all: Vec<i64> = (1..=BROKERS).collect();
    let replicas = (0..partitions).map(|_| {
        let mut replicas = dice.shuffled(&all);
        replicas.truncate(factor);
        replicas
    });
    assigned_topic(name, replicas.collect(), &configs)
}

fn names(script: &Script<'_>) -> Vec<String> {
    script.state()["topics"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// Brokers that run, or do not.
fn brokers(script: &Script<'_>, run: bool) -> Vec<i64> {
    (1..=BROKERS).filter(|&broker| script.runs(broker) == run).collect()
}

/// Running brokers that the controller has fenced: frozen ones.
fn frozen(script: &Script<'_>) -> Vec<i64> {
    let fenced = |broker: &i64| script.state()["brokers"][broker.to_string()]["fenced"] == true;
    brokers(script, true).into_iter().filter(fenced).collect()
}

fn step(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    // A broker that stands still goes on next, or dies.
    if let Some(&broker) = frozen(script).first() {
        let what = if dice.chance(80) { "thaw-broker" } else { "crash-broker" };
        return script.step(&format!("{what} {broker}"), vec![node(what, broker)]);
    }
    let (up, down) = (brokers(script, true), brokers(script, false));
    let other = if up.len() > 1 { dice.pick(&up) } else { None };
    match (dice.from(0, 99), other, dice.pick(&down)) {
        (0..=22, ..) => produce(script, dice),
        (23..=33, Some(broker), _) => crash(script, broker),
        (34..=39, Some(broker), _) => {
            script.step(&format!("clean stop of {broker}"), vec![node("stop-broker", broker)])
        }
        (23..=50, _, Some(broker)) => start(script, broker),
        (40..=50, Some(broker), _) => {
            let about = format!("{broker} stands still until it is fenced");
            script.step(&about, vec![node("freeze-broker", broker)])
        }
        (51..=58, Some(_), _) => alone(script, dice),
        (59..=65, Some(_), _) => over_a_failover(script, dice),
        (66..=69, Some(broker), _) => lose_disk(script, broker),
        (70..=73, ..) => without_controller(script, dice),
        (74..=81, ..) => delete(script, dice),
        (82..=87, ..) => hold_election(script, dice),
        (88..=95, ..) => move_replicas(script, dice),
        (96.., ..) => change_config(script, dice),
        _ => produce(script, dice),
    }
}

/// Whether all of a topic's partitions have a leader, and enough replicas in sync for acks=all.
fn health(script: &Script<'_>, topic: &str) -> (bool, bool) {
    let partitions = script.state()["topics"][topic].as_array().cloned().unwrap_or_default();
    let led = |part: &Value| part["leader"].as_i64().is_some_and(|leader| leader > 0);
    let min_isr = script.min_isr(topic);
    let enough = |part: &Value| {
        let replicas = numbers(&part["replicas"]).len() - numbers(&part["adding"]).len();
        numbers(&part["isr"]).len() >= min_isr.min(replicas.max(1))
    };
    (partitions.iter().all(led), partitions.iter().all(|part| led(part) && enough(part)))
}

fn produce(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let Some(topic) = dice.pick(&names(script)) else { return Ok(()) };
    let (led, enough) = health(script, &topic);
    let producer = match (led, enough) {
        (_, true) => dice.pick(&["all", "plain", "one", "none"]),
        (true, false) => dice.pick(&["one", "brief", "brief"]),
        (false, _) => dice.pick(&["brief", "brief-one"]),
    };
    let count = dice.from(1, 8);
    send(script, producer.unwrap_or("brief"), &topic, count)
}

fn alone(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let followers = script.followers(TAIL, 0).unwrap_or_default();
    if followers.is_empty() {
        return produce(script, dice);
    }
    let count = dice.from(1, 6);
    tail(script, TAIL, count)
}

/// Records are on their way to a leader that dies. Some other replica has to be in sync.
fn over_a_failover(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let isr = numbers(&script.partition(TAIL, 0)["isr"]);
    let Ok(leader) = script.leader(TAIL, 0) else { return produce(script, dice) };
    if isr.len() <= script.min_isr(TAIL) || isr.len() < 2 {
        return produce(script, dice);
    }
    let count = dice.from(1, 6);
    let moves = vec![
        node("freeze-broker", leader),
        script.produce("all", TAIL, count),
        Move::Pass(300),
        node("crash-broker", leader),
        Move::Outcomes("all".to_owned()),
    ];
    script.step(&format!("{leader} dies with records that it has not looked at"), moves)
}

/// Only where each partition that is on the broker is on another one in sync.
fn lose_disk(script: &mut Script<'_>, broker: i64) -> Result<()> {
    let topics = script.state()["topics"].as_object().into_iter().flatten();
    let mut partitions = topics.flat_map(|(_, parts)| parts.as_array().into_iter().flatten());
    let is_only_copy = |part: &Value| {
        let others = numbers(&part["isr"]).into_iter().filter(|other| *other != broker);
        numbers(&part["replicas"]).contains(&broker) && others.count() == 0
    };
    if partitions.any(is_only_copy) {
        return crash(script, broker);
    }
    script.step(&format!("{broker} loses its disk"), vec![node("lose-disk", broker)])?;
    start(script, broker)
}

fn without_controller(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let up = brokers(script, true);
    let mut moves = vec![node("crash-broker", CONTROLLER)];
    if let Some(broker) = dice.pick(&up).filter(|_| up.len() > 1 && dice.chance(60)) {
        moves.push(node("crash-broker", broker));
    }
    moves.extend([Move::Pass(300), node("start-broker", CONTROLLER)]);
    script.step("the controller dies and starts again", moves)
}

/// A partition, and how it stands.
fn partition(script: &Script<'_>, dice: &mut Dice) -> Option<(String, usize, Value)> {
    let topic = dice.pick(&names(script))?;
    let count = script.state()["topics"][&topic].as_array()?.len() as u64;
    let number = usize::try_from(dice.from(0, count.checked_sub(1)?)).ok()?;
    let stands = script.partition(&topic, number).clone();
    Some((topic, number, stands))
}

fn delete(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let Some((topic, number, stands)) = partition(script, dice) else { return Ok(()) };
    let Some(end) = stands["end"].as_u64() else { return produce(script, dice) };
    let offset = if dice.chance(20) { -1 } else { i64::try_from(dice.from(0, end + 1))? };
    let part = json!({ "partition": number, "offset": offset });
    let command = json!({ "do": "delete-records", "topic": topic, "partitions": [part] });
    script.step("records go", vec![Move::Do(command)])
}

fn hold_election(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    // Some election that is not needed, too, but not many.
    let is_preferred = |stands: &Value| stands["leader"] == stands["replicas"][0];
    let mut found = partition(script, dice);
    for _ in 0..5 {
        if found.as_ref().is_some_and(|(_, _, stands)| is_preferred(stands)) {
            found = partition(script, dice);
        }
    }
    let Some((topic, number, stands)) = found else { return Ok(()) };
    let offline = stands["leader"] == -1;
    let how = if dice.chance(if offline { 80 } else { 20 }) { "unclean" } else { "preferred" };
    script.step(&format!("{how} election"), vec![elect(how, &topic, number)])
}

fn move_replicas(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let Some((topic, number, stands)) = partition(script, dice) else { return Ok(()) };
    // One that a reassignment has removed can be left in the ELR, and then another reassignment fails in the controller
    // ("Replica 1 is not assigned to this partition").
    let replicas = numbers(&stands["replicas"]);
    if numbers(&stands["elr"]).iter().any(|broker| !replicas.contains(broker)) {
        return produce(script, dice);
    }
    let under_way =
        !numbers(&stands["adding"]).is_empty() || !numbers(&stands["removing"]).is_empty();
    if under_way && dice.chance(50) {
        let part = json!({ "topic": topic, "partition": number });
        let command = json!({ "do": "cancel-reassignment", "partitions": [part] });
        return script.step("a reassignment is called off", vec![Move::Do(command)]);
    }
    let all: Vec<i64> = (1..=BROKERS).collect();
    let mut replicas = dice.shuffled(&all);
    // The leader of records that it acks alone needs followers.
    replicas.truncate(usize::try_from(dice.from(if topic == TAIL { 2 } else { 1 }, 3))?);
    script.step("replicas move", vec![reassign(&topic, number, &replicas)])
}

fn change_config(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    let Some(topic) = dice.pick(&names(script)) else { return Ok(()) };
    let (name, value) = match dice.from(0, 2) {
        0 => ("unclean.leader.election.enable", dice.chance(50).to_string()),
        _ => ("min.insync.replicas", dice.from(1, 3).to_string()),
    };
    script.step(&format!("{topic}: {name}={value}"), vec![alter(&topic, name, &value)])
}

/// All brokers come back, one by one, and what can be written to is.
fn mend(script: &mut Script<'_>, dice: &mut Dice) -> Result<()> {
    for broker in frozen(script) {
        script.step(&format!("{broker} goes on"), vec![node("thaw-broker", broker)])?;
    }
    for broker in dice.shuffled(&brokers(script, false)) {
        start(script, broker)?;
    }
    for topic in names(script) {
        if health(script, &topic).1 {
            send(script, "all", &topic, 2)?;
        }
    }
    Ok(())
}
