//! What the operator tells over HTTP: `/livez` and `/readyz`. It only reads, and takes no request body.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::{SLOTS, Shared};
use crate::health::Report;

/// How long objects may be ready, and slots free, without a pass that begins. The longest pause that a vendor can ask for
/// is five minutes, and the slowest rate is a call a minute.
const STUCK_AFTER: Duration = Duration::from_secs(900);

/// What the answers are made from.
struct Told {
    shared: Arc<Shared>,
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
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> std::io::Result<()> {
    if let Ok(address) = listener.local_addr() {
        tracing::info!("probes are answered at http://{address}");
    }
    let told = Arc::new(Told { shared, turning: Mutex::default() });
    let router = Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).with_state(told);
    axum::serve(listener, router).await
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
