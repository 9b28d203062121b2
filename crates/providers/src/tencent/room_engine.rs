//! The Room Engine (rooms of type `Conference`): one function for each call of the vendor.
//! It must not combine calls or look before it writes; only the pages of a list are put together.

mod room;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Client;
use super::envelope::{Nothing, Wrapped};
use crate::error::{Class, Error, Outcome};
use crate::lenient;
use crate::limit::{Limit, LimitGroup};
use crate::reply::Reply;

pub use room::{Member, NewRoom, Password, RoomInfo, RoomStatus, RoomUpdate, ShownTakeSeatMode, TakeSeatMode};

/// The service's part of the path.
pub(super) const SERVICE: &str = "room_engine_http_srv";
/// Members asked for in one page; the vendor's default, no other number is documented as safe.
const PAGE: u32 = 50;
/// Pages read before a list counts as endless: room for 10,000 members.
const PAGES: usize = 200;

/// A call of the Room Engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Makes a room.
    CreateRoom,
    /// Shows a room.
    GetRoomInfo,
    /// Changes what a room shows.
    UpdateRoomInfo,
    /// Removes everybody and ends the room.
    DestroyRoom,
    /// Hands the room to another member.
    ChangeRoomOwner,
    /// Lists who is in the room.
    GetRoomMemberList,
}

impl Operation {
    /// Every call.
    pub const ALL: [Self; 6] = [
        Self::CreateRoom,
        Self::GetRoomInfo,
        Self::UpdateRoomInfo,
        Self::DestroyRoom,
        Self::ChangeRoomOwner,
        Self::GetRoomMemberList,
    ];

    /// Returns the name in the vendor's path, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateRoom => "create_room",
            Self::GetRoomInfo => "get_room_info",
            Self::UpdateRoomInfo => "update_room_info",
            Self::DestroyRoom => "destroy_room",
            Self::ChangeRoomOwner => "change_room_owner",
            Self::GetRoomMemberList => "get_room_member_list",
        }
    }

    /// Returns the documented ceiling: 200 calls a second for each of them.
    pub const fn limit(self) -> Limit {
        match self {
            Self::CreateRoom
            | Self::GetRoomInfo
            | Self::UpdateRoomInfo
            | Self::DestroyRoom
            | Self::ChangeRoomOwner
            | Self::GetRoomMemberList => Limit::per_second(200),
        }
    }

    /// Returns the quota that the call draws from, which is its own.
    pub const fn limit_group(self) -> LimitGroup {
        LimitGroup(match self {
            Self::CreateRoom => "room_engine/create_room",
            Self::GetRoomInfo => "room_engine/get_room_info",
            Self::UpdateRoomInfo => "room_engine/update_room_info",
            Self::DestroyRoom => "room_engine/destroy_room",
            Self::ChangeRoomOwner => "room_engine/change_room_owner",
            Self::GetRoomMemberList => "room_engine/get_room_member_list",
        })
    }
}

/// The Room Engine of one application.
#[derive(Debug, Clone)]
pub struct RoomEngine {
    client: Client,
}

/// One page of a member list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MemberPage {
    /// Members of this page, in the vendor's order.
    #[serde(rename = "MemberList", deserialize_with = "lenient::list")]
    pub members: Vec<Member>,
    /// Where the next page begins; absent or empty after the last one.
    #[serde(rename = "Next", deserialize_with = "lenient::text")]
    pub next: Option<String>,
}

impl RoomEngine {
    /// Returns the Room Engine as seen with this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Shows a room (`get_room_info`, trtc.io/document/60704).
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none; `Unknown` where the answer shows another room or none.
    pub async fn get_room_info(&self, room_id: &str) -> Result<Reply<RoomInfo>, Error> {
        #[derive(Deserialize)]
        struct Shown {
            #[serde(rename = "RoomInfo")]
            room: RoomInfo,
        }
        let reply = self.call::<_, Wrapped<Shown>>(Operation::GetRoomInfo, &OneRoom { room_id }, &[]).await?;
        let reply = reply.map(|shown| shown.response.room);
        if reply.value.room_id.as_deref().is_some_and(|shown| shown != room_id) {
            return Err(Error::new(Operation::GetRoomInfo.name(), Class::Unknown, Outcome::Uncertain)
                .with_message("answered with another room than the one asked for", &[])
                .with_request_id(reply.request_id.as_deref()));
        }
        Ok(reply)
    }

