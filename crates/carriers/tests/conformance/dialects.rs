//! The providers' own words: what each is sent, answers and tells.

use carriers::{Post, ReceiptStatus};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::provider::{Dialect, POST_URL, Wire};

pub(crate) const DIALECTS: &[Dialect] = &[
    Dialect {
        kind: "http",
        wire: Wire::Http,
        settings: "url = 'URL/messages'\nsecret = 's3cret'",
        from: "+15555550100",
        to: "+447700900001",
        expected: &[
            "/messages ",
            r#""idempotency-key": "SM1""#,
            r#""x-patchboard-timestamp": "1700000000""#,
            "x-patchboard-signature\": \"sha256=",
            r#"{"id":"SM1","from":"+15555550100","to":"+447700900001","body":"Grüße","media":[]}"#,
        ],
        provider_id: "p-1",
        accepted: r#"{"id":"p-1"}"#,
        refused: (400, r#"{"code":30006,"message":"a landline"}"#),
        refusal: (30_006, "a landline"),
        message: r#"{"events":[{"type":"message","id":"in-1","from":"+447700900001","to":"+15555550100","body":"Guten Tag & more"}]}"#,
        addresses: ("+447700900001", "+15555550100"),
        message_with_medium: None,
        receipt: Some(
            r#"{"events":[{"type":"receipt","id":"p-1","message":"SM1","status":"failed","code":30005,"reason":"gone"}]}"#,
        ),
        receipt_status: ReceiptStatus::Failed,
        failure_code: 30_005,
        pause_secs: Some(7),
        gives_back_sids: true,
        sign: Some(|body| {
            post(
                "",
                &[
                    ("x-patchboard-timestamp", "1700000000".to_owned()),
                    ("x-patchboard-signature", hmac(&format!("1700000000.{body}"))),
                ],
                body,
            )
        }),
    },
    Dialect {
        kind: "whatsapp",
        wire: Wire::Http,
        settings: "url = 'URL/v23.0'\naddress = 'whatsapp:+15555550100'\nphone_number_id = '4711'\ntoken = 's3cret-token'\napp_secret = 's3cret'\nverify_token = 's3cret-word'",
        from: "whatsapp:+15555550100",
        to: "whatsapp:+447700900001",
        expected: &[
            "/v23.0/4711/messages ",
            r#""authorization": "Bearer s3cret-token""#,
            r#""to":"447700900001","biz_opaque_callback_data":"SM1","type":"text","text":{"body":"Grüße"}"#,
        ],
        provider_id: "wamid.1",
        accepted: r#"{"messages":[{"id":"wamid.1"}]}"#,
        refused: (400, r#"{"error":{"code":131047,"message":"Re-engagement message"}}"#),
        refusal: (63_016, "131047: Re-engagement message"),
        message: r#"{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"4711"},"contacts":[{"profile":{"name":"Ann"},"wa_id":"447700900001"}],"messages":[{"from":"447700900001","id":"wamid.in","type":"text","text":{"body":"Guten Tag & more"}}]}},{"value":{"metadata":{"phone_number_id":"another"},"messages":[{"from":"1","id":"wamid.other"}]}}]}]}"#,
        addresses: ("whatsapp:+447700900001", "whatsapp:+15555550100"),
        message_with_medium: Some(
            r#"{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"4711"},"messages":[{"from":"447700900001","id":"wamid.in","type":"image","image":{"id":"medium-1","mime_type":"image/png","caption":"A cat"}}]}}]}]}"#,
        ),
        receipt: Some(
            r#"{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"4711"},"statuses":[{"id":"wamid.1","status":"failed","biz_opaque_callback_data":"SM1","errors":[{"code":131026,"title":"Message undeliverable"}]}]}}]}]}"#,
        ),
        receipt_status: ReceiptStatus::Failed,
        failure_code: 63_003,
        pause_secs: Some(7),
        gives_back_sids: true,
        sign: Some(|body| post("", &[("x-hub-signature-256", hmac(body))], body)),
    },
    Dialect {
        kind: "telegram",
        wire: Wire::Http,
        settings: "url = 'URL'\naddress = 'telegram:our_bot'\ntoken = 's3cret'",
        from: "telegram:our_bot",
        to: "telegram:99",
        expected: &["/bots3cret/sendMessage ", r#"{"chat_id":"99","text":"Grüße"}"#],
        provider_id: "99/5",
        accepted: r#"{"ok":true,"result":{"message_id":5}}"#,
        refused: (
            403,
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#,
        ),
        refusal: (63_024, "403: Forbidden: bot was blocked by the user"),
        message: r#"{"ok":true,"result":[{"update_id":1,"message":{"chat":{"id":99},"from":{"first_name":"Ann"},"text":"Guten Tag & more"}}]}"#,
        addresses: ("telegram:99", "telegram:our_bot"),
        message_with_medium: Some(
            r#"{"ok":true,"result":[{"update_id":1,"message":{"chat":{"id":99},"caption":"A cat","document":{"file_id":"f1","mime_type":"image/png","file_name":"cat.png"}}}]}"#,
        ),
        receipt: None,
        receipt_status: ReceiptStatus::Failed,
        failure_code: 0,
        pause_secs: Some(7),
        gives_back_sids: true,
        sign: None,
    },
    Dialect {
        kind: "email",
        wire: Wire::Smtp,
        settings: "url = 'smtp://HOST:PORT'\naddress = 'email:help@example.com'\nsender_name = 'Help'\nlisten = 'LISTEN'",
        from: "email:help@example.com",
        to: "email:ann@example.org",
        expected: &[
            "MAIL FROM:<help@example.com>",
            "RCPT TO:<ann@example.org>",
            "From: Help <help@example.com>",
            "Message-ID: <SM1@example.com>",
            "Subject: A message for you",
            "Content-Type: text/plain; charset=utf-8",
        ],
        provider_id: "SM1@example.com",
        accepted: "",
        refused: (0, "550 5.1.1 no such user"),
        refusal: (63_003, "permanent error (550): 5.1.1 no such user"),
        message: "From: Ann <Ann@example.org>\r\nMessage-ID: <a@example.org>\r\n\r\nGuten Tag & more\r\n",
        addresses: ("email:ann@example.org", "email:help@example.com"),
        message_with_medium: Some(
            "From: ann@example.org\r\nSubject: A cat\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment\r\n\r\ncontent\r\n--x--\r\n",
        ),
        receipt: Some(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\nMIME-Version: 1.0\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.2.2\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <SM1@example.com>\r\n--x--\r\n",
        ),
        receipt_status: ReceiptStatus::Undelivered,
        failure_code: 30_008,
        pause_secs: None,
        gives_back_sids: true,
        sign: None,
    },
    Dialect {
        kind: "smpp",
        wire: Wire::Smpp,
        settings: "host = 'HOST'\nport = PORT\nsystem_id = 'patch'\npassword = 's3cret'",
        from: "+15555550100",
        to: "+447700900001",
        expected: &["International 15555550100 International 447700900001 1 0 Gr~\u{1e}e"],
        provider_id: "m1",
        accepted: "",
        refused: (0x0b, ""),
        refusal: (21_211, "the centre answered with status 0x0000000b"),
        message: "Guten Tag & more",
        addresses: ("+447700900001", "+15555550100"),
        message_with_medium: None,
        receipt: Some("id:m1 sub:001 dlvrd:000 stat:UNDELIV err:01B text:stat:DELIVRD"),
        receipt_status: ReceiptStatus::Undelivered,
        failure_code: 30_008,
        pause_secs: None,
        gives_back_sids: false,
        sign: None,
    },
    Dialect {
        kind: "twilio",
        wire: Wire::Http,
        settings: "url = 'URL'\naccount_sid = 'AC1'\nauth_token = 's3cret'",
        from: "+15555550100",
        to: "+447700900001",
        expected: &[
            "/2010-04-01/Accounts/AC1/Messages.json ",
            r#""authorization": "Basic QUMxOnMzY3JldA==""#,
            "From=%2B15555550100&To=%2B447700900001&Body=Gr%C3%BC%C3%9Fe&StatusCallback=https%3A%2F%2Fpatchboard.example%2Fcarriers%2Fv1%2Ftest%3Fmessage%3DSM1",
        ],
        provider_id: "SMprovider",
        accepted: r#"{"sid":"SMprovider","status":"queued"}"#,
        refused: (
            400,
            r#"{"code":21610,"message":"Attempt to send to unsubscribed recipient","status":400}"#,
        ),
        refusal: (21_610, "Attempt to send to unsubscribed recipient"),
        message: "MessageSid=SMin&From=%2B447700900001&To=%2B15555550100&Body=Guten+Tag+%26+more&NumMedia=0&SmsStatus=received",
        addresses: ("+447700900001", "+15555550100"),
        message_with_medium: None,
        receipt: Some("MessageSid=SMprovider&MessageStatus=failed&ErrorCode=30003"),
        receipt_status: ReceiptStatus::Failed,
        failure_code: 30_003,
        pause_secs: Some(7),
        gives_back_sids: true,
        sign: Some(|body| {
            // Only status callbacks carry a query: it was put there by us.
            let query = if body.contains("MessageStatus") { "message=SM1" } else { "" };
            let url = if query.is_empty() { POST_URL.to_owned() } else { format!("{POST_URL}?{query}") };
            let pairs: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            post(query, &[("x-twilio-signature", webhooks::sign("s3cret", &url, &pairs))], body)
        }),
    },
];

fn post(query: &str, headers: &[(&str, String)], body: &str) -> Post {
    Post {
        is_get: false,
        query: query.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

fn hmac(text: &str) -> String {
    let mut code = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
    code.update(text.as_bytes());
    let digits: String = code.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}
