//! The simulator's verification of SDK-HMAC-SHA256 against known answers and recorded requests of the vendor's own SDK.

use std::collections::BTreeMap;

use http::HeaderValue;
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use roomkeeper_sim::huawei::{AccessKey, SignatureError, Signer};
use roomkeeper_sim::{Moment, verify_signature};
use serde::Deserialize;

use crate::vectors;

/// Seconds that a request's date may be off, either way.
const SKEW: u64 = 15 * 60;
/// The SHA-256 of nothing.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[derive(Deserialize)]
struct Vectors {
    sdk_hmac_sha256: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    input: Input,
    ak: String,
    sk: String,
    request_uri: String,
    headers_sent: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Input {
    method: String,
    body: String,
}

#[derive(Deserialize)]
struct Recorded {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// A signed request as the simulator gets it, with the key that it was signed with.
struct Signed {
    name: String,
    head: Parts,
    body: String,
    access_key: String,
    secret: String,
}

impl Signed {
    fn signed_at(&self) -> u64 {
        let date = self.head.headers["x-sdk-date"].to_str().expect("a date");
        let time = DateTime::strptime("%Y%m%dT%H%M%SZ", date).expect("a date of the vendor's form");
        let time = time.to_zoned(TimeZone::UTC).expect("a time in UTC").timestamp();
        u64::try_from(time.as_second()).expect("after 1970")
    }

    fn verify_at(&self, seconds: u64, token: Option<&str>) -> Result<Signer, SignatureError> {
        let key = AccessKey { secret: &self.secret, security_token: token };
        let key_of = |id: &str| (id == self.access_key).then_some(key);
        verify_signature(&self.head, self.body.as_bytes(), key_of, Moment::from_unix_seconds(seconds))
    }

    fn verify(&self) -> Result<Signer, SignatureError> {
        self.verify_at(self.signed_at(), None)
    }

    /// Verifies the request with one header set to another value, or taken away.
    fn with(&self, name: &'static str, value: Option<&str>) -> Result<Signer, SignatureError> {
        let mut head = self.head.clone();
        match value {
            Some(value) => drop(head.headers.insert(name, HeaderValue::from_str(value).expect("a value"))),
            None => drop(head.headers.remove(name)),
        }
        let changed = Self { head, name: self.name.clone(), body: self.body.clone(), ..self.key() };
        changed.verify_at(self.signed_at(), None)
    }

    /// A request without anything but the key of this one.
    fn key(&self) -> Self {
        let (head, ()) = http::Request::new(()).into_parts();
        let (access_key, secret) = (self.access_key.clone(), self.secret.clone());
        Self { name: String::new(), head, body: String::new(), access_key, secret }
    }

