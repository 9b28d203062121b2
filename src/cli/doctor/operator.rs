//! The operator: does one act, and is it of this version?

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::{Api, ResourceExt as _};
use tokio::time::{Instant, sleep};

use super::check::{Check, Group};
use super::scene::Scene;
use super::words;

/// A holder renews its Lease every two seconds; so long is waited for it where the clocks may differ.
const RENEWED_WITHIN: Duration = Duration::from_secs(5);
/// How often the Lease is read meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What to do if nobody acts.
const START: &str = "see whether its pods run and what they log (kubectl -n NAMESPACE get pods, logs); another name of the \
                     Lease is given by --lease, another namespace by --operator-namespace";

/// Looks at the Lease and at the Deployment.
pub(super) async fn look(scene: &Scene) -> Vec<Check> {
    let mut checks = vec![lease(scene).await];
    checks.push(match &scene.deployment {
        Ok(Some(deployment)) => version(deployment),
        Ok(None) => {
            let found = format!("there is none in {} with the operator's label", scene.told.operator_namespace);
            let next = "if the operator runs elsewhere, name its namespace by --operator-namespace";
            Group::Operator.check("Deployment").not_known(found, next)
        }
        Err(error) => {
            let next = "run doctor as somebody who may list deployments there";
            Group::Operator.check("Deployment").not_known(words::of(error), next)
        }
    });
    checks
}

async fn lease(scene: &Scene) -> Check {
    let (namespace, name) = (&scene.told.operator_namespace, &scene.told.lease);
    let check = Group::Operator.check(format!("Lease {namespace}/{name}"));
    let start = START.replace("NAMESPACE", namespace);
    let leases = Api::<Lease>::namespaced(scene.client.clone(), namespace);
    let first = match leases.get_opt(name).await {
        Ok(Some(lease)) => lease.spec.unwrap_or_default(),
        Ok(None) => return check.failed("it is not there: no operator has ever acted with it", start),
        Err(error) => return check.not_known(words::of(&error), "run doctor as somebody who may get leases there"),
    };
    let holder = first.holder_identity.clone().unwrap_or_default();
    if holder.is_empty() {
        return check.failed("nobody holds it, so no operator acts", start);
    }
    let age = age(&first);
    if age.is_some_and(|age| age.unsigned_abs() < RENEWED_WITHIN) {
        return check.ok(format!("{holder} holds it and renews it"));
    }
    // Its time is by the clock of the holder's machine. Whether it is renewed shows only a second look.
    let until = Instant::now() + RENEWED_WITHIN;
    while Instant::now() < until {
        sleep(LOOK_EVERY).await;
        let now = leases.get(name).await.ok().and_then(|lease| lease.spec);
        if now.is_some_and(|now| now.renew_time != first.renew_time) {
            let off = age.map(|age| words::time(age.unsigned_abs())).unwrap_or_default();
            let next = "have both machines follow a time server (NTP)";
            return check
                .warning(format!("{holder} renews it, by a clock that is {off} off from this machine's"), next);
        }
    }
    let since = age.map(|age| format!(" for {}", words::time(age.unsigned_abs()))).unwrap_or_default();
    check.failed(format!("{holder} holds it and has not renewed it{since}, so no operator acts"), start)
}

/// Returns how long ago a Lease was renewed, by the clock of this machine.
fn age(lease: &LeaseSpec) -> Option<jiff::SignedDuration> {
    Some(Timestamp::now().duration_since(lease.renew_time.as_ref()?.0))
}

fn version(deployment: &Deployment) -> Check {
    let name = format!("{}/{}", deployment.namespace().unwrap_or_default(), deployment.name_any());
    let check = Group::Operator.check(format!("Deployment {name}"));
    let ours = env!("CARGO_PKG_VERSION");
    let spec = deployment.spec.as_ref();
    let wanted = spec.and_then(|spec| spec.replicas).unwrap_or(1);
    let ready = deployment.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or_default();
    let container = spec.and_then(|spec| spec.template.spec.as_ref()?.containers.first());
    let image = container.and_then(|container| container.image.clone()).unwrap_or_default();
    let found =
        format!("{ready} of {} ready, image {image}", words::count(wanted.unsigned_abs() as usize, "pod", "pods"));
    if ready < wanted {
        let next = format!("see why: kubectl -n {} describe pods", deployment.namespace().unwrap_or_default());
        return if ready == 0 { check.failed(found, next) } else { check.warning(found, next) };
    }
    match tag(&image) {
        Some(tag) if tag == ours => check.ok(format!("{found}, as this program")),
        Some(_) => {
            let next = format!(
                "use the roomkeeper program of that version: this one is {ours}, and other versions expect \
                                other definitions and rights"
            );
            check.warning(found, next)
        }
        None => check.untold(format!("{found}, which names no version; this program is {ours}")),
    }
}

/// Returns the tag of an image; absent: it is named by its digest, or not at all.
fn tag(image: &str) -> Option<&str> {
    let (_, last) = image.rsplit_once('/').unwrap_or(("", image));
    if last.contains('@') {
        return None;
    }
    last.split_once(':').map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn the_tag_of_an_image_is_no_port_and_no_digest() {
        let rows = [
            ("roomkeeper:0.1.0", Some("0.1.0")),
            ("registry.example:5000/roomkeeper", None),
            ("registry.example:5000/a/roomkeeper:0.2.0", Some("0.2.0")),
            ("registry.example/roomkeeper@sha256:abc", None),
            ("", None),
        ];
        for (image, expected) in rows {
            assert_eq!(tag(image), expected, "{image}");
        }
    }
}
