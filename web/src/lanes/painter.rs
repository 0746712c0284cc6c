//! Paints one lane on its canvas: the log on a sheet of its own that is kept from frame to frame, the marks over it.

use super::canvas::CanvasSurface;
use super::geometry::to_f64;
use super::layout::Layout;
use super::markers::{Countdown, Markers, Ringed, paint_markers};
use super::motion::{LAND_MS, Motion, SLIDE_MS, duration};
use super::paint::{paint_cell, paint_log};
use super::palette::Palette;
use crate::browser;
use crate::ui::text;
use leptos::prelude::{document, window};
use log_engine::view::LaneView;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// A deletion nearer than this is shown as near.
const SOON_MS: i64 = 5_000;
/// A lane that was painted within this (real ms) was painted in this frame.
const FRAME_MS: f64 = 8.0;
/// A log that changes again within this (real ms) is painted without its sheet.
const UNSETTLED_MS: f64 = 100.0;
/// The countdown of a lane that nothing else paints is painted this often, in real ms.
const STALE_MS: f64 = 200.0;

/// What a lane shows.
#[derive(Clone)]
pub struct Picture {
    /// The partition.
    pub view: Arc<LaneView>,
    /// Its places.
    pub layout: Arc<Layout>,
    /// Colours.
    pub palette: Arc<Palette>,
    /// Groups with a row.
    pub groups: Vec<String>,
    /// The selected offset, if it is in this partition.
    pub selected: Option<i64>,
    /// Offsets of records that the run beside this one has otherwise.
    pub differing: Arc<Vec<i64>>,
    /// Virtual time, for the countdown.
    pub now_ms: i64,
    /// Virtual seconds a real one; motion shortens with it.
    pub speed: f64,
    /// Nothing is to move by itself.
    pub still: bool,
}

/// What a log was drawn from, one past the last record that had landed, and whether it is on the sheet.
type Drawn = (Arc<LaneView>, Arc<Layout>, Arc<Palette>, i64, bool);

/// A lane's canvas and what it remembers.
pub struct Painter {
    canvas: HtmlCanvasElement,
    /// The log without its marks.
    sheet: Option<HtmlCanvasElement>,
    /// What was drawn last.
    drawn: Option<Drawn>,
    picture: Option<Picture>,
    motion: Motion,
    height: f64,
    /// When it was painted last, and when its log changed last, in real ms.
    painted_ms: f64,
    changed_ms: f64,
}

impl Painter {
    /// For a canvas that is in the page.
    pub fn new(canvas: HtmlCanvasElement) -> Self {
        let sheet = document().create_element("canvas").ok().and_then(|it| it.dyn_into().ok());
        let motion = Motion::default();
        let (painted_ms, changed_ms) = (f64::MIN, f64::MIN);
        let (drawn, picture, height) = (None, None, 0.0);
        Self { canvas, sheet, drawn, picture, motion, height, painted_ms, changed_ms }
    }

    /// Shows something else. Whether anything is to move from here on: then call [`Self::frame`] every frame.
    pub fn show(&mut self, picture: Picture, height: f64) -> bool {
        let now_ms = browser::now_ms();
        let Picture { view, layout, speed, still, .. } = &picture;
        let same_places = self.picture.as_ref().is_some_and(|before| {
            before.layout.pitch == layout.pitch
                && before.layout.first == layout.first
                && before.layout.geometry == layout.geometry
                && before.view.partition == view.partition
                && before.view.topic == view.topic
        });
        let (slide_ms, land_ms) = if same_places {
            (duration(SLIDE_MS, *speed, *still), duration(LAND_MS, *speed, *still))
        } else {
            (0.0, 0.0)
        };
        let few = self.motion.grow(view.log_end, now_ms, land_ms);
        let slide_ms = if few { slide_ms } else { 0.0 };
        self.motion.aim(Markers::of(view, layout, &picture.groups), now_ms, slide_ms);
        self.picture = Some(picture);
        self.height = height;
        self.paint(now_ms)
    }

    /// Lets the countdown go on, unless the lane was painted lately.
    pub fn tick(&mut self, now_ms: i64) {
        let real_ms = browser::now_ms();
        if real_ms - self.painted_ms > STALE_MS
            && let Some(picture) = &mut self.picture
        {
            picture.now_ms = now_ms;
            self.paint(real_ms);
        }
    }

