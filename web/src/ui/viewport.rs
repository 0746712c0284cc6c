//! The window's size, and the colours that the theme gives to what is drawn on canvas.

use crate::browser;
use crate::lanes::palette::Palette;
use crate::session::{Density, Theme, use_session};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// What components need to know of the window.
#[derive(Clone, Copy)]
pub struct Viewport {
    /// Inner width in CSS pixels.
    pub width: ReadSignal<f64>,
    /// Inner height in CSS pixels.
    pub height: ReadSignal<f64>,
    /// Colours of the present theme.
    pub palette: Memo<Arc<Palette>>,
}

impl Viewport {
    /// Follows the window for as long as the page lives. Call once, at the root.
    pub fn follow() -> Self {
        let session = use_session();
        let (width, set_width) = signal(inner_width());
        let (height, set_height) = signal(inner_height());
        listen(window().unchecked_ref(), "resize", move || {
            set_width.set(inner_width());
            set_height.set(inner_height());
        });
        let (scheme, set_scheme) = signal(0u32);
        if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
            listen(query.unchecked_ref(), "change", move || {
                session.follow_system_theme();
                set_scheme.update(|changes| *changes += 1);
            });
        }
        let palette = Memo::new(move |_| {
            scheme.track();
            session.page.theme.track();
            session.page.density.track();
            Arc::new(Palette::of_page())
        });
        Self { width, height, palette }
    }

    /// Narrower than 720 px.
    pub fn phone(self) -> bool {
        self.width.get() < 720.0
    }
}

/// The window of this page.
///
/// # Panics
/// When no ancestor provided one, which the root does.
pub fn use_viewport() -> Viewport {
    expect_context::<Viewport>()
}

/// The theme in force: what was chosen, else the system's.
pub fn effective_theme(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::System if browser::matches("(prefers-color-scheme: dark)") => "dark",
        Theme::System => "light",
    }
}

/// Writes theme and density where the style sheets look for them.
pub fn dress(theme: Theme, density: Density) {
    let Some(root) = document().document_element() else { return };
    let _ = root.set_attribute("data-theme", effective_theme(theme));
    let _ = match density {
        Density::Large => root.set_attribute("data-density", "large"),
        Density::Normal => root.remove_attribute("data-density"),
    };
}

/// Listens for as long as the page lives.
pub fn listen(target: &web_sys::EventTarget, event: &str, call: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(call);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

fn inner_width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1440.0)
}

fn inner_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0)
}
