//! What was typed and printed. A block can be copied whole.

use super::console::{Block, Console};
use crate::panels::copy::CopyButton;
use leptos::{html, prelude::*};
use terminal::Kind;

/// The scrolling part.
#[component]
pub fn Output(console: Console) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // The newest line stays in view, as long as one has not scrolled up.
    Effect::new(move |_| {
        console.printed.track();
        request_animation_frame(move || {
            if let Some(element) = node.get_untracked() {
                element.set_scroll_top(element.scroll_height());
            }
        });
    });
    // A consumer that prints while time runs would talk without end.
    let live = move || if console.session.playing.get() { "off" } else { "polite" };
    let blocks = move || console.blocks.get();
    let empty = move || console.blocks.with(Vec::is_empty);
    view! {
        <div node_ref=node class="term-out mono" role="log" aria-label="Terminal output" aria-live=live tabindex="0">
            <Show when=empty>
                <p class="term-hello">"Kafka's command-line tools, at this cluster. "<kbd>"Tab"</kbd>" completes, help lists them."</p>
            </Show>
            <For each=blocks key=|block| block.id children=block_view/>
        </div>
    }
}

fn block_view(block: Block) -> impl IntoView {
    let Block { command, lines, .. } = block;
    let whole = command.clone();
    let to_copy = lines.clone();
    let copy = Callback::new(move |()| {
        let printed = to_copy.with_untracked(|lines| {
            lines.iter().fold(String::new(), |text, line| text + "\n" + &line.text)
        });
        format!("$ {whole}{printed}")
    });
    let has_command = !command.is_empty();
    let line = |line: &terminal::Line| {
        let class = match line.kind {
            Kind::Out => "",
            Kind::Err => "err",
            Kind::Note => "note",
        };
        let text = if line.text.is_empty() { " ".to_owned() } else { line.text.clone() };
        view! { <div class=class>{text}</div> }
    };
    view! {
        <section class="term-block">
            <Show when=move || has_command>
                <div class="term-cmd"><b aria-hidden="true">"$"</b><span>{command.clone()}</span></div>
            </Show>
            <div class="term-text">{move || lines.with(|lines| lines.iter().map(line).collect_view())}</div>
            <div class="term-copy">
                <CopyButton class="btn small" label=Signal::derive(|| "Copy".to_owned()) text=copy/>
            </div>
        </section>
    }
}