    /// Paints the present moment, unless that was done in this frame; whether something still moves.
    pub fn frame(&mut self) -> bool {
        let now_ms = browser::now_ms();
        if now_ms - self.painted_ms < FRAME_MS {
            return self.motion.moves(now_ms);
        }
        self.paint(now_ms)
    }

    fn paint(&mut self, now_ms: f64) -> bool {
        self.painted_ms = now_ms;
        let Some(picture) = self.picture.clone() else { return false };
        let Picture { view, layout, palette, .. } = &picture;
        let ratio = window().device_pixel_ratio().max(1.0);
        let size = (layout.width, self.height);
        let landed = self.motion.landed(now_ms);
        let on_sheet = self.draw_sheet(&picture, landed, size, ratio, now_ms);
        let font = layout.geometry.font;
        let Some(mut surface) = CanvasSurface::clear(&self.canvas, palette, font, size, ratio)
        else {
            return false;
        };
        match &self.sheet {
            Some(sheet) if on_sheet => surface.stamp(sheet, size),
            _ => paint_log(&mut surface, view, layout, landed),
        }
        for landing in self.motion.landings() {
            let Some(slot) = layout.slots.iter().find(|slot| slot.offset == landing.offset) else {
                continue;
            };
            let x = slot.x * landing.progress(now_ms);
            paint_cell(&mut surface, layout, slot, x, slot.offset >= view.high_watermark);
        }
        let markers = self.motion.markers(now_ms);
        let countdown = countdown(view, layout, picture.now_ms);
        paint_markers(
            &mut surface,
            view,
            layout,
            &markers,
            countdown,
            Ringed { selected: picture.selected, differing: &picture.differing },
            picture.now_ms,
        );
        self.motion.moves(now_ms)
    }

    /// Brings the sheet up to date. False for a log that changes all the time: a sheet that serves one frame costs
    /// more than it saves.
    fn draw_sheet(
        &mut self,
        picture: &Picture,
        landed: i64,
        size: (f64, f64),
        ratio: f64,
        now_ms: f64,
    ) -> bool {
        let Picture { view, layout, palette, .. } = picture;
        let before = self.drawn.take().filter(|(old_view, old_layout, old_palette, upto, _)| {
            Arc::ptr_eq(old_layout, layout)
                && old_view.high_watermark == view.high_watermark
                && old_view.log_start == view.log_start
                && Arc::ptr_eq(old_palette, palette)
                && *upto == landed
        });
        let drawn =
            |on_sheet| Some((view.clone(), layout.clone(), palette.clone(), landed, on_sheet));
        if before.as_ref().is_some_and(|(.., on_sheet)| *on_sheet) {
            self.drawn = before;
            return true;
        }
        let changed_ms = std::mem::replace(&mut self.changed_ms, now_ms);
        if before.is_none() && now_ms - changed_ms < UNSETTLED_MS {
            self.drawn = drawn(false);
            return false;
        }
        let font = layout.geometry.font;
        let surface = self.sheet.as_ref();
        let surface =
            surface.and_then(|sheet| CanvasSurface::clear(sheet, palette, font, size, ratio));
        let Some(mut surface) = surface else { return false };
        paint_log(&mut surface, view, layout, landed);
        self.drawn = drawn(true);
        true
    }
}

/// How much of a partition's retention countdown is left.
pub fn countdown(view: &LaneView, layout: &Layout, now_ms: i64) -> Option<Countdown> {
    let retention = view.retention.as_ref()?;
    let whole = (retention.deletes_at_ms - retention.counts_from_ms).max(1);
    let left_ms = (retention.deletes_at_ms - now_ms).max(0);
    let letters = countdown_words(view, layout, now_ms)?.chars().count();
    Some(Countdown {
        left: to_f64(left_ms) / to_f64(whole),
        soon: left_ms < SOON_MS,
        letters: u32::try_from(letters).unwrap_or(0),
    })
}

/// "deletes in 12 s", where the oldest tray has room for it, else "in 12 s".
pub fn countdown_words(view: &LaneView, layout: &Layout, now_ms: i64) -> Option<String> {
    let retention = view.retention.as_ref()?;
    let tray = layout.trays.first()?;
    let left_ms = u64::try_from(retention.deletes_at_ms - now_ms).unwrap_or(0);
    let word = if tray.right - tray.left > 84.0 { "deletes " } else { "" };
    let left = match left_ms {
        ..60_000 => format!("{} s", left_ms / 1000),
        _ => text::span(i64::try_from(left_ms).unwrap_or(i64::MAX)),
    };
    Some(format!("{word}in {left}"))
}
