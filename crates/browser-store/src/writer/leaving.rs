//! The page is hidden or left: what waits is stored at once.

use super::Desk;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget, VisibilityState};

/// Listens until it is dropped.
pub(super) struct Leaving {
    listener: Closure<dyn FnMut(Event)>,
    targets: Vec<(EventTarget, &'static str)>,
}

impl Leaving {
    pub fn of(desk: &Rc<Desk>) -> Self {
        let desk = Rc::downgrade(desk);
        let document = web_sys::window().and_then(|window| window.document());
        let page = document.clone();
        let listener = Closure::new(move |event: Event| {
            let hidden =
                page.as_ref().is_none_or(|page| page.visibility_state() == VisibilityState::Hidden);
            // A page that is left may still count as visible when it hears so.
            let leaves = hidden || event.type_() == "pagehide";
            if let (true, Some(desk)) = (leaves, desk.upgrade()) {
                desk.commit();
            }
        });
        let window = web_sys::window().map(EventTarget::from);
        let targets = [(window, "pagehide"), (document.map(EventTarget::from), "visibilitychange")];
        let targets: Vec<_> =
            targets.into_iter().filter_map(|(target, event)| Some((target?, event))).collect();
        for (target, event) in &targets {
            let _ =
                target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        }
        Self { listener, targets }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        for (target, event) in &self.targets {
            let _ = target
                .remove_event_listener_with_callback(event, self.listener.as_ref().unchecked_ref());
        }
    }
}
