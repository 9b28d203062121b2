//! CloudRTC (SparkRTC): one function for each call of the vendor.
//! It must not combine calls or look before it writes; only the pages of a list are put together.
//!
//! Users make rooms by joining, and rooms have no settings: they can be looked at, by statistics that lag behind by
//! some minutes, and dismissed.

mod config;
mod operation;
mod room;
mod transport;

use std::fmt;
use std::sync::Arc;

use http::Method;
use serde::Deserialize;

use self::room::utc;
use self::transport::Transport;
use super::answer::unexpected;
use super::pages::{self, Page, Paged};
use super::request::Outline;
use super::{Call, id};
use crate::clock::Clock;
use crate::error::{Class, Error, What};
use crate::lenient;
use crate::reply::Reply;

pub use config::{Config, ConfigError, Login, Region};
pub use operation::Operation;
pub use room::{App, AppState, Dismissal, Room, RoomQuery, RoomState, User, UserQuery, UserState};

/// CloudRTC of one project; cheap to clone, and clones share the token and what was learned of the vendor's clock.
#[derive(Clone)]
pub struct CloudRtc(Arc<Transport>);

impl CloudRtc {
    /// Returns a client that signs with the time of this machine; nothing is sent yet.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_clock(config, Clock::system())
    }

    /// Returns a client that signs with the time of the given clock.
    ///
    /// A refusal whose `Date` differs by more than 5 minutes is taken as proof that the clock is wrong: the call is
    /// signed once more with the vendor's time, and the difference is kept.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self(Arc::new(Transport::new(config, clock))))
    }

    /// Returns the project that calls are made to.
    pub fn project_id(&self) -> &str {
        &self.0.config().project_id
    }

    /// Lists the first so many applications (1 to 100): the harmless read that tries a credential.
    ///
    /// # Errors
    /// `Credentials` where the login is not taken.
    pub async fn get_apps(&self, limit: u32) -> Result<Reply<Vec<App>>, Error> {
        let reply = self.get_app_page(None, Page { offset: 0, limit }).await?;
        Ok(reply.map(|page| page.items))
    }

    /// Lists a page of the applications (`list_apps`); absent: in any state. The offset counts pages.
    ///
    /// # Errors
    /// `Credentials` where the login is not taken.
    pub async fn get_app_page(&self, state: Option<AppState>, page: Page) -> Result<Reply<Paged<App>>, Error> {
        #[derive(Deserialize)]
        struct Apps {
            #[serde(deserialize_with = "lenient::count")]
            count: u64,
            #[serde(default, deserialize_with = "lenient::list")]
            apps: Vec<App>,
        }
        let state = state.as_ref().map(AppState::as_str);
        let outline = paged(Outline::get(Operation::GetApps, vec!["v2", "apps"]), page).with_some("state", state);
        let reply = self.0.call(&outline).await?.value::<Apps>()?;
        Ok(reply.map(|Apps { count, apps }| Paged { items: apps, total: count }))
    }

    /// Shows an application (`show_app`).
    ///
    /// # Errors
    /// `NotFound { what: App }` where there is none; `Unknown` where the answer shows another one.
    pub async fn get_app(&self, app: &str) -> Result<Reply<App>, Error> {
        let operation = Operation::GetApp;
        check(operation, &[app])?;
        let reply = self.0.call(&Outline::get(operation, vec!["v2", "apps", app])).await?.value::<App>()?;
        if reply.value.id != app {
            let text = "answered with another application than the one asked for";
            return Err(unexpected(operation.into(), reply, text));
        }
        Ok(reply)
    }

    /// Lists sessions of rooms that began in a period, page by page (`list_rtc_room_list`).
    ///
    /// Each page of 100 is a call of its own against the limit, so `pace` is awaited before each page after the first.
    /// The list lags: the vendor documents up to 5 minutes for the same data in its console. Compare times with the
    /// reply's `date`, never with a clock of ours.
    ///
    /// # Errors
    /// `NotFound { what: App }` where there is no such application; `Unknown` for a list that does not end, or that
    /// has less than it counts.
    pub async fn get_rooms<W: Future<Output = ()>>(
        &self,
        query: &RoomQuery,
        pace: impl FnMut() -> W,
    ) -> Result<Reply<Vec<Room>>, Error> {
        let key = |room: &Room| (room.room_id.clone(), room.started);
        pages::all(Operation::GetRooms.into(), |page| self.get_room_page(query, page), key, pace).await
    }

    /// Lists a page of the sessions of rooms; see [`CloudRtc::get_rooms`].
    ///
    /// # Errors
    /// `NotFound { what: App }` where there is no such application.
    pub async fn get_room_page(&self, query: &RoomQuery, page: Page) -> Result<Reply<Paged<Room>>, Error> {
        #[derive(Deserialize)]
        struct Rooms {
            #[serde(deserialize_with = "lenient::count")]
            total: u64,
            #[serde(default, deserialize_with = "lenient::list")]
            room_info_list: Vec<Room>,
        }
        let RoomQuery { app, room, state, since, until } = query;
        let operation = Operation::GetRooms;
        check(operation, &[app])?;
        let outline = Outline::get(operation, vec!["v1", self.project_id(), "rtc", "rooms"])
            .with("app", app)
            .with_some("room_id", room.as_ref())
            .with_some("state", state.as_ref().map(RoomState::as_str))
            .with("start_time", utc(*since))
            .with_some("end_time", until.map(utc));
        let reply = self.0.call(&paged(outline, page)).await?.value::<Rooms>()?;
        Ok(reply.map(|Rooms { total, room_info_list }| Paged { items: room_info_list, total }))
    }

    /// Lists stays of users in rooms over a period, page by page (`list_rtc_user_list`); otherwise as [`CloudRtc::get_rooms`].
    ///
    /// # Errors
    /// As [`CloudRtc::get_rooms`].
    pub async fn get_users<W: Future<Output = ()>>(
        &self,
        query: &UserQuery,
        pace: impl FnMut() -> W,
    ) -> Result<Reply<Vec<User>>, Error> {
        let key = |user: &User| (user.user_id.clone(), user.room_id.clone(), user.session.clone(), user.joined);
        pages::all(Operation::GetUsers.into(), |page| self.get_user_page(query, page), key, pace).await
    }

    /// Lists a page of the stays of users; see [`CloudRtc::get_users`].
    ///
    /// # Errors
    /// `NotFound { what: App }` where there is no such application.
    pub async fn get_user_page(&self, query: &UserQuery, page: Page) -> Result<Reply<Paged<User>>, Error> {
        #[derive(Deserialize)]
        struct Users {
            #[serde(deserialize_with = "lenient::count")]
            total: u64,
            #[serde(default, deserialize_with = "lenient::list")]
            users: Vec<User>,
        }
        let UserQuery { app, room, states, since, until } = query;
        let operation = Operation::GetUsers;
        check(operation, &[app])?;
        let outline = Outline::get(operation, vec!["v1", self.project_id(), "rtc", "users"])
            .with("app", app)
            .with_some("room_id", room.as_ref())
            .with("type", "summary")
            .with("start_time", utc(*since))
            .with_some("end_time", until.map(utc));
        let outline = states.iter().fold(outline, |outline, state| outline.with("state", state.as_str()));
        let reply = self.0.call(&paged(outline, page)).await?.value::<Users>()?;
        Ok(reply.map(|Users { total, users }| Paged { items: users, total }))
    }

    /// Removes everybody from a room (`remove_room`, the vendor's "Dismissing a Room").
    ///
    /// It cannot be undone, and it is not idempotent: the same users may come back at once, which makes a new room, and
    /// a second call would remove them again. The vendor accepts it and acts later.
    ///
    /// An unknown application looks like an unknown room, so [`Dismissal::NoSuchRoom`] counts only for a caller who has
    /// seen the application.
    ///
    /// # Errors
    /// `Quota` where the application was stopped; an uncertain outcome where the answer was lost.
    pub async fn dismiss_room(&self, app: &str, room: &str) -> Result<Reply<Dismissal>, Error> {
        let operation = Operation::DismissRoom;
        check(operation, &[app, room])?;
        let path = vec!["v2", "apps", app, "rooms", room, "dismiss"];
        let heard = self.0.call(&Outline::new(operation, Method::POST, path)).await?;
        match heard.done() {
            Ok(reply) => Ok(reply.map(|()| Dismissal::Accepted)),
            Err(error) if error.class() == (Class::NotFound { what: What::Room }) => {
                Ok(heard.reply(Dismissal::NoSuchRoom))
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for CloudRtc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudRtc")
            .field("endpoint", &self.0.config().endpoint.as_str())
            .field("project_id", &self.project_id())
            .finish_non_exhaustive()
    }
}

fn paged(outline: Outline<'_>, page: Page) -> Outline<'_> {
    outline.with("limit", page.limit).with("offset", page.offset)
}

/// Refuses ids that the vendor's paths cannot have.
fn check(operation: Operation, ids: &[&str]) -> Result<(), Error> {
    if ids.iter().all(|id| id::is_plain(id)) {
        return Ok(());
    }
    let text = "ids of applications and rooms have 1 to 64 letters, digits, `_` and `-`";
    Err(id::refused(Call::from(operation).name(), text))
}
