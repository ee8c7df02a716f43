//! Whole functions: a program, and the runtime API that it asks for work.
//!
//! Source: Lambda developer guide, *Using the Lambda runtime API for custom runtimes*.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::stage::{header, read_head};

/// How long an invocation may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(8);

/// A copy of a function: one process at a time, begun anew when it has died.
pub(crate) struct Function {
    program: PathBuf,
    environment: BTreeMap<String, String>,
    api: TcpListener,
    process: Option<Child>,
    waiting: Option<TcpStream>,
    number: u64,
    /// How long an answer may take.
    limit: Duration,
    /// The session of its process, by which its requests are told from those of others.
    session: String,
}

/// Where functions log to, one behind the other.
pub(crate) fn log() -> PathBuf {
    outside::repository().join("target/fleet.log")
}

/// How many processes there have been.
static PROCESSES: AtomicU64 = AtomicU64::new(0);

/// What became of an invocation.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It has answered with this.
    Answered(String),
    /// It has failed.
    Failed(String),
    /// Its process has died.
    Died,
}

impl Function {
    pub(crate) fn new(program: &Path, environment: BTreeMap<String, String>) -> Self {
        Self {
            program: program.to_owned(),
            environment,
            api: TcpListener::bind("127.0.0.1:0").unwrap(),
            process: None,
            waiting: None,
            number: 0,
            limit: LIMIT,
            session: String::new(),
        }
    }

    /// The same, whose answers may take as long as Lambda lets them take.
    pub(crate) fn patient(mut self) -> Self {
        self.limit = Duration::from_secs(300);
        self
    }

    /// Starts a process, if there is none, and waits until it asks for work.
    pub(crate) fn start(&mut self) -> Duration {
        let started = Instant::now();
        if self.waiting.is_some() {
            return Duration::ZERO;
        }
        if self.process.is_none() {
            let log = std::fs::File::options()
                .create(true)
                .append(true)
                .open(log())
                .unwrap();
            self.session = format!("session-{}", PROCESSES.fetch_add(1, Relaxed));
            let process = Command::new(&self.program)
                .env_clear()
                .envs(&self.environment)
                .env("AWS_SESSION_TOKEN", &self.session)
                .env(
                    "AWS_LAMBDA_RUNTIME_API",
                    self.api.local_addr().unwrap().to_string(),
                )
                .env("AWS_LAMBDA_FUNCTION_NAME", "trailhound")
                .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
                .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
                .env("AWS_LAMBDA_LOG_STREAM_NAME", "s")
                .env("AWS_LAMBDA_LOG_GROUP_NAME", "g")
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .stdin(Stdio::null())
                .spawn();
            self.process = Some(process.unwrap());
        }
        let (stream, path, body) = self
            .request(8 * LIMIT)
            .expect("a function that asks for work");
        assert!(path.contains("/invocation/next"), "{path}: {body}");
        self.waiting = Some(stream);
        started.elapsed()
    }

    /// Invokes it with `event`; if `kill` is given, its process is killed after so long.
    pub(crate) fn invoke(&mut self, event: &str, kill: Option<Duration>) -> Outcome {
        self.start();
        let ends = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            + LIMIT;
        self.number += 1;
        let mut stream = self.waiting.take().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\
             lambda-runtime-aws-request-id: {}\r\nlambda-runtime-deadline-ms: {}\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:111122223333:function:x\r\n\
             content-length: {}\r\n\r\n",
            self.number,
            ends.as_millis(),
            event.len()
        );
        if stream
            .write_all(&[head.as_bytes(), event.as_bytes()].concat())
            .is_err()
        {
            self.kill();
            return Outcome::Died;
        }
        drop(stream);
        if let Some(after) = kill {
            thread::sleep(after);
            self.kill();
            return Outcome::Died;
        }
        match self.request(self.limit) {
            Ok((mut stream, path, body)) => {
                let _ = stream.write_all(
                    b"HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                );
                if path.ends_with("/response") {
                    Outcome::Answered(body)
                } else {
                    Outcome::Failed(body)
                }
            }
            Err(_) => {
                self.kill();
                Outcome::Died
            }
        }
    }

    /// The next request of the process: connection, path, body. Lambda ends whatever takes longer than `limit`.
    fn request(&mut self, limit: Duration) -> io::Result<(TcpStream, String, String)> {
        self.api.set_nonblocking(true)?;
        let started = Instant::now();
        let mut stream = loop {
            match self.api.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            let has_died = self
                .process
                .as_mut()
                .is_some_and(|p| !matches!(p.try_wait(), Ok(None)));
            if has_died || started.elapsed() > limit {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(Duration::from_micros(200));
        };
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(LIMIT))?;
        let (head, mut body) = read_head(&mut stream)?;
        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
        let mut rest = vec![0; length.unwrap_or(0_usize).saturating_sub(body.len())];
        stream.read_exact(&mut rest)?;
        body.extend(rest);
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        Ok((stream, path, String::from_utf8_lossy(&body).into_owned()))
    }

    /// The session of its process; asked before there is one, it starts one.
    pub(crate) fn session(&mut self) -> String {
        self.start();
        self.session.clone()
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().map_or(0, Child::id)
    }

    /// Ends the process at once, as Lambda ends one that takes too long.
    pub(crate) fn kill(&mut self) {
        self.waiting = None;
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
        // What it has still asked for is nobody's.
        let _ = self.api.set_nonblocking(true);
        while self.api.accept().is_ok() {}
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
    }
}
