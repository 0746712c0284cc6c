//! What can be done to a broker: how it fails and comes back, its disk, its links, its rack. Each line says what
//! follows from it.

mod at;
mod cut;
mod menu;
mod rack;

pub use at::BrokerAt;
pub use cut::CutMenu;
pub use menu::BrokerMenu;
pub use rack::RackMenu;

use crate::panels::parts::menu::{Entry, Item};
use crate::session::Session;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::view::{BrokerView, ClusterView};

/// A line that does this, and closes the menu.
fn act(
    session: Session,
    icon: &'static str,
    title: impl Into<String>,
    detail: impl Into<String>,
    command: Command,
) -> Item {
    let done = move || {
        session.close();
        session.act(command.clone());
    };
    turn(icon, title, detail, done)
}

/// A line that does something else.
fn turn(
    icon: &'static str,
    title: impl Into<String>,
    detail: impl Into<String>,
    action: impl Fn() + Send + Sync + 'static,
) -> Item {
    Item {
        icon,
        title: title.into(),
        detail: detail.into(),
        action: Some(Callback::new(move |()| action())),
        ..Item::default()
    }
}

/// The way back to the broker's menu.
fn back(session: Session, broker: i32) -> Entry {
    use crate::session::Panel;
    let back = move || session.turn_to(Panel::Broker { broker });
    Entry::Item(turn("left", format!("Broker {broker}"), "", back))
}

/// How long a broker may be silent before it is fenced, in words.
fn session_time(session: Session) -> String {
    let configs = session.read(|engine| engine.broker_configs(log_engine::BrokerId(1)));
    let ms = configs.int("broker.session.timeout.ms").map_or(9_000, i64::from);
    crate::ui::text::span(ms)
}

/// A broker as it is now.
fn find(cluster: &ClusterView, broker: i32) -> Option<BrokerView> {
    cluster.brokers.iter().find(|known| known.id.0 == broker).cloned()
}
