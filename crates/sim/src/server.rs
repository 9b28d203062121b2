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
use http::{StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::exchange::{Exchange, Outgoing};
use crate::service::{Reply, Request};
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
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request { head, body, peer: peer.ip() };
    match exchange.answer(&request).await {
        Outgoing::Whole(reply) => {
            let body = Body::from(reply.body.clone());
            response(&reply, body)
        }
        Outgoing::Half(reply) => {
            let half = reply.body.slice(..reply.body.len() / 2);
            response(&reply, broken_after(Some(half)))
        }
        // Without a length: a body of length 0 would never be asked for, and so never break.
        Outgoing::Nothing => Response::new(broken_after(None)),
    }
}

fn response(reply: &Reply, body: Body) -> Response {
    let headers =
        [(header::CONTENT_TYPE, reply.content_type.to_owned()), (header::CONTENT_LENGTH, reply.body.len().to_string())];
    (reply.status, headers, body).into_response()
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
