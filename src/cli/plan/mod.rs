//! `roomkeeper plan`: the controller's own pass over files, up to the plan and not a step further.

mod markdown;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use roomkeeper_plan::ids::Timestamp;

use super::cluster::Reach;
use super::hint::Hint as _;
use super::terminal;
use crate::accounts::Accounts;
use crate::leadership::Leadership;
use crate::metrics::Metrics;
use crate::preview::look::{self, Looking};
use crate::preview::{Outcome, Preview};
use crate::source::files::documents::{self, Depth, Document};
use crate::source::files::live::Live;
use crate::source::files::{self, Files, Inputs};

/// Exit code for a plan with something to do.
const CHANGES: u8 = 2;

/// Flags of `roomkeeper plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  roomkeeper plan -f rooms/
  roomkeeper plan -f rooms/ -R --base origin/main
  roomkeeper plan -f rooms/ --offline

The first shows what the operator would do about these files, the second also
what becomes of files that are gone, and the last only whether the files are
good: no vendor is asked.

Exit codes: 0 nothing to do, 2 something to do, 1 an error.
Accounts and Secrets come from manifests in the same files, from the cluster with --cluster, or from variables such as \
ROOMKEEPER_SECRET_TENCENT_SECRETKEY (name and key of the Secret).")]
pub(super) struct Options {
    /// File, folder, or - for standard input. Can be given several times.
    #[arg(short, long, required = true, value_name = "FILE|DIR|-")]
    filename: Vec<PathBuf>,

    /// Read the folders in a folder too.
    #[arg(short = 'R', long)]
    recursive: bool,

    /// What was there before: a folder or file, or else a revision of Git, in which the same paths are read. What is not
    /// in the files any more is planned as a deletion.
    #[arg(long, value_name = "DIR|REV")]
    base: Option<String>,

    /// Ask no vendor and read no Secret: check the manifests as the API server would, the vendors' limits, and that no two
    /// objects name one room.
    #[arg(long)]
    offline: bool,

    /// Take from the cluster what the files do not have: ProviderConfigs, Secrets, whose each room is, and other objects
    /// that name the same rooms.
    #[arg(long)]
    cluster: bool,

    #[command(flatten)]
    reach: Reach,

    /// Namespaces that the operator keeps, separated by commas: with --cluster, objects of others are nobody's rivals.
    /// Absent: all, or those of the files for whoever may not list all.
    #[arg(long, env = "ROOMKEEPER_WATCH_NAMESPACES", value_name = "NAMESPACES", value_delimiter = ',')]
    watch_namespaces: Vec<String>,

    /// Take each room that is there already for its object's own, as it is after the operator made it.
    /// Without it a manifest owns only what its claim annotation, --base or --cluster say.
    #[arg(long)]
    assume_owned: bool,

    /// How it is printed: for people, for programs (docs/schemas/plan.json), or for the comment of a pull request.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,

    /// Namespace with the Secrets of ClusterProviderConfigs.
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE", default_value = super::OPERATOR_NAMESPACE)]
    operator_namespace: String,

    /// Hosts that a ProviderConfig may name as endpoint, each `host` or `host:port`, separated by commas.
    #[arg(long, env = "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    allowed_endpoint_hosts: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Text,
    Json,
    Markdown,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = Timestamp(k8s_openapi::jiff::Timestamp::now().as_second());
    let base_known = options.base.is_some();
    let files = Files::of(options.inputs().await?, now)?;
    if files.subjects.is_empty() && files.refused.is_empty() && !base_known {
        let named: Vec<String> = options.filename.iter().map(|path| path.display().to_string()).collect();
        let none = anyhow::anyhow!("no Room or MeetingRoom was found in {}", named.join(", "));
        return Err(none).hint(
            "kinds of others are passed over: name files whose apiVersion is roomkeeper.dev/v1alpha1; folders in a folder \
             are read with -R",
        );
    }
    // It changes nothing, so it may look beside whoever acts.
    let hosts = options.allowed_endpoint_hosts.iter().cloned().collect();
    let accounts = Accounts::new(hosts, Leadership::unrivalled(), Metrics::default());
    let looking = if options.offline { Looking::Offline } else { Looking::AtVendors };
    let bar = terminal::progress("Looking", files.subjects.len());
    let preview = look::preview(&files, &accounts, looking, base_known, now, || bar.inc(1)).await;
    bar.finish_and_clear();
    accounts.log_out().await;
    print(&preview, options.output)?;
    Ok(match preview.outcome() {
        Outcome::Nothing => ExitCode::SUCCESS,
        Outcome::Changes => ExitCode::from(CHANGES),
        Outcome::Error => ExitCode::FAILURE,
    })
}

impl Options {
    async fn inputs(&self) -> anyhow::Result<Inputs> {
        let depth = if self.recursive { Depth::Tree } else { Depth::Folder };
        let base = match &self.base {
            Some(base) => Some(documents::read_base(base, &self.filename, depth)?),
            None => None,
        };
        let is_gone = |path: &&PathBuf| base.is_some() && path.as_os_str() != "-" && !path.exists();
        // A commit may remove a folder with all that is in it.
        let there: Vec<PathBuf> = self.filename.iter().filter(|path| !is_gone(path)).cloned().collect();
        if let Some(nowhere) = self.filename.iter().find(is_gone).filter(|_| base.as_ref().is_some_and(Vec::is_empty)) {
            let nowhere = anyhow::anyhow!("{} is neither there now nor in the base", nowhere.display());
            return Err(nowhere).hint("check the path; it counts from the folder that you are in");
        }
        let documents = documents::read(&there, depth)?;
        let live = match self.cluster {
            true => Some(self.live(documents.iter().chain(base.iter().flatten())).await?),
            false => None,
        };
        let operator_namespace = self.operator_namespace.clone();
        Ok(Inputs { documents, base, live, operator_namespace, assume_owned: self.assume_owned })
    }

    async fn live(&self, documents: impl Iterator<Item = &Document>) -> anyhow::Result<Live> {
        let client = self.reach.client().await?;
        Ok(Live::read(client, &self.watch_namespaces, &files::namespaces(documents)).await?)
    }
}

fn print(preview: &Preview, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Text => anstream::print!("{}", text::of(preview)),
        Output::Json => anstream::println!("{}", serde_json::to_string_pretty(preview)?),
        Output::Markdown => anstream::print!("{}", markdown::of(preview)),
    }
    Ok(())
}
