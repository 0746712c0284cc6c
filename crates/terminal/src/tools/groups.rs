//! `kafka-consumer-groups.sh` (`ConsumerGroupCommand`): options and their checks, list, delete.

use super::{Job, Tool, group_tables, joined, reset, table, uncaught};
use crate::act::{self, Refusal};
use crate::exception::{Exception, Stop};
use crate::filter::regex_error;
use log_engine::Command;
use log_engine::coordinator::GroupState;
use log_engine::protocol::ErrorCode;
use log_engine::view::DescribedGroup;

pub(super) const TOOL: Tool = Tool {
    name: "kafka-consumer-groups",
    about: "list, describe, delete groups, reset their offsets",
    help: include_str!("../../help/kafka-consumer-groups.txt"),
    run,
    misread: uncaught,
    thrown: |job, thrown| match thrown.class.as_str() {
        "java.lang.IllegalArgumentException" => job.usage(&thrown.message),
        _ => act::groups(&mut job.screen, thrown),
    },
};

const ACTIONS: [&str; 6] =
    ["list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex"];
/// The same as `allGroupSelectionScopeOpts` prints them; the order of a Java set is not told.
const GROUP_SCOPE: &str = "[group], [all-groups]";
const STATES: &str =
    "PreparingRebalance, CompletingRebalance, Stable, Dead, Empty, Assigning, Reconciling";

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    check_available(job)?;
    check_args(job)?;
    if job.options.count_of(&ACTIONS) != 1 {
        let names = joined(ACTIONS.iter().map(|action| format!("--{action}")), ", ");
        return Err(Stop::Usage(format!("Command must include exactly one action: {names}")));
    }
    if let Some(regex) = job.options.value("validate-regex")?.map(str::to_owned) {
        match regex_error(&regex) {
            None => job.screen.out(format!("The regular expression `{regex}` is valid.")),
            Some(_) => job.screen.out(format!("The regular expression `{regex}` is invalid.")),
        }
        return Ok(());
    }
    reach(job)?;
    if job.options.has("list") {
        list(job)
    } else if job.options.has("describe") {
        group_tables::describe(job)
    } else if job.options.has("delete") {
        delete(job)
    } else if job.options.has("reset-offsets") {
        reset::run(job)
    } else {
        job.not_here("Offsets of one topic can't be deleted here; --delete takes a group with all its offsets.")
    }
}

fn reach(job: &Job<'_>) -> Result<(), Exception> {
    job.cluster.reach(if job.options.has("list") { "listGroups" } else { "describeGroups" })
}

