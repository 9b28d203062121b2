//! What people run beside the operator, with the real tools: `make monitoring` has them, and runs these stories.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio::process::{Child, Command as AsyncCommand};

use crate::story::{DEADLINE, ROOM, Story};
use crate::support::{wait_for, wait_until};
use roomkeeper_sim::{Effect, Fault, Refusal, Times};

/// Debian's Prometheus, scraping one operator. It ends with this value.
struct Prometheus {
    url: String,
    client: reqwest::Client,
    folder: PathBuf,
    _child: Child,
}

impl Prometheus {
    /// Starts it with our alert rules.
    async fn start(operator: &str, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("roomkeeper-prometheus-{name}"));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let config = json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": [root().join("monitoring/alerts.yaml")],
            "scrape_configs": [{ "job_name": "roomkeeper", "static_configs": [{ "targets": [operator] }] }],
        });
        let file = folder.join("prometheus.yaml");
        std::fs::write(&file, config.to_string()).expect("a file can be written");
        // It cannot say which port it took, so one that was free a moment ago is named.
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let child = AsyncCommand::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log")).expect("a file can be written"))
            .kill_on_drop(true)
            .spawn()
            .expect("prometheus is installed: make monitoring");
        let client = reqwest::Client::builder().timeout(DEADLINE).build().expect("a client without TLS settings");
        let prometheus = Prometheus { url: format!("http://{port}/api/v1"), client, folder, _child: child };
        let answers = async || prometheus.ask("targets", &[]).await.is_some();
        wait_until(DEADLINE, "prometheus to answer", answers).await;
        prometheus
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Option<Value> {
        let answer = self.client.get(format!("{}/{path}", self.url)).query(query).send().await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        (answer["status"] == "success").then(|| answer["data"].clone())
    }

    /// Tells whether a query has numbers.
    async fn has_numbers(&self, query: &str) -> bool {
        let data = self.ask("query", &[("query", query)]).await;
        let results = data.and_then(|data| data["result"].as_array().cloned()).unwrap_or_default();
        results.iter().any(|result| result["value"][1].as_str().is_some_and(|value| value != "NaN"))
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A story in which every kind of thing happens that is measured.
async fn eventful(name: &str) -> Story {
    let mut story = Story::prepare(name).await.with_drift_checks("300ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let fails = Fault::at("room_engine/create_room", Effect::Refuse(Refusal::of(100_013))).times(Times::UntilRemoved);
    story.sim.faults().add(fails).expect("the simulator knows the operation");
    story.create_room(&json!({ "metadata": { "name": "too-many" } })).await;
    story.until_reason("too-many", "AccountLimit").await;
    story
}

#[tokio::test]
#[ignore = "needs promtool; make monitoring runs it"]
async fn promtool_finds_nothing_to_say_about_the_metrics() {
    let story = eventful("promtool").await;
    let (status, text) = story.operator.as_ref().expect("it runs").ask("/metrics").await;
    assert_eq!(status, 200);
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is installed: make monitoring");
    promtool.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    let output = promtool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}\n{text}", String::from_utf8_lossy(&said));
    for name in ["vendor_calls_total{", "vendor_call_duration_seconds_bucket{", "pass_duration_seconds_bucket{"] {
        assert!(text.contains(&format!("roomkeeper_{name}")), "it had little to look at: {text}");
    }
}

#[tokio::test]
#[ignore = "needs Prometheus; make monitoring runs it"]
async fn each_query_of_the_dashboard_and_each_alert_rule_reads_what_prometheus_scraped() {
    let story = eventful("dashboard").await;
    let address = story.operator.as_ref().expect("it runs").address().await;
    let prometheus = Prometheus::start(&address, &story.namespace).await;
    let text = std::fs::read_to_string(root().join("monitoring/dashboard.json")).expect("there is a dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("a panel has queries"));
    let queries: Vec<String> =
        targets.map(|target| target["expr"].as_str().expect("a query").replace("$__rate_interval", "1m")).collect();
    assert!(queries.len() > 10, "{queries:?}");
    for query in &queries {
        let what = format!("`{query}` to have numbers");
        story.patiently(&what, wait_until(DEADLINE, &what, async || prometheus.has_numbers(query).await)).await;
    }
    let rules = wait_for(DEADLINE, "the alert rules to be evaluated", async || {
        let groups = prometheus.ask("rules", &[]).await?["groups"].clone();
        let rules: Vec<Value> =
            groups.as_array()?.iter().filter_map(|group| group["rules"].as_array().cloned()).flatten().collect();
        rules.iter().all(|rule| rule["health"] != "unknown").then_some(rules)
    })
    .await;
    assert!(rules.len() >= 8, "{rules:#?}");
    assert!(rules.iter().all(|rule| rule["health"] == "ok"), "{rules:#?}");
    let firing: Vec<&Value> =
        rules.iter().filter(|rule| rule["state"] != "inactive").map(|rule| &rule["name"]).collect();
    assert!(firing.contains(&&json!("RoomkeeperObjectsNotReady")), "one room is not ready: {firing:?}");
    assert!(!firing.contains(&&json!("RoomkeeperNoLeader")), "{firing:?}");
}
