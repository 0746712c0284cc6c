//! The snippet for each place a document may be embedded in.

/// What a snippet needs.
pub struct Frame<'f> {
    /// Address of the embed page.
    pub src: &'f str,
    /// The frame's title.
    pub title: &'f str,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
}

/// The places, in order of their tabs.
pub const PLACES: [(&str, &str); 5] = [
    ("html", "HTML"),
    ("mkdocs", "MkDocs"),
    ("myst", "MyST"),
    ("docusaurus", "Docusaurus"),
    ("quarto", "Quarto"),
];

/// The snippet for a place.
pub fn snippet(place: &str, frame: &Frame) -> String {
    let (src, title) = (attribute(frame.src), attribute(frame.title));
    let (width, height) = (frame.width, frame.height);
    let wide = |style: &str| {
        format!(
            "<iframe src=\"{src}\"\n  width=\"100%\" height={style}\n  loading=\"lazy\" title=\"{title}\""
        )
    };
    match place {
        "mkdocs" => format!(
            "<!-- MkDocs passes HTML in Markdown through -->\n{}></iframe>",
            wide(&format!("\"{height}\" style=\"border:0\""))
        ),
        "myst" => format!("```{{iframe}} {}\n:width: 100%\n{}\n```", frame.src, frame.title),
        "docusaurus" => format!("{} />", wide(&format!("{{{height}}} style={{{{border: 0}}}}"))),
        "quarto" => format!(
            "```{{=html}}\n{}></iframe>\n```",
            wide(&format!("\"{height}\" style=\"border:0\""))
        ),
        _ => format!(
            "<iframe src=\"{src}\"\n  width=\"{width}\" height=\"{height}\" style=\"border:0;max-width:100%\"\n  loading=\"lazy\" title=\"{title}\"></iframe>"
        ),
    }
}

/// Text within a double-quoted attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(place: &str) -> String {
        let frame = Frame {
            src: "https://example.org/embed/?theme=dark&autoplay=1#s1=abc",
            title: "A \"hot\" key",
            width: 720,
            height: 420,
        };
        snippet(place, &frame)
    }

    #[test]
    fn html_needs_only_src_width_and_height() {
        let html = of("html");
        assert!(
            html.contains("src=\"https://example.org/embed/?theme=dark&amp;autoplay=1#s1=abc\"")
        );
        assert!(html.contains("width=\"720\" height=\"420\""));
        assert!(html.contains("title=\"A &quot;hot&quot; key\""));
    }

    #[test]
    fn each_host_gets_its_own_form() {
        assert!(
            of("myst").starts_with("```{iframe} https://example.org/embed/?theme=dark&autoplay=1")
        );
        assert!(of("docusaurus").contains("height={420} style={{border: 0}}"));
        assert!(of("docusaurus").ends_with("/>"));
        assert!(of("quarto").starts_with("```{=html}\n<iframe"));
        assert!(of("mkdocs").contains("<iframe"));
    }
}
