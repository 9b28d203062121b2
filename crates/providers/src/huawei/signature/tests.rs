//! What the known answers do not show: encoding of paths, precedence of headers, and what stays hidden.

use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, Method};

use super::{AccessKey, AccessKeyError, Canonical, Request, sdk_date, sign};

const AT: u64 = 1_767_225_600;
const REQUEST: Request<'static> =
    Request { method: &Method::POST, host: "rtc.example:18443", path: "/v2/apps", query: &[], headers: &[], body: b"" };

fn permanent() -> AccessKey {
    AccessKey::new("AK", "the-secret".into(), None).expect("a well-formed key")
}

fn temporary() -> AccessKey {
    AccessKey::new("AK", "the-secret".into(), Some("the-token".into())).expect("a well-formed key")
}

fn line(request: &Request<'_>, number: usize) -> String {
    Canonical::of(request, &permanent(), AT).text().lines().nth(number).expect("a line of the request").to_owned()
}

fn authorization(headers: &HeaderMap) -> &str {
    headers[AUTHORIZATION].to_str().expect("ASCII")
}

#[test]
fn a_path_is_decoded_once_encoded_anew_and_ends_with_a_slash() {
    let rows = [
        ("", "/"),
        ("/", "/"),
        ("/a", "/a/"),
        ("/a/", "/a/"),
        ("/a%2Fb", "/a/b/"),
        ("/a b", "/a%20b/"),
        ("/a%20b%2525", "/a%20b%2525/"),
        ("/user%40corp", "/user%40corp/"),
        ("/user@corp", "/user%40corp/"),
        ("/a-b_c.d~e", "/a-b_c.d~e/"),
        ("/%e4%bc%9a", "/%E4%BC%9A/"),
    ];
    for (path, canonical) in rows {
        assert_eq!(line(&Request { path, ..REQUEST }, 1), canonical, "{path}");
    }
}

#[test]
fn a_query_is_sorted_before_it_is_encoded() {
    let query = [("a", "~"), ("b", ""), ("a", "}"), ("a!", "1"), ("A", "2")];
    let request = Request { query: &query, ..REQUEST };
    assert_eq!(request.canonical_query(), "A=2&a=%7D&a=~&a%21=1&b=");
    assert_eq!(line(&request, 2), request.canonical_query());
}

#[test]
fn the_signatures_own_headers_are_not_taken_from_the_caller() {
    let own = ["host", "x-sdk-date", "x-security-token", "authorization"];
    let headers = own.map(|name| (HeaderName::from_static(name), "forged"));
    let with = Request { headers: &headers, ..REQUEST };
    assert_eq!(sign(&with, &permanent(), AT), sign(&REQUEST, &permanent(), AT));
    assert_eq!(sign(&with, &temporary(), AT), sign(&REQUEST, &temporary(), AT));
}

#[test]
fn a_stated_hash_stands_for_a_body_but_not_for_its_absence() {
    let headers = [(HeaderName::from_static("x-sdk-content-sha256"), "UNSIGNED-PAYLOAD")];
    let empty = Request { headers: &headers, ..REQUEST };
    let full = Request { body: b"x", ..empty };
    let last = |request: &Request<'_>| {
        Canonical::of(request, &permanent(), AT).text().lines().last().expect("the hash").to_owned()
    };
    assert_eq!(last(&full), "UNSIGNED-PAYLOAD");
    assert_eq!(last(&empty), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn each_part_of_the_request_the_time_and_the_key_are_signed() {
    let signature = |request: &Request<'_>, at| authorization(&sign(request, &permanent(), at)).to_owned();
    let base = signature(&REQUEST, AT);
    let headers = [(HeaderName::from_static("x-project-id"), "p")];
    let changed = [
        Request { method: &Method::GET, ..REQUEST },
        Request { host: "rtc.example", ..REQUEST },
        Request { path: "/v2/app", ..REQUEST },
        Request { query: &[("limit", "1")], ..REQUEST },
        Request { headers: &headers, ..REQUEST },
        Request { body: b"{}", ..REQUEST },
    ];
    for request in changed {
        assert_ne!(signature(&request, AT), base, "{request:?}");
    }
    assert_ne!(signature(&REQUEST, AT + 1), base);
    let other = AccessKey::new("AK", "another-secret".into(), None).expect("a well-formed key");
    assert_ne!(authorization(&sign(&REQUEST, &other, AT)), base);
    assert_ne!(authorization(&sign(&REQUEST, &temporary(), AT)), base);
}

#[test]
fn neither_key_nor_headers_show_a_secret() {
    let key = temporary();
    let headers = sign(&REQUEST, &key, AT);
    let signature = authorization(&headers).rsplit('=').next().expect("a signature");
    assert_eq!(headers["x-security-token"], "the-token");
    let shown = format!("{key:?} {headers:?}");
    for secret in ["the-secret", "the-token", signature] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[test]
fn a_key_that_was_copied_with_a_line_break_is_refused_by_its_part() {
    let parse = |id: &str, secret: &str, token: Option<&str>| {
        AccessKey::new(id, secret.into(), token.map(Into::into)).map(|key| key.id().to_owned())
    };
    assert_eq!(parse("AK", "SK", None), Ok("AK".to_owned()));
    for wrong in ["", "A\n", " A", "a,b", "é"] {
        assert_eq!(parse(wrong, "SK", None), Err(AccessKeyError::Id));
    }
    for wrong in ["", "S\n", "S K", "é"] {
        assert_eq!(parse("AK", wrong, None), Err(AccessKeyError::Secret));
        assert_eq!(parse("AK", "SK", Some(wrong)), Err(AccessKeyError::SecurityToken));
    }
}

#[test]
fn a_time_is_written_in_utc_whatever_it_is() {
    let rows = [
        (0, "19700101T000000Z"),
        (AT, "20260101T000000Z"),
        (1_709_164_799, "20240228T235959Z"),
        (1_709_164_800, "20240229T000000Z"),
        (u64::MAX, "99991230T220000Z"),
    ];
    for (unix_seconds, date) in rows {
        assert_eq!(sdk_date(unix_seconds), date);
    }
}
