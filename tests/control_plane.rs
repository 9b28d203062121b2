//! The local control plane keeps the promises that the stories stand on.
//!
//! It must not test Roomkeeper.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, ServiceAccount};
use kube::api::{Api, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use support::{Audit, ControlPlane, Options, Process, wait_for, wait_until};

/// For what takes a moment. Generous: a machine that builds something else at the same time is slow.
const SOON: Duration = Duration::from_secs(60);

/// For what starts a control plane in another process.
const STARTED: Duration = Duration::from_secs(180);

/// For what should not happen while a process is frozen.
const A_WHILE: Duration = Duration::from_millis(300);

/// Tells [`starter_for_a_test_that_kills_it`] where to write what it started.
const STARTED_FILE: &str = "ROOMKEEPER_TEST_STARTED_FILE";

#[tokio::test]
async fn serves_namespaces_and_service_account_tokens() {
    let plane = ControlPlane::shared();
    let client = plane.client().await;
    let namespace = new_namespace(&client, "tokens-").await;

    // kube-controller-manager makes it, and kube-apiserver signs and checks its token.
    let accounts: Api<ServiceAccount> = Api::namespaced(client, &namespace);
    wait_until(SOON, "the namespace has its default ServiceAccount", async || {
        accounts.get_opt("default").await.expect("the server answers").is_some()
    })
    .await;
    let token = kubectl(plane, &["create", "token", "default", "-n", &namespace]);
    let reviews: Api<SelfSubjectReview> = Api::all(plane.client_with_token(token.trim()).await);
    let review =
        reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await.expect("the token is taken");
    let user = review.status.and_then(|status| status.user_info).and_then(|user| user.username);
    assert_eq!(user, Some(format!("system:serviceaccount:{namespace}:default")));
}

#[tokio::test]
async fn audit_log_and_put_counter_count_requests_and_real_writes() {
    const WRITES: u64 = 100;
    let plane = ControlPlane::shared();
    let client = plane.client().await;
    let namespace = new_namespace(&client, "counted-").await;
    let objects: Api<ConfigMap> = Api::namespaced(client, &namespace);

    let before = plane.put_total().await.expect("etcd shows its metrics");
    for number in 0..WRITES {
        objects
            .create(&PostParams::default(), &config_map(&format!("object-{number}")))
            .await
            .expect("an object is created");
    }
    let written = plane.put_total().await.expect("etcd shows its metrics");
    assert!(written - before >= WRITES, "{} puts for {WRITES} creates", written - before);

    // A patch that changes nothing is a request, but no write. Kubernetes itself writes less than this meanwhile.
    for number in 0..WRITES {
        let patch = Patch::Merge(config_map(&format!("object-{number}")));
        objects.patch(&format!("object-{number}"), &PatchParams::default(), &patch).await.expect("a patch is taken");
    }
    let unchanged = plane.put_total().await.expect("etcd shows its metrics");
    assert!(unchanged - written < WRITES, "{} puts for patches without a change", unchanged - written);

    for verb in ["create", "patch"] {
        wait_until(SOON, &format!("the audit log has {WRITES} times `{verb}`, each of its own object"), async || {
            let mut seen = BTreeMap::new();
            for event in plane.audit().expect("the audit log is readable") {
                let ours = event.user == "roomkeeper-admin" && event.namespace == namespace;
                if ours && event.verb == verb {
                    assert_eq!((event.resource.as_str(), event.subresource.as_str()), ("configmaps", ""));
                    assert_eq!(event.code, if verb == "create" { 201 } else { 200 });
                    *seen.entry(event.name).or_insert(0_u64) += 1;
                }
            }
            seen.len() as u64 == WRITES && seen.values().all(|count| *count == 1)
        })
        .await;
    }
}

#[tokio::test]
async fn frozen_and_killed_processes_come_back_with_their_data() {
    let plane = ControlPlane::start(&Options::default()).expect("a control plane of our own starts");
    let client = plane.client().await;
    let objects: Api<ConfigMap> = Api::default_namespaced(client);
    create(&objects, "before").await;

    for process in [Process::KubeApiserver, Process::Etcd] {
        plane.freeze(process).await.expect("a running process can be frozen");
        let name = format!("while-{}-is-frozen", process.name());
        let mut waiting = tokio::spawn({
            let (objects, name) = (objects.clone(), name.clone());
            async move { create(&objects, &name).await }
        });
        assert!(tokio::time::timeout(A_WHILE, &mut waiting).await.is_err(), "a frozen {} answered", process.name());
        plane.thaw(process).await.expect("a frozen process can be thawed");
        // The connection was kept: the request that waited is answered.
        tokio::time::timeout(SOON, waiting).await.expect("the request is answered").expect("it succeeds");
    }

    plane.kill(Process::KubeApiserver).await.expect("a process can be killed");
    objects.get("before").await.expect_err("nobody listens");
    plane.freeze(Process::KubeApiserver).await.expect_err("a dead process cannot be frozen");
    plane.restart(Process::KubeApiserver).await.expect("a killed process can be started again");
    assert_eq!(names(&objects).await, ["before", "while-etcd-is-frozen", "while-kube-apiserver-is-frozen"]);

    plane.kill(Process::Etcd).await.expect("a process can be killed");
    plane.restart(Process::Etcd).await.expect("a killed process can be started again");
    wait_until(SOON, "the API server has found etcd again", async || {
        let created = objects.create(&PostParams::default(), &config_map("after")).await;
        // A reply may be lost although the object was written.
        created.is_ok() || matches!(objects.get_opt("after").await, Ok(Some(_)))
    })
    .await;
    assert_eq!(names(&objects).await.len(), 4);
}

#[tokio::test]
async fn killed_starter_leaves_no_process_and_no_folder() {
    let folder = TestFolder::new("killed-starter");
    let mut starter = Starter::start(&folder);
    let pids = starter.pids().await;
    assert_eq!(pids.len(), 4, "{pids:?}");
    assert!(pids.iter().all(|(_, pid)| alive(*pid)), "{pids:?}");

    starter.child.kill().expect("the starter can be killed");
    starter.child.wait().expect("the starter has ended");

    wait_until(SOON, &format!("{pids:?} are gone, one of them frozen"), async || {
        !pids.iter().any(|(_, pid)| alive(*pid))
    })
    .await;
    wait_until(SOON, "the temporary folder is gone", async || folder.control_planes().is_empty()).await;
}

#[tokio::test]
async fn killed_supervisor_leaves_no_process_and_its_folder_is_swept() {
    let folder = TestFolder::new("killed-supervisor");
    let options = Options { audit: Audit::Off, temporary: Some(folder.path.clone()) };
    let first = ControlPlane::start(&options).expect("a control plane of our own starts");
    let left = first.folder().expect("it is ours").to_owned();
    let pids = first.pids().expect("it is ours").clone();
    first.freeze(Process::KubeControllerManager).await.expect("a running process can be frozen");

    let killed = Command::new("kill").args(["-9", &pids["supervisor"].to_string()]).status().expect("`kill` runs");
    assert!(killed.success(), "{killed}");
    wait_until(SOON, &format!("{pids:?} are gone"), async || !pids.values().any(|pid| alive(*pid))).await;
    assert_eq!(folder.control_planes(), [left]);
    first.kill(Process::Etcd).await.expect_err("nobody is there to obey");

    // The next one sweeps, but spares those that run. And two side by side do not see each other.
    let second = ControlPlane::start(&options).expect("a second control plane starts");
    let third = ControlPlane::start(&options).expect("a third control plane starts");
    let mut running = [&second, &third].map(|plane| plane.folder().expect("it is ours").to_owned());
    running.sort();
    assert_eq!(folder.control_planes(), running);
    let (of_second, of_third) =
        (Api::default_namespaced(second.client().await), Api::default_namespaced(third.client().await));
    create(&of_second, "only-here").await;
    assert_eq!(names(&of_second).await, ["only-here"]);
    assert!(names(&of_third).await.is_empty());
    second.kill(Process::Etcd).await.expect("a process can be killed");
    create(&of_third, "still-served").await;

    drop((second, third));
    assert!(folder.control_planes().is_empty(), "a control plane that is dropped is gone at once");
}

/// Is no test of its own: `killed_starter_leaves_no_process_and_no_folder` runs it in a second process.
#[test]
#[ignore = "it is started by the test that kills it"]
fn starter_for_a_test_that_kills_it() {
    let Some(file) = std::env::var_os(STARTED_FILE).map(PathBuf::from) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let plane = ControlPlane::start(&Options::default()).expect("a control plane of our own starts");
        plane.freeze(Process::Etcd).await.expect("a running process can be frozen");
        let lines: String =
            plane.pids().expect("it is ours").iter().map(|(name, pid)| format!("{name} {pid}\n")).collect();
        let unfinished = file.with_extension("unfinished");
        std::fs::write(&unfinished, lines).expect("the file can be written");
        std::fs::rename(&unfinished, &file).expect("the file can be renamed");
        std::future::pending::<()>().await;
    });
}

