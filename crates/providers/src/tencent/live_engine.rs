//! The Live Engine (rooms of type `Live`): one function for each call of the vendor.
//! It must not combine calls or look before it writes. No call that lists who is in a room is documented.

mod operation;
mod room;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::envelope::{Nothing, Wrapped};
use super::{Client, code};
use crate::error::{Class, Code, Error, Outcome};
use crate::lenient;
use crate::reply::Reply;

pub use super::room_engine::{ShownTakeSeatMode, TakeSeatMode};
pub use operation::Operation;
pub use room::{NewRoom, RoomInfo, RoomUpdate, SEAT_TEMPLATES, Statistic};

/// The service's part of the path.
pub(super) const SERVICE: &str = "live_engine_http_srv";

/// What became of keys that were to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// Those that were there are gone.
    Some,
    /// None of them was there (code 100503).
    Nothing,
}

/// The Live Engine of one application.
#[derive(Debug, Clone)]
pub struct LiveEngine {
    client: Client,
}

impl LiveEngine {
    /// Returns the Live Engine as seen with this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Shows a room (`get_room_info`, trtc.io/document/63404).
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none; `Unknown` where the answer shows another room or none.
    pub async fn get_room_info(&self, room_id: &str) -> Result<Reply<RoomInfo>, Error> {
        #[derive(Deserialize)]
        struct Shown {
            #[serde(rename = "RoomInfo")]
            room: RoomInfo,
        }
        let reply = self.call::<_, Wrapped<Shown>>(Operation::GetRoomInfo, &OneRoom { room_id }).await?;
        let reply = reply.map(|shown| shown.response.room);
        if reply.value.room_id.as_deref().is_some_and(|shown| shown != room_id) {
            return Err(Error::new(Operation::GetRoomInfo.name(), Class::Unknown, Outcome::Uncertain)
                .with_message("answered with another room than the one asked for", &[])
                .with_request_id(reply.request_id.as_deref()));
        }
        Ok(reply)
    }

