//! A program that answers JSON lines.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A conversation.
pub struct Talk {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Talk {
    /// Starts the program.
    pub fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let from = BufReader::new(from.context("no standard output")?);
        Ok(Self { child, to, from })
    }

    /// Says a line and hears one.
    pub fn ask(&mut self, line: &Value) -> Result<Value> {
        let to = self.to.as_mut().context("the conversation is over")?;
        to.write_all(format!("{line}\n").as_bytes())?;
        to.flush()?;
        let mut answer = String::new();
        if self.from.read_line(&mut answer)? == 0 {
            bail!("no answer to {line}; it ended with {}", self.child.wait()?);
        }
        serde_json::from_str(&answer).with_context(|| format!("not JSON: {answer}"))
    }

    /// As [`Talk::ask`], where anything but an answer is a fault of the caller.
    pub fn must(&mut self, line: &Value) -> Result<Value> {
        let answer = self.ask(line)?;
        match answer.get("invalid") {
            None => Ok(answer),
            Some(why) => bail!("{line}: {why} {}", answer["trace"].as_str().unwrap_or_default()),
        }
    }

    /// Lets the program end.
    pub fn end(mut self) -> Result<()> {
        drop(self.to.take());
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        drop(self.to.take());
        self.child.wait().ok();
    }
}
