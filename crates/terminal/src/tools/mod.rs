//! The tools, and what they have in common: options, help, and what a tool's `main` does with an exception.

mod configs;
mod configs_describe;
mod console_consumer;
mod console_producer;
mod consuming;
mod delete_records;
mod dump_log;
mod election;
mod formatter;
mod get_offsets;
mod group_tables;
mod groups;
mod line_reader;
mod quorum;
mod reassign;
mod reassign_json;
mod reset;
mod table;
mod topics;
mod topics_describe;

pub(crate) use console_producer::Producing;
pub(crate) use consuming::{Consuming, Polled};

use crate::act::{Act, Refusal};
use crate::cluster::Cluster;
use crate::date::log_stamp;
use crate::exception::{Exception, Stop};
use crate::files::Files;
use crate::options::{OptionSpec, Options, read_help};
use crate::screen::{Line, Screen};
use crate::terminal::Running;
use log_engine::config::{Scope, lookup};
use log_engine::{Command, Configs, Engine};
use std::sync::LazyLock;

/// The version the tools are of.
const VERSION: &str = "4.3.1";

/// One tool.
pub(crate) struct Tool {
    /// Its name, without `.sh`.
    pub name: &'static str,
    /// What it is for, for completion.
    pub about: &'static str,
    /// What it prints for `--help`.
    pub help: &'static str,
    run: fn(&mut Job<'_>) -> Result<(), Stop>,
    /// What `main` prints of an exception of the option parser.
    misread: fn(&mut Job<'_>, &Exception),
    /// What `main` prints of any other.
    thrown: fn(&mut Job<'_>, &Exception),
}

/// All of them.
pub(crate) const TOOLS: &[Tool] = &[
    topics::TOOL,
    configs::TOOL,
    console_producer::TOOL,
    console_consumer::TOOL,
    groups::TOOL,
    get_offsets::TOOL,
    dump_log::TOOL,
    quorum::TOOL,
    election::TOOL,
    reassign::TOOL,
    delete_records::TOOL,
];

static SPECS: LazyLock<Vec<Vec<OptionSpec>>> =
    LazyLock::new(|| TOOLS.iter().map(|tool| read_help(tool.help)).collect());

impl Tool {
    /// The tool a word names: with or without `.sh`, with or without the folder it lies in.
    pub(crate) fn named(word: &str) -> Option<&'static Tool> {
        let name = word.rsplit('/').next().unwrap_or(word);
        let name = name.strip_suffix(".sh").unwrap_or(name);
        TOOLS.iter().find(|tool| tool.name == name)
    }

    /// Its options.
    pub(crate) fn specs(&self) -> &'static [OptionSpec] {
        let at = TOOLS.iter().position(|tool| tool.name == self.name);
        at.and_then(|at| SPECS.get(at)).map_or(&[], Vec::as_slice)
    }
}

/// A tool at work.
pub(crate) struct Job<'a> {
    pub tool: &'static Tool,
    pub cluster: Cluster<'a>,
    pub files: &'a Files,
    pub args: Vec<String>,
    pub options: Options,
    pub screen: Screen,
    pub act: Option<Act>,
    pub mode: Option<Running>,
}

impl<'a> Job<'a> {
    /// A tool about to begin.
    pub(crate) fn new(
        tool: &'static Tool,
        args: Vec<String>,
        engine: &'a Engine,
        files: &'a Files,
    ) -> Self {
        Self {
            tool,
            cluster: Cluster { engine },
            files,
            args,
            options: Options::default(),
            screen: Screen::default(),
            act: None,
            mode: None,
        }
    }

    /// Runs it to its end, or to where it takes the terminal over.
    pub(crate) fn run(&mut self) {
        let tool = self.tool;
        let result = (tool.run)(self);
        match result {
            Ok(()) | Err(Stop::Done) => {}
            Err(Stop::Usage(message)) => self.usage(&message),
            Err(Stop::Message(message)) => self.screen.err(message),
            Err(Stop::Thrown(thrown)) if thrown.class.starts_with("joptsimple.") => {
                (tool.misread)(self, &thrown);
            }
            Err(Stop::Thrown(thrown)) => (tool.thrown)(self, &thrown),
        }
    }

