//! What all checks look at, read once: the operator's Deployment, the configs and the objects.

use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{ApiResource, ListParams};
use kube::{Api, Client, Resource};
use serde_json::Value;

use super::installation::{Said, Told, deployment};
use super::words;
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, Room};
use crate::cli::cluster::Reach;
use crate::config::StoredConfig;
use crate::listing;
use crate::object::Object;

/// Where to look.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Look {
    #[command(flatten)]
    pub(in crate::cli) reach: Reach,

    /// Namespace whose configs and objects are looked at. Absent: all, or the context's where you may not list all.
    #[arg(short, long, conflicts_with = "all_namespaces")]
    namespace: Option<String>,

    /// Look at the configs and objects of all namespaces.
    #[arg(short = 'A', long)]
    all_namespaces: bool,

    #[command(flatten)]
    pub(in crate::cli) said: Said,
}

/// What was read. A part that could not be read has its error.
pub(in crate::cli) struct Scene {
    pub(in crate::cli) client: Client,
    /// The namespace that is looked at; absent: all.
    pub(in crate::cli) namespace: Option<String>,
    /// Whether it is looked at for want of the right to list all.
    pub(super) is_narrowed: bool,
    /// The operator's Deployment; absent: there is none.
    pub(in crate::cli) deployment: kube::Result<Option<Deployment>>,
    /// What the operator was told.
    pub(in crate::cli) told: Told,
    /// The accounts.
    pub(in crate::cli) configs: Listed<StoredConfig>,
    /// The objects.
    pub(in crate::cli) objects: Listed<Object>,
}

/// Things of several kinds, read as far as possible.
pub(in crate::cli) struct Listed<T> {
    /// What was read.
    pub(in crate::cli) items: Vec<T>,
    /// Those that this program cannot read, each with the reason.
    pub(in crate::cli) unreadable: Vec<String>,
    /// The kinds that could not be listed, each with what the API server said.
    pub(in crate::cli) unlisted: Vec<(&'static str, kube::Error)>,
}

impl Scene {
    /// Reads everything.
    pub(in crate::cli) async fn read(client: Client, look: &Look) -> Self {
        let deployment = deployment(&client, &look.said.operator_namespace).await;
        let told = Told::new(&look.said, deployment.as_ref().ok().and_then(Option::as_ref));
        let is_narrowed = look.namespace.is_none() && !look.all_namespaces && !may_list_all(&client).await;
        let narrowed = || is_narrowed.then(|| client.default_namespace().to_owned());
        let namespace = look.namespace.clone().or_else(narrowed);
        let mut configs = Listed::new();
        configs.take("ProviderConfig", read::<ProviderConfig>(&client, namespace.as_deref()).await);
        configs.take("ClusterProviderConfig", read::<ClusterProviderConfig>(&client, None).await);
        let mut objects = Listed::new();
        objects.take("Room", read::<Room>(&client, namespace.as_deref()).await);
        objects.take("MeetingRoom", read::<MeetingRoom>(&client, namespace.as_deref()).await);
        Scene { client, namespace, is_narrowed, deployment, told, configs, objects }
    }
}

impl<T> Listed<T> {
    fn new() -> Self {
        Listed { items: Vec::new(), unreadable: Vec::new(), unlisted: Vec::new() }
    }

    fn take<K>(&mut self, kind: &'static str, read: kube::Result<Vec<Result<K, String>>>)
    where
        T: From<K>,
    {
        match read {
            Err(error) => self.unlisted.push((kind, error)),
            Ok(read) => {
                for item in read {
                    match item {
                        Ok(item) => self.items.push(T::from(item)),
                        Err(why) => self.unreadable.push(format!("{kind} {why}")),
                    }
                }
            }
        }
    }
}

/// Tells whether whoever asks may list the objects of all namespaces; any other trouble shows later.
async fn may_list_all(client: &Client) -> bool {
    let one = ListParams::default().limit(1);
    match Api::<Room>::all(client.clone()).list_metadata(&one).await {
        Ok(_) => true,
        Err(error) => !words::is_forbidden(&error),
    }
}

/// Lists all objects of a kind; one that cannot be decoded is named with the reason, and hides no other.
async fn read<K>(client: &Client, namespace: Option<&str>) -> kube::Result<Vec<Result<K, String>>>
where
    K: Resource<DynamicType = ()> + serde::de::DeserializeOwned,
{
    let all = listing::of(client, &ApiResource::erase::<K>(&()), namespace).await?;
    Ok(all.into_iter().map(decode).collect())
}

fn decode<K: serde::de::DeserializeOwned>(raw: Value) -> Result<K, String> {
    let text = |field: &str| raw["metadata"][field].as_str().map(str::to_owned);
    let name = [text("namespace"), text("name")].into_iter().flatten().collect::<Vec<_>>().join("/");
    serde_path_to_error::deserialize(raw).map_err(|error| format!("{name}: {}: {}", error.path(), error.inner()))
}
