//! Where findings go: the first stream, or a file that appears only once it is whole.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use tempfile::NamedTempFile;

use crate::complaint::Complaint;
use crate::terminal::Terminal;

/// A place for findings, opened before the work starts so that a wrong one costs no time.
#[derive(Debug)]
pub struct Output(Place);

#[derive(Debug)]
enum Place {
    Stdout(Box<BufWriter<AutoStream<io::StdoutLock<'static>>>>),
    /// A pipe, a device or the like, which cannot be replaced.
    Special(PathBuf, std::fs::File),
    File(PathBuf, Terminal, NamedTempFile),
}

impl Output {
    /// Opens `path`, or the first stream if there is none or it is `-`.
    ///
    /// # Errors
    /// A [`Complaint`] if the file cannot be created.
    pub fn open(path: Option<&Path>, terminal: Terminal) -> Result<Self, Complaint> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self(Place::Stdout(Box::new(BufWriter::new(
                terminal.out(),
            )))));
        };
        let place = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => std::fs::OpenOptions::new()
                .write(true)
                .open(path)
                .map(|file| Place::Special(path.to_owned(), file)),
            _ => beside(path).map(|file| Place::File(path.to_owned(), terminal, file)),
        };
        place.map(Self).map_err(|error| unwritable(path, &error))
    }

    /// Writes with `write` and puts the result in place.
    ///
    /// That nobody reads on is no error: `trailhound scan … | head` has what it wants. Returns
    /// whether all was taken.
    ///
    /// # Errors
    /// A [`Complaint`] that names the file, if the disk is full or the like; the old file is then
    /// untouched.
    pub fn write(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<bool, Complaint> {
        match self.0 {
            Place::Stdout(mut out) => match write(&mut *out).and_then(|()| out.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    // What is left in the buffer has no reader either.
                    let _ = out.into_parts();
                    Ok(false)
                }
                written => written
                    .map(|()| true)
                    .map_err(|error| unwritable("standard output", &error)),
            },
            Place::Special(path, file) => {
                let mut out = BufWriter::new(file);
                let written = write(&mut out).and_then(|()| out.flush());
                written
                    .map(|()| true)
                    .map_err(|error| unwritable(&path, &error))
            }
            Place::File(path, terminal, file) => {
                let written = into_file(file, terminal, write)
                    .and_then(|file| file.persist(&path).map_err(|error| error.error));
                written
                    .map(|_| true)
                    .map_err(|error| unwritable(&path, &error))
            }
        }
    }
}

/// A new file in the folder of `path`, for only there can it take its place in one step.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".trailhound-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Like any other file that the user writes: the umask decides.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn into_file(
    file: NamedTempFile,
    terminal: Terminal,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let mut out = AutoStream::new(file.reopen()?, terminal.file_choice());
    let mut buffer = BufWriter::new(&mut out);
    write(&mut buffer)?;
    buffer.flush()?;
    Ok(file)
}

fn unwritable(place: impl AsRef<Path>, error: &io::Error) -> Complaint {
    let place = place.as_ref().display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Complaint::bad_call(place, "no such folder to write to").help("create the folder first")
        }
        io::ErrorKind::IsADirectory => {
            Complaint::bad_call(place, "a folder, not a file").help("name a file in it")
        }
        io::ErrorKind::PermissionDenied => Complaint::bad_call(place, "permission to write denied")
            .help("choose a place that you may write to"),
        _ => Complaint::bad_call(place, error),
    }
}
