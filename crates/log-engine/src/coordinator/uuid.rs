//! Version 4 UUIDs from a seed, for member ids.

/// A seeded source (SplitMix64, two draws each).
#[derive(Debug, Clone)]
pub(super) struct Uuids {
    state: u64,
}

impl Uuids {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next UUID as `java.util.UUID.toString` prints it.
    pub(super) fn next(&mut self) -> String {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        let version = 0xf000u128 << 64;
        let variant = 0xc000_0000_0000_0000u128;
        let bits = (bits & !version & !variant) | (0x4000u128 << 64) | 0x8000_0000_0000_0000;
        let hex = format!("{bits:032x}");
        let mut text = String::with_capacity(36);
        for (at, digit) in hex.chars().enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
