//! Keeps an object as a golden file, or compares it with the one that is there. It does not judge the object.

use std::time::Duration;

use kube::api::DynamicObject;
use roomkeeper_plan::reason::Reason;
use serde_json::{Value, json};
use serde_saphyr::ser_options;

use crate::story::{DEADLINE, Story};
use crate::support::{golden, wait_for};

/// The first line of every golden object.
const HEADER: &str = "# Recorded by `UPDATE=1 cargo test -p roomkeeper --test stories objects`; do not edit.\n";
/// What follows a status, such as the end of a finalizer, follows it at once.
const AT_REST: Duration = Duration::from_secs(10);
/// What stands for every time but 1970, which is the schema's and nobody's transition.
const TIME: &str = "2030-01-31T09:00:00Z";
const UID: &str = "00000000-0000-0000-0000-000000000000";
const NAMESPACE: &str = "events";
const VENDOR: &str = "https://vendor.example";

/// The golden objects of one engine, or of one kind of config, as a story reaches them.
#[derive(Clone, Copy)]
pub(super) struct Golden<'a> {
    pub(super) story: &'a Story,
    /// Folder of the files.
    pub(super) folder: &'static str,
}

impl Golden<'_> {
    /// Waits until the object that is named like a reason has it, and keeps the object under that name.
    pub(super) async fn reaches(self, reason: Reason) {
        let name = golden::file_name(&reason.to_string());
        self.story.until_reason(&name, &reason.to_string()).await;
        self.keeps(&name).await;
    }

    /// Keeps an object as it is under its name.
    pub(super) async fn keeps(self, name: &str) {
        let read = async || Some(self.story.objects().get(name).await.expect("the object is there"));
        self.compare(name, read).await;
    }

    /// Compares what `read` returns with the golden file, or rewrites the file.
    pub(super) async fn compare(self, file: &str, read: impl AsyncFn() -> Option<DynamicObject>) {
        let path = golden::folder().join(self.folder).join(file).with_extension("yaml");
        if std::env::var_os("UPDATE").is_some() {
            let object = wait_for(DEADLINE, file, &read).await;
            std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
            std::fs::write(&path, self.text(object)).expect("the golden object can be written");
            return;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        let mut last = String::new();
        let is_alike = async || {
            last = self.text(read().await?);
            (last == expected).then_some(())
        };
        let waited = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(wait_for(AT_REST, file, is_alike)));
        assert!(
            waited.await.is_ok(),
            "{} is another object; if that is meant, record it anew with UPDATE=1:\n{last}",
            path.display()
        );
    }

    fn text(self, object: DynamicObject) -> String {
        let object = normal(serde_json::to_value(object).expect("an object is JSON"));
        let options = ser_options! { prefer_block_scalars: false };
        let yaml = serde_saphyr::to_string_with_options(&object, options).expect("JSON is YAML");
        let yaml = yaml.replace(&self.story.namespace, NAMESPACE).replace(&self.story.sim.url(), VENDOR);
        format!("{HEADER}{yaml}")
    }
}

/// Returns the object without what is another one each time: ids, times and versions.
fn normal(mut object: Value) -> Value {
    let meta = object["metadata"].as_object_mut().expect("an object has metadata");
    for field in ["uid", "resourceVersion", "managedFields"] {
        meta.remove(field);
    }
    if let Some(begun) = object.pointer_mut("/metadata/annotations/roomkeeper.dev~1begun") {
        *begun = without_its_time(begun);
    }
    for part in ["metadata", "status"] {
        object[part] = without_ids(object[part].take());
    }
    object
}

fn without_ids(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (String, Value)| match name.as_str() {
                "requestId" => (name, json!("request-id")),
                "uid" => (name, json!(UID)),
                "resourceVersion" => (name, json!("1")),
                _ => (name, without_ids(value)),
            };
            Value::Object(fields.into_iter().map(field).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_ids).collect()),
        Value::String(text) if is_time(&text) => json!(TIME),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn is_time(text: &str) -> bool {
    text.parse::<k8s_openapi::jiff::Timestamp>().is_ok_and(|time| time.as_second() != 0)
}

/// The annotation is JSON in a text.
fn without_its_time(begun: &Value) -> Value {
    let mut begun: Value = serde_json::from_str(begun.as_str().unwrap_or_default()).expect("we write JSON");
    begun["uid"] = json!(UID);
    if let Some(at) = begun["dismissal"].get_mut("at") {
        *at = json!(0);
    }
    json!(begun.to_string())
}
