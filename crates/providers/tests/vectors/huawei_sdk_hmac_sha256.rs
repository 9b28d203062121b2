//! SDK-HMAC-SHA256: each step of our signing, and the simulator's verification, against what Huawei's own SDK made.

use std::collections::BTreeMap;

use http::header::HeaderName;
use http::{HeaderMap, Method};
use roomkeeper_providers::huawei::signature::{AccessKey, Canonical, Request, sign};
use roomkeeper_sim::huawei::{AccessKey as KnownKey, SignatureError, Signer};
use roomkeeper_sim::{Moment, verify_signature};
use serde::Deserialize;
use serde_json::Value;

use crate::read;

/// Set by the signature itself, so not among the headers that a caller asks to sign.
const OWN: [&str; 4] = ["authorization", "host", "x-sdk-date", "x-security-token"];

#[derive(Deserialize)]
pub(crate) struct Vectors {
    sdk_hmac_sha256: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    input: Input,
    ak: String,
    sk: String,
    canonical_request: String,
    string_to_sign: String,
    authorization: String,
    request_uri: String,
    headers_sent: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Input {
    method: String,
    host: String,
    resource_path: String,
    query: Vec<(String, Value)>,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Vectors {
    /// Reads the file; it must hold at least one entry.
    pub(crate) fn read() -> Self {
        let vectors: Self = read("huawei_sdk_hmac_sha256.json");
        assert!(!vectors.sdk_hmac_sha256.is_empty(), "no entries in huawei_sdk_hmac_sha256.json");
        vectors
    }

    /// Returns the secret keys that belong to an access key; all of them if it is in no entry.
    pub(crate) fn secrets_of(&self, access_key: &str) -> Vec<&str> {
        let secrets = |of: &dyn Fn(&Entry) -> bool| -> Vec<&str> {
            self.sdk_hmac_sha256.iter().filter(|entry| of(entry)).map(|entry| entry.sk.as_str()).collect()
        };
        let own = secrets(&|entry| entry.ak == access_key);
        if own.is_empty() { secrets(&|_| true) } else { own }
    }
}

/// One request with all that was sent, to be signed again as its own `Authorization` header says it was.
pub(crate) struct Sent<'a> {
    pub(crate) method: Method,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    /// With names in small letters.
    pub(crate) headers: BTreeMap<String, &'a str>,
    pub(crate) body: &'a str,
    pub(crate) authorization: &'a str,
}

/// Our signature of a request that somebody else signed.
pub(crate) struct Signed {
    pub(crate) query: String,
    pub(crate) canonical_request: String,
    pub(crate) string_to_sign: String,
    pub(crate) headers: HeaderMap,
}

impl Sent<'_> {
    /// Returns the access key id that the request names.
    pub(crate) fn access_key(&self) -> &str {
        let parts = self.authorization.strip_prefix("SDK-HMAC-SHA256 Access=").and_then(|rest| rest.split_once(", "));
        parts.expect("an access key and further parts").0
    }

    /// Returns when the request says that it was signed, in unix seconds.
    pub(crate) fn signed_at(&self) -> u64 {
        let date = self.headers["x-sdk-date"];
        let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).expect("a date of the vendor's form");
        let time = time.to_zoned(jiff::tz::TimeZone::UTC).expect("a time in UTC").timestamp();
        u64::try_from(time.as_second()).expect("after 1970")
    }

    /// Signs the same headers anew with our code.
    pub(crate) fn sign(&self, secret: &str) -> Signed {
        let (_, rest) = self.authorization.split_once("SignedHeaders=").expect("signed headers");
        let (names, _) = rest.split_once(',').expect("a signature after the signed headers");
        let names = names.split(';').filter(|name| !OWN.contains(name));
        let headers: Vec<(HeaderName, &str)> = names
            .map(|name| {
                (name.parse().expect("a header name"), *self.headers.get(name).expect("a header that was sent"))
            })
            .collect();
        let query: Vec<_> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request {
            method: &self.method,
            host: self.host,
            path: self.path,
            query: &query,
            headers: &headers,
            body: self.body.as_bytes(),
        };
        let token = self.headers.get("x-security-token").map(|token| (*token).into());
        let key = AccessKey::new(self.access_key(), secret.into(), token).expect("a well-formed key");
        let canonical = Canonical::of(&request, &key, self.signed_at());
        Signed {
            query: request.canonical_query(),
            canonical_request: canonical.text().to_owned(),
            string_to_sign: canonical.string_to_sign(),
            headers: sign(&request, &key, self.signed_at()),
        }
    }
}

impl Entry {
    fn sent(&self) -> Sent<'_> {
        // The SDK trims values and may add headers before it sends; the input alone shows what it trimmed.
        let both = self.headers_sent.iter().chain(&self.input.headers);
        Sent {
            method: self.input.method.parse().expect("a method"),
            host: &self.input.host,
            path: &self.input.resource_path,
            query: self.input.query.iter().flat_map(|(name, value)| pairs(name, value)).collect(),
            headers: both.map(|(name, value)| (name.to_ascii_lowercase(), value.as_str())).collect(),
            body: &self.input.body,
            authorization: &self.authorization,
        }
    }

    /// Returns the request as the simulator would get it, with these instead of the headers of the same names.
    fn received(&self, instead: &HeaderMap) -> http::request::Parts {
        let mut request = http::Request::builder().method(self.input.method.as_str()).uri(&self.request_uri);
        for (name, value) in &self.headers_sent {
            request = request.header(name, value);
        }
        let (mut head, ()) = request.body(()).expect("a request").into_parts();
        for (name, value) in instead {
            head.headers.insert(name, value.clone());
        }
        head
    }
}

/// Returns the pairs that a value of a query stands for: a list stands for several.
fn pairs(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Array(values) => values.iter().flat_map(|value| pairs(name, value)).collect(),
        Value::String(text) => vec![(name.to_owned(), text.clone())],
        Value::Bool(_) | Value::Number(_) => vec![(name.to_owned(), value.to_string())],
        Value::Null | Value::Object(_) => panic!("{name}: nobody says how {value} stands in a query"),
    }
}

#[test]
fn huawei_sdk_hmac_sha256_has_the_known_canonical_request_and_signature() {
    for entry in Vectors::read().sdk_hmac_sha256 {
        let name = &entry.name;
        let signed = entry.sent().sign(&entry.sk);
        assert_eq!(signed.canonical_request, entry.canonical_request, "{name}: our canonical request differs");
        assert_eq!(signed.string_to_sign, entry.string_to_sign, "{name}: our string to sign differs");
        assert_eq!(signed.headers["authorization"], entry.authorization.as_str(), "{name}: we sign differently");
        let query = entry.request_uri.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(signed.query, query, "{name}: we would send another query");
    }
}

#[test]
fn the_simulator_verifies_what_we_sign() {
    for entry in Vectors::read().sdk_hmac_sha256 {
        let Entry { name, ak, sk, .. } = &entry;
        let sent = entry.sent();
        let head = entry.received(&sent.sign(sk).headers);
        let now = Moment::from_unix_seconds(sent.signed_at());
        let token = sent.headers.get("x-security-token").copied();
        let verify = |secret| {
            verify_signature(&head, sent.body.as_bytes(), |_| Some(KnownKey { secret, security_token: token }), now)
        };
        assert_eq!(verify(sk), Ok(Signer { access_key: ak.clone(), signed_at: now }), "{name}");
        assert_eq!(verify("another key"), Err(SignatureError::Mismatch), "{name}");
    }
}
