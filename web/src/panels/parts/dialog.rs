//! A modal dialog on the browser's own `<dialog>`, which keeps the focus in and the page out. Esc closes it.

use super::{focus, icon::icon};
use crate::panels::toast::Toasts;
use crate::session::use_session;
use leptos::{html, prelude::*};

/// The dialog: title, body, foot. `wide` is 960 px, else 620 px; a phone it fills (panels.css).
#[component]
pub fn Dialog(
    /// Its heading.
    title: &'static str,
    /// 960 px instead of 620 px.
    #[prop(optional)]
    wide: bool,
    /// What stands beside the heading.
    #[prop(optional)]
    head: Option<AnyView>,
    /// What stands under the body.
    #[prop(optional)]
    foot: Option<AnyView>,
    /// The body.
    children: Children,
) -> impl IntoView {
    focus::give_back();
    let session = use_session();
    session.page.modal.set(true);
    on_cleanup(move || session.page.modal.set(false));
    let on_close = Callback::new(move |()| session.close());
    let node = NodeRef::<html::Dialog>::new();
    node.on_load(|element| {
        request_animation_frame(move || {
            let _ = element.show_modal();
            focus::enter(&element);
        });
    });
    view! {
        <dialog
            node_ref=node
            class=if wide { "dialog wide" } else { "dialog" }
            aria-label=title
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:keydown=move |event| {
                if let Some(element) = node.get_untracked() {
                    focus::on_escape(&element, &event, on_close);
                    // The page's own keys rest while a dialog is open.
                    event.stop_propagation();
                }
            }
        >
            <header>
                <h2 tabindex="-1" data-focus="">{title}</h2>
                {head}
                <button class="btn icon" aria-label="Close" title="Close  Esc" on:click=move |_| on_close.run(())>
                    {icon("x")}
                </button>
            </header>
            <div class="dialog-body">{children()}</div>
            {foot.map(|foot| view! { <footer>{foot}</footer> })}
            <Toasts/>
        </dialog>
    }
}
