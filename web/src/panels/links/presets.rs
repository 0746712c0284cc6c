//! Whole networks at a press: near, in zones, in regions, split.

use super::Desk;
use super::ends::{End, Kind};
use crate::session::Session;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::LinkSpec;

/// Between zones of a region, and between regions, one way.
const ZONES_MS: u32 = 2;
const REGIONS_MS: u32 = 80;

/// Its word, and what makes it.
type Preset = (String, fn(Desk) -> Vec<Command>);

/// The presets.
#[component]
pub fn Presets(desk: Desk) -> impl IntoView {
    let near = format!("All near ({} ms)", desk.plain_ms);
    let chips: [Preset; 5] = [
        (near, |_| Vec::new()),
        (format!("Three zones ({ZONES_MS} ms)"), |desk| apart(&zones(desk, 3), ZONES_MS)),
        (format!("Two regions ({REGIONS_MS} ms)"), |desk| apart(&zones(desk, 2), REGIONS_MS)),
        ("Isolate a broker".to_owned(), isolate),
        ("Split controller off".to_owned(), split),
    ];
    let chip = move |(word, commands): Preset| {
        let press = move |_| untrack(|| apply(desk.session, commands(desk)));
        view! { <button class="fchip" on:click=press>{word}</button> }
    };
    view! {
        <div class="row presets" role="group" aria-label="Presets">
            <span class="dim">"Presets"</span>
            {chips.into_iter().map(chip).collect_view()}
        </div>
    }
}

/// First all is healed: a preset is a network, not a change to one.
fn apply(session: Session, commands: Vec<Command>) {
    if session.cluster.with_untracked(|cluster| !cluster.links.is_empty()) {
        session.act(Command::HealLinks);
    }
    for command in commands {
        if !session.act(command) {
            return;
        }
    }
}

/// Nodes in so many zones: by rack where there are as many, else in turn. Clients are in the first.
fn zones(desk: Desk, count: usize) -> Vec<Vec<String>> {
    let mut zones = vec![Vec::new(); count];
    let racks = desk.session.cluster.with(|cluster| {
        let mut racks: Vec<String> =
            cluster.brokers.iter().filter_map(|broker| broker.rack.clone()).collect();
        sorted::sort(&mut racks);
        racks.dedup();
        racks
    });
    let all = desk.ends.get();
    for (at, end) in all.iter().enumerate() {
        let rack = desk.session.cluster.with(|cluster| {
            let found = cluster.brokers.iter().find(|broker| broker.id.0.to_string() == end.name);
            let rack = found?.rack.clone()?;
            racks.iter().position(|known| *known == rack)
        });
        let zone = match rack.filter(|_| racks.len() == count) {
            Some(rack) => rack,
            None if end.is_node() => at % count,
            None => 0,
        };
        if let Some(zone) = zones.get_mut(zone) {
            zone.push(end.name.clone());
        }
    }
    zones
}

/// Each pair of zones is so far apart. What has no link is left out by the engine.
fn apart(zones: &[Vec<String>], latency_ms: u32) -> Vec<Command> {
    let mut commands = Vec::new();
    for (at, one) in zones.iter().enumerate() {
        let others: Vec<String> = zones.iter().skip(at + 1).flatten().cloned().collect();
        if !one.is_empty() && !others.is_empty() {
            commands.push(link(
                one.clone(),
                others,
                LinkSpec { latency_ms: Some(latency_ms), ..LinkSpec::default() },
            ));
        }
    }
    commands
}

fn link(from: Vec<String>, to: Vec<String>, link: LinkSpec) -> Command {
    Command::SetLink { from, to, both: true, link }
}

fn cut() -> LinkSpec {
    LinkSpec { cut: true, ..LinkSpec::default() }
}

/// The chosen row's broker, else the last one.
fn isolate(desk: Desk) -> Vec<Command> {
    let is_broker = |end: &End| end.kind == Kind::Broker;
    let chosen = desk.end(desk.chosen.get().0).filter(is_broker);
    let last = || desk.ends.with(|ends| ends.iter().rfind(|end| is_broker(end)).cloned());
    let Some(broker) = chosen.or_else(last) else { return Vec::new() };
    vec![link(vec![broker.name], vec!["*".to_owned()], cut())]
}

/// The active controller from all other nodes; clients still reach it.
fn split(desk: Desk) -> Vec<Command> {
    let leader = desk.session.cluster.with(|cluster| cluster.quorum.leader);
    let Some(leader) = leader.map(|leader| leader.0.to_string()) else { return Vec::new() };
    let others: Vec<String> = desk.ends.with(|ends| {
        let nodes = ends.iter().filter(|end| end.is_node() && end.name != leader);
        nodes.map(|end| end.name.clone()).collect()
    });
    if others.is_empty() { Vec::new() } else { vec![link(vec![leader], others, cut())] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_of_zones_is_apart_once() {
        let zones = [vec!["1".to_owned()], vec!["2".to_owned()], vec!["3".to_owned()]];
        let commands = apart(&zones, 2);
        assert_eq!(commands.len(), 2);
        let Command::SetLink { from, to, both, .. } = &commands[0] else { panic!("{commands:?}") };
        assert_eq!((from.len(), to.len(), *both), (1, 2, true));
    }
}
