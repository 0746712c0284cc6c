//! The line at the bottom: prompt, field, ghost text, history.

use super::console::Console;
use super::suggestions::{SHOWN, Suggestions};
use leptos::ev::KeyboardEvent;
use leptos::{html, prelude::*};
use terminal::{Completion, Mode, Terminal};

/// What the line's own keys work on.
#[derive(Clone, Copy)]
struct Line {
    console: Console,
    node: NodeRef<html::Input>,
    completion: Memo<Completion>,
    /// The chosen suggestion; none until one is chosen, then the first is meant.
    active: RwSignal<Option<usize>>,
    /// The list was closed for this line.
    dismissed: RwSignal<bool>,
    /// Where in the history one is, from the newest; what was typed before stands beside.
    past: RwSignal<Option<usize>>,
}

/// The line, and the list above it.
#[component]
pub fn Entry(console: Console) -> impl IntoView {
    let completion = Memo::new(move |_| {
        let draft = console.draft.get();
        if draft.trim().is_empty() || console.mode.get() != Mode::Shell {
            return Completion::default();
        }
        console.session.read(|engine| console.with(|terminal| terminal.complete(&draft, engine)))
    });
    let line = Line {
        console,
        node: NodeRef::new(),
        completion,
        active: RwSignal::new(None),
        dismissed: RwSignal::new(false),
        past: RwSignal::new(None),
    };
    let prompt = move || match console.mode.get() {
        Mode::Shell => "$",
        Mode::Producer => ">",
        Mode::Running => "",
    };
    let label = move || match console.mode.get() {
        Mode::Shell => "Command",
        Mode::Producer => "Record for the console producer",
        Mode::Running => "A tool is running",
    };
    let running = move || console.mode.get() == Mode::Running;
    let open = move || line.is_open();
    let option = move || line.is_open().then(|| format!("term-option-{}", line.chosen()));
    view! {
        <Show when=open>
            <Suggestions completion active=line.active take=Callback::new(move |at| line.take(at))/>
        </Show>
        <div class="term-line mono">
            <b aria-hidden="true">{prompt}</b>
            <div class="term-field">
                <div class="ghost-in" aria-hidden="true">{move || line.ghost()}</div>
                <input
                    node_ref=line.node
                    type="text"
                    role="combobox"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    enterkeyhint="send"
                    aria-label=label
                    aria-autocomplete="both"
                    aria-controls="term-list"
                    aria-expanded=move || open().to_string()
                    aria-activedescendant=option
                    readonly=running
                    placeholder=move || if running() { "Ctrl C ends it" } else { "" }
                    prop:value=move || console.draft.get()
                    on:input=move |event| line.typed(event_target_value(&event))
                    on:keydown=move |event| line.key(&event)
                />
            </div>
            <Stops console/>
        </div>
    }
}

/// What Ctrl-C and Ctrl-D do, for those who have no such keys.
#[component]
fn Stops(console: Console) -> impl IntoView {
    let busy = move || console.mode.get() != Mode::Shell;
    let takes_lines = move || console.mode.get() == Mode::Producer;
    view! {
        <Show when=takes_lines>
            <button class="btn small" on:click=move |_| console.end_of_input()>"End input"</button>
        </Show>
        <Show when=busy>
            <button class="btn small" title="Ctrl C" on:click=move |_| console.interrupt()>"Stop"</button>
        </Show>
    }
}

impl Line {
    fn is_open(self) -> bool {
        let any = self.completion.with(|completion| !completion.suggestions.is_empty());
        any && !self.dismissed.get() && self.past.with(Option::is_none)
    }

    fn chosen(self) -> usize {
        self.active.get().unwrap_or(0)
    }

    /// What the chosen suggestion adds, behind what is typed.
    fn ghost(self) -> Option<AnyView> {
        if !self.is_open() {
            return None;
        }
        let chosen = self.chosen();
        self.completion.with(|completion| {
            let suggestion = completion.suggestions.get(chosen)?;
            let draft = self.console.draft.get();
            // Letters that differ in case, or a quote, can't stand behind what is typed.
            let rest = suggestion.line.strip_prefix(draft.as_str())?.to_owned();
            (!self.overflows()).then(|| view! { <i>{draft}</i>{rest} }.into_any())
        })
    }

    /// The text is longer than its field, and scrolled in it.
    fn overflows(self) -> bool {
        let input = self.node.get_untracked();
        input.is_some_and(|input| input.scroll_width() > input.client_width())
    }

