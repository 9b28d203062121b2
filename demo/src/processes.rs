//! The processes behind the demo: started here, and stopped here and nowhere else.
//!
//! Each program holds a lock on its pid file as its standard input, so a lock that is held proves that the pid is its.
//! The control plane locks its own folder in the same way. What the story does with them is not known here.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{ChildStdin, Command};
use tokio::time::{sleep, timeout};

/// The programs that this demo starts besides the control plane, in the order in which they are stopped.
const PROGRAMS: [&str; 2] = [OPERATOR, SIMULATOR];
const OPERATOR: &str = "operator";
const SIMULATOR: &str = "simulator";
const CONTROL_PLANE: &str = "control-plane";

/// A start without a build takes three seconds; a busy machine is slow.
const START_DEADLINE: Duration = Duration::from_secs(120);
/// The operator gives its passes 20 seconds to finish.
const STOP_DEADLINE: Duration = Duration::from_secs(25);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long the processes live.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// Until the demo ends.
    WithTheDemo,
    /// Until `make demo-stop`.
    Kept,
}

/// The one folder of a demo in this clone: logs, pid files, and the control plane's data.
pub(crate) struct Folder {
    path: PathBuf,
    pub(crate) programs: PathBuf,
    repository: PathBuf,
}

impl Folder {
    /// Finds the folder: beside the one that this program was built into.
    pub(crate) fn locate() -> anyhow::Result<Self> {
        let this = std::env::current_exe().context("this program's own path is not known")?;
        let programs = this.parent().context("a program is in a folder")?.to_owned();
        let path = programs.parent().context("a build folder is in another")?.join("demo");
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the demo is in the repository")?;
        Ok(Folder { path, programs, repository: repository.to_owned() })
    }

    /// Makes sure that nobody else starts or stops a demo here while the returned file is open.
    ///
    /// # Errors
    /// Another demo is being told.
    pub(crate) fn lock(&self) -> anyhow::Result<File> {
        let file = File::create(self.path.with_extension("lock")).context("the lock of the demo cannot be opened")?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                bail!("another demo is running here: wait for its end, or end it with Ctrl-C")
            }
            Err(TryLockError::Error(error)) => Err(error).context("the demo cannot be locked"),
        }
    }

    /// Makes the folder anew.
    ///
    /// # Errors
    /// An earlier demo was left running.
    pub(crate) fn begin(&self) -> anyhow::Result<()> {
        let running = self.running();
        if !running.is_empty() {
            bail!("an earlier demo still runs ({}): `make demo-stop` stops it", running.join(", "));
        }
        self.remove()?;
        fs::create_dir_all(&self.path).with_context(|| format!("cannot make {}", self.path.display()))
    }

    /// Removes the folder and all that is in it.
    pub(crate) fn remove(&self) -> anyhow::Result<()> {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.path.display()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Returns the names of what runs in this folder, this program's own child or not.
    pub(crate) fn running(&self) -> Vec<&'static str> {
        let programs = PROGRAMS.into_iter().filter(|name| is_locked(&self.pid_file(name)));
        programs.chain(is_locked(&self.control_plane()).then_some(CONTROL_PLANE)).collect()
    }

    /// Returns the root of the repository, where the story's commands run.
    pub(crate) fn repository(&self) -> &Path {
        &self.repository
    }

    /// Returns the path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns the folder as one types it in the root of the repository.
    pub(crate) fn shown(&self) -> String {
        self.shorten(&self.path)
    }

    /// Returns the operator's program as one types it in the root of the repository.
    pub(crate) fn operator_program(&self) -> String {
        self.shorten(&self.programs.join("roomkeeper"))
    }

    fn shorten(&self, path: &Path) -> String {
        path.strip_prefix(&self.repository).unwrap_or(path).display().to_string()
    }

    fn pid_file(&self, name: &str) -> PathBuf {
        self.file(&format!("{name}.pid"))
    }

    fn control_plane(&self) -> PathBuf {
        self.file(CONTROL_PLANE)
    }

    fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.file(&format!("{name}.log"));
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// A command of one of the built programs, apart from the terminal's Ctrl-C, with its lock as standard input.
    fn program(&self, name: &str, program: &Path) -> anyhow::Result<Command> {
        let lock = File::create(self.pid_file(name)).with_context(|| format!("no pid file for the {name}"))?;
        lock.try_lock().with_context(|| format!("the {name} runs already"))?;
        let mut command = Command::new(program);
        command
            .current_dir(&self.repository)
            .process_group(0)
            .stdin(lock)
            .stdout(Stdio::null())
            .stderr(self.log(name)?);
        Ok(command)
    }
}

fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// A running control plane.
pub(crate) struct ControlPlane {
    pub(crate) kubeconfig: PathBuf,
    /// The folder with kubectl in it.
    pub(crate) bin: PathBuf,
    /// It ends when this does, unless it is kept.
    _stdin: Option<ChildStdin>,
}

impl ControlPlane {
    /// Starts etcd, kube-apiserver and kube-controller-manager, and waits until they are ready.
    pub(crate) async fn start(folder: &Folder, life: Life) -> anyhow::Result<Self> {
        let mut command = Command::new("go");
        command.args(["-C", "controlplane", "run", ".", "up", "--dir"]).arg(folder.control_plane());
        command
            .current_dir(folder.repository())
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(folder.log(CONTROL_PLANE)?);
        match life {
            Life::WithTheDemo => command.stdin(Stdio::piped()),
            Life::Kept => command.arg("--keep").stdin(Stdio::null()),
        };
        let mut child =
            command.spawn().context("cannot run `go`: install the version that controlplane/go.mod names")?;
        let mut lines = lines(child.stdout.take())?;
        let line = next(&mut lines, CONTROL_PLANE, folder).await?;
        let told: Value =
            serde_json::from_str(&line).with_context(|| format!("the control plane announces `{line}`"))?;
        let path = |name: &str| {
            told[name].as_str().map(PathBuf::from).with_context(|| format!("the control plane announces no `{name}`"))
        };
        Ok(ControlPlane { kubeconfig: path("kubeconfig")?, bin: path("bin")?, _stdin: child.stdin.take() })
    }
}

