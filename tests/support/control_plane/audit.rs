//! Reads the API server's audit log. It must not filter: what counts is for the test to say.

use std::collections::HashMap;

use serde::Deserialize;

/// One request to the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditEvent {
    /// Who asked; an impersonated user where there is one.
    pub(crate) user: String,
    /// The client's name for itself; empty if it gave none.
    pub(crate) user_agent: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; else the HTTP method.
    pub(crate) verb: String,
    /// Of the resource; empty for the core group, and for a request that is not for objects.
    pub(crate) group: String,
    /// In the plural, as in the URL; empty for a request that is not for objects, like `/version`.
    pub(crate) resource: String,
    /// `status`, for example; empty for the object itself.
    pub(crate) subresource: String,
    /// Empty where the URL names no object, as with a list, and a create.
    pub(crate) name: String,
    /// Empty for objects without one, and for requests across all.
    pub(crate) namespace: String,
    /// The HTTP status; 0 where there is none yet.
    pub(crate) code: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuditLine {
    #[serde(rename = "auditID")]
    audit_id: String,
    verb: String,
    #[serde(default)]
    user_agent: String,
    user: AuditUser,
    impersonated_user: Option<AuditUser>,
    #[serde(default)]
    object_ref: ObjectRef,
    #[serde(default)]
    response_status: ResponseStatus,
}

#[derive(Deserialize)]
struct AuditUser {
    username: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ObjectRef {
    api_group: String,
    resource: String,
    subresource: String,
    name: String,
    namespace: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResponseStatus {
    code: u16,
}

impl From<AuditLine> for AuditEvent {
    fn from(line: AuditLine) -> Self {
        AuditEvent {
            user: line.impersonated_user.unwrap_or(line.user).username,
            user_agent: line.user_agent,
            verb: line.verb,
            group: line.object_ref.api_group,
            resource: line.object_ref.resource,
            subresource: line.object_ref.subresource,
            name: line.object_ref.name,
            namespace: line.object_ref.namespace,
            code: line.response_status.code,
        }
    }
}

/// Reads the lines of an audit log; see `ControlPlane::audit`.
pub(super) fn parse(log: &str) -> Result<Vec<AuditEvent>, serde_json::Error> {
    let mut events: Vec<AuditEvent> = Vec::new();
    let mut places = HashMap::new();
    // What follows the last line end is still being written.
    for line in log.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let line: AuditLine = serde_json::from_str(line)?;
        let id = line.audit_id.clone();
        // A watch has a line when it is open and one when it ends.
        match places.get(&id) {
            Some(&place) => events[place] = line.into(),
            None => {
                places.insert(id, events.len());
                events.push(line.into());
            }
        }
    }
    Ok(events)
}
