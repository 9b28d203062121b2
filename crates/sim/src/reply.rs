//! An HTTP reply: status, headers, body.
//! Knows no vendor; what a body says is made where it is known.

use axum::body::Bytes;
use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;

use crate::clock::Moment;

/// An HTTP reply.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// All headers but the length.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// A reply of status 200 with a JSON body.
    pub(crate) fn json(value: &Value) -> Self {
        Self::with_body(StatusCode::OK, "application/json", value.to_string())
    }

    /// A page such as a proxy on the way shows.
    pub(crate) fn html(status: StatusCode) -> Self {
        let page = format!("<html><head><title>{status}</title></head><body>{status}</body></html>");
        Self::with_body(status, "text/html", page)
    }

    /// A reply without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    fn with_body(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Self { status, headers, body: Bytes::from(body) }
    }

    /// Sets the status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Sets a header, whose name is in small letters. A value that no header can have is left out.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Says when the reply was made, unless that is said already.
    pub(crate) fn dated(mut self, now: Moment) -> Self {
        if let Some(date) = http_date(now) {
            self.headers.entry(DATE).or_insert(date);
        }
        self
    }
}

/// Writes a time as the header `Date` does; nothing for a time after the year 9999.
fn http_date(moment: Moment) -> Option<HeaderValue> {
    let time = Timestamp::from_second(i64::try_from(moment.unix_seconds()).ok()?).ok()?;
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()?;
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_set_once_and_in_whole_seconds() {
        let reply = Reply::empty(StatusCode::OK).dated(Moment::from_unix_millis(1_767_225_600_999));
        assert_eq!(reply.headers[DATE], "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(reply.dated(Moment::default()).headers[DATE], "Thu, 01 Jan 2026 00:00:00 GMT");
    }
}
