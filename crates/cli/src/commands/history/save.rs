//! Pages of the history as files that `scan` reads.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use integrity::Hash;
use serde_json::Value;
use tempfile::NamedTempFile;

/// Saves records as a log file in the folder of their region, whole or not at all.
///
/// The name is that of the contents, so that a page that comes again is the same file. It is not that of
/// a trail's log file, for that it is not: no digest will ever list it.
pub(super) fn page(folder: &Path, region: &str, records: &[&str]) -> io::Result<()> {
    let folder = folder.join(region);
    fs::create_dir_all(&folder)?;
    let text = format!("{{\"Records\":[{}]}}", records.join(","));
    let name = format!(
        "history_{region}_{:.16}.json.gz",
        Hash::of(text.as_bytes()).to_string()
    );
    let file = NamedTempFile::with_prefix_in(".trailhound-", &folder)?;
    let mut zipped = GzEncoder::new(file, Compression::default());
    zipped.write_all(text.as_bytes())?;
    zipped
        .finish()?
        .persist(folder.join(name))
        .map_err(|error| error.error)?;
    Ok(())
}

/// Writes a record on a line of its own, with nothing in it that a terminal would obey.
pub(super) fn write_line(record: &str, out: &mut dyn Write) -> io::Result<()> {
    let value: Value = serde_json::from_str(record)?;
    detect::render::json::write_lines([value], out)
}
