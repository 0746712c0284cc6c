//! A broker: its card, its power button, and what opens its menu.

use super::state::{self, Look};
use crate::browser;
use crate::panels::{make_room, used};
use crate::session::{Panel, Session, use_session};
use crate::ui::{Icon, Press, text};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::view::{BrokerState, BrokerView};
use web_sys::HtmlElement;

/// Partitions a card names one by one.
const NAMED: usize = 6;
/// Characters of such names that have room beside how many it follows.
const NAMED_CHARS: usize = 14;

/// A broker's card.
#[component]
pub fn Broker(
    /// Its view; none once it is removed.
    broker: Signal<Option<BrokerView>>,
) -> impl IntoView {
    let session = use_session();
    let id = move || broker.with(|broker| broker.as_ref().map_or(0, |broker| broker.id.0));
    let look = Memo::new(move |_| broker.with(|it| it.as_ref().map_or(Look::Up, Look::of)));
    let controller = move || broker.with(|broker| broker.as_ref().is_some_and(|b| b.controller));
    let rack = Memo::new(move |_| broker.with(|broker| broker.as_ref()?.rack.clone()));
    let how = Memo::new(move |_| {
        broker.with(|it| {
            it.as_ref().and_then(|it| state::how(it.state)).filter(|_| look.get() == Look::Down)
        })
    });
    let slow = Memo::new(move |_| {
        broker.with(|it| it.as_ref().map(|it| it.write_ms).filter(|ms| *ms > 0))
    });
    let card = NodeRef::<leptos::html::Div>::new();
    let open = move |anchor: Option<HtmlElement>| {
        session.toggle(Panel::Broker { broker: id() }, anchor);
    };
    let press = Press::new(move || open(card.get_untracked().map(Into::into)));
    view! {
        <div
            node_ref=card
            class=move || format!("card broker {}", look.get().class())
            class:slow=move || slow.get().is_some() && look.get() == Look::Up
            role="listitem"
            data-b=id
            on:contextmenu=move |event| press.context(&event)
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
        >
            <b class="btok lg" class:down=move || look.get() == Look::Down aria-hidden="true">{id}</b>
            <div class="broker-t">
                <h3>
                    <button
                        class="broker-open"
                        aria-haspopup="menu"
                        title="What can be done to it"
                        on:click=move |event| {
                            if !press.was_long() {
                                open(browser::target_of(&event));
                            }
                        }
                    >
                        "Broker " {id}
                    </button>
                    {move || controller().then(|| view! {
                        <span class="crown" title="Active controller">
                            <Icon name="crown"/>
                            "controller"
                        </span>
                    })}
                    {move || how.get().map(|how| view! { <span class="how">{how}</span> })}
                    {move || slow.get().map(|ms| view! {
                        <span class="slow-disk" title=format!("Slow disk: a write takes {ms} ms")>
                            <Icon name="clock"/>
                        </span>
                    })}
                    {move || rack.get().map(|rack| view! { <span class="rack" title="broker.rack">{rack}</span> })}
                </h3>
                <Facts broker/>
            </div>
            <Power broker look press/>
        </div>
    }
}

/// What it leads and follows, or what it is at.
#[component]
fn Facts(broker: Signal<Option<BrokerView>>) -> impl IntoView {
    let session = use_session();
    let leads = Memo::new(move |_| {
        let topic = session.page.topic.get();
        broker.with(|broker| broker.as_ref().map(|broker| leads_of(broker, topic.as_deref())))
    });
    let follows =
        Memo::new(move |_| broker.with(|broker| broker.as_ref().map_or(0, |b| b.follower_count)));
    let said = Memo::new(move |_| {
        let now_ms = session.cluster.with(|cluster| cluster.now_ms);
        broker.with(|broker| state::words(broker.as_ref()?, now_ms))
    });
    let disk = Memo::new(move |_| {
        broker.with(|broker| {
            let broker = broker.as_ref()?;
            Some((percent(broker), stored(broker, broker.disk_bytes?)))
        })
    });
    let has_disk = Memo::new(move |_| disk.with(Option::is_some));
    let full = move || disk.with(|disk| disk.as_ref().map_or(0, |disk| disk.0));
    let room = move || disk.with(|disk| disk.as_ref().map(|disk| disk.1.clone()));
    view! {
        <p>
            {move || match said.get() {
                Some((state, rest)) => view! { <b>{state}" "</b>{rest} }.into_any(),
                None => view! {
                    "leads "<b>{leads}</b><span class="follows">", follows " {follows}</span>
                }
                .into_any(),
            }}
        </p>
        {move || has_disk.get().then(|| view! {
            <p class="disk-line" title=room>
                <span class="meter disk" class:hot=move || { full() > 90 } aria-hidden="true">
                    <i style:width=move || format!("{}%", full())></i>
                </span>
                <span class="follows">{room}</span>
            </p>
        })}
    }
}

