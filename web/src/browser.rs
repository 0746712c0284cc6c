//! The few things of the browser that several modules need.

use js_sys::{Function, JsString, Object, Promise, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// Real milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Calls back before the next paint, with that frame's time.
pub fn on_next_frame(call: impl FnOnce(f64) + 'static) {
    let callback = Closure::once_into_js(call);
    let _ = window().request_animation_frame(callback.unchecked_ref());
}

/// The page's address ends with `/embed/`.
pub fn is_embed() -> bool {
    let path = window().location().pathname().unwrap_or_default();
    path.trim_end_matches("index.html").trim_end_matches('/').ends_with("/embed")
}

/// A parameter of the page's address.
pub fn parameter(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// The element that has focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// The element an event's handler hangs on, as the anchor for a panel.
pub fn target_of(event: &web_sys::Event) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the person asked for less motion.
pub fn reduced_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Says in the page, too, that it stopped on an error of its own: whatever it showed last stays to be looked at.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.to_string();
        web_sys::console::error_1(&what.as_str().into());
        let Ok(Some(app)) = document().query_selector(".app") else { return };
        let Ok(notice) = document().create_element("div") else { return };
        notice.set_class_name("notice");
        let _ = notice.set_attribute("role", "alert");
        let words = format!("Ottla stopped on an error. Reload brings back what is saved. {what}");
        notice.set_text_content(Some(&words));
        let _ = app.append_child(&notice);
    }));
}

/// A letter in upper case, as the browser knows it: the page's own tables of all letters would be a good part of it.
pub fn uppercase(letter: char) -> String {
    if letter.is_ascii() {
        return letter.to_ascii_uppercase().to_string();
    }
    JsString::from(letter.to_string()).to_upper_case().into()
}

/// Whether the person asked the browser to fetch as little as it can.
pub fn saves_data() -> bool {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let connection = of(&window().navigator(), "connection");
    connection.and_then(|it| of(&it, "saveData")).is_some_and(|it| it.is_truthy())
}

/// Waits until the browser has nothing else to do, or for two seconds.
pub async fn at_rest() {
    let waiting = Promise::new(&mut |done, _| {
        // Safari has no such call: there it is a timer.
        let call = Reflect::get(&window(), &"requestIdleCallback".into()).ok();
        if let Some(call) = call.and_then(|call| call.dyn_into::<Function>().ok()) {
            let options = Object::new();
            let _ = Reflect::set(&options, &"timeout".into(), &REST_MS.into());
            let _ = call.call2(&window(), &done, &options);
        } else {
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, REST_MS);
        }
    });
    let _ = JsFuture::from(waiting).await;
}

/// Longest wait for rest, in real ms.
const REST_MS: i32 = 2_000;

/// Whether typing goes into this element.
pub fn is_field(element: &Element) -> bool {
    element.matches("input, textarea, select, [contenteditable]").unwrap_or(false)
}

/// Offers text as a file to save. Whether the browser took it.
pub fn download(name: &str, text: &str) -> bool {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = js_sys::Array::of1(&text.into());
    web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)
        .is_ok_and(|blob| offer(name, &blob))
}

/// Offers a file to save. Whether the browser took it.
pub fn offer(name: &str, file: &web_sys::Blob) -> bool {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(file) else { return false };
    let link = document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlElement>().ok());
    let Some(link) = link else { return false };
    let _ = link.set_attribute("href", &url);
    let _ = link.set_attribute("download", name);
    link.click();
    let _ = web_sys::Url::revoke_object_url(&url);
    true
}
