//! The transcripts of a real cluster (`tests/golden/cli-transcripts.md`), command by command: what the tools print here
//! is what they printed there, but for ids, dates and addresses, and for the frames of stack traces.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use support::{Desk, golden, texts};

/// One command of the transcripts with what it printed.
struct Block {
    command: String,
    output: String,
}

fn blocks(text: &str) -> Vec<Block> {
    text.split("```console\n$ ")
        .skip(1)
        .map(|block| {
            let body = block.split("```").next().unwrap();
            let (command, output) = body.split_once('\n').unwrap();
            Block { command: command.to_owned(), output: output.to_owned() }
        })
        .collect()
}

/// What differs from run to run is put in one form.
fn normal(text: &str) -> String {
    let replaced = [
        (r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]", "[DATE]"),
        (r"TopicId: [A-Za-z0-9_-]{22}", "TopicId: ID"),
        (r"\b1[78]\d{11}\b", "TIME"),
        (r"\b(c\d|d\d)-[0-9a-f-]{36}", "$1-UUID"),
        (r"(127\.0\.0\.1|localhost):\d+  \(\d\) *", "HOST:PORT  (N) "),
        (r"crc: \d+", "crc: CRC"),
        (r"(QUFBQUFBQUFBQUFBQUFBQQ|T3R0bGFPdHRsYU90dGxhMA)", "CLUSTER"),
        (r"(S2Fma2|T3R0bG)[A-Za-z0-9_-]{16}", "DIRECTORY"),
        (r"GROUP  +(STATE|TYPE)", "GROUP $1"),
        (r#""replicas":\[[0-9,]*\],"log_dirs":\["any","any"\]"#, "PROPOSED BY CHANCE"),
        (r"CONTROLLER://[a-z0-9.:]*", "CONTROLLER"),
        (r"(HighWatermark|MaxFollowerLag|MaxFollowerLagTimeMs): +\d+", "$1: N"),
        (
            r"\t\d+ +\t\d+ +\t(TIME|\d+ ms ago) +\t(TIME|\d+ ms ago) +\t(Leader|Follower)",
            "\tEND\tLAG\tTIME\tTIME\t$3",
        ),
        (r"console-consumer-\d+ *", "console-consumer-N "),
        (r"correlation id \d+", "correlation id N"),
    ];
    let mut text = text.replace('\r', "");
    for (pattern, with) in replaced {
        text = regex_lite::Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
    }
    let text =
        regex_lite::Regex::new(r"Isr: [\d,]+").unwrap().replace_all(&text, in_order).into_owned();
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("\tat ") && *line != "(exit status 1)" && *line != "[...]")
        .filter(|line| !is_of_others(line))
        .collect();
    let kept: Vec<String> = kept.into_iter().map(without_internal).collect();
    kept.join("\n").trim_matches('\n').to_owned()
}

/// An election of all partitions is one of internal topics too, and names them in the order of a Java map.
fn without_internal(line: &str) -> String {
    let Some((before, names)) = line.split_once(" for partitions ") else { return line.to_owned() };
    let mut names: Vec<&str> = names.split(", ").filter(|name| !name.starts_with("__")).collect();
    names.sort_unstable();
    format!("{before} for partitions {}", names.join(", "))
}

/// The order within an ISR that has grown again is that of a Java set.
fn in_order(isr: &regex_lite::Captures<'_>) -> String {
    let mut letters: Vec<char> = isr[0].chars().collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

/// Nodes are called by other numbers here: the quorum's first leader is node 1, not 3.
fn renamed(text: &str) -> String {
    let fields = [
        r"(Leader|Replicas|Isr|Elr|LastKnownElr): [\d,]*",
        r"node\d",
        "replicas\":\\[[\\d,]*\\]",
        r"LeaderId: +\d",
        r"\n\d    ",
        r"--replica-assignment [\d:,]*",
    ];
    let mut text = text.to_owned();
    for pattern in fields {
        let rename = |found: &regex_lite::Captures<'_>| {
            let whole = found[0].chars();
            whole
                .map(|c| match c {
                    '1' => '2',
                    '2' => '3',
                    '3' => '1',
                    other => other,
                })
                .collect::<String>()
        };
        text = regex_lite::Regex::new(pattern).unwrap().replace_all(&text, rename).into_owned();
    }
    text
}

/// Lines about what there is not here: internal topics, the topic of a manual assignment, the group of the newer
/// protocol, and the connection to the broker that was killed.
fn is_of_others(line: &str) -> bool {
    let topic = line.trim_start().strip_prefix("Topic: ").unwrap_or(line);
    let others = ["__", "app2", "[DATE] WARN [AdminClient"];
    others.iter().any(|other| topic.starts_with(other))
}

/// Commands of the transcripts that are not to be had here, and why.
const NOT_HERE: &[(&str, &str)] = &[
    ("kafka-features.sh", "no such tool here"),
    ("kafka-cluster.sh", "no such tool here"),
    ("kafka-groups.sh", "no such tool here"),
    ("kafka-share-groups.sh", "no such tool here"),
    ("kafka-log-dirs.sh", "no such tool here"),
    ("kafka-producer-perf-test.sh", "no such tool here"),
    ("kafka-transactions.sh", "no such tool here"),
    ("app2", "group.protocol=consumer is not modelled"),
    ("--entity-type groups", "group configs are not modelled"),
    ("__cluster_metadata", "the metadata log is not modelled"),
    ("txn-0/", "transactions are not modelled"),
    ("max-timestamp", "a file's lines are all sent in one millisecond here"),
];

fn why_not_here(command: &str) -> Option<&'static str> {
    NOT_HERE.iter().find(|(word, _)| command.contains(word)).map(|(_, why)| *why)
}

