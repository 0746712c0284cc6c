//! Kafka's command-line tools against the engine, as a terminal that knows no screen.
//!
//! A [`Terminal`] takes a line and reads the [`Engine`](log_engine::Engine). What comes back is an [`Outcome`]: lines to
//! print, and where the tool changes something an [`Act`], the commands that go into the journal like any other,
//! with what the tool prints when they were accepted and what it prints when one was refused. The console producer
//! and the console consumer take the terminal over until they end; what a consumer reads is printed as time goes on
//! ([`Terminal::poll`]).
//!
//! Options, checks, output and error texts are those of Apache Kafka 4.3.1 (`org.apache.kafka.tools`,
//! `kafka.admin.ConfigCommand`); a tool's options are read from its own recorded `--help` (`help/`). Left out are the
//! frames of Java's stack traces. Files that options name lie in the terminal itself: `echo TEXT > plan.json` makes one.

mod act;
mod address;
mod cluster;
mod complete;
mod date;
mod exception;
mod files;
mod filter;
mod java;
mod json;
mod options;
mod properties;
mod screen;
mod shell;
mod terminal;
mod tools;
mod words;

pub use act::Act;
pub use complete::{Completion, Suggestion};
pub use screen::{Kind, Line};
pub use terminal::{Mode, Outcome, Terminal};
