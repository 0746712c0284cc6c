//! What a tool prints, line by line, within a bound.

use std::fmt::Display;

/// Most lines one command prints; what is beyond is counted.
const MAX_LINES: usize = 2_000;
/// The same for what goes into a file.
const MAX_FILE_LINES: usize = 50_000;
/// Longest line, in characters.
const MAX_CHARS: usize = 4_000;

/// Which stream a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// The terminal's own word, not a tool's.
    Note,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its stream.
    pub kind: Kind,
    /// Its text, without line ends.
    pub text: String,
}

/// Lines in the making.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    lines: Vec<Line>,
    dropped: usize,
    /// It goes into a file, whose own bound holds.
    whole: bool,
}

impl Screen {
    /// Lines for a file.
    pub(crate) fn for_file() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// A line of output; line ends in it make more of them.
    pub(crate) fn out(&mut self, text: impl Display) {
        self.print(Kind::Out, &text.to_string());
    }

    /// A line of error output.
    pub(crate) fn err(&mut self, text: impl Display) {
        self.print(Kind::Err, &text.to_string());
    }

    /// A line of the terminal's own.
    pub(crate) fn note(&mut self, text: impl Display) {
        self.print(Kind::Note, &text.to_string());
    }

    fn print(&mut self, kind: Kind, text: &str) {
        let most = if self.whole { MAX_FILE_LINES } else { MAX_LINES };
        for part in text.split('\n') {
            if self.lines.len() >= most {
                self.dropped += 1;
                continue;
            }
            if self.whole {
                self.lines.push(Line { kind, text: part.to_owned() });
                continue;
            }
            let mut chars = part.chars();
            let mut text: String = chars.by_ref().take(MAX_CHARS).collect();
            if chars.next().is_some() {
                text.push('…');
            }
            self.lines.push(Line { kind, text });
        }
    }

    /// All lines; the last says how many did not fit.
    pub(crate) fn finish(mut self) -> Vec<Line> {
        if self.dropped > 0 {
            let text = format!("{} more lines are not shown.", self.dropped);
            self.lines.push(Line { kind: Kind::Note, text });
        }
        self.lines
    }

    /// The text of what was put out, for a redirection.
    pub(crate) fn take_output(&mut self) -> String {
        let (out, rest): (Vec<Line>, Vec<Line>) =
            std::mem::take(&mut self.lines).into_iter().partition(|line| line.kind == Kind::Out);
        self.lines = rest;
        out.iter().fold(String::new(), |text, line| text + &line.text + "\n")
    }
}
