//! A difference with as few steps as show it, and in words.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::script::Step;
use super::{Case, Desk, Difference};

/// How long is spent on it: each try is a case on real processes.
const LIMIT: Duration = Duration::from_secs(180);
/// Most lines told of a difference.
const LINES: usize = 40;

/// Leaves steps out, the latest first, as long as the last one still differs.
pub fn shrunk(
    desk: &mut Desk,
    case: &Case,
    mut steps: Vec<Step>,
    mut found: Difference,
) -> Result<(Vec<Step>, Difference)> {
    let began = Instant::now();
    let mut at = steps.len().saturating_sub(1);
    while at > 0 && began.elapsed() < LIMIT {
        at -= 1;
        if steps.get(at).is_none_or(|step| step.is_setup) {
            continue;
        }
        let mut fewer = steps.clone();
        fewer.remove(at);
        let Some(fewer) = rewritten(desk, case, &fewer)? else { continue };
        match desk.real.first_difference(&fewer)? {
            Some(other) if !other.disturbed && other.at + 1 == fewer.len() => {
                (steps, found) = (fewer, other);
            }
            _ => {}
        }
    }
    Ok((steps, found))
}

/// The steps on our cluster again; none where one of them is refused now that was not before, or the other way round.
fn rewritten(desk: &mut Desk, case: &Case, steps: &[Step]) -> Result<Option<Vec<Step>>> {
    let mut script = case.begin(&mut desk.ours)?;
    for step in steps {
        if !script.again(step)? {
            return Ok(None);
        }
    }
    Ok(Some(script.steps))
}

/// A difference in words: what was done, what differs, and how to see it again.
pub fn told(desk: &mut Desk, case: &Case, steps: &[Step], found: &Difference) -> Result<String> {
    let mut text = format!("{}: the last of these {} steps differs\n", case.name(), steps.len());
    for step in steps {
        writeln!(text, "{}", step.about)?;
        for made in &step.moves {
            writeln!(text, "    {}", made.line())?;
        }
    }
    text.push_str("differ:\n");
    for line in found.lines.iter().take(LINES) {
        writeln!(text, "  {line}")?;
    }
    let more = found.lines.len().saturating_sub(LINES);
    if more > 0 {
        writeln!(text, "  and {more} more")?;
    }
    if found.disturbed {
        text.push_str("(brokers were fenced for want of heartbeats, each time it was tried)\n");
    }
    let mut script = case.begin(&mut desk.ours)?;
    for step in steps {
        script.again(step)?;
    }
    writeln!(text, "ours, to open in the page: {}", script.link()?)?;
    writeln!(text, "what the nodes logged: {}", desk.real.dir().display())?;
    write!(text, "again: {}", case.again())?;
    Ok(text)
}
