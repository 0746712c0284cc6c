//! What is said of a run.

use crate::ui::text::clock;
use scenario::{ForkView, RunId};

/// Its name, or what stands for one.
pub fn name_of(run: &ForkView) -> String {
    match (run.name.is_empty(), run.parent) {
        (false, _) => run.name.clone(),
        (true, None) => "Original".to_owned(),
        (true, Some(_)) => format!("Fork {}", run.letter),
    }
}

/// Where it comes from: "the original", "forked at 00:06.400, one change".
pub fn origin_of(run: &ForkView, runs: &[ForkView]) -> String {
    let Some(parent) = run.parent else { return "the original".to_owned() };
    let from = match runs.iter().find(|other| other.id == parent) {
        Some(other) if parent != RunId::FIRST => format!(" from {}", other.letter),
        _ => String::new(),
    };
    let changes = match run.changes {
        0 => "no change yet".to_owned(),
        1 => "one change".to_owned(),
        n => format!("{n} changes"),
    };
    format!("forked{from} at {}, {changes}", clock(run.forked_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::{Document, Player};

    #[test]
    fn a_run_says_where_it_comes_from() {
        let Ok(mut player) = Player::new(Document::default()) else { panic!("plays") };
        player.advance_to(6_400, u64::MAX);
        assert!(player.fork().is_ok() && player.fork().is_ok());
        let runs = player.runs();
        let said: Vec<String> = runs.iter().map(|run| origin_of(run, &runs)).collect();
        assert_eq!(
            said,
            [
                "the original",
                "forked at 00:06.400, no change yet",
                "forked from B at 00:06.400, no change yet"
            ]
        );
        assert_eq!(runs.iter().map(name_of).collect::<Vec<_>>(), ["Original", "Fork B", "Fork C"]);
    }
}
