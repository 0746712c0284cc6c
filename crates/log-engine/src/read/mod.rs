//! From the world to plain views. Reads only; each view costs what it shows.

mod account;
mod action_text;
mod admin;
mod cleaner;
mod cluster;
mod cluster_text;
mod configs;
mod differences;
mod disk_text;
mod doc_links;
mod event_text;
mod fate;
mod files;
mod groups;
mod keys;
mod lane;
mod ledger;
mod metrics;
mod producers;
mod record;
mod why;
mod why_cluster;
mod why_gap;

pub(crate) use action_text::action_text;
pub(crate) use cluster_text::down_word;
pub(crate) use event_text::row;

/// A key as text for a cell or a chip: lossy UTF-8, at most 48 characters.
pub(crate) fn key_text(key: &[u8]) -> String {
    let head = key.get(..key.len().min(192)).unwrap_or(key);
    String::from_utf8_lossy(head).chars().take(48).collect()
}

/// A count as an `i64`.
fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count as a `u32`.
fn short(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
