//! Saving the document as a file.

use crate::session::Session;
use js_sys::Array;
use leptos::prelude::*;
use scenario::file;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// A file's name from a title: letters, digits and hyphens.
pub fn file_name(title: &str) -> String {
    let mut name = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    format!("{}{}", if name.is_empty() { "ottla" } else { name }, file::EXTENSION)
}

/// Hands the document to the person as a file.
pub fn save_file(session: Session) {
    let title = session.title.get_untracked();
    match file::encode(&session.document()) {
        Ok(text) => match download(&file_name(&title), &text) {
            Ok(()) => session.toast(&format!("Saved as {}", file_name(&title)), "", false),
            Err(_) => {
                session.toast("The browser refused the download.", "Share the link instead.", false)
            }
        },
        Err(error) => session.toast("This document cannot be saved.", &error.to_string(), false),
    }
}

fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let anchor = document().create_element("a")?.unchecked_into::<HtmlAnchorElement>();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&address)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_title_makes_a_plain_name() {
        assert_eq!(file_name("Orders, on one broker!"), "orders-on-one-broker.ottla.json");
        assert_eq!(file_name("  "), "ottla.ottla.json");
    }
}
