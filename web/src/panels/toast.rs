//! Toasts over the transport, and the amber bars under the top bar.

use super::icon::icon;
use crate::session::{Notice, NoticeAction, Session, Toast, use_session};
use leptos::prelude::*;

/// The toasts: what was done or refused, with Undo where it can be taken back.
#[component]
pub fn Toasts() -> impl IntoView {
    let session = use_session();
    let toast = move |toast: Toast| {
        let id = toast.id;
        let detail = (!toast.detail.is_empty()).then(|| view! { <span>{toast.detail}</span> });
        let button = if toast.undo { "Undo" } else { "Close" };
        view! {
            <div class="toast" class:error=toast.error>
                <div><b>{toast.text}</b>" "{detail}</div>
                <button
                    class="btn small"
                    on:click=move |_| {
                        if toast.undo {
                            session.undo_toast(id);
                        }
                        session.drop_toast(id);
                    }
                >
                    {button}
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="region" aria-label="Messages">
            <For each=move || session.page.toasts.get() key=|toast| toast.id children=toast/>
        </div>
    }
}

/// The bars under the top bar. Each stays until it is settled.
#[component]
pub fn NoticeBar(
    /// Does what a button says.
    on_action: Callback<(Notice, NoticeAction)>,
) -> impl IntoView {
    let session = use_session();
    view! {
        <For
            each=move || session.page.notices.get()
            key=|notice| format!("{:?} {}", notice.kind, notice.text)
            children=move |notice| bar(session, notice, on_action)
        />
    }
}

fn bar(session: Session, notice: Notice, on_action: Callback<(Notice, NoticeAction)>) -> AnyView {
    let kind = notice.kind;
    let button = |action: NoticeAction| {
        let notice = notice.clone();
        let press = move |_| {
            if action == NoticeAction::Dismiss {
                session.settle(kind);
            }
            on_action.run((notice.clone(), action));
        };
        view! { <button class="btn small" on:click=press>{action.label()}</button> }
    };
    let buttons = notice.actions.iter().copied().map(button).collect_view();
    view! {
        <div class="notice">
            {icon("warn")}<span><b>{notice.title.clone()}</b>" "{notice.text.clone()}</span>{buttons}
        </div>
    }
    .into_any()
}
