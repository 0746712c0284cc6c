//! Any bytes as record batches: every part can be asked for, and what parses is written as it was read.
#![no_main]

use bytes::Bytes;
use kafka_log::batch::{Batch, batches};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bytes = Bytes::copy_from_slice(bytes);
    if let Ok(batch) = Batch::parse(bytes.clone()) {
        assert_eq!(batch.to_bytes(), bytes);
        look_into(&batch);
    }
    for batch in batches(bytes).flatten() {
        look_into(&batch);
    }
});

fn look_into(batch: &Batch) {
    let _ = batch.facts();
    let _ = batch.fields();
    let _ = batch.control_record();
    let _ = batch.payload();
    let records: Vec<_> = batch.records().flatten().collect();
    assert!(records.len() <= usize::try_from(batch.count()).unwrap_or(0));
    for record in records {
        let _ = record.headers.iter().map(|header| header.key_text().len()).sum::<usize>();
    }
}
