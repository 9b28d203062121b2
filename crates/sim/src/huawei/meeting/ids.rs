//! Ids and secrets that the service makes up: the same input gives the same text, so that a test can be repeated.
//! Nothing here is random, and nothing is safe outside a simulator.

use sha2::{Digest, Sha256};

use crate::huawei::digits;

/// Returns 64 hexadecimal digits that stand for these texts.
pub(super) fn fingerprint(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    digits(&hash.finalize())
}

/// Returns an id of 32 hexadecimal digits.
pub(super) fn id(texts: &[&str]) -> String {
    let mut id = fingerprint(texts);
    id.truncate(32);
    id
}

/// Returns a meeting number of nine digits that stands for a text.
pub(super) fn number(text: &str) -> String {
    let bytes = Sha256::digest(text);
    let digits = bytes.iter().take(8).map(|byte| char::from(b'0' + byte % 10));
    std::iter::once('9').chain(digits).collect()
}

/// Returns the host password that a new room has: six digits that stand for its number.
pub(super) fn host_password(number: &str) -> String {
    Sha256::digest(format!("host {number}")).iter().take(6).map(|byte| char::from(b'0' + byte % 10)).collect()
}

/// Returns the id of a user that the world gives none (`userId`), which is not the account.
pub(super) fn user_id(corp: &str, account: &str) -> String {
    id(&["user", corp, account])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_only_look_alike_when_joined_have_other_ids() {
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
        assert_eq!(id(&["ab", "c"]).len(), 32);
    }

    #[test]
    fn numbers_and_passwords_are_digits() {
        for text in ["", "ff80808167ef1edf0167f33d650c0662"] {
            assert!(number(text).len() == 9 && number(text).bytes().all(|byte| byte.is_ascii_digit()));
            assert!(host_password(text).len() == 6 && host_password(text).bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
