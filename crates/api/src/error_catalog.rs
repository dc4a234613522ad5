//! Every error that the API answers with: code, status, and what to do about it. One table; the pages behind
//! `more_info` and `docs/reference/errors.md` are made from it.

use router::Refusal;

/// One error that the API answers with.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The published code.
    pub code: u32,
    /// The HTTP status.
    pub status: u16,
    /// What it is called.
    pub title: &'static str,
    /// When it is answered.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

macro_rules! entries {
    ($($NAME:ident $code:literal $status:literal $title:literal, $cause:literal, $remedy:literal;)*) => {
        $(pub(crate) const $NAME: &Entry =
            &Entry { code: $code, status: $status, title: $title, cause: $cause, remedy: $remedy };)*

        /// Every error, by code.
        pub const ALL: &[&Entry] = &[$($NAME),*];
    };
}

entries! {
    DOCUMENT_INVALID 12100 400 "Document can not be read",
        "The text in `Twiml` is no well-formed XML, or its root is not `<Response>`.",
        "Read the message: it names the line and what is wrong there.";
    INVALID 20001 400 "Invalid request",
        "A parameter is missing or has a value that can not be used, the body can not be read, or the state of \
         the resource does not allow the request.",
        "Read the message: it names the parameter, what was given and what is expected. For a flow definition, \
         `details.errors` lists every problem with its place.";
    UNAUTHORIZED 20003 401 "Authentication failed",
        "The request has no HTTP Basic credentials, or they are wrong.",
        "Send the Account SID with the auth token, or an API key's SID with its secret. \
         `patchboard credentials` shows the token again.";
    METHOD_NOT_ALLOWED 20004 405 "Method not allowed",
        "The resource exists but does not take this HTTP method.",
        "Use one of the methods in the answer's `Allow` header.";
    TOKEN_INVALID 20101 401 "Invalid access token",
        "The access token is missing or can not be read, its key does not exist or has been deleted, its signature is \
         wrong, or it grants nothing that was asked for.",
        "Sign a token with an API key of this account: header `cty` `twilio-fpa;v=1`, `iss` the key's SID, `sub` the \
         Account SID, and in `grants` the identity and what it may do. The secret of \
         an old key may not have been kept: make a new key then.";
    TOKEN_EXPIRED 20104 401 "Access token expired",
        "The time in the token's `exp` has passed, or lies more than a day ahead.",
        "Ask whoever issues tokens for a new one, and give it to the SDK with `updateToken`.";
    FORBIDDEN 20403 403 "Forbidden",
        "The login or access token is right but its roles do not allow the request; or a request to a flow's webhook \
         is not signed, or its signature was made for another URL, other parameters or with another token.",
        "Ask a person with the role admin, or use the account's credentials. A flow's webhook takes \
         `X-Twilio-Signature` for the very URL that is requested, or HTTP Basic credentials: behind a proxy, set \
         `--public-url` to the URL that senders know.";
    NOT_FOUND 20404 404 "Not found",
        "There is nothing at this path: the SID is wrong, the resource was deleted, or the API is not part of \
         this version.",
        "Check each SID of the path, and that the resource belongs to the workspace, flow or account named before it.";
    RECORDING_FORMAT 20406 406 "Format not available",
        "A recording is kept as WAV, and was asked for in another format.",
        "Ask for the file under `.wav`, or convert it with a program such as lame or ffmpeg.";
    CONFLICT 20409 409 "Conflict",
        "The request collides with something that exists: a name is taken, another request changed the resource at \
         the same time, or an execution is active for the same contact.",
        "Choose another name, or read the resource again and repeat the request. For executions, \
         `details.conflicting_execution_sid` names the active one: end it or wait for its end.";
    GONE 20410 410 "Gone",
        "The reservation was withdrawn before the answer came: it timed out, was canceled, or another worker was \
         faster.",
        "Forget the reservation; the worker will be offered other tasks.";
    PRECONDITION_FAILED 20412 412 "Precondition failed",
        "The resource has changed since the version in `If-Match` was read.",
        "Fetch the resource, look at what changed, and send the request with the `ETag` of that answer.";
    TOO_LARGE 20413 413 "Request too large",
        "The body has more than 1 MiB, or a file that is uploaded more than 16 MB.",
        "Send less: attributes hold at most 4,096 characters, media are given by URL.";
    TOO_MANY_REQUESTS 20429 429 "Too many requests",
        "More requests came than can be served.",
        "Wait for the seconds in `Retry-After`, then repeat the request; wait longer after each further 429.";
    INTERNAL 20500 500 "Internal error",
        "Something in the server went wrong; the request may not have been carried out.",
        "Repeat the request. If it fails again, the server's log says why.";
    UNAVAILABLE 20503 503 "Not available",
        "The database could not be written or read; nothing was changed.",
        "Repeat the request in a moment. The server's log says what is wrong with the database.";
    CALL_TO_MISSING 21201 400 "'To' is missing",
        "A call needs somebody to be called.",
        "Give `To`: a number such as +15555550100, `client:` with an identity, or a SIP address.";
    URL_INVALID 21205 400 "Invalid URL",
        "A call needs something that runs when it is answered, or a URL that was given is not one.",
        "Give an absolute URL such as https://example.com/voice in `Url`, a document in `Twiml`, or the SID of an \
         application with a `VoiceUrl` in `ApplicationSid`.";
    DIGITS_INVALID 21206 400 "Invalid 'SendDigits'",
        "The keys to send after the answer can not be sent.",
        "Give at most 32 of 0 to 9, `*`, `#`, and `w` for a pause of half a second or `W` for one second.";
    TO_INVALID 21211 400 "Invalid 'To' address",
        "A call or message can not go to this address.",
        "Give a number such as +15555550100. A message takes `whatsapp:` in front of it, a call takes `client:` with an \
         identity or a SIP address as well.";
    FROM_UNREADABLE 21212 400 "Invalid 'From' address",
        "The caller is not an address.",
        "Give a number such as +15555550100, `client:` with an identity, or a SIP address.";
    CALL_FROM_MISSING 21213 400 "'From' is missing",
        "A call needs a caller to show.",
        "Give `From`.";
    APPLICATION_INVALID 21218 400 "Invalid 'ApplicationSid'",
        "There is no application with this SID in the account.",
        "List the applications with `GET Applications.json` and give the SID of one.";
    CALL_STATE 21220 400 "Not possible in this state",
        "The call, queue, conference or recording has ended, or has not come as far as the request needs.",
        "Fetch the resource and look at its status. A call can be changed while it is `in-progress`, canceled while it \
         is `queued` or `ringing`.";
    TO_IS_FROM 21266 400 "'To' and 'From' are the same",
        "A message can not go to its own sender.",
        "Send from another number of the account.";
    NUMBER_INVALID 21421 400 "Invalid phone number",
        "The address can not be provisioned: it is not a phone number or an address of a known network.",
        "Give a number such as +15555550100, or an address with `sip:`, `whatsapp:` or `webchat:` in front.";
    NUMBER_TAKEN 21422 400 "Phone number not available",
        "The number is provisioned in this account already.",
        "Update the existing IncomingPhoneNumber, or choose another number.";
    BODY_MISSING 21602 400 "Message without content",
        "A message needs a text or a medium.",
        "Give `Body`, or at least one `MediaUrl`.";
    SENDER_MISSING 21603 400 "Sender is missing",
        "A message needs a number that it comes from.",
        "Give `From`, or `MessagingServiceSid` of a service with numbers.";
    TO_MISSING 21604 400 "'To' is missing",
        "A message needs somebody to go to.",
        "Give `To`.";
    FROM_INVALID 21606 400 "Invalid 'From' number",
        "The sender is not a number of this account.",
        "Provision the number with `POST IncomingPhoneNumbers.json`, or send from one that is listed there.";
    STATUS_CALLBACK_INVALID 21609 400 "Invalid 'StatusCallback'",
        "The address to which the fate of the message is told is not a URL.",
        "Give an absolute URL such as https://example.com/status.";
    OPTED_OUT 21610 400 "Recipient has opted out",
        "The recipient has answered STOP to this number or messaging service.",
        "Do not write: the recipient can lift that by sending START.";
    BODY_TOO_LONG 21617 400 "Message text too long",
        "A message holds at most 1,600 characters.",
        "Shorten the text or send several messages.";
    MEDIA_INVALID 21620 400 "Invalid media URL",
        "A medium of the message has no URL under which carriers could fetch it.",
        "Give an absolute URL such as https://example.com/photo.jpg in `MediaUrl`.";
    MEDIA_TOO_MANY 21623 400 "Too many media",
        "A message holds at most ten media.",
        "Send several messages.";
    CONTENT_MISSING 21654 400 "'ContentSid' is missing",
        "Values for placeholders were given, but no template that has them.",
        "Give `ContentSid` beside `ContentVariables`.";
    CONTENT_INVALID 21655 400 "Invalid 'ContentSid'",
        "There is no content template with this SID in the account.",
        "List the templates with `GET content.twilio.com/v1/Content` and give the SID of one.";
    CONTENT_VARIABLES_INVALID 21656 400 "Invalid 'ContentVariables'",
        "The values for a template's placeholders are no JSON object of texts, or one of them is empty.",
        "Give an object such as `{\"1\": \"Ann\"}`.";
    SERVICE_UNKNOWN 21701 404 "Messaging service not found",
        "There is no messaging service with this SID in the account.",
        "List the services with `GET messaging.twilio.com/v1/Services` and give the SID of one.";
    POOL_EMPTY 21703 400 "Messaging service without a sender",
        "The service has no number that writes on the recipient's network.",
        "Add a number with `POST Services/MG…/PhoneNumbers`, or give `FallbackFrom`.";
    POOL_HAS_NUMBER 21710 409 "Number is in the pool already",
        "The number sends for this messaging service already.",
        "There is nothing to do.";
    POOL_OF_ANOTHER 21712 409 "Number sends for another messaging service",
        "A number is in the pool of one messaging service at most.",
        "Remove it from the other service first.";
    MESSAGE_NOT_SCHEDULED 30409 409 "Message can not be canceled",
        "Only a message that is scheduled can be canceled.",
        "Fetch the message and look at its status.";
    SEND_AT_MISSING 35111 400 "'SendAt' is missing",
        "A message with a `ScheduleType` needs the time at which it is sent.",
        "Give `SendAt`, a time such as 2026-11-22T10:00:00Z.";
    SEND_AT_INVALID 35114 400 "Invalid 'SendAt'",
        "The time is none, is less than a quarter of an hour ahead, or more than 35 days.",
        "Give a time in UTC such as 2026-11-22T10:00:00Z. `ScheduleAhead` of `/v1/settings` changes the quarter of an \
         hour.";
    SCHEDULE_NEEDS_SERVICE 35118 400 "Scheduling needs a messaging service",
        "Only messages of a messaging service can be scheduled.",
        "Give `MessagingServiceSid`.";
    PRE_ENGAGEMENT_TOO_LONG 45731 400 "Pre-engagement data too long",
        "What a visitor said before the chat has more than 16 KB.",
        "Send less with `PreEngagementData`.";
    BINDING_TAKEN 50416 409 "Addresses bound to another conversation",
        "The contact's address and ours are bound to an open conversation already: `details.conversation_sid` names it.",
        "Write in that conversation, or close it or remove its participant first.";
    PARTICIPANTS_TOO_MANY 50417 409 "Too many participants",
        "The conversation has as many participants as it may: 1000, of which 50 behind messaging addresses.",
        "Remove a participant first, or begin another conversation.";
    IDENTITY_TAKEN 50433 409 "Identity takes part already",
        "The conversation has a participant of this identity: `details.participant_sid` names it.",
        "Use that participant.";
    WINDOW_CLOSED 63016 400 "Outside of WhatsApp's window",
        "WhatsApp takes free text only within 24 hours of the contact's last message.",
        "Send a template with `ContentSid`; when the contact answers, the window is open again.";
}

