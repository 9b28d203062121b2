//! What comes back from Huawei: the HTTP status says whether it is a success, the body what failed.
//! It must not let a value of the answer into an error: an answer may hold passwords and tokens.

use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Call, code};
use crate::decode::decode;
use crate::error::{Class, Code, Error, Outcome};
use crate::http::Answer;
use crate::message;
use crate::reply::Reply;

/// The most characters of a code; real ones have about 15.
const CODE_LIMIT: usize = 64;

/// How the vendor names the code and the text of a failure. Its own SDK takes all of them.
const NAMES: [(&str, &str); 3] = [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")];

/// An answer, with what must not be repeated of the request.
pub(super) struct Heard {
    call: Call,
    answer: Answer,
    secrets: Vec<SecretString>,
    sent_id: Option<String>,
}

/// What the body of a failure says.
#[derive(Default)]
struct Told {
    code: Option<String>,
    text: String,
    request_id: Option<String>,
}

impl Heard {
    /// Returns the answer to a call whose request held these secrets.
    pub(super) fn new(call: Call, answer: Answer, secrets: Vec<SecretString>) -> Self {
        Self { call, answer, secrets, sent_id: None }
    }

    /// Takes the id that the request had, for an answer without one.
    pub(super) fn with_sent_id(self, id: String) -> Self {
        Self { sent_id: Some(id), ..self }
    }

    /// Returns the status.
    pub(super) fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// Returns the vendor's clock, in unix seconds.
    pub(super) fn date(&self) -> Option<u64> {
        self.answer.date()
    }

    /// Returns the value of a header that is there and is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.answer.header(name)
    }

    /// Tells whether the vendor no longer takes the token, which a new log-in may cure.
    pub(super) fn is_stale_token(&self) -> bool {
        code::is_stale_token(self.status().as_u16(), self.told().and_then(|told| told.code).as_deref())
    }

    /// Tells whether a wrong clock of ours explains the refusal of a log-in.
    pub(super) fn may_be_clock(&self) -> bool {
        code::may_be_clock(self.status().as_u16(), self.told().and_then(|told| told.code).as_deref())
    }

    /// Reads the JSON of a success.
    pub(super) fn value<T: DeserializeOwned>(&self) -> Result<Reply<T>, Error> {
        if !self.status().is_success() {
            return Err(self.failure());
        }
        let value = self.answer.json().and_then(|body| decode(self.call.name(), body));
        Ok(self.reply(value.map_err(|error| error.with_request_id(self.request_id(None).as_deref()))?))
    }

    /// Reads a success of which nothing but itself matters, with whatever body.
    pub(super) fn done(&self) -> Result<Reply<()>, Error> {
        if !self.status().is_success() || self.answer.is_page() {
            return Err(self.failure());
        }
        Ok(self.reply(()))
    }

    /// Returns a value with what the answer says beside it.
    pub(super) fn reply<T>(&self, value: T) -> Reply<T> {
        Reply { value, request_id: self.request_id(None), date: self.date() }
    }

    /// Returns the failure that the answer tells.
    pub(super) fn failure(&self) -> Error {
        let status = self.status().as_u16();
        let Some(Told { code, text, request_id }) = self.told() else {
            let (class, outcome) = self.answer.meaning_of_status();
            let error = self.answer.foreign(class, outcome);
            return error.with_request_id(self.request_id(None).as_deref());
        };
        let code::Meaning { class, outcome } = code::meaning(self.call, status, code.as_deref());
        let is_throttled = class == (Class::Throttled { after: None });
        let class = if is_throttled { Class::Throttled { after: self.answer.retry_after() } } else { class };
        let code = code.filter(|code| *code != status.to_string());
        Error::new(self.call.name(), class, outcome)
            .with_code(code.map_or(Code::Http(status), |code| Code::Huawei(code.into())))
            .with_message(&text, &self.hidden())
            .with_request_id(self.request_id(request_id.as_deref()).as_deref())
    }

    /// Returns what the failure says; absent where somebody else than the vendor says it, or where there is none.
    fn told(&self) -> Option<Told> {
        let status = self.status();
        if self.answer.is_page() || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        let body = self.answer.body().trim_ascii();
        let read = || Told::read(&serde_json::from_slice(body).ok()?, &self.hidden());
        match read() {
            Some(told) => Some(told),
            // Any server says so of an address that it does not know; the vendor names a code, or nothing.
            None if status == StatusCode::NOT_FOUND && !body.is_empty() => None,
            None if body.is_empty() => Some(Told::default()),
            None => Some(Told { text: "answered with something else than a code".into(), ..Told::default() }),
        }
    }

    /// Returns the vendor's request id, by the header or the body, and else the one that was sent.
    fn request_id(&self, told: Option<&str>) -> Option<String> {
        let theirs = self.header("x-request-id").or(told).filter(|id| !id.is_empty());
        theirs.map(|id| message::shown(id, &self.hidden()).into()).or_else(|| self.sent_id.clone())
    }

    fn hidden(&self) -> Vec<&str> {
        self.secrets.iter().map(ExposeSecret::expose_secret).collect()
    }
}

impl Told {
    /// Reads a failure at the top or one level below.
    fn read(body: &Map<String, Value>, secrets: &[&str]) -> Option<Self> {
        let nested = body.values().filter_map(Value::as_object);
        let (code, text) = [body].into_iter().chain(nested).find_map(named)?;
        let code = code.filter(|code| is_code(code) && !secrets.contains(&code.as_str()));
        Some(Self { code, text, request_id: body.get("request_id").and_then(text_of) })
    }
}

/// Returns code and text under the first pair of names of which one is there.
fn named(object: &Map<String, Value>) -> Option<(Option<String>, String)> {
    NAMES.into_iter().find_map(|(code, text)| {
        let (code, text) = (object.get(code).and_then(text_of), object.get(text).and_then(text_of));
        (code.is_some() || text.is_some()).then(|| (code, text.unwrap_or_default()))
    })
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_code(text: &str) -> bool {
    (1..=CODE_LIMIT).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Returns an answer that the vendor gave, but not to what was asked.
pub(super) fn unexpected<T>(call: Call, reply: Reply<T>, text: &str) -> Error {
    Error::new(call.name(), Class::Unknown, Outcome::Uncertain)
        .with_message(text, &[])
        .with_request_id(reply.request_id.as_deref())
}
