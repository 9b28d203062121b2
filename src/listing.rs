//! Objects as they stand in the cluster, whatever is in them: for whoever looks once and does not watch.

use kube::api::{ApiResource, DynamicObject, ListParams};
use kube::{Api, Client};
use serde_json::Value;

/// How many objects one answer of the API server has.
const PAGE: u32 = 500;

/// Lists all objects of a kind, in a namespace or in all, page by page.
///
/// # Errors
/// The API server's.
pub async fn of(client: &Client, resource: &ApiResource, namespace: Option<&str>) -> kube::Result<Vec<Value>> {
    let api = match namespace {
        Some(namespace) => Api::<DynamicObject>::namespaced_with(client.clone(), namespace, resource),
        None => Api::<DynamicObject>::all_with(client.clone(), resource),
    };
    let mut params = ListParams::default().limit(PAGE);
    let mut all = Vec::new();
    loop {
        let page = api.list(&params).await?;
        for item in page.items {
            let mut item = serde_json::to_value(item).map_err(kube::Error::SerdeError)?;
            // A list names the kind of its items once.
            item["apiVersion"] = resource.api_version.clone().into();
            item["kind"] = resource.kind.clone().into();
            all.push(item);
        }
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => params = params.continue_token(&token),
            Some(_) | None => return Ok(all),
        }
    }
}
