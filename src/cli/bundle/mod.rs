//! `roomkeeper bundle`: what support needs to know, in an archive without secrets.
//!
//! It changes nothing in the cluster and reads vendors as doctor does. Everything that is packed goes through one filter.

mod archive;
mod clean;
mod contents;
mod filter;
mod pods;
mod readme;
mod secrets;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;

use super::cluster as way;
use super::doctor::{self, Look, Scene};
use super::terminal::{self, WARN, paint};
use archive::File;
use contents::Contents;
use filter::Filter;

/// Parts that are gathered one after the other.
const PARTS: usize = 8;

/// Flags of `roomkeeper bundle`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  roomkeeper bundle -n events -o ticket.tar.gz

Read README.txt in it before you send it: it lists what is in the archive, what is not, and which personal data is.")]
pub(super) struct Options {
    #[command(flatten)]
    look: Look,

    /// File to write, which must not be there yet, or - for standard output.
    /// Absent: roomkeeper-bundle-TIME.tar.gz in this folder.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let now = Timestamp::now();
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let folder = format!("roomkeeper-bundle-{time}");
    let output = options.output.clone().unwrap_or_else(|| PathBuf::from(format!("{folder}.tar.gz")));
    let is_standard = output == Path::new("-");
    if !is_standard {
        archive::refuse_existing(&output)?;
    }
    let (files, unread) = gather(&options.look, &time).await?;
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    if is_standard {
        archive::write(io::stdout().lock(), &folder, &files, seconds).context("standard output cannot be written")?;
    } else {
        archive::write_to(&output, &folder, &files, seconds)?;
        anstream::println!("{}: read README.txt in it before you send it", output.display());
    }
    if unread > 0 {
        let warning = paint(WARN, format!("{unread} Secrets could not be read, so their values were not looked for"));
        anstream::eprintln!("{warning}: read everything before you send it");
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the files, and how many Secrets could not be read.
async fn gather(look: &Look, time: &str) -> anyhow::Result<(Vec<File>, usize)> {
    let config = look.reach.config().await?;
    let address = config.cluster_url.to_string();
    let client = way::client(config)?;
    let (reachable, server) = doctor::reach(&client, address.trim_end_matches('/')).await;
    let server = server.with_context(|| format!("{}: {}", reachable.name(), reachable.found()))?;
    let bar = terminal::progress("packing", PARTS);
    let scene = Scene::read(client, look).await;
    let known = secrets::read(&scene).await;
    let filter = Filter::new(&known.values).context("the Secrets have too many values to look for")?;
    let mut contents = Contents::new(&filter);
    bar.inc(1);
    let mut checks = vec![reachable];
    checks.extend(doctor::examine(&scene).await);
    contents.doctor(&checks);
    bar.inc(1);
    contents.versions(&server, time);
    contents.document("secrets.yaml", "the Secrets that are named, without their values", &known.listed);
    contents.definitions(&scene).await;
    bar.inc(1);
    contents.objects(&scene).await;
    bar.inc(1);
    contents.events(&scene).await;
    bar.inc(1);
    contents.guards(&scene).await;
    bar.inc(1);
    contents.operator(&scene).await;
    bar.inc(1);
    pods::add(&mut contents, &scene).await;
    bar.inc(1);
    let page = filter.text(&readme::write(time, &contents.files, &contents.notes, &known.unread));
    let Contents { mut files, .. } = contents;
    files.insert(0, File { path: "README.txt".to_owned(), what: "this page", bytes: page.into_bytes() });
    bar.finish_and_clear();
    Ok((files, known.unread.len()))
}
