//! Embed: options left, the live page right, one snippet a host.

use super::address::embed_of;
use super::share::runs_of;
use super::snippets::{Frame, PLACES, snippet};
use crate::panels::controls::{Segmented, Stepper, fresh_id, words};
use crate::panels::copy::CopyButton;
use crate::panels::note::{Kind, note};
use crate::panels::parts::dialog::Dialog;
use crate::panels::parts::field::Field;
use crate::panels::tabs::Tabs;
use crate::session::{Session, use_session};
use crate::ui::text::clock;
use leptos::prelude::*;

/// The preview's width in px.
const PREVIEW: u32 = 490;

/// What the frame shows, where there is more than one run.
const ONE: &str = "one run";
const BOTH: &str = "two side by side";

#[derive(Clone, Copy)]
struct Options {
    size: RwSignal<String>,
    own: RwSignal<(i64, i64)>,
    theme: RwSignal<String>,
    start: RwSignal<String>,
    shows: RwSignal<String>,
    play: RwSignal<String>,
}

impl Options {
    fn new(session: Session) -> Self {
        let word = |word: &str| RwSignal::new(word.to_owned());
        Self {
            size: word("M"),
            own: RwSignal::new((640, 400)),
            theme: word("page"),
            start: word("now"),
            shows: word(if session.compared().is_some() { BOTH } else { ONE }),
            play: word("on click"),
        }
    }

    fn size(self) -> (u32, u32) {
        let side = |n: i64| u32::try_from(n).unwrap_or(320);
        match self.size.get().as_str() {
            "S" => (480, 320),
            "L" => (960, 560),
            "own" => (side(self.own.get().0), side(self.own.get().1)),
            _ => (720, 420),
        }
    }

    fn address(self, session: Session) -> Result<String, String> {
        let mut document = untrack(|| session.document());
        if self.start.get() != "now" {
            (document.at, document.at_event) = (None, None);
        }
        runs_of(&mut document, self.shows.get() == BOTH);
        // How the page plays now is its own affair; the frame is told by its address.
        if let Some(view) = &mut document.view {
            view.playing = None;
        }
        let mut query = Vec::new();
        if self.theme.get() != "page" {
            query.push(format!("theme={}", self.theme.get()));
        }
        if self.play.get() != "on click" {
            query.push("autoplay=1".to_owned());
        }
        embed_of(&document, &query.join("&")).map_err(|error| error.to_string())
    }
}

/// The dialog.
#[component]
pub fn Embed() -> impl IntoView {
    let session = use_session();
    let options = Options::new(session);
    let moment = clock(session.elapsed_ms.get_untracked());
    let title = session.title.get_untracked();
    let address = Memo::new(move |_| options.address(session));
    let place = RwSignal::new("html");
    let own_title = StoredValue::new(title);
    let text = Memo::new(move |_| {
        let address = address.get().unwrap_or_default();
        let (width, height) = options.size();
        own_title.with_value(|title| {
            snippet(place.get(), &Frame { src: &address, title, width, height })
        })
    });
    let place_word =
        move || PLACES.iter().find(|(id, _)| *id == place.get()).map_or("", |(_, word)| *word);
    let foot = view! {
        <span class="dim">"No script, no cookies; the scenario is inside the address"</span>
        <span class="end">
            <CopyButton label="Link only" text=Callback::new(move |()| address.get_untracked().unwrap_or_default())/>
            <CopyButton
                label=Signal::derive(move || format!("Copy for {}", place_word()))
                class="btn primary"
                text=Callback::new(move |()| text.get_untracked())
            />
        </span>
    }
    .into_any();
    view! {
        <Dialog title="Embed" wide=true foot>
            {move || address.get().err().map(|error| note(Kind::Bad, "This document does not fit into an address.", error))}
            <div class="embed-grid">
                <OptionFields options moment/>
                <Preview options address/>
            </div>
            <Tabs
                label="Where it goes"
                prefix="snippet"
                class="sheet-tabs snip-tabs"
                tabs=PLACES.to_vec()
                open=place
                on_pick=Callback::new(move |id| place.set(id))
            />
            <pre
                class="snip mono"
                role="tabpanel"
                id=move || format!("pane-snippet-{}", place.get())
                aria-labelledby=move || format!("tab-snippet-{}", place.get())
                tabindex="0"
            >
                {move || shortened(&text.get())}
            </pre>
        </Dialog>
    }
}

