//! Short forms of the page's pictures and chips, as plain views.

use crate::ui::{Icon, KeyChip};
use leptos::prelude::*;

/// The picture `name` of the sprite; an empty place of its size for an empty name.
pub fn icon(name: &'static str) -> AnyView {
    if name.is_empty() {
        return view! { <span class="i" aria-hidden="true"></span> }.into_any();
    }
    view! { <Icon name/> }.into_any()
}

/// The small cell of `key`; grey with a dash where there is none.
pub fn key_chip(key: Option<&str>) -> AnyView {
    let key = key.map(str::to_owned);
    view! { <KeyChip key=Signal::stored(key) small=true/> }.into_any()
}
