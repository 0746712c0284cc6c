//! Chance, from a seed.

/// SplitMix64: the same everywhere.
pub struct Dice(u64);

impl Dice {
    /// Each seed has its own.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x6b61_666b_6120_3433)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..=high`.
    pub fn from(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high.saturating_sub(low) + 1)
    }

    /// True `percent` times of 100.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of several.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let most = (of.len() as u64).checked_sub(1)?;
        of.get(usize::try_from(self.from(0, most)).ok()?).cloned()
    }

    /// All of them in some order.
    pub fn shuffled<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mut left = of.to_vec();
        let mut order = Vec::new();
        while let Some(most) = (left.len() as u64).checked_sub(1) {
            let at = self.from(0, most);
            order.push(left.remove(usize::try_from(at).unwrap_or(0)));
        }
        order
    }
}
