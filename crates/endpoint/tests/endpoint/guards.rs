//! Who is let in, and what the others learn: nothing.

use crate::world::{Answer, Laptop, Running, World, founding, now};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::{Asked, Credentials, SKEW};
use kiulu_wire::*;
use reqwest::{Method, StatusCode};

on_both_databases!(
    strangers_and_unknown_organisations_get_one_answer,
    a_request_is_taken_once_and_only_in_its_time,
    a_revoked_device_is_out_at_once,
    roles_bound_what_a_member_may_do,
    founding_needs_the_operators_token_where_there_is_one,
);

/// Every way to ask about an organisation.
fn requests() -> Vec<(Method, String)> {
    let hash = ContentHash::of(b"x");
    let key = KeyHash([1; 32]);
    [
        (Method::GET, String::new()),
        (Method::GET, "/devices".into()),
        (Method::GET, "/entries".into()),
        (Method::POST, "/entries".into()),
        (Method::GET, "/live".into()),
        (Method::PUT, format!("/snapshots/{hash}?size=1&offset=0")),
        (Method::GET, format!("/snapshots/{hash}")),
        (Method::HEAD, format!("/snapshots/{hash}")),
        (Method::PUT, format!("/attachments/{hash}?size=1&offset=0")),
        (Method::GET, format!("/attachments/{hash}")),
        (Method::HEAD, format!("/attachments/{hash}")),
        (Method::DELETE, format!("/attachments/{hash}")),
        (Method::PUT, format!("/parcels/{key}")),
        (Method::POST, "/parcel".into()),
    ]
    .into()
}

#[test]
fn the_list_of_requests_names_every_route_about_an_organisation() {
    let description: serde_json::Value = serde_json::from_str(&kiulu_endpoint::description()).unwrap();
    let mut described: Vec<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, _)| path.contains("{organisation}"))
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let mut listed: Vec<String> = requests()
        .into_iter()
        .map(|(method, path)| {
            let path = path.split('?').next().unwrap().to_owned();
            let path = path.replace(&ContentHash::of(b"x").to_string(), "{hash}");
            let path = path.replace(&KeyHash([1; 32]).to_string(), "{key}");
            format!("{method} /v1/organisations/{{organisation}}{path}")
        })
        .collect();
    described.sort();
    listed.sort();
    assert_eq!(listed, described);
}

