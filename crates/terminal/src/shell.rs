//! The little there is of a shell: redirections, a few commands of its own, and a helpful word for the rest.

use crate::address;
use crate::files::Files;
use crate::screen::Screen;
use crate::terminal::{Outcome, note, only_words};
use crate::tools::TOOLS;
use crate::words::{Token, Words};
use log_engine::{BrokerId, Engine};

/// Commands of its own, with what they are for.
pub(crate) const BUILTINS: [(&str, &str); 7] = [
    ("help", "what there is"),
    ("clear", "empty the screen"),
    ("history", "commands typed so far"),
    ("echo", "print, or write a file: echo '{...}' > plan.json"),
    ("cat", "show a file"),
    ("ls", "list files, or a broker's log directory"),
    ("rm", "remove a file"),
];

/// Kafka's other tools.
const OTHERS: [&str; 19] = [
    "kafka-acls",
    "kafka-broker-api-versions",
    "kafka-client-metrics",
    "kafka-cluster",
    "kafka-console-share-consumer",
    "kafka-consumer-perf-test",
    "kafka-delegation-tokens",
    "kafka-features",
    "kafka-groups",
    "kafka-log-dirs",
    "kafka-metadata-shell",
    "kafka-producer-perf-test",
    "kafka-replica-verification",
    "kafka-server-start",
    "kafka-server-stop",
    "kafka-share-groups",
    "kafka-storage",
    "kafka-streams-application-reset",
    "kafka-transactions",
];

/// A line taken apart.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// The command and its arguments.
    pub words: Vec<String>,
    /// `< file`.
    pub input: Option<String>,
    /// `> file`, or `>> file`, which adds to it.
    pub output: Option<(String, bool)>,
}

/// Reads the redirections of a line; what this is no shell for is refused.
pub(crate) fn read(words: Words) -> Result<Parsed, String> {
    if let Some(quote) = words.open_quote {
        return Err(format!("The quote {quote} is not closed."));
    }
    let mut parsed = Parsed::default();
    let mut tokens = words.tokens.into_iter();
    let mut plain = Vec::new();
    while let Some(token) = tokens.next() {
        let Token::Operator(operator) = token else {
            plain.push(token);
            continue;
        };
        match operator {
            "|" => {
                let text = "Pipes are not supported: each tool's output stands here whole.";
                return Err(text.to_owned());
            }
            "<" | ">" | ">>" => {
                let Some(Token::Word(path)) = tokens.next() else {
                    return Err("syntax error near unexpected token `newline'".to_owned());
                };
                match operator {
                    "<" => parsed.input = Some(path),
                    _ => parsed.output = Some((path, operator == ">>")),
                }
            }
            other => {
                return Err(format!(
                    "{other} is not supported: enter one command after the other."
                ));
            }
        }
    }
    parsed.words = only_words(plain);
    Ok(parsed)
}

/// Runs a command that is no tool of Kafka's.
pub(crate) fn builtin(
    files: &mut Files,
    history: &[String],
    engine: &Engine,
    name: &str,
    args: &[String],
    parsed: &Parsed,
) -> Outcome {
    let mut screen = if parsed.output.is_some() { Screen::for_file() } else { Screen::default() };
    match name {
        "clear" => return Outcome { clear: true, ..Outcome::default() },
        "help" => help(&mut screen),
        "history" => {
            for (number, line) in (1u32..).zip(history) {
                screen.out(format!("{number:>5}  {line}"));
            }
        }
        "echo" => screen.out(args.join(" ")),
        "cat" => {
            let input = parsed.input.iter().chain(args);
            for path in input {
                match files.read(path) {
                    Some(text) => screen.out(text.strip_suffix('\n').unwrap_or(text)),
                    None => screen.err(format!("cat: {path}: No such file or directory")),
                }
            }
        }
        "ls" => list(&mut screen, files, engine, args.first().map(String::as_str)),
        "rm" => {
            for path in args {
                if !files.remove(path) {
                    screen.err(format!("rm: cannot remove '{path}': No such file or directory"));
                }
            }
        }
        other => unknown(&mut screen, other),
    }
    if let Some((path, append)) = &parsed.output {
        let text = screen.take_output();
        if let Err(text) = files.write(path, &text, *append) {
            return note(&text);
        }
    }
    Outcome { lines: screen.finish(), ..Outcome::default() }
}

