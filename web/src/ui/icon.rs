//! Icons: 16 px box, 1.5 px stroke, in the colour of the text around them.

use leptos::prelude::*;

/// The drawings, once in the page; [`Icon`] refers to them.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <div class="sprite-box" aria-hidden="true" inner_html=include_str!("sprite.svg")></div> }
}

/// One icon by name; the names are the `symbol` ids of `sprite.svg` without their `i-`.
#[component]
pub fn Icon(
    /// Its name.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="i" aria-hidden="true" focusable="false">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}
