//! A panel that hangs on what opened it: 6 px away, never off the screen, one at a time. Esc and a press
//! outside close it. On a phone it rises from the bottom (panels.css).

use super::focus;
use crate::session::use_session;
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, Node, ResizeObserver};

/// Left, top, right, bottom in the window, in CSS pixels.
type Area = (f64, f64, f64, f64);

fn area(anchor: Option<&HtmlElement>) -> Area {
    let Some(anchor) = anchor else { return (EDGE, 46.0, EDGE, 46.0) };
    let r = anchor.get_bounding_client_rect();
    (r.left(), r.top(), r.right(), r.bottom())
}

/// The accent ring on the anchor, and its state for screen readers, while the popover is open.
fn mark(anchor: Option<&HtmlElement>, open: bool) {
    let Some(anchor) = anchor else { return };
    let _ = anchor.class_list().toggle_with_force("anchor-on", open);
    let _ = anchor.set_attribute("aria-expanded", if open { "true" } else { "false" });
}

/// Where it lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Below, left edges in line.
    #[default]
    Below,
    /// Below, right edges in line.
    BelowRight,
    /// Above, left edges in line.
    Above,
}

const GAP: f64 = 6.0;
const EDGE: f64 = 8.0;

/// Left and top of a box of `width` by `height` in a window of `view`.
fn position(anchor: Area, place: Place, size: (f64, f64), view: (f64, f64)) -> (f64, f64) {
    let (left, top, right, bottom) = anchor;
    let (width, height) = size;
    let x = if place == Place::BelowRight { right - width } else { left };
    let y = if place == Place::Above { top - height - GAP } else { bottom + GAP };
    let clamp = |at: f64, length: f64, end: f64| at.min(end - EDGE - length).max(EDGE);
    (clamp(x, width, view.0), clamp(y, height, view.1))
}

/// The popover. `children` is its content; `class` is `pad` for a form, empty for a menu.
#[component]
pub fn Popover(
    /// Its name for screen readers.
    #[prop(into)]
    label: String,
    /// Width in px.
    #[prop(default = 300)]
    width: u32,
    /// Where it lies.
    #[prop(optional)]
    place: Place,
    /// `pad` or nothing.
    #[prop(default = "pad")]
    class: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    focus::give_back();
    let session = use_session();
    let anchor = session.anchor();
    let on_close = Callback::new(move |()| session.close());
    let node = NodeRef::<html::Div>::new();
    let at = RwSignal::new((EDGE, EDGE));
    let hung = StoredValue::new_local(anchor);
    let settle = move || {
        let Some(element) = node.get_untracked() else { return };
        let size = (f64::from(element.offset_width()), f64::from(element.offset_height()));
        let inner = |side: Result<wasm_bindgen::JsValue, _>| side.ok().and_then(|v| v.as_f64());
        let view = (inner(window().inner_width()), inner(window().inner_height()));
        let view = (view.0.unwrap_or(1024.0), view.1.unwrap_or(768.0));
        at.set(position(hung.with_value(|anchor| area(anchor.as_ref())), place, size, view));
    };
    hung.with_value(|anchor| mark(anchor.as_ref(), true));
    on_cleanup(move || hung.with_value(|anchor| mark(anchor.as_ref(), false)));
    keep_settled(node, settle);
    close_on_press_outside(node, hung, on_close);
    view! {
        <div
            node_ref=node
            class=format!("pop {class}")
            role="dialog"
            aria-label=label
            tabindex="-1"
            style:width=format!("{width}px")
            style:left=move || format!("{}px", at.get().0)
            style:top=move || format!("{}px", at.get().1)
            on:keydown=move |event| {
                if let Some(element) = node.get_untracked() {
                    focus::keep_in(&element, &event);
                    focus::on_escape(&element, &event, on_close);
                }
            }
        >
            {children()}
        </div>
    }
}

/// Settles the popover when it appears, when its content grows, and when the window changes.
fn keep_settled(node: NodeRef<html::Div>, settle: impl Fn() + Copy + 'static) {
    let resized = Closure::<dyn FnMut()>::new(settle);
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
    let watcher = observer.clone();
    node.on_load(move |element| {
        settle();
        if let Some(watcher) = &watcher {
            watcher.observe(&element);
        }
        request_animation_frame(move || focus::enter(&element));
    });
    let handle = window_event_listener(ev::resize, move |_| settle());
    let held = SendWrapper::new((observer, resized));
    on_cleanup(move || {
        handle.remove();
        if let (Some(observer), _) = held.take() {
            observer.disconnect();
        }
    });
}

fn close_on_press_outside(
    node: NodeRef<html::Div>,
    anchor: StoredValue<Option<HtmlElement>, LocalStorage>,
    on_close: Callback<()>,
) {
    let handle = window_event_listener(ev::pointerdown, move |event| {
        let Some(target) = event.target().and_then(|t| t.dyn_into::<Node>().ok()) else {
            return;
        };
        let inside = node.get_untracked().is_none_or(|pop| pop.contains(Some(&target)));
        let on_anchor = anchor.with_value(|anchor| {
            anchor.as_ref().is_some_and(|anchor| anchor.contains(Some(&target)))
        });
        if !inside && !on_anchor {
            on_close.run(());
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_hangs_below_its_anchor_and_stays_on_the_screen() {
        let anchor = (300.0, 50.0, 400.0, 76.0);
        let view = (1440.0, 900.0);
        assert_eq!(position(anchor, Place::Below, (326.0, 400.0), view), (300.0, 82.0));
        assert_eq!(position(anchor, Place::BelowRight, (452.0, 400.0), view), (8.0, 82.0));
        assert_eq!(position(anchor, Place::Above, (340.0, 400.0), view), (300.0, 8.0));
        assert_eq!(position(anchor, Place::Below, (326.0, 880.0), view), (300.0, 12.0));
    }
}