async fn strangers_and_unknown_organisations_get_one_answer(world: &World) {
    let running = world.start().await;
    let owner = Laptop::found(&running.base, 1).await;
    let neighbour = Laptop::found(&running.base, 2).await;
    // A member of another organisation, under its own id and under a member's; a stranger; and a member of an organisation
    // that is not here.
    let foreign = Laptop {
        roster: owner.roster.clone(),
        ..neighbour.clone()
    };
    let forged = Laptop {
        id: owner.id,
        ..foreign.clone()
    };
    let stranger = owner.other(9);
    let elsewhere = Laptop {
        roster: Roster::found(&founding(7).2).unwrap(),
        ..owner.clone()
    };
    let mut answers = Vec::new();
    for (method, path) in requests() {
        for laptop in [&foreign, &forged, &stranger, &elsewhere] {
            let body = if method == Method::GET { vec![] } else { vec![1] };
            let body = if method == Method::HEAD { vec![] } else { body };
            let answer = laptop.ask(method.clone(), &path, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            if method != Method::HEAD {
                assert_eq!(answer.cause(), Cause::NotFound, "{method} {path}");
                answers.push((answer.body, names));
            }
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "the answers can be told apart: {answers:?}");
    for name in ["x", "..", "%00", &"0".repeat(33)] {
        let url = format!("{}/v1/organisations/{name}/entries", running.base);
        let answer = Answer::of(owner.http.get(url).send().await.unwrap()).await;
        assert_eq!(answer.code(), "not_found");
    }
    // Nobody can list organisations.
    let url = format!("{}/v1/organisations", running.base);
    assert_eq!(
        owner.http.get(url).send().await.unwrap().status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    owner.get("").await.ok();
    running.stop().await;
}

async fn a_request_is_taken_once_and_only_in_its_time(world: &World) {
    let running = world.start().await;
    let owner = Laptop::found(&running.base, 1).await;
    let target = owner.target("");
    let none = owner
        .http
        .get(format!("{}{target}", running.base))
        .send()
        .await
        .unwrap();
    assert_eq!(Answer::of(none).await.code(), "credentials_missing");
    for header in [
        "",
        "Kiulu",
        "Bearer token",
        "Kiulu device=x,time=1,nonce=1,signature=00",
    ] {
        let answer = owner.send(Method::GET, &target, vec![], header).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNAUTHORIZED, "credentials_missing")
        );
    }
    let sign = |time| owner.credentials(&Method::GET, &target, b"", time).to_string();
    for time in [now() - SKEW - 5, now() + SKEW + 5, 0, u64::MAX] {
        let answer = owner.send(Method::GET, &target, vec![], &sign(time)).await;
        let Cause::ClockSkewed { now: theirs, seconds } = answer.cause() else {
            panic!("{:?}", answer.cause())
        };
        assert!(theirs.abs_diff(now()) < 5 && seconds > SKEW);
    }
    for time in [now() - SKEW + 5, now() + SKEW - 5] {
        owner.send(Method::GET, &target, vec![], &sign(time)).await.ok();
    }
    let once = sign(now());
    owner.send(Method::GET, &target, vec![], &once).await.ok();
    assert_eq!(
        owner.send(Method::GET, &target, vec![], &once).await.code(),
        "replayed"
    );
    // A signature for one thing is none for another.
    for (method, other, body) in [
        (Method::GET, owner.target("?x=1"), vec![]),
        (Method::GET, owner.target("/devices"), vec![]),
        (Method::POST, owner.target("/entries"), vec![1]),
    ] {
        let answer = owner.send(method, &other, body, &sign(now())).await;
        assert_eq!(answer.code(), "not_found", "{other}");
    }
    let asked = Asked {
        method: "GET",
        target: &target,
        organisation: OrganisationId([1; 16]),
        body: ContentHash::of(b""),
    };
    let elsewhere = Credentials::sign(owner.signer(), now(), 77, &asked, &owner.key);
    let answer = owner
        .send(Method::GET, &target, vec![], &elsewhere.to_string())
        .await;
    assert_eq!(answer.code(), "not_found");
    running.stop().await;
}

async fn a_revoked_device_is_out_at_once(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    editor.get("/entries").await.ok();
    owner.revoke(editor.id).await;
    for (method, path) in requests() {
        let body = if matches!(method, Method::GET | Method::HEAD | Method::DELETE) {
            vec![]
        } else {
            vec![1]
        };
        let answer = editor.ask(method.clone(), &path, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
        if method != Method::HEAD {
            assert_eq!(answer.code(), "device_revoked");
        }
    }
    // Nor does anybody else bring in what it signed.
    let late = editor.entry_after(owner.roster.head(), Body::Sealed(vec![1]));
    assert_eq!(
        owner.send_entries(&[late]).await.refused(),
        Refused::DeviceRevoked
    );
    running.stop().await;
}

async fn roles_bound_what_a_member_may_do(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    let viewer = owner.join(3, Role::Viewer).await;
    let content = b"content".to_vec();
    let hash = ContentHash::of(&content);
    assert_eq!(
        viewer.put("attachments", &content, 0, &content).await.code(),
        "role_too_low"
    );
    for laptop in [&viewer, &editor] {
        assert_eq!(
            laptop.put("snapshots", &content, 0, &content).await.code(),
            "role_too_low"
        );
        let delete = laptop
            .ask(Method::DELETE, &format!("/attachments/{hash}"), vec![])
            .await;
        assert_eq!(delete.code(), "role_too_low");
        let path = format!("/parcels/{}", KeyHash([1; 32]));
        assert_eq!(
            laptop.ask(Method::PUT, &path, vec![1]).await.code(),
            "role_too_low"
        );
    }
    editor.put("attachments", &content, 0, &content).await.ok();
    // Everybody reads.
    let got = viewer.get(&format!("/attachments/{hash}")).await.ok();
    assert_eq!(got.body, content);
    viewer.get("/entries").await.ok();
    viewer.get("/devices").await.ok();
    running.stop().await;
}

async fn founding_needs_the_operators_token_where_there_is_one(world: &World) {
    let mut options = world.options();
    options.admin_token = Some("0123456789abcdef".parse().unwrap());
    let running = Running::start(&options).await;
    let (.., entry) = founding(1);
    let found = async |header: Option<&str>| {
        let mut request = crate::world::http().post(format!("{}/v1/organisations", running.base));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        Answer::of(request.body(entry.encode()).send().await.unwrap()).await
    };
    for wrong in [
        None,
        Some("Bearer 0123456789abcdeg"),
        Some("0123456789abcdef"),
        Some("Bearer "),
    ] {
        assert_eq!(found(wrong).await.code(), "token_needed", "{wrong:?}");
    }
    found(Some("Bearer 0123456789abcdef")).await.ok();
    running.stop().await;
}