/// Where the order is that of answers from several brokers.
const IN_ANY_ORDER: &[&str] =
    &["kafka-console-consumer.sh", "kafka-consumer-groups.sh --bootstrap-server $B --list"];

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// With it replicas are placed as they were, by chance, in the transcripts.
const SEED: u64 = 448;

/// A cluster at the state of the transcripts.
struct Replay {
    desk: Desk,
    failures: Vec<String>,
    compared: usize,
}

impl Replay {
    fn run(&mut self, block: &Block) -> String {
        let command =
            block.command.replace("$B", "127.0.0.1:19091,127.0.0.1:19092,127.0.0.1:19093");
        texts(&self.desk.enter(&renamed(&command)))
    }

    fn compare(&mut self, number: usize, block: &Block) {
        if why_not_here(&block.command).is_some() {
            return;
        }
        let (mut got, mut wanted) = (normal(&self.run(block)), normal(&renamed(&block.output)));
        if IN_ANY_ORDER.iter().any(|word| block.command.contains(word)) {
            (got, wanted) = (sorted(&got), sorted(&wanted));
        }
        self.compared += 1;
        if got != wanted {
            self.failures.push(format!(
                "#{number} $ {}\n--- wanted\n{wanted}\n--- got\n{got}\n",
                block.command
            ));
        }
    }

    fn write(&mut self, name: &str, text: &str) {
        let line = format!("echo '{text}' > {name}");
        assert!(self.desk.enter(&line).is_empty());
    }
}

#[test]
fn golden_transcripts_are_replayed() {
    let all = blocks(&golden("cli-transcripts.md"));
    let mut replay = Replay { desk: Desk::seeded(3, SEED), failures: Vec::new(), compared: 0 };
    for (number, block) in all.iter().enumerate() {
        prepare(&mut replay, number);
        replay.compare(number, block);
    }
    println!("{} commands compared", replay.compared);
    assert!(replay.failures.is_empty(), "{}", replay.failures.join("\n"));
}

/// What was done between the commands.
fn prepare(replay: &mut Replay, number: usize) {
    match number {
        22 => {
            let lines: Vec<String> =
                (0..16).map(|i| format!("user-{}:order {i}", 7 * i % 12)).collect();
            replay.write("input", &lines.join("\n"));
        }
        24 => replay.write("input", "a:1\nb:2\na:3\nc:NULL"),
        33 => {
            for member in ["c1", "c2"] {
                let start = json!({"do": "add-member", "group": "app1", "member": member});
                replay.desk.apply(start);
            }
            replay.desk.advance(20_000);
            replay.write("input", "user-5:late 1\nuser-7:late 2\nuser-2:late 3");
            let more = "kafka-console-producer.sh --bootstrap-server localhost:9092 --topic orders \
                        --reader-property parse.key=true --reader-property key.separator=: < input";
            replay.desk.enter(more);
            replay.desk.advance(20_000);
        }
        82 => {
            replay.desk.apply(json!({"do": "crash-broker", "broker": 2}));
            replay.desk.advance(12_000);
        }
        90 => replay.write("input", "k:value"),
        91 => {
            replay.desk.apply(json!({"do": "start-broker", "broker": 2}));
            replay.desk.advance(60_000);
        }
        45 => {
            for member in ["c1", "c2"] {
                replay.desk.apply(json!({"do": "close-member", "member": member}));
            }
            replay.desk.advance(10_000);
        }
        63 => replay.write(
            "del.json",
            "{\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"offset\":1}],\"version\":1}",
        ),
        96 => {
            replay.write(
                "topics.json",
                "{\"topics\":[{\"topic\":\"my.compacted_topic\"}],\"version\":1}",
            );
            replay.write(
                "plan.json",
                "{\"version\":1,\"partitions\":[{\"topic\":\"my.compacted_topic\",\"partition\":0,\"replicas\":[2,3]}]}",
            );
        }
        _ => {}
    }
}

#[test]
#[ignore = "finds SEED anew when the way replicas are placed has changed"]
fn find_seed() {
    let wanted = [
        ("orders", 3, 3, vec![2, 3, 1]),
        ("compacted", 1, 2, vec![3, 1]),
        ("strict", 1, 3, vec![1, 2, 3]),
    ];
    for seed in 0..20_000 {
        let mut desk = Desk::seeded(3, seed);
        let fits = wanted.iter().all(|(topic, partitions, factor, replicas)| {
            desk.advance(1_000);
            desk.apply(json!({"do": "create-topic", "topic": topic, "partitions": partitions, "replication_factor": factor}));
            desk.advance(1_000);
            let first = desk.engine.partitions(topic).into_iter().next().unwrap();
            first.replicas.iter().map(|id| id.0).collect::<Vec<i32>>() == *replicas
        });
        let fits = fits
            && {
                desk.apply(json!({"do": "create-topic", "topic": "assigned", "assignments": [[2, 3], [3, 1], [1, 2]]}));
                desk.advance(1_000);
                desk.apply(json!({"do": "create-partitions", "topic": "assigned", "count": 4}));
                desk.advance(1_000);
                desk.apply(json!({"do": "create-topic", "topic": "txn", "partitions": 1, "replication_factor": 3}));
                desk.advance(1_000);
                let replicas = |topic: &str| {
                    let last = desk.engine.partitions(topic).pop().unwrap();
                    last.replicas.iter().map(|id| id.0).collect::<Vec<i32>>()
                };
                replicas("assigned") == [2, 3] && replicas("txn") == [2, 3, 1]
            };
        assert!(!fits, "SEED = {seed}");
    }
}
