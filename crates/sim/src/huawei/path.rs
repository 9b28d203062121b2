//! The parts of a request's path and query, decoded.
//! Knows no operation.

use axum::extract::Query;
use http::Uri;

/// Returns the parts of a path, decoded; what is no UTF-8 after that is shown as such.
pub(super) fn segments(path: &str) -> Vec<String> {
    let parts = path.strip_prefix('/').unwrap_or(path).split('/');
    parts.map(|part| String::from_utf8_lossy(&super::signature::decode(part)).into_owned()).collect()
}

/// The values of a query, in their order.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query; one that cannot be decoded has no values.
    pub(super) fn of(uri: &Uri) -> Self {
        Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| Self(pairs)).unwrap_or(Self(Vec::new()))
    }

    /// Returns the first value of a parameter; an empty one counts as absent.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Returns every value of a parameter that may be repeated.
    pub(super) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}
