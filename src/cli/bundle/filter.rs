//! What keeps secrets out of the archive: it knows the values of the Secrets, and takes them out of everything that is
//! packed, however they are written.

use std::collections::BTreeSet;
use std::fmt;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::Value;

/// What stands in the place of a secret.
const HIDDEN: &str = "(secret)";
/// A shorter value is in too many words by chance to be taken out of all of them, in bytes.
pub(super) const SHORTEST: usize = 4;
/// A line of a value of several lines is looked for by itself if it has so many bytes: logs and YAML break lines.
const LINE: usize = 16;
/// The least characters of base64 that are looked for in the middle of a longer text.
const INNER: usize = 8;
/// Headers whose values open something for a while, and are in no Secret.
const HEADERS: [&str; 4] = ["Authorization", "X-Access-Token", "X-Auth-Token", "X-Conference-Authorization"];
/// What stands before such a value elsewhere: Tencent's signature in a URL, and a token.
const MARKS: [&str; 2] = ["usersig=", "Bearer "];
/// What stays as it is in a query value (RFC 3986, unreserved).
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Knows all secrets, and never shows one.
pub(super) struct Filter {
    secrets: AhoCorasick,
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("forms", &self.secrets.patterns_len()).finish()
    }
}

impl Filter {
    /// Makes a filter for these values.
    ///
    /// # Errors
    /// They are too many, by far.
    pub(super) fn new(values: &[Vec<u8>]) -> Result<Self, BuildError> {
        let forms: BTreeSet<Vec<u8>> = values.iter().flat_map(|value| parts(value)).flat_map(forms).collect();
        let secrets = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(forms)?;
        Ok(Filter { secrets })
    }

    /// Returns bytes without secrets.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(bytes.len());
        self.secrets.replace_all_with_bytes(bytes, &mut clean, |_, _, clean| {
            clean.extend_from_slice(HIDDEN.as_bytes());
            true
        });
        let clean = MARKS.iter().fold(clean, |clean, mark| without_marked(&clean, mark.as_bytes(), is_end_of_word));
        let headers = HEADERS.iter().flat_map(|name| [format!("{name}: "), format!("{name}\": \"")]);
        headers.fold(clean, |clean, mark| without_marked(&clean, mark.as_bytes(), is_end_of_line))
    }

    /// Returns a text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Takes secrets out of every name and value of a document, before lines are broken and quotes are set.
    pub(super) fn document(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.document(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, field)| (self.text(&name), self.document(field))).collect()
            }
            Value::Number(number) => {
                let (shown, clean) = (number.to_string(), self.text(&number.to_string()));
                if shown == clean { Value::Number(number) } else { Value::String(clean) }
            }
            value @ (Value::Null | Value::Bool(_)) => value,
        }
    }
}

/// Returns what of a value is looked for: all of it, and its long lines.
fn parts(value: &[u8]) -> Vec<&[u8]> {
    let whole = value.trim_ascii();
    let mut parts = vec![whole];
    if whole.contains(&b'\n') {
        parts.extend(whole.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.len() >= LINE));
    }
    parts.retain(|part| part.len() >= SHORTEST);
    parts
}

/// Returns the ways in which a value can be written.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    if let Ok(text) = std::str::from_utf8(value) {
        let quoted = [Value::from(text).to_string(), format!("{text:?}")];
        forms.extend(
            quoted.iter().filter_map(|quoted| quoted.get(1..quoted.len() - 1)).map(|text| text.as_bytes().to_vec()),
        );
        // YAML in single quotes.
        forms.push(text.replace('\'', "''").into_bytes());
    }
    for set in [NON_ALPHANUMERIC, &UNRESERVED] {
        let encoded = percent_encode(value, set).to_string();
        forms.push(encoded.replace("%20", "+").into_bytes());
        forms.push(lower_hex(&encoded).into_bytes());
        forms.push(encoded.into_bytes());
    }
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        forms.push(engine.encode(value).into_bytes());
        // In the middle of a longer text it begins at any of three places, and shares a letter with what is beside it.
        for before in 0..3 {
            let encoded = engine.encode([&vec![0; before], value].concat());
            let (from, to) = ((before * 8).div_ceil(6), (before + value.len()) * 8 / 6);
            forms.extend(
                encoded.get(from..to).filter(|inner| inner.len() >= INNER).map(|inner| inner.as_bytes().to_vec()),
            );
        }
    }
    forms
}

