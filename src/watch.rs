//! Watches: hand on what is there, what changed and what is gone, for ever.
//!
//! A watch that fails backs off by itself and stops nothing else. One object that cannot be decoded is reported as such,
//! and the rest go on.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::DeserializeGuard;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;

use crate::health::Check;

/// Ends a watch before load balancers cut it silently.
const WATCH_SECONDS: u32 = 200;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a watch that starts again may take to fail once more: one that goes on tells nothing until something changes.
const FAILS_AGAIN_WITHIN: Duration = Duration::from_secs(31);

/// What a watch hands on.
#[derive(Debug)]
pub enum News<T, K> {
    /// The object is there, new or changed.
    There(T),
    /// The object is there and cannot be decoded.
    Unreadable(Box<ObjectMeta>),
    /// The object is gone.
    Gone(K),
    /// A list is complete: whatever is not among these keys is gone.
    Listed(HashSet<K>),
}

/// What a watch follows.
pub struct Followed<'a, X> {
    /// Is told how the watch fares.
    pub check: &'a Check,
    /// The objects.
    pub api: Api<X>,
    /// Only objects whose labels are so; one that is not so any more is gone. Absent: all.
    pub labels: Option<&'a str>,
}

/// Follows one kind for ever, and hands each piece of news to `tell` in order.
///
/// `key` names an object; `read` turns it into what is kept.
pub async fn follow<X, T, K>(
    followed: Followed<'_, X>,
    key: impl Fn(&ObjectMeta) -> K,
    read: impl Fn(X) -> News<T, K>,
    mut tell: impl FnMut(News<T, K>),
) where
    X: Resource + Clone + Debug + DeserializeOwned + Send + 'static,
    K: Hash + Eq,
{
    let Followed { check, api, labels } = followed;
    let config = watcher::Config { label_selector: labels.map(str::to_owned), ..watcher::Config::default() };
    let mut stream = pin!(watcher(api, config.timeout(WATCH_SECONDS)));
    let mut listing = HashSet::new();
    let mut pause = FIRST_PAUSE;
    while let Some(event) = stream.next().await {
        // A list that only began proves nothing, so it does not end the backoff.
        let is_proof = !matches!(event, Ok(Event::Init | Event::InitApply(_)) | Err(_));
        if is_proof {
            pause = FIRST_PAUSE;
        }
        match event {
            // A list that failed half-way leaves nothing behind.
            Ok(Event::Init) => listing.clear(),
            Ok(Event::InitApply(object)) => {
                listing.insert(key(object.meta()));
                tell(read(object));
            }
            Ok(Event::InitDone) => tell(News::Listed(std::mem::take(&mut listing))),
            Ok(Event::Apply(object)) => tell(read(object)),
            Ok(Event::Delete(object)) => tell(News::Gone(key(object.meta()))),
            Err(error) => {
                check.fails_for(&words(&error), pause + FAILS_AGAIN_WITHIN);
                tracing::warn!(watch = check.name(), %error, ?pause, "a watch failed; it starts again after a pause");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        if is_proof {
            check.passes();
        }
    }
}

/// Says what failed and why.
fn words(error: &watcher::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Reads an object of ours, or says that it cannot be read.
pub fn guarded<R, T: From<R>, K>(object: DeserializeGuard<R>) -> News<T, K> {
    match object.0 {
        Ok(object) => News::There(T::from(object)),
        Err(invalid) => News::Unreadable(Box::new(invalid.metadata)),
    }
}
