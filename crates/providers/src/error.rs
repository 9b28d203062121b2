//! The one error of all vendor calls: what failed, what it means, and whether a write may have been applied.
//! It must not decide what to do next, and nothing secret may enter it: texts pass through `message::shown`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{huawei, message, tencent};

/// A vendor call that did not succeed.
///
/// `Display` names the call, the class, the vendor's code and text, and never a request id: a message must stay
/// the same from one failure to the next. Cheap to clone: one failed list can answer many looks.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Error {
    operation: &'static str,
    class: Class,
    outcome: Outcome,
    code: Option<Code>,
    message: Box<str>,
    request_id: Option<Box<str>>,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What a failure means, whichever vendor it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Something that the call names is not there.
    NotFound {
        /// Which of the things that the call names.
        what: What,
    },
    /// The id of the new room is already in use; the code tells by whom, where the vendor does.
    Exists,
    /// The new owner is not a member of the room yet.
    NotMember,
    /// The account is known but is not permitted to do this.
    Denied,
    /// The key, the signature or the account was rejected.
    Credentials,
    /// The vendor rejects the values; the same call fails until they change.
    Invalid,
    /// The package, the payment or a fixed number of the account does not allow it.
    Quota,
    /// Too many calls.
    Throttled {
        /// How long the vendor asks to wait; absent where it does not say.
        after: Option<Duration>,
    },
    /// The vendor could not be reached, or could not answer.
    Unavailable,
    /// The name of the vendor leads to an address where no vendor can be, so nothing was sent.
    Misdirected,
    /// An answer that nobody documents.
    Unknown,
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The room: never created, or gone.
    Room,
    /// The user whom the call names, for example the new owner.
    Account,
    /// The application itself, as seen at this address.
    App,
}

/// The vendor's own name for a failure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Code {
    /// Tencent's `ErrorCode`.
    Tencent(i64),
    /// Huawei's code as it stands in the answer, for example `USG.201040000` or `APIGW.0301`; at most 64 visible
    /// ASCII characters.
    Huawei(Box<str>),
    /// The HTTP status, where the answer was not the vendor's envelope.
    Http(u16),
}

/// Whether a call that failed may have changed something all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The vendor surely did not apply it.
    Refused,
    /// The vendor may have applied it: look before repeating.
    Uncertain,
}

/// When it makes sense to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Not before this time has passed.
    After(Duration),
    /// Soon, then less and less often.
    Backoff,
    /// Seldom: somebody has to change something first.
    Slowly,
}

impl Error {
    pub(crate) fn new(operation: &'static str, class: Class, outcome: Outcome) -> Self {
        Self { operation, class, outcome, code: None, message: Box::default(), request_id: None, source: None }
    }

    pub(crate) fn with_code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets the text, which is cleaned and freed of the given secrets.
    pub(crate) fn with_message(mut self, text: &str, secrets: &[&str]) -> Self {
        self.message = message::shown(text, secrets);
        self
    }

    /// Sets the request id, cleaned like any foreign text; the caller has freed it of the request's secrets.
    pub(crate) fn with_request_id(mut self, request_id: Option<&str>) -> Self {
        self.request_id = request_id.map(|id| message::shown(id, &[]));
        self
    }

    /// Sets the cause, without the URL: Tencent's carries the signature.
    pub(crate) fn with_source(mut self, source: reqwest::Error) -> Self {
        self.source = Some(Arc::new(source.without_url()));
        self
    }

    /// Returns the name of the call, see [`crate::Call::name`], for example `update_room_info`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns what the failure means.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Returns the vendor's code; absent where no answer came.
    pub fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// Returns the vendor's text, or ours where the vendor said nothing: at most 256 bytes, without secrets and URLs.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the vendor's request id, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Tells whether a write may have been applied although it failed.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Tells when it makes sense to look or to try again; whether to do so is the caller's decision.
    pub fn retry(&self) -> Retry {
        match self.class {
            Class::Throttled { after: Some(pause) } => Retry::After(pause),
            // A room that vanished, a user who has yet to join and an answer out of order may change by themselves.
            Class::NotFound { what: What::Room }
            | Class::NotMember
            | Class::Throttled { after: None }
            | Class::Unavailable
            | Class::Misdirected
            | Class::Unknown => Retry::Backoff,
            Class::NotFound { what: What::Account | What::App }
            | Class::Exists
            | Class::Denied
            | Class::Credentials
            | Class::Invalid
            | Class::Quota => Retry::Slowly,
        }
    }

