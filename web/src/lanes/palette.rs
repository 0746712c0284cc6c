//! Inks as colours: read from the style sheet's tokens, so that a theme is one place.

use super::surface::Ink;
use leptos::prelude::{document, window};

/// The colours of a theme, as CSS writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette {
    fills: [String; 8],
    edges: [String; 8],
    letters: [String; 8],
    pales: [String; 8],
    plain: [String; PLAIN.len()],
    /// Family of words.
    pub ui_font: String,
    /// Family of offsets.
    pub mono_font: String,
}

/// Tokens of the inks that no key has, in the order of [`plain_index`].
const PLAIN: [&str; 17] = [
    "--bg",
    "--surface",
    "--surface-2",
    "--seg-closed",
    "--seg-active",
    "--seg-line",
    "--hatch",
    "--mark",
    "--mark-2",
    "--line-2",
    "--text",
    "--text-2",
    "--text-3",
    "--on-ink",
    "--accent",
    "--warn",
    "--danger",
];

/// How much of its key's colour the cell of an unread record has.
const PALE: f64 = 0.26;

impl Palette {
    /// Reads the page's tokens.
    pub fn of_page() -> Self {
        let style = document()
            .document_element()
            .and_then(|root| window().get_computed_style(&root).ok().flatten());
        let token = |name: &str| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            value.unwrap_or_default().trim().to_owned()
        };
        let key = |suffix: &str| -> [String; 8] {
            std::array::from_fn(|index| match index {
                7 => token(&format!("--knull{suffix}")),
                _ => token(&format!("--k{index}{suffix}")),
            })
        };
        let (fills, surface) = (key(""), token("--surface"));
        Self {
            pales: std::array::from_fn(|index| {
                fills.get(index).map_or_else(String::new, |fill| mix(fill, &surface, PALE))
            }),
            fills,
            edges: key("-edge"),
            letters: key("-on"),
            plain: std::array::from_fn(|index| {
                PLAIN.get(index).map_or_else(String::new, |n| token(n))
            }),
            ui_font: token("--font-ui"),
            mono_font: token("--font-mono"),
        }
    }

    /// The colour of an ink.
    pub fn colour(&self, ink: Ink) -> &str {
        match ink {
            Ink::Key(index) => pick(&self.fills, index),
            Ink::KeyEdge(index) => pick(&self.edges, index),
            Ink::KeyOn(index) => pick(&self.letters, index),
            Ink::KeyPale(index) => pick(&self.pales, index),
            plain => self.plain.get(plain_index(plain)).map_or("", String::as_str),
        }
    }
}

fn pick(list: &[String; 8], index: u8) -> &str {
    list.get(usize::from(index)).map_or("", String::as_str)
}

fn plain_index(ink: Ink) -> usize {
    match ink {
        Ink::Key(_) | Ink::KeyEdge(_) | Ink::KeyOn(_) | Ink::KeyPale(_) | Ink::Ground => 0,
        Ink::Surface => 1,
        Ink::Surface2 => 2,
        Ink::Closed => 3,
        Ink::Active => 4,
        Ink::TrayLine => 5,
        Ink::Hatch => 6,
        Ink::Mark => 7,
        Ink::Mark2 => 8,
        Ink::Line => 9,
        Ink::Text => 10,
        Ink::Text2 => 11,
        Ink::Text3 => 12,
        Ink::OnMark => 13,
        Ink::Accent => 14,
        Ink::Warn => 15,
        Ink::Danger => 16,
    }
}

/// `share` of one `#rrggbb` or `#rgb` over another: a minified stylesheet writes the shorter one where it can. What is no such colour stays as it is.
fn mix(colour: &str, ground: &str, share: f64) -> String {
    let (Some(over), Some(under)) = (channels(colour), channels(ground)) else {
        return colour.to_owned();
    };
    let channel = |at: usize| {
        let (over, under) = (f64::from(over[at]), f64::from(under[at]));
        (over * share + under * (1.0 - share)).round()
    };
    format!("rgb({} {} {})", channel(0), channel(1), channel(2))
}

fn channels(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#')?;
    let number = |at: usize, length: usize| {
        u8::from_str_radix(digits.get(at * length..(at + 1) * length)?, 16).ok()
    };
    match digits.len() {
        3 => Some([number(0, 1)? * 17, number(1, 1)? * 17, number(2, 1)? * 17]),
        6 => Some([number(0, 2)?, number(1, 2)?, number(2, 2)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mix;

    #[test]
    fn a_pale_colour_lies_between_the_key_and_the_ground() {
        assert_eq!(mix("#000000", "#ffffff", 0.26), "rgb(189 189 189)");
        assert_eq!(mix("#000000", "#fff", 0.26), "rgb(189 189 189)");
        assert_eq!(mix("#08f", "#000", 1.0), "rgb(0 136 255)");
        assert_eq!(mix("red", "#ffffff", 0.26), "red");
    }
}