/// Returns the error with this code.
pub fn by_code(code: u32) -> Option<&'static Entry> {
    ALL.iter().copied().find(|entry| entry.code == code)
}

/// Returns the error that a refusal of the router becomes.
pub(crate) fn of_refusal(refusal: &Refusal) -> &'static Entry {
    match refusal {
        Refusal::NotFound { .. } => NOT_FOUND,
        Refusal::Invalid { .. } | Refusal::WrongState { .. } | Refusal::NoCall { .. } => INVALID,
        Refusal::Conflict { .. } => CONFLICT,
        Refusal::PreconditionFailed { .. } => PRECONDITION_FAILED,
        Refusal::Gone { .. } => GONE,
    }
}

/// Returns the error that a refusal of a conversation becomes.
pub(crate) fn of_conversation(refusal: &conversation::Refusal) -> &'static Entry {
    use conversation::Refusal;
    match refusal {
        Refusal::NotFound { .. } => NOT_FOUND,
        Refusal::Invalid { .. } | Refusal::WrongState { .. } | Refusal::Closed(_) => INVALID,
        Refusal::PairTaken { .. } => BINDING_TAKEN,
        Refusal::IdentityTaken { .. } => IDENTITY_TAKEN,
        Refusal::TooManyParticipants { .. } => PARTICIPANTS_TOO_MANY,
        Refusal::NotAllowed { .. } | Refusal::Rejected => FORBIDDEN,
        Refusal::InviteOver(_) => GONE,
    }
}

