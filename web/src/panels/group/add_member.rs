//! One more member.

use crate::panels::controls::{TextInput, fresh_id};
use crate::panels::parts::field::{Field, error_line};
use crate::panels::parts::popover::{Place, Popover};
use crate::session::use_session;
use leptos::prelude::*;
use log_engine::command::MemberSpec;
use log_engine::{Command, Configs};

/// The popover that a group's card opens.
#[component]
pub fn AddMember(
    /// `group.id`.
    group: String,
) -> impl IntoView {
    let session = use_session();
    let title = format!("New member of {group}");
    view! {
        <Popover label=title.clone() width=340 place=Place::BelowRight>
            <h3>{title}</h3>
            <MemberForm group on_done=Callback::new(move |()| session.close())/>
        </Popover>
    }
}

/// The form, for the popover and for the sheet.
#[component]
pub fn MemberForm(
    /// `group.id`.
    group: String,
    /// Called when it is done or given up.
    on_done: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let (name, instance) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused = RwSignal::new(None::<(String, String)>);
    let about = move |field: &'static str| {
        Signal::derive(move || {
            refused.get().filter(|(about, _)| about == field).map(|(_, text)| text)
        })
    };
    let elsewhere = move || {
        let known = ["member", "configs.group.instance.id"];
        refused.get().filter(|(about, _)| !known.contains(&about.as_str()))
    };
    let next = next_name(session.group(&group).get_untracked().as_ref());
    let own = StoredValue::new(group);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = |signal: RwSignal<String>| {
            let text = signal.get_untracked().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let configs: Configs =
            text(instance).map(|id| ("group.instance.id".to_owned(), id)).into_iter().collect();
        let spec = MemberSpec { member: text(name), configs, ..MemberSpec::default() };
        match session.apply(Command::AddMember { group: own.get_value(), spec }) {
            Ok(_) => on_done.run(()),
            Err(error) => refused.set(Some((error.field.unwrap_or_default(), error.message))),
        }
    };
    let (name_id, instance_id) = (fresh_id("member"), fresh_id("instance"));
    view! {
        <form on:submit=add>
            <Field label="Name" id=name_id.clone() error=about("member") help=Signal::stored("also its client.id".to_owned())>
                <TextInput
                    id=name_id.clone()
                    value=name
                    focus=true
                    placeholder=next
                    on_input=Callback::new(move |text| name.set(text))
                />
            </Field>
            <Field
                label="group.instance.id"
                mono=true
                id=instance_id.clone()
                error=about("configs.group.instance.id")
                help=Signal::stored("empty: dynamic. Set: static, back without a rebalance after a restart".to_owned())
            >
                <TextInput
                    id=instance_id.clone()
                    value=instance
                    placeholder="dynamic"
                    on_input=Callback::new(move |text| instance.set(text))
                />
            </Field>
            {move || elsewhere().map(|(_, text)| error_line(text, None))}
            <div class="pop-foot">
                <span class="dim">"The group rebalances"</span>
                <button type="button" class="btn" on:click=move |_| on_done.run(())>"Cancel"</button>
                <button type="submit" class="btn primary">"Add member"</button>
            </div>
        </form>
    }
}

/// The name it gets where none is typed: `GROUP-N` with the first free N.
fn next_name(group: Option<&log_engine::view::GroupView>) -> String {
    let Some(group) = group else { return String::new() };
    let free = |name: &String| group.members.iter().all(|member| member.name != *name);
    (1..=10_000).map(|n: u32| format!("{}-{n}", group.group)).find(free).unwrap_or_default()
}
