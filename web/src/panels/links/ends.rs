//! The ends of links: brokers, controllers of their own, producers and groups; and what is particular about a link.

use crate::session::Session;
use leptos::prelude::*;
use log_engine::command::LinkSpec;
use log_engine::view::LinkView;

/// What an end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A broker, perhaps a voter of the quorum too.
    Broker,
    /// A voter that is no broker.
    Controller,
    /// A producer.
    Producer,
    /// A consumer group: all its members.
    Group,
}

/// One end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Its name in a command.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

impl End {
    /// A node of the cluster, which takes connections; clients speak with nodes alone.
    pub fn is_node(&self) -> bool {
        matches!(self.kind, Kind::Broker | Kind::Controller)
    }

    /// `broker 3`, `checkout`.
    pub fn words(&self) -> String {
        match self.kind {
            Kind::Broker => format!("broker {}", self.name),
            Kind::Controller => format!("controller {}", self.name),
            Kind::Producer | Kind::Group => self.name.clone(),
        }
    }
}

/// Whether there is a link between two ends.
pub fn linked(from: &End, to: &End) -> bool {
    from.name != to.name && (from.is_node() || to.is_node())
}

/// All ends, nodes first.
pub fn ends(session: Session) -> Vec<End> {
    let end = |name: String, kind| End { name, kind };
    let mut all = session.cluster.with(|cluster| {
        let brokers = cluster.brokers.iter().map(|it| end(it.id.0.to_string(), Kind::Broker));
        let own = cluster.quorum.voters.iter().filter(|voter| !voter.combined);
        brokers.chain(own.map(|it| end(it.id.0.to_string(), Kind::Controller))).collect::<Vec<_>>()
    });
    all.extend(session.producer_names.get().into_iter().map(|name| end(name, Kind::Producer)));
    all.extend(session.group_names.get().into_iter().map(|name| end(name, Kind::Group)));
    all
}

/// A link as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// One-way latency in ms.
    pub latency_ms: u32,
    /// Up to this is added.
    pub jitter_ms: u32,
    /// How often a minute the connection breaks.
    pub breaks_per_min: u32,
    /// Nothing passes.
    pub cut: bool,
    /// What is sent is gone.
    pub drops: bool,
}

impl State {
    /// Nothing is particular.
    pub fn plain(latency_ms: u32) -> Self {
        Self { latency_ms, jitter_ms: 0, breaks_per_min: 0, cut: false, drops: false }
    }

    /// The link between two ends.
    pub fn of(links: &[LinkView], from: &str, to: &str, plain_ms: u32) -> Self {
        let found = links.iter().find(|link| link.from == from && link.to == to);
        found.map_or_else(
            || Self::plain(plain_ms),
            |link| Self {
                latency_ms: u32::try_from(link.latency_ms).unwrap_or(0),
                jitter_ms: u32::try_from(link.jitter_ms).unwrap_or(0),
                breaks_per_min: link.breaks_per_min,
                cut: link.cut,
                drops: link.drops,
            },
        )
    }

    /// Messages pass.
    pub fn passes(&self) -> bool {
        !self.cut && !self.drops
    }

    /// As a command has it.
    pub fn spec(&self, plain_ms: u32) -> LinkSpec {
        LinkSpec {
            latency_ms: (self.latency_ms != plain_ms).then_some(self.latency_ms),
            jitter_ms: self.jitter_ms,
            breaks_per_min: self.breaks_per_min,
            cut: self.cut,
            drops: self.drops,
        }
    }

    /// The class of its cell: slow, unsteady, cut.
    pub fn class(&self, plain_ms: u32) -> &'static str {
        match self {
            State { cut: true, .. } | State { drops: true, .. } => "cut",
            State { breaks_per_min: 1.., .. } | State { jitter_ms: 1.., .. } => "loss",
            State { latency_ms, .. } if *latency_ms > plain_ms => "slow",
            _ => "",
        }
    }

    /// What stands in its cell; a cut one has a sign.
    pub fn short(&self) -> String {
        match self {
            State { drops: true, .. } => "loses".to_owned(),
            State { cut: true, .. } => String::new(),
            State { breaks_per_min: n @ 1.., .. } => format!("{n}/min"),
            State { jitter_ms: n @ 1.., latency_ms, .. } => format!("{latency_ms}+{n}"),
            State { latency_ms, .. } => latency_ms.to_string(),
        }
    }

    /// The same in words.
    pub fn words(&self) -> String {
        match self {
            State { drops: true, .. } => return "loses all that is sent".to_owned(),
            State { cut: true, .. } => return "cut".to_owned(),
            _ => {}
        }
        let mut words = format!("{} ms", self.latency_ms);
        if self.jitter_ms > 0 {
            words.push_str(&format!(", up to {} ms more", self.jitter_ms));
        }
        if self.breaks_per_min > 0 {
            words.push_str(&format!(", breaks {} times a minute", self.breaks_per_min));
        }
        words
    }
}

/// `2 links cut, 2 slow, 2 unsteady`.
pub fn summary(links: &[LinkView], plain_ms: u32) -> String {
    let class = |link: &LinkView| {
        State::of(std::slice::from_ref(link), &link.from, &link.to, plain_ms).class(plain_ms)
    };
    let count = |name: &str| links.iter().filter(|link| class(link) == name).count();
    let (cut, slow, loss) = (count("cut"), count("slow"), count("loss"));
    let parts = [(cut, "cut"), (slow, "slow"), (loss, "unsteady")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .enumerate()
        .map(|(at, (count, word))| match (at, count) {
            (0, 1) => format!("1 link {word}"),
            (0, _) => format!("{count} links {word}"),
            _ => format!("{count} {word}"),
        })
        .collect();
    match parts.is_empty() {
        true => "All links are as at the start".to_owned(),
        false => parts.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(from: &str, to: &str, latency_ms: i64, cut: bool) -> LinkView {
        LinkView {
            from: from.to_owned(),
            to: to.to_owned(),
            latency_ms,
            jitter_ms: 0,
            breaks_per_min: 0,
            cut,
            drops: false,
        }
    }

    #[test]
    fn each_direction_is_told_by_itself() {
        let links = [link("3", "1", 1, true), link("checkout", "2", 250, false)];
        let of = |from: &str, to: &str| State::of(&links, from, to, 1);
        assert_eq!(of("3", "1").class(1), "cut");
        assert_eq!(of("1", "3"), State::plain(1));
        assert_eq!(
            (of("checkout", "2").class(1), of("checkout", "2").short()),
            ("slow", "250".to_owned())
        );
        assert_eq!(summary(&links, 1), "1 link cut, 1 slow");
        assert_eq!(summary(&[], 1), "All links are as at the start");
    }

    #[test]
    fn only_what_is_particular_goes_into_the_command() {
        assert_eq!(State::plain(1).spec(1), LinkSpec::default());
        let slow = State { latency_ms: 80, ..State::plain(1) };
        assert_eq!(slow.spec(1), LinkSpec { latency_ms: Some(80), ..LinkSpec::default() });
    }
}
