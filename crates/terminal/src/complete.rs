//! What could come next in a line: tools, options, and values by the option they are for.

use crate::address::{self, BOOTSTRAP};
use crate::cluster::Cluster;
use crate::files::Files;
use crate::options::{OptionSpec, Takes};
use crate::shell::{BUILTINS, listing};
use crate::tools::{TOOLS, Tool};
use crate::words::{Token, Words, quoted, split};
use log_engine::Engine;
use log_engine::config::{Scope, definitions};

/// Most suggestions.
const MOST: usize = 60;
/// Options that may be given more than once.
const REPEATED: [&str; 11] = [
    "config",
    "group",
    "topic",
    "reader-property",
    "formatter-property",
    "property",
    "command-property",
    "producer-property",
    "consumer-property",
    "entity-type",
    "entity-name",
];

/// One thing that could come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word.
    pub word: String,
    /// What it is, in a few words.
    pub about: String,
    /// The whole line with it taken.
    pub line: String,
}

/// All that could come next, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The part of a word that is typed already.
    pub typed: String,
    /// What it could become.
    pub suggestions: Vec<Suggestion>,
}

/// Words to choose from.
type Choices = Vec<(String, String)>;

pub(crate) fn complete(line: &str, engine: &Engine, files: &Files) -> Completion {
    let words = split(line);
    if words
        .tokens
        .iter()
        .any(|token| matches!(token, Token::Operator("|" | "&" | ";" | "&&" | "||")))
    {
        return Completion::default();
    }
    let typed = typed_word(&words);
    let before: Vec<&Token> =
        words.tokens.iter().take(words.tokens.len() - usize::from(words.open_word)).collect();
    let head = line.get(..words.last_start).unwrap_or(line);
    let (prefix, choices) = choices(&before, &typed, engine, files);
    let wanted = typed.get(prefix.len()..).unwrap_or_default().to_lowercase();
    let fits = |word: &str| {
        let word = word.to_lowercase();
        word.starts_with(&wanted) && word != wanted
    };
    let suggestions = choices.into_iter().filter(|(word, _)| fits(word)).take(MOST);
    let suggestion = |(word, about): (String, String)| {
        let whole = format!("{prefix}{word}");
        let open = whole.ends_with(['=', '/', ',']);
        let shown = if open && !whole.contains(' ') { whole } else { quoted(&whole) };
        let space = if open { "" } else { " " };
        Suggestion { line: format!("{head}{shown}{space}"), word, about }
    };
    Completion {
        suggestions: suggestions.map(suggestion).collect(),
        typed: typed.get(prefix.len()..).unwrap_or_default().to_owned(),
    }
}

fn typed_word(words: &Words) -> String {
    match words.tokens.last() {
        Some(Token::Word(word)) if words.open_word => word.clone(),
        _ => String::new(),
    }
}

/// What there is to choose from, and how much of the word stands before it.
fn choices(before: &[&Token], typed: &str, engine: &Engine, files: &Files) -> (String, Choices) {
    let named = |name: &str, about: &str| (name.to_owned(), about.to_owned());
    if let Some(Token::Operator("<" | ">" | ">>")) = before.last() {
        return (String::new(), files.names().map(|name| named(name, "file")).collect());
    }
    let words: Vec<&str> = before
        .iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Operator(_) => None,
        })
        .collect();
    let Some((first, args)) = words.split_first() else {
        let tools = TOOLS.iter().map(|tool| named(&format!("{}.sh", tool.name), tool.about));
        let own = BUILTINS.iter().map(|(name, about)| named(name, about));
        return (String::new(), tools.chain(own).collect());
    };
    let Some(tool) = Tool::named(first) else {
        let names = files.names().map(|name| named(name, "file"));
        return match *first {
            "cat" | "rm" => (String::new(), names.collect()),
            "ls" => paths(typed, engine),
            _ => (String::new(), Vec::new()),
        };
    };
    if tool.name == "kafka-metadata-quorum" {
        return (String::new(), quorum_words(args));
    }
    let spec = |word: &str| {
        let name = word.strip_prefix("--")?;
        tool.specs().iter().find(|spec| spec.name == name)
    };
    if let Some((name, _)) = typed.strip_prefix("--").and_then(|word| word.split_once('=')) {
        let (inner, choices) = values(tool, name, "", engine, files, args);
        return (format!("--{name}={inner}"), choices);
    }
    let option = args.last().and_then(|word| spec(word));
    match option {
        Some(option) if option.takes != Takes::Nothing && !typed.starts_with("--") => {
            values(tool, &option.name, typed, engine, files, args)
        }
        _ => (String::new(), options(tool, args)),
    }
}