    /// Reads the options; `--help` and `--version` are answered here (`maybePrintHelpOrVersion`).
    pub(crate) fn read_options(&mut self) -> Result<(), Stop> {
        self.options = Options::parse(self.tool.specs(), &self.args)?;
        if self.args.is_empty() || self.options.has("help") {
            let about = self.tool.help.lines().next().unwrap_or_default();
            return Err(Stop::Usage(about.to_owned()));
        }
        if self.options.has("version") {
            self.screen.out(VERSION);
            return Err(Stop::Done);
        }
        Ok(())
    }

    /// `printUsageAndExit`.
    pub(crate) fn usage(&mut self, message: &str) {
        self.screen.err(message);
        self.tool.help.lines().skip(1).for_each(|line| self.screen.err(line));
    }

    /// `checkRequiredArgs`.
    pub(crate) fn require(&self, names: &[&str]) -> Result<(), Stop> {
        match names.iter().find(|name| !self.options.has(name)) {
            Some(name) => Err(Stop::Usage(format!("Missing required argument \"[{name}]\""))),
            None => Ok(()),
        }
    }

    /// `checkInvalidArgs`.
    pub(crate) fn forbid_with(&self, used: &str, others: &[&str]) -> Result<(), Stop> {
        let other = others.iter().find(|other| self.options.has(used) && self.options.has(other));
        match other {
            Some(other) => {
                let text = format!("Option \"[{used}]\" can't be used with option \"[{other}]\"");
                Err(Stop::Usage(text))
            }
            None => Ok(()),
        }
    }

    /// A file that an option names.
    pub(crate) fn file(&self, option: &str) -> Result<String, Stop> {
        let path = self.options.value(option)?.unwrap_or_default();
        let text = self.files.read(path).map(str::to_owned);
        Ok(text.ok_or_else(|| Exception::unreadable(path))?)
    }

    /// Commands for the journal, and what is printed when they were accepted.
    pub(crate) fn act(&mut self, commands: Vec<Command>, accepted: &[String], refusal: Refusal) {
        let mut screen = Screen::default();
        accepted.iter().for_each(|line| screen.out(line));
        self.act = Some(Act {
            commands,
            accepted: screen.finish(),
            refusal,
            forgives: None,
            now_ms: self.cluster.engine.now_ms(),
        });
    }

    /// Says that this is not to be had here, and ends.
    pub(crate) fn not_here(&mut self, text: &str) -> Result<(), Stop> {
        self.screen.note(text);
        Err(Stop::Done)
    }

    /// What was printed.
    pub(crate) fn lines(self) -> Vec<Line> {
        self.screen.finish()
    }
}

/// `System.err.println(e.getMessage())`, then the stack trace, of which the first line is left.
fn message_and_trace(job: &mut Job<'_>, thrown: &Exception) {
    job.screen.err(&thrown.message);
    job.screen.err(thrown.trace());
}

/// An exception that `main` does not catch.
fn uncaught(job: &mut Job<'_>, thrown: &Exception) {
    job.screen.err(format!("Exception in thread \"main\" {}", thrown.trace()));
}

/// Names as a sentence lists them.
fn joined(items: impl IntoIterator<Item = impl ToString>, separator: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(separator)
}

/// A name that no client has, as near to the one wanted as can be: here a `client.id` is a name.
fn free_name(engine: &Engine, wanted: &str) -> String {
    let producers = engine.producers().into_iter().map(|producer| producer.name);
    let groups = engine.groups().into_iter().flat_map(|group| group.members);
    let taken: Vec<String> = producers.chain(groups.map(|member| member.name)).collect();
    let numbered = (2u32..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Takes configs away that a client here does not have, and says so of those a person gave, as a client does.
fn drop_unknown(job: &mut Job<'_>, configs: &mut Configs, scope: Scope, own: &[&str]) {
    let unknown: Vec<String> =
        configs.keys().filter(|name| lookup(scope, name).is_none()).cloned().collect();
    configs.retain(|name, _| !unknown.contains(name));
    let given: Vec<String> =
        unknown.into_iter().filter(|name| !own.contains(&name.as_str())).collect();
    if !given.is_empty() {
        let stamp = log_stamp(job.cluster.engine.now_ms());
        let class = match scope {
            Scope::Producer => "producer.ProducerConfig",
            _ => "consumer.ConsumerConfig",
        };
        job.screen.err(format!(
            "{stamp} WARN These configurations '[{}]' were supplied but are not used yet. \
             (org.apache.kafka.clients.{class})",
            given.join(", ")
        ));
    }
}