/// This test program, running the test above in a second process. It is killed when dropped.
struct Starter {
    child: Child,
    started: PathBuf,
}

impl Starter {
    fn start(folder: &TestFolder) -> Self {
        let started = folder.path.join("started");
        let child = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", "starter_for_a_test_that_kills_it", "--ignored", "--nocapture"])
            .env(STARTED_FILE, &started)
            .env("TMPDIR", &folder.path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("this program runs");
        Starter { child, started }
    }

    async fn pids(&mut self) -> Vec<(String, u32)> {
        let text = wait_for(STARTED, "the starter has started a control plane", async || {
            let ended = self.child.try_wait().expect("the starter can be asked");
            assert!(ended.is_none(), "the starter ended: {ended:?}");
            std::fs::read_to_string(&self.started).ok()
        })
        .await;
        let pid = |line: &str| {
            let (name, pid) = line.split_once(' ')?;
            Some((name.to_owned(), pid.parse().ok()?))
        };
        text.lines().map(|line| pid(line).expect("each line is a name and a pid")).collect()
    }
}

impl Drop for Starter {
    fn drop(&mut self) {
        // It has ended already where the test passed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder for the temporary files of one test.
struct TestFolder {
    path: PathBuf,
}

impl TestFolder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the folder can be made");
        TestFolder { path }
    }

