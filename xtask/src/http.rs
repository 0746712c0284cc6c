//! As much of HTTP/1.1 as serving files takes: requests without a body, one thread a connection.

use std::io::{BufWriter, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A browser keeps a connection open for its next request; after so long it opens another.
const IDLE: Duration = Duration::from_secs(75);
/// A request's line and headers; no browser sends more.
const HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// What is asked for.
#[derive(Debug, Default)]
pub struct Request {
    /// GET, HEAD, ...
    pub method: String,
    /// Path with query.
    pub target: String,
    /// What the browser has already (`If-None-Match`).
    pub known_tag: Option<String>,
    /// Whether the browser closes the connection after the answer.
    close: bool,
}

/// What is answered.
#[derive(Debug)]
pub struct Response {
    /// "200 OK"
    pub status: &'static str,
    /// Name and value.
    pub headers: Vec<(&'static str, String)>,
    /// The file, or a line for a person.
    pub body: Vec<u8>,
}

/// Answers the requests of one connection until it ends.
pub fn converse(stream: TcpStream, answer: impl Fn(&Request) -> Response) -> Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = stream.try_clone()?;
    let mut writer = BufWriter::new(stream);
    let mut unread = Vec::new();
    while let Some(request) = read_request(&mut reader, &mut unread)? {
        write_response(&mut writer, &answer(&request), request.method == "HEAD")?;
        if request.close {
            break;
        }
    }
    Ok(())
}

/// The next request, or none where the browser has gone or does not speak HTTP.
fn read_request(reader: &mut impl Read, unread: &mut Vec<u8>) -> Result<Option<Request>> {
    let mut chunk = [0; 4096];
    while unread.len() < HEAD_BYTES {
        match parse(unread) {
            Parsed::Whole(request, length) => {
                unread.drain(..length);
                return Ok(Some(request));
            }
            Parsed::Wrong => return Ok(None),
            Parsed::Part => {}
        }
        let count = reader.read(&mut chunk)?;
        if count == 0 {
            return Ok(None);
        }
        unread.extend(chunk.iter().take(count));
    }
    Ok(None)
}

enum Parsed {
    Whole(Request, usize),
    Part,
    Wrong,
}

fn parse(bytes: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Parsed::Part,
        Err(_) => return Parsed::Wrong,
    };
    let header = |name: &str| {
        let found = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        known_tag: header("If-None-Match").map(str::to_owned),
        close: header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
            || head.version == Some(0),
    };
    Parsed::Whole(request, length)
}

fn write_response(writer: &mut impl Write, response: &Response, head_only: bool) -> Result<()> {
    write!(writer, "HTTP/1.1 {}\r\n", response.status)?;
    for (name, value) in &response.headers {
        write!(writer, "{name}: {value}\r\n")?;
    }
    write!(writer, "Content-Length: {}\r\n\r\n", response.body.len())?;
    if !head_only {
        writer.write_all(&response.body)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_in_pieces_and_one_after_the_other() {
        let mut wire: &[u8] =
            b"GET /a?b HTTP/1.1\r\nif-none-match: \"x\"\r\n\r\nHEAD / HTTP/1.0\r\n\r\n";
        let mut unread = Vec::new();
        let first = read_request(&mut wire, &mut unread).unwrap().unwrap();
        assert_eq!((first.method.as_str(), first.target.as_str()), ("GET", "/a?b"));
        assert_eq!(first.known_tag.as_deref(), Some("\"x\""));
        assert!(!first.close);
        let second = read_request(&mut wire, &mut unread).unwrap().unwrap();
        assert_eq!(second.method, "HEAD");
        assert!(second.close, "HTTP/1.0 closes");
        assert!(read_request(&mut wire, &mut unread).unwrap().is_none());
    }

    #[test]
    fn what_is_not_http_or_too_long_ends_the_connection() {
        let mut noise: &[u8] = b"\x16\x03\x01 hello\r\n\r\n";
        assert!(read_request(&mut noise, &mut Vec::new()).unwrap().is_none());
        let long = [b"GET /".to_vec(), vec![b'a'; 2 * HEAD_BYTES]].concat();
        assert!(read_request(&mut long.as_slice(), &mut Vec::new()).unwrap().is_none());
    }

    #[test]
    fn a_head_answer_tells_the_length_and_sends_nothing() {
        let response = Response { status: "200 OK", headers: Vec::new(), body: b"four".to_vec() };
        let mut sent = Vec::new();
        write_response(&mut sent, &response, true).unwrap();
        assert_eq!(sent, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    }
}
