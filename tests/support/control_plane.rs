//! A real kube-apiserver, etcd and kube-controller-manager for the tests, run by the supervisor in `controlplane/`.
//!
//! It starts, asks and breaks the control plane; it must not install or know anything of Roomkeeper.

mod audit;
mod error;
mod supervisor;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) use audit::AuditEvent;
pub(crate) use error::ControlPlaneError;
use supervisor::{Announcement, Supervisor};

/// Names a kubeconfig; the tests then use that cluster instead of starting one.
const GIVEN_KUBECONFIG: &str = "ROOMKEEPER_TEST_KUBECONFIG";

/// A control plane: one of our own, or the cluster that `ROOMKEEPER_TEST_KUBECONFIG` names.
pub(crate) struct ControlPlane {
    cluster: Cluster,
}

enum Cluster {
    Own(Own),
    Given { kubeconfig: PathBuf },
}

struct Own {
    announcement: Announcement,
    supervisor: Arc<Mutex<Supervisor>>,
}

/// A process of our own control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// The store. All data are in it.
    Etcd,
    /// The API server. It keeps nothing.
    KubeApiserver,
    /// Deletes namespaces and the objects of deleted owners. It learns of new CRDs every 30 seconds, and when restarted.
    KubeControllerManager,
}

impl Process {
    /// Returns the name of the program, which is also its key in [`ControlPlane::pids`].
    pub(crate) fn name(self) -> &'static str {
        match self {
            Process::Etcd => "etcd",
            Process::KubeApiserver => "kube-apiserver",
            Process::KubeControllerManager => "kube-controller-manager",
        }
    }
}

/// Whether requests are logged, see [`ControlPlane::audit`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Audit {
    /// No log.
    #[default]
    Off,
    /// Every request.
    On,
}

/// How to start a control plane of one's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Whether requests are logged.
    pub(crate) audit: Audit,
    /// Where its temporary folder is made; absent: where all temporary files go.
    pub(crate) temporary: Option<PathBuf>,
}

