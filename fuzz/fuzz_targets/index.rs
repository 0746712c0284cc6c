//! Any bytes as the files beside a segment: what parses is written as it was read.
#![no_main]

use kafka_log::files::{
    leader_epoch_checkpoint, offset_index_bytes, parse_leader_epoch_checkpoint, parse_offset_index,
    parse_producer_snapshot, parse_time_index, parse_txn_index, time_index_bytes,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((base, bytes)) = bytes.split_first_chunk::<8>() else { return };
    let base_offset = i64::from_be_bytes(*base) >> 1;
    if let Ok(entries) = parse_offset_index(base_offset, bytes) {
        assert_eq!(offset_index_bytes(base_offset, &entries), bytes);
    }
    if let Ok(entries) = parse_time_index(base_offset, bytes) {
        assert_eq!(time_index_bytes(base_offset, &entries), bytes);
    }
    let _ = parse_txn_index(bytes);
    let _ = parse_producer_snapshot(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(entries) = parse_leader_epoch_checkpoint(text)
    {
        let written = leader_epoch_checkpoint(&entries);
        assert_eq!(parse_leader_epoch_checkpoint(&written), Ok(entries));
    }
});