    fn authorization(&self) -> &str {
        self.head.headers["authorization"].to_str().expect("ASCII")
    }
}

fn head<'a>(method: &str, uri: &str, headers: impl Iterator<Item = (&'a String, &'a String)>) -> Parts {
    let request = headers
        .fold(http::Request::builder().method(method).uri(uri), |request, (name, value)| request.header(name, value));
    request.body(()).expect("a request").into_parts().0
}

/// Signs a canonical request of our own, to reach what a folder of known answers may not have.
/// The headers are those sent beside `x-sdk-date` and `authorization`; the names of the signed ones are read from the text.
fn by_hand(uri: &str, headers: &[(&str, &str)], body: &str, canonical: &str) -> Signed {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text = format!("SDK-HMAC-SHA256\n20260101T000000Z\n{}", hex(&Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"k").expect("any key length");
    mac.update(text.as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    let names = canonical.lines().rev().nth(1).expect("the signed headers");
    let authorization = format!("SDK-HMAC-SHA256 Access=AKOWN, SignedHeaders={names}, Signature={signature}");
    let own = [("x-sdk-date", "20260101T000000Z"), ("authorization", authorization.as_str())];
    let headers: Vec<(String, String)> =
        headers.iter().chain(&own).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let head = head("POST", uri, headers.iter().map(|(name, value)| (name, value)));
    let (access_key, secret) = ("AKOWN".to_owned(), "k".to_owned());
    Signed { name: uri.to_owned(), head, body: body.to_owned(), access_key, secret }
}

fn known_answers() -> Vec<Signed> {
    let Vectors { sdk_hmac_sha256 } = vectors::read("huawei_sdk_hmac_sha256.json");
    assert!(!sdk_hmac_sha256.is_empty(), "there are known answers");
    let signed = |Vector { name, input, ak, sk, request_uri, headers_sent }: Vector| {
        let head = head(&input.method, &request_uri, headers_sent.iter());
        Signed { name, head, body: input.body, access_key: ak, secret: sk }
    };
    sdk_hmac_sha256.into_iter().map(signed).collect()
}

/// Returns the recorded requests with an access key, once for each secret key of the known answers that may be theirs.
fn recorded() -> BTreeMap<String, Vec<Signed>> {
    let folder = vectors::folder().join("huawei_sdk_requests");
    let mut requests = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of recorded requests") {
        let name = entry.expect("an entry of the folder").file_name().into_string().expect("a name in UTF-8");
        let Recorded { method, target, headers, body } = vectors::read(&format!("huawei_sdk_requests/{name}"));
        let head = head(&method, &signed_target(&target), headers.iter().map(|(name, value)| (name, value)));
        let authorization = head.headers.get("authorization").and_then(|value| value.to_str().ok());
        let access = authorization.and_then(|text| text.strip_prefix("SDK-HMAC-SHA256 Access="));
        let Some((access_key, _)) = access.and_then(|rest| rest.split_once(',')) else { continue };
        let signed = |Signed { secret, .. }| Signed {
            name: name.clone(),
            head: head.clone(),
            body: body.clone(),
            access_key: access_key.to_owned(),
            secret,
        };
        requests.insert(name.clone(), known_answers().into_iter().map(signed).collect());
    }
    assert!(!requests.is_empty(), "no request with an access key in {}", folder.display());
    requests
}

/// Returns the target under the signature. The SDK signs a dismissal of the room `..` as it is, and its HTTP library
/// resolves the dots afterwards, so that no server can verify what was sent.
fn signed_target(target: &str) -> String {
    let app = target.strip_prefix("/v2/apps/").and_then(|rest| rest.strip_suffix("/dismiss"));
    match app.filter(|app| !app.contains('/')) {
        Some(app) => format!("/v2/apps/{app}/rooms/../dismiss"),
        None => target.to_owned(),
    }
}

#[test]
fn known_answers_verify_for_fifteen_minutes_either_way() {
    for signed in known_answers() {
        let at = signed.signed_at();
        for now in [at, at - SKEW, at + SKEW] {
            let signer = Signer { access_key: signed.access_key.clone(), signed_at: Moment::from_unix_seconds(at) };
            assert_eq!(signed.verify_at(now, None), Ok(signer), "{}", signed.name);
        }
        for now in [at - SKEW - 1, at + SKEW + 1] {
            assert_eq!(signed.verify_at(now, None), Err(SignatureError::Skewed), "{}", signed.name);
        }
    }
}

#[test]
fn recorded_requests_verify_with_one_of_the_known_keys() {
    for (name, requests) in recorded() {
        let verified = requests.iter().any(|signed| signed.verify().is_ok());
        assert!(verified, "{name}: {:?}", requests[0].verify());
    }
}

#[test]
fn a_changed_request_is_refused() {
    for signed in known_answers() {
        let Signed { head, .. } = &signed;
        let changed = |change: &dyn Fn(&mut Signed)| {
            let mut other = Signed { head: head.clone(), body: signed.body.clone(), ..signed.key() };
            change(&mut other);
            other.verify_at(signed.signed_at(), None)
        };
        let uri = head.uri.to_string();
        let rows: [&dyn Fn(&mut Signed); 4] = [
            &|other| other.head.method = http::Method::DELETE,
            &|other| other.head.uri = format!("/other{uri}").parse().expect("a path"),
            &|other| other.head.uri = format!("{}?more=1", head.uri.path()).parse().expect("a path"),
            &|other| other.secret.push('x'),
        ];
        for (row, change) in rows.into_iter().enumerate() {
            assert_eq!(changed(change), Err(SignatureError::Mismatch), "{} row {row}", signed.name);
        }
        // A body that is signed as unhashed may change.
        if !head.headers.contains_key("x-sdk-content-sha256") {
            assert_eq!(changed(&|other| other.body.push(' ')), Err(SignatureError::Mismatch), "{}", signed.name);
        }
        assert_eq!(signed.with("host", Some("other.example")), Err(SignatureError::Mismatch));
        assert_eq!(signed.with("x-unsigned", Some("whatever")), signed.verify());
    }
}

#[test]
fn another_spelling_of_the_same_request_verifies() {
    let canonical = format!(
        "POST\n/a/b/c~/\nA=%2B&a=&a=%7D&a=~&a-b=3&ab=1\nhost:h\nx-custom:two  words\nx-sdk-date:20260101T000000Z\n\n\
         host;x-custom;x-sdk-date\n{EMPTY}"
    );
    let headers = [("host", "h"), ("x-custom", "  two  words ")];
    for uri in ["/a/b/c~/?A=%2B&a=&a=%7D&a=~&a-b=3&ab=1", "/%61%2fb/c%7e?ab=1&a-b=%33&a=~&a=%7d&a&A=+"] {
        assert_eq!(by_hand(uri, &headers, "", &canonical).verify().map(drop), Ok(()), "{uri}");
    }
    // A percent sign without digits stands for itself.
    let canonical = format!("POST\n/%25zz/\n\nhost:h\nx-sdk-date:20260101T000000Z\n\nhost;x-sdk-date\n{EMPTY}");
    assert_eq!(by_hand("/%zz", &[("host", "h")], "", &canonical).verify().map(drop), Ok(()));
}

#[test]
fn an_authorization_is_refused_for_what_is_wrong_with_it() {
    let canonical =
        format!("POST\n/\n\nhost:h\nx-more:1\nx-sdk-date:20260101T000000Z\n\nhost;x-more;x-sdk-date\n{EMPTY}");
    let signed = by_hand("/", &[("host", "h"), ("x-more", "1")], "", &canonical);
    assert_eq!(signed.verify().map(drop), Ok(()));
    let header = signed.authorization();
    let refused = |value: Option<&str>| signed.with("authorization", value).expect_err("a wrong header");
    assert_eq!(refused(None), SignatureError::Unsigned);
    let unknown = header.replace(&signed.access_key, "AKUNKNOWN");
    assert_eq!(refused(Some(&unknown)), SignatureError::UnknownKey("AKUNKNOWN".to_owned()));
    let names = |names: &str| {
        let (start, rest) = header.split_once("SignedHeaders=").expect("signed headers");
        let (_, signature) = rest.split_once(',').expect("a signature");
        refused(Some(&format!("{start}SignedHeaders={names},{signature}")))
    };
    assert_eq!(names("host"), SignatureError::NotCovered("x-sdk-date"));
    assert_eq!(names("x-sdk-date"), SignatureError::NotCovered("host"));
    assert_eq!(names("host;x-gone;x-sdk-date"), SignatureError::MissingHeader("x-gone".to_owned()));
    for unsorted in ["x-sdk-date;host", "Host;x-sdk-date", "host;host;x-sdk-date", "", "host;;x-sdk-date"] {
        assert!(matches!(names(unsorted), SignatureError::Malformed(_)), "{unsorted}");
    }
    assert_eq!(names("host;x-sdk-date"), SignatureError::Mismatch);
    for (from, to) in
        [("SDK-HMAC", "HMAC"), ("Access", "access"), ("Signed", "signed"), ("Signature=", "x, Signature=")]
    {
        let malformed = refused(Some(&header.replacen(from, to, 1)));
        assert!(matches!(malformed, SignatureError::Malformed(_)), "{malformed}");
    }
    let more = format!("{header}, More=1");
    assert!(matches!(refused(Some(&more)), SignatureError::Malformed(_)));
}

#[test]
fn an_authorization_with_any_character_cut_off_or_changed_is_refused() {
    for signed in known_answers() {
        let header = signed.authorization();
        for length in 0..header.len() {
            signed.with("authorization", Some(&header[..length])).expect_err("a cut header");
            let mut changed = header.as_bytes().to_vec();
            changed[length] ^= 1;
            let changed = String::from_utf8(changed).expect("ASCII");
            signed.with("authorization", Some(&changed)).expect_err("a changed header");
        }
    }
}

#[test]
fn a_date_that_is_none_is_refused() {
    let signed = known_answers().remove(0);
    for date in ["", "now", "2026-01-01T00:00:00Z", "20260101T000000", "20261301T000000Z", "260101T000000Z"] {
        assert_eq!(signed.with("x-sdk-date", Some(date)), Err(SignatureError::InvalidDate), "{date}");
    }
    assert_eq!(signed.with("x-sdk-date", None), Err(SignatureError::MissingHeader("x-sdk-date".to_owned())));
}

#[test]
fn a_header_that_is_sent_twice_is_refused() {
    let mut signed = known_answers().remove(0);
    signed.head.headers.append("host", HeaderValue::from_static("other.example"));
    assert_eq!(signed.verify(), Err(SignatureError::UnclearHeader("host".to_owned())));
}

#[test]
fn a_temporary_key_is_refused_without_its_token() {
    for signed in known_answers() {
        let at = signed.signed_at();
        let token = signed.head.headers.get("x-security-token").map(|token| token.to_str().expect("ASCII"));
        assert_eq!(signed.verify_at(at, token), signed.verify(), "{}", signed.name);
        assert_eq!(signed.verify_at(at, Some("another")), Err(SignatureError::WrongSecurityToken), "{}", signed.name);
    }
}

#[test]
fn a_stated_hash_of_the_body_has_to_be_true() {
    const X: &str = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
    let names = "host;x-sdk-content-sha256;x-sdk-date";
    let stating = |stated: &str, body: &str, hash: &str| {
        let headers = format!("host:h\nx-sdk-content-sha256:{stated}\nx-sdk-date:20260101T000000Z\n");
        let canonical = format!("POST\n/\n\n{headers}\n{names}\n{hash}");
        by_hand("/", &[("host", "h"), ("x-sdk-content-sha256", stated)], body, &canonical).verify().map(drop)
    };
    assert_eq!(stating(X, "x", X), Ok(()));
    assert_eq!(stating(EMPTY, "x", EMPTY), Err(SignatureError::WrongBodyHash));
    assert_eq!(stating(UNSIGNED, "x", UNSIGNED), Ok(()));
    assert_eq!(stating(UNSIGNED, "", EMPTY), Ok(()));
    assert_eq!(stating(UNSIGNED, "", UNSIGNED), Err(SignatureError::Mismatch));
}
