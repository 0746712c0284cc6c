//! The partition lanes.

mod across;
pub mod canvas;
pub mod cleaning;
mod deck;
pub mod geometry;
mod gutter;
mod lane;
pub mod layout;
pub mod markers;
pub mod motion;
pub mod paint;
mod painter;
pub mod palette;
mod pointer;
pub mod surface;

pub use across::Across;
pub use deck::{Deck, DeckSlot, SHOWN_GROUPS, use_deck};
pub use lane::Lane;
mod legend;
mod list;
mod minimap;
pub mod replicas;
mod rows;
mod tables;

pub use geometry::LaneKind;
pub use legend::{KeyLegend, MarkLegend};
pub use list::{Lanes, tables};

mod wires;

pub use wires::Wires;