    /// Makes a room of type `Live` (`create_room`, trtc.io/document/63401).
    ///
    /// Not idempotent: the second call for an id is refused, and the code does not prove whose room it is. After an
    /// uncertain outcome, look before anything else. One id can be created once a second.
    ///
    /// # Errors
    /// `Exists` where the id is in use; `NotFound { what: Account }` where the owner was never imported; `Invalid`
    /// where there is no seat template, which the vendor requires since 2026; `Throttled` within a second.
    pub async fn create_room(&self, room: &NewRoom) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Info<'a> {
            #[serde(rename = "RoomType")]
            kind: &'static str,
            #[serde(flatten)]
            room: &'a NewRoom,
        }
        #[derive(Serialize)]
        struct Create<'a> {
            #[serde(rename = "RoomInfo")]
            info: Info<'a>,
        }
        self.write(Operation::CreateRoom, &Create { info: Info { kind: "Live", room } }).await
    }

    /// Changes the fields that are present (`update_room_info`, tencentcloud.com/document/product/647/63403).
    ///
    /// Idempotent. That absent fields stay as they are is not documented; send the name always and look afterwards.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none; `Invalid` also for a sensitive word.
    pub async fn update_room_info(&self, update: &RoomUpdate) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Update<'a> {
            #[serde(rename = "RoomInfo")]
            room: &'a RoomUpdate,
        }
        self.write(Operation::UpdateRoomInfo, &Update { room: update }).await
    }

    /// Removes everybody and ends the show (`destroy_room`, trtc.io/document/63406); returns what was counted.
    ///
    /// It cannot be undone, and the vendor tells the numbers in this answer only. Numbers that are missing or not
    /// understood are absent: the room is gone all the same. Idempotent for a wish of absence: a second call is
    /// refused with `NotFound { what: Room }`.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none.
    pub async fn destroy_room(&self, room_id: &str) -> Result<Reply<Statistic>, Error> {
        #[derive(Deserialize)]
        struct Ended {
            #[serde(rename = "Response", default)]
            response: Value,
        }
        let reply = self.call::<_, Ended>(Operation::DestroyRoom, &OneRoom { room_id }).await?;
        Ok(reply.map(|ended| Statistic::shown(&ended.response["Statistic"])))
    }

    /// Hands a room to another account (`change_room_owner`, tencentcloud.com/document/product/647/72534).
    ///
    /// Idempotent. The page states no rule about who may own a room, nor that the new owner must be in it.
    ///
    /// # Errors
    /// `NotFound` where room or account do not exist.
    pub async fn change_room_owner(&self, room_id: &str, to: &str) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Change<'a> {
            #[serde(rename = "RoomId")]
            room_id: &'a str,
            #[serde(rename = "NewOwner_Account")]
            to: &'a str,
        }
        self.write(Operation::ChangeRoomOwner, &Change { room_id, to }).await
    }

    /// Adds texts and replaces those with the same key (`set_room_metadata`, trtc.io/document/64375).
    ///
    /// At most 10 keys of 50 bytes in a room, 2 KB for a value, 16 KB for all of them; none sets nothing and calls
    /// nobody. Idempotent; other keys stay.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none; `Invalid` beyond one of the limits.
    pub async fn set_room_metadata(
        &self,
        room_id: &str,
        metadata: &BTreeMap<String, String>,
    ) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Set<'a> {
            #[serde(rename = "RoomId")]
            room_id: &'a str,
            #[serde(rename = "Metadata")]
            entries: Vec<Entry<'a>>,
        }
        #[derive(Serialize)]
        struct Entry<'a> {
            #[serde(rename = "Key")]
            key: &'a str,
            #[serde(rename = "Value")]
            value: &'a str,
        }
        if metadata.is_empty() {
            return Ok(Reply { value: (), request_id: None, date: None });
        }
        let entries = metadata.iter().map(|(key, value)| Entry { key, value }).collect();
        self.write(Operation::SetRoomMetadata, &Set { room_id, entries }).await
    }

    /// Shows the texts of these keys, of all if none is named (`get_room_metadata`, trtc.io/document/64374).
    ///
    /// Keys that the room has not are not in the answer.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none.
    pub async fn get_room_metadata(
        &self,
        room_id: &str,
        keys: &[&str],
    ) -> Result<Reply<BTreeMap<String, String>>, Error> {
        #[derive(Deserialize)]
        struct Shown {
            #[serde(rename = "Metadata", default, deserialize_with = "lenient::list")]
            entries: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            #[serde(rename = "Key")]
            key: String,
            #[serde(rename = "Value", default, deserialize_with = "lenient::text")]
            value: Option<String>,
        }
        let body = Keys { room_id, keys };
        let reply = self.call::<_, Wrapped<Shown>>(Operation::GetRoomMetadata, &body).await?;
        let pair = |Entry { key, value }| (key, value.unwrap_or_default());
        Ok(reply.map(|shown| shown.response.entries.into_iter().map(pair).collect()))
    }

    /// Removes the texts of these keys (`del_room_metadata`, trtc.io/document/64376); none calls nobody.
    ///
    /// Idempotent: that none of them is there is no failure, since that was the wish.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none.
    pub async fn del_room_metadata(&self, room_id: &str, keys: &[&str]) -> Result<Reply<Deleted>, Error> {
        // What the vendor makes of an empty list is not documented: in the look it means all keys.
        if keys.is_empty() {
            return Ok(Reply { value: Deleted::Nothing, request_id: None, date: None });
        }
        match self.write(Operation::DelRoomMetadata, &Keys { room_id, keys }).await {
            Ok(reply) => Ok(reply.map(|()| Deleted::Some)),
            Err(error) if error.code() == Some(&Code::Tencent(code::NO_SUCH_METADATA)) => {
                Ok(Reply { value: Deleted::Nothing, request_id: error.request_id().map(str::to_owned), date: None })
            }
            Err(error) => Err(error),
        }
    }

    async fn write<Q: Serialize + Sync>(&self, operation: Operation, body: &Q) -> Result<Reply<()>, Error> {
        Ok(self.call::<_, Nothing>(operation, body).await?.map(|Nothing {}| ()))
    }

    async fn call<Q, A>(&self, operation: Operation, body: &Q) -> Result<Reply<A>, Error>
    where
        Q: Serialize + Sync,
        A: DeserializeOwned,
    {
        // No call of this engine carries a password.
        self.client.call(operation, body, &[]).await
    }
}

/// The body of a call that names a room and nothing else.
#[derive(Serialize)]
struct OneRoom<'a> {
    #[serde(rename = "RoomId")]
    room_id: &'a str,
}

/// The body of a call that names keys of a room's metadata.
#[derive(Serialize)]
struct Keys<'a> {
    #[serde(rename = "RoomId")]
    room_id: &'a str,
    #[serde(rename = "Keys")]
    keys: &'a [&'a str],
}
