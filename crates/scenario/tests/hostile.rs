//! Links and files come from strangers: whatever is in them, the answer is a document or a clear refusal, never a
//! panic, and never more memory than the bounds allow.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unsafe_code)]

#[path = "support/cases.rs"]
mod cases;

use proptest::prelude::*;
use scenario::limits::MAX_DOCUMENT_BYTES;
use scenario::{DocumentError, file, gallery::GALLERY, link};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Bytes that reading one document may take at any moment: what parsing needs for a document at the bound.
const MOST_BYTES: isize = 96 * 1024 * 1024;

/// Counts, for each thread, what is allocated now and the most there was.
struct Counting;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    // A thread that ends has no counters any more.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + change);
        let _ = MOST.try_with(|most| most.set(most.get().max(now.get())));
    });
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes that `work` holds at any moment.
fn most_bytes(work: impl FnOnce()) -> isize {
    let before = NOW.get();
    MOST.set(before);
    work();
    MOST.get() - before
}

/// What has to hold for any bytes.
fn read_file(bytes: &[u8]) {
    if let Ok(document) = file::decode(bytes) {
        document.check().unwrap();
        match file::encode_compact(&document) {
            Ok(text) => assert_eq!(file::decode(text.as_bytes()), Ok(document)),
            // Names of fields that were left out can push a full document over the bound.
            Err(error) => assert_eq!(error, DocumentError::TooLarge),
        }
    }
}

/// What has to hold for any text.
fn read_link(text: &str) {
    if let Ok(document) = link::decode(text)
        && let Ok(fragment) = link::encode(&document)
    {
        assert_eq!(link::decode(&fragment), Ok(document));
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Repeat(usize, usize),
    Insert(usize, String),
}

fn damage() -> impl Strategy<Value = Damage> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "null",
        "-1",
        "1e999",
        "99999999999999999999",
        "\\u0000",
        "true",
        "\"ottla\":1,",
        "\"do\":\"produce\",",
        "18446744073709551615",
        "{\"hex\":\"0\"}",
    ]);
    let at = any::<usize>();
    prop_oneof![
        (at, any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        at.prop_map(Damage::Cut),
        (at, 1usize..200).prop_map(|(at, bytes)| Damage::Repeat(at, bytes)),
        (at, pieces).prop_map(|(at, piece)| Damage::Insert(at, piece.to_owned())),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::Flip(at, byte) => {
                let at = at % bytes.len();
                bytes[at] = *byte;
            }
            Damage::Cut(at) => bytes.truncate(at % bytes.len()),
            Damage::Repeat(at, count) => {
                let at = at % bytes.len();
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Damage::Insert(at, piece) => {
                let at = at % bytes.len();
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(cases::random_cases(400))]

    #[test]
    fn any_bytes_are_a_document_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        read_file(&bytes);
        read_link(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_behind_the_prefix_is_a_document_or_refused(text in "(#s[0-9]{1,22}=)?[A-Za-z0-9_&=# \\-]{0,300}") {
        read_link(&text);
    }

    #[test]
    fn a_damaged_file_is_a_document_or_refused(
        which in 0..GALLERY.len(),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        read_file(&damaged(GALLERY[which].json.as_bytes(), &damages));
    }

    #[test]
    fn a_damaged_link_is_a_document_or_refused(
        which in 0..GALLERY.len(),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let good = link::encode(&GALLERY[which].document().unwrap()).unwrap();
        read_link(&String::from_utf8_lossy(&damaged(good.as_bytes(), &damages)));
    }

    #[test]
    fn a_link_to_any_packed_bytes_is_a_document_or_refused(
        which in 0..GALLERY.len(),
        damages in prop::collection::vec(damage(), 0..4),
    ) {
        use base64::Engine as _;
        let json = damaged(GALLERY[which].json.as_bytes(), &damages);
        let packed = miniz_oxide::deflate::compress_to_vec(&json, 6);
        read_link(&format!("#s1={}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed)));
    }
}

/// Fills a document up to the bound with repetitions of one piece.
fn full_of(open: &str, piece: &str, close: &str) -> String {
    let room = MAX_DOCUMENT_BYTES - open.len() - close.len() - 2;
    let times = room / (piece.len() + 1);
    format!("{open}{}{close}", vec![piece; times].join(","))
}

#[test]
fn documents_that_aim_at_memory_are_refused_within_the_bound() {
    let stream = r#"{"ottla":1,"setup":[{"do":"set-stream","producer":"p","stream":{"topic":"t","records":1,"keys":{"kind":"fixed","keys":["#;
    for (name, text) in [
        (
            "empty texts",
            full_of(
                r#"{"ottla":1,"setup":[{"do":"alter-producer","producer":"p","delete":["#,
                r#""""#,
                "]}]}",
            ),
        ),
        ("keys", full_of(stream, r#""""#, "]}}}]}")),
        (
            "commands",
            full_of(r#"{"ottla":1,"setup":["#, r#"{"do":"delete-topic","topic":""}"#, "]}"),
        ),
        (
            "entries",
            full_of(
                r#"{"ottla":1,"journal":["#,
                r#"{"at":0,"do":"delete-topic","topic":""}"#,
                "]}",
            ),
        ),
        (
            "members",
            full_of(
                r#"{"ottla":1,"setup":[{"do":"add-group","group":"g","topics":[],"members":["#,
                "{}",
                "]}]}",
            ),
        ),
        (
            "headers",
            full_of(
                r#"{"ottla":1,"journal":[{"at":0,"do":"produce","producer":"p","topic":"t","headers":["#,
                r#"["",null]"#,
                "]}]}",
            ),
        ),
        ("bookmarks", full_of(r#"{"ottla":1,"bookmarks":["#, r#"{"at":0,"name":""}"#, "]}")),
    ] {
        assert!(text.len() <= MAX_DOCUMENT_BYTES);
        let bytes = most_bytes(|| {
            let error = file::decode(text.as_bytes()).unwrap_err();
            assert!(matches!(error, DocumentError::Invalid { .. }), "{name}: {error}");
        });
        assert!(bytes < MOST_BYTES, "{name}: {bytes} bytes");
    }
}

#[test]
fn a_link_that_unpacks_without_end_is_stopped_within_the_bound() {
    use base64::Engine as _;
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b'['; 40 << 20], 9);
    let text = format!("#s1={}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bomb));
    let bytes = most_bytes(|| assert_eq!(link::decode(&text), Err(DocumentError::TooLarge)));
    assert!(bytes < 4 * 1024 * 1024, "{bytes} bytes");
}
