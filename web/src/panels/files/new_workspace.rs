//! A new workspace: the cluster it starts from. That is fixed at its start, so it is asked for here.

use super::shelf::{Shelf, open_document};
use crate::panels::controls::{Segmented, Stepper, fresh_id};
use crate::panels::parts::field::{Field, error_line};
use crate::session::{Session, use_session};
use leptos::prelude::*;
use log_engine::command::{ClusterSpec, QuorumSpec};
use log_engine::{Command, Engine};
use scenario::{Document, gallery};

/// Most voters that are offered.
const MOST_VOTERS: i64 = 9;

/// What the form holds.
#[derive(Clone, Copy)]
struct Draft {
    brokers: RwSignal<i64>,
    separate: RwSignal<bool>,
    voters: RwSignal<i64>,
    racks: RwSignal<i64>,
}

impl Draft {
    fn new() -> Self {
        Self {
            brokers: RwSignal::new(3),
            separate: RwSignal::new(false),
            voters: RwSignal::new(3),
            racks: RwSignal::new(0),
        }
    }

    fn most_voters(self) -> i64 {
        if self.separate.get() { MOST_VOTERS } else { self.brokers.get().min(MOST_VOTERS) }
    }

    fn spec(self) -> ClusterSpec {
        let whole = |n: i64| u32::try_from(n).unwrap_or(1);
        let voters = whole(self.voters.get().min(self.most_voters()));
        let quorum = match self.separate.get() {
            true => QuorumSpec::Separate(voters),
            false => QuorumSpec::Combined(voters),
        };
        ClusterSpec {
            brokers: whole(self.brokers.get()),
            quorum: Some(quorum),
            racks: (0..self.racks.get()).map(rack_name).collect(),
            ..ClusterSpec::default()
        }
    }

    /// What the engine would refuse.
    fn problem(self) -> Option<String> {
        Engine::new(&self.spec(), 1, 0).err().map(|error| error.message)
    }
}

/// `a`, `b` ... `z`, then `rack-27`.
fn rack_name(at: i64) -> String {
    match u8::try_from(at) {
        Ok(at) if at < 26 => char::from(b'a' + at).to_string(),
        _ => format!("rack-{}", at + 1),
    }
}

/// The form.
#[component]
pub fn NewWorkspace(
    /// Where it is kept.
    shelf: Option<Shelf>,
) -> impl IntoView {
    let session = use_session();
    let draft = Draft::new();
    let refused = RwSignal::new(None::<String>);
    let problem = Memo::new(move |_| draft.problem());
    let create = move || {
        let document = document(untrack(|| draft.spec()));
        refused.set(open_document(session, shelf, document).err());
        announce(session, &refused);
    };
    view! {
        <form
            class="new-ws"
            on:submit=move |event| {
                event.prevent_default();
                create();
            }
        >
            <h3>"New workspace"</h3>
            <p class="help-l">"Its cluster is fixed at the start; what fails, and when, is up to you later."</p>
            <Fields draft/>
            <div class="ws-cluster" aria-hidden="true">{move || picture(&draft.spec())}</div>
            <p class="help-l">{move || sentence(&draft.spec())}</p>
            {move || problem.get().or_else(|| refused.get()).map(|text| error_line(text, None))}
            <p class="new-act">
                <button type="submit" class="btn primary" prop:disabled=move || problem.with(Option::is_some)>
                    "Create workspace"
                </button>
            </p>
        </form>
    }
}

fn announce(session: Session, refused: &RwSignal<Option<String>>) {
    if refused.with_untracked(Option::is_none) {
        session.say("A new workspace is open");
    }
}

