//! A second way to press: the right button, or a finger that stays. Browsers on phones do not agree on the latter.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{MouseEvent, PointerEvent};

/// How long a finger stays for a long press, in real ms.
const LONG_MS: u32 = 500;
/// How far it may move meanwhile, in px.
const STILL_PX: f64 = 8.0;

/// What to do on it.
#[derive(Clone, Copy)]
pub struct Press {
    held: StoredValue<Option<Timeout>, LocalStorage>,
    at: StoredValue<(f64, f64)>,
    long: StoredValue<bool>,
    act: Callback<()>,
}

impl Press {
    /// Calls `act` on a right click and on a long press. Owned by the calling component.
    pub fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            held: StoredValue::new_local(None),
            at: StoredValue::new((0.0, 0.0)),
            long: StoredValue::new(false),
            act: Callback::new(move |()| act()),
        }
    }

    /// `contextmenu`.
    pub fn context(self, event: &MouseEvent) {
        event.prevent_default();
        event.stop_propagation();
        self.up();
        if !self.long.get_value() {
            self.act.run(());
        }
    }

    /// `pointerdown`.
    pub fn down(self, event: &PointerEvent) {
        self.long.set_value(false);
        if event.pointer_type() != "touch" {
            return;
        }
        self.at.set_value((f64::from(event.client_x()), f64::from(event.client_y())));
        let timer = Timeout::new(LONG_MS, move || {
            let _ = self.long.try_set_value(true);
            self.act.try_run(());
        });
        self.held.set_value(Some(timer));
    }

    /// `pointermove`.
    pub fn moved(self, event: &PointerEvent) {
        let (x, y) = self.at.get_value();
        let away = (f64::from(event.client_x()) - x).hypot(f64::from(event.client_y()) - y);
        if away > STILL_PX {
            self.up();
        }
    }

    /// `pointerup` and `pointercancel`.
    pub fn up(self) {
        self.held.update_value(|held| drop(held.take()));
    }

    /// Whether the click that comes now ends a long press, and is not to be taken for one of its own.
    pub fn was_long(self) -> bool {
        self.long.get_value()
    }
}
