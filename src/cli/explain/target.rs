//! Which object a person means, and what else it could have been. It reads no cluster.

use crate::api::{GROUP, VERSION, schema};

/// The kinds that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Room,
    MeetingRoom,
    ProviderConfig,
    ClusterProviderConfig,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Room, Kind::MeetingRoom, Kind::ProviderConfig, Kind::ClusterProviderConfig];

    /// Returns the name of the kind, as in a manifest.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Room => "Room",
            Kind::MeetingRoom => "MeetingRoom",
            Kind::ProviderConfig => "ProviderConfig",
            Kind::ClusterProviderConfig => "ClusterProviderConfig",
        }
    }

    /// Returns the kind as kubectl takes it.
    pub(super) fn word(self) -> String {
        self.as_str().to_lowercase()
    }

    /// Reads the name of a kind as kubectl does: singular, plural or short, in any case, with or without version and group.
    fn parse(text: &str) -> Option<Kind> {
        let text = text.to_lowercase();
        let text = text.strip_suffix(&format!(".{GROUP}")).unwrap_or(&text);
        let text = text.strip_suffix(&format!(".{VERSION}")).unwrap_or(text);
        let crds = schema::crds();
        let names = crds.iter().map(|crd| &crd.spec.names).find(|names| {
            let short = names.short_names.iter().flatten();
            let all = [Some(&names.plural), names.singular.as_ref()].into_iter().flatten().chain(short);
            all.into_iter().any(|name| name == text)
        })?;
        Kind::ALL.into_iter().find(|kind| kind.as_str() == names.kind)
    }
}

/// Which object, but for its namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) name: String,
}

impl Target {
    /// Reads `KIND/NAME`, or `KIND` and `NAME`.
    ///
    /// # Errors
    /// Says what is expected.
    pub(super) fn parse(words: &[String]) -> anyhow::Result<Target> {
        let (kind, name) = match words {
            [both] => both.split_once('/').unwrap_or((both, "")),
            [kind, name] => (kind.as_str(), name.as_str()),
            _ => ("", ""),
        };
        let known = || Kind::ALL.map(Kind::word).join(", ");
        let found = Kind::parse(kind)
            .ok_or_else(|| anyhow::anyhow!("`{kind}` is no kind that can be explained; there are {}", known()))?;
        if name.is_empty() || name.contains('/') {
            anyhow::bail!("name one object, such as {}/NAME", found.word());
        }
        Ok(Target { kind: found, name: name.to_owned() })
    }
}

/// Returns the names that a person may have meant, the nearest first, at most three.
pub(super) fn near(meant: &str, names: Vec<String>) -> Vec<String> {
    let most = meant.chars().count().div_ceil(3);
    let near = |name: &str| {
        let distance = strsim::osa_distance(meant, name);
        let within = name.contains(meant) || meant.contains(name);
        (distance <= most || within).then_some(distance)
    };
    let mut found: Vec<(usize, String)> =
        names.into_iter().filter_map(|name| near(&name).map(|distance| (distance, name))).collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_kubectl_reads_it() {
        let rows = [
            ("room/a", Some(Kind::Room)),
            ("Rooms/a", Some(Kind::Room)),
            ("RKR/a", Some(Kind::Room)),
            ("rooms.roomkeeper.dev/a", Some(Kind::Room)),
            ("rooms.v1alpha1.roomkeeper.dev/a", Some(Kind::Room)),
            ("MeetingRoom/a", Some(Kind::MeetingRoom)),
            ("rkm/a", Some(Kind::MeetingRoom)),
            ("providerconfigs/a", Some(Kind::ProviderConfig)),
            ("rkpc/a", Some(Kind::ProviderConfig)),
            ("rkcpc/a", Some(Kind::ClusterProviderConfig)),
            ("pod/a", None),
            ("room/", None),
            ("room", None),
            ("room/a/b", None),
        ];
        for (text, kind) in rows {
            let read = Target::parse(&[text.to_owned()]).ok();
            assert_eq!(read, kind.map(|kind| Target { kind, name: "a".to_owned() }), "{text}");
        }
        let two = Target::parse(&["room".to_owned(), "a".to_owned()]).expect("two words");
        assert_eq!(two, Target { kind: Kind::Room, name: "a".to_owned() });
        let refused = Target::parse(&["pod/a".to_owned()]).expect_err("no kind of ours").to_string();
        assert!(refused.contains("meetingroom"), "{refused}");
    }

    #[test]
    fn names_are_near_that_differ_in_few_letters_or_hold_each_other() {
        let names = || ["weekly-sync", "weekly-sync-2", "board", "monthly"].map(str::to_owned).to_vec();
        assert_eq!(near("weekly-snyc", names()), ["weekly-sync", "weekly-sync-2"]);
        assert_eq!(near("weekly", names()), ["weekly-sync", "weekly-sync-2"]);
        assert_eq!(near("zebra", names()), [""; 0]);
    }
}
