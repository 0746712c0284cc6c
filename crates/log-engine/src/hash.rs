//! A hash that is the same on every platform: `usize` and enum discriminants are widened to 64 bits before they
//! count, and nothing depends on the machine's byte order.

use std::hash::Hasher;

/// A 64-bit streaming hash (multiply and rotate over 8-byte words). Not for untrusted keys, only for telling two
/// runs apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StableHasher(u64);

impl Default for StableHasher {
    fn default() -> Self {
        Self(0x6f74_746c_6131_3937)
    }
}

impl StableHasher {
    fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
        // Both steps can be undone, so that no earlier word is ever forgotten.
        self.0 = (mixed ^ (mixed >> 35)).rotate_left(29);
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 32)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0u64, |word, &byte| (word << 8) | u64::from(byte));
            self.word(word);
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.word(u64::from(n));
    }
    fn write_u16(&mut self, n: u16) {
        self.word(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.word(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.word(n);
    }
    fn write_usize(&mut self, n: usize) {
        self.word(u64::try_from(n).unwrap_or(u64::MAX));
    }
    fn write_i16(&mut self, n: i16) {
        self.write_i64(i64::from(n));
    }
    fn write_i32(&mut self, n: i32) {
        self.write_i64(i64::from(n));
    }
    fn write_i64(&mut self, n: i64) {
        self.word(n.cast_unsigned());
    }
    fn write_isize(&mut self, n: isize) {
        self.write_i64(i64::try_from(n).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hash;

    #[test]
    fn the_hash_of_a_known_value_never_changes() {
        let mut hasher = StableHasher::default();
        (1u8, -2i64, "orders", Some(3usize)).hash(&mut hasher);
        assert_eq!(format!("{:016x}", hasher.finish()), "47a5a863d0b51808");
    }

    #[test]
    fn an_early_word_still_counts_after_many_later_ones() {
        let after = |first: u64| {
            let mut hasher = StableHasher::default();
            first.hash(&mut hasher);
            (0..100u64).for_each(|n| n.hash(&mut hasher));
            hasher.finish()
        };
        assert_ne!(after(1), after(2));
    }

    #[test]
    fn order_counts() {
        let of = |pair: (u64, u64)| {
            let mut hasher = StableHasher::default();
            pair.hash(&mut hasher);
            hasher.finish()
        };
        assert_ne!(of((1, 2)), of((2, 1)));
    }
}
