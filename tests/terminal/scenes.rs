//! What is shown: a name for the golden file, and the line that a person types. A new scene is a row here, and
//! `UPDATE=1 make terminal` writes its files.

/// Lines are run in the stage's folder, see `stage.rs` for the files and rooms in it.
const SCENES: &[(&str, &str)] = &[
    ("no-command", "roomkeeper"),
    ("unknown-command", "roomkeeper plam"),
    ("unknown-flag", "roomkeeper plan --file rooms"),
    ("version", "roomkeeper version"),
    ("crds", "roomkeeper crds | head -4"),
    ("completions-no-shell", "roomkeeper completions"),
    ("man-no-folder", "roomkeeper man nowhere"),
    ("controller-no-cluster", "roomkeeper controller --listen=127.0.0.1:0"),
    ("plan-changes", "roomkeeper plan -f rooms --assume-owned"),
    ("plan-nothing", "roomkeeper plan -f in-sync --assume-owned"),
    ("plan-no-file", "roomkeeper plan -f nowhere.yaml"),
    ("plan-broken-file", "roomkeeper plan -f broken.yaml"),
    ("plan-other-kind", "roomkeeper plan -f other.yaml"),
    ("plan-base", "roomkeeper plan -f in-sync --base rooms"),
    ("plan-strangers", "roomkeeper plan -f rooms"),
    ("plan-refused", "roomkeeper plan -f refused.yaml --offline"),
    ("plan-no-revision", "roomkeeper plan -f rooms --base no-such-revision"),
    (
        "import",
        "roomkeeper import -f account.yaml --config tencent -n events --engine tencentRoom weekly-sync nowhere > rooms.yaml",
    ),
    ("import-no-ids", "roomkeeper import -f account.yaml --config tencent -n events --engine tencentRoom"),
    ("explain-no-cluster", "roomkeeper explain -n events room/weekly-sync"),
];

/// The same beside a cluster, in this order: KUBECONFIG names the one of an administrator, `nobody.yaml` is that of
/// somebody without rights.
const WITH_A_CLUSTER: &[(&str, &str)] = &[
    ("controller-no-kinds", "roomkeeper controller --listen=127.0.0.1:0"),
    ("crds-apply", "roomkeeper crds | kubectl apply --server-side -f - -o name | cut -d / -f 2"),
    ("controller-no-rights", "KUBECONFIG=nobody.yaml roomkeeper controller --listen=127.0.0.1:0"),
];

/// The same when the cluster has the kinds, the objects of `rooms/`, and a status of `all-hands`.
const WITH_OBJECTS: &[(&str, &str)] = &[
    ("explain-not-ready", "roomkeeper explain -n events room/all-hands"),
    ("explain-near-names", "roomkeeper explain -n events room/all-hand"),
    ("explain-no-rights", "KUBECONFIG=nobody.yaml roomkeeper explain -n events room/all-hands"),
    ("doctor-no-operator", "roomkeeper doctor -n events"),
    ("plan-cluster", "roomkeeper plan -f rooms/all-hands.yaml --cluster"),
];

/// Returns the scenes with objects in a cluster, as a name and a line.
pub(crate) fn scenes_with_objects() -> Vec<(String, String)> {
    WITH_OBJECTS.iter().map(|(name, line)| ((*name).to_owned(), (*line).to_owned())).collect()
}

/// Returns the scenes with a cluster, as a name and a line.
pub(crate) fn scenes_with_a_cluster() -> Vec<(String, String)> {
    WITH_A_CLUSTER.iter().map(|(name, line)| ((*name).to_owned(), (*line).to_owned())).collect()
}

/// Returns the scenes without a cluster: those above, and the help of every command that there is.
pub(crate) fn scenes() -> Vec<(String, String)> {
    let commands = roomkeeper::cli::command();
    let of_command = |command: &clap::Command| {
        let name = command.get_name();
        (format!("help-{name}"), format!("roomkeeper {name} --help"))
    };
    let helps = commands.get_subcommands().map(of_command);
    let own = SCENES.iter().chain(&[("help", "roomkeeper --help")]);
    own.map(|(name, line)| ((*name).to_owned(), (*line).to_owned())).chain(helps).collect()
}