/// A running simulator.
pub(crate) struct Simulator {
    /// What a `ProviderConfig` names as its endpoint.
    pub(crate) rooms: String,
    /// Where people enter and leave, and rooms change behind the operator's back.
    pub(crate) control: String,
}

impl Simulator {
    /// Starts the simulator on free ports, and waits until it listens.
    pub(crate) async fn start(folder: &Folder) -> anyhow::Result<Self> {
        let mut command = folder.program(SIMULATOR, &folder.programs.join("roomkeeper-sim"))?;
        command.args(["--seed", "demo/seed.yaml", "--port", "0", "--control-port", "0"]).stdout(Stdio::piped());
        let mut child = spawn(command, SIMULATOR, folder)?;
        let mut lines = lines(child.stdout.take())?;
        let rooms = next(&mut lines, SIMULATOR, folder).await?;
        let control = next(&mut lines, SIMULATOR, folder).await?;
        let url = |line: &str, name: &str| {
            line.strip_prefix(name).map(str::to_owned).with_context(|| format!("the simulator announces `{line}`"))
        };
        Ok(Simulator { rooms: url(&rooms, "room services: ")?, control: url(&control, "control port: ")? })
    }
}

/// Starts the operator with these arguments; what comes of it is for the story to see.
pub(crate) fn start_operator(folder: &Folder, plane: &ControlPlane, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = folder.program(OPERATOR, &folder.programs.join("roomkeeper"))?;
    // A proxy for the world outside must not stand before this machine's own ports.
    command.args(arguments).env("KUBECONFIG", &plane.kubeconfig).env("NO_PROXY", "127.0.0.1").env("NO_COLOR", "1");
    spawn(command, OPERATOR, folder).map(drop)
}

fn spawn(mut command: Command, name: &str, folder: &Folder) -> anyhow::Result<tokio::process::Child> {
    let child = command.spawn().with_context(|| format!("cannot start the {name}: `make demo` builds it first"))?;
    // Closes our copy of the lock: from here on only the program holds it.
    drop(command);
    let pid = child.id().context("a program that was just started has a pid")?;
    let mut file = File::options().write(true).open(folder.pid_file(name))?;
    writeln!(file, "{pid}").with_context(|| format!("cannot write the pid of the {name}"))?;
    Ok(child)
}

fn lines<R: AsyncRead + Unpin>(output: Option<R>) -> anyhow::Result<Lines<BufReader<R>>> {
    Ok(BufReader::new(output.context("the standard output is a pipe")?).lines())
}

async fn next<R: AsyncRead + Unpin>(
    lines: &mut Lines<BufReader<R>>,
    name: &str,
    folder: &Folder,
) -> anyhow::Result<String> {
    let line = timeout(START_DEADLINE, lines.next_line()).await;
    match line.with_context(|| format!("the {name} is not ready after {} seconds", START_DEADLINE.as_secs()))?? {
        Some(line) => Ok(line),
        None => {
            let log = fs::read_to_string(folder.file(&format!("{name}.log"))).unwrap_or_default();
            bail!("the {name} did not start: {}", log.trim())
        }
    }
}

/// Stops what runs in the folder, and returns when it is gone. What runs elsewhere is left alone.
///
/// # Errors
/// Names what could not be stopped; the others are stopped all the same.
pub(crate) async fn stop(folder: &Folder) -> anyhow::Result<()> {
    let mut result = Ok(());
    for name in PROGRAMS {
        result = result.and(stop_program(folder, name).await.with_context(|| format!("cannot stop the {name}")));
    }
    if is_locked(&folder.control_plane()) {
        let mut down = Command::new("go");
        down.args(["-C", "controlplane", "run", ".", "down", "--dir"]).arg(folder.control_plane());
        let down = down.current_dir(folder.repository()).process_group(0).stdin(Stdio::null()).output().await;
        let output = down.context("cannot run `go` to stop the control plane")?;
        if !output.status.success() && !gone(&folder.control_plane(), STOP_DEADLINE).await {
            bail!("cannot stop the control plane: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
    }
    result
}

async fn stop_program(folder: &Folder, name: &str) -> anyhow::Result<()> {
    let file = folder.pid_file(name);
    for (signal, patience) in [(Signal::TERM, STOP_DEADLINE), (Signal::KILL, STOP_DEADLINE)] {
        if !is_locked(&file) {
            return Ok(());
        }
        let pid: i32 = fs::read_to_string(&file)?.trim().parse().context("its pid is not written down")?;
        kill_process(Pid::from_raw(pid).context("0 is no pid")?, signal)?;
        if gone(&file, patience).await {
            return Ok(());
        }
    }
    bail!("it is still there after SIGKILL")
}

async fn gone(locked: &Path, patience: Duration) -> bool {
    let began = Instant::now();
    while is_locked(locked) {
        if began.elapsed() > patience {
            return false;
        }
        sleep(LOOK_EVERY).await;
    }
    true
}
