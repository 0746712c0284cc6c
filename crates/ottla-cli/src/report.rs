//! How the cluster stands after a play.

pub mod json;
pub mod text;

use log_engine::CommandError;
use scenario::Player;

/// Journal entries that were refused when their time came: when, and why.
pub fn without_effect(player: &Player) -> Vec<(u64, CommandError)> {
    let entries = player.journal().iter().enumerate();
    entries
        .filter_map(|(index, entry)| Some((entry.at, player.no_effect(index)?.clone())))
        .collect()
}

/// The hash as it is written everywhere: 16 hex digits.
pub fn trace_hash(player: &Player) -> String {
    format!("{:016x}", player.engine().trace_hash())
}
