//! How a document is shown: what of the page travels with it, and the colours of its keys.

use super::{Legend, Selection, Session};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::{KeyDistribution, Payload};
use scenario::{Document, Selected, ViewHints};

/// Keys of one `sequence` that the legend takes in ahead of their first use.
const SEQUENCE_KEYS: u32 = 200;
/// Views cut keys at this many characters.
const KEY_CHARS: usize = 48;

impl Session {
    /// What of the page's state travels with the document.
    pub(super) fn view_hints(self) -> ViewHints {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let speed_x10 = (self.speed.get_untracked() * 10.0).round() as u32;
        let selected = self.page.selection.get_untracked().map(|selection| Selected {
            topic: selection.topic,
            partition: selection.partition,
            offset: selection.offset,
        });
        ViewHints {
            speed_x10: Some(speed_x10),
            playing: Some(self.playing.get_untracked()),
            topic: self.page.topic.get_untracked(),
            group: self.page.traced.get_untracked(),
            selected,
        }
    }

    /// Shows a freshly opened document as its hints say. Whether time runs is decided by the caller.
    pub(super) fn open_view(self) {
        let (hints, legend) = self.read_player(|player| {
            let hints = player.facts().view.clone().unwrap_or_default();
            (hints, legend_of(&player.document()))
        });
        self.change(|core| core.write.legend.set(legend));
        if let Some(speed) = hints.speed_x10 {
            self.set_speed(f64::from(speed) / 10.0);
        }
        self.page.topic.set(hints.topic);
        self.page.traced.set(hints.group);
        self.settle_player();
        self.page.selection.set(hints.selected.map(|selected| Selection {
            topic: selected.topic,
            partition: selected.partition,
            offset: selected.offset,
        }));
    }

    /// Lets time run again, if the document was left running.
    pub fn resume(self) {
        let running = |player: &scenario::Player| {
            player.facts().view.as_ref().and_then(|view| view.playing) == Some(true)
        };
        if self.read_player(running) {
            self.play();
        }
    }

    /// Takes a command's keys into the legend.
    pub(super) fn learn_keys(self, command: &Command) {
        let keys = keys_of(command);
        let new = |legend: &Legend| keys.iter().any(|key| !legend.knows(key));
        if self.legend.with_untracked(new) {
            self.change(|core| {
                core.write.legend.update(|legend| {
                    legend.add(keys.iter().map(String::as_str));
                });
            });
        }
    }
}

/// Every key of a document in the order in which its commands name them.
fn legend_of(document: &Document) -> Legend {
    let mut legend = Legend::default();
    for command in commands_of(document) {
        legend.add(keys_of(command).iter().map(String::as_str));
    }
    legend
}

/// Set-up, journal, and the journals of forks.
fn commands_of(document: &Document) -> impl Iterator<Item = &Command> {
    let forks = document.forks.iter().flat_map(|fork| &fork.journal);
    let entries = document.journal.iter().chain(forks);
    document.setup.iter().chain(entries.map(|entry| &entry.command))
}

fn keys_of(command: &Command) -> Vec<String> {
    let cut = |key: &str| key.chars().take(KEY_CHARS).collect::<String>();
    let stream = match command {
        Command::Produce { record, .. } => {
            return record.key.iter().map(|key| cut(&text_of(key))).collect();
        }
        Command::AddProducer { spec, .. } => spec.stream.as_ref(),
        Command::SetStream { stream, .. } => stream.as_ref(),
        _ => None,
    };
    match stream.map(|stream| &stream.keys) {
        Some(KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys }) => {
            keys.iter().map(|key| cut(key)).collect()
        }
        Some(KeyDistribution::Sequence { prefix, count }) => {
            (0..SEQUENCE_KEYS.min(*count)).map(|n| cut(&format!("{prefix}{n}"))).collect()
        }
        Some(KeyDistribution::Null) | None => Vec::new(),
    }
}

/// A payload as a view shows it.
fn text_of(payload: &Payload) -> String {
    match payload {
        Payload::Text(text) => text.clone(),
        Payload::Hex { hex } => {
            let digits: Vec<u8> = hex.bytes().collect();
            let byte = |pair: &[u8]| {
                std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
            };
            let bytes: Vec<u8> = digits.chunks(2).filter_map(byte).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gallery_document_names_its_keys() {
        for entry in scenario::gallery::GALLERY {
            let Ok(document) = entry.document() else { panic!("{} does not read", entry.name) };
            let keyed = commands_of(&document).any(|command| !keys_of(command).is_empty());
            assert_eq!(keyed, !legend_of(&document).keys().is_empty(), "{}", entry.name);
        }
    }

    #[test]
    fn a_key_in_hex_is_shown_as_views_show_it() {
        assert_eq!(text_of(&Payload::Hex { hex: "6162ff".to_owned() }), "ab\u{fffd}");
    }
}