/// Stop, start, go on: what is next for it.
#[component]
fn Power(broker: Signal<Option<BrokerView>>, look: Memo<Look>, press: Press) -> impl IntoView {
    let session = use_session();
    let id = move || broker.with(|broker| broker.as_ref().map_or(0, |broker| broker.id.0));
    // The click that ends a long press is none.
    let turn = move || {
        if !press.was_long() {
            next(session, &broker);
        }
    };
    let halted = Memo::new(move |_| {
        broker.with(|it| it.as_ref().is_some_and(|it| it.state == BrokerState::Halted))
    });
    view! {
        {move || match (look.get(), halted.get()) {
            (Look::Down, true) => view! {
                <button class="btn small outline power start" on:click=move |_| make_room(session, id())>"Make room"</button>
            }
            .into_any(),
            (Look::Down | Look::Frozen, _) => {
                let frozen = look.get() == Look::Frozen;
                view! {
                    <button
                        class="btn small power start"
                        aria-pressed="false"
                        aria-label=move || format!("Power of broker {}", id())
                        on:click=move |_| turn()
                        on:keydown=move |event| menu_key(session, id(), &event)
                    >
                        <Icon name=if frozen { "play" } else { "power" }/>
                        <span>{if frozen { "Thaw" } else { "Start" }}</span>
                    </button>
                }
                .into_any()
            }
            (Look::Up | Look::Between, _) => view! {
                <button
                    class="btn icon small power"
                    aria-pressed="true"
                    aria-label=move || format!("Power of broker {}", id())
                    title="Stop cleanly; right click, long press or Shift+Enter for more"
                    on:click=move |_| turn()
                    on:keydown=move |event| menu_key(session, id(), &event)
                >
                    <Icon name="power"/>
                </button>
            }
            .into_any(),
        }}
    }
}

/// Stops a broker that runs, starts one that does not, lets a frozen one go on.
pub fn next(session: Session, broker: &Signal<Option<BrokerView>>) {
    let Some((id, state)) = broker.with_untracked(|it| it.as_ref().map(|it| (it.id.0, it.state)))
    else {
        return;
    };
    session.act(match Look::of_state(state) {
        Look::Down => Command::StartBroker { broker: id },
        Look::Frozen => Command::ThawBroker { broker: id },
        Look::Up | Look::Between => Command::StopBroker { broker: id },
    });
}

/// Shift+Enter opens the menu.
pub fn menu_key(session: Session, broker: i32, event: &web_sys::KeyboardEvent) {
    if event.key() == "Enter" && event.shift_key() {
        event.prevent_default();
        event.stop_propagation();
        session.toggle(Panel::Broker { broker }, browser::target_of(event));
    }
}

/// `46 of 64 MB`.
fn stored(broker: &BrokerView, size: i64) -> String {
    format!("{} of {}", text::bytes(used(broker)), text::bytes(size))
}

/// How full the disk is.
fn percent(broker: &BrokerView) -> i64 {
    let size = broker.disk_bytes.unwrap_or(0).max(1);
    (used(broker).saturating_mul(100) / size).min(100)
}

/// The shown topic's partitions by number where they are few, else how many partitions.
pub fn leads_of(broker: &BrokerView, topic: Option<&str>) -> String {
    let of_topic = |name: &String| {
        let (of, number) = name.rsplit_once('-')?;
        (Some(of) == topic).then(|| format!("P{number}"))
    };
    let named: Vec<String> = broker.leads.iter().filter_map(of_topic).collect();
    let all = usize::try_from(broker.leader_count).unwrap_or(usize::MAX);
    let names = named.join(" ");
    match named.len() {
        0 if all == 0 => "none".to_owned(),
        n if n == all && n <= NAMED && names.len() <= NAMED_CHARS => names,
        _ => all.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::broker;
    use super::*;

    #[test]
    fn few_partitions_are_named_and_many_counted() {
        let cases = [
            (broker(&["orders-0", "orders-1"], 2), "P0 P1"),
            (broker(&["orders-0", "my-topic-1"], 2), "2"),
            (broker(&[], 0), "none"),
            (broker(&["orders-0"; 16], 40), "40"),
        ];
        for (broker, text) in cases {
            assert_eq!(leads_of(&broker, Some("orders")), text);
        }
    }
}
