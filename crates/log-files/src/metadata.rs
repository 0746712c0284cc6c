//! `partition.metadata` (`PartitionMetadataFile`) and the checkpoint of log starts
//! (`OffsetCheckpointFile`): small text files.

use std::fmt::Write as _;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A topic id as Kafka writes it: 22 characters of URL-safe base64 (`Uuid.toString`).
pub(crate) fn topic_id_text(id: [u8; 16]) -> String {
    let bits = u128::from_be_bytes(id);
    let mut text = String::with_capacity(22);
    for place in (0..22_u32).rev() {
        // The last character holds the two lowest bits, at its upper end.
        let six = if place == 0 { (bits & 3) << 4 } else { (bits >> (place * 6 - 4)) & 63 };
        let index = usize::try_from(six).unwrap_or(0);
        text.push(ALPHABET.get(index).copied().map_or('A', char::from));
    }
    text
}

/// Reads what [`topic_id_text`] wrote.
pub(crate) fn parse_topic_id(text: &str) -> Option<[u8; 16]> {
    if text.len() != 22 {
        return None;
    }
    let mut bits = 0_u128;
    for (place, byte) in text.bytes().enumerate() {
        let six = ALPHABET.iter().position(|known| *known == byte)? as u128;
        bits = if place < 21 { (bits << 6) | six } else { (bits << 2) | (six >> 4) };
    }
    Some(bits.to_be_bytes())
}

pub(crate) fn partition_metadata(topic_id: [u8; 16]) -> String {
    format!("version: 0\ntopic_id: {}", topic_id_text(topic_id))
}

pub(crate) fn parse_partition_metadata(text: &str) -> Option<[u8; 16]> {
    let id = text.lines().find_map(|line| line.strip_prefix("topic_id:"))?;
    parse_topic_id(id.trim())
}

/// The checkpoint: a version, a count, and "topic partition offset" on each line.
pub(crate) fn log_start_checkpoint(lines: &[(String, i32, i64)]) -> String {
    let mut text = format!("0\n{}\n", lines.len());
    for (topic, partition, offset) in lines {
        let _infallible = writeln!(text, "{topic} {partition} {offset}");
    }
    text
}

/// Reads the lines of the checkpoint; what is malformed is left out.
pub(crate) fn parse_log_start_checkpoint(text: &str) -> Vec<(String, i32, i64)> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let topic = words.next()?.to_owned();
        Some((topic, words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    };
    text.lines().skip(2).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_id_is_written_as_kafka_does() {
        // Uuid.ONE_UUID and Uuid.ZERO_UUID.
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(topic_id_text(one), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(topic_id_text([0; 16]), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(topic_id_text([255; 16]), "_____________________w");
        let id: [u8; 16] = std::array::from_fn(|n| u8::try_from(n * 17).unwrap_or(0));
        assert_eq!(parse_topic_id(&topic_id_text(id)), Some(id));
        assert_eq!(parse_topic_id("short"), None);
        assert_eq!(parse_partition_metadata(&partition_metadata(id)), Some(id));
    }

    #[test]
    fn the_checkpoint_is_read_as_it_is_written() {
        let lines = vec![("orders".to_owned(), 3, 42)];
        let text = log_start_checkpoint(&lines);
        assert_eq!(text, "0\n1\norders 3 42\n");
        assert_eq!(parse_log_start_checkpoint(&text), lines);
    }
}
