//! What the operator tells over HTTP: `/livez`, `/readyz` and `/metrics`. All that can be changed is what is logged, and by
//! nobody but those on the same machine: who may forward a port to the pod, or is in it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use roomkeeper_plan::reason::Reason;
use tokio::time::Instant;

use super::{Door, SLOTS, Shared};
use crate::api::condition::{self, Condition, ConditionStatus};
use crate::health::Report;
use crate::key::Kind;
use crate::metrics::{Format, Seen};
use crate::object::Object;
use crate::telemetry::Asked;

/// How long objects may be ready, and slots free, without a pass that begins. The longest pause that a vendor can ask for
/// is five minutes, and the slowest rate is a call a minute.
const STUCK_AFTER: Duration = Duration::from_secs(900);

/// What the answers are made from.
struct Told {
    shared: Arc<Shared>,
    log: Asked,
    turning: Mutex<Turning>,
}

/// Whether the queue turns, as those see it who look from time to time.
#[derive(Debug, Default)]
struct Turning {
    /// How many passes had begun, and since when none began although one could have.
    stood: Option<(u64, Instant)>,
}

impl Turning {
    /// Judges what is seen now: how many passes have begun, and whether one could.
    fn look(&mut self, begun: u64, could_begin: bool, now: Instant) -> Result<(), String> {
        let since = match self.stood {
            Some((before, since)) if could_begin && before == begun => since,
            Some(_) | None => now,
        };
        self.stood = could_begin.then_some((begun, since));
        let stood = now.duration_since(since);
        if stood < STUCK_AFTER {
            return Ok(());
        }
        Err(format!("objects are ready and no pass began for {} seconds", stood.as_secs()))
    }
}

