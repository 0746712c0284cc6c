//! Names that a cache may keep for ever: all files of one build carry one mark, made of the bytes of all of them. A part
//! fits only the first page that it was cut from.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use anyhow::{Result, ensure};

use crate::cut::{Cut, LOADER, SCRIPT};

/// The files of the page's program under their final names.
pub struct Files {
    /// `web-MARK`: what the names of script and wasm begin with.
    pub base: String,
    /// The script that loads the parts.
    pub loader: String,
    /// The files of the part that reads documents.
    pub documents: Vec<String>,
    /// Every file, by name.
    pub all: Vec<(String, Vec<u8>)>,
}

/// Gives each file its name, and the scripts the names of the others.
pub fn rename(cut: Cut) -> Result<Files> {
    let mark = mark(&cut);
    let base = format!("web-{mark}");
    let loader = format!("loader-{mark}.js");
    let mut text = cut.loader;
    put(&mut text, "WebAssembly.instantiateStreaming(", "instantiate(")?;
    text.push_str(include_str!("instantiate.js"));
    put(&mut text, &format!("from \"{SCRIPT}\""), &format!("from \"./{base}.js\""))?;
    let mut all = Vec::new();
    for (name, bytes) in cut.parts {
        let own = own_name(name.trim_end_matches(".wasm"), &mark);
        put(&mut text, &format!("\"./{name}\""), &format!("\"./{own}\""))?;
        all.push((own, bytes));
    }
    let mut script = cut.script;
    put(&mut script, &format!("from \"{LOADER}\""), &format!("from \"./{loader}\""))?;
    all.push((loader.clone(), trimmed(&text).into_bytes()));
    all.push((format!("{base}.js"), trimmed(&script).into_bytes()));
    all.push((format!("{base}_bg.wasm"), cut.wasm));
    let documents = cut.documents.iter().map(|stem| own_name(stem, &mark)).collect();
    Ok(Files { base, loader, documents, all })
}

/// `split_panels` is `panels-MARK.wasm`, `chunk_2` is `chunk-2-MARK.wasm`.
fn own_name(stem: &str, mark: &str) -> String {
    format!("{}-{mark}.wasm", stem.trim_start_matches("split_").replace('_', "-"))
}

fn mark(cut: &Cut) -> String {
    let mut hasher = DefaultHasher::new();
    (&cut.wasm, &cut.script, &cut.loader, &cut.parts).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Puts `new` in the place of `old`, which must be there.
fn put(text: &mut String, old: &str, new: &str) -> Result<()> {
    ensure!(text.contains(old), "the scripts of this wasm-bindgen do not hold {old}");
    *text = text.replace(old, new);
    Ok(())
}

/// Without indents and what documents the scripts. (trunk's own minifier does not read what wasm-bindgen writes, and
/// leaves it as it is.)
fn trimmed(text: &str) -> String {
    let mut in_comment = false;
    let mut small = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        let is_code = !in_comment && !line.is_empty() && !line.starts_with("//");
        in_comment &= !line.ends_with("*/");
        if is_code {
            small.push_str(line);
            small.push('\n');
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(part: &[u8]) -> Cut {
        Cut {
            wasm: b"first".to_vec(),
            script: "import * as import1 from \"./__wasm_split.js\"\nexport const a = import1;"
                .into(),
            loader: "import { initSync } from \"./web.js\";\n\
                const src = fetch(\"./split_panels.wasm\");\n\
                WebAssembly.instantiateStreaming(src, initSync());\n"
                .into(),
            parts: vec![("split_panels.wasm".into(), part.to_vec())],
            documents: vec!["chunk_2".into()],
        }
    }

    fn text<'a>(files: &'a Files, name: &str) -> &'a str {
        let file = files.all.iter().find(|(own, _)| own == name);
        std::str::from_utf8(file.map_or(&[], |(_, bytes)| bytes)).unwrap_or_default()
    }

    #[test]
    fn a_part_that_changed_gives_every_file_another_name() {
        let names = |part| -> Vec<String> {
            let files = rename(cut(part)).map(|files| files.all).unwrap_or_default();
            files.into_iter().map(|(name, _)| name).collect()
        };
        let (one, two) = (names(b"one"), names(b"two"));
        assert_eq!(one.len(), 4);
        assert_eq!(one, names(b"one"), "the same bytes, the same names");
        assert!(one.iter().all(|name| !two.contains(name)), "{one:?} {two:?}");
    }

    #[test]
    fn comments_and_indents_go() {
        let text = "/**\n * @param {number} a\n */\nexport function f(a) {\n    // why\n    return a; /* ? */\n}\n/* b */\nf(1);\n";
        assert_eq!(trimmed(text), "export function f(a) {\nreturn a; /* ? */\n}\nf(1);\n");
    }

    #[test]
    fn the_scripts_name_the_files_as_they_are_called() {
        let Ok(files) = rename(cut(b"one")) else { unreachable!("all names are there") };
        let loader = text(&files, &files.loader);
        assert!(loader.contains(&format!("./{}.js", files.base)), "{loader}");
        assert!(loader.contains("\ninstantiate(src, initSync());\n"), "{loader}");
        assert!(
            files
                .all
                .iter()
                .any(|(name, _)| name.starts_with("panels-") && loader.contains(name.as_str()))
        );
        assert!(text(&files, &format!("{}.js", files.base)).contains(&files.loader));
        assert!(
            files.documents.iter().all(|name| name.starts_with("chunk-2-")),
            "{:?}",
            files.documents
        );
    }
}
