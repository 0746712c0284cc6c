//! When the oldest segment goes, and why: the popover on a lane's countdown.

use super::forecast::{Answer, Facts, Forecast};
use crate::panels::icon::icon;
use crate::panels::parts::popover::Popover;
use crate::panels::text::since;
use crate::session::{DrawerTab, JumpGoal, Session, use_session};
use leptos::prelude::*;
use log_engine::view::LaneWindow;

/// The popover for a partition of the shown topic.
#[component]
pub fn Retention(
    /// The partition.
    partition: i32,
) -> impl IntoView {
    let session = use_session();
    let forecast = Memo::new(move |_| {
        session.pulse.track();
        look(session, partition)
    });
    view! {
        <Popover label="When this segment is deleted" width=404>
            {move || match forecast.get() {
                Some(forecast) => body(session, forecast),
                None => view! {
                    <h3>{format!("Nothing of P{partition} is due")}</h3>
                    <p class="dim">"No segment is old enough, and the log is not too large. While records come in, the oldest segment ages from its newest record on."</p>
                }
                .into_any(),
            }}
        </Popover>
    }
}

fn look(session: Session, partition: i32) -> Option<Forecast> {
    let topic = session.page.topic.get()?;
    session.read(|engine| {
        let at = engine.lane(&topic, partition, LaneWindow::Tail(0))?.log_start;
        let lane = engine.lane(&topic, partition, LaneWindow::From { first: at, count: 1 })?;
        let topic = engine.topic(&topic)?;
        let retention = lane.retention.as_ref()?;
        let (now_ms, start_ms) = (engine.now_ms(), engine.start_ms());
        Some(Facts { lane: &lane, retention, topic: &topic, now_ms, start_ms }.forecast())
    })
}

fn body(session: Session, forecast: Forecast) -> AnyView {
    let answer = |answer: &Answer| {
        let (class, sign) = if answer.yes { ("ok", "Yes: ") } else { ("wait", "Not yet: ") };
        view! {
            <li class=class>
                <b>{answer.question}</b>
                <span><span class="sr">{sign}</span>{answer.text.clone()}</span>
            </li>
        }
    };
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let (at_ms, moment) = (forecast.at_ms, since(forecast.at_ms, start_ms));
    let config = forecast.config.clone();
    let to_configs = move |_| {
        session.page.config_search.set(config.clone());
        session.page.drawer_tab.set(DrawerTab::Configs);
        session.page.drawer_open.set(true);
        session.close();
    };
    let to_moment = move |_| {
        let wait_ms = at_ms - session.read(log_engine::Engine::now_ms);
        session.close();
        session.jump_to(JumpGoal::For(u64::try_from(wait_ms).unwrap_or(0)));
    };
    view! {
        <h3>{forecast.title}</h3>
        <p class="dim">{forecast.when}</p>
        <ol class="asks">{forecast.answers.iter().map(answer).collect_view()}</ol>
        <dl class="then">
            <div><dt>"Then"</dt><dd>{forecast.then}</dd></div>
            <div><dt>"Unread"</dt><dd>{forecast.unread}</dd></div>
        </dl>
        <div class="pop-foot">
            <button class="btn small" on:click=to_configs>{format!("Change {}", forecast.config)}</button>
            <button class="btn small" on:click=to_moment>{icon("jump")}{format!("Jump to {moment}")}</button>
        </div>
    }
    .into_any()
}
