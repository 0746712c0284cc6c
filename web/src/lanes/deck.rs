//! What all lanes of the shown topic share: sizes, pitch, which groups have a row, how far each is scrolled back.

use super::across::Across;
use super::geometry::{Geometry, LaneKind, Pitch, Scale, Setting};
use super::layout::Layout;
use super::replicas;
use crate::session::{Density, Session, use_session};
use crate::ui::{Viewport, use_viewport};
use leptos::prelude::*;
use log_engine::view::LaneWindow;
use sorted::SortedMap;
use std::sync::Arc;

/// Groups with a row in the lanes at a time.
pub const SHOWN_GROUPS: usize = 2;
/// The map of lags beside the rows, with its distance from them.
const MINIMAP: f64 = 54.0;
/// Windows lower than this have no room for a row for each follower.
const FOLDED_BELOW: f64 = 700.0;
/// Offsets beyond what fits that a window asks for, so that holes and short segments do not leave room.
const SPARE: u32 = 4;

/// A partition in numbers; taken four times a second while time runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its number.
    pub partition: i32,
    /// Leader's `node.id`.
    pub leader: Option<i32>,
    /// Log start offset.
    pub log_start: i64,
    /// Log end offset.
    pub log_end: i64,
    /// Bytes of its log.
    pub bytes: i64,
    /// Segments in reach of the lane.
    pub segments: u32,
    /// Lag of each shown group, in their order.
    pub lags: Vec<Option<i64>>,
    /// Replicas beside the leader.
    pub followers: u32,
    /// Those of its replicas that should be in the ISR and are not, by `node.id`.
    pub out: Vec<i32>,
    /// A reassignment of it goes on.
    pub moving: bool,
    /// Something is to be said of the whole partition.
    pub troubled: bool,
}

/// The shared state of the lanes, from context.
#[derive(Clone, Copy)]
pub struct Deck {
    session: Session,
    /// The run that this one is compared with.
    pub across: Option<Across>,
    /// How lanes are drawn.
    pub kind: Memo<LaneKind>,
    /// Number of partitions.
    pub partitions: Memo<i32>,
    /// Every partition in numbers.
    pub facts: Memo<Arc<Vec<Facts>>>,
    /// Sizes of a lane.
    pub geometry: Memo<Geometry>,
    /// Sizes of a compact lane that is opened: full height, in the same columns.
    opened: Memo<Geometry>,
    /// Width of a strip.
    pub strip: Memo<f64>,
    /// The common pitch.
    pub pitch: Memo<Pitch>,
    /// Groups that have a row, in order.
    pub groups: Memo<Vec<String>>,
    /// Where a lane that is scrolled back ends; the others follow the log end.
    pub scrolled: RwSignal<SortedMap<i32, i64>>,
    layouts: StoredValue<SortedMap<i32, Arc<Layout>>>,
}

impl Deck {
    /// For lanes in a column of this width.
    pub fn new(room: Signal<f64>) -> Self {
        let session = use_session();
        let viewport = use_viewport();
        let partitions = Memo::new(move |_| {
            session.topic.with(|topic| topic.as_ref().map_or(0, |topic| topic.summary.partitions))
        });
        let kind = Memo::new(move |_| LaneKind::of(partitions.get()));
        let groups = Memo::new(move |_| shown_groups(session));
        let across = use_context::<Across>();
        let facts_of = move |session| Arc::new(facts(session, partitions.get(), &groups.get()));
        let facts = Memo::new(move |_| facts_of(session));
        // Two runs side by side have one scale.
        let scaled = match across {
            None => facts,
            Some(Across { other, .. }) => Memo::new(move |_| {
                let both = facts_of(other);
                Arc::new(facts.get().iter().chain(both.iter()).cloned().collect())
            }),
        };
        let geometry =
            Memo::new(move |_| geometry(session, viewport, kind.get(), &scaled.get(), room.get()));
        let opened = Memo::new(move |_| {
            let closed = geometry.get();
            Geometry {
                gutter: closed.gutter,
                tail: closed.tail,
                head: closed.head,
                segment_gap: closed.segment_gap,
                after: closed.after.max(26.0),
                ..Geometry::new(
                    LaneKind::Full,
                    setting(session, viewport, &scaled.get()),
                    true,
                    false,
                )
            }
        });
        let strip = Memo::new(move |_| {
            let geometry = geometry.get();
            let map = if kind.get() == LaneKind::Row { MINIMAP } else { 0.0 };
            (room.get() - geometry.gutter - geometry.tail - map).max(40.0).floor()
        });
        let pitch = Memo::new(move |before: Option<&Pitch>| {
            let scale = scaled.with(|facts| scale(facts, strip.get()));
            scale.pitch(&geometry.get(), session.page.zoom.get(), before.copied())
        });
        Self {
            session,
            across,
            kind,
            partitions,
            facts,
            geometry,
            opened,
            strip,
            pitch,
            groups,
            scrolled: RwSignal::new(SortedMap::new()),
            layouts: StoredValue::new(SortedMap::new()),
        }
    }

