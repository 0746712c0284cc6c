//! The right column: consumer groups with their members.

mod card;
mod member;

use crate::browser::target_of;
use crate::session::{Panel, use_session};
use crate::shell::Hint;
use crate::ui::{Icon, use_viewport};
use card::GroupCard;
pub use card::traced;
use leptos::prelude::*;

/// More groups than this are folded to a line each, but for the traced one.
const UNFOLDED: usize = 2;

/// The groups column.
#[component]
pub fn Groups() -> impl IntoView {
    let session = use_session();
    let viewport = use_viewport();
    let embedded = session.page.embedded;
    let many = Memo::new(move |_| session.group_names.with(Vec::len) > UNFOLDED);
    let none = Memo::new(move |_| session.group_names.with(Vec::is_empty));
    view! {
        <section class="col groups" aria-labelledby="h-grp">
            <header class="col-head" class:sr=embedded>
                <h2 id="h-grp">"Consumer groups"</h2>
                {(!embedded)
                    .then(|| {
                        view! {
                            <button
                                class="btn small"
                                aria-label="Add a consumer group"
                                on:click=move |event| {
                                    session.toggle(Panel::AddGroup, target_of(&event));
                                }
                            >
                                <Icon name="plus"/>
                                "Add"
                            </button>
                        }
                    })}
            </header>
            <div class="group-cards">
                <For each=move || session.group_names.get() key=Clone::clone let:name>
                    <GroupCard name many/>
                </For>
                <p class="col-empty dim" hidden=move || !none.get()>
                    "Nobody reads. Add a group with a member."
                </p>
            </div>
            {move || (!embedded && !viewport.phone()).then(|| view! { <Hint/> })}
        </section>
    }
}
