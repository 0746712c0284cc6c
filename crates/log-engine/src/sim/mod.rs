//! What the actors stand on: virtual time, the ordered queue of what is due, seeded randomness, the network,
//! and the trace of what happened. No actor knows another one; they meet only through messages.

mod ctx;
mod message;
mod net;
mod queue;
mod rng;

pub(crate) use ctx::{Ctx, Side};
pub(crate) use message::{ActorId, Body, Due, Message, Timer};
pub(crate) use net::{CONNECTION_SETUP_TIMEOUT_MS, Host, Link, Net};
pub(crate) use queue::EventQueue;
pub(crate) use rng::Rng;
