//! The way to an endpoint over HTTP: what `kiulu-sync` asks of a [`Transport`], and being told of what others appended.

use crate::{Problem, Result};
use futures_util::StreamExt;
use kiulu_store::Source;
use kiulu_sync::{Append, Asker, Content, Failure, Page, Transport};
use kiulu_wire::api::{
    About, ContentIs, Founded, HEAD_HEADER, HeadIs, LogState, RECEIVED_HEADER, SIZE_HEADER, TakeParcel,
};
use kiulu_wire::problem::{Cause, Problem as Refusal};
use kiulu_wire::{ContentHash, Head, KeyHash, OrganisationId, PublicKey, batch};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RANGE};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);

/// The longest silence within an answer. The live stream says something every fifteen seconds.
const SILENCE: Duration = Duration::from_secs(40);

/// The largest answer that is kept in memory: a page holds one entry at least, however large.
const MOST: usize = 96 << 20;

/// So often a request is signed anew whose time or number the endpoint did not like.
const SIGNED_ANEW: u32 = 2;

/// Why an endpoint gives no answer that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing answers.
    Unreachable,
    /// Its certificate is not one that this computer trusts.
    Untrusted,
    /// Something answers that is no endpoint.
    Foreign,
}

/// The programs' common line: connections are kept and used again.
pub(crate) struct Line {
    runtime: Runtime,
    client: Client,
}

impl Line {
    /// Goes through the proxy that the environment or the system names.
    pub(crate) fn new() -> Result<Self> {
        // A second one in the same process is refused and not needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kiulu-line")
            .enable_all()
            .build()?;
        let client = Client::builder()
            .user_agent(concat!("kiulu/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Problem::fault(&error))?;
        Ok(Self { runtime, client })
    }

    /// Goes on with something beside the caller.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.runtime.spawn(work)
    }
}

/// One endpoint.
pub(crate) struct Endpoint {
    line: Arc<Line>,
    source: Arc<dyn Source>,
    address: Url,
    token: Option<String>,
    /// How far its clock is ahead of this computer's, in seconds.
    ahead: i64,
    /// Why the last request got no answer.
    trouble: Option<Trouble>,
}

/// What to send besides who asks.
struct Request<'a> {
    method: Method,
    /// Path and query.
    target: String,
    body: &'a [u8],
    range: Option<(u64, u64)>,
}

impl<'a> Request<'a> {
    fn new(method: Method, target: String, body: &'a [u8]) -> Self {
        Self {
            method,
            target,
            body,
            range: None,
        }
    }
}

impl Endpoint {
    pub(crate) fn new(line: Arc<Line>, source: Arc<dyn Source>, address: Url) -> Self {
        Self {
            line,
            source,
            address,
            token: None,
            ahead: 0,
            trouble: None,
        }
    }

