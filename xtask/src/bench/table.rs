//! One aligned table of goals and what was measured.

use super::Row;
use super::goals::{Better, Goal};

/// Goals in their order, then rows that have no goal.
pub fn render(goals: &[Goal], rows: &[Row]) -> String {
    let head = ["measure", "goal", "measured", "", "note"].map(str::to_owned);
    let mut lines = vec![head];
    for goal in goals {
        let mut found = rows.iter().filter(|row| is_for(goal, row)).peekable();
        if found.peek().is_none() {
            lines.push(line(goal, None));
        }
        lines.extend(found.map(|row| line(goal, Some(row))));
    }
    for row in rows.iter().filter(|row| !goals.iter().any(|goal| is_for(goal, row))) {
        let measure = format!("{}, {}", row.name, row.source);
        let value = format!("{} {}", number(row.value), row.unit);
        lines.push([measure, String::new(), value, String::new(), row.note.clone()]);
    }
    align(&lines)
}

fn is_for(goal: &Goal, row: &Row) -> bool {
    row.name == goal.name && row.source == goal.source
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
    let measured = format!("{} {}", number(row.value), row.unit);
    let verdict = if row.unit == goal.unit {
        verdict(goal, row.value)
    } else {
        format!("not in {}", goal.unit)
    };
    [goal.measure.to_owned(), aim, measured, verdict, row.note.clone()]
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
        name: "speed",
        source: "native",
        measure: "records through",
        goal: 1_000_000.0,
        better: Better::More,
        unit: "records/s",
    };
    const SIZE: Goal = Goal {
        name: "size",
        source: "size",
        measure: "bytes",
        goal: 350.0,
        better: Better::Less,
        unit: "kB",
    };

    fn row(name: &str, source: &str, value: f64, unit: &str) -> Row {
        let [name, source, unit] = [name, source, unit].map(str::to_owned);
        Row { name, source, value, unit, note: String::new() }
    }

    #[test]
    fn a_table_says_what_is_met_missed_and_not_measured() {
        let rows = [
            row("speed", "native", 1_234_567.4, "records/s"),
            row("speed", "browser", 2.5, "records/s"),
        ];
        let expected = "\
measure                            goal             measured       note
records through  >= 1,000,000 records/s  1,234,567 records/s  met
bytes                         <= 350 kB         not measured
speed, browser                                2.50 records/s
";
        assert_eq!(render(&[SPEED, SIZE], &rows), expected);
    }

    #[test]
    fn a_row_in_another_unit_is_not_judged() {
        let shown = render(&[SIZE], &[row("size", "size", 1.0, "MB")]);
        assert!(shown.contains("not in kB") && !shown.contains("met"), "{shown}");
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
