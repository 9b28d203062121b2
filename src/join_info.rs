//! Writes what people need to join a room into the Secret that the spec names: `writeJoinInfoToSecretRef`.
//!
//! The links are secrets, so they go there and nowhere else. It takes over no Secret that is not the object's own.

use std::collections::BTreeMap;

use roomkeeper_plan::secret::Secret;

use crate::api::meeting_room::{GUEST_LINK_KEY, HOST_LINK_KEY, JoinInfoSecret, MEETING_NUMBER_KEY};
use crate::cluster::{WriteError, Writer};
use crate::engines::Invalid;
use crate::object::{Object, Spec};

/// How people join a room. Absent: the vendor does not show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinInfo {
    /// The number that they dial.
    pub number: String,
    /// The link for guests.
    pub guest: Option<Secret>,
    /// The link for the host, who needs no password with it.
    pub host: Option<Secret>,
}

/// Why the Secret was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec names a Secret that is somebody else's.
    #[error(transparent)]
    Taken(#[from] Invalid),
    /// The API server refused it.
    #[error("the Secret {secret} with the join details could not be written: {source}")]
    Write {
        /// The name of the Secret.
        secret: String,
        /// What the API server said.
        source: WriteError,
    },
}

/// Brings the Secret to what the vendor shows, if the spec asks for one; the same details are not written again.
///
/// The Secret belongs to the object and goes with it.
///
/// # Errors
/// See [`Error`].
pub async fn save(object: &Object, info: &JoinInfo, writer: &Writer) -> Result<(), Error> {
    let Some(wanted) = wanted(object) else {
        return Ok(());
    };
    let written = writer.fill_secret(object, &wanted.name, &data(info, wanted)).await;
    let source = match written {
        Ok(()) => return Ok(()),
        Err(source) => source,
    };
    if matches!(source, WriteError::Taken) {
        let why = format!("there is a Secret {} that this object did not make; name another one", wanted.name);
        return Err(Invalid::new("spec.writeJoinInfoToSecretRef.name", why).into());
    }
    Err(Error::Write { secret: wanted.name.clone(), source })
}

/// Returns the Secret that the spec asks for.
fn wanted(object: &Object) -> Option<&JoinInfoSecret> {
    match &object.spec {
        Spec::Room(_) => None,
        Spec::MeetingRoom(room) => room.spec.write_join_info_to_secret_ref.as_ref(),
    }
}

fn data(info: &JoinInfo, wanted: &JoinInfoSecret) -> BTreeMap<&'static str, Secret> {
    let host = info.host.as_ref().filter(|_| wanted.includes_host_link());
    let entries = [
        (MEETING_NUMBER_KEY, Some(Secret::from(info.number.clone()))),
        (GUEST_LINK_KEY, info.guest.clone()),
        (HOST_LINK_KEY, host.cloned()),
    ];
    entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_link_is_written_only_if_it_is_asked_for() {
        let link = |text: &str| Some(Secret::from(text.to_owned()));
        let info = JoinInfo { number: "938305104".into(), guest: link("https://guest"), host: link("https://host") };
        let keys = |include| {
            let wanted = JoinInfoSecret { name: "join".into(), include_host_link: include };
            data(&info, &wanted).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(keys(None), [GUEST_LINK_KEY, MEETING_NUMBER_KEY]);
        assert_eq!(keys(Some(false)), [GUEST_LINK_KEY, MEETING_NUMBER_KEY]);
        assert_eq!(keys(Some(true)), [GUEST_LINK_KEY, HOST_LINK_KEY, MEETING_NUMBER_KEY]);
    }
}
