//! The operator's pods: what they are, what they logged last, and what they answer.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, LogParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

use super::clean;
use super::contents::Contents;
use crate::cli::doctor::{Scene, words_of};
use crate::generate::OURS;

/// How many lines of a log are asked for.
const LINES: i64 = 50_000;
/// How much of the end of a log is kept, in bytes.
const KEPT: usize = 5 << 20;
/// What is asked of each pod, and the name of the file.
const QUESTIONS: [(&str, &str, &str); 2] = [
    ("metrics", "metrics.txt", "metrics of a pod"),
    ("readyz?verbose", "readyz.txt", "what a pod says of its readiness"),
];
/// The port of the operator's probes and metrics, as the chart has it.
const PORT: u16 = 8080;

/// Adds them.
pub(super) async fn add(contents: &mut Contents<'_>, scene: &Scene) {
    let namespace = scene.told.operator_namespace.as_str();
    let pods = Api::<Pod>::namespaced(scene.client.clone(), namespace);
    let (label, value) = OURS;
    let listed = match pods.list(&ListParams::default().labels(&format!("{label}={value}"))).await {
        Ok(listed) => listed.items,
        Err(error) => return contents.note(format!("operator/pods: {}", words_of(&error))),
    };
    if listed.is_empty() {
        contents.note(format!("operator/pods: there is no pod with the operator's label in {namespace}"));
    }
    for pod in listed {
        let folder = format!("operator/pods/{}", pod.name_any());
        logs(contents, &pods, &pod, &folder).await;
        answers(contents, scene, &pod, &folder).await;
        contents.document(&format!("{folder}/pod.yaml"), "a pod of the operator", &clean::workload(json!(pod)));
    }
}

async fn logs(contents: &mut Contents<'_>, pods: &Api<Pod>, pod: &Pod, folder: &str) {
    let container = pod.spec.as_ref().and_then(|spec| spec.containers.first()).map(|container| container.name.clone());
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    let has_restarted = statuses.into_iter().flatten().any(|status| status.restart_count > 0);
    let lives = [("log.txt", false), ("log-of-the-life-before.txt", true)];
    for (file, previous) in lives.into_iter().filter(|(_, previous)| !previous || has_restarted) {
        let params =
            LogParams { container: container.clone(), previous, tail_lines: Some(LINES), ..LogParams::default() };
        let path = format!("{folder}/{file}");
        match pods.logs(&pod.name_any(), &params).await {
            Ok(log) => contents.text(&path, "the end of a pod's log", end(&log)),
            Err(error) => contents.note(format!("{path}: {}", words_of(&error))),
        }
    }
}

/// Returns the end of a log, from the beginning of a line.
fn end(log: &str) -> &str {
    let Some(from) = log.len().checked_sub(KEPT) else { return log };
    let from = (from..log.len()).find(|place| log.is_char_boundary(*place)).unwrap_or(log.len());
    log[from..].split_once('\n').map_or(&log[from..], |(_, rest)| rest)
}

/// Asks a pod by way of the API server.
async fn answers(contents: &mut Contents<'_>, scene: &Scene, pod: &Pod, folder: &str) {
    let (namespace, name) = (&scene.told.operator_namespace, pod.name_any());
    for (question, file, what) in QUESTIONS {
        let path = format!("{folder}/{file}");
        let url = format!("/api/v1/namespaces/{namespace}/pods/{name}:{PORT}/proxy/{question}");
        let answer = match http::Request::get(url).body(Vec::new()) {
            Ok(request) => scene.client.request_text(request).await.map_err(|error| words_of(&error)),
            Err(error) => Err(error.to_string()),
        };
        match answer {
            Ok(text) => contents.text(&path, what, &text),
            Err(error) => contents.note(format!("{path}: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, end};

    #[test]
    fn of_a_long_log_the_end_is_kept_in_whole_lines() {
        assert_eq!(end("short\n"), "short\n");
        let line = "ä".repeat(100) + "\n";
        let log = line.repeat(KEPT / line.len() + 10);
        let kept = end(&log);
        assert!(kept.len() <= KEPT && kept.len() > KEPT - 2 * line.len());
        assert!(kept.starts_with('ä') && kept.len().is_multiple_of(line.len()));
    }
}
