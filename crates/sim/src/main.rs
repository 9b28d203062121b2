//! The simulator as a program: reads a seed file, serves until it is told to stop, says where it listens.
//! Everything that it can do is in the library; only the command line is here.

use std::io::{IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use roomkeeper_sim::{Options, Simulator, Tls, World};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Serves the vendors' room services on this machine, with made-up rooms.
///
/// Point Roomkeeper, or curl, at the printed URLs. The control port shows and changes everything behind the
/// services: people enter and leave, rooms change, requests fail, time moves. `GET /` there lists what it can do.
/// Each request is one line on the standard error.
#[derive(Debug, Parser)]
#[command(name = "roomkeeper-sim", version)]
struct Arguments {
    /// YAML file with the apps, accounts and rooms to start with; without it the world is empty.
    #[arg(long, value_name = "FILE", env = "ROOMKEEPER_SIM_SEED")]
    seed: Option<PathBuf>,

    /// Address to listen on. The control port has no password: keep it on this machine.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,

    /// Port of the room services over HTTP; 0 picks a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8100)]
    port: u16,

    /// Port of the control API; 0 picks a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8101)]
    control_port: u16,

    /// Port of the room services over HTTPS; 0 picks a free one; without it there is no HTTPS.
    #[arg(long, value_name = "PORT")]
    tls_port: Option<u16>,

    /// Further name or address that the HTTPS certificate is for; may be given several times.
    #[arg(long, value_name = "NAME", requires = "tls_port")]
    tls_name: Vec<String>,

    /// File to write the certificate authority to, for callers over HTTPS. It is new at each start.
    #[arg(long, value_name = "FILE", requires = "tls_port")]
    tls_ca_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
    let arguments = Arguments::parse();
    let world = match &arguments.seed {
        None => World::default(),
        Some(file) => read_seed(file)?,
    };
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let simulator = Simulator::start(Options {
        world,
        address: arguments.address,
        port: arguments.port,
        control_port: arguments.control_port,
        tls: arguments.tls_port.map(|port| Tls { port, names: arguments.tls_name.clone() }),
    })
    .await?;
    if let (Some(file), Some(ca_pem)) = (&arguments.tls_ca_file, simulator.ca_pem()) {
        std::fs::write(file, ca_pem).with_context(|| format!("cannot write {}", file.display()))?;
    }
    announce(&simulator).context("cannot write to the standard output")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for an interrupt")?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn read_seed(file: &Path) -> anyhow::Result<World> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the seed file {}", file.display()))?;
    World::from_yaml(&text).with_context(|| format!("the seed file {} does not fit", file.display()))
}

/// One line for each URL, so that a script can read them.
fn announce(simulator: &Simulator) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "room services: {}", simulator.url())?;
    if let Some(url) = simulator.https_url() {
        writeln!(out, "room services: {url}")?;
    }
    writeln!(out, "control port: {}", simulator.control_url())?;
    out.flush()
}