    fn control_planes(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.path).expect("the folder can be read");
        let paths = entries.map(|entry| entry.expect("the folder can be read").path());
        let mut found: Vec<_> = paths
            .filter(|path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("roomkeeper-controlplane-"))
            })
            .collect();
        found.sort();
        found
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        // Where the test failed, a control plane may still be about to leave it.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Says whether a process runs, sleeps or is frozen. One that is dead and not yet collected by its parent does not.
fn alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit_once(") ").map(|(_, rest)| !rest.starts_with(['Z', 'X'])))
        .unwrap_or(false)
}

fn kubectl(plane: &ControlPlane, arguments: &[&str]) -> String {
    let output = plane.kubectl_command().args(arguments).output().expect("kubectl runs");
    assert!(output.status.success(), "kubectl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("kubectl writes text")
}

async fn new_namespace(client: &kube::Client, prefix: &str) -> String {
    let metadata = ObjectMeta { generate_name: Some(prefix.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let created = Api::all(client.clone()).create(&PostParams::default(), &namespace).await;
    created.expect("a namespace is created").metadata.name.expect("every object has a name")
}

fn config_map(name: &str) -> ConfigMap {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    ConfigMap { metadata, ..ConfigMap::default() }
}

async fn create(objects: &Api<ConfigMap>, name: &str) {
    objects.create(&PostParams::default(), &config_map(name)).await.expect("an object is created");
}

/// The names of all objects but the one that kube-controller-manager puts into every namespace.
async fn names(objects: &Api<ConfigMap>) -> Vec<String> {
    let list = objects.list(&ListParams::default()).await.expect("objects are listed");
    let names = list.items.into_iter().filter_map(|object| object.metadata.name);
    names.filter(|name| name != "kube-root-ca.crt").collect()
}
