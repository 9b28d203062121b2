//! A way to the API server on which watches can be held back, while every other request goes through; or all requests.
//!
//! It must not change or drop anything: what is held back comes later, in its order. Initial lists are no watches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures::{Stream, StreamExt, stream};
use http::header::HOST;
use kube::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The largest body of a request that is read, in bytes. A status apply is far smaller.
const LARGEST_BODY: usize = 1024 * 1024;

/// A running relay. It ends with this value.
pub(crate) struct Relay {
    kubeconfig: PathBuf,
    gate: watch::Sender<Gate>,
    server: JoinHandle<()>,
}

/// What may pass.
#[derive(Debug, Default)]
struct Gate {
    /// The newest version that the watches of a resource may tell; absent: they tell everything.
    newest: BTreeMap<String, u64>,
    /// The version of a resource that came last, whether it may pass or not.
    came: BTreeMap<String, u64>,
    /// Whether nothing may pass at all.
    is_cut: bool,
}

impl Gate {
    fn lets_pass(&self, resource: &str, version: u64) -> bool {
        !self.is_cut && self.newest.get(resource).is_none_or(|newest| version <= *newest)
    }
}

impl Relay {
    /// Starts a relay that asks as this client does, and writes a kubeconfig for those who are to use it.
    ///
    /// # Panics
    /// If it cannot listen, or the kubeconfig cannot be written.
    pub(crate) async fn start(client: Client, kubeconfig: PathBuf) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let named = |key: &str, value: Value| json!([{ "name": "relay", key: value }]);
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": named("cluster", json!({ "server": format!("http://{address}") })),
            "users": named("user", json!({})),
            "contexts": named("context", json!({ "cluster": "relay", "user": "relay" })),
            "current-context": "relay",
        });
        std::fs::write(&kubeconfig, config.to_string()).expect("the kubeconfig can be written");
        let gate = watch::Sender::default();
        let router = Router::new().fallback(answer).with_state((client, gate.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Relay { kubeconfig, gate, server }
    }

    /// Returns the kubeconfig that leads here.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Holds back what the watches of a resource, in the plural as in the URL, have to tell from here on.
    pub(crate) fn hold(&self, resource: &str) {
        self.let_pass(resource, 0);
    }

    /// Lets the watches of a resource tell what happened up to this version, and holds back the rest.
    pub(crate) fn let_pass(&self, resource: &str, version: u64) {
        self.gate.send_modify(|gate| {
            gate.newest.insert(resource.to_owned(), version);
        });
    }

    /// Lets all watches tell everything.
    pub(crate) fn release(&self) {
        self.gate.send_modify(|gate| gate.newest.clear());
    }

    /// Lets nothing pass from here on, as a network that is cut: who asks waits in vain.
    pub(crate) fn cut(&self) {
        self.gate.send_modify(|gate| gate.is_cut = true);
    }

    /// Waits until a watch of a resource has something to tell and may not.
    ///
    /// # Panics
    /// At the deadline.
    pub(crate) async fn until_held(&self, resource: &str, deadline: Duration) {
        let mut gate = self.gate.subscribe();
        let held = gate.wait_for(|gate| gate.came.get(resource).is_some_and(|came| !gate.lets_pass(resource, *came)));
        let held = tokio::time::timeout(deadline, held).await;
        assert!(held.is_ok(), "not within {deadline:?}: a watch of {resource} to be held back");
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
        let _ = std::fs::remove_file(&self.kubeconfig);
    }
}

async fn answer(State((client, gate)): State<(Client, watch::Sender<Gate>)>, request: Request) -> Response {
    // The sender is here, so it cannot be gone.
    drop(gate.subscribe().wait_for(|gate| !gate.is_cut).await);
    let watched = watched(request.uri());
    let (mut head, body) = request.into_parts();
    // The client adds its own.
    head.headers.remove(HOST);
    let body = to_bytes(body, LARGEST_BODY).await.expect("the operator sends whole bodies");
    let request = http::Request::from_parts(head, body.to_vec().into());
    let answer = match client.send(request).await {
        Ok(answer) => answer.map(Body::new),
        Err(error) => {
            let answer = Response::builder().status(http::StatusCode::BAD_GATEWAY);
            return answer.body(Body::from(error.to_string())).expect("it is an answer");
        }
    };
    match watched {
        Some(resource) => answer.map(|body| Body::from_stream(held_back(body, resource, gate))),
        None => answer,
    }
}

/// Returns the resource that a request watches; `None`: it is not a watch.
fn watched(uri: &http::Uri) -> Option<String> {
    let is_watch = uri.query()?.split('&').any(|parameter| ["watch=true", "watch=1"].contains(&parameter));
    is_watch.then(|| uri.path().rsplit('/').next().unwrap_or_default().to_owned())
}

/// Hands on the events of a watch, each as soon as it may pass.
fn held_back(
    body: Body,
    resource: String,
    gate: watch::Sender<Gate>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    lines(body).then(move |line| {
        let (resource, gate) = (resource.clone(), gate.clone());
        async move {
            if let Some(version) = line.as_ref().ok().and_then(|line| version(line)) {
                pass(&gate, &resource, version).await;
            }
            line
        }
    })
}

/// Waits until a version of an object may pass.
async fn pass(gate: &watch::Sender<Gate>, resource: &str, version: u64) {
    gate.send_modify(|gate| {
        gate.came.insert(resource.to_owned(), version);
    });
    // The sender is here, so it cannot be gone.
    drop(gate.subscribe().wait_for(|gate| gate.lets_pass(resource, version)).await);
}

/// Cuts a body into its lines, of which a watch has one for each event. The end of a body is a line too.
fn lines(body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let frames = Box::pin(body.into_data_stream());
    stream::unfold((frames, Vec::new()), async |(mut frames, mut rest): (_, Vec<u8>)| {
        loop {
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let next = rest.split_off(end + 1);
                return Some((Ok(Bytes::from(rest)), (frames, next)));
            }
            match StreamExt::next(&mut frames).await {
                Some(Ok(frame)) => rest.extend_from_slice(&frame),
                Some(Err(error)) => return Some((Err(error), (frames, rest))),
                None if rest.is_empty() => return None,
                None => return Some((Ok(Bytes::from(rest)), (frames, Vec::new()))),
            }
        }
    })
}

/// Returns the version of the object that an event is about; `None`: it is about none, as a bookmark and an error are.
fn version(event: &[u8]) -> Option<u64> {
    let event: Value = serde_json::from_slice(event).ok()?;
    if event["type"] == "BOOKMARK" {
        return None;
    }
    event["object"]["metadata"]["resourceVersion"].as_str()?.parse().ok()
}
