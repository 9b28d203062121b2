//! What a call sends, before it is signed or given a token.
//! It must not know who calls, and sends nothing.

use http::Method;
use secrecy::SecretString;
use url::Url;

use super::{Call, id, signature};

/// A request without the proof of who makes it.
pub(super) struct Outline<'a> {
    pub(super) call: Call,
    pub(super) method: Method,
    /// The parts of the path, as they are meant; they are encoded when they are sent.
    pub(super) path: Vec<&'a str>,
    /// The query, as it is meant.
    pub(super) query: Vec<(&'static str, String)>,
    /// Empty: none.
    pub(super) body: Vec<u8>,
    /// What the body holds of secrets; no error repeats them.
    pub(super) secrets: Vec<SecretString>,
}

impl<'a> Outline<'a> {
    /// Returns a request that asks for something.
    pub(super) fn get(call: impl Into<Call>, path: Vec<&'a str>) -> Self {
        Self::new(call, Method::GET, path)
    }

    /// Returns a request without a query and a body.
    pub(super) fn new(call: impl Into<Call>, method: Method, path: Vec<&'a str>) -> Self {
        Self { call: call.into(), method, path, query: Vec::new(), body: Vec::new(), secrets: Vec::new() }
    }

    /// Adds to the query.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds to the query what is there.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Sets the body.
    pub(super) fn with_body(mut self, body: &impl serde::Serialize) -> Self {
        self.body = serde_json::to_vec(body).expect("request types have string keys and finite numbers");
        self
    }

    /// Returns the query as names and values.
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// Returns where the request goes, in the spelling that is signed.
    pub(super) fn url(&self, endpoint: &Url) -> Url {
        let mut url = endpoint.clone();
        let parts: Vec<String> = self.path.iter().map(|part| id::encoded(part)).collect();
        let base = endpoint.path().trim_end_matches('/');
        url.set_path(&format!("{base}/{}", parts.join("/")));
        let query = signature::canonical_query(&self.pairs());
        url.set_query((!query.is_empty()).then_some(&query));
        url
    }
}
