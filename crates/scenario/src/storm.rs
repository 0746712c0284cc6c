//! Storms: a seed makes a cluster, clients, configs and faults, and the run is held to what must hold at every moment
//! ([`log_engine::invariants`]). Every other seed is *calm*: replication factor 3, `min.insync.replicas` 2, `acks=all`
//! with idempotence and no fault that takes data from a disk, so that nothing acknowledged may be lost, nor, while no
//! broker starts again, anything doubled or reordered (R-SCP-52, R-SCP-55). The others pile up faults of any kind.
//! Meanwhile operators elect, reassign, add brokers and change configs, and clients die and start again. At the end
//! everything is healed, and the cluster must come together again.

mod chores;
mod faults;
mod make;
mod play;
mod shrink;

pub use make::document;
pub use play::{Report, play};
pub use shrink::shrink;

/// Whether a seed makes a calm storm.
pub fn is_calm(seed: u64) -> bool {
    seed.is_multiple_of(2)
}
