//! State of the terminal: what was printed, what is being typed, and the tool that runs. It outlives the pane.

use crate::session::Session;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use std::time::Duration;
use terminal::{Kind, Line, Mode, Outcome, Terminal};

/// A running tool is looked at this often.
const POLL: Duration = Duration::from_millis(150);
/// Blocks kept.
const MAX_BLOCKS: usize = 100;
/// Lines kept in one block; a consumer can go on for long.
const MAX_LINES: usize = 3_000;
/// Lines kept in all blocks together.
const MAX_ALL_LINES: usize = 6_000;

/// A command with what it printed.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its number.
    pub id: u64,
    /// What was typed.
    pub command: String,
    /// What was printed. It outlives the pane in which the command was typed.
    pub lines: ArcRwSignal<Vec<Line>>,
}

/// The handle that the pane's parts hold.
#[derive(Clone, Copy)]
pub struct Console {
    /// The session it acts on.
    pub session: Session,
    terminal: StoredValue<Terminal, LocalStorage>,
    /// What was typed and printed, oldest first.
    pub blocks: RwSignal<Vec<Block>>,
    /// What is being typed.
    pub draft: RwSignal<String>,
    /// What a typed line goes to.
    pub mode: RwSignal<Mode>,
    /// Grows when something was printed.
    pub printed: RwSignal<u64>,
    next_id: StoredValue<u64>,
}

impl Console {
    /// A terminal for this page. Call it once, where it is to live.
    pub fn new(session: Session) -> Self {
        let console = Self {
            session,
            terminal: StoredValue::new_local(Terminal::new()),
            blocks: RwSignal::new(Vec::new()),
            draft: RwSignal::new(String::new()),
            mode: RwSignal::new(Mode::Shell),
            printed: RwSignal::new(0),
            next_id: StoredValue::new(0),
        };
        let polls = set_interval_with_handle(move || console.poll(), POLL);
        on_cleanup(move || {
            if let Ok(polls) = polls {
                IntervalHandle::clear(&polls);
            }
        });
        console
    }

    /// Reads the terminal.
    pub fn with<T>(self, look: impl FnOnce(&Terminal) -> T) -> T {
        self.terminal.with_value(look)
    }

    /// Asks the terminal, with the cluster as it is now.
    fn ask(self, what: impl FnOnce(&mut Terminal, &log_engine::Engine) -> Outcome) -> Outcome {
        self.session.read(|engine| {
            self.terminal.try_update_value(|terminal| what(terminal, engine)).unwrap_or_default()
        })
    }

    /// Enters what is typed.
    pub fn enter(self) {
        let line = self.draft.get_untracked();
        self.draft.set(String::new());
        match self.mode.get_untracked() {
            Mode::Shell => {
                let outcome = self.ask(|terminal, engine| terminal.enter(&line, engine));
                if outcome.clear {
                    self.blocks.set(Vec::new());
                } else {
                    self.begin(line);
                }
                self.conclude(outcome);
            }
            Mode::Producer => {
                self.print(vec![Line { kind: Kind::Out, text: format!(">{line}") }]);
                let outcome = self.ask(|terminal, engine| terminal.enter(&line, engine));
                self.conclude(outcome);
            }
            Mode::Running => {}
        }
    }

    /// Ctrl-C.
    pub fn interrupt(self) {
        self.draft.set(String::new());
        let outcome = self.ask(Terminal::interrupt);
        self.conclude(outcome);
    }

    /// Ctrl-D.
    pub fn end_of_input(self) {
        let outcome = self.ask(Terminal::end_of_input);
        self.conclude(outcome);
    }

    /// Ctrl-L.
    pub fn clear(self) {
        self.blocks.set(Vec::new());
    }

    fn poll(self) {
        let busy = self.terminal.try_with_value(|terminal| terminal.mode() != Mode::Shell);
        if busy == Some(true) {
            let outcome = self.ask(Terminal::poll);
            self.conclude(outcome);
        }
    }

    /// Prints, and carries out what is asked for.
    fn conclude(self, outcome: Outcome) {
        self.print(outcome.lines);
        if let Some(act) = outcome.act {
            let refused =
                act.commands.iter().find_map(|command| self.session.apply(command.clone()).err());
            self.terminal.update_value(|terminal| terminal.concluded(refused.is_none()));
            match refused {
                Some(error) => self.print(act.refused(&error)),
                None => self.print(act.accepted),
            }
        }
        let mode = self.with(Terminal::mode);
        if self.mode.get_untracked() != mode {
            self.mode.set(mode);
            let starts = mode != Mode::Shell && !self.session.playing.get_untracked();
            if starts {
                let text = "Time stands still. The tool goes on when it runs.".to_owned();
                self.print(vec![Line { kind: Kind::Note, text }]);
            }
        }
    }

    fn begin(self, command: String) {
        self.next_id.update_value(|id| *id += 1);
        let id = self.next_id.get_value();
        let block = Block { id, command, lines: ArcRwSignal::new(Vec::new()) };
        self.blocks.update(|blocks| {
            blocks.push(block);
            let mut lines = 0;
            let fits = |block: &&Block| {
                lines += block.lines.with_untracked(Vec::len);
                lines <= MAX_ALL_LINES
            };
            let keep = blocks.iter().rev().take_while(fits).count().clamp(1, MAX_BLOCKS);
            blocks.drain(..blocks.len() - keep);
        });
        self.printed.update(|count| *count += 1);
    }

    /// Prints below the newest command.
    fn print(self, lines: Vec<Line>) {
        if lines.is_empty() {
            return;
        }
        if self.blocks.with_untracked(Vec::is_empty) {
            self.begin(String::new());
        }
        let newest =
            self.blocks.with_untracked(|blocks| blocks.last().map(|block| block.lines.clone()));
        if let Some(printed) = newest {
            printed.update(|printed| {
                printed.extend(lines);
                let beyond = printed.len().saturating_sub(MAX_LINES);
                printed.drain(..beyond);
            });
        }
        self.printed.update(|count| *count += 1);
    }
}
