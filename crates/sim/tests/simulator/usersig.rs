//! The simulator's verification of UserSigs against known answers of the vendor's own libraries.

use roomkeeper_sim::Moment;
use roomkeeper_sim::tencent::{Expected, UserSigError, verify_usersig};
use serde::Deserialize;

/// The demo key that the vendor prints in the README of each of its signing libraries.
const DEMO_KEY: &str = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e";

#[derive(Deserialize)]
struct Vectors {
    usersig: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    sdkappid: u64,
    identifier: String,
    expire: u64,
    now: u64,
    usersig: String,
    /// Absent: the demo key.
    key: Option<String>,
}

impl Vector {
    fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(DEMO_KEY)
    }

    fn verify(&self, usersig: &str, key: &str, now: u64) -> Result<(), UserSigError> {
        let expected = Expected { secret_key: key, sdk_app_id: self.sdkappid, identifier: &self.identifier };
        verify_usersig(usersig, expected, Moment::from_unix_seconds(now)).map(drop)
    }
}

fn vectors() -> Vec<Vector> {
    let vectors: Vectors = crate::vectors::read("tencent_usersig.json");
    assert!(!vectors.usersig.is_empty(), "there are known answers");
    vectors.usersig
}

#[test]
fn known_answers_verify_until_they_expire() {
    for vector in vectors() {
        let last = vector.now + vector.expire - 1;
        assert_eq!(vector.verify(&vector.usersig, vector.key(), vector.now), Ok(()));
        assert_eq!(vector.verify(&vector.usersig, vector.key(), last), Ok(()));
        assert_eq!(vector.verify(&vector.usersig, vector.key(), last + 1), Err(UserSigError::Expired));
    }
}

#[test]
fn a_known_answer_of_another_library_verifies_too() {
    // Made by the vendor's library for Node.js from the same values as the first known answer.
    let usersig = "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBaBxE1NTY3gosWZ6UpWSj5ljuYp*p7l5unBxXnF2WVhVU4uAf7Ozi5JpX7O5SbuHuUhzgZJmQXaTia2SrUAohcx8g__";
    let vector = Vector {
        sdkappid: 1_400_000_000,
        identifier: "xiaojun".to_owned(),
        expire: 15_552_000,
        now: 1_700_000_000,
        usersig: usersig.to_owned(),
        key: None,
    };
    assert_eq!(vector.verify(usersig, DEMO_KEY, vector.now), Ok(()));
}

#[test]
fn a_known_answer_does_not_verify_for_anything_else() {
    for vector in vectors() {
        assert_eq!(vector.verify(&vector.usersig, "another key", vector.now), Err(UserSigError::KeyMismatch));
        let other_app = Vector { sdkappid: vector.sdkappid + 1, ..vector.copy() };
        assert_eq!(
            other_app.verify(&vector.usersig, vector.key(), vector.now),
            Err(UserSigError::OtherApp(vector.sdkappid))
        );
        let other_user = Vector { identifier: "somebody".to_owned(), ..vector.copy() };
        assert_eq!(
            other_user.verify(&vector.usersig, vector.key(), vector.now),
            Err(UserSigError::OtherUser(vector.identifier.clone()))
        );
    }
}

#[test]
fn a_known_answer_with_any_character_cut_off_or_changed_is_refused_without_panic() {
    for vector in vectors() {
        for length in 0..vector.usersig.len() {
            let cut = &vector.usersig[..length];
            vector.verify(cut, vector.key(), vector.now).expect_err("a cut usersig");
            let mut changed = vector.usersig.clone().into_bytes();
            changed[length] = if changed[length] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            // Some bits of a compressed stream carry nothing: a changed one may still say the same.
            drop(vector.verify(&changed, vector.key(), vector.now));
        }
    }
}

#[test]
fn a_usersig_that_unpacks_to_megabytes_is_refused() {
    let bomb = crate::client::pack(&" ".repeat(16 * 1024 * 1024));
    let vector = vectors().remove(0);
    assert!(matches!(vector.verify(&bomb, DEMO_KEY, vector.now), Err(UserSigError::Invalid(_))));
}

#[test]
fn a_signed_user_buffer_counts() {
    let with = |buffer: &str, signed: &str| {
        use base64::Engine as _;
        use hmac::{Hmac, KeyInit, Mac};
        let text = format!("TLS.identifier:a\nTLS.sdkappid:7\nTLS.time:1\nTLS.expire:9\nTLS.userbuf:{signed}\n");
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"k").expect("any key length");
        mac.update(text.as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        let document = serde_json::json!({
            "TLS.ver": "2.0", "TLS.identifier": "a", "TLS.sdkappid": 7, "TLS.expire": 9, "TLS.time": 1,
            "TLS.userbuf": buffer, "TLS.sig": signature,
        });
        let usersig = crate::client::pack(&document.to_string());
        let expected = Expected { secret_key: "k", sdk_app_id: 7, identifier: "a" };
        verify_usersig(&usersig, expected, Moment::from_unix_seconds(2)).map(drop)
    };
    assert_eq!(with("YWJj", "YWJj"), Ok(()));
    assert_eq!(with("YWJj", "eHl6"), Err(UserSigError::KeyMismatch));
}

impl Vector {
    fn copy(&self) -> Self {
        Self { identifier: self.identifier.clone(), usersig: self.usersig.clone(), key: self.key.clone(), ..*self }
    }
}
