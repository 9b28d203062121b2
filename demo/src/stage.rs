//! The stage: shows each act of the story and really does it. Each wait has a deadline.
//!
//! What is printed is what runs: commands go to `sh` as they stand on the screen.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use reqwest::Method;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::processes::{self, ControlPlane, Folder, Life, Simulator};
use crate::screen::Screen;
use crate::story::{Act, Deeds, PLACE_TO_PLAY, Step};

/// How long an act may take; a busy machine is slow, a broken operator never gets there.
const DEADLINE: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Everything the story happens on.
pub(crate) struct Stage<'a> {
    folder: &'a Folder,
    screen: &'a Screen,
    plane: ControlPlane,
    simulator: Simulator,
    http: reqwest::Client,
}

impl<'a> Stage<'a> {
    /// Starts the control plane and the simulator.
    pub(crate) async fn set(life: Life, folder: &'a Folder, screen: &'a Screen) -> anyhow::Result<Self> {
        let began = Instant::now();
        let plane = ControlPlane::start(folder, life).await?;
        let simulator = Simulator::start(folder).await?;
        screen.say(&format!(
            "The control plane (kube-apiserver, etcd, kube-controller-manager) is ready after {:.1} s.\n\
             The simulator stands for the vendors: their room services at {}, and a control port at {}.",
            began.elapsed().as_secs_f32(),
            simulator.rooms,
            simulator.control
        ));
        // Plain HTTP to this machine: neither a proxy nor the system's certificates have a part in it.
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(DEADLINE).build()?;
        Ok(Stage { folder, screen, plane, simulator, http })
    }

