//! Makes a vendor's text fit to be shown to a user.
//! Nothing secret may pass: signatures travel in URLs, and vendors and proxies like to repeat what they were sent.

/// The most bytes of a vendor's text that are kept.
pub(crate) const LIMIT: usize = 256;

/// Stands where a secret was.
const SECRET: &str = "(secret)";
/// Stands where a URL was.
const ADDRESS: &str = "(address)";

/// Returns the text without the given secrets, URLs and control characters, cut to [`LIMIT`] bytes.
///
/// The cut comes last, so that no half of a secret is left at the end.
pub(crate) fn shown(text: &str, secrets: &[&str]) -> Box<str> {
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(*secret, SECRET);
        // A vendor that repeats our JSON repeats it escaped.
        let escaped = serde_json::Value::from(*secret).to_string();
        text = text.replace(&escaped[1..escaped.len() - 1], SECRET);
    }
    let clean: String = without_addresses(&text).chars().filter(|character| !character.is_control()).collect();
    cut(clean.trim(), LIMIT).into()
}

/// Returns the longest beginning of the text that has at most so many bytes and ends between two characters.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

fn without_addresses(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(colon) = rest.find("://") {
        let before = &rest[..colon];
        let scheme = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
        kept.push_str(scheme);
        kept.push_str(ADDRESS);
        let after = &rest[colon..];
        let end = after.find(|c: char| !c.is_ascii_graphic() || "\"'<>".contains(c)).unwrap_or(after.len());
        rest = &after[end..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_foreign_text_becomes_fit_to_be_shown() {
        let rows: [(&str, &[&str], &str); 7] = [
            ("room not found", &[], "room not found"),
            ("two\nlines\u{7}", &[], "twolines"),
            ("bad sig eJyr*-_ in request", &["eJyr*-_"], "bad sig (secret) in request"),
            (r#"{"Password":"a\"b\""}"#, &["a\"b\""], r#"{"Password":"(secret)"}"#),
            ("GET https://h.example/v4?usersig=x failed", &[], "GET (address) failed"),
            ("请求https://h.example/v4失败", &[], "请求(address)失败"),
            ("an empty secret changes nothing", &[""], "an empty secret changes nothing"),
        ];
        for (text, secrets, wanted) in rows {
            assert_eq!(&*shown(text, secrets), wanted, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_two_characters_and_never_within_a_secret() {
        let chinese = "会".repeat(100);
        assert_eq!(shown(&chinese, &[]).len(), 255);
        let late = format!("{}SECRET", "x".repeat(253));
        assert!(!shown(&late, &["SECRET"]).contains("SEC"));
    }
}
