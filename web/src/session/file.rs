//! The document as a file.

use super::Session;
use crate::{browser, lazy};
use scenario::{Document, file};

impl Session {
    /// Hands the document to the browser as a download.
    pub fn save_file(self) {
        self.save_as_file(self.document());
    }

    /// The same with any document.
    pub fn save_as_file(self, document: Document) {
        lazy::then(&writing::PART, move |_| {
            if writing::call(self, document).is_none() {
                self.toast("Not saved.", lazy::WHY_MISSING, false);
            }
        });
    }
}

lazy::part! {
    /// The file's text.
    writing in panels: (session: Session, document: Document) -> () = write
}

fn write(session: Session, document: Document) {
    let Ok(text) = file::encode(&document) else {
        return session.toast("Not saved.", "The document is beyond what a file may hold.", false);
    };
    let name = file_name(&document.title);
    if browser::download(&name, &text) {
        session.toast(&format!("Saved as {name}"), "", false);
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
