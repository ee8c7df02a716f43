//! What a program has used, as the system counts it.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// What one run of a program has used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Seconds on all processors, in the program and in the system for it.
    pub(crate) processor: f64,
    /// Seconds on the clock.
    pub(crate) clock: f64,
    /// The most memory it had at once, in megabytes of 1,000,000 bytes.
    pub(crate) peak_mb: f64,
}

impl Usage {
    /// Runs `command` and measures it.
    ///
    /// The system adds up all children of a process, so each command gets a process of its own to be
    /// the only child of.
    pub(crate) fn of(command: &[&str]) -> Result<Self> {
        let output = super::own()?
            .arg("measure")
            .args(command)
            .stderr(Stdio::inherit())
            .output()?;
        let printed = String::from_utf8(output.stdout)?;
        let numbers: Vec<f64> = printed
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        match *numbers {
            [processor, clock, peak_mb] if output.status.success() => Ok(Self {
                processor,
                clock,
                peak_mb,
            }),
            _ => bail!("`{}` failed", command.join(" ")),
        }
    }

    /// Runs a part of this program and measures it.
    pub(crate) fn of_self(arguments: &[&str]) -> Result<Self> {
        let own = std::env::current_exe()?;
        let own = own
            .to_str()
            .context("the path of this program is not UTF-8")?;
        Self::of(&[&[own], arguments].concat())
    }
}

/// Runs `command` as the only child and prints what it has used.
pub(crate) fn measure(command: &[&str]) -> Result<()> {
    let [program, arguments @ ..] = command else {
        bail!("measure what?")
    };
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    let clock = start.elapsed().as_secs_f64();
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let processor = seconds(usage.user_time()) + seconds(usage.system_time());
    // The system counts in units of 1,024 bytes.
    println!(
        "{processor} {clock} {}",
        usage.max_rss() as f64 * 1_024.0 / 1e6
    );
    Ok(())
}