/// Returns a percent-encoded text with small letters in its codes.
fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at(part.len().min(2));
        text += &format!("%{}{rest}", code.to_ascii_lowercase());
    }
    text
}

/// Takes out what follows a mark, up to a byte that ends it.
fn without_marked(bytes: &[u8], mark: &[u8], is_end: fn(&u8) -> bool) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = find(rest, mark) {
        let (before, after) = rest.split_at(at + mark.len());
        clean.extend_from_slice(before);
        let end = after.iter().position(is_end).unwrap_or(after.len());
        if end > 0 {
            clean.extend_from_slice(HIDDEN.as_bytes());
        }
        rest = &after[end..];
    }
    clean.extend_from_slice(rest);
    clean
}

fn is_end_of_word(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || b"&\"'<>,;}".contains(byte)
}

/// Of a header the whole value goes, which may have several words.
fn is_end_of_line(byte: &u8) -> bool {
    b"\r\n\"".contains(byte)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    const SECRET: &str = "can\"ary/5bd2+85 0ff";

    fn filter() -> Filter {
        let values = [
            SECRET.as_bytes().to_vec(),
            b"731004".to_vec(),
            b"abc".to_vec(),
            b"first line of a key\nsecond line of it\n".to_vec(),
        ];
        Filter::new(&values).expect("they are few")
    }

    #[test]
    fn a_secret_is_taken_out_however_it_is_written() {
        let filter = filter();
        let percent = percent_encode(SECRET.as_bytes(), NON_ALPHANUMERIC).to_string();
        let rows = [
            format!("key {SECRET}."),
            json!({ "key": SECRET }).to_string(),
            format!("{SECRET:?}"),
            STANDARD.encode(SECRET),
            URL_SAFE_NO_PAD.encode(SECRET),
            STANDARD.encode(format!("a:{SECRET}:b")),
            STANDARD.encode(format!("ab:{SECRET}:b")),
            STANDARD.encode(format!("abc:{SECRET}:b")),
            percent.to_lowercase(),
            percent.replace("%20", "+"),
            percent,
        ];
        for row in rows {
            let clean = filter.text(&row);
            assert!(clean.contains(HIDDEN), "{row} -> {clean}");
            assert!(!clean.contains("5bd2"), "{row} -> {clean}");
        }
        assert_eq!(filter.text("  second line of it,"), "  (secret),");
    }

    #[test]
    fn what_opens_something_for_a_while_is_taken_out_after_its_mark() {
        let filter = filter();
        let rows = [
            ("https://v/?usersig=eJyr&random=1", "https://v/?usersig=(secret)&random=1"),
            ("authorization: Basic dXNlcg==\nx", "authorization: (secret)\nx"),
            ("{\"x-auth-token\": \"ab cd\"}", "{\"x-auth-token\": \"(secret)\"}"),
            ("a Bearer ab, cd", "a Bearer (secret), cd"),
            ("usersig=", "usersig="),
            ("nothing", "nothing"),
        ];
        for (text, expected) in rows {
            assert_eq!(filter.text(text), expected);
        }
    }

    #[test]
    fn documents_stay_documents_and_short_values_stay_in_words() {
        let clean = filter().document(json!({ "731004": [731004, true, null, 12], "x": "abcdef" }));
        assert_eq!(clean, json!({ "(secret)": ["(secret)", true, null, 12], "x": "abcdef" }));
    }
}
