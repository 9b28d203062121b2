//! `roomkeeper plan`: the controller's own pass over files, up to the plan and not a step further.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::ids::{ExternalId, Timestamp};
use roomkeeper_plan::{Left, Plan, verdict};

use crate::accounts::{Accounts, Turn};
use crate::engines::huawei_meeting::HuaweiMeeting;
use crate::engines::huawei_rtc::HuaweiRtc;
use crate::engines::tencent_live::TencentLive;
use crate::engines::tencent_room::TencentRoom;
use crate::engines::{Engine, Served};
use crate::execute::Progress;
use crate::leadership::Leadership;
use crate::metrics::Metrics;
use crate::object::Object;
use crate::pass::{self, Start};
use crate::reconcile;
use crate::report;
use crate::source::files::Files;

/// Exit code for a plan with something to do.
const CHANGES: u8 = 2;

/// Flags of `roomkeeper plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  roomkeeper plan -f examples/tencent-room/

Exit codes: 0 nothing to do, 2 something to do, 1 an error.
Secrets come from Secret manifests in the same files or from variables such as ROOMKEEPER_SECRET_TENCENT_SECRETKEY.
Deletions are not shown: a file that is gone is not there to be read.")]
pub(super) struct Options {
    /// File, folder, or - for standard input.
    #[arg(short, long, value_name = "FILE|DIR|-")]
    filename: PathBuf,

    /// Assume that a room which is there already belongs to its object, as it does after the operator made it.
    /// Without it a manifest owns only what its claim annotation says.
    #[arg(long)]
    assume_owned: bool,

    /// Namespace with the Secrets of ClusterProviderConfigs.
    #[arg(long, env = "POD_NAMESPACE", default_value = super::OPERATOR_NAMESPACE)]
    operator_namespace: String,

    /// Hosts that a ProviderConfig may name as endpoint, each `host` or `host:port`, separated by commas.
    #[arg(long, env = "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", value_delimiter = ',')]
    allowed_endpoint_hosts: Vec<String>,
}

/// How one object's plan came out; the worst of all is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Nothing,
    Changes,
    Error,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let files = Files::read(&options.filename, &options.operator_namespace)?;
    // It changes nothing, so it may look beside whoever acts.
    let accounts = Accounts::new(
        options.allowed_endpoint_hosts.iter().cloned().collect(),
        Leadership::unrivalled(),
        Metrics::default(),
    );
    let mut worst = Outcome::Nothing;
    for object in &files.objects {
        let (text, outcome) = match Served::of(object) {
            Served::TencentRoom => one::<TencentRoom>(object, &files, &accounts, options).await,
            Served::TencentLive => one::<TencentLive>(object, &files, &accounts, options).await,
            Served::HuaweiRtc => one::<HuaweiRtc>(object, &files, &accounts, options).await,
            Served::HuaweiMeeting => one::<HuaweiMeeting>(object, &files, &accounts, options).await,
        };
        print!("{text}");
        worst = worst.max(outcome);
    }
    accounts.log_out().await;
    Ok(match worst {
        Outcome::Nothing => ExitCode::SUCCESS,
        Outcome::Changes => ExitCode::from(CHANGES),
        Outcome::Error => ExitCode::FAILURE,
    })
}

async fn one<E: Engine>(object: &Object, files: &Files, accounts: &Accounts, options: &Options) -> (String, Outcome) {
    let mut text = format!("{}\n", object.key);
    let planned = planned::<E>(object, files, accounts, options, &mut text).await;
    let outcome = planned.unwrap_or_else(|error| {
        let error = reconcile::Error::Pass(error);
        let report = report::of::<E>(object, &Err(error), Progress { done: Vec::new(), ours: None, failed: None });
        line(&mut text, format!("error: {}: {}", report.verdict.reason, report.verdict.message));
        if let Some(failure) = report.failure.filter(|failure| !failure.message.is_empty()) {
            line(&mut text, format!("the vendor says: {}", failure.message));
        }
        Outcome::Error
    });
    text.push('\n');
    (text, outcome)
}

async fn planned<E: Engine>(
    object: &Object,
    files: &Files,
    accounts: &Accounts,
    options: &Options,
    text: &mut String,
) -> Result<Outcome, pass::Error> {
    let mut open = match pass::start::<E>(object, accounts, files, Turn::default()).await? {
        Start::Decided(decided) => {
            let verdict = verdict::of(&decided.wanted, None::<&roomkeeper_plan::Sight<E::Observed>>, &decided.plan);
            line(text, format!("{}: {}", verdict.reason, verdict.message));
            return Ok(worst(&decided.plan));
        }
        Start::Open(open) => open,
    };
    if options.assume_owned {
        open.assume_owned();
    }
    let named = open.room.clone();
    place(text, named.as_ref(), &open.memory.ownership);
    let look = open.look(object, files, Timestamp(k8s_openapi::jiff::Timestamp::now().as_second())).await?;
    // Where the spec names the room by something else than its id, only the look has told.
    place(text, open.room.as_ref().filter(|_| named.is_none()), &open.memory.ownership);
    for (number, step) in look.plan.steps.iter().enumerate() {
        line(text, format!("{}. {}", number + 1, step.action));
        for change in &step.because {
            line(text, format!("     {}: {} -> {}", change.field, change.seen, change.wanted));
        }
    }
    if look.plan.steps.is_empty() || !look.plan.left.is_empty() {
        let verdict = verdict::of(&open.wanted, Some(&look.sight), &look.plan);
        line(text, format!("{}: {}", verdict.reason, verdict.message));
        for change in look.plan.left.iter().flat_map(Left::changes) {
            line(text, format!("     {}: {} -> {}", change.field, change.seen, change.wanted));
        }
    }
    Ok(worst(&look.plan))
}

/// Says which room it is, and whose it is taken to be.
fn place(text: &mut String, room: Option<&ExternalId>, taken: &Ownership) {
    if let Some(room) = room {
        line(text, format!("room {room} ({})", ownership(taken)));
    }
}

fn ownership(ownership: &Ownership) -> &'static str {
    match ownership {
        Ownership::Confirmed => "taken as this object's",
        Ownership::Intended => "claimed by this object, not seen yet",
        Ownership::Unclaimed => "not claimed by this object",
        Ownership::OtherAccount(_) => "claimed in another account",
    }
}

/// A plan that waits for a person is an error of the manifests; one that waits for the vendor is not.
fn worst<A>(plan: &Plan<A>) -> Outcome {
    let blocked = plan.left.iter().any(|left| matches!(left, Left::Blocked { .. }));
    match (blocked, plan.steps.is_empty()) {
        (true, _) => Outcome::Error,
        (false, false) => Outcome::Changes,
        (false, true) => Outcome::Nothing,
    }
}

fn line(text: &mut String, line: String) {
    writeln!(text, "  {line}").expect("a String takes every write");
}
