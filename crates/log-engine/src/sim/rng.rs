//! Seeded randomness: SplitMix64 (Steele, Lea, Flood 2014), one stream an actor, so that one actor's draw never
//! shifts another's (R-SCP-26). Integers only.

/// One stream of random numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream named `name` of the run with `seed`.
    pub(crate) fn stream(seed: u64, name: &str) -> Self {
        let named = name.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut rng = Self(named);
        rng.next();
        rng
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 for a bound of 0. The bias of one in 2^32 at most is of no matter here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// 128 random bits, for topic and member ids.
    pub(crate) fn uuid(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_independent_and_repeatable() {
        let draw = |name: &str| {
            let mut rng = Rng::stream(7, name);
            [rng.next(), rng.next(), rng.below(10)]
        };
        assert_eq!(draw("checkout"), draw("checkout"));
        assert_ne!(draw("checkout"), draw("web"));
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut rng = Rng::stream(1, "dice");
        let mut seen = [0u32; 6];
        for _ in 0..600 {
            seen[usize::try_from(rng.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&n| n > 50), "{seen:?}");
        assert_eq!(rng.below(0), 0);
    }
}
