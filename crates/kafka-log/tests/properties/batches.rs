//! Batches: what is written is what is read, and no bytes can do harm.

use bytes::Bytes;
use kafka_log::batch::{self, Batch, BatchBuilder, Compression, HeaderRef, ProducerStamp, Record};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

type Pair = (Vec<u8>, Option<Vec<u8>>);

#[derive(Clone, Debug)]
struct Written {
    gap: i32,
    timestamp: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<Pair>,
}

fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..max)
}

fn written() -> impl Strategy<Value = Written> {
    let headers = vec((bytes(10), option::of(bytes(10))), 0..4);
    let timestamp = prop_oneof![Just(-1), 0..2_000_000_000_000_i64, any::<i64>()];
    (0..3, timestamp, option::of(bytes(40)), option::of(bytes(200)), headers).prop_map(
        |(gap, timestamp, key, value, headers)| Written { gap, timestamp, key, value, headers },
    )
}

fn stamp() -> impl Strategy<Value = ProducerStamp> {
    let some = (0..i64::MAX, 0..i16::MAX, 0..i32::MAX, any::<bool>()).prop_map(
        |(producer_id, producer_epoch, base_sequence, transactional)| ProducerStamp {
            producer_id,
            producer_epoch,
            base_sequence,
            transactional,
        },
    );
    prop_oneof![Just(ProducerStamp::NONE), some]
}

fn build(records: &[Written], stamp: ProducerStamp) -> Batch {
    let mut builder = BatchBuilder::new();
    let mut offset_delta = -1;
    for record in records {
        offset_delta += 1 + record.gap;
        let headers: Vec<HeaderRef<'_>> = record
            .headers
            .iter()
            .map(|(key, value)| HeaderRef { key, value: value.as_deref() })
            .collect();
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        builder.append_at(offset_delta, record.timestamp, key, value, &headers).unwrap();
    }
    builder.build(stamp).unwrap()
}

fn check_everything(batch: &Batch) {
    let _ = batch.facts();
    let _ = batch.fields();
    let _ = batch.control_record();
    for record in batch.records().flatten() {
        assert_eq!(record.headers.to_vec().len(), record.headers.count() as usize);
    }
}

/// Sets length and CRC right over whatever the bytes say.
fn seal(bytes: &mut [u8]) {
    let length = u32::try_from(bytes.len() - 12).unwrap();
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
}

proptest! {
    #![proptest_config(crate::random_cases())]

    #[test]
    fn what_is_written_is_what_is_read(
        records in vec(written(), 1..20),
        stamp in stamp(),
        base_offset in 0..1_i64 << 60,
        leader_epoch in -1..i32::MAX,
    ) {
        let built = build(&records, stamp);
        let built = built.with_base_offset(base_offset).with_leader_epoch(leader_epoch);

        let parsed = Batch::parse(built.to_bytes()).unwrap();

        prop_assert_eq!(&parsed, &built);
        prop_assert_eq!(parsed.facts(), built.facts());
        let read: Vec<Record> = parsed.records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), records.len());
        let mut offset = base_offset - 1;
        for (read, written) in read.iter().zip(&records) {
            offset += 1 + i64::from(written.gap);
            prop_assert_eq!(read.offset, offset);
            prop_assert_eq!(read.timestamp, written.timestamp);
            prop_assert_eq!(read.key.as_deref(), written.key.as_deref());
            prop_assert_eq!(read.value.as_deref(), written.value.as_deref());
            let headers: Vec<Pair> =
                read.headers.iter().map(|h| (h.key.to_vec(), h.value.map(<[u8]>::to_vec))).collect();
            prop_assert_eq!(&headers, &written.headers);
        }
        let end = parsed.fields().unwrap().last().unwrap().range.end;
        prop_assert_eq!(end, parsed.size_in_bytes());
    }

    #[test]
    fn a_new_stamp_is_as_if_it_had_been_there_from_the_start(
        records in vec(written(), 1..5),
        first in stamp(),
        second in stamp(),
    ) {
        let restamped = build(&records, first).with_producer_stamp(second);
        prop_assert_eq!(restamped.to_bytes(), build(&records, second).to_bytes());
    }

    #[test]
    fn no_bytes_do_harm(bytes in bytes(300)) {
        for batch in batch::batches(Bytes::from(bytes)).flatten() {
            check_everything(&batch);
        }
    }

    #[test]
    fn a_changed_byte_is_found_or_harmless(
        records in vec(written(), 1..5),
        at in any::<prop::sample::Index>(),
        change in 1..=u8::MAX,
    ) {
        let mut bytes = build(&records, ProducerStamp::NONE).to_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let under_crc = at >= 21;
        match Batch::parse(Bytes::from(bytes)) {
            Ok(batch) => {
                prop_assert!(!under_crc);
                check_everything(&batch);
            }
            // Only offset and leader epoch are under no check at all.
            Err(_) => prop_assert!(!(0..8).contains(&at) && !(12..16).contains(&at) || at == 0),
        }
    }

    #[test]
    fn a_hostile_compressed_section_does_no_harm(
        records in vec(written(), 1..4),
        codec in prop::sample::select(Compression::ALL.to_vec()),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut builder = BatchBuilder::compressed(codec).unwrap();
        for record in &records {
            let (key, value) = (record.key.as_deref(), record.value.as_deref());
            builder.append(record.timestamp, key, value, &[]).unwrap();
        }
        let mut bytes = builder.build(ProducerStamp::NONE).unwrap().to_bytes().to_vec();
        for (at, byte) in changes {
            let at = 61 + at.index(bytes.len() - 61);
            bytes[at] = byte;
        }
        bytes.truncate(62 + keep.index(bytes.len() - 61));
        seal(&mut bytes);
        if let Ok(batch) = Batch::parse(Bytes::from(bytes)) {
            check_everything(&batch);
        }
    }

    #[test]
    fn records_that_lie_are_refused_without_harm(
        records in vec(written(), 1..4),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        count in any::<i32>(),
    ) {
        // A hostile batch has a good CRC over bad contents.
        let mut bytes = build(&records, ProducerStamp::NONE).to_bytes().to_vec();
        for (at, byte) in changes {
            let at = 21 + at.index(bytes.len() - 21);
            bytes[at] = byte;
        }
        if count % 3 == 0 {
            bytes[57..61].copy_from_slice(&count.to_be_bytes());
        }
        seal(&mut bytes);
        if let Ok(batch) = Batch::parse(Bytes::from(bytes)) {
            check_everything(&batch);
        }
    }
}
