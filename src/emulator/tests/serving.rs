use super::*;

#[tokio::test(start_paused = true)]
async fn without_a_known_bearer_the_answer_is_googles_401() {
    let world = World::with(vec![]).await;
    let path = format!("{}/v2/{PARENT}/jobs/job-pending", world.emulator.endpoint());
    let none = world.http.get(&path).send().await.unwrap();
    assert_eq!(none.status(), 401);
    assert!(
        none.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    let body = json_of(none).await;
    assert_eq!(body["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(body["error"]["details"][0]["reason"], "CREDENTIALS_MISSING");
    let unknown = world
        .http
        .get(&path)
        .bearer_auth("nonsense")
        .send()
        .await
        .unwrap();
    assert_eq!(
        json_of(unknown).await["error"]["details"][0]["metadata"]["service"],
        "run.googleapis.com"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_method_is_a_404_in_googles_shape() {
    let world = World::with(vec![]).await;
    for path in [
        "/",
        "/v2/nothing",
        "/v1/projects/p/locations/r/customJobs/1/tasks",
        "/v2/entries:tail",
    ] {
        let (status, body) = world.send(Method::GET, path, None).await;
        assert_eq!(
            (status.as_u16(), &body["error"]["status"]),
            (404, &json!("NOT_FOUND")),
            "{path}"
        );
    }
    assert_eq!(world.emulator.stats().received_by("unknown"), 4);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_name_in_query_or_body_is_refused() {
    let world = World::with(vec![]).await;
    let (status, body) = world
        .send(Method::GET, &format!("/v1/{PARENT}/customJobs?pagesize=3"), None)
        .await;
    assert_eq!(status, 400, "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains("pagesize"));
    let run = format!("/v2/{PARENT}/jobs/job-pending:run");
    let (status, body) = world
        .send(Method::POST, &run, Some(json!({"override": {}})))
        .await;
    assert_eq!(status, 400, "{body}");
    assert!(world.emulator.stats().accepted_runs.is_empty());
    let standard =
        format!("/v1/{PARENT}/customJobs?page_size=3&%24alt=json%3Benum-encoding%3Dint&prettyPrint=false");
    world.get(&standard).await;
}

#[tokio::test(start_paused = true)]
async fn the_date_header_shows_the_servers_clock() {
    let world = World::with(vec![]).await;
    pass(61.0).await;
    let response = world
        .request(Method::GET, "/emulator/state")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["date"], "Mon, 23 Nov 2026 10:01:01 GMT");
    assert_eq!(
        response.headers()["content-type"],
        "application/json; charset=UTF-8"
    );
    assert_eq!(
        world.emulator.now().to_string(),
        json_of(response).await["now"].as_str().unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn every_request_takes_the_round_trip_time() {
    let config = EmulatorConfig {
        rtt: Duration::from_millis(80),
        ..EmulatorConfig::default()
    };
    let world = World::start(config).await;
    let begun = tokio::time::Instant::now();
    world.get(&format!("/v2/{PARENT}/jobs/job-pending")).await;
    assert_eq!(begun.elapsed().as_millis(), 80);
}

#[tokio::test(start_paused = true)]
async fn the_sixty_first_log_read_of_a_minute_is_googles_429() {
    let world = World::start(EmulatorConfig::default()).await;
    for _ in 0..60 {
        world.entries("").await;
    }
    let body = json!({"resourceNames": ["projects/my-project"]});
    let (status, refusal) = world.send(Method::POST, "/v2/entries:list", Some(body)).await;
    assert_eq!(status, 429);
    let info = &refusal["error"]["details"][0];
    assert_eq!(info["reason"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(
        info["metadata"]["quota_metric"],
        "logging.googleapis.com/read_requests"
    );
    assert_eq!(info["metadata"]["quota_limit_value"], "60");
    pass(60.0).await;
    world.entries("").await;
    assert_eq!(
        world.emulator.stats().methods["logging.entries.list"].by_status,
        [(200, 61), (429, 1)].into()
    );
}

#[tokio::test(start_paused = true)]
async fn the_state_page_says_what_was_received_and_what_runs() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-pending").await;
    pass(5.0).await;
    let state = world.get("/emulator/state").await;
    assert_eq!(state["executions"][0]["name"], execution);
    assert_eq!(state["executions"][0]["state"], "running");
    assert_eq!(state["requests"]["run.jobs.run"]["received"], 1);
    assert!(state["jobs"]["job-pending"].is_string());
}

#[tokio::test(start_paused = true)]
async fn the_page_is_served_and_its_state_is_bounded() {
    let world = World::with(vec![]).await;
    let page = world
        .http
        .get(format!("{}/emulator/", world.emulator.endpoint()))
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(page.text().await.unwrap().contains("/emulator/state"));
    for _ in 0..150 {
        world.run("job-pending").await;
    }
    pass(20.0).await;
    let state = world.get("/emulator/state").await;
    assert_eq!(
        (&state["executionCount"], &state["customJobCount"]),
        (&json!(150), &json!(150))
    );
    for list in ["executions", "customJobs", "recent"] {
        assert_eq!(state[list].as_array().unwrap().len(), 100, "{list}");
    }
    assert_eq!(state["recent"][0]["method"], "run.jobs.run");
    assert_eq!(state["quotas"][0]["limit"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_somebody_else_points_here_is_refused() {
    let world = World::with(vec![]).await;
    let path = format!("/v2/{PARENT}/jobs/job-pending");
    let ask = |host: &'static str| world.request(Method::GET, &path).header("host", host).send();
    assert_eq!(ask("rebound.example:80").await.unwrap().status(), 403);
    assert_eq!(ask("localhost:80").await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_emulator_frees_its_port_and_cuts_who_still_waits() {
    let world = World::with(vec![Fault::new("run.jobs.get", super::super::FaultKind::Hang)]).await;
    let (http, endpoint) = (world.http.clone(), world.emulator.endpoint());
    let waiting = world.request(Method::GET, &format!("/v2/{PARENT}/jobs/job-pending"));
    let waiting = tokio::spawn(async move { waiting.send().await });
    pass(1.0).await;
    world.emulator.stop().await;
    assert!(waiting.await.unwrap().is_err());
    assert!(
        http.get(format!("{endpoint}/emulator/state"))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn a_taken_port_is_said_to_be_taken() {
    let world = World::with(vec![]).await;
    let port = world
        .emulator
        .endpoint()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let error = Emulator::start(EmulatorConfig {
        port,
        ..EmulatorConfig::default()
    })
    .await
    .unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_published_credentials_lead_the_real_auth_library_to_a_token() {
    let world = World::with(vec![]).await;
    let account =
        gcp_auth::CustomServiceAccount::from_json(&world.emulator.credentials_json("my-project")).unwrap();
    let scopes = ["https://www.googleapis.com/auth/cloud-platform"];
    let token = gcp_auth::TokenProvider::token(&account, &scopes).await.unwrap();
    let path = format!("{}/v2/{PARENT}/jobs/job-pending", world.emulator.endpoint());
    let ask = |token: String| world.http.get(&path).bearer_auth(token).send();
    assert_eq!(ask(token.as_str().to_owned()).await.unwrap().status(), 200);
    pass(3600.0).await;
    let expired = ask(token.as_str().to_owned()).await.unwrap();
    assert_eq!(expired.status(), 401);
    assert_eq!(
        json_of(expired).await["error"]["details"][0]["reason"],
        "ACCESS_TOKEN_EXPIRED"
    );
    let refused = world
        .http
        .post(format!("{}/token", world.emulator.endpoint()))
        .json(&json!({"grant_type": "x"}));
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(json_of(refused).await["error"], "unsupported_grant_type");
}

#[tokio::test(start_paused = true)]
async fn revoked_tokens_are_refused_and_later_ones_are_not() {
    let world = World::with(vec![]).await;
    let (id, secret, refresh) = CLIENT;
    let request = json!({"grant_type": "refresh_token", "client_id": id, "client_secret": secret, "refresh_token": refresh});
    let token = || async {
        let answer = world
            .http
            .post(format!("{}/token", world.emulator.endpoint()))
            .json(&request)
            .send()
            .await
            .unwrap();
        json_of(answer).await["access_token"].as_str().unwrap().to_owned()
    };
    let path = format!("{}/v2/{PARENT}/jobs/job-pending", world.emulator.endpoint());
    let ask = |token: String| async {
        world
            .http
            .get(&path)
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    world.run("token-expires").await;
    let first = token().await;
    assert_eq!(ask(first.clone()).await, 200);
    pass(9.0).await;
    assert_eq!(ask(first).await, 401);
    let second = token().await;
    assert_eq!(ask(second.clone()).await, 200);
    pass(3.0).await;
    assert_eq!(ask(second).await, 401);
    assert_eq!(ask(token().await).await, 200);
    assert_eq!(ask(world.emulator.static_token()).await, 200);
}

/// Client id, secret and refresh token that the emulator publishes for users.
const CLIENT: (&str, &str, &str) = (
    "liftoff-emulator.apps.googleusercontent.com",
    "emulator-client-secret",
    "1//emulator-refresh-token",
);

#[test]
fn it_serves_within_an_actix_system_whose_clock_is_virtual() {
    let paused = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    actix::System::with_tokio_rt(paused).block_on(async {
        let world = World::with(vec![]).await;
        let execution = world.run("job-pending").await;
        pass(900.0).await;
        assert_eq!(world.get(&format!("/v2/{execution}")).await["succeededCount"], 1);
        world.emulator.stop().await;
    });
}
