//! The page's own address with a document in it.

use leptos::prelude::window;
use scenario::{Document, DocumentError, link};

/// The address without what stands behind `#`, and without the file of the page.
fn page() -> String {
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let path = location.pathname().unwrap_or_default();
    let folder = path.rfind('/').map_or("/", |at| path.get(..=at).unwrap_or("/")).to_owned();
    format!("{origin}{folder}")
}

/// The link that opens `document` on this page.
///
/// # Errors
/// When it packs to more than a link may hold.
pub fn link_to(document: &Document) -> Result<String, DocumentError> {
    Ok(format!("{}{}", page(), link::encode(document)?))
}

/// The address for an iframe, with `query` (`theme=dark&autoplay=1`) before the document.
///
/// # Errors
/// When it packs to more than a link may hold.
pub fn embed_of(document: &Document, query: &str) -> Result<String, DocumentError> {
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    Ok(format!("{}embed/{query}{}", page(), link::encode(document)?))
}
