//! A remark inside a panel, and the command line that does the same as the panel.

use super::{icon::icon, text};
use leptos::prelude::*;

/// How serious a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Good to know.
    Info,
    /// Something gets worse by it.
    Warn,
    /// It was refused.
    Bad,
}

/// A note: `lead` in bold, then `text`.
pub fn note(kind: Kind, lead: impl Into<String>, text: impl Into<String>) -> AnyView {
    let (class, picture) = match kind {
        Kind::Info => ("note", "info"),
        Kind::Warn => ("note warn", "warn"),
        Kind::Bad => ("note bad", "warn"),
    };
    let role = (kind == Kind::Bad).then_some("alert");
    view! {
        <p class=class role=role>{icon(picture)}<span><b>{lead.into()}</b>" "{text.into()}</span></p>
    }
    .into_any()
}

/// A command as one would type it, each word kept in one piece.
pub fn command_line(words: Vec<String>) -> AnyView {
    let words = words.into_iter().map(|word| view! { <span>{word}</span>" " }).collect_view();
    view! { <code class="cli" aria-label="The same as a command">{words}</code> }.into_any()
}

/// The words of `tool --flag value ...`; values get quotes where a shell needs them.
pub fn command_words(tool: &str, flags: &[(&str, String)]) -> Vec<String> {
    let mut words = vec![tool.to_owned()];
    for (flag, value) in flags {
        words.push((*flag).to_owned());
        if !value.is_empty() {
            words.push(text::shell(value));
        }
    }
    words
}