/// Options not given yet, the server first.
fn options(tool: &Tool, args: &[&str]) -> Choices {
    let given = |spec: &OptionSpec| {
        let flag = format!("--{}", spec.name);
        args.iter().any(|word| *word == flag || word.starts_with(&format!("{flag}=")))
    };
    let open = |spec: &&OptionSpec| {
        let about = spec.about.to_lowercase();
        let old = about.starts_with("(deprecated)") || about.contains("no longer supported");
        !old && (!given(spec) || REPEATED.contains(&spec.name.as_str()))
    };
    let (first, rest): (Vec<&OptionSpec>, Vec<&OptionSpec>) =
        tool.specs().iter().filter(open).partition(|spec| spec.name == "bootstrap-server");
    let choice = |spec: &OptionSpec| (format!("--{}", spec.name), first_sentence(&spec.about));
    first.into_iter().chain(rest).map(choice).collect()
}

fn first_sentence(text: &str) -> String {
    let text = text.trim_start_matches("REQUIRED: ").trim_start_matches("REQUIRED. ");
    let end = text.find(". ").unwrap_or(text.len());
    let sentence = text.get(..end).unwrap_or(text).trim_end_matches('.');
    let mut letters = sentence.chars();
    let head = letters.next().map(|letter| letter.to_ascii_lowercase());
    let mut short: String = head.into_iter().chain(letters.by_ref().take(110)).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

fn quorum_words(args: &[&str]) -> Choices {
    let named = |name: &str, about: &str| (name.to_owned(), about.to_owned());
    if args.last() == Some(&"--bootstrap-server") {
        return vec![named(BOOTSTRAP, "the cluster")];
    }
    let all = if args.contains(&"describe") {
        vec![
            named("--status", "leader, epoch and lag in short"),
            named("--replication", "node by node"),
            named("--human-readable", "times as ms ago"),
        ]
    } else {
        vec![
            named("--bootstrap-server", "a broker to connect to"),
            named("describe", "describe the metadata quorum"),
        ]
    };
    all.into_iter().filter(|(word, _)| !args.contains(&word.as_str())).collect()
}

/// Values of an option; lists and pairs are completed part by part.
fn values(
    tool: &Tool,
    option: &str,
    typed: &str,
    engine: &Engine,
    files: &Files,
    args: &[&str],
) -> (String, Choices) {
    let cluster = Cluster { engine };
    let named = |name: String, about: &str| (name, about.to_owned());
    let fixed = |words: &[&str]| -> Choices {
        words.iter().map(|word| ((*word).to_owned(), String::new())).collect()
    };
    let configs = |scope: Scope| -> Choices {
        let all = definitions(scope).iter().filter(|def| !def.internal);
        all.map(|def| (format!("{}=", def.name), def.explanation.to_owned())).collect()
    };
    let topics = || cluster.topics().into_iter().map(|topic| named(topic, "topic")).collect();
    let plain = |choices: Choices| (String::new(), choices);
    match option {
        "bootstrap-server" | "bootstrap-controller" => {
            plain(vec![named(BOOTSTRAP.to_owned(), "the cluster")])
        }
        "topic" | "include" => plain(topics()),
        "group" => plain(groups(engine)),
        "partition" | "partitions" => plain(partitions(cluster, args)),
        "broker" => {
            plain(cluster.live_brokers().iter().map(|b| named(b.0.to_string(), "broker")).collect())
        }
        "broker-list" => {
            let all: Vec<String> =
                cluster.live_brokers().iter().map(|broker| broker.0.to_string()).collect();
            plain(vec![named(all.join(","), "all brokers")])
        }
        "config" => pairs(typed, configs(Scope::Topic)),
        "add-config" => {
            let done = typed.rfind(',').map_or(0, |at| at + 1);
            let (head, part) = typed.split_at_checked(done).unwrap_or(("", typed));
            let (inner, choices) = pairs(part, configs(Scope::Topic));
            (format!("{head}{inner}"), choices)
        }
        "delete-config" => plain(
            definitions(Scope::Topic)
                .iter()
                .map(|def| named(def.name.to_owned(), def.explanation))
                .collect(),
        ),
        "command-property" if tool.name == "kafka-console-producer" => {
            pairs(typed, configs(Scope::Producer))
        }
        "command-property" => pairs(typed, configs(Scope::Consumer)),
        "reader-property" => pairs(
            typed,
            fixed(&[
                "parse.key=",
                "key.separator=",
                "parse.headers=",
                "null.marker=",
                "ignore.error=",
            ]),
        ),
        "formatter-property" => pairs(
            typed,
            fixed(&[
                "print.key=",
                "print.partition=",
                "print.offset=",
                "print.timestamp=",
                "print.headers=",
                "print.value=",
                "key.separator=",
                "null.literal=",
            ]),
        ),
        "time" => plain(fixed(&["latest", "earliest", "max-timestamp"])),
        "offset" => plain(fixed(&["earliest", "latest"])),
        "election-type" => plain(fixed(&["preferred", "unclean"])),
        "isolation-level" => plain(fixed(&["read_uncommitted", "read_committed"])),
        "compression-codec" => plain(fixed(&["none", "gzip", "snappy", "lz4", "zstd"])),
        "entity-type" => plain(fixed(&["topics", "brokers"])),
        "entity-name" if args.contains(&"brokers") => {
            plain(cluster.live_brokers().iter().map(|b| named(b.0.to_string(), "broker")).collect())
        }
        "entity-name" => plain(topics()),
        "state" => plain(fixed(&["Stable", "Empty", "PreparingRebalance", "CompletingRebalance"])),
        "type" => plain(fixed(&["classic", "consumer"])),
        "files" => paths(typed, engine),
        _ if option.ends_with("-file") || option.ends_with("-config") => {
            plain(files.names().map(|name| named(name.to_owned(), "file")).collect())
        }
        _ => plain(Vec::new()),
    }
}

/// Names with an equals sign; behind it, what is known of the value.
fn pairs(typed: &str, names: Choices) -> (String, Choices) {
    match typed.split_once('=') {
        None => (String::new(), names),
        Some((name, _)) => {
            let words: &[&str] = match name {
                "cleanup.policy" => &["delete", "compact"],
                "compression.type" => &["none", "gzip", "snappy", "lz4", "zstd"],
                "acks" => &["all", "1", "0"],
                "auto.offset.reset" => &["earliest", "latest", "none"],
                "message.timestamp.type" => &["CreateTime", "LogAppendTime"],
                _ if name.starts_with("print.") || name.starts_with("parse.") => &["true", "false"],
                _ => &[],
            };
            let words = words.iter().map(|word| ((*word).to_owned(), String::new()));
            (format!("{name}="), words.collect())
        }
    }
}

fn groups(engine: &Engine) -> Choices {
    let mut names: Vec<String> = engine.groups().into_iter().map(|group| group.group).collect();
    let described = engine.described_groups().into_iter();
    names.extend(described.map(|known| known.description.group.to_string()));
    sorted::sort(&mut names);
    names.dedup();
    names.into_iter().map(|name| (name, "group".to_owned())).collect()
}

/// Partition numbers of the topic named before.
fn partitions(cluster: Cluster<'_>, args: &[&str]) -> Choices {
    let at = args.iter().rposition(|word| *word == "--topic");
    let topic = at.and_then(|at| args.get(at + 1)).copied().unwrap_or_default();
    let all = cluster.partitions_of(topic).into_iter();
    all.map(|tp| (tp.partition.to_string(), "partition".to_owned())).collect()
}

/// Paths below the brokers' log directories, one folder at a time.
fn paths(typed: &str, engine: &Engine) -> (String, Choices) {
    let done = typed.rfind(',').map_or(0, |at| at + 1);
    let (head, path) = typed.split_at_checked(done).unwrap_or(("", typed));
    let folder = path.rfind('/').map_or("", |at| path.get(..at).unwrap_or_default());
    if folder.is_empty() || !folder.starts_with("/var/lib/kafka") {
        let brokers = Cluster { engine }.live_brokers();
        let dirs = brokers.iter().map(|id| (format!("{}/", address::log_dir(*id)), String::new()));
        return (head.to_owned(), dirs.collect());
    }
    let deepest = address::in_log_dir(folder).is_some_and(|(_, partition, _)| partition.is_some());
    let slash = if deepest { "" } else { "/" };
    let names = listing(engine, folder).unwrap_or_default().into_iter();
    let names = names.map(|name| (format!("{name}{slash}"), String::new()));
    (format!("{head}{folder}/"), names.collect())
}
