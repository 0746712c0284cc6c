//! What a broker is to do at a later moment: an action in the journal, to be seen there and taken back like any other.

use crate::panels::controls::{TextInput, fresh_id};
use crate::panels::parts::field::Field;
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::parse_clock;
use crate::session::use_session;
use crate::ui::text::clock;
use leptos::prelude::*;
use log_engine::Command;

/// How far ahead the form begins, in virtual ms.
const AHEAD_MS: u64 = 10_000;

/// What can be asked for: its word, and the command for a broker.
type Act = (&'static str, fn(i32) -> Command);

const ACTS: [Act; 6] = [
    ("Crash", |broker| Command::CrashBroker { broker }),
    ("Stop cleanly", |broker| Command::StopBroker { broker }),
    ("Lose power", |broker| Command::LosePower { broker }),
    ("Lose disk", |broker| Command::LoseDisk { broker }),
    ("Freeze 30 s", |broker| Command::FreezeBroker { broker, for_ms: Some(30_000) }),
    ("Start", |broker| Command::StartBroker { broker }),
];

/// The form.
#[component]
pub fn BrokerAt(
    /// `node.id`.
    broker: i32,
) -> impl IntoView {
    let session = use_session();
    let (what_id, when_id) = (fresh_id("what"), fresh_id("when"));
    let first = session.elapsed_ms.get_untracked() / 1000 * 1000 + AHEAD_MS;
    let (what, when) = (RwSignal::new(0usize), RwSignal::new(clock(first)));
    let refused = RwSignal::new(None::<String>);
    let at_ms = Memo::new(move |_| parse_clock(&when.get()));
    let error = Signal::derive(move || match at_ms.get() {
        None => Some("Write 00:42.480 or seconds.".to_owned()),
        Some(_) => refused.get(),
    });
    let schedule = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(at_ms), Some((word, act))) =
            (at_ms.get_untracked(), ACTS.get(what.get_untracked()))
        else {
            return;
        };
        match session.schedule(at_ms, act(broker)) {
            Ok(()) => {
                session.close();
                let text = format!("Broker {broker}: {word} at {}", clock(at_ms));
                session.toast(&text, "It is in the journal.", true);
            }
            Err(problem) => refused.set(Some(problem.message)),
        }
    };
    let option = move |(at, (word, _)): (usize, &Act)| {
        view! { <option value=at.to_string() prop:selected=move || what.get() == at>{*word}</option> }
    };
    view! {
        <Popover label=format!("Broker {broker} at a later moment") width=340 place=Place::BelowRight>
            <form on:submit=schedule>
                <h3>{format!("Broker {broker}, at a later moment")}</h3>
                <Field label="What" id=what_id.clone()>
                    <span class="mini">
                        <select
                            id=what_id.clone()
                            on:change=move |event| what.set(event_target_value(&event).parse().unwrap_or(0))
                        >
                            {ACTS.iter().enumerate().map(option).collect_view()}
                        </select>
                    </span>
                </Field>
                <Field
                    label="When"
                    id=when_id.clone()
                    help=Signal::stored("Since the start of the scenario.".to_owned())
                    error
                >
                    <TextInput
                        id=when_id.clone()
                        value=when
                        focus=true
                        described_by=format!("{when_id}-d")
                        bad=Signal::derive(move || error.get().is_some())
                        on_input=Callback::new(move |text| {
                            refused.set(None);
                            when.set(text);
                        })
                    />
                </Field>
                <div class="pop-foot">
                    <span class="dim">"Undo takes it back"</span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary" prop:disabled=move || error.get().is_some()>
                        "Schedule"
                    </button>
                </div>
            </form>
        </Popover>
    }
}
