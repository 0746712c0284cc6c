//! `partition.metadata` (`PartitionMetadataFile`) and the checkpoint of log starts
//! (`OffsetCheckpointFile`): small text files.

use std::fmt::Write as _;

/// The topic's id in `partition.metadata`, as Kafka prints it: 22 characters of URL-safe base64.
pub(crate) fn parse_partition_metadata(text: &str) -> Option<String> {
    let id = text.lines().find_map(|line| line.strip_prefix("topic_id:"))?.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (id.len() == 22 && id.chars().all(legal)).then(|| id.to_owned())
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
    fn a_topic_id_is_read_from_what_kafka_writes() {
        let text = kafka_log::files::partition_metadata("BwcHBwcHBwcHBwcHBwcHBw");
        assert_eq!(parse_partition_metadata(&text).as_deref(), Some("BwcHBwcHBwcHBwcHBwcHBw"));
        assert_eq!(parse_partition_metadata("version: 0\ntopic_id: short"), None);
    }

    #[test]
    fn the_checkpoint_is_read_as_it_is_written() {
        let lines = vec![("orders".to_owned(), 3, 42)];
        let text = log_start_checkpoint(&lines);
        assert_eq!(text, "0\n1\norders 3 42\n");
        assert_eq!(parse_log_start_checkpoint(&text), lines);
    }
}
