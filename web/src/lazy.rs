//! Parts of the page that come later. The first page has the engine, the stage and the transport; menus, sheets, most tabs
//! and the calls for scripts lie in wasm files of their own ([`part!`]), which are fetched once the page is at rest, or
//! when one is first needed, whichever comes first. `cargo xtask build` cuts them off (`tools/split`); without the
//! feature `split`, in development and in tests, all is one wasm and a part is a plain function.
//!
//! What is reached from the first page other than through a part stays in the first page.

use crate::browser;
use crate::panels::focus;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

/// A part could not be fetched: no connection, or a host that has a newer version by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing;

/// What a person is told of it, where there is a line for it.
pub const WHY_MISSING: &str = "A part of the page could not be fetched.";

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Whether a part came.
pub type Coming = Pin<Box<dyn Future<Output = bool>>>;

/// A function that is not in the first page.
pub struct Part {
    here: AtomicBool,
    fetch: fn() -> Coming,
}

impl Part {
    /// For [`part!`].
    pub const fn new(fetch: fn() -> Coming) -> Self {
        Self { here: AtomicBool::new(cfg!(not(feature = "split"))), fetch }
    }

    /// Whether it can be called at once.
    pub fn is_here(&self) -> bool {
        self.here.load(Ordering::Relaxed)
    }

    /// Fetches it unless it is here. Whether it is here then; asked again, it tries again.
    pub async fn fetch(&self) -> bool {
        if !self.is_here() && (self.fetch)().await {
            self.here.store(true, Ordering::Relaxed);
        }
        self.is_here()
    }

    /// Fetches it for something that waits for it unasked: after the page itself, and again until it is here.
    pub async fn fetch_at_last(&self) {
        TimeoutFuture::new(0).await;
        while !self.fetch().await {
            TimeoutFuture::new(AGAIN_MS).await;
        }
    }
}

/// Until what could not be fetched is tried again by itself, in real ms.
const AGAIN_MS: u32 = 5_000;

/// Declares a part: a module with `PART`, and with `call`, which gives nothing while the part is not here. Functions of one
/// `$file` come together. What calls `$body` otherwise has it, too.
macro_rules! part {
    (
        $(#[$about:meta])*
        $name:ident in $file:ident: ($($arg:ident: $type:ty),*) -> $out:ty = $body:path
    ) => {
        $(#[$about])*
        mod $name {
            use super::*;

            pub static PART: $crate::lazy::Part = $crate::lazy::Part::new(|| {
                #[cfg(feature = "split")]
                let coming = async { fetch().await.is_ok() };
                #[cfg(not(feature = "split"))]
                let coming = std::future::ready(true);
                Box::pin(coming)
            });

            pub fn call($($arg: $type),*) -> Option<$out> {
                if !PART.is_here() {
                    return None;
                }
                let made = $name($($arg),*);
                #[cfg(feature = "split")]
                let made = $crate::lazy::at_once(made);
                made.ok()
            }

            #[cfg_attr(feature = "split", leptos::wasm_split::wasm_split(
                $file,
                wasm_split_path = ::leptos::wasm_split,
                preload(fetch),
                fallible
            ))]
            fn $name($($arg: $type),*) -> Result<$out, $crate::lazy::Missing> {
                $crate::lazy::bring_codecs();
                Ok($body($($arg),*))
            }
        }
    };
}

pub(crate) use part;

/// The codecs of compressed batches come with whichever part comes first. The first page has no need of them: its own
/// document compresses nothing, and whatever opens another one or sets a `compression.type` is in a part.
pub fn bring_codecs() {
    #[cfg(feature = "split")]
    kafka_log::batch::codec_apart::install();
}

/// What a part gives that is here: the cut made a future of it, which does not wait.
#[cfg(feature = "split")]
pub fn at_once<T>(made: impl Future<Output = Result<T, Missing>>) -> Result<T, Missing> {
    use std::task::{Context, Poll, Waker};
    match std::pin::pin!(made).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(made) => made,
        Poll::Pending => Err(Missing),
    }
}

/// Goes on once a part was fetched, with whether it is here; at once where it is.
pub fn then(part: &'static Part, go_on: impl FnOnce(bool) + 'static) {
    if part.is_here() {
        return go_on(true);
    }
    spawn_local(async move { go_on(part.fetch().await) });
}

/// How far a view's part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    UnderWay,
    Here,
    Failed,
}

/// What is shown while a view's part is not here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A word in its place; where it failed, what to do.
    InPlace,
    /// The same over the page, and the focus where it failed: the person wants it now.
    Over,
    /// Nothing, unless it failed: what stands beside something else.
    Quiet,
    /// Nothing; it is tried again by itself: what is not seen.
    Unseen,
}

/// A view from a part: at once where the part is here, else when it comes.
pub fn view(
    part: &'static Part,
    wait: Wait,
    draw: impl Fn() -> Option<AnyView> + Send + 'static,
) -> AnyView {
    if part.is_here() {
        return draw().into_any();
    }
    let stage = RwSignal::new(Stage::UnderWay);
    let ask = Callback::new(move |()| {
        stage.set(Stage::UnderWay);
        spawn_local(async move {
            let came = match wait {
                Wait::InPlace | Wait::Over => part.fetch().await,
                Wait::Quiet => {
                    // The page first.
                    TimeoutFuture::new(0).await;
                    part.fetch().await
                }
                Wait::Unseen => {
                    part.fetch_at_last().await;
                    true
                }
            };
            // The person may have closed it meanwhile.
            let _ = stage.try_set(if came { Stage::Here } else { Stage::Failed });
        });
    });
    ask.run(());
    let shown = move || match stage.get() {
        Stage::Here => draw().into_any(),
        Stage::UnderWay if matches!(wait, Wait::InPlace | Wait::Over) => {
            view! { <p class="coming" role="status">"Loading…"</p> }.into_any()
        }
        Stage::UnderWay => ().into_any(),
        Stage::Failed => failed(ask, wait == Wait::Over),
    };
    shown.into_any()
}

fn failed(again: Callback<()>, focused: bool) -> AnyView {
    let button = NodeRef::<leptos::html::Button>::new();
    if focused {
        focus::give_back();
        button.on_load(|button| request_animation_frame(move || drop(button.focus())));
    }
    view! {
        <div class="coming" role="alert">
            <span>
                <b>"Not loaded."</b>
                " This part of the page could not be fetched. If there is a connection, a newer Ottla may have taken its place: reload the page then."
            </span>
            <button node_ref=button class="btn small" on:click=move |_| again.run(())>"Try again"</button>
        </div>
    }
    .into_any()
}

/// How long the page is left alone first, in real ms.
const REST_MS: u32 = 1_500;

/// Fetches parts once the page is at rest: what is opened later is there, also without a connection. What fails is
/// fetched when it is needed.
pub fn fetch_at_rest(parts: &'static [&'static Part]) {
    if browser::saves_data() {
        return;
    }
    spawn_local(async move {
        TimeoutFuture::new(REST_MS).await;
        browser::at_rest().await;
        for part in parts {
            part.fetch().await;
        }
    });
}