impl ControlPlane {
    /// Returns the control plane that all tests of this process share. It logs requests.
    ///
    /// The first call starts it, which takes a few seconds, or minutes where the programs have to be built first. It
    /// ends with this process, however this process ends. A test must not break it: others use it at the same time.
    ///
    /// # Panics
    /// If it does not start.
    pub(crate) fn shared() -> &'static ControlPlane {
        static SHARED: OnceLock<ControlPlane> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var_os(GIVEN_KUBECONFIG) {
            Some(kubeconfig) => ControlPlane { cluster: Cluster::Given { kubeconfig: kubeconfig.into() } },
            None => ControlPlane::start(&Options { audit: Audit::On, temporary: None })
                .expect("the shared control plane starts"),
        })
    }

    /// Starts a control plane for one test, which may break it. It ends when it is dropped or this process ends.
    ///
    /// It is never the cluster of `ROOMKEEPER_TEST_KUBECONFIG`.
    ///
    /// # Errors
    /// Without Go, and if a process does not come up.
    pub(crate) fn start(options: &Options) -> Result<ControlPlane, ControlPlaneError> {
        let mut command = Command::new("go");
        command.args(["run", ".", "up"]).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("controlplane"));
        match options.audit {
            Audit::Off => {}
            Audit::On => {
                command.arg("--audit");
            }
        }
        if let Some(temporary) = &options.temporary {
            command.env("TMPDIR", temporary);
        }
        let mut supervisor = Supervisor::start(command)?;
        let line = supervisor.read_line().map_err(|_| ControlPlaneError::NotStarted)?;
        let announcement =
            serde_json::from_str(&line).map_err(|cause| ControlPlaneError::Announcement { line, cause })?;
        Ok(ControlPlane { cluster: Cluster::Own(Own { announcement, supervisor: Arc::new(Mutex::new(supervisor)) }) })
    }

    /// Returns the kubeconfig of a user who may do everything.
    pub(crate) fn kubeconfig(&self) -> &Path {
        match &self.cluster {
            Cluster::Own(own) => &own.announcement.kubeconfig,
            Cluster::Given { kubeconfig } => kubeconfig,
        }
    }

    /// Returns the kubectl that fits, which for a given cluster is the one in `PATH`.
    pub(crate) fn kubectl(&self) -> &Path {
        match &self.cluster {
            Cluster::Own(own) => &own.announcement.kubectl,
            Cluster::Given { kubeconfig: _ } => Path::new("kubectl"),
        }
    }

    /// Returns kubectl, set up to talk to this control plane only.
    pub(crate) fn kubectl_command(&self) -> Command {
        let mut command = Command::new(self.kubectl());
        command.env("KUBECONFIG", self.kubeconfig());
        if let Cluster::Own(own) = &self.cluster {
            // kubectl remembers kinds per address, and another control plane may have had this address before.
            command.env("KUBECACHEDIR", own.announcement.dir.join("kubectl-cache"));
        }
        command
    }

    /// Returns a new client of a user who may do everything. A client belongs to the runtime, thus to the test, that made it.
    ///
    /// # Panics
    /// If the kubeconfig cannot be used.
    pub(crate) async fn client(&self) -> kube::Client {
        new_client(self.client_config().await.expect("the kubeconfig is usable"))
    }

    /// Returns a new client of the user whom the token belongs to, for example a ServiceAccount.
    ///
    /// # Panics
    /// If the kubeconfig cannot be used.
    pub(crate) async fn client_with_token(&self, token: &str) -> kube::Client {
        let mut config = self.client_config().await.expect("the kubeconfig is usable");
        // A client certificate would win over the token.
        config.auth_info = AuthInfo { token: Some(token.to_owned().into()), ..AuthInfo::default() };
        new_client(config)
    }

    async fn client_config(&self) -> Result<kube::Config, ControlPlaneError> {
        let failed = |cause| ControlPlaneError::Kubeconfig { path: self.kubeconfig().to_owned(), cause };
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig()).map_err(failed)?;
        kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.map_err(failed)
    }

    /// Returns the ids of the processes when the control plane started, and of its `supervisor`.
    ///
    /// # Errors
    /// For a given cluster.
    pub(crate) fn pids(&self) -> Result<&BTreeMap<String, u32>, ControlPlaneError> {
        Ok(&self.own("see processes")?.announcement.pids)
    }

    /// Returns the folder with the logs and the data.
    ///
    /// # Errors
    /// For a given cluster.
    pub(crate) fn folder(&self) -> Result<&Path, ControlPlaneError> {
        Ok(&self.own("see files")?.announcement.dir)
    }

    /// Ends a process with SIGKILL, and returns when it is gone. Nothing happens if it does not run.
    ///
    /// # Errors
    /// For a given cluster.
    pub(crate) async fn kill(&self, process: Process) -> Result<(), ControlPlaneError> {
        self.tell("kill", process).await
    }

    /// Stops a process without ending it: its connections stay open and nobody answers. Returns when none of its threads runs.
    ///
    /// # Errors
    /// For a given cluster, and if the process does not run.
    pub(crate) async fn freeze(&self, process: Process) -> Result<(), ControlPlaneError> {
        self.tell("freeze", process).await
    }

    /// Lets a frozen process go on.
    ///
    /// # Errors
    /// For a given cluster, and if the process does not run.
    pub(crate) async fn thaw(&self, process: Process) -> Result<(), ControlPlaneError> {
        self.tell("thaw", process).await
    }

    /// Starts a process again on its old port, after ending it if it runs. Returns when it is ready.
    ///
    /// # Errors
    /// For a given cluster, and if the process does not come up.
    pub(crate) async fn restart(&self, process: Process) -> Result<(), ControlPlaneError> {
        self.tell("restart", process).await
    }

    async fn tell(&self, verb: &'static str, process: Process) -> Result<(), ControlPlaneError> {
        let supervisor = Arc::clone(&self.own(verb)?.supervisor);
        let command = format!("{verb} {}", process.name());
        // A restart takes seconds, in which the test's other tasks go on.
        tokio::task::spawn_blocking(move || supervisor.lock().expect("no earlier command panicked").obey(command))
            .await
            .expect("telling the supervisor does not panic")
    }

    /// Returns how many times etcd has written a key since it started: every real change of any object, and nothing else.
    ///
    /// Kubernetes itself writes a few per minute (leases).
    ///
    /// # Errors
    /// For a given cluster, and if etcd does not answer.
    pub(crate) async fn put_total(&self) -> Result<u64, ControlPlaneError> {
        let url = &self.own("count writes")?.announcement.etcd;
        let address = url.trim_start_matches("http://");
        put_total(address).await.map_err(|cause| ControlPlaneError::Metrics { address: address.to_owned(), cause })
    }

    /// Returns every request so far, each once, in the order of their first log lines.
    ///
    /// A request is logged when it is answered, so its line may come a moment after the answer; a watch is logged when it
    /// is open.
    ///
    /// # Errors
    /// For a given cluster, without [`Audit::On`], and if the log cannot be read.
    pub(crate) fn audit(&self) -> Result<Vec<AuditEvent>, ControlPlaneError> {
        let path = &self.own("see requests")?.announcement.audit_log;
        if path.as_os_str().is_empty() {
            return Err(ControlPlaneError::NoAuditLog);
        }
        let failed = |cause| ControlPlaneError::AuditLog { path: path.clone(), cause };
        let log = std::fs::read_to_string(path).map_err(failed)?;
        audit::parse(&log).map_err(|cause| failed(cause.into()))
    }

    fn own(&self, what: &'static str) -> Result<&Own, ControlPlaneError> {
        match &self.cluster {
            Cluster::Own(own) => Ok(own),
            Cluster::Given { kubeconfig: _ } => Err(ControlPlaneError::NotOurs { what }),
        }
    }
}

fn new_client(config: kube::Config) -> kube::Client {
    // Another test of this process may have chosen it before: then it is the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    kube::Client::try_from(config).expect("the kubeconfig gives a client")
}

async fn put_total(address: &str) -> io::Result<u64> {
    let mut connection = tokio::net::TcpStream::connect(address).await?;
    // HTTP/1.0: the body ends with the connection, and is never sent in chunks.
    connection.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    answer
        .lines()
        .find_map(|line| line.strip_prefix("etcd_mvcc_put_total "))
        // Prometheus writes large counts as floats, 1e+06.
        .and_then(|value| value.parse::<f64>().ok())
        .map(|value| value as u64)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no etcd_mvcc_put_total in it"))
}
