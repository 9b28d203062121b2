//! The manifest of a room that was seen: YAML for people to read, keep in Git and change, with comments on what is not in
//! it. Pure.

use std::fmt::Write as _;

use kube::core::ObjectMeta;
use roomkeeper_plan::ids::{Account, ExternalId};

use crate::api::meeting_room::{self, MeetingRoom, MeetingRoomSpec};
use crate::api::{Dismissal, ManagementPolicy, ProviderConfigRef, Room, RoomSpec, WhenOccupied};
use crate::engines::Engine;
use crate::engines::import::{Draft, Part, PasswordIsSet, Problem, Visibility};
use crate::object::Object;
use crate::source::ConfigKey;
use crate::yaml;

/// How the manifests are written.
pub(super) struct Terms {
    pub(super) whence: Whence,
    pub(super) management: Management,
    pub(super) passwords: Passwords,
}

/// Where the rooms were seen, and where their objects shall be.
pub(super) struct Whence {
    pub(super) account: Account,
    pub(super) config: ConfigKey,
    pub(super) reference: ProviderConfigRef,
    pub(super) namespace: String,
}

/// What the operator may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Management {
    /// Look.
    Watch,
    /// Everything that the engine has.
    Adopt,
}

/// How the references to Secrets are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passwords {
    /// As comments, since a plan fails without the Secrets.
    Commented,
    /// As fields.
    Referenced,
}

/// A manifest.
pub(super) struct Manifest {
    pub(super) text: String,
    /// The vendor's id of the room.
    pub(super) room: String,
    /// Why the whole manifest is a comment; absent: it is none.
    pub(super) unfit: Option<String>,
}

/// Writes the manifest of a room.
///
/// # Errors
/// The object would be refused.
pub(super) fn of<E: Engine>(draft: Draft, terms: &Terms) -> Result<Manifest, Problem> {
    let field = draft.part.field();
    let problem = |why: String| Problem { room: draft.room.clone(), why };
    let metadata = ObjectMeta {
        name: Some(draft.object.clone()),
        namespace: Some(terms.whence.namespace.clone()),
        ..ObjectMeta::default()
    };
    let (object, written) = match draft.part.clone() {
        Part::HuaweiMeeting(part) => {
            let room = MeetingRoom { metadata, spec: meeting_room(*part, terms), status: None };
            (Object::from(room.clone()), yaml::text(&room))
        }
        part @ (Part::TencentRoom(_) | Part::TencentLive(_) | Part::HuaweiRtc(_)) => {
            let room = Room { metadata, spec: room(part, terms), status: None };
            (Object::from(room.clone()), yaml::text(&room))
        }
    };
    E::parse(&object).map_err(|invalid| problem(format!("cannot be written as an object: {invalid}")))?;
    let mut text = written.map_err(|error| problem(format!("cannot be written as YAML: {error}")))?;
    if terms.passwords == Passwords::Commented {
        for password in &draft.passwords {
            text = without(&text, &["spec", field, password.field]);
        }
    }
    let mut comments = String::new();
    for line in notes(&draft, terms) {
        writeln!(comments, "# {}", printable(&line)).expect("a String takes every write");
    }
    let text = match &draft.unfit {
        None => format!("---\n{comments}{text}"),
        Some(_) => comments + &text.lines().fold(String::new(), |text, line| text + "# " + line + "\n"),
    };
    Ok(Manifest { text, room: draft.room, unfit: draft.unfit })
}

fn room(part: Part, terms: &Terms) -> RoomSpec {
    let mut spec = RoomSpec { provider_config_ref: terms.whence.reference.clone(), ..RoomSpec::default() };
    match part {
        Part::TencentRoom(part) => spec.tencent_room = Some(*part),
        Part::TencentLive(part) => spec.tencent_live = Some(*part),
        Part::HuaweiRtc(part) => {
            spec.huawei_rtc = Some(part);
            // It has no default.
            spec.dismissal = Some(Dismissal { when_occupied: Some(WhenOccupied::Wait), timeout: None });
        }
        Part::HuaweiMeeting(_) => unreachable!("it is of another kind"),
    }
    let verbs = spec.engine().map_or(&[][..], |engine| engine.verbs());
    spec.management_policies = Some(policies(verbs, terms));
    spec
}

fn meeting_room(part: crate::api::HuaweiMeeting, terms: &Terms) -> MeetingRoomSpec {
    MeetingRoomSpec {
        provider_config_ref: terms.whence.reference.clone(),
        huawei_meeting: part,
        management_policies: Some(policies(&meeting_room::VERBS, terms)),
        ..MeetingRoomSpec::default()
    }
}

fn policies(verbs: &[ManagementPolicy], terms: &Terms) -> Vec<ManagementPolicy> {
    match terms.management {
        Management::Watch => Vec::new(),
        Management::Adopt => verbs.to_vec(),
    }
}

