//! Lines between what belongs together: from a lane's lag to the member that reads it, one trunk a member, as on a
//! metro map; and from a request to the lane it goes to.

use super::deck::SHOWN_GROUPS;
use super::geometry::LaneKind;
use crate::browser;
use crate::groups::traced;
use crate::session::{Session, use_session};
use crate::ui::use_viewport;
use leptos::prelude::*;
use leptos::svg::Svg;
use std::fmt::Write;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element};

/// Radius of a bend.
const BEND: f64 = 6.0;

/// A wire as it is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Wire {
    class: String,
    path: String,
}

/// All wires, over the stage.
#[component]
pub fn Wires() -> impl IntoView {
    let session = use_session();
    let viewport = use_viewport();
    let node = NodeRef::<Svg>::new();
    let (wires, set_wires) = signal(Vec::<Wire>::new());
    let due = StoredValue::new(false);
    let look = move || {
        // Once a frame, after everything that moved them has been laid out.
        if due.get_value() {
            return;
        }
        due.set_value(true);
        browser::on_next_frame(move |_| {
            let _ = due.try_set_value(false);
            let Some(Some(node)) = node.try_get_untracked() else { return };
            let found = wires_of(session, node.unchecked_ref());
            let _ = set_wires.try_maybe_update(|wires| {
                let differs = *wires != found;
                *wires = found;
                (differs, ())
            });
        });
    };
    Effect::new(move |_| {
        session.pulse.track();
        session.page.traced.track();
        session.page.shown_groups.track();
        session.page.panel.track();
        session.page.drawer_open.track();
        session.page.density.track();
        session.page.tables.track();
        viewport.width.track();
        viewport.height.track();
        look();
    });
    view! {
        <svg node_ref=node class="wires" aria-hidden="true">
            <For each=move || wires.get() key=|wire| (wire.class.clone(), wire.path.clone()) let:wire>
                <path class=wire.class d=wire.path></path>
            </For>
        </svg>
    }
}

/// A box from the stage's own corner.
struct Box {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Box {
    fn middle(&self) -> f64 {
        (self.top + self.bottom) / 2.0
    }
}

struct Stage {
    root: Element,
    left: f64,
    top: f64,
}

impl Stage {
    fn of(svg: &Element) -> Option<Self> {
        let root = svg.parent_element()?;
        let rect = svg.get_bounding_client_rect();
        Some(Self { root, left: rect.left(), top: rect.top() })
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).ok().flatten()
    }

    fn place(&self, element: &Element) -> Option<Box> {
        let rect: DomRect = element.get_bounding_client_rect();
        (rect.height() > 0.0).then(|| Box {
            left: rect.left() - self.left,
            right: rect.right() - self.left,
            top: rect.top() - self.top,
            bottom: rect.bottom() - self.top,
        })
    }
}

fn wires_of(session: Session, svg: &Element) -> Vec<Wire> {
    let partitions =
        session.topic.with_untracked(|t| t.as_ref().map_or(0, |t| t.summary.partitions));
    let kind = LaneKind::of(partitions);
    // Where the columns stand one over the other, the style sheet hides the wires.
    let hidden = |svg: &Element| svg.get_bounding_client_rect().width() < 1.0;
    if session.page.tables.get_untracked() || hidden(svg) {
        return Vec::new();
    }
    let Some(stage) = Stage::of(svg) else { return Vec::new() };
    let mut wires = if kind == LaneKind::Row { Vec::new() } else { readers(session, &stage, kind) };
    wires.extend(request(&stage, kind));
    wires
}

struct Route {
    group: usize,
    revoked: bool,
    /// Where it leaves the lanes.
    rows: Vec<(f64, f64)>,
    port: (f64, f64),
}

/// From lags to members. All groups where there are few, else the traced one.
fn readers(session: Session, stage: &Stage, kind: LaneKind) -> Vec<Wire> {
    let names = session.group_names.get_untracked();
    let traced = untrack(|| traced(session));
    let all = kind == LaneKind::Full && names.len() <= SHOWN_GROUPS;
    let shown = names.iter().filter(|name| all || Some(*name) == traced.as_ref());
    let mut routes = Vec::new();
    for name in shown {
        let row = names.iter().position(|other| other == name).unwrap_or(0);
        let row = if names.len() <= SHOWN_GROUPS { row } else { row_of(session, name) };
        session.group(name).with_untracked(|group| {
            for member in group.iter().flat_map(|group| &group.members) {
                let on_topic: Vec<i32> = member
                    .owned
                    .iter()
                    .filter(|tp| {
                        session.page.topic.with_untracked(|t| t.as_deref() == Some(&*tp.topic))
                    })
                    .map(|tp| tp.partition)
                    .collect();
                let revoked = !member.revoking.is_empty();
                routes.extend(route(stage, kind, &member.name, row, &on_topic, revoked));
            }
        });
    }
    draw(&routes)
}

