//! The stage for whole functions: the local AWS, and between it and the functions a proxy that fails.
//!
//! The proxy refuses a request before it is served, or serves it and loses the answer. It takes one request
//! a connection, for which nobody but a test is grateful.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use outside::repository;

/// How long the local AWS may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The local AWS; it ends with this value.
pub(crate) struct Emulator {
    process: Child,
    pub(crate) port: u16,
    _folder: PathBuf,
}

impl Emulator {
    /// Starts it; `None` if it is not installed.
    pub(crate) fn start() -> Self {
        let program = repository().join("target/venv/bin/ministack");
        assert!(
            program.exists(),
            "the local AWS is missing; `make fleet` installs it"
        );
        let port = free_port();
        let folder = repository().join(format!("target/fleet-{port}"));
        for inner in ["", "s3", "state"] {
            std::fs::create_dir_all(folder.join(inner)).unwrap();
        }
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let process = Command::new(program)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("HOME", &folder)
            .env("TMPDIR", &folder)
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("S3_DATA_DIR", folder.join("s3"))
            .env("STATE_DIR", folder.join("state"))
            .env("SFTP_ENABLED", "0")
            .env("IOT_MTLS_ENABLED", "0")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let emulator = Self {
            process,
            port,
            _folder: folder,
        };
        emulator.await_ready();
        emulator
    }

    fn await_ready(&self) {
        let started = Instant::now();
        let request = b"GET /_ministack/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        while started.elapsed() < PATIENCE {
            let answer = exchange(self.port, request);
            if answer.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200")) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the local AWS is not ready after {PATIENCE:?}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self._folder);
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Sends a request that ends its connection, and reads all that comes back.
fn exchange(port: u16, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// What the proxy did.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    pub(crate) served: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) lost: AtomicU64,
    /// Mails of which the sender never heard that they were accepted.
    pub(crate) lost_mails: Mutex<Vec<String>>,
    /// All mails, each with the session that sent it.
    mails: Mutex<Vec<(String, String)>>,
    /// Sessions that were killed, and how many mails they had sent before they were last invoked.
    killed: Mutex<Vec<(String, usize)>>,
    /// One request in so many is struck; 0 for none.
    pub(crate) odds: AtomicU64,
    dice: AtomicU64,
}

impl Struck {
    /// A number below `bound`.
    pub(crate) fn roll(&self, bound: u64) -> u64 {
        let z = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// How many mails this session has sent.
    pub(crate) fn mails_of(&self, session: &str) -> usize {
        let mails = self.mails.lock().unwrap();
        mails.iter().filter(|(by, _)| by == session).count()
    }

    /// This session was killed in an invocation before which it had sent so many mails.
    pub(crate) fn killed(&self, session: &str, mails: usize) {
        let mut killed = self.killed.lock().unwrap();
        killed.push((session.to_owned(), mails));
    }

    /// Who has sent mails that name this alert, and when.
    pub(crate) fn account(&self, alert: &str) -> String {
        let killed = self.killed.lock().unwrap();
        let mails = self.mails.lock().unwrap();
        let mut account = format!("{killed:?}");
        for (at, mail) in mails.iter().enumerate() {
            if mail.1.contains(alert) {
                let before = mails[..at].iter().filter(|(by, _)| *by == mail.0).count();
                let _ = write!(account, "\n{at}: {}, its mail {before}: {}", mail.0, mail.1);
            }
        }
        account
    }

    /// The mails of which nobody could save that they were sent: the answer was lost, or the sender killed.
    pub(crate) fn unsaved_mails(&self) -> Vec<String> {
        let mut unsaved = self.lost_mails.lock().unwrap().clone();
        let mails = self.mails.lock().unwrap();
        for (session, before) in &*self.killed.lock().unwrap() {
            let sent = mails.iter().filter(|(by, _)| by == session);
            unsaved.extend(sent.skip(*before).map(|(_, mail)| mail.clone()));
        }
        unsaved
    }
}

/// Starts a proxy in front of `port`, and returns its own.
pub(crate) fn proxy(port: u16, struck: &Arc<Struck>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let struck = Arc::clone(struck);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let struck = Arc::clone(&struck);
            thread::spawn(move || {
                // A function that was killed in the middle leaves a connection that says nothing.
                let _ = pass(stream, port, &struck);
            });
        }
    });
    own
}

fn pass(mut client: TcpStream, port: u16, struck: &Struck) -> io::Result<()> {
    let request = Request::read(&mut client)?;
    let odds = struck.odds.load(Relaxed);
    let is_struck = odds > 0 && request.may_be_struck() && struck.roll(odds) == 0;
    if is_struck && struck.roll(2) == 0 {
        struck.refused.fetch_add(1, Relaxed);
        let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"struck"}"#;
        let head = "HTTP/1.1 503 Slow Down\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.0";
        return write!(
            client,
            "{head}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    if let Some(mail) = request.mail() {
        let session = header(&request.head, "x-amz-security-token").unwrap_or_default();
        let mut mails = struck.mails.lock().unwrap();
        mails.push((session.to_owned(), mail));
    }
    let answer = if is_struck {
        exchange(port, &request.closing()).and(Err(io::ErrorKind::ConnectionReset.into()))
    } else {
        exchange(port, &request.closing()).and_then(|answer| client.write_all(&answer))
    };
    if answer.is_err() {
        struck.lost.fetch_add(1, Relaxed);
        struck.lost_mails.lock().unwrap().extend(request.mail());
        return answer;
    }
    struck.served.fetch_add(1, Relaxed);
    Ok(())
}

struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(client: &mut TcpStream) -> io::Result<Self> {
        client.set_read_timeout(Some(Duration::from_secs(30)))?;
        let (head, mut body) = read_head(client)?;
        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
        let mut rest = vec![0; length.unwrap_or(0_usize).saturating_sub(body.len())];
        client.read_exact(&mut rest)?;
        body.extend(rest);
        Ok(Self { head, body })
    }

    /// State and topics are struck; objects and queues are the test's own.
    fn may_be_struck(&self) -> bool {
        let form = String::from_utf8_lossy(&self.body[..self.body.len().min(64)]).into_owned();
        self.head.contains("DynamoDB") || form.starts_with("Action=Publish")
    }

    /// The text of a mail, if this sends one.
    fn mail(&self) -> Option<String> {
        let body = String::from_utf8_lossy(&self.body);
        body.starts_with("Action=Publish&")
            .then(|| body.into_owned())
    }

    /// The request as one that ends its connection.
    fn closing(&self) -> Vec<u8> {
        let lines = self.head.lines().filter(|line| {
            let line = line.to_ascii_lowercase();
            !line.is_empty() && !line.starts_with("connection:") && !line.starts_with("expect:")
        });
        let mut request = lines.collect::<Vec<_>>().join("\r\n").into_bytes();
        request.extend(b"\r\nconnection: close\r\n\r\n");
        request.extend(&self.body);
        request
    }
}

/// The lines before the empty one, and what was read of the body behind it.
pub(crate) fn read_head(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend(&buffer[..length]);
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = read.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&read).into_owned(), body));
        }
    }
}

pub(crate) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A function, or the program, built beforehand as tests are.
///
/// Not by this process: a build inside a test sees other variables, and builds half of everything anew.
pub(crate) fn built(name: &str) -> PathBuf {
    let folder = std::env::current_exe().unwrap();
    let program = folder.ancestors().nth(2).unwrap().join(name);
    assert!(
        program.exists(),
        "{} is missing; `make fleet` builds it",
        program.display()
    );
    program
}
