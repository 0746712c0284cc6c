//! The Ottla engine, headless.
fn main() {}
