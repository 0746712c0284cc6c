//! Zig-zag varints as `ByteUtils` writes them (R-LOG-04).

/// Bytes the varint of `value` takes: 1 to 5.
pub(crate) fn size_of_varint(value: i32) -> u32 {
    size_of_unsigned(u64::from(zigzag32(value)))
}

/// Bytes the varlong of `value` takes: 1 to 10.
pub(crate) fn size_of_varlong(value: i64) -> u32 {
    size_of_unsigned(zigzag64(value))
}

fn size_of_unsigned(value: u64) -> u32 {
    // Seven bits a byte, at least one byte.
    (64 - (value | 1).leading_zeros()).div_ceil(7)
}

/// Appends `value` as a varint.
pub(crate) fn write_varint(out: &mut Vec<u8>, value: i32) {
    write_unsigned(out, u64::from(zigzag32(value)));
}

/// Appends `value` as a varlong.
pub(crate) fn write_varlong(out: &mut Vec<u8>, value: i64) {
    write_unsigned(out, zigzag64(value));
}

fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_seven(value) | 0x80);
        value >>= 7;
    }
    out.push(low_seven(value));
}

fn low_seven(value: u64) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low & 0x7f
}

fn zigzag32(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

fn zigzag64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// Takes bytes off the front of a slice; every read says `None` when the slice is too short.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(head)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A varint of at most five bytes.
    pub(crate) fn varint(&mut self) -> Option<i32> {
        let mut value: u32 = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()));
            }
        }
        None
    }

    /// A varlong of at most ten bytes.
    pub(crate) fn varlong(&mut self) -> Option<i64> {
        let mut value: u64 = 0;
        for shift in [0, 7, 14, 21, 28, 35, 42, 49, 56, 63] {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_comes_back_and_is_as_long_as_foretold() {
        let mut edges = vec![0, i64::MAX, i64::MIN];
        for shift in 0..63 {
            edges.extend([(1 << shift) - 1, 1 << shift, -(1 << shift), -(1 << shift) - 1]);
        }
        for value in edges {
            let mut out = Vec::new();
            write_varlong(&mut out, value);
            assert_eq!(out.len(), size_of_varlong(value) as usize, "{value}");
            assert_eq!(Reader::new(&out).varlong(), Some(value));
            if let Ok(value) = i32::try_from(value) {
                let mut out = Vec::new();
                write_varint(&mut out, value);
                assert_eq!(out.len(), size_of_varint(value) as usize, "{value}");
                assert_eq!(Reader::new(&out).varint(), Some(value));
            }
        }
    }

    #[test]
    fn an_endless_or_cut_varint_is_refused() {
        assert_eq!(Reader::new(&[0x80; 6]).varint(), None);
        assert_eq!(Reader::new(&[0x80; 11]).varlong(), None);
        assert_eq!(Reader::new(&[0x80]).varint(), None);
    }
}