    /// Sizes of one lane: the one with the selected record is opened, where lanes are compact.
    pub fn geometry_of(self, partition: i32) -> Geometry {
        let geometry = self.geometry.get();
        let selected = self.session.page.selection.with(|selection| {
            selection.as_ref().is_some_and(|selection| {
                selection.partition == partition
                    && self
                        .session
                        .page
                        .topic
                        .with(|topic| topic.as_ref() == Some(&selection.topic))
            })
        });
        if selected && geometry.kind == LaneKind::Compact { self.opened.get() } else { geometry }
    }

    /// The part of a partition that its lane has room for.
    pub fn window(self, partition: i32) -> LaneWindow {
        let count = self.pitch.get().fits(self.strip.get()).saturating_add(SPARE);
        match self.scrolled.with(|scrolled| scrolled.get(&partition).copied()) {
            Some(end) => LaneWindow::From { first: (end - i64::from(count)).max(0), count },
            None => LaneWindow::Tail(count),
        }
    }

    /// Keeps a lane's places for the keyboard.
    pub fn keep_layout(self, partition: i32, layout: Option<Arc<Layout>>) {
        self.layouts.update_value(|layouts| match layout {
            Some(layout) => {
                layouts.insert(partition, layout);
            }
            None => {
                layouts.remove(&partition);
            }
        });
    }

    /// A lane's places, if it is in view.
    pub fn layout(self, partition: i32) -> Option<Arc<Layout>> {
        self.layouts.with_value(|layouts| layouts.get(&partition).cloned())
    }

    /// Scrolls a lane by records: back for positive ones. At the log end it follows again.
    pub fn scroll(self, partition: i32, back: i64) {
        let Some(layout) = self.layout(partition) else { return };
        let log_end = layout.end + layout.hidden_after;
        let shown = layout.end - layout.first;
        let oldest = layout.first - layout.hidden_before + shown;
        self.scroll_to(partition, (layout.end - back).max(oldest.min(log_end)), log_end);
    }

    /// Scrolls a lane so that an offset is in view.
    pub fn reveal(self, partition: i32, offset: i64) {
        let Some(layout) = self.layout(partition) else { return };
        if offset >= layout.first && offset < layout.end {
            return;
        }
        let log_end = layout.end + layout.hidden_after;
        let shown = layout.end - layout.first;
        let end = if offset < layout.first { offset + shown * 4 / 5 } else { offset + 1 };
        self.scroll_to(partition, end, log_end);
    }

    fn scroll_to(self, partition: i32, end: i64, log_end: i64) {
        self.scrolled.update(|scrolled| {
            if end >= log_end {
                scrolled.remove(&partition);
            } else {
                scrolled.insert(partition, end);
            }
        });
    }

    /// Every lane follows its log end again.
    pub fn follow(self) {
        if self.scrolled.with_untracked(|scrolled| !scrolled.is_empty()) {
            self.scrolled.set(SortedMap::new());
        }
    }

    /// The session.
    pub fn session(self) -> Session {
        self.session
    }
}

/// Where the page's keys find the deck: it is made further down the page than they are.
#[derive(Clone, Copy)]
pub struct DeckSlot(StoredValue<Option<Deck>, LocalStorage>);

