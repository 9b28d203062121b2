//! `roomkeeper import`: rooms that exist at a vendor, as manifests. It only looks.

mod manifest;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use roomkeeper_plan::ids::Timestamp;

use super::opening::Opening;
use super::terminal;
use crate::accounts::{self, Accounts};
use crate::api::{ProviderConfigKind, ProviderConfigRef};
use crate::engines::huawei_meeting::HuaweiMeeting;
use crate::engines::huawei_rtc::HuaweiRtc;
use crate::engines::import::{Asked, Draft, Found, Import, Problem, Step};
use crate::engines::tencent_live::TencentLive;
use crate::engines::tencent_room::TencentRoom;
use crate::engines::{Engine, Served, same_vendor};
use crate::source::files::documents::{self, Depth};
use crate::source::files::{Files, typed};
use crate::source::{Missing, Source};
use manifest::{Management, Manifest, Passwords, Whence};

/// Flags of `roomkeeper import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  roomkeeper import -f account/ --config tencent --engine tencentRoom my-room
  roomkeeper import -f account/ --config rtc --engine huaweiRtc --app 5ff9701f23
  roomkeeper import --cluster --config meeting --engine huaweiMeeting --adopt

The manifests go to standard output, one for each room; errors and notes go to
standard error. Nothing is changed at the vendor. The objects only watch, unless
--adopt is given. A plan (roomkeeper plan -f) over the account and the manifests
has nothing to do. A password is never shown: its field is a comment that names
a Secret, unless --passwords is given.

Exit codes: 0 each room was written, 1 an error, or a room that was asked for
was not written.
Accounts and Secrets come from manifests in the same files, from the cluster
with --cluster, or for Secrets from variables such as
ROOMKEEPER_SECRET_TENCENT_SECRETKEY.")]
pub(super) struct Options {
    /// Name of the ProviderConfig that opens the account.
    #[arg(long, value_name = "NAME")]
    config: String,

    /// It is a ClusterProviderConfig.
    #[arg(long)]
    cluster_config: bool,

    /// Namespace of the objects, and of the ProviderConfig.
    #[arg(short, long, default_value = typed::DEFAULT_NAMESPACE)]
    namespace: String,

    /// What kind of rooms.
    #[arg(long, value_parser = engine())]
    engine: Served,

    /// The app whose rooms are meant; for huaweiRtc.
    #[arg(long, value_name = "APP_ID")]
    app: Option<String>,

    /// Ids of the rooms, for huaweiMeeting also meeting numbers; behind -- if one begins with a dash. Absent: all that the
    /// vendor lists: for huaweiMeeting every cloud meeting room of the enterprise, for huaweiRtc every room that runs.
    /// Tencent has no list.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// File with more ids, one in a line, or - for standard input. Spaces around an id do not count.
    #[arg(long, value_name = "FILE|-")]
    ids_from: Option<PathBuf>,

    /// User id whose personal meeting ID is meant; for huaweiMeeting. It can be given several times. Without ids only
    /// these are written.
    #[arg(long, value_name = "USER")]
    personal: Vec<String>,

    /// Write objects that take the rooms over: with every verb of the engine, Adopt among them.
    #[arg(long)]
    adopt: bool,

    /// Write the references to the Secrets of passwords as fields and not as comments. The Secrets have to be there before
    /// the manifests are planned or applied.
    #[arg(long)]
    passwords: bool,

    #[command(flatten)]
    opening: Opening,
}

/// Parses the name of an engine.
fn engine() -> impl TypedValueParser<Value = Served> {
    let names = Served::ALL.map(Served::field);
    PossibleValuesParser::new(names).map(|name| {
        let named = Served::ALL.into_iter().find(|engine| engine.field() == name);
        named.expect("the parser takes nothing but these names")
    })
}

