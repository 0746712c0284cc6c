//! Documents go into links and files and come back; what is no document gets a clear answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use scenario::limits::{MAX_DOCUMENT_BYTES, MAX_LINK_BYTES};
use scenario::link::LinkSize;
use scenario::{Document, DocumentError, command, file, gallery, link};

fn file_error(text: &str) -> DocumentError {
    file::decode(text.as_bytes()).unwrap_err()
}

/// `{"ottla":1,...}` with these fields after the version.
fn with(fields: &str) -> String {
    format!(r#"{{"ottla":1,{fields}}}"#)
}

#[test]
fn every_built_in_document_goes_through_a_link() {
    for entry in gallery::GALLERY {
        let document = entry.document().unwrap();
        let fragment = link::encode(&document).unwrap();
        assert_eq!(LinkSize::of(fragment.len()), LinkSize::Safe, "{}", entry.name);
        assert_eq!(link::decode(&fragment).unwrap(), document);
        assert_eq!(
            link::decode(&format!("https://example.org/a/?b=c{fragment}")).unwrap(),
            document
        );
    }
}

#[test]
fn a_link_that_a_mail_program_broke_into_lines_still_opens() {
    let document = gallery::default_document();
    let fragment = link::encode(&document).unwrap();
    let broken: Vec<String> = fragment
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    assert_eq!(link::decode(&broken.join("\r\n ")).unwrap(), document);
    assert_eq!(link::decode(&format!("{fragment}==&x=1")).unwrap(), document);
}

#[test]
fn links_of_the_first_version_open_for_ever() {
    for line in include_str!("golden-links.txt").lines().filter(|line| !line.is_empty()) {
        let (name, fragment) = line.split_once(' ').unwrap();
        let document = link::decode(fragment).unwrap_or_else(|error| panic!("{name}: {error}"));
        let json =
            std::fs::read(format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR")));
        assert_eq!(document, file::decode(&json.unwrap()).unwrap(), "{name}");
    }
}

#[test]
fn links_that_are_none_or_are_damaged_say_so() {
    let good = link::encode(&gallery::default_document()).unwrap();
    for text in ["", "#", "https://example.org/", "#s=abc", "#sx=abc", "#title=s1", "#s0=abc"] {
        assert_eq!(link::decode(text).unwrap_err(), DocumentError::NotALink, "{text}");
    }
    for cut in [PREFIX_LEN, PREFIX_LEN + 1, 40, good.len() / 2, good.len() - 1] {
        let error = link::decode(&good[..cut]).unwrap_err();
        assert!(error.to_string().contains("its end is missing"), "{cut}: {error}");
    }
    let error = link::decode("#s1=ab*d").unwrap_err();
    assert!(error.to_string().contains("character 3 ('*')"), "{error}");
    assert!(matches!(
        link::decode("#s7=abc"),
        Err(DocumentError::FutureVersion { version: 7, newest: 2 })
    ));
    let long = format!("#s1={}", "A".repeat(MAX_LINK_BYTES));
    assert!(matches!(link::decode(&long), Err(DocumentError::LinkTooLong { .. })));
}

const PREFIX_LEN: usize = link::PREFIX.len();

#[test]
fn a_small_link_that_unpacks_to_much_is_stopped_at_the_bound() {
    use base64::Engine as _;
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 40 << 20], 10);
    let packed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bomb);
    assert!(packed.len() < MAX_LINK_BYTES);
    assert_eq!(link::decode(&format!("#s1={packed}")).unwrap_err(), DocumentError::TooLarge);
}

#[test]
fn a_link_packed_with_a_zlib_header_opens_too() {
    use base64::Engine as _;
    let document = gallery::default_document();
    let json = file::encode_compact(&document).unwrap();
    for level in [1, 6, 9] {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), level);
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
        assert_eq!(link::decode(&format!("#s1={text}")).unwrap(), document);
    }
}

