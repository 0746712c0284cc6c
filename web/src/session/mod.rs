//! The session owns the run and is its only writer. Components get a [`Session`] from context, read its
//! signals and send it commands; nothing else holds the engine.
//!
//! - A signal for each entity view: [`Session::cluster`], [`Session::topic`], [`Session::lane`],
//!   [`Session::producer`], [`Session::group`], [`Session::ledger`], [`Session::marks`]. They are written
//!   after each change, lanes every frame, numbers four times a second while time runs.
//! - What has no signal is read on demand with [`Session::read`], after tracking [`Session::pulse`].
//! - No effect may set a signal that an effect reads: handlers send commands, effects only draw.

mod act;
mod bookmarks;
mod driver;
mod file;
mod hints;
mod legend;
mod lookup;
mod message;
mod pace;
mod page;
mod panel;
mod runs;
mod scrub;
mod select;
mod settings;
mod slots;
mod travel;
mod views;

pub use driver::FrameStats;
pub use legend::{KeyMark, Legend};
pub use message::{Notice, NoticeAction, NoticeKind, Saved, Toast};
pub use page::Page;
pub use panel::{
    Density, DrawerTab, GroupTab, OpenTab, Panel, ProducerTab, Selection, Side, Theme,
};
pub use slots::LaneSignal;
pub use travel::{JumpGoal, JumpProgress, SPEEDS};
pub use views::Lens;

use driver::Driver;
use leptos::prelude::*;
use log_engine::Engine;
use log_engine::view::{ClusterView, LedgerView, TopicView};
use scenario::{Document, ForkView, Mark, Player, RunId};
use sorted::SortedMap;
use std::rc::Rc;
use views::Views;
use web_sys::HtmlElement;

/// The handle that components hold: small, `Copy`, from context.
#[derive(Clone, Copy)]
pub struct Session {
    core: StoredValue<Core, LocalStorage>,
    /// Whose run it reads: what follows down to the marks is of that one.
    lens: Lens,
    /// State of the page itself: panels, drawer, selection, theme. Freely written by handlers.
    pub page: Page,
    /// The cluster in short.
    pub cluster: ReadSignal<ClusterView>,
    /// The shown topic; none while the cluster has no topic.
    pub topic: ReadSignal<Option<TopicView>>,
    /// Names of all producers, in order of creation.
    pub producer_names: ReadSignal<Vec<String>>,
    /// Ids of all groups, in order of creation.
    pub group_names: ReadSignal<Vec<String>>,
    /// Totals over all records.
    pub ledger: ReadSignal<LedgerView>,
    /// Notable moments, for the timeline.
    pub marks: ReadSignal<Vec<Mark>>,
    /// Grows after each change, at most four times a second while time runs: track it before [`Self::read`].
    pub pulse: ReadSignal<u64>,
    /// The same for the drawer, a little later: not all is to be drawn in one frame.
    pub drawer_pulse: ReadSignal<u64>,
    /// Virtual milliseconds since the scenario's start; written every frame.
    pub elapsed_ms: ReadSignal<u64>,
    /// The latest moment reached so far, in the same unit: the timeline's end of what is known.
    pub horizon_ms: ReadSignal<u64>,
    /// Time runs.
    pub playing: ReadSignal<bool>,
    /// Virtual seconds for each real one.
    pub speed: ReadSignal<f64>,
    /// A jump that goes on.
    pub jump: ReadSignal<Option<JumpProgress>>,
    /// Whether there is an action to take back, and one to do again.
    pub history: ReadSignal<(bool, bool)>,
    /// The scenario's title.
    pub title: ReadSignal<String>,
    /// Grows with each change of the document: what autosave follows.
    pub edits: ReadSignal<u64>,
    /// Colours and letters of keys.
    pub legend: ReadSignal<Legend>,
    /// All runs, the first one first.
    pub runs: ReadSignal<Vec<ForkView>>,
}

/// What the handle points to.
struct Core {
    player: Player,
    /// Of the shown run, and of the halves of a comparison.
    shown: Views,
    halves: [Views; 2],
    /// At which edit the runs were told of last, which was shown and which beside it.
    runs_of: Option<(u64, RunId, Option<RunId>)>,
    driver: Driver,
    write: Writers,
    anchor: Option<HtmlElement>,
    /// What the Undo in the present toast does, where that is not the journal's.
    toast_undo: Option<Rc<dyn Fn()>>,
    /// High watermarks by partition, as the live region told them last.
    told_watermarks: SortedMap<i32, i64>,
}