    fn sentence(&self) -> String {
        let Self { operation, class, code, message, .. } = self;
        let code = code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let text = if message.is_empty() { String::new() } else { format!(": {message}") };
        format!("`{operation}` failed: {class}{code}{text}")
    }
}

impl Code {
    /// Returns the code for a metric's label, if it is a documented one: there are only so many of them.
    pub fn documented(&self) -> Option<String> {
        match self {
            Self::Tencent(code) => tencent::code::is_documented(*code).then(|| code.to_string()),
            Self::Huawei(code) => huawei::code::documented(code).map(str::to_owned),
            Self::Http(status) => (100..600).contains(status).then(|| format!("http_{status}")),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound { what: What::Room } => "the room does not exist",
            Self::NotFound { what: What::Account } => "the account does not exist at the vendor, import it first",
            Self::NotFound { what: What::App } => {
                "the application does not exist there, check its id and the region or endpoint"
            }
            Self::Exists => "the room id is in use already, choose another or adopt the room",
            Self::NotMember => "the new owner is not a member of the room, it has to join first",
            Self::Denied => "the vendor does not permit it",
            Self::Credentials => {
                "the credentials were rejected, check the key, the identifier and the region or endpoint"
            }
            Self::Invalid => "the vendor rejects the request, correct its values",
            Self::Quota => "the account's package, quota or payment does not allow it",
            Self::Throttled { .. } => "too many calls",
            Self::Unavailable => "the vendor did not answer",
            Self::Misdirected => "the name of the vendor leads to an address where no vendor can be",
            Self::Unknown => "an answer that is not documented",
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tencent(code) => write!(f, "code {code}"),
            Self::Huawei(code) => write!(f, "code {code}"),
            Self::Http(status) => write!(f, "HTTP {status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Class, Code, Error, Outcome, Retry, What};

    #[test]
    fn a_message_names_call_meaning_code_and_the_vendors_text_but_no_request_id() {
        let error = Error::new("update_room_info", Class::NotFound { what: What::Room }, Outcome::Refused)
            .with_code(Code::Tencent(100_004))
            .with_message("room not exist", &[])
            .with_request_id(Some("req-1"));
        assert_eq!(
            error.to_string(),
            "`update_room_info` failed: the room does not exist (code 100004): room not exist"
        );
        assert_eq!(error.request_id(), Some("req-1"));
    }

    #[test]
    fn only_documented_codes_are_fit_for_a_label() {
        let rows = [
            (Code::Tencent(100_004), Some("100004")),
            (Code::Tencent(70_500), Some("70500")),
            (Code::Tencent(123_456), None),
            (Code::Huawei("APIGW.0301".into()), Some("0301")),
            (Code::Huawei("RTC.00001002".into()), Some("00001002")),
            (Code::Huawei("RTC.00002017".into()), Some("00002")),
            (Code::Huawei("USG.201040000".into()), Some("201040000")),
            (Code::Huawei("201040000".into()), Some("201040000")),
            (Code::Huawei("APIGW.201040000".into()), None),
            (Code::Huawei("weekly-sync".into()), None),
            (Code::Http(503), Some("http_503")),
            (Code::Http(999), None),
        ];
        for (code, label) in rows {
            assert_eq!(code.documented().as_deref(), label, "{code}");
        }
    }

    #[test]
    fn each_class_says_when_to_try_again() {
        let pause = Duration::from_secs(60);
        let rows = [
            (Class::Throttled { after: Some(pause) }, Retry::After(pause)),
            (Class::Throttled { after: None }, Retry::Backoff),
            (Class::Unavailable, Retry::Backoff),
            (Class::Misdirected, Retry::Backoff),
            (Class::Unknown, Retry::Backoff),
            (Class::NotMember, Retry::Backoff),
            (Class::NotFound { what: What::Room }, Retry::Backoff),
            (Class::NotFound { what: What::Account }, Retry::Slowly),
            (Class::NotFound { what: What::App }, Retry::Slowly),
            (Class::Exists, Retry::Slowly),
            (Class::Denied, Retry::Slowly),
            (Class::Credentials, Retry::Slowly),
            (Class::Invalid, Retry::Slowly),
            (Class::Quota, Retry::Slowly),
        ];
        for (class, wanted) in rows {
            let error = Error::new("get_room_info", class, Outcome::Refused);
            assert_eq!(error.retry(), wanted, "{class}");
        }
    }
}
