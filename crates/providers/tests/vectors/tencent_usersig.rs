//! UserSig: our signing, and the simulator's verification, against what Tencent's own libraries made.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use roomkeeper_providers::tencent::{SdkAppId, usersig};
use roomkeeper_providers::{ExposeSecret, SecretString};
use roomkeeper_sim::tencent::{Expected, UserSigError};
use roomkeeper_sim::{Moment, verify_usersig};
use serde::Deserialize;
use serde_json::Value;

use crate::read;

/// Keys of entries that name none: the demo key printed in the READMEs of Tencent's libraries, and a short one.
const TENCENT_DEMO_KEYS: [&str; 2] = ["5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e", "k"];

/// The string that Tencent's library for Node makes of what its library for Python makes the first entry of.
const MADE_BY_NODE: &str = "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBaBxE1NTY3gosWZ6UpWSj5ljuYp*p7l5unBxXnF2WVhVU4uAf7Ozi5JpX7O5SbuHuUhzgZJmQXaTia2SrUAohcx8g__";

#[derive(Deserialize)]
struct TencentUsersig {
    usersig: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    sdkappid: u64,
    identifier: String,
    expire: u64,
    now: u64,
    userbuf: Option<String>,
    key: Option<String>,
    tls_sig: String,
    json: String,
    usersig: String,
}

impl Entry {
    fn keys(&self) -> Vec<SecretString> {
        let own = self.key.iter().map(String::as_str);
        let demo = TENCENT_DEMO_KEYS.into_iter().filter(|_| self.key.is_none());
        own.chain(demo).map(SecretString::from).collect()
    }

    /// Returns what `userbuf` may stand for: its text as it is, or the bytes that it is the base64 of.
    fn userbufs(&self) -> Vec<Option<Vec<u8>>> {
        let Some(text) = &self.userbuf else { return vec![None] };
        let decoded = STANDARD.decode(text).ok();
        [Some(text.clone().into_bytes()), decoded].into_iter().flatten().map(Some).collect()
    }

    /// Signs as each reading of the entry says; returns the one that has the known `TLS.sig`, and its key.
    fn signed(&self) -> Option<(SecretString, SecretString)> {
        let userbufs = self.userbufs();
        let keys = self.keys();
        let readings = userbufs.iter().flat_map(|userbuf| keys.iter().map(move |key| (userbuf, key)));
        readings
            .map(|(userbuf, key)| {
                let subject = usersig::Subject {
                    sdk_app_id: SdkAppId(self.sdkappid),
                    identifier: &self.identifier,
                    issued_at: self.now,
                    lifetime: self.expire,
                    userbuf: userbuf.as_deref(),
                };
                (usersig::sign(&subject, key), key.clone())
            })
            .find(|(signed, _)| document(signed.expose_secret())["TLS.sig"] == self.tls_sig.as_str())
    }
}

/// Unpacks a UserSig without the code under test.
fn document(text: &str) -> Value {
    let packed = STANDARD
        .decode(text.replace('*', "+").replace('-', "/").replace('_', "="))
        .expect("base64 after the three replacements");
    let mut json = Vec::new();
    ZlibDecoder::new(packed.as_slice()).read_to_end(&mut json).expect("a zlib stream");
    serde_json::from_slice(&json).expect("a JSON document")
}

/// Fails unless the simulator, which shares no code with us, accepts the text for its whole lifetime and no longer.
fn assert_verified_by_the_simulator(entry: &Entry, text: &str, secret_key: &str) {
    let Entry { sdkappid, identifier, now, expire, .. } = entry;
    let expected = Expected { secret_key, sdk_app_id: *sdkappid, identifier };
    let verify = |expected, seconds| verify_usersig(text, expected, Moment::from_unix_seconds(seconds));
    verify(expected, *now).unwrap_or_else(|error| panic!("{identifier} at {now}: the simulator says {error}"));
    verify(expected, now + expire - 1).expect("valid to its last second");
    assert_eq!(verify(expected, now + expire), Err(UserSigError::Expired));
    let other_key = Expected { secret_key: "another key", ..expected };
    assert_eq!(verify(other_key, *now), Err(UserSigError::KeyMismatch));
}

#[test]
fn tencent_usersig_has_the_known_signature_and_document() {
    let file: TencentUsersig = read("tencent_usersig.json");
    assert!(!file.usersig.is_empty(), "no entries in tencent_usersig.json");
    for (index, entry) in file.usersig.iter().enumerate() {
        let place = format!("entry {index}, {} at {}", entry.identifier, entry.now);
        let known: Value = serde_json::from_str(&entry.json).expect(&place);
        assert_eq!(known["TLS.sig"], entry.tls_sig.as_str(), "{place}: the entry contradicts itself");

        let (signed, key) = entry.signed().unwrap_or_else(|| panic!("{place}: we sign differently"));
        assert_eq!(document(signed.expose_secret()), known, "{place}: our document differs");

        // The string itself may differ (spaces, order, level of compression); what is in it may not.
        for text in [signed.expose_secret(), entry.usersig.as_str()] {
            assert_verified_by_the_simulator(entry, text, key.expose_secret());
            let claims = usersig::decode(text).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(
                serde_json::to_value(claims).expect("texts and numbers"),
                known,
                "{place}: we decode differently"
            );
        }
    }
}

#[test]
fn a_usersig_of_another_vendor_library_decodes_to_the_same_document() {
    let claims = usersig::decode(MADE_BY_NODE).expect("a UserSig made by the library for Node");
    assert_eq!((claims.identifier.as_str(), claims.sdk_app_id), ("xiaojun", 1_400_000_000));
    assert_eq!((claims.issued_at, claims.lifetime), (1_700_000_000, 15_552_000));
    assert_eq!(claims.signature, "LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=");
}
