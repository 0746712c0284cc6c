//! One aligned table of goals and what was measured.

use super::Row;
use super::goals::{Better, Goal};

/// Goals in their order, then rows that have no goal.
pub fn render(goals: &[Goal], rows: &[Row]) -> String {
    let head = ["measure", "goal", "measured", "", "note"].map(str::to_owned);
    let mut lines = vec![head];
    for goal in goals {
        let mut found = rows.iter().filter(|row| row.id == goal.id).peekable();
        if found.peek().is_none() {
            lines.push(line(goal, None));
        }
        lines.extend(found.map(|row| line(goal, Some(row))));
    }
    for row in rows.iter().filter(|row| goals.iter().all(|goal| goal.id != row.id)) {
        let value = number(row.value);
        lines.push([row.id.clone(), String::new(), value, String::new(), row.note.clone()]);
    }
    align(&lines)
}

fn line(goal: &Goal, row: Option<&Row>) -> [String; 5] {
    let sign = if goal.better == Better::More { ">=" } else { "<=" };
    let aim = format!("{sign} {} {}", number(goal.goal), goal.unit);
    let Some(row) = row else {
        return [
            goal.measure.to_owned(),
            aim,
            "not measured".to_owned(),
            String::new(),
            String::new(),
        ];
    };
    let measured = format!("{} {}", number(row.value), goal.unit);
    [goal.measure.to_owned(), aim, measured, verdict(goal, row.value), row.note.clone()]
}

fn verdict(goal: &Goal, value: f64) -> String {
    let is_met = match goal.better {
        Better::More => value >= goal.goal,
        Better::Less => value <= goal.goal,
    };
    if is_met {
        return "met".to_owned();
    }
    let off = (value - goal.goal).abs() / goal.goal * 100.0;
    format!("missed by {off:.0} %")
}

/// Thousands apart; decimals only where they say something.
fn number(value: f64) -> String {
    let plain = if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    };
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(w, r)| (w, Some(r)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().rev().enumerate() {
        if place > 0 && place % 3 == 0 && digit != '-' {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let whole: String = grouped.chars().rev().collect();
    rest.map_or(whole.clone(), |rest| format!("{whole}.{rest}"))
}

fn align(lines: &[[String; 5]]) -> String {
    let mut widths = [0; 5];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(widths)
            .enumerate()
            // Goal and value are numbers: to the right.
            .map(|(place, (cell, width))| match place {
                1 | 2 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEED: Goal = Goal {
        id: "speed",
        measure: "records through",
        goal: 1_000_000.0,
        better: Better::More,
        unit: "records/s",
    };
    const SIZE: Goal =
        Goal { id: "size", measure: "bytes", goal: 350.0, better: Better::Less, unit: "kB" };

    fn row(id: &str, value: f64) -> Row {
        Row { id: id.to_owned(), value, note: String::new() }
    }

    #[test]
    fn a_table_says_what_is_met_missed_and_not_measured() {
        let rows = [row("speed", 1_234_567.4), row("other", 2.5)];
        let expected = "\
measure                    goal             measured
records through  >= 1,000,000 records/s  1,234,567 records/s  met
bytes                         <= 350 kB         not measured
other                                                   2.50
";
        let shown = render(&[SPEED, SIZE], &rows);
        let squeeze = |text: &str| {
            text.lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
        };
        let mut wanted = squeeze(expected);
        wanted[0].push_str(" note");
        assert_eq!(squeeze(&shown), wanted);
        let columns: Vec<usize> = shown.lines().filter_map(|line| line.find("measured")).collect();
        assert!(columns.len() >= 2, "{shown}");
    }

    #[test]
    fn a_miss_says_by_how_much() {
        assert_eq!(verdict(&SIZE, 420.0), "missed by 20 %");
        assert_eq!(verdict(&SIZE, 350.0), "met");
        assert_eq!(verdict(&SPEED, 900_000.0), "missed by 10 %");
    }

    #[test]
    fn numbers_are_grouped() {
        let shown = [0.5, 3.0, 999.0, 1_000.0, 1_234_567.0, -1_000.0].map(number);
        assert_eq!(shown, ["0.50", "3", "999", "1,000", "1,234,567", "-1,000"]);
    }
}