impl Default for DeckSlot {
    fn default() -> Self {
        Self(StoredValue::new_local(None))
    }
}

impl DeckSlot {
    /// The deck, once the lanes are there.
    pub fn get(self) -> Option<Deck> {
        self.0.get_value()
    }

    /// Puts it in.
    pub fn fill(self, deck: Deck) {
        self.0.set_value(Some(deck));
    }
}

/// The deck of the shown topic.
///
/// # Panics
/// When no ancestor provided one, which the cluster column does.
pub fn use_deck() -> Deck {
    expect_context::<Deck>()
}

/// The chosen groups, else the first two that read the topic.
fn shown_groups(session: Session) -> Vec<String> {
    let topic = session.page.topic.get();
    let reads = |name: &String| {
        session.group(name).with(|group| {
            group
                .as_ref()
                .is_some_and(|group| group.topics.iter().any(|read| Some(read) == topic.as_ref()))
        })
    };
    let readers: Vec<String> = session.group_names.get().into_iter().filter(reads).collect();
    let chosen = session.page.shown_groups.get();
    let mut shown: Vec<String> =
        readers.iter().filter(|name| chosen.contains(name)).cloned().collect();
    if chosen.is_empty() {
        shown = readers;
    }
    shown.truncate(SHOWN_GROUPS);
    shown
}

fn facts(session: Session, partitions: i32, groups: &[String]) -> Vec<Facts> {
    session.pulse.track();
    let Some(topic) = session.page.topic.get() else { return Vec::new() };
    // Lanes that show segments need their number for the pitch; rows do not.
    let window = LaneWindow::Tail(if LaneKind::of(partitions) == LaneKind::Row { 0 } else { 128 });
    session.read(|engine| {
        let lane = |partition| engine.lane(&topic, partition, window);
        (0..partitions)
            .filter_map(lane)
            .map(|lane| Facts {
                partition: lane.partition,
                leader: lane.leader.map(|leader| leader.0),
                log_start: lane.log_start,
                log_end: lane.log_end,
                bytes: lane.bytes,
                segments: u32::try_from(lane.segments.len()).unwrap_or(u32::MAX),
                lags: groups
                    .iter()
                    .map(|group| lane.cursors.iter().find(|c| c.group == *group).map(|c| c.lag))
                    .collect(),
                followers: replicas::follower_count(&lane),
                out: replicas::out_of_sync(&lane),
                moving: replicas::is_moving(&lane),
                troubled: replicas::trouble(&lane).is_some(),
            })
            .collect()
    })
}

fn setting(session: Session, viewport: Viewport, facts: &[Facts]) -> Setting {
    let phone = viewport.phone();
    Setting {
        embed: session.page.embedded,
        phone,
        large: session.page.density.get() == Density::Large,
        followers: facts.iter().map(|facts| facts.followers).max().unwrap_or(0),
        folded: !phone && viewport.height.get() < FOLDED_BELOW,
        remarked: facts.iter().any(|facts| facts.troubled),
    }
}

fn scale(facts: &[Facts], room: f64) -> Scale {
    Scale {
        room,
        longest: facts.iter().map(|f| f.log_end - f.log_start).max().unwrap_or(0),
        segments: facts.iter().map(|f| f.segments).max().unwrap_or(0),
    }
}

fn geometry(
    session: Session,
    viewport: Viewport,
    kind: LaneKind,
    facts: &[Facts],
    room: f64,
) -> Geometry {
    let setting = setting(session, viewport, facts);
    let wide = viewport.width.get() >= 1700.0;
    let plain = Geometry::new(kind, setting, false, wide);
    let strip = room - plain.gutter - plain.tail;
    let scale = scale(facts, strip);
    let pitch = scale.pitch(&plain, session.page.zoom.get(), None);
    let gaps = f64::from(scale.segments) * plain.segment_gap;
    let fits = i64::from(pitch.fits(strip - plain.after - gaps));
    let deleted = facts.iter().any(|facts| facts.log_start > 0);
    let headed = kind != LaneKind::Full || deleted || scale.longest > fits;
    Geometry::new(kind, setting, headed, wide)
}
