//! Functions that Kubernetes adds to CEL, those that our rules use.
//!
//! An address stays the text that it is between them, and each function reads it anew.

use std::net::Ipv6Addr;
use std::sync::{Arc, LazyLock};

use cel::extractors::This;
use cel::{Context, ExecutionError, Value};

/// Where the rules are evaluated: `self` and `oldSelf` belong into an inner scope.
pub(super) static CONTEXT: LazyLock<Context<'static, 'static>> = LazyLock::new(|| {
    let mut context = Context::default();
    let added = [
        context.add_function("sum", sum),
        context.add_function("isURL", |text: Arc<String>| Address::parse(&text).is_some()),
        context.add_function("url", |text: Arc<String>| read(&text, "url", |_| text.to_string())),
        context.add_function("getScheme", |This(text): This<Arc<String>>| {
            read(&text, "getScheme", |address| address.scheme)
        }),
        context.add_function("getHostname", |This(text): This<Arc<String>>| {
            read(&text, "getHostname", |address| address.hostname)
        }),
        context.add_function("getEscapedPath", |This(text): This<Arc<String>>| {
            read(&text, "getEscapedPath", |address| address.path)
        }),
    ];
    assert!(added.iter().all(Result::is_ok), "CEL itself has one of these functions: {added:?}");
    context
});

/// Adds up a list of integers.
fn sum(This(list): This<Arc<Vec<Value>>>) -> Result<Value, ExecutionError> {
    let total = list.iter().try_fold(0_i64, |total, item| {
        let Value::Int(item) = item else { return None };
        total.checked_add(*item)
    });
    total.map(Value::Int).ok_or_else(|| failed("sum", "not a list of integers, or too large a sum"))
}

fn read(text: &str, function: &str, part: impl Fn(Address) -> String) -> Result<Value, ExecutionError> {
    let part = Address::parse(text).map(|address| Value::String(Arc::new(part(address))));
    part.ok_or_else(|| failed(function, "not a URL"))
}

fn failed(function: &str, message: &str) -> ExecutionError {
    ExecutionError::function_error(function, message)
}

/// A URL as Go reads it, whose words the API server's are: it changes nothing in it, and takes no relative one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Address {
    scheme: String,
    /// As it is written, without the port, and without the brackets of an IPv6 address.
    hostname: String,
    /// As it is written.
    path: String,
}

impl Address {
    /// Absent: it is none. What comes after `#` and `?` is passed over.
    fn parse(text: &str) -> Option<Address> {
        if text.is_empty() || text.contains(|c: char| c.is_ascii_control()) {
            return None;
        }
        let (scheme, rest) = split_scheme(text)?;
        let scheme = scheme.to_ascii_lowercase();
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        if !rest.starts_with('/') {
            // `mailto:somebody` has no parts that a rule could ask for.
            return (!scheme.is_empty()).then(|| Address { scheme, ..Address::default() });
        }
        let Some(rest) = rest.strip_prefix("//").filter(|_| !scheme.is_empty()) else {
            return escapes_are_right(rest).then(|| Address { scheme, path: rest.to_owned(), ..Address::default() });
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let hostname = hostname(&scheme, host)?;
        (is_user(user) && escapes_are_right(path)).then(|| Address { scheme, hostname, path: path.to_owned() })
    }
}

/// Splits at the colon of a scheme. A text that begins with none has an empty one; absent: nothing is before the colon.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
    match end {
        Some(0) if text.starts_with(':') => None,
        Some(end) if text[end..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Some((&text[..end], &text[end + 1..]))
        }
        Some(_) | None => Some(("", text)),
    }
}

fn hostname(scheme: &str, host: &str) -> Option<String> {
    match host.rfind('[') {
        Some(0) => {
            let (address, port) = host[1..].rsplit_once(']')?;
            // A zone is written `%25eth0`.
            let (address, zone) = address.split_once("%25").map_or((address, None), |(at, zone)| (at, Some(zone)));
            let right = address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(|zone| !zone.is_empty());
            (right && is_port(port)).then(|| zone.map_or(address.to_owned(), |zone| format!("{address}%{zone}")))
        }
        Some(_) => None,
        None => {
            let strict = matches!(scheme, "http" | "https");
            let colon = if strict { host.find(':') } else { host.rfind(':') };
            let (name, port) = host.split_at(colon.unwrap_or(host.len()));
            let right = name.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || HOST_MARKS.contains(c));
            (right && escapes_are_right(name) && escapes_no_ascii(name) && is_port(port)).then(|| name.to_owned())
        }
    }
}

/// What is no letter or digit and may be in the name of a host.
const HOST_MARKS: &str = "-_.~!$&'()*+,;=:<>\"]%";

/// What is no letter or digit and may be in the name of a user.
const USER_MARKS: &str = "-._:~!$&'()*+,;=%@";

fn is_user(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || USER_MARKS.contains(c)) && escapes_are_right(text)
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether what is escaped is no character that could stand there itself.
fn escapes_no_ascii(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| !rest.starts_with(|c: char| c.is_ascii_digit() && c < '8'))
}

/// Whether two hexadecimal digits are after each `%`.
fn escapes_are_right(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}
