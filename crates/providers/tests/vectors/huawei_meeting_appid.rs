//! The App ID signature: our text and signature, and the simulator's verification, against what Huawei's own SDK made.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roomkeeper_providers::huawei::app_id::{Identity, Login};
use roomkeeper_sim::huawei::{AppIdError, Application, LoginClaims, Tenancy};
use roomkeeper_sim::{Moment, verify_app_id};
use serde::Deserialize;

use crate::read;

#[derive(Deserialize)]
pub(crate) struct Vectors {
    meeting_appid: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    tenant: String,
    corp_id: Option<String>,
    user_id: Option<String>,
    expire_time: u64,
    nonce: String,
    app_key: String,
    string_to_sign: String,
    signature_sdk_uppercase: String,
    signature_lowercase: String,
    authorization: String,
}

impl Vectors {
    /// Reads the file; it must hold at least one entry.
    pub(crate) fn read() -> Self {
        let vectors: Self = read("huawei_meeting_appid.json");
        assert!(!vectors.meeting_appid.is_empty(), "no entries in huawei_meeting_appid.json");
        vectors
    }

    /// Returns all keys, each once.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.meeting_appid.iter().map(|entry| entry.app_key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

impl Entry {
    /// The App ID stands in the header only.
    fn app_id(&self) -> String {
        let (_, access) = self.authorization.split_once(",access=").expect("an app id in the header");
        String::from_utf8(STANDARD.decode(access).expect("base64")).expect("text")
    }

    fn tenancy(&self) -> Tenancy {
        match self.tenant.as_str() {
            "SINGLE" => Tenancy::SingleEnterprise,
            "MULTI" => Tenancy::ServiceProvider,
            other => panic!("nobody knows the tenant {other}"),
        }
    }

    fn ids(&self) -> (Option<&str>, Option<&str>) {
        (named(self.corp_id.as_deref()), named(self.user_id.as_deref()))
    }
}

/// An empty id names nobody.
pub(crate) fn named(id: Option<&str>) -> Option<&str> {
    id.filter(|id| !id.is_empty())
}

/// Returns whom a log-in speaks for, by what it names.
pub(crate) fn identity<'a>(tenancy: Tenancy, corp_id: Option<&'a str>, user_id: Option<&'a str>) -> Identity<'a> {
    match (tenancy, corp_id, user_id) {
        (Tenancy::SingleEnterprise, _, None) => Identity::Administrator,
        (Tenancy::SingleEnterprise, _, Some(user_id)) => Identity::User { user_id },
        (Tenancy::ServiceProvider, None, None) => Identity::ServiceProvider,
        (Tenancy::ServiceProvider, Some(corp_id), None) => Identity::CorpAdministrator { corp_id },
        (Tenancy::ServiceProvider, Some(corp_id), Some(user_id)) => Identity::CorpUser { corp_id, user_id },
        (Tenancy::ServiceProvider, None, Some(user)) => panic!("{user} is in no enterprise of the service provider"),
    }
}

#[test]
fn huawei_meeting_app_id_has_the_known_text_and_signature() {
    for (index, entry) in Vectors::read().meeting_appid.iter().enumerate() {
        let app_id = entry.app_id();
        let (corp_id, user_id) = entry.ids();
        let (expires_at, nonce) = (entry.expire_time, entry.nonce.as_str());
        let login = Login { app_id: &app_id, identity: identity(entry.tenancy(), corp_id, user_id), expires_at, nonce };
        assert_eq!(login.string_to_sign().as_deref(), Ok(entry.string_to_sign.as_str()), "entry {index}");
        // The SDK sends capital digits, the vendor's page asks for small ones, and so do we.
        let ours = entry.authorization.replace(&entry.signature_sdk_uppercase, &entry.signature_lowercase);
        assert_ne!(ours, entry.authorization, "entry {index} contradicts itself");
        let signed = login.authorization(&entry.app_key.as_str().into()).expect("a well-formed log-in");
        assert_eq!(signed, ours, "entry {index}: we sign differently");

        let claims = LoginClaims { app_id: &app_id, corp_id, user_id, expire_time: expires_at, nonce };
        let application = Application { app_id: &app_id, app_key: &entry.app_key, tenancy: entry.tenancy() };
        let verify = |application, seconds| {
            verify_app_id(signed.to_str().expect("ASCII"), claims, application, Moment::from_unix_seconds(seconds))
        };
        verify(application, expires_at).unwrap_or_else(|error| panic!("entry {index}: the simulator says {error}"));
        let other_key = Application { app_key: "another key", ..application };
        assert_eq!(verify(other_key, expires_at), Err(AppIdError::Mismatch));
    }
}
