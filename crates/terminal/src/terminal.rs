//! The terminal itself: takes lines, keeps its files and history, and the console tool that has taken it over.

use crate::act::Act;
use crate::complete::{self, Completion};
use crate::exception::Exception;
use crate::files::Files;
use crate::screen::{Line, Screen};
use crate::shell;
use crate::tools::{Consuming, Job, Polled, Producing, Tool};
use crate::words::{Token, split};
use log_engine::{Engine, TimestampMs};

/// Longest line taken, in bytes.
const MAX_LINE: usize = 64 * 1024;
/// Lines remembered.
const MAX_HISTORY: usize = 200;

/// What a typed line goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A command.
    Shell,
    /// A record of the console producer.
    Producer,
    /// Nothing: a console tool runs until it ends, or is interrupted.
    Running,
}

/// A console tool that has the terminal.
#[derive(Debug, Clone)]
pub(crate) enum Running {
    Producer(Box<Producing>),
    Consumer(Box<Consuming>),
}

/// What came of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// To print, at once.
    pub lines: Vec<Line>,
    /// To carry out after that; tell [`Terminal::concluded`] what came of it.
    pub act: Option<Act>,
    /// Empty the screen first.
    pub clear: bool,
}

/// A terminal.
#[derive(Debug, Clone, Default)]
pub struct Terminal {
    files: Files,
    history: Vec<String>,
    running: Option<Running>,
    started_ms: TimestampMs,
}

