//! The cluster's brokers: cards while they are few, else a strip of numbered chips.

use super::broker::{Broker, leads_of, menu_key};
use super::state::{self, Look};
use crate::browser;
use crate::session::{Panel, Session, use_session};
use crate::ui::{Icon, Press};
use leptos::html::Div;
use leptos::prelude::*;
use log_engine::view::BrokerView;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Brokers that have cards.
const CARDS: usize = 6;
/// Cards that have room for all they say.
const WIDE_CARDS: usize = 4;

/// All brokers.
#[component]
pub fn Brokers() -> impl IntoView {
    let session = use_session();
    let ids = Memo::new(move |_| {
        session.cluster.with(|cluster| cluster.brokers.iter().map(|b| b.id.0).collect::<Vec<_>>())
    });
    let count = Memo::new(move |_| ids.with(Vec::len));
    let columns = move || match count.get() {
        0 | 1 => 3,
        count if count <= CARDS => count.max(3),
        _ => CARDS,
    };
    let cards = move || match count.get() > CARDS {
        true => Vec::new(),
        false => ids.get(),
    };
    view! {
        {move || (count.get() > CARDS).then(|| view! { <Strip ids/> })}
        <div
            class="brokers"
            class:many=move || { count.get() > WIDE_CARDS }
            role="list"
            aria-label="Brokers"
            hidden=move || { count.get() > CARDS }
            style:--columns=move || columns().to_string()
        >
            <For
                each=cards
                key=|id| *id
                children=move |id| view! { <Broker broker=view_of(session, id)/> }
            />
        </div>
        <Controllers/>
    }
}

/// Voters of the quorum that are no brokers.
#[component]
fn Controllers() -> impl IntoView {
    let session = use_session();
    let voters = Memo::new(move |_| {
        session.cluster.with(|cluster| {
            let leader = cluster.quorum.leader;
            let own = cluster.quorum.voters.iter().filter(|voter| !voter.combined);
            own.map(|voter| {
                (
                    voter.id.0,
                    Look::of_state(voter.state),
                    leader == Some(voter.id),
                    voter.role.clone(),
                )
            })
            .collect::<Vec<_>>()
        })
    });
    let chip = move |(id, look, leads, role): (i32, Look, bool, String)| {
        let open = move |event: &web_sys::Event| {
            session.toggle(Panel::Broker { broker: id }, browser::target_of(event));
        };
        let role = if look == Look::Down { "down".to_owned() } else { role.to_ascii_lowercase() };
        let label = format!("Controller {id}, {role}");
        view! {
            <button
                class=format!("bnum {}", look.class())
                aria-haspopup="menu"
                aria-label=label.clone()
                title=label
                on:click=move |event| open(&event)
                on:contextmenu=move |event| {
                    event.prevent_default();
                    open(&event);
                }
                on:keydown=move |event| menu_key(session, id, &event)
            >
                {id}
                {leads.then(|| view! { <Icon name="crown"/> })}
            </button>
        }
    };
    view! {
        {move || {
            let all = voters.get();
            (!all.is_empty()).then(|| view! {
                <div class="ctls" role="group" aria-label="Controllers">
                    <span class="dim">{if all.len() == 1 { "Controller" } else { "Controllers" }}</span>
                    {all.into_iter().map(chip).collect_view()}
                </div>
            })
        }}
    }
}

/// One broker's view, as a signal of its own.
fn view_of(session: Session, id: i32) -> Signal<Option<BrokerView>> {
    Memo::new(move |_| {
        session.cluster.with(|cluster| cluster.brokers.iter().find(|b| b.id.0 == id).cloned())
    })
    .into()
}

/// A chip a broker; what they are at in numbers before them.
#[component]
fn Strip(ids: Memo<Vec<i32>>) -> impl IntoView {
    let session = use_session();
    let node = NodeRef::<Div>::new();
    let (here, set_here) = signal(0usize);
    let told = Memo::new(move |_| {
        session.cluster.with(|cluster| {
            let all = cluster.brokers.len();
            let of = |look: Look| cluster.brokers.iter().filter(|b| Look::of(b) == look).count();
            let (down, frozen, between) = (of(Look::Down), of(Look::Frozen), of(Look::Between));
            let rest = [(down, "down"), (frozen, "frozen"), (between, "not in service")];
            let rest = rest.iter().filter(|(count, _)| *count > 0);
            let rest: Vec<String> = rest.map(|(count, word)| format!("{count} {word}")).collect();
            (all, rest.join(", "))
        })
    });
    let walk = move |event: web_sys::KeyboardEvent| {
        let last = ids.with_untracked(Vec::len).saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => (here.get_untracked() + 1).min(last),
            "ArrowLeft" | "ArrowUp" => here.get_untracked().saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set_here.set(to);
        let chips = node.get_untracked().and_then(|node| node.query_selector_all("button").ok());
        let chip = chips.and_then(|chips| chips.item(u32::try_from(to).ok()?));
        if let Some(chip) = chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
            let _ = chip.focus();
        }
    };
    view! {
        <div class="bstrip">
            <p>
                <b>{move || told.get().0} " brokers"</b>
                {move || {
                    let rest = told.get().1;
                    (!rest.is_empty()).then(|| view! { <span class="bstrip-down">{rest}</span> })
                }}
            </p>
            <div
                node_ref=node
                class="bstrip-all"
                role="toolbar"
                aria-label="Brokers"
                on:keydown=walk
            >
                <For
                    each=move || ids.with(|ids| ids.iter().copied().enumerate().collect::<Vec<_>>())
                    key=|(_, id)| *id
                    children=move |(at, id)| {
                        let stop = Signal::derive(move || here.get() == at);
                        view! { <Chip broker=view_of(session, id) id stop on_focus=Callback::new(move |()| set_here.set(at))/> }
                    }
                />
            </div>
        </div>
    }
}

