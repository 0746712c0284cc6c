//! Copying to the clipboard, with a way for pages that may not use it.

use super::icon::icon;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;

/// Copies `text`; says whether it worked. Where the clipboard is refused (an insecure page, a sandboxed frame),
/// the browser's old copy command is tried on a hidden text area.
pub async fn copy_text(text: &str) -> bool {
    let navigator = window().navigator();
    let has = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false);
    let clipboard = has.then(|| navigator.clipboard()).filter(|c| !c.is_undefined());
    if let Some(clipboard) = clipboard
        && JsFuture::from(clipboard.write_text(text)).await.is_ok()
    {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let before = document.active_element();
    let area = document.create_element("textarea").ok()?.dyn_into::<HtmlTextAreaElement>().ok()?;
    area.set_value(text);
    area.set_class_name("sr");
    // Inside an open dialog, elements outside of it cannot take the selection.
    let home = document.query_selector("dialog[open]").ok().flatten();
    let home = home.or_else(|| document.body().map(Into::into))?;
    home.append_child(&area).ok()?;
    area.select();
    let copied =
        document.unchecked_ref::<web_sys::HtmlDocument>().exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(before) = before.and_then(|before| before.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = before.focus();
    }
    Some(copied)
}

/// A button that copies what `text` gives, and says so for a moment.
#[component]
pub fn CopyButton(
    /// The word on it.
    #[prop(into)]
    label: Signal<String>,
    /// `btn primary`, `btn`, `btn small` ...
    #[prop(default = "btn")]
    class: &'static str,
    /// What is copied.
    text: Callback<(), String>,
) -> impl IntoView {
    let said = RwSignal::new(None::<&'static str>);
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            let done = copy_text(&text).await;
            said.try_set(Some(if done { "Copied" } else { "Select and copy by hand" }));
            set_timeout(
                move || {
                    said.try_set(None);
                },
                Duration::from_millis(1600),
            );
        });
    };
    view! {
        <button class=class on:click=copy>
            {move || icon(if said.get() == Some("Copied") { "check" } else { "copy" })}
            <span aria-live="polite">{move || said.get().map_or_else(|| label.get(), str::to_owned)}</span>
        </button>
    }
    .into_any()
}