/// Returns what stands above an object, line by line.
fn notes(draft: &Draft, terms: &Terms) -> Vec<String> {
    let Whence { account, config, .. } = &terms.whence;
    let called = draft.called.as_ref().map(|called| format!(" ({called})")).unwrap_or_default();
    let room = ExternalId::new(account.clone(), &draft.room);
    let mut lines = vec![format!("{room}{called}, as the {config} shows it.")];
    if let Some(why) = &draft.unfit {
        lines.push(format!("Only a comment, because {why}."));
    }
    lines.extend(draft.left_out.refused.iter().map(|(field, why)| format!("Left out: {field} {why}.")));
    if !draft.left_out.hidden.is_empty() {
        lines.push(format!("Left out, because the vendor does not show it: {}.", draft.left_out.hidden.join(", ")));
    }
    if !draft.passwords.is_empty() {
        lines.extend(password_notes(draft, terms));
    }
    if terms.management == Management::Adopt {
        lines.push(deletion(&draft.part).to_owned());
    }
    lines
}

fn password_notes(draft: &Draft, terms: &Terms) -> Vec<String> {
    let fields: Vec<&str> = draft.passwords.iter().map(|password| password.field).collect();
    let fields = fields.join(" and ");
    let command = draft.passwords.iter().fold(
        format!("  kubectl -n {} create secret generic {}", terms.whence.namespace, draft.object),
        |command, PasswordIsSet { key, .. }| command + " --from-literal=" + key + "=PASSWORD",
    );
    let first = match terms.passwords {
        Passwords::Commented => {
            format!("Set and not managed: {fields}. To manage it, make the Secret and take the # from its lines:")
        }
        Passwords::Referenced => format!("Make the Secret for {fields} before you plan or apply this:"),
    };
    let mut lines = vec![first, command];
    let is_masked = draft.passwords.iter().any(|password| password.is == Visibility::Masked);
    match (&draft.part, terms.passwords) {
        _ if !is_masked || terms.management == Management::Watch => {}
        (Part::HuaweiMeeting(_), Passwords::Commented) => lines.push(
            "The vendor masks it: while it is not managed, no other setting can be changed (PasswordUnknown)."
                .to_owned(),
        ),
        (_, Passwords::Referenced) => lines.push(
            "The vendor does not show which it is, so it is sent once when this is applied: take the right one."
                .to_owned(),
        ),
        (Part::TencentRoom(_) | Part::TencentLive(_) | Part::HuaweiRtc(_), Passwords::Commented) => {}
    }
    lines
}

/// Says what a deletion of the object does to the room.
fn deletion(part: &Part) -> &'static str {
    match part {
        Part::TencentRoom(_) | Part::TencentLive(_) | Part::HuaweiRtc(_) => {
            "Deleting this object ends the room once nobody is in it; without Dismiss in managementPolicies it stays."
        }
        Part::HuaweiMeeting(_) => "Deleting this object leaves the room as it is (onDelete: Retain).",
    }
}

/// Makes a field a comment, with everything below it. Each text of the YAML has one line, so its lines tell its structure.
fn without(yaml: &str, path: &[&str]) -> String {
    let mut here: Vec<&str> = Vec::new();
    let mut field = None;
    let mut text = String::new();
    for line in yaml.lines() {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        if field.is_some_and(|field| indent <= field) {
            field = None;
        }
        if field.is_none()
            && let Some((key, _)) = inner.split_once(':')
        {
            here.truncate(indent / 2);
            here.push(key);
            field = (here == path).then_some(indent);
        }
        match field {
            Some(field) => text += &format!("{}# {}\n", &line[..field], &line[field..]),
            None => text += &format!("{line}\n"),
        }
    }
    text
}

/// Keeps what a vendor shows from ending the comment that it stands in.
fn printable(line: &str) -> String {
    let ends_lines = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    line.chars().fold(String::new(), |mut text, c| {
        if ends_lines(c) {
            text.extend(c.escape_default())
        } else {
            text.push(c)
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_becomes_a_comment_with_all_below_it_and_nothing_else() {
        let yaml = "\
spec:
  a:
    name: 'password: x'
    password:
      secretKeyRef:
        key: password
    seats:
      password: 1
  password: 2
  b:
  - password: 3
";
        let text = without(yaml, &["spec", "a", "password"]);
        let expected = "\
spec:
  a:
    name: 'password: x'
    # password:
    #   secretKeyRef:
    #     key: password
    seats:
      password: 1
  password: 2
  b:
  - password: 3
";
        assert_eq!(text, expected);
        assert_eq!(without(yaml, &["spec", "b", "password"]), yaml);
    }

    #[test]
    fn nothing_in_a_comment_ends_it() {
        let text = "a\nb\r\u{85}\u{2028}\u{2029}\u{feff}\u{7f}\u{1b}[2J 周 # \"";
        let line = printable(text);
        assert_eq!(line, r#"a\nb\r\u{85}\u{2028}\u{2029}\u{feff}\u{7f}\u{1b}[2J 周 # ""#);
    }
}
