//! A static file server on 127.0.0.1: what any host of static files does, under any base path.

use std::net::TcpListener;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::args::StaticOptions;
use crate::http::{self, Request, Response};
use crate::{fingerprint, mime};

/// The first port tried where none is asked for, and how many are.
const FIRST_PORT: u16 = 8080;
const PORTS: u16 = 40;

/// A folder under a base path.
#[derive(Debug)]
pub struct Site {
    dir: PathBuf,
    /// Begins and ends with "/".
    base: String,
}

/// What a path of a request means.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    File(PathBuf),
    /// The same with "/" at its end, so that relative links in the page work.
    Redirect(String),
    Nothing,
}

/// Serves `dir` until the process ends.
pub fn serve_folder(options: &StaticOptions) -> Result<()> {
    if !options.dir.join("index.html").is_file() {
        bail!("{} has no index.html: run `cargo xtask build` first", options.dir.display());
    }
    let (listener, port) = listen(options.port)?;
    println!("{}", address(port, &options.base));
    run(listener, Site::new(options.dir.clone(), options.base.clone()));
    Ok(())
}

/// Where a person opens it.
pub fn address(port: u16, base: &str) -> String {
    format!("http://127.0.0.1:{port}{base}")
}

/// Listens on the port asked for, or on the first free one.
pub fn listen(asked: Option<u16>) -> Result<(TcpListener, u16)> {
    let bind = |port: u16| TcpListener::bind(("127.0.0.1", port));
    let listener = match asked {
        Some(port) => bind(port).with_context(|| {
            format!("port {port} cannot be had: stop what uses it or choose another with --port")
        })?,
        None => (FIRST_PORT..FIRST_PORT + PORTS).find_map(|port| bind(port).ok()).with_context(
            || {
                let last = FIRST_PORT + PORTS - 1;
                format!("no port from {FIRST_PORT} to {last} is free: choose one with --port")
            },
        )?,
    };
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Answers requests for ever, each connection in a thread of its own: a browser keeps several open
/// and idle, and none may hold up another.
pub fn run(listener: TcpListener, site: Site) {
    let site = Arc::new(site);
    for stream in listener.incoming().flatten() {
        let site = Arc::clone(&site);
        // A browser that went away is no error of ours.
        std::thread::spawn(move || http::converse(stream, |request| answer(&site, request)).ok());
    }
}

impl Site {
    /// A folder under a base path that begins and ends with "/".
    pub fn new(dir: PathBuf, base: String) -> Self {
        Self { dir, base }
    }

    fn find(&self, url: &str) -> Found {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let Some(inner) = path.strip_prefix(self.base.as_str()) else {
            let is_base = format!("{path}/") == self.base;
            return if is_base { Found::Redirect(self.base.clone()) } else { Found::Nothing };
        };
        let relative = Path::new(inner);
        // Only plain names: nothing climbs out of the folder.
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Found::Nothing;
        }
        let file = self.dir.join(relative);
        if file.is_dir() {
            if !inner.is_empty() && !inner.ends_with('/') {
                return Found::Redirect(format!("{path}/"));
            }
            let index = file.join("index.html");
            return if index.is_file() { Found::File(index) } else { Found::Nothing };
        }
        if file.is_file() { Found::File(file) } else { Found::Nothing }
    }
}

fn answer(site: &Site, request: &Request) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return line("405 Method Not Allowed", "only GET and HEAD");
    }
    match site.find(&request.target) {
        Found::Nothing => line("404 Not Found", "there is no such file"),
        Found::Redirect(to) => {
            let mut moved = line("301 Moved Permanently", "moved");
            moved.headers.push(("Location", to));
            moved
        }
        Found::File(file) => send(request, &file),
    }
}

fn send(request: &Request, file: &Path) -> Response {
    let tag = format!("\"{}\"", fingerprint::of_text(&fingerprint::of_file(file)));
    let caching = ("Cache-Control", cache_control(file).to_owned());
    if request.known_tag.as_ref() == Some(&tag) {
        let headers = vec![("ETag", tag), caching];
        return Response { status: "304 Not Modified", headers, body: Vec::new() };
    }
    let Ok(body) = std::fs::read(file) else {
        return line("404 Not Found", "the file went away");
    };
    let headers = vec![
        ("Content-Type", mime::of(file).to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("ETag", tag),
        caching,
    ];
    Response { status: "200 OK", headers, body }
}

fn line(status: &'static str, text: &str) -> Response {
    let headers = vec![("Content-Type", mime::of(Path::new("a.txt")).to_owned())];
    Response { status, headers, body: text.as_bytes().to_vec() }
}

/// Names with trunk's hash in them never change their content; all others are asked for again.
fn cache_control(file: &Path) -> &'static str {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_hash = |part: &str| {
        part.len() >= 14 && part.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    };
    let is_hashed = stem.split(['-', '_', '.']).any(is_hash);
    if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    /// A site of two pages under /courses/ottla/.
    fn site(name: &str) -> Site {
        let dir = std::env::temp_dir().join(format!("ottla-{name}-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("embed")).unwrap();
        std::fs::write(dir.join("index.html"), "page").unwrap();
        std::fs::write(dir.join("embed/index.html"), "embed").unwrap();
        std::fs::write(dir.join("web-0123456789abcdef_bg.wasm"), "wasm").unwrap();
        Site::new(dir, "/courses/ottla/".to_owned())
    }

    fn get(port: u16, path: &str, more: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn folders_end_with_a_slash_and_nothing_climbs_out() {
        let site = site("paths");
        assert_eq!(site.find("/courses/ottla"), Found::Redirect("/courses/ottla/".to_owned()));
        assert_eq!(
            site.find("/courses/ottla/embed?theme=dark"),
            Found::Redirect("/courses/ottla/embed/".to_owned())
        );
        assert!(matches!(site.find("/courses/ottla/?a=b"), Found::File(_)));
        for outside in ["/", "/embed/", "/courses/ottla/../x", "/courses/ottla//etc/passwd"] {
            assert_eq!(site.find(outside), Found::Nothing, "{outside}");
        }
        std::fs::remove_dir_all(&site.dir).unwrap();
    }

    #[test]
    fn idle_connections_hold_up_nobody() {
        let site = site("idle");
        let dir = site.dir.clone();
        let (listener, port) = listen(Some(0)).unwrap();
        std::thread::spawn(move || run(listener, site));
        let idle: Vec<_> =
            (0..32).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
        assert!(get(port, "/courses/ottla/", "").ends_with("page"));
        drop(idle);
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_file_comes_with_its_type_and_is_asked_for_only_when_it_may_have_changed() {
        let site = site("headers");
        let dir = site.dir.clone();
        let (listener, port) = listen(Some(0)).unwrap();
        std::thread::spawn(move || run(listener, site));

        let page = get(port, "/courses/ottla/", "");
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.contains("text/html; charset=utf-8") && page.contains("no-cache"), "{page}");
        assert!(page.ends_with("page"), "{page}");

        let tag = page.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap();
        let again = get(port, "/courses/ottla/", &format!("If-None-Match: {tag}\r\n"));
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");

        let wasm = get(port, "/courses/ottla/web-0123456789abcdef_bg.wasm", "");
        assert!(wasm.contains("application/wasm") && wasm.contains("immutable"), "{wasm}");
        assert!(get(port, "/courses/ottla/absent", "").starts_with("HTTP/1.1 404"));
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
