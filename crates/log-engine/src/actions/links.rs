//! Commands about the network.

use crate::command::{Command, LinkSpec};
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId};
use crate::sim::{Host, Link};
use crate::world::World;
use std::sync::Arc;

/// Most links one command changes: all of 100 brokers and their clients.
const MAX_LINKS: usize = 50_000;

impl World {
    pub(super) fn set_link(
        &mut self,
        command: &Command,
        from: &[String],
        to: &[String],
        both: bool,
        link: &LinkSpec,
    ) -> Result<EventId, CommandError> {
        check(link)?;
        let from = self.ends(from, "from")?;
        let to = self.ends(to, "to")?;
        let mut changes = Vec::new();
        for one in &from {
            for other in &to {
                // Clients speak with nodes alone.
                let idle = matches!((one, other), (Host::Client(_), Host::Client(_)));
                if one == other || idle {
                    continue;
                }
                changes.push((one.clone(), other.clone(), link_of(link)));
                if both {
                    changes.push((other.clone(), one.clone(), link_of(link)));
                }
            }
        }
        if changes.is_empty() || changes.len() > MAX_LINKS {
            let text = "Name two different ends, one of them a node.";
            return Err(CommandError::new("INVALID_REQUEST", "to", text));
        }
        let event = self.act(command);
        self.set_links(changes, event);
        Ok(event)
    }

    pub(super) fn heal_links(&mut self, command: &Command) -> Result<EventId, CommandError> {
        let event = self.act(command);
        let all = self.net.particular();
        let changes = all.map(|((from, to), _)| (from.clone(), to.clone(), Link::default()));
        let changes = changes.collect();
        self.set_links(changes, event);
        Ok(event)
    }

    /// The hosts that a command's words name.
    fn ends(&self, words: &[String], field: &str) -> Result<Vec<Host>, CommandError> {
        let mut hosts: Vec<Host> = Vec::new();
        for word in words {
            let named = self.named(word);
            if named.is_empty() {
                let text = format!(
                    "There is no node, producer or group '{word}'. Besides their names, brokers, controllers, clients and * are known."
                );
                return Err(CommandError::new("INVALID_REQUEST", field, text));
            }
            hosts.extend(named);
        }
        sorted::sort(&mut hosts);
        hosts.dedup();
        Ok(hosts)
    }

    fn named(&self, word: &str) -> Vec<Host> {
        let brokers = || self.brokers.keys().map(|&id| Host::Node(id));
        let controllers = || self.controllers.keys().map(|&id| Host::Node(id));
        let producers =
            self.producers.iter().filter(|known| known.is_listed()).map(|known| &known.name);
        let groups = self.groups.iter().map(|known| &known.group);
        let mut clients = producers.chain(groups).map(|name| Host::Client(Arc::clone(name)));
        match word {
            "brokers" => brokers().collect(),
            "controllers" => controllers().collect(),
            "clients" => clients.collect(),
            "*" => brokers().chain(controllers()).chain(clients).collect(),
            name => match name.parse().map(BrokerId) {
                Ok(id) if self.nodes.contains_key(&id) => vec![Host::Node(id)],
                _ => clients
                    .find(|host| matches!(host, Host::Client(known) if &**known == name))
                    .into_iter()
                    .collect(),
            },
        }
    }
}

fn link_of(spec: &LinkSpec) -> Link {
    Link {
        latency_ms: spec.latency_ms.map(i64::from),
        jitter_ms: i64::from(spec.jitter_ms),
        cut: spec.cut,
        drops: spec.drops,
        breaks_per_min: spec.breaks_per_min,
    }
}

fn check(link: &LinkSpec) -> Result<(), CommandError> {
    let refuse = |field: &str, text: &str| Err(CommandError::new("INVALID_REQUEST", field, text));
    if link.latency_ms.is_some_and(|ms| ms > 60_000) {
        return refuse("latency_ms", "A latency is at most 60 000 ms.");
    }
    if link.jitter_ms > 60_000 {
        return refuse("jitter_ms", "A jitter is at most 60 000 ms.");
    }
    if link.breaks_per_min > 600 {
        return refuse("breaks_per_min", "A connection breaks at most 600 times a minute.");
    }
    Ok(())
}
