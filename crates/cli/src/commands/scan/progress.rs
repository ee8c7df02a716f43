//! The progress bar: how far, how fast, how long yet.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::inputs::Meter;
use crate::numbers::count;

/// How often it moves.
const TICK: Duration = Duration::from_millis(100);

/// What is done before anyone could wonder needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// Shows the meter's progress towards `total` bytes until everyone who holds the other end of `done`
/// has let go of it.
pub(in crate::commands) fn watch(meter: &Meter, total: u64, done: &Receiver<()>) {
    let started = Instant::now();
    let mut bar = None;
    while done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if started.elapsed() >= PATIENCE {
            let bar = bar.get_or_insert_with(|| bar_of(total));
            update(bar, meter, total, started.elapsed());
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// Without a total, as from standard input, there is no bar but what has been read.
fn bar_of(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(
        (total > 0).then_some(total),
        ProgressDrawTarget::stderr_with_hz(10),
    );
    let template = if total > 0 {
        "{bar:24} {decimal_bytes}/{decimal_total_bytes}  {msg}"
    } else {
        "{spinner} {decimal_bytes}  {msg}"
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn update(bar: &ProgressBar, meter: &Meter, total: u64, elapsed: Duration) {
    let records = meter.records.load(Ordering::Relaxed);
    let bytes = meter.bytes.load(Ordering::Relaxed);
    let per_second = |amount: u64| amount as f64 / elapsed.as_secs_f64();
    bar.set_position(bytes);
    let left = left(bytes, total, elapsed).map(|left| format!(", {} left", HumanDuration(left)));
    bar.set_message(format!(
        "{} records, {}/s, {:.1} MB/s{}",
        count(records),
        count(per_second(records) as u64),
        per_second(bytes) / 1e6,
        left.unwrap_or_default()
    ));
}

/// How long the rest takes if it goes on like this; `None` while there is nothing to go by.
fn left(bytes: u64, total: u64, elapsed: Duration) -> Option<Duration> {
    let rest = total.checked_sub(bytes)? as f64;
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * rest / bytes as f64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_the_part_that_is_done() {
        let ten = Duration::from_secs(10);
        for (bytes, total, expected) in [
            (50, 100, Some(10)),
            (100, 100, Some(0)),
            (0, 100, None),
            (200, 100, None),
        ] {
            let left = left(bytes, total, ten).map(|left| left.as_secs());
            assert_eq!(left, expected, "{bytes} of {total}");
        }
    }
}