#[component]
fn Chip(
    broker: Signal<Option<BrokerView>>,
    id: i32,
    stop: Signal<bool>,
    on_focus: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let look = Memo::new(move |_| broker.with(|it| it.as_ref().map_or(Look::Up, Look::of)));
    let controller =
        Memo::new(move |_| broker.with(|it| it.as_ref().is_some_and(|it| it.controller)));
    let leads = Memo::new(move |_| {
        let topic = session.page.topic.get();
        broker.with(|it| it.as_ref().map(|it| leads_of(it, topic.as_deref())))
    });
    let told = move || {
        let now_ms = session.cluster.with(|cluster| cluster.now_ms);
        broker.with(|it| it.as_ref().map(|it| state::sentence(it, now_ms)))
    };
    let node = NodeRef::<leptos::html::Button>::new();
    let open = move |anchor: Option<HtmlElement>| {
        session.toggle(Panel::Broker { broker: id }, anchor);
    };
    let press = Press::new(move || open(node.get_untracked().map(Into::into)));
    view! {
        <button
            node_ref=node
            class=move || format!("bnum {}", look.get().class())
            aria-haspopup="menu"
            aria-label=told
            title=move || format!("leads {}", leads.get().unwrap_or_default())
            tabindex=move || if stop.get() { "0" } else { "-1" }
            data-b=id
            on:focus=move |_| on_focus.run(())
            on:click=move |event| {
                if !press.was_long() {
                    open(browser::target_of(&event));
                }
            }
            on:keydown=move |event| menu_key(session, id, &event)
            on:contextmenu=move |event| press.context(&event)
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
        >
            {id}
            {move || controller.get().then(|| view! { <Icon name="crown"/> })}
        </button>
    }
}

/// The embedded page's brokers, in its top bar: number, crown, power.
#[component]
pub fn BrokerLine() -> impl IntoView {
    let session = use_session();
    let ids = Memo::new(move |_| {
        session.cluster.with(|cluster| cluster.brokers.iter().map(|b| b.id.0).collect::<Vec<_>>())
    });
    view! {
        <div class="brokerline" role="group" aria-label="Brokers" hidden=move || { ids.with(Vec::len) < 2 }>
            <For
                each=move || ids.get()
                key=|id| *id
                children=move |id| view! { <LineChip broker=view_of(session, id) id/> }
            />
        </div>
    }
}

#[component]
fn LineChip(broker: Signal<Option<BrokerView>>, id: i32) -> impl IntoView {
    let session = use_session();
    let look = Memo::new(move |_| broker.with(|it| it.as_ref().map_or(Look::Up, Look::of)));
    let controller =
        Memo::new(move |_| broker.with(|it| it.as_ref().is_some_and(|it| it.controller)));
    let node = NodeRef::<leptos::html::Button>::new();
    let open = move |anchor: Option<HtmlElement>| {
        session.toggle(Panel::Broker { broker: id }, anchor);
    };
    let press = Press::new(move || open(node.get_untracked().map(Into::into)));
    view! {
        <button
            node_ref=node
            class=move || format!("bchip {}", look.get().class())
            aria-label=format!("Power of broker {id}")
            aria-pressed=move || matches!(look.get(), Look::Up | Look::Between).to_string()
            title=move || match look.get() {
                Look::Up | Look::Between => "Stop cleanly; right click or long press for more",
                Look::Frozen => "Thaw",
                Look::Down => "Start",
            }
            data-b=id
            on:click=move |_| {
                if !press.was_long() {
                    super::broker::next(session, &broker);
                }
            }
            on:keydown=move |event| menu_key(session, id, &event)
            on:contextmenu=move |event| press.context(&event)
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
        >
            <b class="btok" class:down=move || look.get() == Look::Down>{id}</b>
            {move || controller.get().then(|| view! { <Icon name="crown"/> })}
            <Icon name="power"/>
        </button>
    }
}
