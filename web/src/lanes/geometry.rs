//! Sizes of a lane, from the room it has and what its topic holds. One pitch for all lanes of a topic, so that
//! their lengths compare.

/// How a topic's lanes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKind {
    /// At most 4 partitions: axis, flags, a row for each group.
    Full,
    /// 5 to 16: one strip, cursors as triangles.
    Compact,
    /// 17 and more: one row of columns.
    Row,
}

impl LaneKind {
    /// The kind for a number of partitions.
    pub fn of(partitions: i32) -> Self {
        match partitions {
            ..=4 => LaneKind::Full,
            5..=16 => LaneKind::Compact,
            _ => LaneKind::Row,
        }
    }
}

/// What the page around the lane is like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// In an iframe.
    pub embed: bool,
    /// Narrower than 720 px.
    pub phone: bool,
    /// Large density.
    pub large: bool,
    /// Replicas of a partition beside its leader.
    pub followers: u32,
    /// Their rows are folded to thin bars: there is no room for numbers.
    pub folded: bool,
    /// Some partition says something right of its log end.
    pub remarked: bool,
}

/// Heights and widths in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Which kind of lane.
    pub kind: LaneKind,
    /// Room above the cells, for flags and the countdown.
    pub top: f64,
    /// Height of a cell.
    pub cell: f64,
    /// Height of the axis below the cells.
    pub axis: f64,
    /// Height of a follower's row.
    pub follower: f64,
    /// Rows of followers.
    pub followers: u32,
    /// Height of a group's row.
    pub group: f64,
    /// Between axis and groups.
    pub gap: f64,
    /// Below everything.
    pub foot: f64,
    /// Width of the gutter with the partition's number.
    pub gutter: f64,
    /// Width of the column with the lags.
    pub tail: f64,
    /// Width of what is deleted or hidden, 0 where nothing is.
    pub head: f64,
    /// Between two segments.
    pub segment_gap: f64,
    /// Right of the log end: room for the word.
    pub after: f64,
    /// Size of text in the picture.
    pub font: f64,
    /// Largest pitch.
    pub widest: f64,
    /// Height of a flag.
    pub flag: f64,
}

impl Geometry {
    /// Sizes for a kind of lane in a setting. `headed`: some lane of the topic has something deleted or hidden.
    pub fn new(kind: LaneKind, setting: Setting, headed: bool, wide_screen: bool) -> Self {
        let Setting { embed, phone, large, remarked, .. } = setting;
        let full = kind == LaneKind::Full;
        let followers = if full { setting.followers } else { 0 };
        let folded = setting.folded || followers > UNFOLDED;
        let pick = |when_large: f64, else_: f64| if large { when_large } else { else_ };
        let narrow = embed || phone;
        let (top, cell, axis, group, gap, foot) = match kind {
            LaneKind::Full if embed && followers > 0 => (16.0, 20.0, 12.0, 11.0, 2.0, 2.0),
            LaneKind::Full if embed => (16.0, 20.0, 12.0, 12.0, 2.0, 3.0),
            LaneKind::Full if large => (21.0, 27.0, 17.0, 17.0, 4.0, 7.0),
            LaneKind::Full if phone => (17.0, 20.0, 13.0, 14.0, 2.0, 9.0),
            LaneKind::Full if followers > 0 => (17.0, 20.0, 13.0, 13.0, 2.0, 3.0),
            LaneKind::Full => (18.0, 22.0, 14.0, 15.0, 4.0, 8.0),
            LaneKind::Compact => (5.0, pick(18.0, 15.0), 0.0, 0.0, 0.0, pick(13.0, 11.0)),
            LaneKind::Row => (2.0, pick(14.0, 10.0), 0.0, 0.0, 0.0, 2.0),
        };
        Self {
            kind,
            top,
            cell,
            axis,
            follower: match () {
                () if embed => 4.0,
                () if folded => 5.0,
                () => pick(15.0, 12.0),
            },
            followers,
            group,
            gap,
            foot,
            gutter: match kind {
                _ if embed => 70.0,
                LaneKind::Row => pick(78.0, 64.0),
                _ if phone => 82.0,
                LaneKind::Full => pick(138.0, 112.0),
                LaneKind::Compact => {
                    // Beside the leader's number stand those of the followers.
                    let numbers = f64::from(setting.followers.min(5)) * pick(17.0, 15.0);
                    (pick(66.0, 52.0) + numbers).max(pick(96.0, 80.0))
                }
            },
            tail: match kind {
                _ if embed => 50.0,
                LaneKind::Full => pick(38.0, 34.0),
                LaneKind::Compact | LaneKind::Row => {
                    if phone {
                        56.0
                    } else {
                        118.0
                    }
                }
            },
            head: match (headed, full) {
                (false, _) => 0.0,
                (true, true) if narrow => 38.0,
                (true, true) => pick(56.0, 46.0),
                (true, false) => 22.0,
            },
            segment_gap: if full { 7.0 } else { 4.0 },
            after: match kind {
                LaneKind::Full if narrow => 26.0,
                LaneKind::Full if remarked => pick(168.0, 132.0),
                LaneKind::Full => pick(82.0, 64.0),
                _ => 8.0,
            },
            font: pick(14.0, 11.0),
            widest: if large {
                34.0
            } else if wide_screen {
                26.0
            } else {
                22.0
            },
            flag: match () {
                () if large => 17.0,
                () if embed => 13.0,
                () => 14.0,
            },
        }
    }

