//! What goes wrong with a control plane, and what to do. It must not decide what a test does about it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use kube::config::KubeconfigError;

use super::GIVEN_KUBECONFIG;

/// Why a control plane does not start, or does not do what it is told.
#[derive(thiserror::Error)]
pub(crate) enum ControlPlaneError {
    /// The cluster is not ours to break or to look into.
    #[error(
        "the tests use the cluster of `{GIVEN_KUBECONFIG}` and cannot {what} there: unset it to run this test on a control plane of its own"
    )]
    NotOurs {
        /// What was asked for.
        what: &'static str,
    },
    /// The Go command cannot be run.
    #[error("cannot run `go`: install the version of Go that `controlplane/go.mod` names")]
    Go(#[source] io::Error),
    /// The supervisor ended before the control plane was ready.
    #[error("the control plane did not start: the lines on stderr that begin with `controlplane:` say why")]
    NotStarted,
    /// The supervisor says what is ready in a way we do not know.
    #[error("the supervisor announces `{line}`")]
    Announcement {
        /// What it wrote.
        line: String,
        /// Where it differs from what we expect.
        #[source]
        cause: serde_json::Error,
    },
    /// The supervisor cannot be told anything any more.
    #[error("the supervisor of the control plane is gone")]
    Gone(#[source] io::Error),
    /// The supervisor could not do it.
    #[error("`{command}`: {answer}")]
    Refused {
        /// What it was told.
        command: String,
        /// What it said.
        answer: String,
    },
    /// The kubeconfig cannot be used.
    #[error("cannot use the kubeconfig {path}")]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: KubeconfigError,
    },
    /// The audit log cannot be read.
    #[error("cannot read the audit log {path}")]
    AuditLog {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The control plane was started without an audit log.
    #[error("this control plane was started without an audit log: start it with `Audit::On`")]
    NoAuditLog,
    /// etcd does not show its metrics.
    #[error("cannot read the metrics of etcd at {address}")]
    Metrics {
        /// Where it should listen.
        address: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Prints the message and its causes: tests call `expect`, which prints this.
impl fmt::Debug for ControlPlaneError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