/// The row of a group in the lanes, where only some have one.
fn row_of(session: Session, name: &str) -> usize {
    let chosen = session.page.shown_groups.get_untracked();
    let names = session.group_names.get_untracked();
    let shown = if chosen.is_empty() { names } else { chosen };
    shown.iter().position(|other| other == name).unwrap_or(0).min(SHOWN_GROUPS - 1)
}

fn route(
    stage: &Stage,
    kind: LaneKind,
    member: &str,
    group: usize,
    partitions: &[i32],
    revoked: bool,
) -> Option<Route> {
    let quoted = member.replace(['"', '\\'], "");
    let port = stage.find(&format!("[data-m=\"{quoted}\"] .port"))?;
    let port = stage.place(&port)?;
    let lanes = stage.place(&stage.find(".lanes")?)?;
    let row = |partition: &i32| {
        let tail = stage.find(&format!(".lane[data-p=\"{partition}\"] .tail"))?;
        let place = stage.place(&tail)?;
        let y = if kind == LaneKind::Full {
            let rows = tail.query_selector_all(".t-row").ok()?;
            let row = rows.item(u32::try_from(group).ok()?)?.dyn_into::<Element>().ok()?;
            stage.place(&row)?.middle()
        } else {
            place.top + 13.0
        };
        (y > lanes.top && y < lanes.bottom).then_some((place.right + 3.0, y))
    };
    let rows: Vec<(f64, f64)> = partitions.iter().filter_map(row).collect();
    let port = (port.left + 2.0, port.middle());
    (!rows.is_empty()).then_some(Route { group, revoked, rows, port })
}

/// Each member gets a trunk of its own between the columns, so that it can be followed.
fn draw(routes: &[Route]) -> Vec<Wire> {
    let from = routes.iter().flat_map(|route| &route.rows).map(|row| row.0).fold(0.0, f64::max);
    let count = u32::try_from(routes.len()).map_or(1.0, f64::from);
    let mut wires = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let (to_x, to_y) = route.port;
        let room = to_x - from - 6.0;
        let at = u32::try_from(index).map_or(0.0, f64::from) + 0.5;
        let trunk = from + 4.0 + room * at / count;
        let mut class = format!("wire g{}", route.group);
        if route.revoked {
            class.push_str(" revoked");
        }
        for (x, y) in &route.rows {
            let down = to_y - y;
            let bend = down.signum() * BEND.min(down.abs() / 2.0);
            let side = BEND.min(trunk - x).min(to_x - trunk).max(0.0);
            let mut path = String::new();
            let _ = write!(
                path,
                "M{x:.1} {y:.1}H{:.1}Q{trunk:.1} {y:.1} {trunk:.1} {:.1}V{:.1}Q{trunk:.1} {to_y:.1} {:.1} {to_y:.1}H{to_x:.1}",
                trunk - side,
                y + bend,
                to_y - bend,
                trunk + side
            );
            wires.push(Wire { class: class.clone(), path });
        }
    }
    wires
}

/// From the first request in flight to its lane.
fn request(stage: &Stage, kind: LaneKind) -> Vec<Wire> {
    let found = || {
        let request = stage.find(".req")?;
        let partition = request.get_attribute("data-p")?;
        let lane = stage.find(&format!(".lane[data-p=\"{partition}\"]"))?;
        let lanes = stage.place(&stage.find(".lanes")?)?;
        let (from, to) = (stage.place(&request)?, stage.place(&lane)?);
        let y = match kind {
            LaneKind::Full => to.top + 27.0,
            LaneKind::Compact => to.top + 13.0,
            LaneKind::Row => to.middle(),
        };
        let visible = to.left > from.right && y > lanes.top && y < lanes.bottom;
        visible.then(|| (from, to.left - 3.0, y, request.class_list().contains("retry")))
    };
    let Some((from, x, y, retry)) = found() else { return Vec::new() };
    let (left, middle) = (from.right + 2.0, from.middle());
    let pull = (x - left) * 0.6;
    let retry = if retry { " retry" } else { "" };
    let line = format!(
        "M{left:.1} {middle:.1}C{:.1} {middle:.1} {:.1} {y:.1} {x:.1} {y:.1}",
        left + pull,
        x - pull
    );
    let head = format!("M{:.1} {:.1}l5 3.5-5 3.5", x - 5.0, y - 3.5);
    vec![
        Wire { class: format!("wire prod{retry}"), path: line },
        Wire { class: format!("arrow{retry}"), path: head },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_a_trunk_of_its_own() {
        let route = |y: f64| Route {
            group: 0,
            revoked: false,
            rows: vec![(100.0, 10.0), (100.0, 50.0)],
            port: (146.0, y),
        };
        let wires = draw(&[route(20.0), route(80.0)]);
        assert_eq!(wires.len(), 4);
        let trunk = |wire: &Wire| wire.path.split('V').next().map(|path| path.to_owned());
        assert_ne!(trunk(&wires[0]), trunk(&wires[2]));
        assert!(wires[0].path.ends_with("H146.0"));
    }
}
