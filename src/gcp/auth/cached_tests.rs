use std::cell::{Cell, RefCell};

use futures_util::future::join_all;
use tokio::time::advance;

use super::super::file::CredentialsFile;
use super::*;
use crate::clock::Clock;
use crate::gcp::http::Http;
use crate::gcp::testing::{Reply, Seen, answer, json, serve};

/// A person's credentials whose token endpoint is the test's server.
fn source(base: &str) -> Cached {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        r#"{{"type":"authorized_user","client_id":"id","client_secret":"hunter2","refresh_token":"1//r","token_uri":"{base}/token"}}"#
    );
    std::fs::write(file.path(), text).unwrap();
    let clock = Clock::at("2026-11-23T10:00:00Z".parse().unwrap());
    let read = CredentialsFile::read(file.path(), &Http::new("t").unwrap(), clock).unwrap();
    Cached::new(Origin::File(Box::new(read.endpoint)))
}

/// Gives `t1`, `t2`, …, each good for `life` seconds.
fn granting(life: i64) -> impl FnMut(&Seen) -> Reply {
    let mut given = 0;
    move |_| {
        given += 1;
        json(
            200,
            &format!(r#"{{"access_token":"t{given}","expires_in":{life},"token_type":"Bearer"}}"#),
        )
    }
}

fn text(token: Result<Token, AuthError>) -> String {
    token.unwrap().secret().expose().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    serve(granting(3600), async |base: String| {
        let source = source(&base);
        assert_eq!(text(source.token().await), "t1");
        advance(Duration::from_secs(3600 - 226)).await;
        assert_eq!(text(source.token().await), "t1");
        advance(Duration::from_secs(2)).await;
        assert_eq!(text(source.token().await), "t2");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_renewal() {
    serve(granting(3600), async |base: String| {
        let source = source(&base);
        let first = join_all((0..20).map(|_| source.token())).await;
        assert!(first.into_iter().all(|token| text(token) == "t1"));
        let stale = source.token().await.unwrap();
        let renewed = join_all((0..20).map(|_| source.refresh(&stale))).await;
        assert!(renewed.into_iter().all(|token| text(token) == "t2"));
        // Reported late: somebody else renewed it already.
        assert_eq!(text(source.refresh(&stale).await), "t2");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_renewal_outlives_the_caller_that_began_it() {
    let slow = |_: &Seen| {
        let body = r#"{"access_token":"t1","expires_in":"3600"}"#;
        Reply::Late(Duration::from_secs(2), answer(200, "", body))
    };
    serve(slow, async |base: String| {
        let source = source(&base);
        let hasty = timeout(Duration::from_secs(1), source.token()).await;
        assert!(hasty.is_err());
        assert_eq!(text(source.token().await), "t1");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_token_born_expired_is_no_hot_loop() {
    let asked = Cell::new(0);
    let mut grant = granting(0);
    let counted = |seen: &Seen| {
        asked.set(asked.get() + 1);
        grant(seen)
    };
    serve(counted, async |base: String| {
        let source = source(&base);
        for _ in 0..100 {
            source.token().await.unwrap();
            advance(Duration::from_secs(1)).await;
        }
    })
    .await;
    assert_eq!(asked.get(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_dead_token_endpoint_hurts_only_when_the_token_is_dead_too() {
    let up = Cell::new(true);
    let asked = Cell::new(0);
    let flaky = |_: &Seen| {
        asked.set(asked.get() + 1);
        if up.get() {
            return json(200, r#"{"access_token":"t1","expires_in":3600}"#);
        }
        json(503, r#"{"error":"backend_error"}"#)
    };
    serve(flaky, async |base: String| {
        let source = source(&base);
        source.token().await.unwrap();
        up.set(false);
        advance(Duration::from_secs(3600 - 200)).await;
        for _ in 0..100 {
            assert_eq!(text(source.token().await), "t1");
            advance(Duration::from_secs(1)).await;
        }
        assert!(asked.get() <= 6, "{}", asked.get());
        advance(Duration::from_mins(2)).await;
        let error = source.token().await.unwrap_err();
        assert!(error.is_transient(), "{error}");
    })
    .await;
}

/// What the source makes of one answer of its token endpoint.
async fn refused(reply: impl Fn() -> Reply) -> AuthError {
    serve(
        |_| reply(),
        async |base: String| source(&base).token().await.unwrap_err(),
    )
    .await
}

#[tokio::test(start_paused = true)]
async fn revoked_credentials_are_final_and_the_error_says_how_to_sign_in() {
    let body = r#"{"error":"invalid_grant","error_description":"Token 1//r has been expired or revoked."}"#;
    let error = refused(|| json(400, body)).await;
    assert!(!error.is_transient());
    let text = error.to_string();
    let wanted = "invalid_grant Token [redacted] has been expired or revoked.; run `gcloud auth application-default login`";
    assert!(
        text.contains(wanted) && text.starts_with("127.0.0.1 refused the credentials of /"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn everything_else_that_a_token_endpoint_does_is_transient() {
    let html = || Reply::Bytes(answer(200, "content-type: text/html\r\n", "<html>hunter2"));
    let cases: [&dyn Fn() -> Reply; 6] = [
        &|| json(503, "{}"),
        &|| json(429, r#"{"error":"slow_down"}"#),
        &|| json(200, "{}"),
        &html,
        &|| Reply::Bytes(Vec::new()),
        &|| Reply::Hang,
    ];
    for reply in cases {
        let error = refused(reply).await;
        assert!(
            error.is_transient() && !error.to_string().contains("hunter2"),
            "{error}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_grant_is_the_one_of_rfc_6749() {
    let seen = RefCell::new(Seen::default());
    let note = |request: &Seen| {
        *seen.borrow_mut() = request.clone();
        json(200, r#"{"access_token":"t1","expires_in":9999999999999999999}"#)
    };
    serve(note, async |base: String| text(source(&base).token().await)).await;
    let seen = seen.into_inner();
    assert_eq!(seen.line, "POST /token");
    assert_eq!(
        seen.body,
        "grant_type=refresh_token&client_id=id&client_secret=hunter2&refresh_token=1%2F%2Fr"
    );
    assert!(
        seen.head
            .contains("content-type: application/x-www-form-urlencoded"),
        "{}",
        seen.head
    );
}