/// The writing ends of the session's signals.
#[derive(Clone, Copy)]
struct Writers {
    pulse: WriteSignal<u64>,
    drawer_pulse: WriteSignal<u64>,
    elapsed_ms: WriteSignal<u64>,
    horizon_ms: WriteSignal<u64>,
    playing: WriteSignal<bool>,
    speed: WriteSignal<f64>,
    jump: WriteSignal<Option<JumpProgress>>,
    history: WriteSignal<(bool, bool)>,
    title: WriteSignal<String>,
    edits: WriteSignal<u64>,
    legend: WriteSignal<Legend>,
    runs: WriteSignal<Vec<ForkView>>,
}

impl Session {
    /// A session for a document being played, owned by the present reactive owner. Call once, at the root.
    pub fn new(player: Player) -> Self {
        let [shown, left, right] = [(); 3].map(|()| Views::new(player.engine()));
        let (pulse, set_pulse) = signal(0);
        let (drawer_pulse, set_drawer_pulse) = signal(0);
        let (elapsed_ms, set_elapsed_ms) = signal(player.elapsed_ms());
        let (horizon_ms, set_horizon_ms) = signal(player.horizon_ms());
        let (playing, set_playing) = signal(false);
        let (speed, set_speed) = signal(1.0);
        let (jump, set_jump) = signal(None);
        let (history, set_history) = signal((false, false));
        let (title, set_title) = signal(player.facts().title.clone());
        let (edits, set_edits) = signal(0);
        let (legend, set_legend) = signal(Legend::default());
        let (runs, set_runs) = signal(player.runs());
        let write = Writers {
            pulse: set_pulse,
            drawer_pulse: set_drawer_pulse,
            elapsed_ms: set_elapsed_ms,
            horizon_ms: set_horizon_ms,
            playing: set_playing,
            speed: set_speed,
            jump: set_jump,
            history: set_history,
            title: set_title,
            edits: set_edits,
            legend: set_legend,
            runs: set_runs,
        };
        let (cluster, topic, ledger, marks) =
            (shown.cluster.0, shown.topic.0, shown.ledger.0, shown.marks.0);
        let (producer_names, group_names) = (shown.producer_names.0, shown.group_names.0);
        let core = Core {
            player,
            shown,
            halves: [left, right],
            runs_of: None,
            driver: Driver::default(),
            write,
            anchor: None,
            toast_undo: None,
            told_watermarks: SortedMap::new(),
        };
        let session = Self {
            core: StoredValue::new_local(core),
            lens: Lens::Shown,
            page: Page::new(),
            cluster,
            topic,
            producer_names,
            group_names,
            ledger,
            marks,
            pulse,
            drawer_pulse,
            elapsed_ms,
            horizon_ms,
            playing,
            speed,
            jump,
            history,
            title,
            edits,
            legend,
            runs,
        };
        session.recall_settings();
        if untrack(|| session.compared()).is_some() {
            // Two runs need the room.
            session.page.drawer_open.set(false);
        }
        session.open_view();
        session
    }

    /// Reads the engine without tracking. Track [`Self::pulse`] (or a view's signal) first where the answer
    /// should follow the run.
    pub fn read<T>(self, look: impl FnOnce(&Engine) -> T) -> T {
        self.core.with_value(|core| look(core.engine(self.lens)))
    }

    /// Reads the player: the document, its journal.
    pub fn read_player<T>(self, look: impl FnOnce(&Player) -> T) -> T {
        self.core.with_value(|core| look(&core.player))
    }

    /// The document with the present moment and the page's view of it: what links, files and workspaces hold.
    pub fn document(self) -> Document {
        let mut document = self.read_player(Player::save_state);
        document.view = Some(self.view_hints());
        document
    }

    /// Changes the core. The closure must not come back to the session.
    fn change<T>(self, change: impl FnOnce(&mut Core) -> T) -> Option<T> {
        self.core.try_update_value(change)
    }

    /// Puts another document in place of this one: a file, a link, another workspace.
    pub fn load(self, player: Player) {
        self.rest();
        self.change(|core| {
            core.player = player;
            core.runs_of = None;
            core.forget_lanes();
            core.write.legend.set(Legend::default());
        });
        self.page.reset();
        self.open_view();
    }

    /// Gives the scenario another title; one that is too long is refused.
    pub fn set_title(self, title: &str) {
        let title = title.trim();
        if !title.is_empty() {
            self.change(|core| {
                if core.player.set_title(title).is_ok() {
                    core.write.title.set(title.to_owned());
                    core.write.edits.update(|edits| *edits += 1);
                }
            });
        }
    }
}

/// The session of this page.
///
/// # Panics
/// When no ancestor provided one, which the root does.
pub fn use_session() -> Session {
    expect_context::<Session>()
}
