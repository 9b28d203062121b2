//! Is the API server there, and how fast does it answer?

use std::time::{Duration, Instant};

use k8s_openapi::apimachinery::pkg::version::Info;
use kube::Client;

use super::check::{Check, Group};
use super::words;

/// An answer that takes longer makes watches and the Lease late.
const SLOW: Duration = Duration::from_secs(2);

/// Asks for the version; absent: the API server does not answer, and nothing else can be looked at.
pub(in crate::cli) async fn reach(client: &Client, address: &str) -> (Check, Option<Info>) {
    let check = Group::Cluster.check("API server");
    let began = Instant::now();
    match client.apiserver_version().await {
        Ok(info) => {
            let took = began.elapsed();
            let found =
                format!("Kubernetes {} at {address}, answered within {} ms", info.git_version, took.as_millis());
            let check = if took > SLOW {
                let next = "find out what slows it down: the operator's watches and its Lease are late too";
                check.warning(found, next)
            } else {
                check.ok(found)
            };
            (check, Some(info))
        }
        Err(error) => {
            let found = format!("{address} gives no answer: {}", words::of(&error));
            let next = "check --kubeconfig and --context, whether that address can be reached from here, and whether \
                        you are logged in";
            (check.failed(found, next), None)
        }
    }
}
