//! The definitions of the kinds: installed, established, and not older than this program.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, ResourceExt as _};

use super::check::{Check, Group};
use super::words;
use crate::api::schema;
use crate::requirements::outdated;

/// What installs them.
const INSTALL: &str = "apply crds/ of this version, or upgrade the chart to it";

/// Looks at each, and at the schemas of all.
pub(super) async fn look(client: &Client) -> Vec<Check> {
    let mut checks = Vec::new();
    for definition in schema::crds() {
        checks.push(one(client, &definition.name_any()).await);
    }
    checks.push(schemas(client).await);
    checks
}

async fn one(client: &Client, name: &str) -> Check {
    let check = Group::Definitions.check(name);
    let there = match Api::<CustomResourceDefinition>::all(client.clone()).get_opt(name).await {
        Ok(Some(there)) => there,
        Ok(None) => return check.failed("it is not installed", INSTALL),
        Err(error) => return check.not_known(words::of(&error), "run doctor as somebody who may get it"),
    };
    if there.metadata.deletion_timestamp.is_some() {
        let next = "let it end, then apply it again: meanwhile objects of the kind are released and their rooms stay";
        return check.failed("it is being deleted, and all objects of its kind with it", next);
    }
    let conditions = there.status.and_then(|status| status.conditions).unwrap_or_default();
    let trouble = conditions.iter().find(|condition| {
        ["Established", "NamesAccepted"].contains(&condition.type_.as_str()) && condition.status != "True"
    });
    let is_established = conditions.iter().any(|condition| condition.type_ == "Established");
    match trouble {
        Some(condition) => {
            let said = condition.message.as_deref().unwrap_or_default();
            let next = "another definition has its names: remove that one";
            check.failed(format!("it is not served: {} is {}: {said}", condition.type_, condition.status), next)
        }
        None if is_established => check.ok("installed and established"),
        None => check.failed("the API server has not taken it up yet", "look again in a minute"),
    }
}

async fn schemas(client: &Client) -> Check {
    let check = Group::Definitions.check("schemas");
    match outdated(client).await {
        Ok(older) if older.is_empty() => check.ok("none is older than this program"),
        Ok(older) => check.failed(older.join("\n"), INSTALL),
        Err(error) if words::is_not_found(&error) => check.failed("the API server serves none of the kinds", INSTALL),
        Err(error) => check.not_known(words::of(&error), "run doctor as somebody who may read /openapi/v3"),
    }
}
