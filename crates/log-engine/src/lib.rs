//! The cluster as one deterministic state machine: clock, network, controller, brokers, clients, views.

pub mod partitioner;

#[cfg(test)]
mod test_support;