/// Looks at the rooms and prints their manifests.
pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let asked = asked(options)?;
    let inputs = options.opening.inputs(None, &[&options.namespace]).await?;
    let source = Files::of(inputs, Timestamp(0))?;
    let accounts = options.opening.accounts();
    let done = import(options, &asked, &source, &accounts).await;
    accounts.log_out().await;
    let Outcome { written, notes, problems } = done?;
    // It is for a file or a pipe, and has no colours to be dropped.
    std::io::stdout().write_all(written.as_bytes()).context("the manifests could not be written to standard output")?;
    let width = terminal::width_of_errors();
    for note in &notes {
        anstream::eprint!("{}", terminal::tagged(terminal::BOLD, "note", &note.to_string(), width));
    }
    for problem in &problems {
        anstream::eprint!("{}", terminal::tagged(terminal::BAD, "error", &problem.to_string(), width));
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What became of the rooms.
#[derive(Debug, Default)]
struct Outcome {
    written: String,
    /// Rooms that nobody asked for by name, and that are only comments.
    notes: Vec<Problem>,
    problems: Vec<Problem>,
}

async fn import(
    options: &Options,
    asked: &Asked,
    source: &impl Source,
    accounts: &Accounts,
) -> anyhow::Result<Outcome> {
    match options.engine {
        Served::TencentRoom => of_engine::<TencentRoom>(options, asked, source, accounts).await,
        Served::TencentLive => of_engine::<TencentLive>(options, asked, source, accounts).await,
        Served::HuaweiRtc => of_engine::<HuaweiRtc>(options, asked, source, accounts).await,
        Served::HuaweiMeeting => of_engine::<HuaweiMeeting>(options, asked, source, accounts).await,
    }
}

async fn of_engine<E: Import>(
    options: &Options,
    asked: &Asked,
    source: &impl Source,
    accounts: &Accounts,
) -> anyhow::Result<Outcome> {
    let kind = match options.cluster_config {
        true => ProviderConfigKind::ClusterProviderConfig,
        false => ProviderConfigKind::ProviderConfig,
    };
    let reference = ProviderConfigRef { kind, name: options.config.clone() };
    let config = source.config(&options.namespace, &reference).map_err(|missing| match missing {
        Missing::Config(key) => anyhow::anyhow!(
            "there is no {key}: correct --config, -n for its namespace, or --cluster-config for one of the whole cluster"
        ),
        other @ (Missing::NotAllowed { .. }
        | Missing::Secret(_)
        | Missing::SecretKey { .. }
        | Missing::Unreadable { .. }) => other.into(),
    })?;
    // Their words have their cause in them.
    let said = |error: accounts::Error| anyhow::anyhow!("{error}");
    let account = Accounts::account(&config).map_err(said)?;
    same_vendor::<E>(&account).map_err(|invalid| anyhow::anyhow!("--config={} {}", options.config, invalid.why))?;
    let session = accounts.open(&config, source).await.map_err(said)?;
    let bar = terminal::progress("Looking", 0);
    let progress = |step| match step {
        Step::Ahead(steps) => bar.inc_length(steps.try_into().unwrap_or(u64::MAX)),
        Step::Done => bar.inc(1),
    };
    let found = E::rooms(&session, asked, &progress).await;
    bar.finish_and_clear();
    let found = found.with_context(|| format!("the rooms of {account} could not be read"))?;
    if found.is_empty() {
        bail!("{}", none::<E>(options, account.as_str()));
    }
    let management = if options.adopt { Management::Adopt } else { Management::Watch };
    let passwords = if options.passwords { Passwords::Referenced } else { Passwords::Commented };
    let whence = Whence { account, config: config.key, reference, namespace: options.namespace.clone() };
    let terms = manifest::Terms { whence, management, passwords };
    Ok(outcome::<E>(found, asked, &terms))
}

/// Writes the manifests, and sorts out what cannot be written.
fn outcome<E: Import>(found: Vec<Found>, asked: &Asked, terms: &manifest::Terms) -> Outcome {
    let mut outcome = Outcome::default();
    let mut names = BTreeSet::new();
    let is_asked_for = !asked.ids.is_empty() || !asked.personal.is_empty();
    for found in found {
        let written = found.and_then(|draft| {
            if !names.insert(draft.object.clone()) {
                return Err(named_twice(draft));
            }
            manifest::of::<E>(draft, terms)
        });
        match written {
            Ok(Manifest { text, room, unfit }) => {
                outcome.written.push_str(&text);
                let only_a_comment =
                    unfit.map(|why| Problem { room, why: format!("is written as a comment, because {why}") });
                let told = if is_asked_for { &mut outcome.problems } else { &mut outcome.notes };
                told.extend(only_a_comment);
            }
            Err(problem) => outcome.problems.push(problem),
        }
    }
    outcome
}

fn named_twice(draft: Draft) -> Problem {
    let why = format!(
        "another room here has the object {} already: they are one room under two names, or import this one by itself and \
         rename its object",
        draft.object
    );
    Problem { room: draft.room, why }
}

/// Says that the vendor lists no room.
fn none<E: Engine>(options: &Options, account: &str) -> String {
    match &options.app {
        Some(app) => format!(
            "no room runs in the app {app} of {account}: people make rooms by joining, so import while they are in"
        ),
        None => format!("{account} shows no room for {}: compare the account with the vendor's console", E::FIELD),
    }
}

/// Gathers which rooms are asked for, each once.
fn asked(options: &Options) -> anyhow::Result<Asked> {
    let mut ids = options.ids.clone();
    if let Some(path) = &options.ids_from {
        if path == Path::new("-") && options.opening.filename.iter().any(|path| path == Path::new("-")) {
            bail!("-f and --ids-from cannot both read the standard input");
        }
        for (_, text) in documents::texts(path, Depth::Folder)? {
            ids.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        }
        if ids.is_empty() {
            bail!("--ids-from={} has no ids", path.display());
        }
    }
    let field = options.engine.field();
    match (options.engine, &options.app) {
        (Served::HuaweiRtc, None) => bail!("--engine={field} needs --app: the app whose rooms are meant"),
        (Served::TencentRoom | Served::TencentLive | Served::HuaweiMeeting, Some(_)) => {
            bail!("--engine={field} has no --app: the ProviderConfig says which app it is")
        }
        (Served::TencentRoom | Served::TencentLive, None) if ids.is_empty() => {
            bail!("--engine={field} needs ids of rooms, as arguments or by --ids-from: Tencent has no list of them")
        }
        (_, _) => {}
    }
    if options.engine != Served::HuaweiMeeting && !options.personal.is_empty() {
        bail!("--engine={field} has no personal meeting IDs: leave --personal out");
    }
    Ok(Asked { ids: once(ids), app: options.app.clone().unwrap_or_default(), personal: once(options.personal.clone()) })
}

fn once(mut texts: Vec<String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    texts.retain(|text| known.insert(text.clone()));
    texts
}