/// The snippet as it is shown: the document's own characters say nothing to a reader. Copying takes them all.
fn shortened(snippet: &str) -> String {
    let Some(at) = snippet.find("#s1=") else { return snippet.to_owned() };
    let (before, from) = snippet.split_at(at);
    let end = from.find(|c: char| c == '"' || c.is_whitespace()).unwrap_or(from.len());
    let (payload, after) = from.split_at(end);
    match payload.get(..40) {
        Some(shown) => format!("{before}{shown}…{after}"),
        None => snippet.to_owned(),
    }
}

#[component]
fn OptionFields(options: Options, moment: String) -> impl IntoView {
    let choice =
        move |label: &'static str, signal: RwSignal<String>, all: Vec<(String, String)>| {
            view! {
                <Segmented
                    label
                    options=Signal::stored(all)
                    value=signal
                    on_pick=Callback::new(move |word| signal.set(word))
                />
            }
        };
    let size_help = Signal::derive(move || {
        let (width, height) = options.size();
        format!("{width} × {height}; narrow pages fold groups into a column")
    });
    let starts = vec![("start".to_owned(), "start".to_owned()), ("now".to_owned(), moment)];
    let ids = StoredValue::new((fresh_id("width"), fresh_id("height")));
    let (w, h) =
        (move || ids.with_value(|ids| ids.0.clone()), move || ids.with_value(|ids| ids.1.clone()));
    let set_width = Callback::new(move |n| options.own.update(|own| own.0 = n));
    let set_height = Callback::new(move |n| options.own.update(|own| own.1 = n));
    view! {
        <div class="embed-opts">
            <Field label="Size" help=size_help>
                {choice("Size", options.size, words(&["S", "M", "L", "own"]))}
            </Field>
            <Show when=move || options.size.get() == "own">
                <Field label="Width" id=w()>
                    <Stepper id=w() min=240 max=2000 value=Signal::derive(move || options.own.get().0) on_change=set_width/>
                </Field>
                <Field label="Height" id=h()>
                    <Stepper id=h() min=160 max=1600 value=Signal::derive(move || options.own.get().1) on_change=set_height/>
                </Field>
            </Show>
            <Field label="Theme">{choice("Theme", options.theme, words(&["page", "light", "dark"]))}</Field>
            <Field label="Opens at">{choice("Opens at", options.start, starts)}</Field>
            {crate::compare::pair_words(use_session()).map(|pair| view! {
                <Field label="Shows" help=Signal::stored(pair)>
                    {choice("Shows", options.shows, words(&[ONE, BOTH]))}
                </Field>
            })}
            <Field label="Play" help=Signal::stored("with reduced motion always on click".to_owned())>
                {choice("Play", options.play, words(&["on click", "in view"]))}
            </Field>
        </div>
    }
}

#[component]
fn Preview(options: Options, address: Memo<Result<String, String>>) -> impl IntoView {
    let scale = move || f64::from(PREVIEW) / f64::from(options.size().0.max(1));
    let height = move || f64::from(options.size().1) * scale();
    view! {
        <figure class="preview">
            <div class="pv" inert=true style:height=move || format!("{:.0}px", height())>
                // A frame does not load again when only the part behind # changes: each address gets its own.
                {move || address.get().ok().map(|src| {
                    let (width, height) = options.size();
                    view! {
                        <iframe
                            src=src
                            title="Preview"
                            style:width=format!("{width}px")
                            style:height=format!("{height}px")
                            style:transform=format!("scale({:.4})", scale())
                        ></iframe>
                    }
                })}
            </div>
            <figcaption>
                {move || format!("Live preview at {:.0} %, as readers get it", scale() * 100.0)}
            </figcaption>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_shown_snippet_cuts_the_document_and_keeps_the_rest() {
        let long =
            format!("<iframe src=\"https://x/#s1={}\"\n width=\"1\"></iframe>", "A".repeat(200));
        let shown = shortened(&long);
        assert!(
            shown.len() < 120 && shown.contains('…') && shown.ends_with("width=\"1\"></iframe>")
        );
        assert_eq!(shortened("no link"), "no link");
    }
}
