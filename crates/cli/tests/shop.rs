//! A folder to work in, furnished with logs and rules, and the program to run there.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// Two rules of which both match the story of `trail-blinded`, one of them twice.
pub(crate) const TWO_RULES: &str = "\
title: Trail deleted
id: 11111111-1111-4111-8111-111111111111
description: Somebody deleted a trail.
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventSource: cloudtrail.amazonaws.com, eventName: DeleteTrail }
  by_aws: { trailhound.calledByAws: true }
  condition: selection and not by_aws
falsepositives: [A trail that was replaced by another.]
level: high
tags: [attack.defense-evasion, attack.t1562.008]
trailhound:
  title: { zh-CN: 跟踪被删除 }
  threat: { en: Nothing is recorded any more., zh-CN: 此后不再有记录。 }
  response:
    - title: { en: List the trails that are left, zh-CN: 列出剩余的跟踪 }
      command: aws cloudtrail describe-trails --region ${awsRegion}
tests:
  - name: a trail is deleted
    expect: match
    event: { eventSource: cloudtrail.amazonaws.com, eventName: DeleteTrail }
  - name: a trail is made
    expect: no match
    event: { eventSource: cloudtrail.amazonaws.com, eventName: CreateTrail }
---
title: Trails looked at
id: 22222222-2222-4222-8222-222222222222
description: Somebody looked at trails.
logsource: { product: aws, service: cloudtrail }
detection:
  selection:
    eventSource: cloudtrail.amazonaws.com
    eventName|startswith: [Describe, Get]
  condition: selection
falsepositives: [Anybody.]
level: low
tests:
  - name: a trail is looked at
    expect: match
    event: { eventSource: cloudtrail.amazonaws.com, eventName: GetTrail }
  - name: a trail is made
    expect: no match
    event: { eventSource: cloudtrail.amazonaws.com, eventName: CreateTrail }
";

/// A folder that is gone when the test is over.
pub(crate) struct Shop(TempDir);

impl Shop {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// With `logs/trail-blinded.json`, seven records of one person, and `my-rules/two.yml`.
    pub(crate) fn furnished() -> Self {
        let shop = Self::new();
        shop.write("logs/trail-blinded.json", story("trail-blinded"));
        shop.write("my-rules/two.yml", TWO_RULES);
        shop
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    /// What a file holds.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("a file")
    }

    /// Runs the program here with these arguments, split at blanks.
    pub(crate) fn run(&self, args: &str) -> Run {
        self.run_with(args, "", 100)
    }

    /// Runs the program on a terminal so wide.
    pub(crate) fn run_wide(&self, args: &str, columns: usize) -> Run {
        self.run_with(args, "", columns)
    }

    /// Runs the program and gives it `input` to read.
    pub(crate) fn run_on(&self, args: &str, input: impl AsRef<[u8]>) -> Run {
        self.run_with(args, input, 100)
    }

    /// Asks the index `i.sqlite`; SQL has blanks of its own.
    pub(crate) fn run_sql(&self, sql: &str) -> Run {
        let mut command = self.command("search --index i.sqlite --sql");
        let output = command
            .arg(sql)
            .env("COLUMNS", "100")
            .output()
            .expect("a process");
        Run::of(&output, &format!("search --index i.sqlite --sql '{sql}'"))
    }

    /// Runs the program with these variables set.
    pub(crate) fn run_in(&self, args: &str, variables: &[(&'static str, String)]) -> Run {
        let mut command = self.command(args);
        let output = command
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .output();
        Run::of(&output.expect("a process"), args)
    }

    fn run_with(&self, args: &str, input: impl AsRef<[u8]>, columns: usize) -> Run {
        let mut child = self
            .command(args)
            .env("COLUMNS", columns.to_string())
            .spawn()
            .expect("a process");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.as_ref().to_owned();
        let writer = std::thread::spawn(move || {
            // The program need not read to the end.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("an end");
        writer.join().expect("no panic");
        Run::of(&output, args)
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        command
            .args(args.split_whitespace())
            .current_dir(self.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// What a run said, and how it ended.
#[derive(PartialEq, Eq)]
pub(crate) struct Run {
    args: String,
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said about it, without durations and rates.
    pub(crate) stderr: String,
}

impl Run {
    fn of(output: &Output, args: &str) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).expect("output is UTF-8");
        Self {
            args: args.to_owned(),
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr)
                .lines()
                .map(|line| timeless(line) + "\n")
                .collect(),
        }
    }

    /// Fails unless the run ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            args,
            code,
            stdout,
            stderr,
        } = self;
        write!(
            f,
            "$ trailhound {args}\n{stdout}── stderr, exit code {code}\n{stderr}"
        )
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Durations differ from run to run.
fn timeless(line: &str) -> String {
    match line.rsplit_once(" in ") {
        Some((what, time))
            if time.contains(" s")
                && ["Read ", "Wrote ", "Looked at "]
                    .iter()
                    .any(|word| line.starts_with(word)) =>
        {
            format!("{what} in …")
        }
        _ => line.to_owned(),
    }
}

/// The text of a story under `events/`.
pub(crate) fn story(name: &str) -> String {
    let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}

/// `bytes` compressed as CloudTrail does.
pub(crate) fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes.as_ref()).expect("memory");
    encoder.finish().expect("memory")
}

/// One record as a line.
pub(crate) fn record(event_name: &str, time: &str) -> String {
    format!(
        r#"{{"eventSource":"cloudtrail.amazonaws.com","eventName":"{event_name}","eventTime":"{time}","eventID":"id-{event_name}-{time}","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","userName":"maria","accountId":"111122223333"}},"recipientAccountId":"111122223333","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7"}}"#
    ) + "\n"
}
