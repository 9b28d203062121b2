//! What Huawei's codes mean to people, as docs/providers lists them. It decides nothing.

use crate::hint::Hint;

/// The codes of CloudRTC that a status can show.
pub(crate) const CLOUD_RTC: [Hint; 9] = [
    Hint {
        codes: &["RTC.00001001"],
        means: "no account belongs to the credential",
        remedy: "compare access key, project and user with the console",
    },
    Hint {
        codes: &["RTC.00001002", "RTC.00001003", "RTC.00001004", "RTC.00001005"],
        means: "a value is not accepted; with status 404: no such app, of a dismissal also: no such room",
        remedy: "read the text; check `appId` and `projectId`",
    },
    Hint {
        codes: &["status 404"],
        means: "no such app; of a dismissal also: no such room",
        remedy: "check `appId` and `projectId`; of a dismissal nothing, if the app exists",
    },
    Hint {
        codes: &["RTC.00001016", "RTC.00001017"],
        means: "the app is stopped, or the account is in arrears",
        remedy: "start it, pay",
    },
    Hint {
        codes: &["RTC.00001021", "status 403"],
        means: "not permitted",
        remedy: "give the IAM user the permissions that docs/providers/huawei-cloudrtc.md lists",
    },
    Hint {
        codes: &["RTC.00002…", "status 5xx"],
        means: "trouble at Huawei, perhaps applied all the same",
        remedy: "nothing; Roomkeeper looks and goes on",
    },
    Hint {
        codes: &["APIGW.0301", "APIGW.0303", "status 401"],
        means: "the key, the token or the clock is wrong",
        remedy: "compare the key; check that a temporary one was renewed",
    },
    Hint {
        codes: &["APIGW.0308", "status 429"],
        means: "too many calls",
        remedy: "nothing; lower `rateLimit.percent` if it stays",
    },
    Hint {
        codes: &["APIGW.0201"],
        means: "the service behind the gateway did not answer",
        remedy: "nothing; Roomkeeper looks and goes on",
    },
];

/// The codes of Cloud Meeting that a status can show.
pub(crate) const CLOUD_MEETING: [Hint; 13] = [
    Hint {
        codes: &["USG.000000004", "APIGW.0301", "APIGW.0303", "status 401"],
        means: "the log-in is not taken any more; a new one was tried already",
        remedy: "compare App ID and key; for an owner: see whether the user is still there",
    },
    Hint {
        codes: &["206010025"],
        means: "the App ID or the signature is wrong",
        remedy: "compare `appId`, `corpId`, `region` and App Key",
    },
    Hint {
        codes: &["206010057"],
        means: "the signature is too old; Huawei's time was tried already",
        remedy: "check the clock of the node",
    },
    Hint {
        codes: &["206010000"],
        means: "wrong account or password",
        remedy: "compare `appId`, `corpId`, `region` and App Key; for an owner: see whether the user is still there",
    },
    Hint {
        codes: &["206010007", "status 412"],
        means: "the owner's account is not active",
        remedy: "activate it in the console",
    },
    Hint { codes: &["status 423"], means: "the owner's account is locked", remedy: "unlock it, or wait" },
    Hint { codes: &["USG.201040000", "206030000"], means: "no such user", remedy: "correct `owner`, or make the user" },
    Hint { codes: &["201080006"], means: "host and guest password are equal", remedy: "change one of them" },
    Hint {
        codes: &["status 403"],
        means: "not permitted for this user or room",
        remedy: "see whether the room still is the owner's",
    },
    Hint { codes: &["111070006"], means: "no such personal meeting ID", remedy: "see whether the owner has one" },
    Hint {
        codes: &["100000429", "APIGW.0308", "status 429"],
        means: "too many calls",
        remedy: "nothing; lower `rateLimit.percent` if it stays",
    },
    Hint {
        codes: &["status 400"],
        means: "a value is not accepted, or the room is not there any more: which codes say so is not documented",
        remedy: "read the text",
    },
    Hint {
        codes: &["APIGW.0201", "status 5xx"],
        means: "trouble at Huawei, perhaps applied all the same",
        remedy: "nothing; Roomkeeper looks and goes on",
    },
];