/// Returns the error that a failure of the database becomes.
pub(crate) fn of_store(error: &store::Error) -> &'static Entry {
    match error {
        store::Error::Conflict(_) | store::Error::Duplicate(_) => CONFLICT,
        store::Error::Fenced | store::Error::InUse | store::Error::Unavailable(_) => UNAVAILABLE,
        store::Error::Corrupt(_) => INTERNAL,
    }
}

/// Writes the reference page of all errors.
pub fn reference() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Every error has the published shape `{\"code\", \"message\", \"more_info\", \"status\"}`, some with `details`.\n\
         `more_info` leads to a page of the server with the text below.\n\
         This page is made from the table in `crates/api/src/error_catalog.rs`.\n\n\
         | code | status | error |\n| --- | --- | --- |\n",
    );
    for Entry { code, status, title, .. } in ALL {
        page.push_str(&format!("| [{code}](#{code}) | {status} | {title} |\n"));
    }
    for Entry { code, status, title, cause, remedy } in ALL {
        page.push_str(&format!("\n## {code}\n\n**{title}** (HTTP {status}).\n{cause}\n{remedy}\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn the_reference_page_says_what_the_table_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/errors.md");
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
            std::fs::write(path, reference()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(page == reference(), "docs/reference/errors.md is out of date: run with UPDATE_REFERENCE=1");
    }
}
