//! Requests of Huawei's own SDK, recorded from the wire: signed again with our code, they carry the same signature.

use std::collections::BTreeMap;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use roomkeeper_providers::huawei::app_id::Login;
use roomkeeper_sim::huawei::Tenancy;
use serde::Deserialize;

use crate::huawei_meeting_appid::{self, identity, named};
use crate::huawei_sdk_hmac_sha256::{self, Sent};
use crate::{folder, read_path};

/// One request as Huawei's SDK sent it.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) body: String,
}

/// The body of a log-in with an App ID.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    app_id: String,
    user_id: Option<String>,
    corp_id: Option<String>,
    expire_time: u64,
    nonce: String,
}

impl Recorded {
    pub(crate) fn headers(&self) -> BTreeMap<String, &str> {
        self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str())).collect()
    }

    /// Returns the `Authorization` header if it is of this scheme.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let value = self.headers().get("authorization").copied();
        value.filter(|value| value.split(' ').next() == Some(scheme))
    }

    /// Returns the path that was signed where it is not the one that was sent.
    ///
    /// The SDK signs a dismissal of the room `..` as it is, and its HTTP library resolves it afterwards, so that no
    /// server can verify it.
    fn unresolved_path(&self) -> Option<String> {
        let app = self.target.strip_prefix("/v2/apps/")?.strip_suffix("/dismiss")?;
        (!app.contains('/')).then(|| format!("/v2/apps/{app}/rooms/../dismiss"))
    }

    pub(crate) fn sent<'a>(&'a self, authorization: &'a str) -> Sent<'a> {
        let (path, _) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers = self.headers();
        Sent {
            method: self.method.parse().expect("a method"),
            host: headers["host"],
            path,
            query: pairs(&self.target),
            headers,
            body: &self.body,
            authorization,
        }
    }
}

/// Returns names and values of a target's query, decoded.
pub(crate) fn pairs(target: &str) -> Vec<(String, String)> {
    let (_, query) = target.split_once('?').unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Resolves the percent signs of a part of a path or a query.
pub(crate) fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8().expect("UTF-8").into_owned()
}

/// Returns all recorded requests with their places; there must be one.
pub(crate) fn all() -> Vec<(String, Recorded)> {
    let folder = folder().join("huawei_sdk_requests");
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(!paths.is_empty(), "no requests in {}", folder.display());
    paths.iter().map(|path| (path.display().to_string(), read_path::<Recorded>(path))).collect()
}

/// Returns the recorded requests with this scheme of authorization; there must be one.
fn recorded(scheme: &str) -> Vec<(String, Recorded)> {
    let mut ours = all();
    ours.retain(|(_, request)| request.authorization(scheme).is_some());
    assert!(!ours.is_empty(), "no recorded request with {scheme}");
    ours
}

#[test]
fn each_recorded_request_with_an_access_key_has_the_signature_that_we_make() {
    let keys = huawei_sdk_hmac_sha256::Vectors::read();
    for (place, request) in recorded("SDK-HMAC-SHA256") {
        let authorization = request.authorization("SDK-HMAC-SHA256").expect("filtered by it");
        let unresolved = request.unresolved_path();
        let mut sent = request.sent(authorization);
        if let Some(path) = &unresolved {
            sent.path = path;
        }
        let ours: Vec<_> = keys.secrets_of(sent.access_key()).into_iter().map(|secret| sent.sign(secret)).collect();
        let same = ours.iter().any(|signed| signed.headers["authorization"] == authorization);
        let canonical = &ours[0].canonical_request;
        assert!(
            same,
            "{place}: we sign differently, by no known key like the SDK; our canonical request:\n{canonical}"
        );
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(ours[0].query, query, "{place}: we would send another query");
    }
}

#[test]
fn each_recorded_login_has_the_signature_that_we_make() {
    let vectors = huawei_meeting_appid::Vectors::read();
    for (place, request) in recorded("HMAC-SHA256") {
        let body: Body = serde_json::from_str(&request.body).expect(&place);
        let (corp_id, user_id) = (named(body.corp_id.as_deref()), named(body.user_id.as_deref()));
        // Without ids the body does not say whether an enterprise or a service provider logs in: one of them is right.
        let tenancies = match (corp_id, user_id) {
            (Some(_), _) => vec![Tenancy::ServiceProvider],
            (None, Some(_)) => vec![Tenancy::SingleEnterprise],
            (None, None) => vec![Tenancy::SingleEnterprise, Tenancy::ServiceProvider],
        };
        let signed = tenancies.iter().flat_map(|tenancy| {
            let identity = identity(*tenancy, corp_id, user_id);
            let login = Login { app_id: &body.app_id, identity, expires_at: body.expire_time, nonce: &body.nonce };
            let sign = move |key: &str| login.authorization(&key.into()).expect("a well-formed log-in");
            vectors.keys().into_iter().map(sign).collect::<Vec<_>>()
        });
        // The SDK sends capital digits; the rest of the header has to be equal to the letter.
        let theirs = request.authorization("HMAC-SHA256").expect("filtered by it");
        let (signature, rest) = theirs.split_once(',').expect("two parts");
        let expected = format!("HMAC-SHA256 {},{rest}", signature["HMAC-SHA256 ".len()..].to_ascii_lowercase());
        assert!(signed.into_iter().any(|ours| ours == expected), "{place}: we sign differently");
    }
}