    /// Height of a lane with this many group rows.
    pub fn height(&self, groups: usize) -> f64 {
        let rows = if self.kind == LaneKind::Full { count(groups) } else { 0.0 };
        self.top
            + self.cell
            + self.axis
            + f64::from(self.followers) * self.follower
            + self.gap * f64::from(u8::from(rows > 0.0))
            + rows * self.group
            + self.foot
    }

    /// Top of the follower rows.
    pub fn followers_top(&self) -> f64 {
        self.top + self.cell + self.axis
    }

    /// A follower's row has room for its number.
    pub fn numbered(&self) -> bool {
        self.follower >= 10.0
    }

    /// Top of the group rows.
    pub fn groups_top(&self) -> f64 {
        self.followers_top() + f64::from(self.followers) * self.follower + self.gap
    }

    /// Left edge of the first cell.
    pub fn cells_left(&self) -> f64 {
        if self.kind == LaneKind::Row { self.head.max(22.0) + 4.0 } else { self.head + 4.0 }
    }
}

/// More followers than this have thin bars instead of rows with a number each.
const UNFOLDED: u32 = 4;
/// Smallest pitch that still has a letter in each cell.
pub const LETTER_PITCH: f64 = 12.0;
/// Smallest pitch that still has a cell for each record.
pub const CELL_PITCH: f64 = 8.0;
/// Smallest pitch that still shows single records, as teeth.
pub const TOOTH_PITCH: f64 = 3.0;
/// Width of a column that stands for several records.
pub const COLUMN: f64 = 5.0;
/// Width of a hole in the offsets.
pub const HOLE: f64 = 9.0;

/// How many pixels a record gets, and how many records one column stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pitch {
    /// Pixels from one cell to the next.
    pub px: f64,
    /// Records in a cell: 1 unless the pitch would fall under [`TOOTH_PITCH`].
    pub records: u32,
}

impl Pitch {
    /// Gap between two cells.
    pub fn gap(self) -> f64 {
        match self.px {
            px if px >= 15.0 => 2.0,
            px if px >= CELL_PITCH => 1.5,
            px if px >= 5.0 => 1.0,
            _ => 0.5,
        }
    }

    /// Each cell carries its letter.
    pub fn letters(self) -> bool {
        self.records == 1 && self.px >= LETTER_PITCH
    }

    /// Records that fit into this many pixels.
    pub fn fits(self, px: f64) -> u32 {
        floor_u32(px / self.px).saturating_mul(self.records)
    }
}

/// Chooses the pitch that shows the longest lane whole, as far as letters allow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Room for cells, in px.
    pub room: f64,
    /// Offsets of the longest lane.
    pub longest: i64,
    /// Largest number of segments in a lane.
    pub segments: u32,
}