    /// Plays one step of the story.
    pub(crate) async fn play(&mut self, step: &Step) -> anyhow::Result<()> {
        for act in step.acts {
            match act {
                Act::Say(text) => self.screen.paragraph(text),
                Act::StartOperator => self.start_operator()?,
                Act::Do(command) => self.perform(command).await?,
                Act::Show { command, words } => self.show(command, words).await?,
                Act::Enters(place) => self.ask(Method::PUT, place, None).await?,
                Act::Leaves(place) => self.ask(Method::DELETE, place, None).await?,
                Act::HostChanges { place, to } => self.ask(Method::PATCH, place, Some(to)).await?,
                Act::TimePasses(seconds) => {
                    self.ask(Method::POST, "/clock", Some(&format!(r#"{{"advanceSeconds": {seconds}}}"#))).await?;
                }
                Act::VendorHas { place, fields } => self.vendor_has(place, fields).await?,
            }
        }
        Ok(())
    }

    fn start_operator(&self) -> anyhow::Result<()> {
        let host = self.simulator.rooms.trim_start_matches("http://");
        let arguments = [
            "controller",
            "--watch-namespaces=events",
            "--operator-namespace=default",
            &format!("--allowed-endpoint-hosts={host}"),
            "--drift-check-interval=2s",
            "--listen=127.0.0.1:0",
        ];
        self.screen.command(&format!("{} {} &", self.folder.operator_program(), arguments.join(" ")));
        processes::start_operator(self.folder, &self.plane, &arguments)
    }

    /// Runs a command once.
    async fn perform(&self, command: &str) -> anyhow::Result<()> {
        let command = self.filled(command);
        self.screen.command(&command);
        let output = self.run(&command).await?;
        let said = said(&output);
        if !output.status.success() {
            bail!("`{command}` failed ({}):\n{said}", output.status);
        }
        self.screen.output(&said);
        Ok(())
    }

    /// Runs a command that only looks, until it shows the words.
    async fn show(&self, command: &str, words: &str) -> anyhow::Result<()> {
        let command = self.filled(command);
        self.screen.command(&command);
        let began = Instant::now();
        loop {
            let output = self.run(&command).await?;
            let said = said(&output);
            if output.status.success() && said.contains(words) {
                self.screen.output(&said);
                return Ok(());
            }
            if began.elapsed() > DEADLINE {
                let seconds = DEADLINE.as_secs();
                bail!("`{command}` does not show `{words}` after {seconds} seconds; it says:\n{said}");
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn run(&self, command: &str) -> anyhow::Result<Output> {
        let mut shell = Command::new("sh");
        // `exec`, so that what is killed with the demo is the command and not only its shell; a pipe ends by itself.
        shell.arg("-c").arg(format!("exec {command}")).current_dir(self.folder.repository());
        let path = std::env::var("PATH").unwrap_or_default();
        shell.env("PATH", format!("{}:{path}", self.plane.bin.display()));
        shell.env("KUBECONFIG", &self.plane.kubeconfig);
        // kubectl remembers kinds per address, and another control plane may have had this address before.
        shell.env("KUBECACHEDIR", self.folder.file("kubectl-cache"));
        // A reader's own kubectl settings would change what the commands do.
        shell.env("KUBERC", "off");
        shell.stdin(Stdio::null()).process_group(0).kill_on_drop(true);
        timeout(DEADLINE, shell.output())
            .await
            .with_context(|| format!("`{command}` did not end within {} seconds", DEADLINE.as_secs()))?
            .with_context(|| format!("cannot run `{command}`"))
    }

    fn filled(&self, command: &str) -> String {
        command.replace("{rooms}", &self.simulator.rooms)
    }

    /// Asks the control port for something: what a host, a guest, the vendor or time itself would do.
    async fn ask(&self, method: Method, path: &str, body: Option<&str>) -> anyhow::Result<()> {
        let url = format!("{}{path}", self.simulator.control);
        let data = body.map(|body| format!(" -d '{body}'")).unwrap_or_default();
        self.screen.command(&format!("curl -X {method} {url}{data}"));
        // The answer to a change is the whole room.
        let change = body.filter(|_| method == Method::PATCH).and_then(|body| serde_json::from_str(body).ok());
        let request = self.http.request(method, &url).body(body.unwrap_or_default().to_owned());
        let answer = request.send().await.context("the control port does not answer")?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("the control port answers {status}: {text}");
        }
        let shown = serde_json::from_str(&text).ok().zip(change);
        self.screen.output(&shown.map_or(text, |(answer, change)| excerpt(&answer, &change)));
        Ok(())
    }

    /// Waits until something at the vendor has these values, or until it is gone where the story wants `null`.
    async fn vendor_has(&self, place: &str, wanted: &str) -> anyhow::Result<()> {
        let wanted: Value = serde_json::from_str(wanted).context("the story writes values as JSON")?;
        self.screen.command(&format!("curl {}/state", self.simulator.control));
        let began = Instant::now();
        loop {
            let state = self.get("state").await?;
            let seen = state.pointer(place).unwrap_or(&Value::Null);
            let there = match wanted.as_object() {
                Some(fields) => fields.iter().all(|(field, value)| &seen[field] == value),
                None => seen.is_null(),
            };
            if there {
                self.screen.output(&found(&state, place, &wanted));
                return Ok(());
            }
            if began.elapsed() > DEADLINE {
                bail!("after {} seconds the vendor still has {seen}, and not {wanted}", DEADLINE.as_secs());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}/{path}", self.simulator.control)).send().await;
        let text = answer.context("the control port does not answer")?.error_for_status()?.text().await?;
        serde_json::from_str(&text).with_context(|| format!("the control port says: {text}"))
    }

    /// Reads in the journal what the vendors were asked, and makes sure that nothing was done twice or in vain.
    pub(crate) async fn sum_up(&self, expected: &[Deeds]) -> anyhow::Result<()> {
        let journal = self.get("journal").await?;
        let entries = journal.as_array().context("the journal is a list")?;
        let writes: Vec<&Value> = entries.iter().filter(|entry| entry["kind"] == "write").collect();
        for deeds in expected {
            let about_room = writes.iter().filter(|entry| entry["room"] == deeds.room);
            let operations = about_room.filter_map(|entry| entry["operation"].as_str()?.rsplit('/').next());
            let operations: Vec<&str> = operations.collect();
            if operations != deeds.operations {
                bail!("{} was changed by {operations:?}, and not by {:?}", deeds.object, deeds.operations);
            }
        }
        let changes: usize = expected.iter().map(|deeds| deeds.operations.len()).sum();
        if writes.len() != changes {
            bail!("the vendors were asked for {} changes, and not for {changes}: {writes:?}", writes.len());
        }
        // A look that changes something is as wrong as a change that changes nothing.
        if let Some(entry) = entries.iter().find(|entry| (entry["kind"] == "write") != (entry["applied"] == true)) {
            bail!("a request did not do what such a request should: {entry}");
        }
        let lines = expected.iter().map(|deeds| format!("  {}: {}", deeds.object, deeds.operations.join(", ")));
        self.screen.paragraph(&format!(
            "The simulator keeps a journal of what the operator asked it. {} requests changed nothing.\n\
             These {changes} changed something, none twice and none in vain:\n\n{}",
            entries.len() - changes,
            lines.collect::<Vec<_>>().join("\n")
        ));
        Ok(())
    }

    /// Says how to go on with what is left running.
    pub(crate) fn explain(&self) {
        let (folder, control) = (self.folder.shown(), &self.simulator.control);
        let program = self.folder.programs.join("roomkeeper");
        let (program, vendors) = (program.display(), self.simulator.rooms.trim_start_matches("http://"));
        self.screen.heading("It goes on running");
        self.screen.paragraph(&format!(
            "For kubectl, in a shell of yours:\n\
             \n  export KUBECONFIG='{}'\n  export KUBECACHEDIR='{}'\n  export PATH=\"{}:$PATH\"\n  kubectl get roomkeeper\n\
             \nWhy a room is as it is, and what keeps the operator from its work, by the program itself:\n\
             \n  {program} explain -n events --operator-namespace default room/weekly-sync\n  \
             {program} doctor -n events --operator-namespace default --allowed-endpoint-hosts {vendors}\n\
             \nThe simulator's control port, of which docs/simulator.md tells all. What was asked of the vendors, and a new\n\
             name behind the operator's back, which it takes back in about 2 seconds:\n\
             \n  curl {control}/journal\n  curl -X PATCH {control}{PLACE_TO_PLAY} -d '{{\"name\": \"Party\"}}'\n\
             \nThe logs:\n\
             \n  {folder}/operator.log\n  {folder}/simulator.log\n  {folder}/control-plane/*.log\n\
             \nTo stop all of it and remove its files:\n\n  make demo-stop",
            self.plane.kubeconfig.display(),
            self.folder.file("kubectl-cache").display(),
            self.plane.bin.display()
        ));
    }
}

/// Shows where in the state something was found, or that it is not there any more.
fn found(state: &Value, place: &str, wanted: &Value) -> String {
    let (around, name) = place.rsplit_once('/').unwrap_or_default();
    let list = around.rsplit_once('/').map_or(around, |(_, list)| list);
    let seen = &state.pointer(place).unwrap_or(&Value::Null);
    match (wanted.is_object(), name.parse::<usize>()) {
        (true, Ok(_)) => format!("… \"{list}\": [ … {} … ] …", excerpt(seen, wanted)),
        (true, Err(_)) => format!("… \"{name}\": {} …", excerpt(seen, wanted)),
        (false, _) => format!("… \"{list}\": {} …", state.pointer(around).unwrap_or(&Value::Null)),
    }
}

/// Leaves out of a room at the vendor what is not in `these`: there are some twenty fields.
fn excerpt(room: &Value, these: &Value) -> String {
    let fields = these.as_object().into_iter().flat_map(|fields| fields.keys());
    let lines: Vec<String> = fields.map(|field| format!("\"{field}\": {}", room[field])).collect();
    format!("{{ … {} … }}", lines.join(", "))
}

fn said(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{error}")
}
