//! Room ahead of the engine in a browser's memory.
//!
//! WebAssembly's allocator asks the browser for more memory 64 KiB at a time, and browsers answer each such request
//! with a garbage collection of the whole page: a busy cluster then spends four fifths of its time on that. A large
//! block that is asked for and given back at once makes memory grow in few large pieces instead.

/// Least room asked for, in bytes. It is address space only, until it is used.
const LEAST_BYTES: usize = 16 * 1024 * 1024;
/// Most room asked for.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// Keeps room free.
#[derive(Debug, Clone, Default)]
pub(super) struct Room {
    /// Size of the memory when room was made last; it has not grown while there is room.
    bytes: usize,
}

impl Room {
    /// Makes new room if the last one is used up: half of what there is.
    pub fn keep(&mut self) {
        let bytes = memory_bytes();
        if bytes > self.bytes {
            let mut block: Vec<u8> = Vec::new();
            // Where there is none, the engine goes on with what it gets.
            let _ = block.try_reserve_exact((bytes / 2).clamp(LEAST_BYTES, MOST_BYTES));
            std::hint::black_box(&block);
            drop(block);
            self.bytes = memory_bytes();
        }
    }
}

/// Size of WebAssembly's memory; natively 0, where the system's allocator needs no help.
fn memory_bytes() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size::<0>().saturating_mul(64 * 1024);
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}
