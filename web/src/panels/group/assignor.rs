//! The four client-side assignors (R-GRP-20 to R-GRP-28) as one choice.

use crate::panels::configs::ConfigDesk;
use crate::panels::parts::field::error_line;
use leptos::prelude::*;

/// What sets it.
pub const STRATEGY: &str = "partition.assignment.strategy";
const PACKAGE: &str = "org.apache.kafka.clients.consumer.";

/// Name, class (without package; empty for Kafka's default list) and one line.
const ASSIGNORS: [(&str, &str, &str); 5] = [
    (
        "range, then cooperative-sticky",
        "",
        "Kafka's default list: range, until all members are rolled to the second",
    ),
    ("range", "RangeAssignor", "per topic, in blocks"),
    ("roundrobin", "RoundRobinAssignor", "all partitions dealt in a circle"),
    ("sticky", "StickyAssignor", "balanced, keeps owners; everybody stops (eager)"),
    (
        "cooperative-sticky",
        "CooperativeStickyAssignor",
        "balanced, only moved partitions stop; may take 2 rounds",
    ),
];

/// The class name for the config; none takes it back to Kafka's default list.
pub fn class_of(name: &str) -> Option<String> {
    let found = ASSIGNORS.iter().find(|(known, _, _)| *known == name);
    found.filter(|(_, class, _)| !class.is_empty()).map(|(_, class, _)| format!("{PACKAGE}{class}"))
}

/// The choice that a value of the config stands for; none for a list of one's own.
fn name_of(value: &str) -> Option<&'static str> {
    let classes: Vec<&str> =
        value.split(',').map(|class| class.trim().trim_start_matches("class ")).collect();
    let bare = |class: &str| class.rsplit('.').next().unwrap_or(class).to_owned();
    match classes.as_slice() {
        [one] => {
            let one = bare(one);
            ASSIGNORS
                .iter()
                .find(|(name, class, _)| *class == one || *name == one)
                .map(|(name, _, _)| *name)
        }
        [first, second]
            if bare(first) == "RangeAssignor" && bare(second) == "CooperativeStickyAssignor" =>
        {
            Some(ASSIGNORS[0].0)
        }
        _ => None,
    }
}

/// Radio buttons over all of them. `chosen` is a name of the table.
#[component]
pub fn AssignorChoice(
    /// The chosen one.
    chosen: Signal<Option<&'static str>>,
    /// Called with the name of another one.
    on_pick: Callback<&'static str>,
) -> impl IntoView {
    let group = crate::panels::controls::fresh_id("assignor");
    let radio = move |(name, _, about): (&'static str, &'static str, &'static str)| {
        view! {
            <label class="opt">
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=move || chosen.get() == Some(name)
                    on:change=move |_| on_pick.run(name)
                />
                <span><b>{name}</b>" "{about}</span>
            </label>
        }
    };
    view! { <div role="radiogroup" aria-label="Assignor">{ASSIGNORS.into_iter().map(radio).collect_view()}</div> }
        .into_any()
}

/// The section of the group's tab.
#[component]
pub fn AssignorSection(
    /// The group's configs.
    desk: ConfigDesk,
) -> impl IntoView {
    let shown = desk.shown(STRATEGY);
    let chosen = Signal::derive(move || name_of(&shown.get()));
    let pick = Callback::new(move |name: &'static str| match class_of(name) {
        Some(class) => desk.set(STRATEGY, &class),
        None => desk.reset(STRATEGY),
    });
    let error = desk.error(STRATEGY);
    view! {
        <div class="sec">
            <h3>"Assignor "<code class="dim">{STRATEGY}</code></h3>
            <AssignorChoice chosen on_pick=pick/>
            {move || error.get().map(|error| error_line(error, None))}
            <p class="help-l">
                "A change restarts all members together. Restarted one by one, each would have to know both assignors for a while: a member that has none in common with the others is refused, INCONSISTENT_GROUP_PROTOCOL."
            </p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configs_value_finds_its_choice() {
        let default =
            format!("class {PACKAGE}RangeAssignor,class {PACKAGE}CooperativeStickyAssignor");
        assert_eq!(name_of(&default), Some("range, then cooperative-sticky"));
        assert_eq!(name_of(&format!("{PACKAGE}StickyAssignor")), Some("sticky"));
        assert_eq!(name_of("com.example.Own"), None);
        assert_eq!(class_of("range, then cooperative-sticky"), None);
        assert_eq!(class_of("range").as_deref().and_then(name_of), Some("range"));
    }
}
