//! What must never be told, and everywhere that it could be.

use k8s_openapi::api::core::v1::{Event, Secret};
use kube::api::{ListParams, ObjectList};
use kube::core::NamespaceResourceScope;
use roomkeeper::api::{MeetingRoom, ProviderConfig, Room};
use serde_json::json;

use crate::given_out;
use crate::story::Story;

/// Keys of Secrets whose values are no secrets: an access key's id, and a number that people dial.
const PUBLIC: [&str; 2] = ["id", "meetingNumber"];
/// How what is not in any Secret begins: values that were replaced, and Tencent's signatures, which are as good as the
/// key while they last.
const BEGINNINGS: [&str; 2] = ["canary", "usersig=e"];

impl Story {
    /// Checks that no object (with its managed fields), event, log line, probe or metric tells a secret: neither what is
    /// in a Secret of the namespace, nor what the vendors gave out or show.
    pub async fn assert_no_secret_was_told(&self) {
        let secrets = self.secrets().await;
        let objects = json!([
            self.all::<Room>().await,
            self.all::<MeetingRoom>().await,
            self.all::<ProviderConfig>().await,
            self.all::<Event>().await,
        ]);
        let log = self.log();
        assert!(!log.is_empty(), "the operator logs");
        let mut answers = Vec::new();
        if let Some(operator) = &self.operator {
            for path in ["/metrics", "/readyz?verbose"] {
                answers.push(operator.ask(path).await.1);
            }
        }
        for secret in &secrets {
            assert!(!objects.to_string().contains(secret), "{secret} was told: {objects:#}");
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} was logged");
            let told = answers.iter().find(|answer| answer.contains(secret));
            assert_eq!(told, None, "{secret} was told over HTTP");
        }
    }

    /// Returns every secret that there is now, and how those begin that there were.
    pub async fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = BEGINNINGS.map(str::to_owned).to_vec();
        for secret in self.all::<Secret>().await {
            let data = secret.data.unwrap_or_default().into_iter().filter(|(key, _)| !PUBLIC.contains(&key.as_str()));
            secrets.extend(data.filter_map(|(_, value)| String::from_utf8(value.0).ok()));
        }
        secrets.extend(self.sim.world(|world| given_out::by(world)));
        secrets
    }

    async fn all<K>(&self) -> Vec<K>
    where
        K: kube::Resource<DynamicType = (), Scope = NamespaceResourceScope>,
        K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
    {
        let listed = self.api::<K>().list(&ListParams::default()).await;
        let ObjectList { items, .. } = listed.expect("the API server answers");
        items
    }
}
