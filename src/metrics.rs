//! What the process counts and measures: the names, labels and buckets of all metrics. It decides nothing.
//!
//! Labels are bounded: no room, no object, no request and nothing secret is ever in one. What is counted as it happens is
//! kept here; what can be seen at any time is looked at when somebody asks, see [`Seen`].

mod text;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use roomkeeper_plan::ids::Account;
use roomkeeper_providers::{self as providers, Call};

use crate::reconcile;
use crate::source::ConfigKey;

pub use text::Format;

/// What every name begins with.
const PREFIX: &str = "roomkeeper";
/// The code of a call without an answer.
const NO_ANSWER: &str = "none";
/// Seconds: a vendor answers within tenths, and is given up after ten.
const CALL_BUCKETS: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Seconds: a pass is some calls, and perhaps a wait for its turn.
const PASS_BUCKETS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0];

/// The labels of one series, with their values.
type Labels = Vec<(&'static str, Cow<'static, str>)>;

/// What is counted as it happens. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    calls: BTreeMap<ConfigKey, BTreeMap<Labels, u64>>,
    call_durations: BTreeMap<Labels, Histogram>,
    passes: BTreeMap<Labels, u64>,
    pass_durations: BTreeMap<Labels, Histogram>,
}

/// How a call to a vendor ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// With success.
    Good,
    /// With this error.
    Bad(&'a providers::Error),
    /// Its pass was given up before an answer came.
    GivenUp,
}

