//! The size of an element, as a signal.

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// Width and height of an element's content in CSS pixels; `(0, 0)` until it is in the page.
pub fn size_of<E>(node: NodeRef<E>) -> ReadSignal<(f64, f64)>
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    let (size, set_size) = signal((0.0, 0.0));
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let Ok(element) = element.dyn_into::<Element>() else { return };
        let watched = element.clone();
        let measure = move || {
            let now = (f64::from(watched.client_width()), f64::from(watched.client_height()));
            let _ = set_size.try_maybe_update(|size| {
                let differs = *size != now;
                *size = now;
                (differs, ())
            });
        };
        let callback = Closure::<dyn FnMut()>::new(measure);
        if let Ok(found) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            // The observer calls back once at the start, too.
            found.observe(&element);
            observer.set_value(Some((found, callback)));
        }
    });
    on_cleanup(move || {
        let _ = observer.try_update_value(|observer| {
            if let Some((observer, _)) = observer.take() {
                observer.disconnect();
            }
        });
    });
    size
}
