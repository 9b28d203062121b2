//! Looks for ever whether what the operator needs from the cluster is there, since it may be mended, or taken away, while
//! it runs.

use std::sync::Arc;
use std::time::Duration;

use kube::Client;

use super::Settings;
use crate::health::{Check, Health};
use crate::requirements::outdated;
use crate::requirements::rights::{self, Installation, Watches, Whose};

/// How long after a look that found all in place the next one comes.
const LOOK_EVERY: Duration = Duration::from_secs(300);
/// How long after one that found something missing.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Looks for ever, and says what is missing.
pub(super) async fn watch(client: Client, settings: Settings, health: Health) {
    let (crds, rights) = (health.check("crds"), health.check("rights"));
    loop {
        let missing = tell(&crds, outdated(&client).await) | tell(&rights, lacking(&client, &settings).await);
        tokio::time::sleep(if missing { LOOK_AGAIN } else { LOOK_EVERY }).await;
    }
}

/// Keeps what a look found, and returns whether anything is missing.
fn tell(check: &Arc<Check>, found: kube::Result<Vec<String>>) -> bool {
    let missing = match found {
        Ok(missing) if missing.is_empty() => {
            check.passes();
            return false;
        }
        Ok(missing) => missing.join("; "),
        Err(error) => format!("cannot be looked at: {error}"),
    };
    let is_news = check.verdict().err().as_ref() != Some(&missing);
    check.fails(&missing);
    if is_news {
        tracing::error!(check = check.name(), missing, "something that the operator needs is missing");
    }
    true
}

/// Returns the rights that are needed and not there, in words.
async fn lacking(client: &Client, settings: &Settings) -> kube::Result<Vec<String>> {
    let installation = Installation {
        namespaces: &settings.namespaces,
        operator_namespace: &settings.operator_namespace,
        lease: &settings.lease,
    };
    let needs = rights::operators(&installation, Watches::ShowThemselves);
    let lacking = rights::lacking(client, &Whose::Own, needs).await?;
    Ok(lacking.iter().map(|need| format!("it may not {need}")).collect())
}
