//! Which lines the event log shows. While time runs it takes in a few new rows at each refresh and says how many
//! it left out; at rest it shows every event.

use log_engine::EventId;
use log_engine::view::{EventFilter, EventRow};

/// New rows at one refresh, of which there are four a second.
pub const FRESH: usize = 5;
/// Rows there are at most while time runs: each new one moves all of them.
const KEPT: usize = 40;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// An event.
    Row(EventRow),
    /// Events that were left out, newer than `after`: how many, where all are shown.
    Gap {
        /// The event below the gap.
        after: EventId,
        /// How many; none where a filter is on.
        count: Option<u64>,
    },
}

impl Line {
    /// What tells it from all other lines.
    pub fn key(&self) -> (u64, bool) {
        match self {
            Line::Row(row) => (row.id.0, false),
            Line::Gap { after, .. } => (after.0, true),
        }
    }
}

/// What is shown, and for which question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The filter.
    pub filter: EventFilter,
    /// How many rows were asked for.
    pub limit: usize,
    /// Newest first.
    pub lines: Vec<Line>,
}

impl Shown {
    fn newest(&self) -> Option<EventId> {
        self.lines.iter().find_map(|line| match line {
            Line::Row(row) => Some(row.id),
            Line::Gap { .. } => None,
        })
    }
}

/// The lines now. `read` gives the newest so many events that pass the filter, newest first.
pub fn next(
    before: Option<&Shown>,
    filter: EventFilter,
    limit: usize,
    running: bool,
    read: impl Fn(&EventFilter, usize) -> Vec<EventRow>,
) -> Shown {
    let same = before.filter(|shown| running && shown.filter == filter && shown.limit == limit);
    if let Some(shown) = same
        && let Some(newest) = shown.newest()
    {
        let fresh = read(&filter, FRESH + 1);
        // After a jump back in time the newest event is older than what is shown.
        if fresh.first().is_some_and(|row| row.id >= newest) {
            return Shown { lines: join(shown, &fresh, newest, &filter), filter, limit };
        }
    }
    let rows = read(&filter, limit);
    Shown { lines: rows.into_iter().map(Line::Row).collect(), filter, limit }
}

fn join(shown: &Shown, fresh: &[EventRow], newest: EventId, filter: &EventFilter) -> Vec<Line> {
    let new: Vec<&EventRow> = fresh.iter().take_while(|row| row.id > newest).collect();
    let mut lines: Vec<Line> =
        new.iter().take(FRESH).map(|row| Line::Row((*row).clone())).collect();
    if new.len() > FRESH {
        let oldest = new.get(FRESH - 1).map_or(newest.0, |row| row.id.0);
        let everything = filter.categories.is_empty() && filter.text.is_empty();
        let count = everything.then(|| oldest.saturating_sub(newest.0 + 1));
        lines.push(Line::Gap { after: newest, count });
    }
    lines.extend(shown.lines.iter().cloned());
    lines.truncate(KEPT);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::view::EventCategory;

    fn log(newest: u64) -> impl Fn(&EventFilter, usize) -> Vec<EventRow> {
        move |_, limit| {
            let ids = (1..=newest).rev().take(limit);
            let row = |id| EventRow {
                id: EventId(id),
                at_ms: 0,
                category: EventCategory::Produce,
                icon: String::new(),
                subject: String::new(),
                text: String::new(),
                cause: None,
                topic: None,
                partition: None,
            };
            ids.map(row).collect()
        }
    }

    fn ids(shown: &Shown) -> Vec<String> {
        let word = |line: &Line| match line {
            Line::Row(row) => row.id.0.to_string(),
            Line::Gap { count, .. } => format!("+{}", count.unwrap_or(0)),
        };
        shown.lines.iter().map(word).collect()
    }

    #[test]
    fn a_few_new_events_join_the_top() {
        let first = next(None, EventFilter::default(), 100, true, log(3));
        let then = next(Some(&first), EventFilter::default(), 100, true, log(5));
        assert_eq!(ids(&then), ["5", "4", "3", "2", "1"]);
    }

    #[test]
    fn many_new_events_leave_a_gap_that_says_how_many() {
        let first = next(None, EventFilter::default(), 100, true, log(2));
        let then = next(Some(&first), EventFilter::default(), 100, true, log(20));
        assert_eq!(ids(&then), ["20", "19", "18", "17", "16", "+13", "2", "1"]);
    }

    #[test]
    fn at_rest_there_are_no_gaps() {
        let first = next(None, EventFilter::default(), 100, true, log(2));
        let running = next(Some(&first), EventFilter::default(), 100, true, log(12));
        let rest = next(Some(&running), EventFilter::default(), 100, false, log(12));
        assert_eq!(rest.lines.len(), 12);
    }

    #[test]
    fn going_back_in_time_shows_what_is_left() {
        let first = next(None, EventFilter::default(), 100, true, log(9));
        let back = next(Some(&first), EventFilter::default(), 100, true, log(4));
        assert_eq!(ids(&back), ["4", "3", "2", "1"]);
    }
}
