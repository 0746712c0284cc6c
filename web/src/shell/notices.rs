//! What the buttons of a notice do.

use crate::keep::Keeper;
use crate::panels::{NoticeBar, copy_text};
use crate::session::{Notice, NoticeAction, OpenTab, Panel, use_session};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The notices, below the top bar.
#[component]
pub fn Notices() -> impl IntoView {
    let session = use_session();
    let keeper = use_context::<Keeper>();
    let act = move |(notice, action): (Notice, NoticeAction)| match action {
        NoticeAction::SaveFile => {
            session.save_file();
        }
        NoticeAction::FreeSpace => session.open(Panel::Open { tab: OpenTab::default() }, None),
        NoticeAction::CopyLink => copy_address(),
        NoticeAction::TakeOver => {
            if let Some(keeper) = keeper {
                keeper.open_again();
            }
        }
        NoticeAction::WorkOnCopy => {
            if let Some(keeper) = keeper {
                keeper.adopt(session.document());
            }
            session.settle(notice.kind);
        }
        NoticeAction::Dismiss => {}
    };
    view! { <NoticeBar on_action=Callback::new(act)/> }
}

/// The address as it is, with the link that could not be read.
fn copy_address() {
    let address = window().location().href().unwrap_or_default();
    spawn_local(async move {
        copy_text(&address).await;
    });
}
