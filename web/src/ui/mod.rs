//! Small things that every part of the page is made of.

mod chip;
mod icon;
pub mod text;

pub use chip::{KeyChip, PartitionChip};
pub use icon::{Icon, Sprite};