    /// Makes a room of type `Conference` (`create_room`, trtc.io/document/60707).
    ///
    /// Not idempotent: the second call for an id is refused, and the code does not prove whose room it is. After an
    /// uncertain outcome, look before anything else.
    ///
    /// # Errors
    /// `Exists` where the id is in use; `NotFound { what: Account }` where the owner was never imported.
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
            #[serde(rename = "ScheduleInviteeList_Account", skip_serializing_if = "<[String]>::is_empty")]
            invitees: &'a [String],
        }
        let body = Create { info: Info { kind: "Conference", room }, invitees: &room.invitees };
        self.write(Operation::CreateRoom, &body, &room::secrets(room.password.as_ref())).await
    }

    /// Changes the fields that are present (`update_room_info`, the vendor's "Update the Room Information").
    ///
    /// Idempotent. That absent fields stay as they are is not documented; the page calls `RoomName` "default: the
    /// room id" even here, so send the name always and look afterwards.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none; `Denied` also for code 100005, which says nothing of an owner here.
    pub async fn update_room_info(&self, update: &RoomUpdate) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Update<'a> {
            #[serde(rename = "RoomInfo")]
            room: &'a RoomUpdate,
        }
        let secrets = room::secrets(update.password.as_ref());
        self.write(Operation::UpdateRoomInfo, &Update { room: update }, &secrets).await
    }

    /// Removes everybody and ends the room (`destroy_room`, tencentcloud.com/document/product/647/60706).
    ///
    /// It cannot be undone. Idempotent for a wish of absence: a second call is refused with `NotFound { what: Room }`.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none.
    pub async fn destroy_room(&self, room_id: &str) -> Result<Reply<()>, Error> {
        self.write(Operation::DestroyRoom, &OneRoom { room_id }, &[]).await
    }

    /// Hands a room from its present owner to another member (`change_room_owner`, tencentcloud.com/document/product/647/60713).
    ///
    /// `from` must be what the vendor shows as owner just now.
    ///
    /// # Errors
    /// `NotMember` where the new owner is not in the room yet; `NotFound` where room or account do not exist.
    pub async fn change_room_owner(&self, room_id: &str, from: &str, to: &str) -> Result<Reply<()>, Error> {
        #[derive(Serialize)]
        struct Change<'a> {
            #[serde(rename = "RoomId")]
            room_id: &'a str,
            #[serde(rename = "From_Account")]
            from: &'a str,
            #[serde(rename = "NewOwner_Account")]
            to: &'a str,
        }
        self.write(Operation::ChangeRoomOwner, &Change { room_id, from, to }, &[]).await
    }

    /// Lists everybody in a room, page by page (`get_room_member_list`, trtc.io/document/60715).
    ///
    /// Each page of 50 is a call of its own against the limit, so `before_next_page` is awaited before each page after
    /// the first. The list is not a snapshot: people come and go between pages. The request id is that of the last page.
    ///
    /// # Errors
    /// `NotFound { what: Room }`; `Unknown` where the list repeats a page or does not end after 200 of them.
    pub async fn get_room_member_list<W: Future<Output = ()>>(
        &self,
        room_id: &str,
        mut before_next_page: impl FnMut() -> W,
    ) -> Result<Reply<Vec<Member>>, Error> {
        let mut members = Vec::new();
        let mut next = String::new();
        let mut began = None;
        for _ in 0..PAGES {
            let Reply { value: page, request_id, date } = self.get_room_member_page(room_id, &next).await?;
            members.extend(page.members);
            let date = *began.get_or_insert(date);
            match page.next.filter(|next| !next.is_empty()) {
                None => return Ok(Reply { value: members, request_id, date }),
                Some(following) if following == next => return Err(endless("the member list repeats a page")),
                Some(following) => {
                    before_next_page().await;
                    next = following;
                }
            }
        }
        Err(endless("the member list does not end after 200 pages"))
    }

    /// Returns one page of the member list; `next` is empty for the first, then what the page before named.
    ///
    /// # Errors
    /// `NotFound { what: Room }` where there is none.
    pub async fn get_room_member_page(&self, room_id: &str, next: &str) -> Result<Reply<MemberPage>, Error> {
        #[derive(Serialize)]
        struct List<'a> {
            #[serde(rename = "RoomId")]
            room_id: &'a str,
            #[serde(rename = "Count")]
            count: u32,
            #[serde(rename = "Next")]
            next: &'a str,
        }
        let body = List { room_id, count: PAGE, next };
        let reply = self.call::<_, Wrapped<MemberPage>>(Operation::GetRoomMemberList, &body, &[]).await?;
        Ok(reply.map(|page| page.response))
    }

    async fn write<Q>(&self, operation: Operation, body: &Q, secrets: &[&str]) -> Result<Reply<()>, Error>
    where
        Q: Serialize + Sync,
    {
        let reply = self.call::<_, Nothing>(operation, body, secrets).await?;
        Ok(reply.map(|Nothing {}| ()))
    }

    async fn call<Q, A>(&self, operation: Operation, body: &Q, secrets: &[&str]) -> Result<Reply<A>, Error>
    where
        Q: Serialize + Sync,
        A: DeserializeOwned,
    {
        self.client.call(operation, body, secrets).await
    }
}

/// The body of a call that names a room and nothing else.
#[derive(Serialize)]
struct OneRoom<'a> {
    #[serde(rename = "RoomId")]
    room_id: &'a str,
}

fn endless(text: &str) -> Error {
    Error::new(Operation::GetRoomMemberList.name(), Class::Unknown, Outcome::Refused).with_message(text, &[])
}
