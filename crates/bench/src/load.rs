//! The endpoint under load: many organisations, boards that listen, members who append as fast as they are answered. Client, endpoint
//! and PostgreSQL share the machine.

use crate::endpoint::{Database, Endpoint, Kind};
use crate::figure::Figure;
use crate::millis;
use anyhow::{Result, ensure};
use ed25519_dalek::SigningKey;
use futures_util::StreamExt;
use kiulu_wire::api::HeadIs;
use kiulu_wire::request::{Asked, Credentials, Signer};
use kiulu_wire::{
    Body, ContentHash, DeviceId, Entry, EntryHash, Founding, Head, Header, NewDevice, OrganisationId,
    PublicKey, Record, Roster, batch,
};
use reqwest::{Client, RequestBuilder};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Organisations at the endpoint, one step after the other at the same database.
const ORGANISATIONS: [usize; 4] = [1, 100, 1_000, 10_000];

/// Devices that are told of every append while they are measured.
const LIVE: usize = 200;

/// Members who append at the same time.
const WRITERS: usize = 16;

/// How long each step is measured.
const LASTS: Duration = Duration::from_secs(10);

/// The size of the sealed body of an edit of one field, in bytes.
const BODY: usize = 210;

/// What was measured at one number of organisations.
struct Step {
    organisations: usize,
    /// By one member at a time.
    alone: Pace,
    /// By [`WRITERS`] at the same time.
    together: Pace,
}

/// Appends as they were answered.
struct Pace {
    each_second: f64,
    p99: Duration,
}

/// The figures of the endpoint under load.
pub(crate) fn figures() -> Result<Vec<Figure>> {
    // A second one in the same process is refused and not needed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let database = Database::new(Kind::Postgres)?;
    let endpoint = Endpoint::start(&database)?;
    let steps = runtime.block_on(steps(&endpoint.url))?;
    let peak = endpoint.peak_mib()?;
    let told = |of: fn(&Step) -> &Pace| {
        let each: Vec<String> = steps
            .iter()
            .map(|step| {
                let Pace { each_second, p99 } = of(step);
                format!(
                    "{}: {each_second:.0}/s, {:.1} ms",
                    step.organisations,
                    millis(*p99)
                )
            })
            .collect();
        format!("organisations: appends each second, p99 = {}", each.join("; "))
    };
    let (alone, together) = (told(|step| &step.alone), told(|step| &step.together));
    // One organisation's log takes one append after the other; many at a time show from a hundred on.
    let many = &steps[1..];
    Ok(vec![
        spread(
            "one member at a time, 1 to 10 000 organisations: most ÷ fewest appends each second",
            1.25,
            &steps,
            |step| step.alone.each_second,
            alone.clone(),
        ),
        spread(
            "the same: longest ÷ shortest p99",
            2.0,
            &steps,
            |step| millis(step.alone.p99),
            alone,
        ),
        spread(
            "sixteen members at a time, 100 to 10 000 organisations: most ÷ fewest appends each second",
            1.25,
            many,
            |step| step.together.each_second,
            together.clone(),
        ),
        spread(
            "the same: longest ÷ shortest p99",
            2.0,
            many,
            |step| millis(step.together.p99),
            together,
        ),
        Figure {
            what: "the endpoint's peak memory meanwhile",
            value: peak,
            unit: "MiB",
            limit: 150.0,
            detail: format!("10 000 organisations, {LIVE} devices live, {WRITERS} members appending"),
        },
    ])
}

/// The most of a number over the fewest.
fn spread(what: &'static str, limit: f64, steps: &[Step], of: fn(&Step) -> f64, detail: String) -> Figure {
    let numbers = || steps.iter().map(of);
    Figure {
        what,
        value: numbers().fold(f64::MIN, f64::max) / numbers().fold(f64::MAX, f64::min),
        unit: "×",
        limit,
        detail,
    }
}

async fn steps(url: &str) -> Result<Vec<Step>> {
    let caller = Arc::new(Caller {
        http: Client::new(),
        url: url.to_owned(),
        nonce: AtomicU64::new(1),
    });
    let mut organisations = Vec::new();
    let mut steps = Vec::new();
    for count in ORGANISATIONS {
        while organisations.len() < count {
            let mut founding = JoinSet::new();
            for number in organisations.len()..count.min(organisations.len() + WRITERS) {
                let caller = Arc::clone(&caller);
                founding.spawn(async move { caller.found(number as u64).await });
            }
            while let Some(founded) = founding.join_next().await {
                organisations.push(Arc::new(Mutex::new(founded??)));
            }
        }
        let live = Live::listen(&caller, &organisations).await?;
        steps.push(Step {
            organisations: count,
            alone: append(&caller, &organisations, 1).await?,
            together: append(&caller, &organisations, WRITERS).await?,
        });
        live.hear_the_last().await?;
    }
    Ok(steps)
}

/// Devices that are told how far the logs have come.
struct Live {
    organisations: Vec<Arc<Mutex<Organisation>>>,
    /// The last number that each was told.
    heard: Vec<Arc<AtomicU64>>,
    // They stop listening with it.
    _tasks: JoinSet<Result<()>>,
}

