//! The cluster as one deterministic state machine: clock, network, controller, brokers, clients, views.
