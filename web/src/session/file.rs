//! The document as a file.

use super::Session;
use crate::browser;
use scenario::{Document, file};

impl Session {
    /// Hands the document to the browser as a download. Whether it could be written.
    pub fn save_file(self) -> bool {
        self.save_as_file(&self.document())
    }

    /// The same with any document.
    pub fn save_as_file(self, document: &Document) -> bool {
        let Ok(text) = file::encode(document) else {
            self.toast("Not saved.", "The document is beyond what a file may hold.", false);
            return false;
        };
        let name = file_name(&document.title);
        let done = browser::download(&name, &text);
        if done {
            self.toast(&format!("Saved as {name}"), "", false);
        }
        done
    }
}

/// A title as a file's name.
fn file_name(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let stem = if words.is_empty() { "scenario".to_owned() } else { words.join("-") };
    format!("{stem}{}", file::EXTENSION)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_title_becomes_a_plain_file_name() {
        assert_eq!(file_name("Orders on one broker"), "orders-on-one-broker.ottla.json");
        assert_eq!(file_name("  ../a/b "), "a-b.ottla.json");
        assert_eq!(file_name(""), "scenario.ottla.json");
    }
}
