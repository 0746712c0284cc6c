//! Everything that opens over the page: popovers, sheets, dialogs. One at a time, by [`Panel`]; what was
//! refused stands under the field it is about, in Kafka's words.

mod broker;
mod cluster;
pub(crate) mod configs;
mod disk;
mod fidelity;
mod files;
mod group;
mod help;
mod jump;
mod links;
mod more;
mod parts;
mod producer;
mod reassign;
mod toast;
mod topic;

pub(crate) use configs::{ConfigDesk, ConfigInput, Whose};
pub(crate) use disk::{make_room, used};
pub use files::{Kept, Room, Shelf, ShelfAction, thumb_of};
pub(crate) use opened::PART;
pub use parts::copy::copy_text;
pub(crate) use parts::{controls, copy, focus, icon, menu, note, popover, tabs, text};
pub use toast::NoticeBar;
pub(crate) use topic::show_pass;

use crate::lazy::{self, Wait};
use crate::session::{GroupTab, OpenTab, Panel, ProducerTab, Side, use_session};
use leptos::prelude::*;

/// The open panel, if any, and the toasts.
#[component]
pub fn Panels() -> impl IntoView {
    let session = use_session();
    let open = session.page.panel;
    // Another tab of the same sheet must not build the sheet anew: what was typed would be gone.
    let kind = Memo::new(move |_| open.with(|panel| panel.clone().map(without_tab)));
    Effect::new(move |_| {
        let side = open.with(|panel| panel.as_ref().and_then(Panel::sheet_side));
        give_way(side);
    });
    view! {
        {move || kind.get().map(|panel| lazy::view(&PART, Wait::Over, move || opened::call(panel.clone())))}
        <Show when=move || !session.page.modal.get()>
            <toast::Toasts/>
        </Show>
    }
}

fn without_tab(panel: Panel) -> Panel {
    match panel {
        Panel::Producer { name, .. } => Panel::Producer { name, tab: ProducerTab::default() },
        Panel::Group { name, .. } => Panel::Group { name, tab: GroupTab::default() },
        Panel::Open { .. } => Panel::Open { tab: OpenTab::default() },
        other => other,
    }
}

lazy::part! {
    /// What opens over the page.
    opened in panels: (panel: Panel) -> AnyView = show
}

fn show(panel: Panel) -> AnyView {
    match panel {
        Panel::TopicMenu => view! { <topic::TopicMenu/> }.into_any(),
        Panel::NewTopic => view! { <topic::NewTopic/> }.into_any(),
        Panel::AddPartitions => view! { <topic::AddPartitions/> }.into_any(),
        Panel::Retention { partition } => view! { <topic::Retention partition/> }.into_any(),
        Panel::Lane { partition } => view! { <topic::LaneMenu partition/> }.into_any(),
        Panel::JumpToTime { partition } => view! { <topic::JumpToTime partition/> }.into_any(),
        Panel::DeleteRecords { partition } => {
            view! { <topic::DeleteRecords partition/> }.into_any()
        }
        Panel::Export { partition } => view! { <files::ExportPanel partition/> }.into_any(),
        Panel::Cleaner { partition, last } => view! { <topic::Cleaner partition last/> }.into_any(),
        Panel::Cluster => view! { <cluster::ClusterMenu/> }.into_any(),
        Panel::AddBroker => view! { <cluster::AddBroker/> }.into_any(),
        Panel::Reassign { partition, away } => {
            view! { <reassign::Reassign partition away/> }.into_any()
        }
        Panel::Broker { broker } => view! { <broker::BrokerMenu broker/> }.into_any(),
        Panel::BrokerAt { broker } => view! { <broker::BrokerAt broker/> }.into_any(),
        Panel::Cut { broker } => view! { <broker::CutMenu broker/> }.into_any(),
        Panel::Rack { broker } => view! { <broker::RackMenu broker/> }.into_any(),
        Panel::Links { from } => view! { <links::Links from/> }.into_any(),
        Panel::Disk { broker } => view! { <disk::Disk broker/> }.into_any(),
        Panel::Jump => view! { <jump::Jump/> }.into_any(),
        Panel::Producer { name, .. } => view! { <producer::ProducerSheet name/> }.into_any(),
        Panel::Group { name, .. } => view! { <group::GroupSheet name/> }.into_any(),
        Panel::AddProducer => view! { <producer::AddProducer/> }.into_any(),
        Panel::AddGroup => view! { <group::AddGroup/> }.into_any(),
        Panel::AddMember { group } => view! { <group::AddMember group/> }.into_any(),
        Panel::Share => view! { <files::Share/> }.into_any(),
        Panel::Embed => view! { <files::Embed/> }.into_any(),
        Panel::Open { .. } => view! { <files::Open/> }.into_any(),
        Panel::Help => view! { <help::Help/> }.into_any(),
        Panel::Fidelity { rule } => view! { <fidelity::Fidelity rule/> }.into_any(),
        Panel::Runs => view! { <crate::compare::Runs/> }.into_any(),
        Panel::Act => view! { <crate::compare::ActMenu/> }.into_any(),
        Panel::More => view! { <more::More/> }.into_any(),
    }
}

/// From 1280 px a sheet takes the place of its column (panels.css reads these classes).
fn give_way(side: Option<Side>) {
    let Ok(Some(app)) = document().query_selector(".app") else { return };
    for (class, of) in [("sheet-left", Side::Left), ("sheet-right", Side::Right)] {
        let _ = app.class_list().toggle_with_force(class, side == Some(of));
    }
}
