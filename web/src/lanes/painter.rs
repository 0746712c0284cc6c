//! Paints one lane on its canvas: the log on a sheet of its own that is kept from frame to frame, the marks over it.

use super::canvas::CanvasSurface;
use super::geometry::to_f64;
use super::layout::Layout;
use super::markers::{Countdown, Markers, paint_markers};
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
    /// Virtual time, for the countdown.
    pub now_ms: i64,
    /// Virtual seconds a real one; motion shortens with it.
    pub speed: f64,
    /// Nothing is to move by itself.
    pub still: bool,
}

/// What a sheet was drawn from, with the moment of it.
type Drawn = (Arc<LaneView>, Arc<Layout>, Arc<Palette>, i64);

/// A lane's canvas and what it remembers.
pub struct Painter {
    canvas: HtmlCanvasElement,
    /// The log without its marks.
    sheet: Option<HtmlCanvasElement>,
    /// What the sheet shows.
    drawn: Option<Drawn>,
    picture: Option<Picture>,
    motion: Motion,
    height: f64,
}

impl Painter {
    /// For a canvas that is in the page.
    pub fn new(canvas: HtmlCanvasElement) -> Self {
        let sheet = document().create_element("canvas").ok().and_then(|it| it.dyn_into().ok());
        let motion = Motion::default();
        Self { canvas, sheet, drawn: None, picture: None, motion, height: 0.0 }
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
        self.motion.grow(view.log_end, now_ms, land_ms);
        self.motion.aim(Markers::of(view, layout, &picture.groups), now_ms, slide_ms);
        self.picture = Some(picture);
        self.height = height;
        self.frame()
    }

    /// Paints the present moment; whether something still moves.
    pub fn frame(&mut self) -> bool {
        let now_ms = browser::now_ms();
        let Some(picture) = self.picture.clone() else { return false };
        let Picture { view, layout, palette, .. } = &picture;
        let ratio = window().device_pixel_ratio().max(1.0);
        let size = (layout.width, self.height);
        let landed = self.motion.landed(now_ms);
        self.draw_sheet(&picture, landed, size, ratio);
        let font = layout.geometry.font;
        let Some(mut surface) = CanvasSurface::clear(&self.canvas, palette, font, size, ratio)
        else {
            return false;
        };
        if let Some(sheet) = &self.sheet {
            surface.stamp(sheet, size);
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
        paint_markers(&mut surface, view, layout, &markers, countdown, picture.selected);
        self.motion.moves(now_ms)
    }

    fn draw_sheet(&mut self, picture: &Picture, landed: i64, size: (f64, f64), ratio: f64) {
        let Picture { view, layout, palette, .. } = picture;
        let kept = self.drawn.as_ref().is_some_and(|(old_view, old_layout, old_palette, upto)| {
            Arc::ptr_eq(old_layout, layout)
                && old_view.high_watermark == view.high_watermark
                && old_view.log_start == view.log_start
                && Arc::ptr_eq(old_palette, palette)
                && *upto == landed
        });
        if kept {
            return;
        }
        let Some(sheet) = &self.sheet else { return };
        let font = layout.geometry.font;
        if let Some(mut surface) = CanvasSurface::clear(sheet, palette, font, size, ratio) {
            paint_log(&mut surface, view, layout, landed);
            self.drawn = Some((view.clone(), layout.clone(), palette.clone(), landed));
        }
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