    /// Founds with the operator's token.
    pub(crate) fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token;
        self
    }

    /// Why the last request got no answer.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// What it says of itself. Shows whether there is an endpoint at the address.
    pub(crate) fn about(&mut self) -> Result<About, Failure> {
        let answer = self.ask(None, &Request::new(Method::GET, "/v1".into(), b""))?;
        self.json(answer)
    }

    /// Waits for news of the log until `heard` says that it is enough, or the line breaks. It is called with the head at once,
    /// and whenever the log has grown.
    pub(crate) async fn listen(
        &self,
        asker: &Asker,
        mut heard: impl FnMut(Head) -> bool,
    ) -> Result<(), Failure> {
        let target = format!("{}/live", organisation(asker.organisation));
        let request = Request::new(Method::GET, target, b"");
        let answer = self
            .send(Some(asker), &request)
            .await
            .map_err(|_| Failure::Unknown)?;
        let answer = refusal(answer).await?;
        let mut events = Events::default();
        let mut stream = answer.bytes_stream();
        while let Some(part) = stream.next().await {
            events.push(&part.map_err(|_| Failure::Unknown)?)?;
            while let Some(head) = events.next_head() {
                if !heard(head) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Asks, and signs anew when the endpoint's clock is another's.
    fn ask(&mut self, asker: Option<&Asker>, request: &Request<'_>) -> Result<Response, Failure> {
        let line = Arc::clone(&self.line);
        self.trouble = None;
        for _ in 0..SIGNED_ANEW {
            let answered = line.runtime.block_on(async {
                let answer = self.send(asker, request).await?;
                Ok(refusal(answer).await)
            });
            match answered {
                Err(error) => return Err(self.no_answer(trouble(&error))),
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(Failure::Refused(Cause::ClockSkewed { now, .. }))) => {
                    self.ahead = now.cast_signed() - self.source.now().timestamp();
                }
                Ok(Err(Failure::Refused(Cause::Replayed))) => {}
                Ok(Err(Failure::Unknown)) => return Err(self.no_answer(Trouble::Foreign)),
                Ok(Err(refused)) => return Err(refused),
            }
        }
        Err(Failure::Refused(Cause::Unavailable))
    }

    async fn send(&self, asker: Option<&Asker>, request: &Request<'_>) -> Result<Response, reqwest::Error> {
        let mut url = self.address.clone();
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.target.as_str(), None),
        };
        url.set_path(path);
        url.set_query(query);
        let mut sent = self.line.client.request(request.method.clone(), url);
        match (asker, &self.token) {
            (Some(asker), _) => {
                let time = (self.source.now().timestamp() + self.ahead).max(0).unsigned_abs();
                let (_, nonce) = self.source.uuid().as_u64_pair();
                let method = request.method.as_str();
                let signed = asker.credentials(method, &request.target, request.body, time, nonce);
                sent = sent.header(AUTHORIZATION, signed.to_string());
            }
            (None, Some(token)) => sent = sent.bearer_auth(token),
            (None, None) => {}
        }
        if let Some((from, to)) = request.range {
            sent = sent.header(RANGE, format!("bytes={from}-{}", to.saturating_sub(1)));
        }
        if !request.body.is_empty() {
            sent = sent
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(request.body.to_vec());
        }
        sent.send().await
    }

    fn no_answer(&mut self, trouble: Trouble) -> Failure {
        self.trouble = Some(trouble);
        Failure::Unknown
    }

    /// The answer's bytes, as long as they are not more than anything that was asked for.
    fn bytes(&mut self, answer: Response) -> Result<Vec<u8>, Failure> {
        let line = Arc::clone(&self.line);
        let read = line.runtime.block_on(async {
            let mut bytes = Vec::new();
            let mut stream = answer.bytes_stream();
            while let Some(part) = stream.next().await {
                let part = part.map_err(|error| trouble(&error))?;
                if bytes.len() + part.len() > MOST {
                    return Err(Trouble::Foreign);
                }
                bytes.extend_from_slice(&part);
            }
            Ok(bytes)
        });
        read.map_err(|trouble| self.no_answer(trouble))
    }

    fn json<T: DeserializeOwned>(&mut self, answer: Response) -> Result<T, Failure> {
        let bytes = self.bytes(answer)?;
        serde_json::from_slice(&bytes).map_err(|_| self.no_answer(Trouble::Foreign))
    }
}

impl Transport for Endpoint {
    fn found(&mut self, entry: &[u8]) -> Result<Head, Failure> {
        let answer = self.ask(
            None,
            &Request::new(Method::POST, "/v1/organisations".into(), entry),
        )?;
        let founded: Founded = self.json(answer)?;
        Ok(founded.head)
    }

    fn state(&mut self, asker: &Asker) -> Result<LogState, Failure> {
        let target = organisation(asker.organisation);
        let answer = self.ask(Some(asker), &Request::new(Method::GET, target, b""))?;
        self.json(answer)
    }

    fn read(&mut self, asker: &Asker, after: u64) -> Result<Page, Failure> {
        let target = format!("{}/entries?after={after}", organisation(asker.organisation));
        let answer = self.ask(Some(asker), &Request::new(Method::GET, target, b""))?;
        let head = head_of(answer.headers());
        let entries = batch::decode(&self.bytes(answer)?).ok();
        match (head, entries) {
            (Some(head), Some(entries)) => Ok(Page { head, entries }),
            _ => Err(self.no_answer(Trouble::Foreign)),
        }
    }