#[component]
fn Fields(draft: Draft) -> impl IntoView {
    let (brokers, voters, racks) = (fresh_id("brokers"), fresh_id("voters"), fresh_id("racks"));
    let help = |text: &str| Signal::stored(text.to_owned());
    let option = |id: &str, word: &str| (id.to_owned(), word.to_owned());
    let roles = vec![option("combined", "on brokers"), option("separate", "nodes of their own")];
    let voter_help = Signal::derive(move || match draft.voters.get().min(draft.most_voters()) {
        1 => "One controller: while it is down, no leader is elected.".to_owned(),
        n => format!("A majority has to run: {} of {n} may fail.", (n - 1) / 2),
    });
    view! {
        <Field label="Brokers" id=brokers.clone() help=help("1 to 100. A replication factor is at most as many.")>
            <Stepper
                id=brokers.clone()
                value=draft.brokers
                max=100
                on_change=Callback::new(move |count| draft.brokers.set(count))
            />
        </Field>
        <Field label="Controllers" help=help("process.roles: the KRaft quorum runs on the first brokers, or apart.")>
            <Segmented
                label="Controllers"
                options=Signal::stored(roles)
                value=Signal::derive(move || if draft.separate.get() { "separate" } else { "combined" }.to_owned())
                on_pick=Callback::new(move |id: String| draft.separate.set(id == "separate"))
            />
        </Field>
        <Field label="Voters" id=voters.clone() help=voter_help>
            <Stepper
                id=voters.clone()
                value=Signal::derive(move || draft.voters.get().min(draft.most_voters()))
                max=MOST_VOTERS
                on_change=Callback::new(move |count: i64| draft.voters.set(count.min(untrack(|| draft.most_voters()))))
            />
        </Field>
        <Field label="Racks" id=racks.clone() help=help("broker.rack: brokers get them in turn, replicas are spread over them. 0 is none.")>
            <Stepper
                id=racks.clone()
                value=draft.racks
                min=0
                max=26
                on_change=Callback::new(move |count| draft.racks.set(count))
            />
        </Field>
    }
}

/// Its nodes as tokens; a crown on each voter.
fn picture(spec: &ClusterSpec) -> AnyView {
    /// Tokens that have room.
    const SHOWN: u32 = 30;
    let combined = match spec.quorum {
        Some(QuorumSpec::Combined(count)) => count,
        _ => 0,
    };
    let token = |n: u32| {
        let at = usize::try_from(n - 1).unwrap_or(0);
        let rack = at.checked_rem(spec.racks.len()).and_then(|at| spec.racks.get(at)).cloned();
        view! {
            <span class="ws-node">
                <b class="btok">{n}</b>
                {(n <= combined).then(|| view! { <crate::ui::Icon name="crown"/> })}
                {rack.map(|rack| view! { <i>{rack}</i> })}
            </span>
        }
    };
    let own = match spec.quorum {
        Some(QuorumSpec::Separate(count)) => count,
        _ => 0,
    };
    let controller = |n: u32| {
        view! {
            <span class="ws-node"><b class="btok">{3000 + n}</b><crate::ui::Icon name="crown"/></span>
        }
    };
    let more = spec.brokers.saturating_sub(SHOWN);
    view! {
        {(1..=spec.brokers.min(SHOWN)).map(token).collect_view()}
        {(more > 0).then(|| view! { <span class="dim">{format!("and {more} more")}</span> })}
        {(0..own).map(controller).collect_view()}
    }
    .into_any()
}

fn sentence(spec: &ClusterSpec) -> String {
    let brokers = match spec.brokers {
        1 => "One broker".to_owned(),
        n => format!("{n} brokers"),
    };
    let racks = match spec.racks.len() {
        0 => String::new(),
        1 => " in one rack".to_owned(),
        n => format!(" in {n} racks"),
    };
    format!("{brokers}{racks}, an empty topic of 4 partitions, and a producer.")
}

/// The empty scenario on that cluster, its topic replicated as far as it has brokers for.
fn document(spec: ClusterSpec) -> Document {
    let empty = gallery::by_name("empty").and_then(|entry| entry.document().ok());
    let mut document = empty.unwrap_or_default();
    let configs = document.cluster.configs.clone();
    let factor = i16::try_from(spec.brokers.min(3)).unwrap_or(1);
    document.cluster = ClusterSpec { configs, ..spec };
    document.title = match document.cluster.brokers {
        1 => "New workspace".to_owned(),
        n => format!("New workspace, {n} brokers"),
    };
    for command in &mut document.setup {
        if let Command::CreateTopic { replication_factor, configs, .. } = command {
            *replication_factor = factor;
            if factor > 2 {
                configs.insert("min.insync.replicas".to_owned(), "2".to_owned());
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Player;

    #[test]
    fn each_cluster_that_is_offered_plays() {
        for (brokers, quorum) in [
            (1, QuorumSpec::Combined(1)),
            (3, QuorumSpec::Combined(3)),
            (5, QuorumSpec::Separate(3)),
        ] {
            let spec = ClusterSpec {
                brokers,
                quorum: Some(quorum),
                racks: (0..2).map(rack_name).collect(),
                ..ClusterSpec::default()
            };
            let player = Player::new(document(spec)).map_err(|error| error.to_string());
            let topic = player.map(|player| player.engine().topic("orders").map(|it| it.summary));
            let factor = topic.map(|topic| topic.map(|topic| topic.replication_factor));
            assert_eq!(factor, Ok(i16::try_from(brokers.min(3)).ok()));
        }
    }
}
