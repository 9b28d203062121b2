//! A vendor of a few lines: records each request and gives the next prepared answer, byte by byte.
//! It knows no rules; what a vendor would accept is the simulator's part.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The first line and the headers.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

impl Request {
    /// Returns the method and the path without the query.
    pub(crate) fn line(&self) -> &str {
        self.head.split(['?', '\r']).next().unwrap_or_default()
    }

    /// Returns path and query as they were sent.
    pub(crate) fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the value of a header, whatever the case of its name; it must not be there twice.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let mut values = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "`{name}` is there twice");
        value
    }

    /// Returns the query as it was sent, not decoded.
    pub(crate) fn query(&self) -> BTreeMap<&str, &str> {
        let query = self.target().split_once('?').map_or("", |(_, query)| query);
        query.split('&').filter_map(|pair| pair.split_once('=')).collect()
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the client sends JSON")
    }
}

/// What to do with a request.
pub(crate) enum Answer {
    /// Send these bytes and close.
    Bytes(Vec<u8>),
    /// Answer a failure whose text repeats the whole request.
    Echo,
    /// Keep the connection open and say nothing.
    Silence,
}

/// Returns an answer with this status line, further headers and body.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    Answer::Bytes(
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}").into(),
    )
}

/// Returns an answer with status 200 and this JSON.
pub(crate) fn json(body: &Value) -> Answer {
    http("200 OK", "Content-Type: application/json\r\n", &body.to_string())
}

/// The server; it stops when the runtime of the test ends.
pub(crate) struct Vendor {
    /// Where it listens.
    pub(crate) endpoint: Url,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Vendor {
    /// Starts a vendor that gives these answers in order, and HTTP 599 to every request after them.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        Self::answering(move |_| answers.pop_front().unwrap_or_else(|| http("599 Unexpected", "", ""))).await
    }

    /// Starts a vendor that answers each request as the function says; one request at a time.
    pub(crate) async fn answering(answer: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let requests = Arc::default();
        tokio::spawn(serve(listener, answer, Arc::clone(&requests)));
        let endpoint = format!("http://{address}/").parse().expect("an address makes a URL");
        Self { endpoint, requests }
    }

    /// Returns the requests seen so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no test panics while it holds this lock").clone()
    }
}

async fn serve(listener: TcpListener, mut answer: impl FnMut(&Request) -> Answer, requests: Arc<Mutex<Vec<Request>>>) {
    let mut kept_open = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let Some(request) = receive(&mut stream).await else { continue };
        requests.lock().expect("no test panics while it holds this lock").push(request.clone());
        let bytes = match answer(&request) {
            Answer::Bytes(bytes) => bytes,
            Answer::Echo => echo(&request),
            Answer::Silence => {
                kept_open.push(stream);
                continue;
            }
        };
        // A client that stops reading early closes first; that is its right.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
    }
}

fn echo(request: &Request) -> Vec<u8> {
    let text = format!("{} {}", request.head, request.body);
    let body = serde_json::json!({"ActionStatus": "FAIL", "ErrorCode": 100_002, "ErrorInfo": text, "RequestId": text});
    let Answer::Bytes(bytes) = json(&body) else { unreachable!("`json` gives bytes") };
    bytes
}

async fn receive(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(name, value)| name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok()))
            .flatten()
            .unwrap_or(0);
        if body.len() >= length {
            return Some(Request { head: head.into(), body: body.into() });
        }
    }
}
