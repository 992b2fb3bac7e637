//! Requests that are too large, too slow or too many.

use crate::world::{Answer, Laptop, Running, World, founding, now};
use kiulu_wire::problem::Cause;
use kiulu_wire::*;
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_requests_are_refused_before_they_are_read() {
    let world = World::sqlite();
    let mut options = world.options();
    options.limits.append_bytes = 10_000;
    options.limits.part_bytes = 1000;
    options.limits.content_bytes = 5000;
    let running = Running::start(&options).await;
    let owner = Laptop::found(&running.base, 1).await;
    let answer = owner.send_entries(&[owner.sealed(vec![1; 10_000])]).await;
    assert_eq!(
        (answer.status, answer.cause()),
        (StatusCode::PAYLOAD_TOO_LARGE, Cause::TooLarge { most: 10_000 })
    );
    let content = vec![1; 5001];
    let answer = owner.put("attachments", &content, 0, &content[..1001]).await;
    assert_eq!(answer.cause(), Cause::TooLarge { most: 1000 });
    let answer = owner.put("attachments", &content, 0, &content[..1000]).await;
    assert_eq!(answer.cause(), Cause::TooLarge { most: 5000 });
    // Without a length in its head, the body is read up to the limit.
    let target = owner.target("/entries");
    let credentials = owner.credentials(&Method::POST, &target, b"", now()).to_string();
    let parts = futures_util::stream::iter((0..12).map(|_| Ok::<_, std::io::Error>(vec![1u8; 1000])));
    let request = owner
        .http
        .post(format!("{}{target}", running.base))
        .header("authorization", credentials);
    let response = request
        .body(reqwest::Body::wrap_stream(parts))
        .send()
        .await
        .unwrap();
    assert_eq!(
        Answer::of(response).await.cause(),
        Cause::TooLarge { most: 10_000 }
    );
    // Where no body belongs, none is read.
    assert_eq!(
        owner.ask(Method::GET, "/devices", vec![1; 10]).await.cause(),
        Cause::TooLarge { most: 0 }
    );
    let request = owner
        .http
        .post(format!("{}/v1/organisations", running.base))
        .body(vec![1; 100_000]);
    assert_eq!(
        Answer::of(request.send().await.unwrap()).await.code(),
        "too_large"
    );
    owner.get("").await.ok();
    running.stop().await;
}

/// What comes back on a line on which so much was sent and no more.
async fn half_a_request(base: &str, sent: String) -> (String, Duration) {
    let begun = Instant::now();
    let mut line = TcpStream::connect(base.trim_start_matches("http://"))
        .await
        .unwrap();
    line.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = line.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .expect("the line is still open")
        .unwrap();
    (answer, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_requests_end_with_their_time() {
    let world = World::sqlite();
    let mut options = world.options();
    options.limits.head_seconds = 1;
    options.limits.request_seconds = 2;
    let running = Running::start(&options).await;
    let owner = Laptop::found(&running.base, 1).await;
    let (answer, took) = half_a_request(&running.base, "GET /health HTTP/1.1\r\nHost: ".into()).await;
    assert!(answer.is_empty() || answer.contains("408"), "{answer}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    let target = owner.target("/entries");
    let credentials = owner.credentials(&Method::POST, &target, b"", now());
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: x\r\nAuthorization: {credentials}\r\nContent-Length: 500\r\n\r\nbeginning"
    );
    let (answer, took) = half_a_request(&running.base, head).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("timed_out"),
        "{answer}"
    );
    assert!(took < Duration::from_secs(10), "{took:?}");
    owner.get("").await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_asks_too_often_waits_and_the_others_do_not() {
    let world = World::sqlite();
    let mut options = world.options();
    options.limits.device_rate = 1;
    let running = Running::start(&options).await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    let mut last = owner.get("").await;
    for _ in 0..20 {
        last = owner.get("").await;
    }
    assert_eq!(
        (last.status, last.code()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
    );
    let wait: u64 = last.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait));
    editor.get("").await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_are_measured_and_a_trusted_proxy_names_them() {
    let world = World::sqlite();
    let mut options = world.options();
    options.limits.address_rate = 1;
    options.limits.foundings = 2;
    options.trust_proxy = Some("x-forwarded-for".parse().unwrap());
    let running = Running::start(&options).await;
    let http = crate::world::http();
    let ask = async |from: &str| {
        let request = http
            .get(format!("{}/health", running.base))
            .header("x-forwarded-for", from);
        request.send().await.unwrap().status()
    };
    // What the asker itself wrote into the header stands before what the proxy added.
    for forged in 0..20 {
        ask(&format!("10.9.9.{forged}, 192.0.2.1")).await;
    }
    assert_eq!(ask("10.9.9.99, 192.0.2.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("192.0.2.2").await, StatusCode::OK);
    // One house's addresses of version 6 are one.
    for host in 0..20 {
        ask(&format!("2001:db8::{host}")).await;
    }
    assert_eq!(ask("2001:db8::ffff").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("2001:db8:0:1::1").await, StatusCode::OK);
    let found = async |number| {
        let request = http.post(format!("{}/v1/organisations", running.base));
        let request = request
            .header("x-forwarded-for", "192.0.2.3")
            .body(founding(number).2.encode());
        request.send().await.unwrap().status()
    };
    assert_eq!(found(1).await, StatusCode::CREATED);
    assert_eq!(found(2).await, StatusCode::CREATED);
    assert_eq!(found(3).await, StatusCode::TOO_MANY_REQUESTS);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let world = World::sqlite();
    let mut options = world.options();
    options.limits.connections = 2;
    options.limits.head_seconds = 3;
    let running = Running::start(&options).await;
    let address = running.base.trim_start_matches("http://").to_owned();
    let idle = [
        TcpStream::connect(&address).await.unwrap(),
        TcpStream::connect(&address).await.unwrap(),
    ];
    let health = crate::world::http().get(format!("{}/health", running.base));
    let asked = tokio::spawn(async move { health.send().await.unwrap().status() });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!asked.is_finished(), "a third connection was served");
    drop(idle);
    assert_eq!(asked.await.unwrap(), StatusCode::OK);
    running.stop().await;
}