#[test]
fn files_that_are_none_say_so() {
    assert_eq!(file_error(""), DocumentError::NotOttla);
    assert_eq!(file_error("[1, 2]"), DocumentError::NotOttla);
    assert_eq!(file_error("<html>"), DocumentError::NotOttla);
    assert_eq!(file_error("{}"), DocumentError::NotOttla);
    assert_eq!(file_error(r#"{"ottla":"1"}"#), DocumentError::NotOttla);
    assert_eq!(file_error(r#"{"ottla":0}"#), DocumentError::NotOttla);
    assert_eq!(
        file::decode(b"{\"ottla\":1,\"title\":\"\xff\"}"),
        Err(DocumentError::NotText { at: 20 })
    );
    let large = with(&format!(r#""title":"{}""#, " ".repeat(MAX_DOCUMENT_BYTES)));
    assert_eq!(file_error(&large), DocumentError::TooLarge);
}

#[test]
fn a_document_of_a_newer_version_is_named_as_such_whatever_else_is_in_it() {
    let error = file_error(r#"{"new":{"things":[1]},"ottla":3,"title":3}"#);
    assert_eq!(error, DocumentError::FutureVersion { version: 3, newest: 2 });
    assert!(error.to_string().contains("newer Ottla"), "{error}");
}

#[test]
fn json_that_breaks_off_is_placed_by_line_and_column() {
    let error = file_error("{\"ottla\":1,\n\"title\":\"x");
    assert!(matches!(error, DocumentError::Malformed { line: 2, .. }), "{error}");
    let error = file_error("{\"ottla\":1,\n\"setup\":[{\"do\":\"fly\"}]}");
    assert!(error.to_string().contains("unknown variant `fly`"), "{error}");
    let deep = with(&format!(r#""title":{}"#, "[".repeat(100_000)));
    assert!(matches!(file_error(&deep), DocumentError::Malformed { .. }));
}

#[test]
fn a_field_beyond_its_bound_is_named_with_the_bound() {
    let topic =
        |fields: &str| with(&format!(r#""setup":[{{"do":"create-topic","topic":"t",{fields}}}]"#));
    let stream = |fields: &str| {
        with(&format!(
            r#""setup":[{{"do":"set-stream","producer":"p","stream":{{"topic":"t",{fields}}}}}]"#
        ))
    };
    for (text, path) in [
        (with(&format!(r#""title":"{}""#, "x".repeat(201))), "title"),
        (with(r#""seed":9007199254740992"#), "seed"),
        (with(r#""cluster":{"brokers":101}"#), "cluster.brokers"),
        (with(r#""cluster":{"brokers":0}"#), "cluster.brokers"),
        (with(r#""at":315360000001"#), "at"),
        (topic(r#""partitions":1001"#), "setup[0].partitions"),
        (stream(r#""records":1,"per_ms":0"#), "setup[0].stream.per_ms"),
        (stream(r#""records":11000000"#), "setup[0].stream.records (for each second)"),
        (
            stream(r#""records":1,"value_bytes_min":9,"value_bytes_max":8"#),
            "setup[0].stream.value_bytes_min",
        ),
        (
            stream(r#""records":1,"keys":{"kind":"fixed","keys":[]}"#),
            "setup[0].stream.keys.keys (how many)",
        ),
        (
            with(
                r#""journal":[{"at":5,"do":"delete-topic","topic":"a"},{"at":4,"do":"delete-topic","topic":"b"}]"#,
            ),
            "journal[1].at",
        ),
        (
            with(
                r#""journal":[{"at":5,"do":"produce","producer":"p","topic":"t","value":{"hex":"0G"}}]"#,
            ),
            "journal[0].value.hex",
        ),
        (
            with(r#""journal":[{"at":5,"do":"produce","producer":"p","topic":"t","count":0}]"#),
            "journal[0].count",
        ),
        (with(r#""view":{"speed_x10":0}"#), "view.speed_x10"),
    ] {
        match file_error(&text) {
            DocumentError::Invalid { path: found, .. } => assert_eq!(found, path),
            other => panic!("{path}: {other}"),
        }
    }
}

#[test]
fn what_no_reader_would_take_is_not_written() {
    let document = Document { title: "x".repeat(201), ..Document::default() };
    assert!(matches!(file::encode(&document), Err(DocumentError::Invalid { .. })));
    assert!(matches!(link::encode(&document), Err(DocumentError::Invalid { .. })));
}

#[test]
fn a_link_is_safe_long_or_too_long() {
    assert_eq!(LinkSize::of(2_000), LinkSize::Safe);
    assert_eq!(LinkSize::of(2_001), LinkSize::Long);
    assert_eq!(LinkSize::of(8_000), LinkSize::Long);
    assert_eq!(LinkSize::of(8_001), LinkSize::TooLong);
}

#[test]
fn a_field_that_a_command_does_not_have_is_refused() {
    for (text, path) in [
        (
            r#""setup":[{"do":"create-topic","topic":"t","partitions":1,"replication-factor":3}]"#,
            "setup[0].replication-factor",
        ),
        (
            r#""journal":[{"at":1,"do":"delete-topic","topic":"t","members":[{}]}]"#,
            "journal[0].members",
        ),
        (
            r#""setup":[{"do":"add-group","group":"g","topics":[],"members":[{},{"name":"m"}]}]"#,
            "setup[0].members[1].name",
        ),
        (r#""setup":[{"do":"delete-topic","topic":"t","at":5}]"#, "setup[0].at"),
    ] {
        match file_error(&with(text)) {
            DocumentError::Invalid { path: found, .. } => assert_eq!(found, path),
            other => panic!("{path}: {other}"),
        }
    }
    assert!(matches!(file_error(&with(r#""journals":[]"#)), DocumentError::Malformed { .. }));
}

#[test]
fn every_command_goes_through_json_with_just_the_fields_that_are_documented() {
    for json in include_str!("commands.jsonl").lines() {
        let command = command::decode(json).unwrap_or_else(|error| panic!("{json}: {error}"));
        let written = serde_json::to_value(&command).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(json).unwrap());
        let kind = written["do"].as_str().unwrap();
        let (_, fields) = command::FIELDS.iter().find(|(name, _)| *name == kind).unwrap();
        let found: Vec<&String> =
            written.as_object().unwrap().keys().filter(|key| *key != "do").collect();
        assert!(found.iter().all(|field| fields.contains(&field.as_str())), "{json}");
    }
    // Every kind, and every field of each, is in that file.
    for (kind, fields) in command::FIELDS {
        let lines: Vec<serde_json::Value> = include_str!("commands.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &serde_json::Value| line["do"] == *kind)
            .collect();
        for field in *fields {
            assert!(lines.iter().any(|line| line.get(field).is_some()), "{kind} without {field}");
        }
    }
}

#[test]
fn a_command_that_is_none_or_too_large_is_refused() {
    assert!(matches!(command::decode("{}"), Err(DocumentError::Malformed { .. })));
    assert!(matches!(command::decode(r#"{"do":"fly"}"#), Err(DocumentError::Malformed { .. })));
    let many = r#"{"do":"create-topic","topic":"t","partitions":1001}"#;
    assert!(matches!(command::decode(many), Err(DocumentError::Invalid { .. })));
    let long = format!("{}{}", " ".repeat(MAX_DOCUMENT_BYTES), many);
    assert_eq!(command::decode(&long), Err(DocumentError::TooLarge));
}

#[test]
fn forks_and_what_is_switched_off_go_through_a_file_and_a_link() {
    let text = r#"{ "ottla": 2, "title": "Forks", "original": "acks 1",
        "journal": [{ "at": 5, "do": "heal-links" }, { "at": 9, "off": true, "do": "heal-links" }],
        "forks": [
            { "name": "acks all", "at": 7, "keeps": 1, "journal": [{ "at": 8, "do": "heal-links" }] },
            { "parent": 1, "at": 20, "keeps": 2 } ],
        "at": 30, "run": 2, "compare": 1 }"#;
    let document = file::decode(text.as_bytes()).unwrap();
    assert!(document.journal[1].off && document.forks[1].parent == 1);
    assert_eq!(file::decode(file::encode(&document).unwrap().as_bytes()).unwrap(), document);
    assert_eq!(link::decode(&link::encode(&document).unwrap()).unwrap(), document);
    let player = scenario::Player::new(document.clone()).unwrap();
    assert_eq!(player.save_state(), document);
    let runs = player.runs();
    assert_eq!(runs.iter().map(|run| run.letter).collect::<String>(), "ABC");
    assert_eq!((runs[2].actions, runs[2].changes, runs[1].changes), (2, 0, 1));
}

#[test]
fn a_fork_that_does_not_fit_its_parent_is_named() {
    let of = |fields: &str| {
        format!(r#"{{ "ottla": 2, "journal": [{{ "at": 5, "do": "heal-links" }}], {fields} }}"#)
    };
    for (fields, path) in [
        (r#""forks": [{ "at": 1, "keeps": 2 }]"#, "forks[0].keeps"),
        (r#""forks": [{ "at": 1, "parent": 1 }]"#, "forks[0].parent"),
        (
            r#""forks": [{ "at": 6, "keeps": 1, "journal": [{ "at": 4, "do": "heal-links" }] }]"#,
            "forks[0].journal[0].at",
        ),
        (
            r#""forks": [{ "at": 6, "journal": [{ "at": 7, "do": "heal-links", "of": 1 }] }]"#,
            "forks[0].journal[0].of",
        ),
        (r#""forks": [{ "at": 1 }], "run": 2"#, "run"),
        (r#""compare": 1"#, "compare"),
    ] {
        match file_error(&of(fields)) {
            DocumentError::Invalid { path: found, .. } => assert_eq!(found, path),
            other => panic!("{path}: {other}"),
        }
    }
    let many = format!(r#""forks": [{}]"#, vec![r#"{ "at": 1 }"#; 26].join(","));
    assert!(matches!(file_error(&of(&many)), DocumentError::Invalid { .. }));
}

#[test]
fn version_1_has_no_forks() {
    for (fields, path) in [
        (r#""forks": [{ "at": 1 }]"#, "forks"),
        (r#""journal": [{ "at": 1, "off": true, "do": "heal-links" }]"#, "journal[0].off"),
    ] {
        match file_error(&with(fields)) {
            DocumentError::Invalid { path: found, reason } => {
                assert_eq!(found, path);
                assert!(reason.contains("\"ottla\": 2"), "{reason}");
            }
            other => panic!("{path}: {other}"),
        }
    }
}