    fn typed(self, text: String) {
        self.active.set(None);
        self.dismissed.set(false);
        self.past.set(None);
        self.console.draft.set(text);
    }

    /// Puts a suggestion into the line.
    fn take(self, at: usize) {
        let line = self.completion.with_untracked(|completion| {
            completion.suggestions.get(at).map(|suggestion| suggestion.line.clone())
        });
        if let Some(line) = line {
            self.typed(line);
            self.to_end();
        }
    }

    /// The caret stands behind the text, and the text's end is in view.
    fn to_end(self) {
        request_animation_frame(move || {
            if let Some(input) = self.node.get_untracked() {
                let end = u32::try_from(input.value().encode_utf16().count()).unwrap_or(u32::MAX);
                let _ = input.set_selection_range(end, end);
                input.set_scroll_left(input.scroll_width());
            }
        });
    }

    fn at_end(self) -> bool {
        let Some(input) = self.node.get_untracked() else { return false };
        let end = u32::try_from(input.value().encode_utf16().count()).unwrap_or(u32::MAX);
        input.selection_start().ok().flatten() == Some(end)
    }

    fn has_selection(self) -> bool {
        let Some(input) = self.node.get_untracked() else { return false };
        input.selection_start().ok().flatten() != input.selection_end().ok().flatten()
    }

    fn key(self, event: &KeyboardEvent) {
        let taken = if event.ctrl_key() && !event.alt_key() && !event.meta_key() {
            self.with_control(&event.key())
        } else if event.alt_key() || event.meta_key() {
            false
        } else {
            self.plain(event)
        };
        if taken {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn with_control(self, key: &str) -> bool {
        match key {
            "c" if !self.has_selection() => self.console.interrupt(),
            "d" if self.console.draft.with_untracked(String::is_empty) => {
                self.console.end_of_input();
            }
            "l" => self.console.clear(),
            _ => return false,
        }
        true
    }

    fn plain(self, event: &KeyboardEvent) -> bool {
        let open = untrack(move || self.is_open());
        match event.key().as_str() {
            "Enter" => {
                match self.active.get_untracked().filter(|_| open) {
                    Some(at) => self.take(at),
                    None => self.enter(),
                }
                true
            }
            "Tab" if open && !event.shift_key() => {
                self.take(self.active.get_untracked().unwrap_or(0));
                true
            }
            "ArrowRight" if open && self.at_end() => {
                self.take(self.active.get_untracked().unwrap_or(0));
                true
            }
            "ArrowUp" | "ArrowDown" => {
                let down = event.key() == "ArrowDown";
                if open {
                    self.choose(down)
                } else {
                    self.remember(down)
                }
                true
            }
            "Escape" if open => {
                self.dismissed.set(true);
                true
            }
            _ => false,
        }
    }

    fn enter(self) {
        self.active.set(None);
        self.dismissed.set(false);
        self.past.set(None);
        self.console.enter();
    }

    /// The suggestion below or above.
    fn choose(self, down: bool) {
        let count = self.completion.with_untracked(|all| all.suggestions.len().min(SHOWN));
        let here = self.active.get_untracked();
        let next = match (here, down) {
            (None, true) => usize::from(count > 1),
            (None, false) => count.saturating_sub(1),
            (Some(at), true) => (at + 1) % count.max(1),
            (Some(at), false) => at.checked_sub(1).unwrap_or(count.saturating_sub(1)),
        };
        self.active.set(Some(next));
        request_animation_frame(move || {
            let option = document().get_element_by_id(&format!("term-option-{next}"));
            if let Some(option) = option {
                let nearest = web_sys::ScrollIntoViewOptions::new();
                nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        });
    }

    /// An older or a newer command.
    fn remember(self, down: bool) {
        let count = self.console.with(|terminal| terminal.history().len());
        let next = match (self.past.get_untracked(), down) {
            (None, true) => return,
            (None, false) => Some(0),
            (Some(at), true) => at.checked_sub(1),
            (Some(at), false) => Some(at + 1),
        };
        let next = next.map(|at| at.min(count.saturating_sub(1))).filter(|_| count > 0);
        let line = next.and_then(|at| self.console.with(|terminal| nth_newest(terminal, at)));
        self.past.set(next);
        self.console.draft.set(line.unwrap_or_default());
        self.to_end();
    }
}

fn nth_newest(terminal: &Terminal, at: usize) -> Option<String> {
    terminal.history().iter().rev().nth(at).cloned()
}