/// What `availableIf` of the option parser refuses.
fn check_available(job: &Job<'_>) -> Result<(), Stop> {
    let with = |option: &str, others: &[&str]| {
        job.options.has(option) && job.options.count_of(others) == 0
    };
    let mut wrong = Vec::new();
    for (option, others) in [
        ("members", &["describe"][..]),
        ("offsets", &["describe"]),
        ("state", &["describe", "list"]),
        ("type", &["list"]),
        ("verbose", &["describe"]),
    ] {
        if with(option, others) {
            wrong.push(option);
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let text = format!(
        "Option(s) [{}] are unavailable given other options on the command line",
        wrong.join(", ")
    );
    Err(Exception::new("joptsimple.UnavailableOptionException", text).into())
}

fn check_args(job: &mut Job<'_>) -> Result<(), Stop> {
    if !job.options.has("validate-regex") {
        job.require(&["bootstrap-server"])?;
    }
    let scoped = job.options.count_of(&["group", "all-groups"]) > 0;
    let usage = |text: String| Err(Stop::Usage(text));
    if job.options.has("describe") {
        if !scoped {
            return usage(format!("Option [describe] takes one of these options: {GROUP_SCOPE}"));
        }
        if job.options.count_of(&["members", "offsets", "state"]) > 1 {
            return usage(
                "Option [describe] takes at most one of these options: [members], [offsets], [state]"
                    .to_owned(),
            );
        }
        if job.options.value("state")?.is_some() {
            return usage("Option [describe] does not take a value for [state]".to_owned());
        }
    }
    if job.options.has("delete") {
        if !scoped {
            return usage(format!("Option [delete] takes one of these options: {GROUP_SCOPE}"));
        }
        if job.options.has("topic") {
            return usage(
                "The consumer does not support topic-specific offset deletion from a consumer group."
                    .to_owned(),
            );
        }
    }
    if job.options.has("delete-offsets") && job.options.count_of(&["group", "topic"]) < 2 {
        return usage(
            "Option [delete-offsets] takes the following options: [group], [topic]".to_owned(),
        );
    }
    if job.options.has("reset-offsets") {
        reset::check_args(job, scoped, GROUP_SCOPE)?;
    }
    job.forbid_with("group", &["all-groups"])?;
    job.forbid_with("group", &["list"])?;
    job.forbid_with("topic", &["list", "describe"])
}

/// Groups the command is about: those named, or all.
pub(super) fn wanted(job: &Job<'_>) -> Vec<String> {
    if job.options.has("all-groups") {
        let groups = job.cluster.groups();
        return groups.iter().map(|known| known.description.group.to_string()).collect();
    }
    job.options.values("group").into_iter().map(str::to_owned).collect()
}

/// A group as its coordinator describes it.
pub(super) fn described(job: &Job<'_>, group: &str) -> Result<DescribedGroup, Exception> {
    let text = format!("Group {group} not found.");
    job.cluster.group(group).ok_or_else(|| Exception::of_code(ErrorCode::GroupIdNotFound, text))
}

fn list(job: &mut Job<'_>) -> Result<(), Stop> {
    let with_type = job.options.has("type");
    let with_state = job.options.has("state");
    let states = filter_of(job, "state", "Invalid state list", STATES, "Valid states are: ")?;
    let types =
        filter_of(job, "type", "Invalid types list", "Classic, Consumer", "Valid types are: ")?;
    let state = |known: &DescribedGroup| known.description.state.name();
    let groups: Vec<DescribedGroup> = job
        .cluster
        .groups()
        .into_iter()
        .filter(|known| states.is_empty() || states.contains(&state(known).to_lowercase()))
        .filter(|_| types.is_empty() || types.iter().any(|kind| kind == "classic"))
        .collect();
    if !with_type && !with_state {
        groups.iter().for_each(|known| job.screen.out(&known.description.group));
        return Ok(());
    }
    let longest = groups.iter().map(|known| known.description.group.chars().count()).max();
    let widths = [longest.unwrap_or(0).max(15) + 10, 20, 20];
    let row = |group: &str, kind: &str, state: &str| {
        let mut cells = vec![group];
        cells.extend(Some(kind).filter(|_| with_type));
        cells.extend(Some(state).filter(|_| with_state));
        table::row(&cells, &widths)
    };
    job.screen.out(row("GROUP", "TYPE", "STATE"));
    for known in &groups {
        job.screen.out(row(&known.description.group, "Classic", state(known)));
    }
    Ok(())
}

/// The lower-case words of a filter, each one of those allowed.
fn filter_of(
    job: &Job<'_>,
    option: &str,
    invalid: &str,
    allowed: &str,
    hint: &str,
) -> Result<Vec<String>, Stop> {
    let Some(text) = job.options.value(option)?.filter(|text| !text.is_empty()) else {
        return Ok(Vec::new());
    };
    let words: Vec<String> =
        text.split(',').map(|word| word.trim().to_lowercase().replace('_', "")).collect();
    let known = |word: &String| allowed.split(", ").any(|known| known.to_lowercase() == *word);
    if words.iter().all(known) {
        return Ok(words);
    }
    let text = format!("{invalid} '{text}'. {hint}{allowed}");
    Err(Exception::illegal_argument(text).into())
}

fn delete(job: &mut Job<'_>) -> Result<(), Stop> {
    let (mut good, mut bad): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for group in wanted(job) {
        let code = match job.cluster.group(&group).map(|known| known.description.state) {
            Some(GroupState::Empty) => {
                good.push(group);
                continue;
            }
            None => ErrorCode::GroupIdNotFound,
            Some(_) => ErrorCode::NonEmptyGroup,
        };
        let message = match code {
            ErrorCode::GroupIdNotFound => format!("Group {group} not found."),
            other => other.message().to_owned(),
        };
        let thrown = Exception::of_code(code, message);
        bad.push(format!("* Group '{group}' could not be deleted due to: {thrown}"));
    }
    let names = joined(good.iter().map(|group| format!("'{group}'")), ", ");
    let mut lines = Vec::new();
    if bad.is_empty() {
        lines.push(format!("Deletion of requested consumer groups ({names}) was successful."));
    } else {
        lines.push("\nError: Deletion of some consumer groups failed:".to_owned());
        lines.extend(bad);
        if !good.is_empty() {
            lines.push(format!("\nThese consumer groups were deleted successfully: {names}"));
        }
    }
    if good.is_empty() {
        lines.iter().for_each(|line| job.screen.out(line));
        return Ok(());
    }
    let commands = good.into_iter().map(|group| Command::RemoveGroup { group });
    job.act(commands.collect(), &lines, Refusal::DeleteGroups);
    Ok(())
}
