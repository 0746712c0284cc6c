//! The Members tab: a card each.

use super::add_member::MemberForm;
use super::member_card::MemberCard;
use crate::panels::icon::icon;
use crate::panels::text::plural;
use crate::session::use_session;
use leptos::prelude::*;

/// The tab.
#[component]
pub fn MembersTab(
    /// `group.id`.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let view = session.group(&name);
    let names = Memo::new(move |_| {
        view.with(|g| {
            let members = g.as_ref().map(|g| g.members.as_slice()).unwrap_or_default();
            members.iter().map(|member| member.name.clone()).collect::<Vec<_>>()
        })
    });
    let generation = move || view.with(|g| g.as_ref().map_or(0, |g| g.generation));
    let count =
        move || plural(i64::try_from(names.with(Vec::len)).unwrap_or(0), "member", "members");
    let adding = RwSignal::new(false);
    let own = StoredValue::new(name);
    view! {
        <div class="sec">
            <h3>{count}" "<span class="dim">{move || format!("generation {}", generation())}</span></h3>
            <For
                each=move || names.get()
                key=String::clone
                children=move |member| view! { <MemberCard group=view name=member/> }
            />
            <Show
                when=move || adding.get()
                fallback=move || view! {
                    <button class="btn small" on:click=move |_| adding.set(true)>{icon("plus")}"Member"</button>
                }
            >
                <section class="mcard">
                    <MemberForm group=own.get_value() on_done=Callback::new(move |()| adding.set(false))/>
                </section>
            </Show>
        </div>
    }
}
