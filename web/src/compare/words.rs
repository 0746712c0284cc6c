//! Runs in words.

use crate::panels::text::plural;
use crate::ui::text::clock;
use scenario::ForkView;

/// Its name, or what it is where it has none.
pub fn title(run: &ForkView) -> String {
    match (run.name.is_empty(), run.parent) {
        (false, _) => run.name.clone(),
        (true, None) => "the original".to_owned(),
        (true, Some(_)) => format!("fork {}", run.letter),
    }
}

/// Where it comes from: "forked at 00:06.400, one change".
pub fn origin(run: &ForkView) -> String {
    if run.parent.is_none() {
        return "the original".to_owned();
    }
    let changes = match run.changes {
        0 => "no change yet".to_owned(),
        1 => "one change".to_owned(),
        n => plural(i64::try_from(n).unwrap_or(i64::MAX), "change", "changes"),
    };
    format!("forked at {}, {changes}", clock(run.forked_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::RunId;

    #[test]
    fn a_run_says_what_it_is_and_where_it_comes_from() {
        let first = ForkView {
            id: RunId::FIRST,
            letter: 'A',
            name: String::new(),
            parent: None,
            forked_at: 0,
            changes: 0,
            actions: 3,
            shown: true,
            beside: false,
        };
        assert_eq!((title(&first), origin(&first)), ("the original".into(), "the original".into()));
        let parent = Some(RunId::FIRST);
        let fork = ForkView { letter: 'B', parent, forked_at: 6_400, changes: 1, ..first };
        assert_eq!(title(&fork), "fork B");
        assert_eq!(origin(&fork), "forked at 00:06.400, one change");
        let named = ForkView { name: "acks all".into(), changes: 2, ..fork };
        assert_eq!(
            (title(&named), origin(&named)),
            ("acks all".into(), "forked at 00:06.400, 2 changes".into())
        );
    }
}
