//! One stylesheet instead of six: all hold up the first paint, and together they pack better.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// Puts one file in the place of all stylesheets that the page names, in their order. Returns the page that names it.
pub fn merge(staging: &Path, page: &str) -> Result<String> {
    let tags: Vec<&str> = page.split_inclusive('>').filter_map(stylesheet).collect();
    let Some((first, rest)) = tags.split_first() else { return Ok(page.to_owned()) };
    let mut all = String::new();
    for tag in &tags {
        let file = staging.join(file_of(tag).context("a stylesheet without a file")?);
        all.push_str(&std::fs::read_to_string(&file)?);
        std::fs::remove_file(file)?;
    }
    let mut hasher = DefaultHasher::new();
    all.hash(&mut hasher);
    let name = format!("styles-{:016x}.css", hasher.finish());
    std::fs::write(staging.join(&name), all)?;
    let old = file_of(first).unwrap_or_default();
    let page = rest.iter().fold(page.to_owned(), |page, tag| page.replacen(tag, "", 1));
    Ok(page.replacen(first, &first.replace(old, &name), 1))
}

/// The stylesheet's tag that a piece of the page ends with.
fn stylesheet(piece: &str) -> Option<&str> {
    let tag = piece.get(piece.rfind('<')?..)?;
    (tag.starts_with("<link") && tag.contains("stylesheet")).then_some(tag)
}

/// `tokens-0.css` of `./tokens-0.css`.
fn file_of(tag: &str) -> Option<&str> {
    let name = tag.get(tag.find("./")? + 2..)?;
    name.get(..name.find(".css")? + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stylesheet_stands_for_all_in_their_order() -> Result<()> {
        let staging = std::env::temp_dir().join(format!("ottla-styles-{}", std::process::id()));
        std::fs::create_dir_all(&staging)?;
        std::fs::write(staging.join("a-0.css"), "a{}")?;
        std::fs::write(staging.join("b-0.css"), "b{}")?;
        let page = "<link href=./icon.svg rel=icon><link href=./a-0.css rel=stylesheet><script src=./s.js></script>\
            <link href=./b-0.css rel=stylesheet><p>";
        let merged = merge(&staging, page)?;
        let name = file_of(merged.split("icon.svg").last().unwrap_or_default()).unwrap_or_default();
        assert_eq!(
            merged,
            format!(
                "<link href=./icon.svg rel=icon><link href=./{name} rel=stylesheet><script src=./s.js></script><p>"
            )
        );
        assert_eq!(std::fs::read_to_string(staging.join(name))?, "a{}b{}");
        assert!(!staging.join("a-0.css").exists());
        std::fs::remove_dir_all(staging)?;
        Ok(())
    }
}