impl Scale {
    /// The pitch. `before` is the one in use: it changes only when it has to, or when far more fits, so that the
    /// picture does not swell and shrink with every record. `zoom` takes steps off the fitted size.
    pub fn pitch(&self, geometry: &Geometry, zoom: i32, before: Option<Pitch>) -> Pitch {
        if geometry.kind == LaneKind::Row {
            return self.column_pitch();
        }
        let gaps = f64::from(self.segments.min(12)) * geometry.segment_gap;
        let room = (self.room - geometry.cells_left() - geometry.after - gaps).max(geometry.widest);
        let fitted = room / to_f64(self.longest.max(1));
        let floor = if geometry.kind == LaneKind::Full { 14.0 } else { TOOTH_PITCH };
        let mut px = half_steps(fitted).clamp(floor.min(geometry.widest), geometry.widest);
        if let Some(before) = before.filter(|before| before.records == 1 && zoom == 0) {
            let grows_a_little = px > before.px && fitted < before.px * 1.2;
            if grows_a_little {
                px = before.px.min(geometry.widest);
            }
        }
        if zoom != 0 {
            px = half_steps(px * 1.2f64.powi(zoom.clamp(-24, 12))).min(geometry.widest * 2.0);
        }
        if px >= TOOTH_PITCH {
            return Pitch { px, records: 1 };
        }
        let per = floor_u32((TOOTH_PITCH / px.max(0.01)).ceil()).clamp(2, 1000);
        Pitch { px: COLUMN, records: per }
    }

    fn column_pitch(&self) -> Pitch {
        let columns = ((self.room - 34.0) / COLUMN).max(1.0);
        let per = floor_u32((to_f64(self.longest.max(1)) / columns).ceil()).max(1);
        // Round numbers read better in "4 records per column", and change seldom.
        const ROUND: [u32; 12] = [1, 2, 4, 5, 10, 20, 25, 50, 100, 200, 500, 1000];
        let records = ROUND.iter().copied().find(|round| *round >= per.min(20)).unwrap_or(20);
        Pitch { px: COLUMN, records }
    }
}

fn half_steps(px: f64) -> f64 {
    (px * 2.0).floor() / 2.0
}

/// A whole number of pixels or records; what is beyond `u32` is beyond any screen.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn floor_u32(value: f64) -> u32 {
    value.max(0.0) as u32
}

/// An offset or a count as a coordinate: exact up to 2^53.
#[allow(clippy::cast_precision_loss)]
pub fn to_f64(value: i64) -> f64 {
    value as f64
}

fn count(rows: usize) -> f64 {
    u32::try_from(rows).map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Geometry {
        Geometry::new(LaneKind::Full, Setting::default(), true, false)
    }

    fn pitch(longest: i64, zoom: i32, before: Option<Pitch>) -> Pitch {
        Scale { room: 650.0, longest, segments: 3 }.pitch(&full(), zoom, before)
    }

    #[test]
    fn few_records_get_the_widest_cells() {
        assert_eq!(pitch(5, 0, None).px, 22.0);
    }

    #[test]
    fn more_records_get_narrower_cells_but_never_lose_their_letter_unasked() {
        let many = pitch(30, 0, None);
        assert!(many.px < 22.0 && many.px >= 14.0, "{many:?}");
        assert_eq!(pitch(500, 0, None).px, 14.0);
        assert!(pitch(500, 0, None).letters());
    }

    #[test]
    fn zooming_out_goes_through_runs_and_teeth_to_columns() {
        let px: Vec<Pitch> = [-2, -5, -12].map(|zoom| pitch(500, zoom, None)).to_vec();
        assert!(px[0].px < LETTER_PITCH && px[0].px >= CELL_PITCH, "{px:?}");
        assert!(px[1].px < CELL_PITCH && px[1].px >= TOOTH_PITCH, "{px:?}");
        assert!(px[2].records > 1, "{px:?}");
    }

    #[test]
    fn the_pitch_stays_when_a_little_more_would_fit() {
        let before = pitch(30, 0, None);
        assert_eq!(pitch(28, 0, Some(before)), before);
        assert!(pitch(10, 0, Some(before)).px > before.px);
        assert!(pitch(36, 0, Some(before)).px < before.px);
    }

    #[test]
    fn followers_have_rows_of_their_own_until_they_are_too_many() {
        let of = |followers, folded| {
            let setting = Setting { followers, folded, ..Setting::default() };
            Geometry::new(LaneKind::Full, setting, true, false)
        };
        assert_eq!(of(2, false).height(2), 105.0);
        assert!(of(2, false).numbered() && !of(2, true).numbered() && !of(9, false).numbered());
        assert_eq!(of(2, true).height(2), 91.0);
    }

    #[test]
    fn a_hundred_partitions_get_columns() {
        let row = Geometry::new(LaneKind::of(100), Setting::default(), true, false);
        let pitch = Scale { room: 600.0, longest: 400, segments: 3 }.pitch(&row, 0, None);
        assert_eq!(pitch, Pitch { px: COLUMN, records: 4 });
    }
}