    fn append(&mut self, asker: &Asker, batch: &[u8], how: Append) -> Result<Head, Failure> {
        let query = match how {
            Append::Usual => "",
            Append::Refill => "?refill=true",
        };
        let target = format!("{}/entries{query}", organisation(asker.organisation));
        let answer = self.ask(Some(asker), &Request::new(Method::POST, target, batch))?;
        let appended: HeadIs = self.json(answer)?;
        Ok(appended.head)
    }

    fn put_parcel(&mut self, asker: &Asker, invitation: KeyHash, parcel: &[u8]) -> Result<(), Failure> {
        let target = format!("{}/parcels/{invitation}", organisation(asker.organisation));
        self.ask(Some(asker), &Request::new(Method::PUT, target, parcel))?;
        Ok(())
    }

    fn take_parcel(&mut self, asker: &Asker, device: PublicKey) -> Result<Vec<u8>, Failure> {
        let target = format!("{}/parcel", organisation(asker.organisation));
        let body = serde_json::to_vec(&TakeParcel { device }).map_err(|_| Failure::Unknown)?;
        let answer = self.ask(Some(asker), &Request::new(Method::POST, target, &body))?;
        self.bytes(answer)
    }

    fn received(&mut self, asker: &Asker, content: Content) -> Result<Option<ContentIs>, Failure> {
        let target = path_of(asker.organisation, content);
        match self.ask(Some(asker), &Request::new(Method::HEAD, target, b"")) {
            Ok(answer) => {
                let number = |name| answer.headers().get(name)?.to_str().ok()?.parse().ok();
                match (number(RECEIVED_HEADER), number(SIZE_HEADER)) {
                    (Some(received), Some(size)) => Ok(Some(ContentIs {
                        received,
                        size,
                        whole: answer.status() == StatusCode::OK,
                    })),
                    _ => Err(self.no_answer(Trouble::Foreign)),
                }
            }
            Err(Failure::Refused(Cause::ContentMissing | Cause::NotFound)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn put_piece(
        &mut self,
        asker: &Asker,
        content: Content,
        size: u64,
        offset: u64,
        piece: &[u8],
    ) -> Result<ContentIs, Failure> {
        let path = path_of(asker.organisation, content);
        let target = format!("{path}?size={size}&offset={offset}");
        let answer = self.ask(Some(asker), &Request::new(Method::PUT, target, piece))?;
        self.json(answer)
    }

    fn get_piece(&mut self, asker: &Asker, content: Content, from: u64, to: u64) -> Result<Vec<u8>, Failure> {
        let target = path_of(asker.organisation, content);
        let request = Request {
            range: Some((from, to)),
            ..Request::new(Method::GET, target, b"")
        };
        let answer = self.ask(Some(asker), &request)?;
        let bytes = self.bytes(answer)?;
        if bytes.len() as u64 == to - from {
            Ok(bytes)
        } else {
            Err(self.no_answer(Trouble::Foreign))
        }
    }

    fn remove_attachment(&mut self, asker: &Asker, hash: ContentHash) -> Result<(), Failure> {
        let target = path_of(asker.organisation, Content::Attachment(hash));
        self.ask(Some(asker), &Request::new(Method::DELETE, target, b""))?;
        Ok(())
    }
}

fn organisation(id: OrganisationId) -> String {
    format!("/v1/organisations/{id}")
}

fn path_of(id: OrganisationId, content: Content) -> String {
    let organisation = organisation(id);
    match content {
        Content::Snapshot(hash) => format!("{organisation}/snapshots/{hash}"),
        Content::Attachment(hash) => format!("{organisation}/attachments/{hash}"),
    }
}

fn head_of(headers: &HeaderMap) -> Option<Head> {
    let (seq, hash) = headers.get(HEAD_HEADER)?.to_str().ok()?.split_once(':')?;
    Some(Head {
        seq: seq.parse().ok()?,
        hash: hash.parse().ok()?,
    })
}

/// The endpoint's reason where it did not do what it was asked; [`Failure::Unknown`] where whoever answers is no endpoint. An
/// answer to HEAD has no body, so its status has to do.
async fn refusal(answer: Response) -> Result<Response, Failure> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let said = answer.bytes().await.map_err(|_| Failure::Unknown)?;
    let cause = match serde_json::from_slice::<Refusal>(&said) {
        Ok(refusal) => refusal.cause,
        Err(_) => match status {
            StatusCode::NOT_FOUND if said.is_empty() => Cause::NotFound,
            StatusCode::FORBIDDEN if said.is_empty() => Cause::DeviceRevoked,
            StatusCode::TOO_MANY_REQUESTS => Cause::TooManyRequests,
            StatusCode::PAYLOAD_TOO_LARGE => Cause::TooLarge { most: 0 },
            // A proxy whose endpoint is away just now.
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Cause::Unavailable
            }
            _ => return Err(Failure::Unknown),
        },
    };
    Err(Failure::Refused(cause))
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = source {
        if let Some(rustls::Error::InvalidCertificate(_)) = cause.downcast_ref() {
            return Trouble::Untrusted;
        }
        // An I/O error carries what went wrong below it without naming it as its source.
        source = match cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    Trouble::Unreachable
}

/// The live stream (server-sent events, <https://html.spec.whatwg.org/multipage/server-sent-events.html>) taken apart line by line.
#[derive(Default)]
struct Events {
    held: Vec<u8>,
}

/// The longest line of a live stream that is waited for.
const LINE: usize = 64 << 10;

impl Events {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.held.extend_from_slice(bytes);
        let begun = self
            .held
            .rsplit(|byte| *byte == b'\n')
            .next()
            .map_or(0, <[u8]>::len);
        if begun > LINE {
            Err(Failure::Unknown)
        } else {
            Ok(())
        }
    }

    /// The head of the next event that has one.
    fn next_head(&mut self) -> Option<Head> {
        while let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.held.drain(..=end).collect();
            let told = line
                .strip_prefix(b"data:")
                .and_then(|data| serde_json::from_slice::<HeadIs>(data).ok());
            if let Some(told) = told {
                return Some(told.head);
            }
        }
        None
    }
}

