//! What every vendor's refusal has: a code, an HTTP status, a text.
//! Which codes there are, and what they mean, is each vendor's business.

use std::fmt;

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// A vendor's code: a number at Tencent, a text such as `RTC.00001003` at Huawei.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VendorCode {
    /// A number; 0 is Tencent's success.
    Number(i64),
    /// A text; a success has none.
    Text(String),
}

impl From<i64> for VendorCode {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for VendorCode {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl PartialEq<i64> for VendorCode {
    fn eq(&self, number: &i64) -> bool {
        match self {
            Self::Number(own) => own == number,
            Self::Text(_) => false,
        }
    }
}

impl PartialEq<&str> for VendorCode {
    fn eq(&self, text: &&str) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Text(own) => own == text,
        }
    }
}

impl fmt::Display for VendorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

/// A refusal that a service is told to answer with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// The vendor's code; any is taken, also one that its pages do not list.
    pub code: VendorCode,
    /// The HTTP status; absent: the vendor's for the code. Tencent's is always 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The text; absent: the simulator's text for the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
}

impl Refusal {
    /// Returns the refusal with this code, and the status and text that belong to it.
    pub fn of(code: impl Into<VendorCode>) -> Self {
        Self { code: code.into(), status: None, info: None }
    }

    /// Returns the HTTP status, if the refusal has one of its own.
    pub(crate) fn http_status(&self) -> Option<StatusCode> {
        self.status.and_then(|status| StatusCode::from_u16(status).ok())
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Sets the text.
    #[must_use]
    pub fn saying(self, info: &str) -> Self {
        Self { info: Some(info.to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_number_or_a_text_in_json() {
        for (json, refusal) in [
            (r#"{"code":100001}"#, Refusal::of(100_001)),
            (
                r#"{"code":"RTC.00001003","status":404,"info":"no"}"#,
                Refusal::of("RTC.00001003").status(404).saying("no"),
            ),
        ] {
            assert_eq!(serde_json::from_str::<Refusal>(json).expect("a refusal"), refusal);
            assert_eq!(serde_json::to_string(&refusal).expect("JSON"), json);
        }
    }
}
