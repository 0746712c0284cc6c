//! The form for a new group.

use super::assignor::{AssignorChoice, STRATEGY, class_of};
use super::topics_field::TopicsField;
use crate::panels::controls::{Segmented, Stepper, TextInput, fresh_id, words};
use crate::panels::parts::field::{Field, error_line};
use crate::panels::parts::sheet::Sheet;
use crate::session::{GroupTab, Panel, Session, Side, use_session};
use leptos::prelude::*;
use log_engine::command::{GroupSpec, MemberSpec};
use log_engine::{Command, Configs};

const DEFAULT_ASSIGNOR: &str = "range, then cooperative-sticky";
/// A record's processing time to begin with: slow enough to see lag come and go.
const PROCESSING_US: u64 = 50_000;

/// The sheet.
#[component]
pub fn AddGroup() -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(free_name(session));
    let topics = RwSignal::new(Vec::from_iter(session.page.topic.get_untracked()));
    let members = RwSignal::new(2_i64);
    let reset = RwSignal::new("latest".to_owned());
    let assignor = RwSignal::new(Some(DEFAULT_ASSIGNOR));
    let refused = RwSignal::new(None::<(String, String)>);
    let name_error =
        Signal::derive(move || refused.get().filter(|(f, _)| f == "group").map(|(_, t)| t));
    let other = move || refused.get().filter(|(field, _)| field != "group").map(|(_, text)| text);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let group = name.get_untracked();
        let spec = spec(
            topics.get_untracked(),
            &reset.get_untracked(),
            assignor.get_untracked().and_then(class_of),
            members.get_untracked(),
        );
        match session.apply(Command::AddGroup { group: group.clone(), spec }) {
            Ok(_) => session.turn_to(Panel::Group { name: group, tab: GroupTab::Members }),
            Err(error) => refused.set(Some((error.field.unwrap_or_default(), error.message))),
        }
    };
    let (id, count_id) = (fresh_id("group"), fresh_id("members"));
    let reset_help =
        Signal::stored("latest reads what comes from now on, earliest all there is".to_owned());
    view! {
        <Sheet side=Side::Right title="New group">
            <form on:submit=add>
                <Field label="group.id" mono=true id=id.clone() error=name_error>
                    <TextInput
                        id=id.clone()
                        value=name
                        bad=Signal::derive(move || name_error.get().is_some())
                        described_by=format!("{id}-d")
                        on_input=Callback::new(move |text| name.set(text))
                    />
                </Field>
                <Field label="Topics">
                    <TopicsField topics on_change=Callback::new(move |all| topics.set(all))/>
                </Field>
                <Field label="Members" id=count_id.clone()>
                    <Stepper
                        id=count_id.clone()
                        value=members
                        max=100
                        on_change=Callback::new(move |n| members.set(n))
                    />
                </Field>
                <Field label="auto.offset.reset" mono=true help=reset_help>
                    <Segmented
                        label="auto.offset.reset"
                        options=Signal::stored(words(&["latest", "earliest", "none"]))
                        value=reset
                        on_pick=Callback::new(move |word| reset.set(word))
                    />
                </Field>
                <div class="sec">
                    <h3>"Assignor "<code class="dim">{STRATEGY}</code></h3>
                    <AssignorChoice
                        chosen=assignor.into()
                        on_pick=Callback::new(move |name| assignor.set(Some(name)))
                    />
                </div>
                {move || other().map(|text| error_line(text, None))}
                <div class="pop-foot">
                    <span class="dim">"All else at Kafka's defaults"</span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary">"Add group"</button>
                </div>
            </form>
        </Sheet>
    }
}

fn spec(topics: Vec<String>, reset: &str, assignor: Option<String>, members: i64) -> GroupSpec {
    let mut configs = Configs::new();
    if reset != "latest" {
        configs.insert("auto.offset.reset".to_owned(), reset.to_owned());
    }
    if let Some(assignor) = assignor {
        configs.insert(STRATEGY.to_owned(), assignor);
    }
    let members = (0..members).map(|_| MemberSpec::default()).collect();
    GroupSpec { topics, configs, processing_us: PROCESSING_US, members }
}

fn free_name(session: Session) -> String {
    let taken = session.group_names.get_untracked();
    (1..=10_000)
        .map(|n: u32| format!("group-{n}"))
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}
