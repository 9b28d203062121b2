//! What the cluster adds to files: accounts, Secrets, and what was written down about the objects. It is only read.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use kube::Client;
use kube::core::ApiResource;
use serde_json::Value;

use super::Error;
use super::documents::Document;
use super::typed::{self, Identity};
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, Room};
use crate::listing;

/// The cluster as it was when it was read; Secrets are read when they are used.
pub struct Live {
    pub(super) client: Client,
    pub(super) documents: HashMap<Identity, Value>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("documents", &self.documents).finish_non_exhaustive()
    }
}

impl Live {
    /// Reads the objects and configs of `watched` namespaces; none: of all, and who may not list those gets the ones of
    /// `named` namespaces.
    ///
    /// # Errors
    /// Says which kind cannot be read, and why.
    pub async fn read(client: Client, watched: &[String], named: &BTreeSet<String>) -> Result<Self, Error> {
        let mut live = Live { client, documents: HashMap::new() };
        let namespaced = [
            ApiResource::erase::<Room>(&()),
            ApiResource::erase::<MeetingRoom>(&()),
            ApiResource::erase::<ProviderConfig>(&()),
        ];
        for resource in namespaced {
            if !watched.is_empty() || live.list(&resource, None).await? == Listed::Forbidden {
                let namespaces: Vec<&String> =
                    if watched.is_empty() { named.iter().collect() } else { watched.iter().collect() };
                for namespace in namespaces {
                    if live.list(&resource, Some(namespace)).await? == Listed::Forbidden {
                        let (resource, namespace) = (resource.plural.clone(), namespace.clone());
                        return Err(Error::Forbidden { resource, namespace });
                    }
                }
            }
        }
        // Who may not list these is told of the one that is missing, by the object that names it.
        live.list(&ApiResource::erase::<ClusterProviderConfig>(&()), None).await?;
        Ok(live)
    }

    async fn list(&mut self, resource: &ApiResource, namespace: Option<&str>) -> Result<Listed, Error> {
        let found = match listing::of(&self.client, resource, namespace).await {
            Ok(found) => found,
            Err(kube::Error::Api(status)) if status.code == 403 => return Ok(Listed::Forbidden),
            Err(kube::Error::Api(status)) if status.code == 404 => {
                return Err(Error::Kind { kind: format!("{}.{}", resource.plural, resource.group) });
            }
            Err(error) => return Err(error.into()),
        };
        for value in found {
            let mut document = Document { origin: "the cluster".to_owned(), value };
            if let Some(identity) = typed::identify(&mut document) {
                self.documents.insert(identity, document.value);
            }
        }
        Ok(Listed::All)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    All,
    Forbidden,
}