/// What is seen at the moment when somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The configs that there are: calls of others are not told any more.
    pub configs: BTreeSet<ConfigKey>,
    /// Objects by kind, `Ready` and its reason.
    pub objects: BTreeMap<(&'static str, &'static str, Cow<'static, str>), u64>,
    /// Objects by kind whose vendor shows something else than the spec.
    pub drifted: BTreeMap<&'static str, u64>,
    /// Objects that are ready for a pass, by lane.
    pub queue: [(&'static str, usize); 2],
    /// Passes under way.
    pub running: usize,
    /// The part of its ceiling that each limit group of an account runs at.
    pub headroom: Vec<(Account, &'static str, f64)>,
    /// Whether this process acts.
    pub is_leading: bool,
    /// Each part of the process, and whether it is well.
    pub parts: BTreeMap<String, bool>,
}

impl Metrics {
    /// Counts a call to a vendor that has ended, and how long it took.
    pub fn called(&self, by: (&Account, &ConfigKey), call: Call, ending: Ending<'_>, took: Duration) {
        let (account, config) = by;
        let code = match ending {
            Ending::Good => "ok".into(),
            Ending::Bad(error) => match error.code() {
                Some(code) => code.documented().map_or("other".into(), Cow::from),
                None => NO_ANSWER.into(),
            },
            Ending::GivenUp => NO_ANSWER.into(),
        };
        let operation = ("operation", Cow::from(call.name()));
        let provider = ("provider", Cow::from(account.vendor().to_owned()));
        let labels = vec![provider.clone(), ("config", label(config).into()), operation.clone(), ("code", code)];
        let mut counts = self.counts();
        *counts.calls.entry(config.clone()).or_default().entry(labels).or_default() += 1;
        let durations = counts.call_durations.entry(vec![provider, operation]);
        durations.or_insert_with(|| Histogram::new(CALL_BUCKETS)).observe(took.as_secs_f64());
    }

    /// Counts a pass of an engine that has ended, and how long it took; absent: it came to its end.
    pub fn passed(&self, engine: &'static str, error: Option<&reconcile::Error>, took: Duration) {
        let outcome = match error {
            None => "settled",
            Some(reconcile::Error::Pass(_)) => "not_planned",
            Some(reconcile::Error::Claim(_)) => "not_claimed",
            Some(reconcile::Error::Step { .. }) => "step_failed",
            Some(reconcile::Error::Unsettled) => "unsettled",
            Some(reconcile::Error::Deadline) => "too_long",
            Some(reconcile::Error::Superseded) => "superseded",
        };
        let engine = ("engine", Cow::from(engine));
        let mut counts = self.counts();
        *counts.passes.entry(vec![engine.clone(), ("outcome", outcome.into())]).or_default() += 1;
        let durations = counts.pass_durations.entry(vec![engine]);
        durations.or_insert_with(|| Histogram::new(PASS_BUCKETS)).observe(took.as_secs_f64());
    }

    /// Writes everything down.
    ///
    /// # Errors
    /// A value that has no form in the format, which is a mistake of ours.
    pub fn write(&self, seen: Seen, format: Format) -> Result<String, std::fmt::Error> {
        self.counts().calls.retain(|config, _| seen.configs.contains(config));
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register_collector(Box::new(Scrape { metrics: self.clone(), seen }));
        format.write(&registry)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All metrics, as of one moment.
#[derive(Debug)]
struct Scrape {
    metrics: Metrics,
    seen: Seen,
}

impl Collector for Scrape {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> std::fmt::Result {
        let counts = self.metrics.counts();
        let calls = counts.calls.values().flatten();
        counters(&mut to, "vendor_calls", "Calls to vendors that have ended, by the vendor's code", calls)?;
        let help = "How long calls to vendors took";
        histograms(&mut to, "vendor_call_duration_seconds", help, &counts.call_durations)?;
        counters(&mut to, "passes", "Passes over objects that have ended", &counts.passes)?;
        let help = "How long passes over objects took, waits for their turn included";
        histograms(&mut to, "pass_duration_seconds", help, &counts.pass_durations)?;
        drop(counts);
        self.seen.encode(&mut to)
    }
}

impl Seen {
    fn encode(&self, to: &mut DescriptorEncoder<'_>) -> std::fmt::Result {
        let objects = self.objects.iter().map(|((kind, ready, reason), count)| {
            (vec![("kind", Cow::from(*kind)), ("ready", (*ready).into()), ("reason", reason.clone())], *count as f64)
        });
        gauges(to, "objects", "Objects by their condition Ready; told by the process that acts", objects)?;
        let drifted = self.drifted.iter().map(|(kind, count)| (vec![("kind", Cow::from(*kind))], *count as f64));
        let help = "Objects whose vendor shows something else than the spec; told by the process that acts";
        gauges(to, "drifted_objects", help, drifted)?;
        let queue = self.queue.iter().map(|(lane, length)| (vec![("lane", Cow::from(*lane))], *length as f64));
        gauges(to, "queue_length", "Objects that are ready for a pass", queue)?;
        gauges(to, "passes_running", "Passes under way", [(Vec::new(), self.running as f64)])?;
        let headroom = self.headroom.iter().map(|(account, group, headroom)| {
            (vec![("account", Cow::from(account.as_str().to_owned())), ("group", (*group).into())], *headroom)
        });
        let help = "Part of its own ceiling that a limit group runs at: below 1 the vendor has throttled it lately";
        gauges(to, "limiter_headroom", help, headroom)?;
        let help = "Whether this process acts; it stands by otherwise";
        gauges(to, "leader", help, [(Vec::new(), f64::from(u8::from(self.is_leading)))])?;
        let parts = self
            .parts
            .iter()
            .map(|(part, is_well)| (vec![("part", Cow::from(part.clone()))], f64::from(u8::from(*is_well))));
        gauges(to, "part_healthy", "Whether a part of the process is well, see /readyz", parts)?;
        let version = vec![("version", Cow::from(env!("CARGO_PKG_VERSION")))];
        gauges(to, "build_info", "The version of the program; always 1", [(version, 1.0)])
    }
}

/// Returns the label of a config: its namespace and name, or for one of the cluster its name.
fn label(config: &ConfigKey) -> String {
    match config {
        ConfigKey::Namespaced(name) => name.to_string(),
        ConfigKey::Cluster(name) => name.clone(),
    }
}

fn counters<'a>(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: impl IntoIterator<Item = (&'a Labels, &'a u64)>,
) -> std::fmt::Result {
    let mut family = to.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, count) in rows {
        ConstCounter::new(*count).encode(of(&mut family, labels)?)?;
    }
    Ok(())
}

fn histograms(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: &BTreeMap<Labels, Histogram>,
) -> std::fmt::Result {
    let mut family = to.encode_descriptor(name, help, None, MetricType::Histogram)?;
    for (labels, histogram) in rows {
        histogram.encode(of(&mut family, labels)?)?;
    }
    Ok(())
}

fn gauges(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: impl IntoIterator<Item = (Labels, f64)>,
) -> std::fmt::Result {
    let mut family = to.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (labels, value) in rows {
        if labels.is_empty() {
            family.encode_gauge(&value)?;
        } else {
            of(&mut family, &labels)?.encode_gauge(&value)?;
        }
    }
    Ok(())
}

fn of<'a>(family: &'a mut MetricEncoder<'_>, labels: &'a Labels) -> Result<MetricEncoder<'a>, std::fmt::Error> {
    family.encode_family(labels)
}