fn help(screen: &mut Screen) {
    screen.out("Kafka's tools, as of 4.3.1. Each prints its options with --help.");
    for tool in TOOLS {
        screen.out(format!("  {:<32} {}", format!("{}.sh", tool.name), tool.about));
    }
    screen.out("And of this terminal:");
    for (name, about) in BUILTINS {
        screen.out(format!("  {name:<32} {about}"));
    }
    screen.out(
        "Tab takes a suggestion, Up and Down go through what was typed, Ctrl-C ends a running tool, \
         Ctrl-D ends the console producer's input. Files live as long as the page.",
    );
}

/// Files of the terminal; with a path those of a broker.
fn list(screen: &mut Screen, files: &Files, engine: &Engine, path: Option<&str>) {
    let Some(path) = path else {
        files.names().for_each(|name| screen.out(name));
        return;
    };
    if files.read(path).is_some() {
        screen.out(path);
        return;
    }
    match listing(engine, path.trim_end_matches('/')) {
        Some(names) => names.iter().for_each(|name| screen.out(name)),
        None => screen.err(format!("ls: cannot access '{path}': No such file or directory")),
    }
}

/// What is in a folder of a broker's log directory.
pub(crate) fn listing(engine: &Engine, path: &str) -> Option<Vec<String>> {
    let brokers = engine.cluster().brokers;
    if path == "/var/lib/kafka" {
        return Some(brokers.iter().map(|broker| format!("node{}", broker.id.0)).collect());
    }
    let (broker, folder, file) = address::in_log_dir(path)?;
    if file.is_some() || !brokers.iter().any(|known| known.id == broker) {
        return None;
    }
    match folder {
        None => Some(folders(engine, broker)),
        Some(folder) => {
            let (topic, partition) = address::topic_and_partition(folder)?;
            let log = engine.replica_log(broker, topic, partition)?;
            Some(log.files().into_iter().map(|file| file.name).collect())
        }
    }
}

fn folders(engine: &Engine, broker: BrokerId) -> Vec<String> {
    let topics = engine.cluster().topics;
    let partitions = topics.iter().flat_map(|topic| engine.partitions(&topic.name));
    let here = partitions.filter(|partition| partition.replicas.contains(&broker));
    here.map(|partition| format!("{}-{}", partition.topic, partition.partition)).collect()
}

fn unknown(screen: &mut Screen, name: &str) {
    let plain = name.rsplit('/').next().unwrap_or(name);
    let plain = plain.strip_suffix(".sh").unwrap_or(plain);
    if OTHERS.contains(&plain) {
        screen.note(format!("{plain}.sh is not to be had here; help lists the tools that are."));
        return;
    }
    screen.err(format!("{name}: command not found"));
    let tools = TOOLS.iter().map(|tool| tool.name);
    let known = tools.chain(BUILTINS.iter().map(|(name, _)| *name));
    let nearest = known.map(|known| (distance(plain, known), known)).min();
    match nearest {
        Some((edits, known)) if edits <= 4 && edits < plain.chars().count() => {
            let suffix = if known.starts_with("kafka-") { ".sh" } else { "" };
            screen.note(format!("Did you mean {known}{suffix}?"));
        }
        _ => screen.note("help lists what there is."),
    }
}

/// Edits from one word to another (Levenshtein), of words that are not long.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(64).enumerate() {
        let mut next = vec![at + 1];
        for (i, wanted) in other.iter().enumerate() {
            let swap = row.get(i).copied().unwrap_or(0) + usize::from(letter != *wanted);
            let drop = row.get(i + 1).copied().unwrap_or(0) + 1;
            let add = next.last().copied().unwrap_or(0) + 1;
            next.push(swap.min(drop).min(add));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_tool_is_near_the_one_meant() {
        assert_eq!(distance("kafka-topic", "kafka-topics"), 1);
        assert_eq!(distance("kafak-topics", "kafka-topics"), 2);
        assert_eq!(distance("", "help"), 4);
    }
}
