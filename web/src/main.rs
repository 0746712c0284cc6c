//! The Ottla page.
fn main() {}
