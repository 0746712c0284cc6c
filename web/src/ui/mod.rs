//! Small things that every part of the page is made of.

mod chip;
mod icon;
mod measure;
mod press;
pub mod text;
mod viewport;

pub use chip::{KeyChip, PartitionChip};
pub use icon::{Icon, Sprite};
pub use measure::size_of;
pub use press::Press;
pub use viewport::{Viewport, dress, effective_theme, listen, use_viewport};
