//! What a painter draws on: few shapes, in inks that the theme turns into colours. A canvas is one; tests use
//! another that writes down what was drawn.

/// A colour by its meaning; the theme's tokens say what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Fill of a key's cell; 7 is the null key.
    Key(u8),
    /// Its edge.
    KeyEdge(u8),
    /// Its letter.
    KeyOn(u8),
    /// Its fill where the record can't be read yet.
    KeyPale(u8),
    /// Page ground.
    Ground,
    /// Card ground.
    Surface,
    /// A quieter ground.
    Surface2,
    /// A closed segment.
    Closed,
    /// The active segment.
    Active,
    /// Edge of a segment.
    TrayLine,
    /// Hatch of what is deleted.
    Hatch,
    /// High watermark, committed offsets.
    Mark,
    /// Positions, followers, countdown.
    Mark2,
    /// Quiet lines.
    Line,
    /// Text.
    Text,
    /// Quieter text.
    Text2,
    /// The quietest text.
    Text3,
    /// Text on a mark.
    OnMark,
    /// Selection.
    Accent,
    /// What is not normal.
    Warn,
    /// What does not run.
    Danger,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dash {
    /// Whole.
    #[default]
    Solid,
    /// `2 2`: read, not committed.
    Dotted,
    /// `2.5 2`: not settled.
    Short,
    /// `3 3`: stopped.
    Dashed,
    /// `5 3`: a replica that is not in sync.
    Long,
    /// `1 3`: what a replica lacks.
    Dots,
}

/// Where a text's point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At its left.
    Left,
    /// In its middle.
    Middle,
    /// At its right.
    Right,
}

/// Which face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Letters in cells and flags.
    Strong,
    /// Words.
    Plain,
    /// Offsets.
    Mono,
    /// The offsets that matter.
    MonoStrong,
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A ground to draw on.
pub trait Surface {
    /// A box with round corners, filled.
    fn fill(&mut self, rect: Rect, radius: f64, ink: Ink);
    /// The edge of a box with round corners.
    fn edge(&mut self, rect: Rect, radius: f64, ink: Ink, width: f64, dash: Dash);
    /// A line through points.
    fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64, dash: Dash);
    /// A closed shape, filled, with an edge where one is given.
    fn shape(&mut self, points: &[(f64, f64)], fill: Ink, edge: Option<Ink>);
    /// A filled circle.
    fn dot(&mut self, x: f64, y: f64, radius: f64, ink: Ink);
    /// Text with its baseline at `y`.
    fn text(&mut self, x: f64, y: f64, text: &str, align: Align, face: Face, ink: Ink);
    /// Diagonal lines within a box.
    fn hatch(&mut self, rect: Rect, ink: Ink);
    /// How strong all that follows is drawn, 0 to 1.
    fn strength(&mut self, alpha: f64);
}