impl Terminal {
    /// A fresh one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a typed line goes to.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match &self.running {
            None => Mode::Shell,
            Some(Running::Producer(producing)) if !producing.closing => Mode::Producer,
            Some(_) => Mode::Running,
        }
    }

    /// What stands before the line.
    #[must_use]
    pub fn prompt(&self) -> &'static str {
        match self.mode() {
            Mode::Shell => "$",
            Mode::Producer => ">",
            Mode::Running => "",
        }
    }

    /// Commands typed so far, oldest first.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// A line, typed and entered.
    pub fn enter(&mut self, line: &str, engine: &Engine) -> Outcome {
        let line = line.trim_end_matches(['\n', '\r']);
        if line.len() > MAX_LINE {
            let text = format!("A line has at most {MAX_LINE} bytes here.");
            return note(&text);
        }
        match &mut self.running {
            None => self.command(line.trim(), engine),
            Some(Running::Producer(producing)) if !producing.closing => {
                match producing.line(line) {
                    Ok(command) => outcome_of(Screen::default(), vec![command], engine),
                    Err(thrown) => self.producer_failed(&thrown, engine),
                }
            }
            Some(_) => Outcome::default(),
        }
    }

    fn producer_failed(&mut self, thrown: &Exception, engine: &Engine) -> Outcome {
        let mut screen = Screen::default();
        screen.err(thrown);
        match &mut self.running {
            Some(Running::Producer(producing)) => {
                let close = producing.close();
                outcome_of(screen, vec![close], engine)
            }
            _ => Outcome { lines: screen.finish(), ..Outcome::default() },
        }
    }

    fn command(&mut self, line: &str, engine: &Engine) -> Outcome {
        if line.is_empty() || line.starts_with('#') {
            return Outcome::default();
        }
        if self.history.last().is_none_or(|last| last != line) {
            self.history.push(line.to_owned());
        }
        if self.history.len() > MAX_HISTORY {
            self.history.remove(0);
        }
        let parsed = match shell::read(split(line)) {
            Ok(parsed) => parsed,
            Err(text) => return note(&text),
        };
        let Some((name, args)) = parsed.words.split_first() else { return Outcome::default() };
        match Tool::named(name) {
            Some(tool) => self.tool(tool, args, &parsed, engine),
            None => shell::builtin(&mut self.files, &self.history, engine, name, args, &parsed),
        }
    }

    fn tool(
        &mut self,
        tool: &'static Tool,
        args: &[String],
        parsed: &shell::Parsed,
        engine: &Engine,
    ) -> Outcome {
        let input = match &parsed.input {
            Some(path) => match self.files.read(path) {
                Some(text) => Some(text.to_owned()),
                None => return note(&format!("{path}: No such file or directory")),
            },
            None => None,
        };
        let mut job = Job::new(tool, args.to_vec(), engine, &self.files);
        if parsed.output.is_some() {
            job.screen = Screen::for_file();
        }
        job.run();
        let (mut act, running) = (job.act.take(), job.mode.take());
        let output = parsed.output.as_ref().map(|_| job.screen.take_output());
        let mut lines = job.lines();
        if let (Some(text), Some((path, append))) = (output, &parsed.output) {
            let accepted = act.as_mut().map(|act| std::mem::take(&mut act.accepted));
            let more: Vec<String> =
                accepted.into_iter().flatten().map(|line| line.text + "\n").collect();
            if let Err(text) = self.files.write(path, &(text + &more.concat()), *append) {
                lines.extend(note(&text).lines);
            }
        }
        self.running = running;
        self.started_ms = engine.now_ms();
        if let (Some(text), Some(Running::Producer(producing)), Some(act)) =
            (input, &mut self.running, &mut act)
        {
            let (commands, failed) = producing.lines(&text);
            act.commands.extend(commands);
            act.commands.push(producing.close());
            if let Some(thrown) = failed {
                let mut screen = Screen::default();
                screen.err(thrown);
                act.accepted.extend(screen.finish());
            }
        }
        Outcome { lines, act, clear: false }
    }

    /// Told what came of an [`Act`]: a console tool whose client could not be started ends.
    pub fn concluded(&mut self, accepted: bool) {
        if !accepted {
            self.running = None;
        }
    }

    /// What the running console tool prints by now. Call it as time goes on.
    pub fn poll(&mut self, engine: &Engine) -> Outcome {
        let mut screen = Screen::default();
        let seen = match &self.running {
            None => return Outcome::default(),
            Some(Running::Producer(producing)) => producing.seen(),
            Some(Running::Consumer(consuming)) => consuming.seen(),
        };
        if engine.now_ms() < self.started_ms || engine.cluster().events < seen.0 {
            self.running = None;
            return note(
                "Time went back, to before the running tool had got so far. It is let go.",
            );
        }
        let mut commands = Vec::new();
        match &mut self.running {
            Some(Running::Producer(producing)) => {
                let closed = producing.poll(engine, &mut screen);
                if closed {
                    self.running = None;
                }
            }
            Some(Running::Consumer(consuming)) => {
                if let Polled::Ends(close) = consuming.poll(engine, &mut screen) {
                    commands.extend(close);
                    self.running = None;
                }
            }
            None => {}
        }
        outcome_of(screen, commands, engine)
    }

    /// Ctrl-C: the running tool ends; what was being typed is dropped.
    pub fn interrupt(&mut self, engine: &Engine) -> Outcome {
        let mut outcome = self.poll(engine);
        let mut screen = Screen::default();
        screen.out("^C");
        let mut commands = Vec::new();
        match &mut self.running {
            Some(Running::Producer(producing)) if !producing.closing => {
                commands.push(producing.close());
            }
            // Interrupted again while it closes: it is let go.
            Some(Running::Producer(_)) => self.running = None,
            Some(Running::Consumer(consuming)) => {
                commands.extend(consuming.close(&mut screen));
                self.running = None;
            }
            None => {}
        }
        let more = outcome_of(screen, commands, engine);
        outcome.lines.extend(more.lines);
        outcome.act = outcome.act.or(more.act);
        outcome
    }

    /// Ctrl-D: no more input. The console producer ends by it.
    pub fn end_of_input(&mut self, engine: &Engine) -> Outcome {
        match &mut self.running {
            Some(Running::Producer(producing)) if !producing.closing => {
                let close = producing.close();
                outcome_of(Screen::default(), vec![close], engine)
            }
            _ => Outcome::default(),
        }
    }

    /// What could come next in a line.
    #[must_use]
    pub fn complete(&self, line: &str, engine: &Engine) -> Completion {
        if self.mode() != Mode::Shell || line.len() > MAX_LINE {
            return Completion::default();
        }
        complete::complete(line, engine, &self.files)
    }
}

/// Lines, and commands whose refusal is printed alone.
fn outcome_of(screen: Screen, commands: Vec<log_engine::Command>, engine: &Engine) -> Outcome {
    let act = (!commands.is_empty()).then(|| Act {
        commands,
        accepted: Vec::new(),
        refusal: crate::act::Refusal::Message,
        forgives: None,
        now_ms: engine.now_ms(),
    });
    Outcome { lines: screen.finish(), act, clear: false }
}

/// One line of the terminal's own.
pub(crate) fn note(text: &str) -> Outcome {
    let mut screen = Screen::default();
    screen.note(text);
    Outcome { lines: screen.finish(), ..Outcome::default() }
}

/// Words alone, for what takes no operators.
pub(crate) fn only_words(tokens: Vec<Token>) -> Vec<String> {
    let word = |token| match token {
        Token::Word(word) => Some(word),
        Token::Operator(_) => None,
    };
    tokens.into_iter().filter_map(word).collect()
}
