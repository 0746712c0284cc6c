//! The staging folder: the new files in, the old ones out, and `index.html` naming the new ones.

use std::path::Path;

use anyhow::{Context, Result};

use crate::names::Files;
use crate::styles;

/// Puts the files of the page's program in the place of those that trunk left.
pub fn replace(staging: &Path, files: &Files) -> Result<()> {
    let page = staging.join("index.html");
    let text = std::fs::read_to_string(&page).context("the staging folder has no index.html")?;
    let old = base_of(staging)?;
    for end in [".js", "_bg.wasm"] {
        std::fs::remove_file(staging.join(format!("{old}{end}")))?;
    }
    for (name, bytes) in &files.all {
        std::fs::write(staging.join(name), bytes)?;
    }
    let text = styles::merge(staging, &named(&text, &old, files)?)?;
    Ok(std::fs::write(page, text)?)
}

/// `web-MARK`, as trunk has it.
fn base_of(staging: &Path) -> Result<String> {
    let names = std::fs::read_dir(staging)?.flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let wasm = names.find_map(|name| name.strip_suffix("_bg.wasm").map(str::to_owned));
    wasm.context("trunk left no wasm in the staging folder")
}

/// The page with the new names. The loader is asked for at once, beside the script that needs it, and boot/start.js is told
/// what a link needs.
fn named(page: &str, old: &str, files: &Files) -> Result<String> {
    let page = page.replace(old, &files.base);
    let script = format!("{}.js", files.base);
    let preload = page
        .split_inclusive('>')
        .find(|tag| tag.contains("modulepreload") && tag.contains(&script))
        .context("index.html preloads no script")?;
    let tag = preload.get(preload.rfind('<').unwrap_or(0)..).unwrap_or(preload);
    let loader = tag.replace(&script, &files.loader);
    let documents: Vec<String> = files.documents.iter().map(|name| format!("./{name}")).collect();
    let documents = format!(" data-documents=\"{}\" data-wasm=", documents.join(" "));
    Ok(page.replacen(tag, &format!("{tag}{loader}"), 1).replacen(" data-wasm=", &documents, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_new_files_and_preloads_the_loader() {
        let page = "<title>Ottla</title><link rel=modulepreload href=./web-0.js><link rel=preload href=./web-0_bg.wasm>\
            <template data-script=./web-0.js data-wasm=./web-0_bg.wasm></template>";
        let files = Files {
            base: "web-1".into(),
            loader: "loader-1.js".into(),
            documents: vec!["chunk-2-1.wasm".into(), "documents-1.wasm".into()],
            all: Vec::new(),
        };
        let expected = "<title>Ottla</title><link rel=modulepreload href=./web-1.js>\
            <link rel=modulepreload href=./loader-1.js><link rel=preload href=./web-1_bg.wasm>\
            <template data-script=./web-1.js data-documents=\"./chunk-2-1.wasm ./documents-1.wasm\" \
            data-wasm=./web-1_bg.wasm></template>";
        assert_eq!(named(page, "web-0", &files).ok().as_deref(), Some(expected));
        assert!(named("<title>Ottla</title>", "web-0", &files).is_err());
    }
}
