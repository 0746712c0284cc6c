//! Time, at the bottom edge: play, step, jump, clock, speed, timeline, bookmark.

mod marks;
mod scale;
mod timeline;

pub use scale::{Wish, room, share};

use crate::browser::target_of;
use crate::session::{Panel, SPEEDS, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use timeline::Timeline;

/// The transport bar.
#[component]
pub fn Transport() -> impl IntoView {
    let session = use_session();
    let embedded = session.page.embedded;
    view! {
        <section class="transport" aria-label="Time">
            <Buttons/>
            <div class="t-clock">
                <output class="mono" aria-label="Virtual time">
                    {move || text::clock(session.elapsed_ms.get())}
                </output>
                {(!embedded).then(|| view! { <span>"virtual time"</span> })}
            </div>
            <Speed/>
            <Timeline/>
            {(!embedded)
                .then(|| {
                    view! {
                        <button
                            class="btn icon t-book"
                            aria-label="Bookmark this moment"
                            title="Bookmark  B"
                            on:click=move |_| session.bookmark()
                        >
                            <Icon name="flag"/>
                        </button>
                    }
                })}
        </section>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let session = use_session();
    let word = move || if session.playing.get() { "Pause" } else { "Play" };
    let icon = Signal::derive(move || if session.playing.get() { "pause" } else { "play" });
    view! {
        <div class="t-buttons">
            <button
                class="btn icon"
                aria-label="Step back"
                title="Step back  ,"
                on:click=move |_| session.step_back()
            >
                <Icon name="back"/>
            </button>
            <button
                class="btn play"
                aria-label=word
                title=move || format!("{}  Space", word())
                on:click=move |_| session.toggle_play()
            >
                <Icon name=icon/>
            </button>
            <button
                class="btn icon"
                aria-label="Step one event"
                title="Step  ."
                on:click=move |_| session.step()
            >
                <Icon name="step"/>
            </button>
            {(!session.page.embedded)
                .then(|| {
                    view! {
                        <button
                            class="btn icon t-jump"
                            aria-label="Jump ahead"
                            title="Jump ahead  J"
                            on:click=move |event| session.toggle(Panel::Jump, target_of(&event))
                        >
                            <Icon name="jump"/>
                        </button>
                    }
                })}
        </div>
    }
}

/// Virtual seconds for a real one.
#[component]
fn Speed() -> impl IntoView {
    let session = use_session();
    let set = move |event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            session.set_speed(speed);
        }
    };
    view! {
        <label class="t-speed">
            <span class="sr">"Speed"</span>
            <select title="Speed  [ ]" on:change=set>
                {SPEEDS
                    .into_iter()
                    .map(|speed| {
                        let chosen = move || (session.speed.get() - speed).abs() < f64::EPSILON;
                        view! {
                            <option value=speed selected=chosen>
                                {format!("{speed}×")}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}
