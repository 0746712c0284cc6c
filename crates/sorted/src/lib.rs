//! Ordered maps, sets and sorting that cost little code.
//!
//! The standard library's `BTreeMap` and `sort` are compiled anew for each type they hold: five to ten
//! kilobytes of wasm a type, a fifth of the page where there are sixty of them. What Ottla orders is small
//! (members of a group, partitions of a topic, requests in flight), so a sorted `Vec` is as fast and a tenth of
//! the size. For what can grow to many thousands of entries `BTreeMap` stays right: inserting here moves all
//! that comes behind.

mod map;
mod order;
mod set;

pub use map::SortedMap;
pub use order::{sort, sort_by, sort_by_key};
pub use set::SortedSet;
