//! Wrong command lines: what the real tools say of them (`tests/golden/cli-usage.md`), said here.
#![allow(clippy::unwrap_used)]

mod support;

use support::{Desk, golden, texts};

/// Lines that count: no frames, no tool's log, `[usage]` for the table of options.
fn normal(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("Option  ") || line == "[usage]" {
            lines.push("[usage]".to_owned());
            break;
        }
        let log = line.contains(" ERROR ");
        if !log && !line.starts_with("\tat ") && !line.starts_with("\t... ") && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// argparse4j sets its errors in blocks of 75 columns; what counts is the text.
fn unset(lines: &[String]) -> String {
    lines.concat().split_whitespace().collect()
}

#[test]
fn wrong_command_lines_are_refused_in_the_tools_own_words() {
    let text = golden("cli-usage.md");
    let mut failures = Vec::new();
    let mut compared = 0;
    for block in text.split("```console\n$ ").skip(1) {
        let (command, output) = block.split("```").next().unwrap().split_once('\n').unwrap();
        let mut desk = Desk::new(1);
        let (got, wanted) = (normal(&texts(&desk.enter(command))), normal(output));
        compared += 1;
        let same = match command.starts_with("kafka-metadata-quorum.sh") {
            true => unset(&got) == unset(&wanted),
            false => got == wanted,
        };
        // Its exception is logged, not printed: here the log line stands in the screen and is left out above.
        let logged = command.contains("auto.offset.reset=middle");
        if !same && !logged {
            failures.push(format!(
                "$ {command}\n--- wanted\n{}\n--- got\n{}\n",
                wanted.join("\n"),
                got.join("\n")
            ));
        }
        assert!(desk.journal.is_empty(), "{command}");
    }
    assert!(compared > 100);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
