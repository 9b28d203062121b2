//! What Tencent's codes mean to people, as docs/providers/tencent.md lists them. It decides nothing.

use crate::hint::Hint;

/// The codes of Tencent RTC that a status can show.
pub(crate) const HINTS: [Hint; 20] = [
    Hint {
        codes: &["60004", "60005", "70002", "70003", "70005", "70009", "70013", "70014", "70016", "70051", "70114"],
        means: "the key, the account or the region is wrong",
        remedy: "compare SDKAppID, secret key, `identifier` and `region` with the console",
    },
    Hint {
        codes: &["70001", "70052"],
        means: "the signature expired; a new one was tried already",
        remedy: "check the clock of the node",
    },
    Hint { codes: &["70050"], means: "too many wrong signatures", remedy: "mend the key; Roomkeeper waits a minute" },
    Hint { codes: &["60006", "70020"], means: "no such application there", remedy: "check `sdkAppId` and `region`" },
    Hint {
        codes: &["60010", "70403"],
        means: "`identifier` is not an administrator",
        remedy: "make it one in the console",
    },
    Hint {
        codes: &["60016", "60017"],
        means: "application or request switched off",
        remedy: "ask Tencent, or look for an unpaid bill",
    },
    Hint {
        codes: &["60021"],
        means: "the operator's address is not on the application's list",
        remedy: "add it in the console",
    },
    Hint {
        codes: &["60020", "100007", "100008", "100013", "70398"],
        means: "package, payment or a number in it",
        remedy: "buy, or lower `maxMembers` or `seats.max`",
    },
    Hint {
        codes: &["60007", "60011", "60018", "60019", "100012"],
        means: "too many calls",
        remedy: "nothing; lower `rateLimit.percent` if it stays",
    },
    Hint {
        codes: &["60008", "60013", "60014", "70169", "70202", "70500", "100001", "100102"],
        means: "trouble at Tencent, perhaps applied all the same",
        remedy: "nothing; Roomkeeper looks and goes on",
    },
    Hint { codes: &["70107"], means: "the account was never imported", remedy: "import the owner, or correct it" },
    Hint {
        codes: &["70402", "100002", "100009", "100020"],
        means: "a value is not accepted",
        remedy: "read the text, correct the spec",
    },
    Hint {
        codes: &["100003", "100010", "100011"],
        means: "the room id is in use: another room, a room of the same owner, a chat group",
        remedy: "choose another id, or allow `Adopt`",
    },
    Hint { codes: &["100004"], means: "no such room", remedy: "nothing, where `Create` is allowed" },
    Hint {
        codes: &["100005"],
        means: "not a member: the new owner; in other calls the administrator",
        remedy: "let the owner join",
    },
    Hint {
        codes: &["100006", "100016", "100017", "100018", "100019"],
        means: "no permission",
        remedy: "read the text",
    },
    Hint {
        codes: &["100015"],
        means: "the room is of another type: a show, or a conference",
        remedy: "use the engine it belongs to, or another id",
    },
    Hint { codes: &["100026"], means: "a text contains a sensitive word", remedy: "change it in the spec" },
    Hint {
        codes: &["100500", "100501", "100502", "100504"],
        means: "metadata: too many keys, a value too long, all values too long, a key too long",
        remedy: "shorten it; keys that somebody else set count too",
    },
    Hint {
        codes: &["100503"],
        means: "metadata: none of the keys is there",
        remedy: "nothing, it is what a deletion wants",
    },
];
