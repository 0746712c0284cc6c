//! Short names between the first page's wasm and its script. wasm-bindgen gives each import a name with a hash, of which
//! both files hold some hundreds, and hashes do not pack.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// Id of the section of imports.
const IMPORTS: u8 = 2;
/// Bytes before the first section.
const PREAMBLE: usize = 8;
/// Digits of the hash that ends a name.
const HASH: usize = 16;

/// Gives every import of such a name a short one, in both files.
pub fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let names = names(script);
    let mut text = script.to_owned();
    for (long, short) in &names {
        ensure!(script.matches(long.as_str()).count() == 1, "the script has {long} more than once");
        text = text.replacen(long.as_str(), short, 1);
    }
    Ok((renamed(wasm, &names)?, text))
}

/// `__wbg_abort_75a93bc755ef5425` to `_0`, and so on.
fn names(script: &str) -> BTreeMap<String, String> {
    let words = script.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let long: std::collections::BTreeSet<&str> = words.filter(|word| is_long(word)).collect();
    let numbered = long.into_iter().enumerate();
    numbered.map(|(number, long)| (long.to_owned(), format!("_{number:x}"))).collect()
}

fn is_long(word: &str) -> bool {
    let hash = word.rsplit('_').next().unwrap_or_default();
    let hex = hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    word.starts_with("__wbg_") && hash.len() == HASH && hex
}

fn renamed(wasm: &[u8], names: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut rest = Bytes(wasm);
    let mut out = rest.take(PREAMBLE)?.to_vec();
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let size = rest.number()?;
        let section = rest.take(size)?;
        out.push(id);
        if id == IMPORTS {
            let section = imports(section, names)?;
            put_number(&mut out, section.len());
            out.extend(section);
        } else {
            put_number(&mut out, size);
            out.extend_from_slice(section);
        }
    }
    Ok(out)
}

/// Functions alone: the first page has its own memory and tables.
fn imports(section: &[u8], names: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut rest = Bytes(section);
    let mut out = Vec::with_capacity(section.len());
    let count = rest.number()?;
    put_number(&mut out, count);
    for _ in 0..count {
        let (module, name) = (rest.text()?, rest.text()?);
        put_text(&mut out, module);
        put_text(&mut out, names.get(name).map_or(name, String::as_str));
        ensure!(rest.byte()? == 0, "{module} {name} is not a function");
        out.push(0);
        let kind = rest.number()?;
        put_number(&mut out, kind);
    }
    Ok(out)
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).context("the wasm ends too soon")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().context("no byte")
    }

    /// LEB128, as lengths and indices are written.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        anyhow::bail!("a number of more than 32 bits")
    }

    fn text(&mut self) -> Result<&'a str> {
        let size = self.number()?;
        Ok(std::str::from_utf8(self.take(size)?)?)
    }
}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        out.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_abort_75a93bc755ef5425";

    fn wasm(names: &[&str]) -> Vec<u8> {
        let mut section = Vec::new();
        put_number(&mut section, names.len());
        for name in names {
            put_text(&mut section, "./web_bg.js");
            put_text(&mut section, name);
            section.extend([0, 0xac, 0x02]);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([1, 2, 7, 7, IMPORTS]);
        put_number(&mut wasm, section.len());
        wasm.extend(section);
        wasm.extend([10, 1, 0]);
        wasm
    }

    #[test]
    fn names_with_a_hash_are_short_in_both_files_and_others_stay() -> Result<()> {
        let script = format!("return {{ {LONG}: function() {{}}, __wbindgen_throw: f }};");
        let (bytes, text) = shorten(&wasm(&[LONG, "__wbindgen_throw"]), &script)?;
        assert_eq!(text, "return { _0: function() {}, __wbindgen_throw: f };");
        assert_eq!(bytes, wasm(&["_0", "__wbindgen_throw"]));
        Ok(())
    }

    #[test]
    fn what_is_no_wasm_is_refused() {
        assert!(shorten(b"\0asm\x01\0\0\0\x02\xff", "").is_err());
        assert!(shorten(b"", "").is_err());
    }

    #[test]
    fn numbers_are_written_as_they_are_read() -> Result<()> {
        for number in [0, 127, 128, 300, 0x0fff_ffff] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            assert_eq!(Bytes(&bytes).number()?, number);
        }
        Ok(())
    }
}