impl Live {
    async fn listen(caller: &Arc<Caller>, organisations: &[Arc<Mutex<Organisation>>]) -> Result<Self> {
        let (mut listened, mut heard, mut tasks) = (Vec::new(), Vec::new(), JoinSet::new());
        for number in 0..LIVE {
            let organisation = Arc::clone(&organisations[number * organisations.len() / LIVE]);
            let request = caller.signed(&*organisation.lock().await, "GET", "/live", Vec::new())?;
            let answer = request.send().await?;
            ensure!(answer.status().is_success(), "listening: {}", answer.status());
            let told = Arc::new(AtomicU64::new(0));
            heard.push(Arc::clone(&told));
            tasks.spawn(async move {
                let (mut stream, mut text) = (answer.bytes_stream(), Vec::new());
                while let Some(part) = stream.next().await {
                    text.extend_from_slice(&part?);
                    while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                        let line: Vec<u8> = text.drain(..=end).collect();
                        if let Some(data) = line.strip_prefix(b"data:") {
                            let head: HeadIs = serde_json::from_slice(data)?;
                            told.store(head.head.seq, Ordering::Relaxed);
                        }
                    }
                }
                Ok(())
            });
            listened.push(organisation);
        }
        Ok(Self {
            organisations: listened,
            heard,
            _tasks: tasks,
        })
    }

    /// Waits until each was told of the last append.
    async fn hear_the_last(self) -> Result<()> {
        let begun = Instant::now();
        for (organisation, heard) in self.organisations.iter().zip(&self.heard) {
            let last = organisation.lock().await.head.seq;
            while heard.load(Ordering::Relaxed) < last {
                let late = begun.elapsed() > Duration::from_secs(30);
                ensure!(!late, "not everybody who listens was told");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Ok(())
    }
}

/// Members append to organisations at random until the time is over.
async fn append(
    caller: &Arc<Caller>,
    organisations: &[Arc<Mutex<Organisation>>],
    writers: usize,
) -> Result<Pace> {
    let mut appending = JoinSet::new();
    let begun = Instant::now();
    for writer in 0..writers {
        let (caller, organisations) = (Arc::clone(caller), organisations.to_vec());
        appending.spawn(async move {
            let mut random = writer as u64 + 1;
            let mut took = Vec::new();
            while begun.elapsed() < LASTS {
                // Knuth, MMIX.
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let chosen = (random >> 33) as usize % organisations.len();
                let mut organisation = organisations[chosen].lock().await;
                let asked = Instant::now();
                caller.append(&mut organisation).await?;
                took.push(asked.elapsed());
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(appended) = appending.join_next().await {
        took.extend(appended??);
    }
    let lasted = begun.elapsed();
    took.sort_unstable();
    Ok(Pace {
        each_second: took.len() as f64 / lasted.as_secs_f64(),
        p99: took[took.len() * 99 / 100],
    })
}

/// An organisation with one device, as that device knows it.
struct Organisation {
    id: OrganisationId,
    device: DeviceId,
    key: SigningKey,
    head: Head,
}

/// Asks the endpoint.
struct Caller {
    http: Client,
    url: String,
    nonce: AtomicU64,
}

impl Caller {
    async fn found(&self, number: u64) -> Result<Organisation> {
        let device = DeviceId(Uuid::now_v7());
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&number.to_le_bytes());
        let key = SigningKey::from_bytes(&secret);
        let record = Record::Founded(Founding {
            nonce: *device.0.as_bytes(),
            device: NewDevice {
                key: PublicKey::of(&key),
                recipient: vec![7; 100],
                name: vec![7; 60],
            },
        });
        let header = Header {
            seq: 1,
            previous: EntryHash::NONE,
            device,
            epoch: 1,
            schema: 1,
        };
        let entry = Entry::signed(header, Body::Record(record), &key);
        let id = Roster::found(&entry)?.organisation();
        let url = format!("{}/v1/organisations", self.url);
        let answer = self.http.post(url).body(entry.encode()).send().await?;
        ensure!(answer.status().is_success(), "founding: {}", answer.text().await?);
        Ok(Organisation {
            id,
            device,
            key,
            head: entry.head(),
        })
    }

    fn signed(
        &self,
        organisation: &Organisation,
        method: &str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<RequestBuilder> {
        let target = format!("/v1/organisations/{}{path}", organisation.id);
        let asked = Asked {
            method,
            target: &target,
            organisation: organisation.id,
            body: ContentHash::of(&body),
        };
        let credentials = Credentials::sign(
            Signer::Device(organisation.device),
            SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
            self.nonce.fetch_add(1, Ordering::Relaxed),
            &asked,
            &organisation.key,
        );
        let url = format!("{}{target}", self.url);
        let request = self.http.request(method.parse()?, url);
        Ok(request
            .header("authorization", credentials.to_string())
            .body(body))
    }

    async fn append(&self, organisation: &mut Organisation) -> Result<()> {
        let header = Header {
            seq: organisation.head.seq + 1,
            previous: organisation.head.hash,
            device: organisation.device,
            epoch: 1,
            schema: 1,
        };
        let entry = Entry::signed(header, Body::Sealed(vec![7; BODY]), &organisation.key);
        let encoded = entry.encode();
        let request = self.signed(organisation, "POST", "/entries", batch::encode([&encoded[..]]))?;
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "append: {}", answer.text().await?);
        answer.bytes().await?;
        organisation.head = entry.head();
        Ok(())
    }
}
