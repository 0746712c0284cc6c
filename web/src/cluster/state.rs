//! What a broker does, in words: on its card, its chip, and for screen readers.

use crate::ui::text;
use log_engine::view::{BrokerState, BrokerView};

/// How a broker looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// In service.
    Up,
    /// It runs, but leads nothing: it is starting, stopping, or fenced.
    Between,
    /// Its process stands still.
    Frozen,
    /// Its process does not run.
    Down,
}

impl Look {
    /// Of a broker.
    pub fn of(broker: &BrokerView) -> Self {
        match Self::of_state(broker.state) {
            Self::Up if broker.fenced => Self::Between,
            look => look,
        }
    }

    /// Of what its process does.
    pub fn of_state(state: BrokerState) -> Self {
        match state {
            BrokerState::Running => Self::Up,
            BrokerState::Starting | BrokerState::Stopping => Self::Between,
            BrokerState::Frozen => Self::Frozen,
            BrokerState::Stopped
            | BrokerState::Crashed
            | BrokerState::Halted
            | BrokerState::PowerLost
            | BrokerState::DiskLost => Self::Down,
        }
    }

    /// The class of its card.
    pub fn class(self) -> &'static str {
        match self {
            Self::Up => "",
            Self::Between => "between",
            Self::Frozen => "frozen",
            Self::Down => "down",
        }
    }
}

/// The state in bold, and what comes after it; none of one in service.
pub fn words(broker: &BrokerView, now_ms: i64) -> Option<(&'static str, String)> {
    let since = || format!("for {}", seconds(now_ms - broker.since_ms));
    Some(match broker.state {
        BrokerState::Running if broker.fenced => ("Fenced", "no partition is led here".to_owned()),
        BrokerState::Running if broker.write_ms > 0 => {
            ("Slow disk", format!("{} ms a write", broker.write_ms))
        }
        BrokerState::Running => return None,
        BrokerState::Starting => ("Starting", "loads its logs, registers".to_owned()),
        BrokerState::Stopping => ("Stopping", "hands its leaderships over".to_owned()),
        BrokerState::Frozen => match broker.thaws_ms {
            Some(thaws_ms) => ("Frozen", format!("goes on in {}", seconds(thaws_ms - now_ms))),
            None => ("Frozen", since()),
        },
        BrokerState::Halted => ("Disk full", since()),
        BrokerState::Stopped
        | BrokerState::Crashed
        | BrokerState::PowerLost
        | BrokerState::DiskLost => ("Down", since()),
    })
}

/// How a broker went that is down.
pub fn how(state: BrokerState) -> Option<&'static str> {
    match state {
        BrokerState::Stopped => Some("stopped"),
        BrokerState::Crashed => Some("crashed"),
        BrokerState::PowerLost => Some("without power"),
        BrokerState::DiskLost => Some("disk lost"),
        BrokerState::Halted => Some("halted"),
        _ => None,
    }
}

/// `8.9 s`, with a decimal below a minute so that it is seen to run.
fn seconds(ms: i64) -> String {
    match ms.max(0) {
        ms if ms < 60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms => text::span(ms),
    }
}

/// All in one line, as screen readers say it and a chip's title has it.
pub fn sentence(broker: &BrokerView, now_ms: i64) -> String {
    let mut parts = vec![format!("Broker {}", broker.id.0)];
    if broker.controller {
        parts.push("active controller".to_owned());
    }
    if let Some(rack) = &broker.rack {
        parts.push(format!("rack {rack}"));
    }
    match words(broker, now_ms) {
        Some((state, rest)) => {
            let how = how(broker.state).map_or_else(String::new, |how| format!(", {how}"));
            parts.push(format!("{} {rest}{how}", state.to_ascii_lowercase()));
        }
        None => {
            parts.push(format!("leads {}, follows {}", broker.leader_count, broker.follower_count))
        }
    }
    parts.join(", ")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use log_engine::BrokerId;

    /// A broker in service that leads this.
    pub fn broker(leads: &[&str], leader_count: u32) -> BrokerView {
        BrokerView {
            id: BrokerId(2),
            up: true,
            state: BrokerState::Running,
            since_ms: 0,
            thaws_ms: None,
            rack: None,
            epoch: 1,
            fenced: false,
            controller: true,
            voter: true,
            leads: leads.iter().map(|&name| name.to_owned()).collect(),
            leader_count,
            follower_count: 0,
            log_bytes: 0,
            index_bytes: 0,
            deleted_bytes: 0,
            disk_bytes: None,
            write_ms: 0,
            halted_ms: None,
        }
    }

    #[test]
    fn a_broker_says_how_it_went_and_for_how_long() {
        let mut it = broker(&[], 0);
        assert_eq!(words(&it, 0), None);
        assert_eq!(Look::of(&it), Look::Up);
        it.write_ms = 500;
        assert_eq!(words(&it, 0), Some(("Slow disk", "500 ms a write".to_owned())));
        assert_eq!(Look::of(&it), Look::Up);
        it.state = BrokerState::Crashed;
        assert_eq!(words(&it, 8_940), Some(("Down", "for 8.9 s".to_owned())));
        assert_eq!(Look::of(&it), Look::Down);
        assert_eq!(sentence(&it, 8_940), "Broker 2, active controller, down for 8.9 s, crashed");
        it.state = BrokerState::Frozen;
        it.thaws_ms = Some(30_000);
        assert_eq!(words(&it, 9_000), Some(("Frozen", "goes on in 21.0 s".to_owned())));
        assert_eq!(sentence(&it, 9_000), "Broker 2, active controller, frozen goes on in 21.0 s");
    }
}
