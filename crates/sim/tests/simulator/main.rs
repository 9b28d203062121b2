//! The simulator's tests: one program, so that it is linked once.

mod client;
mod cloud_rtc;
mod control_port;
mod documentation;
mod faults;
mod huawei_app_id;
mod huawei_recorded;
mod huawei_signature;
mod live;
mod meeting_captures;
mod meeting_client;
mod meeting_conferences;
mod meeting_documentation;
mod meeting_faults;
mod meeting_log_in;
mod meeting_refusals;
mod meeting_rooms;
mod program;
mod rates;
mod refusals;
mod rooms;
mod transport;
mod usersig;
mod vectors;
