//! The room services over HTTP and HTTPS: bytes in, bytes out, and connections that break as a fault says.
//! Decides nothing about a request; `exchange` does.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::serve::{IncomingStream, Listener};
use futures::{StreamExt, stream};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::exchange::{Exchange, Outgoing};
use crate::reply::Reply;
use crate::service::Request;
use crate::tls::TlsListener;

/// The largest body that is read, in bytes. The vendors' are far smaller.
const LARGEST_BODY: usize = 1024 * 1024;

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Serves a router on a listener until `stop` turns true.
pub(crate) fn serve<L>(listener: L, router: Router, mut stop: watch::Receiver<bool>)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
    Peer: for<'a> Connected<IncomingStream<'a, L>>,
{
    let service = router.into_make_service_with_connect_info::<Peer>();
    tokio::spawn(async move {
        let stopped = async move {
            // A sender that is gone means the same as one that says stop.
            drop(stop.wait_for(|stop| *stop).await);
        };
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "a listener ended");
        }
    });
}

/// The router of the room services.
pub(crate) fn router(exchange: Arc<Exchange>) -> Router {
    Router::new().fallback(answer).with_state(exchange)
}

async fn answer(
    State(exchange): State<Arc<Exchange>>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        let refused = Reply::empty(StatusCode::PAYLOAD_TOO_LARGE).dated(exchange.clock.now());
        return response(refused, |body| (body.len(), Body::from(body)));
    };
    let request = Request { head, body, peer: peer.ip() };
    match exchange.answer(&request).await {
        Outgoing::Whole(reply) => response(reply, |body| (body.len(), Body::from(body))),
        // Of an empty body a byte is promised, so that its end does not come either.
        Outgoing::Half(reply) => {
            response(reply, |body| (body.len().max(1), broken_after(Some(body.slice(..body.len() / 2)))))
        }
        // Without a length: a body of length 0 would never be asked for, and so never break.
        Outgoing::Nothing => Response::new(broken_after(None)),
    }
}

/// Makes a response of a reply; `send` turns its body into the length that is promised and what is sent.
fn response(reply: Reply, send: impl FnOnce(Bytes) -> (usize, Body)) -> Response {
    let Reply { status, mut headers, body } = reply;
    let (length, body) = send(body);
    // A 204 has neither a body nor the length of one.
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    (status, headers, body).into_response()
}

/// The connection broke on purpose.
#[derive(Debug, thiserror::Error)]
#[error("a fault closes the connection")]
struct Broken;

/// A body that breaks its connection after a part of it.
///
/// Without a part it breaks before anything was written: the HTTP server buffers the head until the body first
/// waits or ends. With a part it waits once, so that head and part are written before it breaks.
fn broken_after(part: Option<Bytes>) -> Body {
    let Some(part) = part else {
        return Body::from_stream(stream::once(async { Err::<Bytes, Broken>(Broken) }));
    };
    let break_off = async {
        tokio::task::yield_now().await;
        Err(Broken)
    };
    Body::from_stream(stream::once(async { Ok(part) }).chain(stream::once(break_off)))
}
