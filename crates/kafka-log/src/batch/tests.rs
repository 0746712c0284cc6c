use super::*;

fn one_of_each() -> Batch {
    let mut builder = BatchBuilder::new();
    let headers = [HeaderRef::new("h", None), HeaderRef::new("", Some(b"x"))];
    builder.append(1000, Some(b"k"), Some(b"v"), &headers).unwrap();
    builder.append(990, None, Some(b""), &[]).unwrap();
    builder.append(1005, Some(b""), None, &[]).unwrap();
    builder.build(ProducerStamp::NONE).unwrap()
}

#[test]
fn null_and_empty_stay_apart() {
    let batch = Batch::parse(one_of_each().to_bytes()).unwrap();

    let records: Vec<Record> = batch.records().map(Result::unwrap).collect();

    let pairs: Vec<_> = records.iter().map(|r| (r.key.as_deref(), r.value.as_deref())).collect();
    assert_eq!(
        pairs,
        [(Some(&b"k"[..]), Some(&b"v"[..])), (None, Some(&b""[..])), (Some(&b""[..]), None)]
    );
    assert_eq!(records.iter().map(|r| r.timestamp).collect::<Vec<_>>(), [1000, 990, 1005]);
    let headers = records[0].headers.to_vec();
    assert_eq!(headers[0], Header { key: Bytes::from_static(b"h"), value: None });
    assert_eq!(headers[1].value.as_deref(), Some(&b"x"[..]));
}

#[test]
fn the_builder_foretells_every_size() {
    let mut builder = BatchBuilder::new();
    for n in 0..300_i64 {
        let value = vec![7; usize::try_from(n).unwrap()];
        let foretold = builder.next_record_size(n * n, Some(b"key"), Some(&value), &[]);
        let before = builder.size_in_bytes();
        let took = builder.append(n * n, Some(b"key"), Some(&value), &[]).unwrap();
        assert_eq!(took, foretold);
        assert_eq!(builder.size_in_bytes(), before + took);
        assert!(took <= record_size_upper_bound(Some(b"key"), Some(&value), &[]));
    }
    let size = builder.size_in_bytes();
    assert_eq!(builder.build(ProducerStamp::NONE).unwrap().size_in_bytes(), size);
}

#[test]
fn what_a_builder_knows_is_what_a_parser_finds() {
    let built = one_of_each();
    let parsed = Batch::parse(built.to_bytes()).unwrap();

    assert_eq!(parsed, built);
    assert_eq!(parsed.facts().unwrap(), built.facts().unwrap());
    let facts = built.facts().unwrap();
    assert!(facts.has_null_key && facts.consecutive);
    assert_eq!((facts.smallest_timestamp, facts.largest_timestamp), (990, 1005));
    assert_eq!(facts.offset_delta_of_largest_timestamp, 2);
}

#[test]
fn a_new_place_in_the_log_leaves_crc_and_records_alone() {
    let batch = one_of_each();
    let crc = batch.crc();

    let placed = batch.clone().with_base_offset(70_000).with_leader_epoch(9);

    assert_eq!(placed.crc(), crc);
    assert!(placed.shares_records_with(&batch));
    assert_eq!(Batch::parse(placed.to_bytes()).unwrap(), placed);
    assert_eq!(
        placed.records().map(|r| r.unwrap().offset).collect::<Vec<_>>(),
        [70_000, 70_001, 70_002]
    );
}

#[test]
fn a_new_producer_stamp_and_append_time_change_the_crc_and_still_parse() {
    let stamp = ProducerStamp {
        producer_id: 12,
        producer_epoch: 3,
        base_sequence: i32::MAX - 1,
        transactional: true,
    };

    let batch = one_of_each().with_producer_stamp(stamp).with_log_append_time(5000);

    assert_ne!(batch.crc(), one_of_each().crc());
    let parsed = Batch::parse(batch.to_bytes()).unwrap();
    assert_eq!(parsed.last_sequence(), 0);
    let records: Vec<Record> = parsed.records().map(Result::unwrap).collect();
    assert!(records.iter().all(|r| r.timestamp == 5000));
    assert_eq!(records.iter().map(|r| r.written_timestamp).collect::<Vec<_>>(), [1000, 990, 1005]);
    assert_eq!(records.iter().map(|r| r.sequence).collect::<Vec<_>>(), [i32::MAX - 1, i32::MAX, 0]);
}

#[test]
fn every_byte_of_a_batch_belongs_to_one_field() {
    for batch in
        [one_of_each(), Batch::end_transaction_marker(ControlType::Abort, 4, 7, 1, 99).unwrap()]
    {
        let fields = batch.fields().unwrap();
        let mut end = 0;
        for field in &fields {
            assert_eq!(field.range.start, end, "{}", field.name);
            end = field.range.end;
        }
        assert_eq!(end, batch.size_in_bytes());
    }
    let marker = Batch::end_transaction_marker(ControlType::Abort, 4, 7, 1, 99).unwrap();
    let fields = marker.record_fields(0..1).unwrap();
    assert!(fields.iter().any(|f| f.name == "key" && f.value == "ABORT"));
    let control = marker.control_record().unwrap();
    assert_eq!((control.control_type, control.coordinator_epoch), (ControlType::Abort, 4));
}

#[test]
fn fields_of_some_records_are_those_of_all() {
    let batch = one_of_each();
    let all = batch.fields().unwrap();
    let second: Vec<Field> = all.into_iter().filter(|field| field.record == Some(1)).collect();
    assert_eq!(batch.record_fields(1..2).unwrap(), second);
}

#[test]
fn batches_lie_back_to_back_and_a_cut_one_ends_the_walk() {
    let mut bytes = Vec::new();
    one_of_each().write_to(&mut bytes);
    one_of_each().with_base_offset(3).write_to(&mut bytes);
    bytes.truncate(bytes.len() - 1);

    let found: Vec<_> = batches(Bytes::from(bytes)).collect();

    assert_eq!(found.len(), 2);
    assert_eq!(found[0], Ok(one_of_each()));
    assert!(matches!(found[1], Err(BatchError::Cut { .. })));
}

#[test]
fn a_deltas_order_is_kept() {
    let mut builder = BatchBuilder::new();
    builder.append_at(4, 1, None, None, &[]).unwrap();
    assert_eq!(
        builder.append_at(4, 1, None, None, &[]),
        Err(BuildError::OffsetDelta { offset_delta: 4, next: 5 })
    );
    assert_eq!(BatchBuilder::new().build(ProducerStamp::NONE), Err(BuildError::Empty));
}

#[test]
fn sequences_wrap_at_two_to_the_thirty_first() {
    assert_eq!(increment_sequence(i32::MAX, 1), 0);
    assert_eq!(increment_sequence(i32::MAX - 5, 10), 4);
    assert_eq!(decrement_sequence(0, 1), i32::MAX);
    assert_eq!(decrement_sequence(4, 10), i32::MAX - 5);
}
