//! Focus of what opens over the page: it goes in, stays in where it must, and goes back where it came from.

use leptos::{ev, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const FOCUSABLE: &str = "a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),\
    textarea:not([disabled]),summary,[tabindex]:not([tabindex='-1'])";

/// What Tab reaches inside `root`, in order.
pub fn stops(root: &Element) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(FOCUSABLE) else { return Vec::new() };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_width() > 0)
        .collect()
}

/// Puts the focus on what wants it (`data-focus`), else on the first stop, else on `root` itself.
pub fn enter(root: &HtmlElement) {
    let wanted = root.query_selector("[data-focus]").ok().flatten();
    let target = wanted
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
        .or_else(|| stops(root).into_iter().next())
        .unwrap_or_else(|| root.clone());
    let _ = target.focus();
}

/// Keeps Tab inside `root`: after the last stop comes the first.
pub fn keep_in(root: &Element, event: &KeyboardEvent) {
    if event.key() != "Tab" {
        return;
    }
    let stops = stops(root);
    let (Some(first), Some(last)) = (stops.first(), stops.last()) else { return };
    let here = document().active_element();
    let is = |stop: &HtmlElement| here.as_ref() == Some(stop.as_ref());
    let outside = !here.as_ref().is_some_and(|here| root.contains(Some(here)));
    let next = match event.shift_key() {
        true if is(first) || outside => last,
        false if is(last) || outside => first,
        _ => return,
    };
    event.prevent_default();
    let _ = next.focus();
}

/// Whether a key typed at `event` goes into a text field.
pub fn in_text_field(event: &ev::KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" => true,
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("checkbox" | "radio" | "range" | "button" | "file")
        ),
        _ => false,
    }
}

/// Esc, as the page has it everywhere: it leaves a field first, then `close` is called. Other keys pass.
pub fn on_escape(root: &HtmlElement, event: &ev::KeyboardEvent, close: Callback<()>) {
    if event.key() != "Escape" {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    if in_text_field(event) {
        let _ = root.focus();
    } else {
        close.run(());
    }
}

/// Gives the focus back to where it was when this was called, once the owner is gone, unless the person has
/// put it elsewhere meanwhile.
pub fn give_back() {
    let before = document().active_element().and_then(|here| here.dyn_into::<HtmlElement>().ok());
    let before = SendWrapper::new(before);
    on_cleanup(move || {
        let before = before.take();
        request_animation_frame(move || {
            let here = document().active_element();
            let lost = here.is_none_or(|here| here.tag_name() == "BODY");
            if let (true, Some(before)) = (lost, before) {
                let _ = before.focus();
            }
        });
    });
}
