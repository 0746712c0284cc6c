//! A canvas as a surface.

use super::palette::Palette;
use super::surface::{Align, Dash, Face, Ink, Rect, Surface};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Draws on a canvas, and sets a state only where it differs from the one before: setting costs more than drawing.
pub struct CanvasSurface<'p> {
    context: CanvasRenderingContext2d,
    palette: &'p Palette,
    font_px: f64,
    fill: Option<Ink>,
    stroke: Option<Ink>,
    width: f64,
    dash: Dash,
    face: Option<Face>,
    align: Option<Align>,
}

impl<'p> CanvasSurface<'p> {
    /// A cleared canvas of this size in CSS pixels, at the screen's own resolution.
    pub fn clear(
        canvas: &HtmlCanvasElement,
        palette: &'p Palette,
        font_px: f64,
        (width, height): (f64, f64),
        ratio: f64,
    ) -> Option<Self> {
        let device = |px: f64| super::geometry::floor_u32((px * ratio).round()).max(1);
        let (device_width, device_height) = (device(width), device(height));
        if canvas.width() != device_width || canvas.height() != device_height {
            canvas.set_width(device_width);
            canvas.set_height(device_height);
        }
        let context: CanvasRenderingContext2d =
            canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, width, height);
        context.set_global_alpha(1.0);
        context.set_line_cap("butt");
        context.set_line_join("round");
        context.set_line_width(1.0);
        let _ = context.set_line_dash(&js_sys::Array::new());
        Some(Self {
            context,
            palette,
            font_px,
            fill: None,
            stroke: None,
            width: 1.0,
            dash: Dash::Solid,
            face: None,
            align: None,
        })
    }

    /// Lays another canvas of the same size over this one.
    pub fn stamp(&self, other: &HtmlCanvasElement, (width, height): (f64, f64)) {
        let _ = self
            .context
            .draw_image_with_html_canvas_element_and_dw_and_dh(other, 0.0, 0.0, width, height);
    }

    fn fill_ink(&mut self, ink: Ink) {
        if self.fill != Some(ink) {
            self.context.set_fill_style_str(self.palette.colour(ink));
            self.fill = Some(ink);
        }
    }

    fn pen(&mut self, ink: Ink, width: f64, dash: Dash) {
        if self.stroke != Some(ink) {
            self.context.set_stroke_style_str(self.palette.colour(ink));
            self.stroke = Some(ink);
        }
        if (self.width - width).abs() > f64::EPSILON {
            self.context.set_line_width(width);
            self.width = width;
        }
        if self.dash != dash {
            let _ = self.context.set_line_dash(&pattern(dash));
            self.dash = dash;
        }
    }

    fn path(&self, points: &[(f64, f64)]) {
        self.context.begin_path();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 {
                self.context.move_to(*x, *y);
            } else {
                self.context.line_to(*x, *y);
            }
        }
    }

    fn outline(&self, rect: Rect, radius: f64) {
        self.context.begin_path();
        let _ = self.context.round_rect_with_f64(rect.x, rect.y, rect.w, rect.h, radius);
    }
}

fn pattern(dash: Dash) -> js_sys::Array {
    let lengths: &[f64] = match dash {
        Dash::Solid => &[],
        Dash::Dotted => &[2.0, 2.0],
        Dash::Short => &[2.5, 2.0],
        Dash::Dashed => &[3.0, 3.0],
        Dash::Long => &[5.0, 3.0],
        Dash::Dots => &[1.0, 3.0],
    };
    lengths.iter().map(|length| JsValue::from_f64(*length)).collect()
}

impl Surface for CanvasSurface<'_> {
    fn fill(&mut self, rect: Rect, radius: f64, ink: Ink) {
        self.fill_ink(ink);
        if radius < 1.0 {
            self.context.fill_rect(rect.x, rect.y, rect.w, rect.h);
        } else {
            self.outline(rect, radius);
            self.context.fill();
        }
    }

    fn edge(&mut self, rect: Rect, radius: f64, ink: Ink, width: f64, dash: Dash) {
        self.pen(ink, width, dash);
        self.outline(rect, radius);
        self.context.stroke();
    }

    fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64, dash: Dash) {
        self.pen(ink, width, dash);
        self.path(points);
        self.context.stroke();
    }

    fn shape(&mut self, points: &[(f64, f64)], fill: Ink, edge: Option<Ink>) {
        self.fill_ink(fill);
        self.path(points);
        self.context.close_path();
        self.context.fill();
        if let Some(edge) = edge {
            self.pen(edge, 1.25, Dash::Solid);
            self.context.stroke();
        }
    }

    fn dot(&mut self, x: f64, y: f64, radius: f64, ink: Ink) {
        self.fill_ink(ink);
        self.context.begin_path();
        let _ = self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
        self.context.fill();
    }

    fn text(&mut self, x: f64, y: f64, text: &str, align: Align, face: Face, ink: Ink) {
        if self.face != Some(face) {
            let (weight, family) = match face {
                Face::Strong => (600, &self.palette.ui_font),
                Face::Plain => (400, &self.palette.ui_font),
                Face::Mono => (400, &self.palette.mono_font),
                Face::MonoStrong => (600, &self.palette.mono_font),
            };
            self.context.set_font(&format!("{weight} {}px {family}", self.font_px));
            self.face = Some(face);
        }
        if self.align != Some(align) {
            self.context.set_text_align(match align {
                Align::Left => "left",
                Align::Middle => "center",
                Align::Right => "right",
            });
            self.align = Some(align);
        }
        self.fill_ink(ink);
        let _ = self.context.fill_text(text, x, y);
    }

    fn hatch(&mut self, rect: Rect, ink: Ink) {
        self.context.save();
        self.outline(rect, 4.0);
        self.context.clip();
        self.pen(ink, 1.5, Dash::Solid);
        self.context.begin_path();
        let mut x = rect.x - rect.h;
        while x < rect.x + rect.w {
            self.context.move_to(x, rect.y + rect.h);
            self.context.line_to(x + rect.h, rect.y);
            x += 8.5;
        }
        self.context.stroke();
        self.context.restore();
        // What was set meanwhile is undone by the restore.
        self.stroke = None;
        self.width = 0.0;
        self.dash = Dash::Dashed;
    }

    fn strength(&mut self, alpha: f64) {
        self.context.set_global_alpha(alpha);
    }
}
