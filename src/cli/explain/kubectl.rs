//! How commands for a shell are written. It does not know which one helps.

use serde_json::Value;

use super::explanation::Command;
use crate::source::ConfigKey;

/// How kubectl is called, and about which object.
#[derive(Clone, Debug)]
pub(super) struct Kubectl<'a> {
    /// `kubectl`, with the flags that lead to the cluster.
    pub(super) program: &'a str,
    /// Absent: the kind has no namespace.
    pub(super) namespace: Option<&'a str>,
    /// The kind as kubectl takes it.
    pub(super) kind: String,
    pub(super) name: &'a str,
}

impl<'a> Kubectl<'a> {
    /// Returns how kubectl is called about a config.
    pub(super) fn of_config(key: &'a ConfigKey, program: &'a str) -> Self {
        let (kind, namespace, name) = key.parts();
        Kubectl { program, namespace, kind: kind.to_lowercase(), name }
    }

    /// Returns a command about the object: a verb, and what follows the name.
    pub(super) fn about(&self, verb: &str, rest: &str) -> String {
        format!("{} {verb} {} {} {rest}", self.start(), self.kind, self.name).trim_end().to_owned()
    }

    /// Returns a merge patch of the object.
    pub(super) fn patch(&self, patch: &Value) -> String {
        self.about("patch", &format!("--type=merge -p {}", quoted(&patch.to_string())))
    }

    /// Returns the beginning of a command in the object's namespace.
    pub(super) fn start(&self) -> String {
        started(self.program, self.namespace)
    }
}

/// Returns the beginning of a command in a namespace.
pub(super) fn started(program: &str, namespace: Option<&str>) -> String {
    namespace.map_or_else(|| program.to_owned(), |namespace| format!("{program} -n {namespace}"))
}

/// Returns a text as one word of a shell.
pub(in crate::cli) fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=@%+,".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A command by which nothing is lost.
pub(super) fn harmless(command: String, effect: impl Into<String>) -> Command {
    Command { command, effect: effect.into(), destructive: false }
}

/// A command by which something is lost that cannot be had back.
pub(super) fn destructive(command: String, effect: impl Into<String>) -> Command {
    Command { command, effect: effect.into(), destructive: true }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let rows = [
            ("weekly-sync", "weekly-sync"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$(rm -rf .)", "'$(rm -rf .)'"),
            ("arn:aws:eks/prod", "arn:aws:eks/prod"),
        ];
        for (text, word) in rows {
            assert_eq!(quoted(text), word);
        }
    }

    #[test]
    fn a_command_names_namespace_kind_and_name() {
        let kubectl =
            Kubectl { program: "kubectl", namespace: Some("events"), kind: "room".to_owned(), name: "weekly-sync" };
        assert_eq!(kubectl.about("edit", ""), "kubectl -n events edit room weekly-sync");
        assert_eq!(
            kubectl.patch(&json!({ "spec": { "owner": "o'neill" } })),
            r#"kubectl -n events patch room weekly-sync --type=merge -p '{"spec":{"owner":"o'\''neill"}}'"#
        );
        let cluster = Kubectl { namespace: None, kind: "clusterproviderconfig".to_owned(), ..kubectl };
        assert_eq!(cluster.about("get", "-o yaml"), "kubectl get clusterproviderconfig weekly-sync -o yaml");
    }
}
