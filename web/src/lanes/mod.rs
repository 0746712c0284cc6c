//! The partition lanes.

pub mod geometry;
pub mod layout;
pub mod markers;
pub mod paint;
pub mod surface;