/// The address of an endpoint as people write it: `https://` where nothing else is said, and nothing behind the name and port.
///
/// # Errors
/// [`Problem::AddressInvalid`].
pub(crate) fn address(text: &str) -> Result<Url> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = Url::parse(&whole).map_err(|_| Problem::AddressInvalid)?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if plain {
        Ok(url)
    } else {
        Err(Problem::AddressInvalid)
    }
}

/// An address as it is kept and shown: without a slash at its end.
pub(crate) fn shown(address: &Url) -> String {
    address.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        for (typed, expected) in [
            ("kiulu.example.org", Some("https://kiulu.example.org")),
            (" https://kiulu.example.org/ ", Some("https://kiulu.example.org")),
            (
                "https://kiulu.example.org:8443",
                Some("https://kiulu.example.org:8443"),
            ),
            ("http://127.0.0.1:8787", Some("http://127.0.0.1:8787")),
            ("sähkö.fi", Some("https://xn--shk-qla6g.fi")),
            ("", None),
            ("https://", None),
            ("ftp://kiulu.example.org", None),
            ("https://kiulu.example.org/path", None),
            ("https://kiulu.example.org?x=1", None),
            ("https://user@kiulu.example.org", None),
            ("two words", None),
        ] {
            let read = address(typed).map(|url| shown(&url)).ok();
            assert_eq!(read.as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn heads_are_heard_wherever_the_line_breaks() {
        let head = Head {
            seq: 7,
            hash: kiulu_wire::EntryHash([9; 32]),
        };
        let data = serde_json::to_string(&HeadIs { head }).unwrap();
        let text = format!(":\n\nevent: head\ndata: {data}\n\nretry: 5\ndata: other\n\n");
        for at in 0..text.len() {
            let mut events = Events::default();
            let mut heard = Vec::new();
            for part in [&text.as_bytes()[..at], &text.as_bytes()[at..]] {
                events.push(part).unwrap();
                heard.extend(std::iter::from_fn(|| events.next_head()));
            }
            assert_eq!(heard, [head], "broken at {at}");
        }
    }

    #[test]
    fn a_stream_without_an_end_of_line_is_not_kept_for_ever() {
        let mut events = Events::default();
        assert!(events.push(&vec![b'x'; LINE + 1]).is_err());
    }
}
