//! Somebody between the computers and their endpoint: hears everything, and changes what it likes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Changes the body of what a request asks, or of its answer.
type Change = Arc<dyn Fn(&mut Vec<u8>) + Send + Sync>;

/// What is changed from now on.
#[derive(Clone)]
struct Tamper {
    /// Method and the end of the path without the query, "POST /entries".
    of: String,
    /// The request's body rather than the answer's.
    asked: bool,
    change: Change,
}

/// A relay. Each connection lasts for one request, which every client can cope with.
pub(crate) struct Between {
    address: String,
    heard: Arc<Mutex<Vec<u8>>>,
    tamper: Arc<Mutex<Option<Tamper>>>,
}

impl Between {
    pub(crate) fn start(endpoint: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let between = Self {
            address: listener.local_addr().unwrap().to_string(),
            heard: Arc::default(),
            tamper: Arc::default(),
        };
        let endpoint = endpoint.to_owned();
        let (heard, tamper) = (Arc::clone(&between.heard), Arc::clone(&between.tamper));
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let (endpoint, heard, tamper) = (endpoint.clone(), Arc::clone(&heard), Arc::clone(&tamper));
                std::thread::spawn(move || {
                    // A line that breaks is the client's to notice.
                    let _ = relay(&line, &endpoint, &heard, &tamper);
                    let _ = line.shutdown(Shutdown::Both);
                });
            }
        });
        between
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that went either way.
    pub(crate) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }

    /// Changes answers to a request from now on.
    pub(crate) fn change_answers(&self, of: &str, change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) {
        self.set(of, false, Arc::new(change));
    }

    /// Changes requests from now on.
    pub(crate) fn change_requests(&self, of: &str, change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) {
        self.set(of, true, Arc::new(change));
    }

    fn set(&self, of: &str, asked: bool, change: Change) {
        let of = of.to_owned();
        *self.tamper.lock().unwrap() = Some(Tamper { of, asked, change });
    }

    /// Passes everything on as it is from now on.
    pub(crate) fn be_honest(&self) {
        *self.tamper.lock().unwrap() = None;
    }
}

/// The first lines of a request or an answer, and how long its body is.
struct Top {
    lines: Vec<String>,
}

impl Top {
    fn read(from: &mut impl BufRead) -> std::io::Result<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                return Ok(Self { lines });
            }
            lines.push(line);
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.lines[1..].iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body that comes behind it; to the end of the line where nothing else is said.
    fn body(&self, from: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if let Some(length) = self.value("content-length") {
            let length: u64 = length.parse().map_err(std::io::Error::other)?;
            from.by_ref().take(length).read_to_end(&mut body)?;
        } else if self.value("transfer-encoding").is_some() {
            loop {
                let mut size = String::new();
                from.read_line(&mut size)?;
                let size = u64::from_str_radix(size.trim(), 16).map_err(std::io::Error::other)?;
                from.by_ref().take(size).read_to_end(&mut body)?;
                from.read_line(&mut String::new())?;
                if size == 0 {
                    break;
                }
            }
        }
        Ok(body)
    }

    /// Lines and body as they are sent on.
    fn with(&self, body: &[u8]) -> Vec<u8> {
        let mut sent = String::new();
        for line in &self.lines {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            if !["content-length", "transfer-encoding", "connection"].contains(&name.as_str()) {
                sent += &format!("{line}\r\n");
            }
        }
        sent += &format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        [sent.as_bytes(), body].concat()
    }
}

fn relay(
    line: &TcpStream,
    endpoint: &str,
    heard: &Mutex<Vec<u8>>,
    tamper: &Mutex<Option<Tamper>>,
) -> std::io::Result<()> {
    let mut from = BufReader::new(line);
    let top = Top::read(&mut from)?;
    if top.lines.is_empty() {
        return Ok(());
    }
    let mut body = top.body(&mut from)?;
    let first = top.lines[0].clone();
    let tamper = tamper.lock().unwrap().clone().filter(|tamper| {
        let (method, path) = tamper.of.split_once(' ').unwrap();
        let asked = first
            .split(' ')
            .nth(1)
            .and_then(|target| target.split('?').next());
        first.starts_with(method) && asked.is_some_and(|asked| asked.ends_with(path))
    });
    if let Some(tamper) = tamper.as_ref().filter(|tamper| tamper.asked) {
        (tamper.change)(&mut body);
    }
    let sent = top.with(&body);
    heard.lock().unwrap().extend(&sent);
    let mut onward = TcpStream::connect(endpoint)?;
    onward.write_all(&sent)?;

    let mut back = BufReader::new(onward);
    let top = Top::read(&mut back)?;
    if top.lines.is_empty() {
        return Ok(());
    }
    let mut body = if first.starts_with("HEAD") {
        Vec::new()
    } else {
        top.body(&mut back)?
    };
    if let Some(tamper) = tamper.as_ref().filter(|tamper| !tamper.asked) {
        (tamper.change)(&mut body);
    }
    let sent = top.with(&body);
    heard.lock().unwrap().extend(&sent);
    let mut line = line;
    line.write_all(&sent)
}
