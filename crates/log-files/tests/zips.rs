//! Zips as others make them: deflated, streamed, and hostile.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation)]

use bytes::Bytes;
use kafka_log::batch::{BatchBuilder, ProducerStamp};
use log_files::{Import, Limits, Problem};

const PATH: &str = "orders-0/00000000000000000000.log";

fn segment(value_bytes: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new();
    builder.append(1_700_000_000_000, Some(b"k"), Some(&vec![b'x'; value_bytes]), &[]).unwrap();
    builder.build(ProducerStamp::NONE).unwrap().to_bytes().to_vec()
}

struct Entry {
    path: &'static str,
    method: u16,
    flags: u16,
    packed: Vec<u8>,
    size: u32,
    crc: u32,
}

fn deflated(path: &'static str, bytes: &[u8]) -> Entry {
    let packed = miniz_oxide::deflate::compress_to_vec(bytes, 6);
    Entry { path, method: 8, flags: 0, packed, size: bytes.len() as u32, crc: rawzip::crc32(bytes) }
}

/// The bytes of a zip; entries marked with bit 3 get a data descriptor, as from a stream.
fn zip(entries: &[Entry]) -> Bytes {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for e in entries {
        let streamed = e.flags & 8 != 0;
        let offset = out.len() as u32;
        let sizes = [e.crc, e.packed.len() as u32, e.size].map(u32::to_le_bytes).concat();
        let head =
            [[20, 0], e.flags.to_le_bytes(), e.method.to_le_bytes(), [0, 0], [33, 0]].concat();
        let name = [(e.path.len() as u16).to_le_bytes(), [0, 0]].concat();
        let local = if streamed { vec![0; 12] } else { sizes.clone() };
        out.extend(
            [&b"PK\x03\x04"[..], &head, &local, &name, e.path.as_bytes(), &e.packed].concat(),
        );
        if streamed {
            out.extend([&b"PK\x07\x08"[..], &sizes].concat());
        }
        let rest = [&[0; 10][..], &offset.to_le_bytes(), e.path.as_bytes()].concat();
        list.extend([&b"PK\x01\x02\x14\x00"[..], &head, &sizes, &name, &rest].concat());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let ends = [(list.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes()].concat();
    out.extend([&list[..], b"PK\x05\x06\0\0\0\0", &count, &count, &ends, &[0, 0]].concat());
    out.into()
}

fn outcome(entries: &[Entry]) -> Result<u64, Problem> {
    let mut import =
        Import::new("x.zip", zip(entries), Limits::default()).map_err(|e| e.problem)?;
    while !import.step(50).map_err(|e| e.problem)?.finished {}
    let imported = import.finish().map_err(|e| e.problem)?;
    Ok(imported.topics.iter().flat_map(|t| &t.partitions).map(|p| p.records()).sum())
}

#[test]
fn deflated_files_are_read_plain_or_streamed() {
    let plain = deflated(PATH, &segment(5_000));
    let streamed = Entry { flags: 8, ..deflated("orders-1/00000000000000000000.log", &segment(9)) };
    let folder = Entry { method: 0, packed: vec![], size: 0, crc: 0, ..deflated("orders-0/", b"") };
    assert_eq!(outcome(&[folder, plain, streamed]), Ok(2));
}

#[test]
fn a_zip_bomb_is_refused_by_what_it_claims() {
    let bomb = deflated(PATH, &vec![0; 20 << 20]);
    assert!(bomb.packed.len() < 30_000, "{}", bomb.packed.len());
    assert_eq!(outcome(&[bomb]), Err(Problem::Ratio(500)));

    let unread = deflated("orders-0/00000000000000000000.index", &vec![0; 10 << 20]);
    assert_eq!(outcome(&[unread, deflated(PATH, &segment(9))]), Ok(1), "it is not unpacked");

    let many = (0..200).map(|_| Entry { size: 4 << 20, ..deflated(PATH, &[0; 5_000]) });
    let many: Vec<Entry> = many.collect();
    assert!(matches!(outcome(&many), Err(Problem::TooLarge { .. })));
}

#[test]
fn a_lie_about_the_size_costs_no_more_than_the_lie() {
    let longer = Entry { size: 100, ..deflated(PATH, &segment(5_000)) };
    assert_eq!(outcome(&[longer]), Err(Problem::Damaged("it is longer than the zip says")));
    let shorter = Entry { size: 9_000, ..deflated(PATH, &segment(5_000)) };
    assert_eq!(outcome(&[shorter]), Err(Problem::Damaged("it is shorter than the zip says")));
    let other = Entry { crc: 1, ..deflated(PATH, &segment(5_000)) };
    assert_eq!(outcome(&[other]), Err(Problem::Damaged("its CRC-32 is another")));
    let mut broken = deflated(PATH, &segment(5_000));
    broken.packed = vec![0xff; 40];
    assert_eq!(outcome(&[broken]), Err(Problem::Damaged("it cannot be inflated")));
}

#[test]
fn names_that_lead_out_are_refused() {
    for path in ["../orders-0/0.log", "/orders-0/0.log", "a/../../0.log", "a\\0.log", "C:/0.log"] {
        assert_eq!(outcome(&[deflated(path, b"")]), Err(Problem::Traversal), "{path}");
    }
}

#[test]
fn encrypted_nested_and_unknown_ones_are_refused() {
    let entry = || deflated(PATH, &segment(10));
    assert_eq!(outcome(&[Entry { flags: 1, ..entry() }]), Err(Problem::Encrypted));
    assert_eq!(outcome(&[Entry { method: 12, ..entry() }]), Err(Problem::Method(12)));
    assert_eq!(outcome(&[deflated("logs.zip", b"PK")]), Err(Problem::Nested));
    assert_eq!(outcome(&[deflated("readme.txt", b"hello")]), Err(Problem::NoSegments));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut bytes =
        zip(&[deflated(PATH, &segment(99)), deflated("orders-1/0.log", &segment(99))]).to_vec();
    // The second entry's offset in the list: point it at the first one.
    let at = bytes.len() - 22 - "orders-1/0.log".len() - 4;
    bytes[at..at + 4].fill(0);
    let refused = Import::new("x.zip", bytes.into(), Limits::default()).unwrap_err();
    assert_eq!(
        (refused.file.as_str(), refused.problem),
        ("orders-1/0.log", Problem::Overlap(PATH.to_owned()))
    );
}

#[test]
fn a_cut_zip_says_so() {
    let whole = zip(&[deflated(PATH, &segment(99))]);
    for length in 4..whole.len() {
        let cut = whole.slice(..length);
        let refused = Import::new("x.zip", cut, Limits::default()).unwrap_err();
        assert!(matches!(refused.problem, Problem::Zip(_)), "{length}: {refused}");
    }
}
