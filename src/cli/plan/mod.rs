//! `roomkeeper plan`: the controller's own pass over files, up to the plan and not a step further.

mod markdown;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use roomkeeper_plan::ids::Timestamp;

use super::hint::Hint as _;
use super::opening::Opening;
use super::terminal;
use crate::preview::look::{self, Looking};
use crate::preview::{Outcome, Preview};
use crate::source::files::{Files, Inputs};

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
    #[command(flatten)]
    opening: Opening,

    /// What was there before: a folder or file, or else a revision of Git, in which the same paths are read. What is not
    /// in the files any more is planned as a deletion.
    #[arg(long, value_name = "DIR|REV")]
    base: Option<String>,

    /// Ask no vendor and read no Secret: check the manifests as the API server would, the vendors' limits, and that no two
    /// objects name one room.
    #[arg(long)]
    offline: bool,

    /// Take each room that is there already for its object's own, as it is after the operator made it.
    /// Without it a manifest owns only what its claim annotation, --base or --cluster say.
    #[arg(long)]
    assume_owned: bool,

    /// How it is printed: for people, for programs (docs/schemas/plan.json), or for the comment of a pull request.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Text,
    Json,
    Markdown,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let now = Timestamp(k8s_openapi::jiff::Timestamp::now().as_second());
    let base_known = options.base.is_some();
    let inputs = options.opening.inputs(options.base.as_deref(), &[]).await?;
    let files = Files::of(Inputs { assume_owned: options.assume_owned, ..inputs }, now)?;
    if files.subjects.is_empty() && files.refused.is_empty() && !base_known {
        return Err(nothing(&options.opening.filename)).hint(
            "kinds of others are passed over: name files whose apiVersion is roomkeeper.dev/v1alpha1; folders in a folder \
             are read with -R",
        );
    }
    let accounts = options.opening.accounts();
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

fn nothing(paths: &[PathBuf]) -> anyhow::Error {
    let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    match named.as_slice() {
        [] => anyhow::anyhow!("no files are named: a plan is about manifests, which -f names"),
        named => anyhow::anyhow!("no Room or MeetingRoom was found in {}", named.join(", ")),
    }
}

fn print(preview: &Preview, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Text => terminal::print(&text::of(preview)),
        Output::Json => anstream::println!("{}", serde_json::to_string_pretty(preview)?),
        Output::Markdown => anstream::print!("{}", markdown::of(preview)),
    }
    Ok(())
}