/// Answers for ever.
pub(super) async fn serve(door: Door, shared: Arc<Shared>) -> std::io::Result<()> {
    let Door { listener, log } = door;
    if let Ok(address) = listener.local_addr() {
        tracing::info!("probes and metrics are answered at http://{address}");
    }
    let told = Arc::new(Told { shared, log, turning: Mutex::default() });
    let router = Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/loglevel", put(log_level))
        .with_state(told);
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Whether the process can go on; if not, it should be started again.
async fn livez(State(told): State<Arc<Told>>, RawQuery(query): RawQuery) -> (StatusCode, String) {
    let depths = told.shared.queue.depths();
    let could_begin = depths.edit + depths.drift > 0 && depths.running < SLOTS.get();
    let mut turning = told.turning.lock().unwrap_or_else(PoisonError::into_inner);
    let queue = turning.look(told.shared.passes_begun(), could_begin, Instant::now());
    let ended = told.shared.health.abandoned();
    let tasks = if ended.is_empty() { Ok(()) } else { Err(format!("ended: {}", ended.join(", "))) };
    answer("livez", &Report(vec![("tasks".to_owned(), tasks), ("queue".to_owned(), queue)]), query.as_deref())
}

/// Whether the process can keep rooms now, or stands by to do so.
async fn readyz(State(told): State<Arc<Told>>, RawQuery(query): RawQuery) -> (StatusCode, String) {
    answer("readyz", &told.shared.health.report(), query.as_deref())
}

/// Changes what is logged.
async fn log_level(
    State(told): State<Arc<Told>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: String,
) -> (StatusCode, String) {
    if !is_here(peer.ip()) {
        return (StatusCode::FORBIDDEN, "only from the same machine: kubectl port-forward leads there\n".to_owned());
    }
    let asked = body.trim();
    match told.log.change(asked) {
        Ok(()) => {
            tracing::warn!(asked, "what is logged was changed");
            (StatusCode::OK, "ok\n".to_owned())
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
    }
}

fn is_here(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

/// What was counted, and what is to be seen now.
async fn metrics(State(told): State<Arc<Told>>, headers: HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let format = Format::accepted(accept);
    match told.shared.metrics.write(seen(&told.shared), format) {
        Ok(text) => ([(CONTENT_TYPE, format.media_type())], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Looks at everything that is not counted as it happens.
fn seen(shared: &Shared) -> Seen {
    let depths = shared.queue.depths();
    let is_leading = shared.leadership.is_held();
    let mut seen = Seen {
        configs: shared.objects.config_keys().into_iter().collect(),
        queue: [("edit", depths.edit), ("drift", depths.drift)],
        running: depths.running,
        headroom: shared.accounts.headroom(),
        is_leading,
        ..Seen::default()
    };
    for (name, verdict) in shared.health.report().0 {
        // Namespaces are left out: there may be many.
        let part = name.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        *seen.parts.entry(part).or_insert(true) &= verdict.is_ok();
    }
    if is_leading {
        count_objects(shared, &mut seen);
    }
    seen
}

fn count_objects(shared: &Shared, seen: &mut Seen) {
    for kind in [Kind::Room, Kind::MeetingRoom] {
        seen.drifted.insert(kind.as_str(), 0);
    }
    for object in shared.objects.all().into_iter().filter(|object| shared.keeps(object)) {
        let kind = object.key.kind.as_str();
        let (ready, reason) = readiness(&object);
        *seen.objects.entry((kind, ready, reason)).or_default() += 1;
        let drifted =
            |condition: &Condition| condition.type_ == condition::DRIFTED && condition.status == ConditionStatus::True;
        if object.status.conditions.iter().any(drifted) {
            *seen.drifted.entry(kind).or_default() += 1;
        }
    }
    for key in shared.objects.unreadable() {
        let reason = Reason::InvalidSpec.to_string().into();
        *seen.objects.entry((key.kind.as_str(), "False", reason)).or_default() += 1;
    }
}

/// Returns what `Ready` says. A status can be written by others, so only our own reasons count.
fn readiness(object: &Object) -> (&'static str, Cow<'static, str>) {
    let ready = object.status.conditions.iter().find(|condition| condition.type_ == condition::READY);
    let Some(ready) = ready else { return ("Unknown", condition::PENDING.into()) };
    let status = match ready.status {
        ConditionStatus::True => "True",
        ConditionStatus::False => "False",
        ConditionStatus::Unknown => "Unknown",
    };
    let is_ours = Reason::ALL.iter().any(|reason| reason.to_string() == ready.reason);
    (status, if is_ours { ready.reason.clone().into() } else { "other".into() })
}

/// Says `ok`, or what is wrong; with `?verbose` also what is not.
fn answer(probe: &str, report: &Report, query: Option<&str>) -> (StatusCode, String) {
    let is_verbose = query.is_some_and(|query| query.split('&').any(|part| matches!(part, "verbose" | "verbose=true")));
    match (report.is_well(), is_verbose) {
        (true, false) => (StatusCode::OK, "ok".to_owned()),
        (true, true) => (StatusCode::OK, format!("{}{probe} check passed\n", report.lines())),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}{probe} check failed\n", report.lines())),
        (false, false) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}{probe} check failed\n", report.failures())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_change_what_is_logged() {
        let rows =
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.7", false), ("fe80::1", false)];
        for (peer, is_let) in rows {
            assert_eq!(is_here(peer.parse().expect("an address")), is_let, "{peer}");
        }
    }

    #[test]
    fn the_queue_stands_still_only_if_a_pass_could_begin_and_none_did_for_long() {
        let start = Instant::now();
        let mut turning = Turning::default();
        let mut look = |minutes: u64, begun, could_begin| {
            turning.look(begun, could_begin, start + Duration::from_secs(60 * minutes)).is_ok()
        };
        assert!(look(0, 1, false));
        assert!(look(600, 1, true), "it rested for hours, and something has just become ready");
        assert!(look(614, 1, true));
        assert!(!look(615, 1, true));
        assert!(look(616, 2, true), "a pass began");
        assert!(look(630, 2, true));
        assert!(look(631, 2, false), "nothing is ready");
        assert!(look(632, 2, true));
    }
}
