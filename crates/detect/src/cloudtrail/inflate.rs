//! Unpacks a log file: whole where that fits a buffer, in windows where it does not.
//!
//! Nearly every log file is a few hundred kilobytes. Such a file is inflated by libdeflate in one
//! go into a buffer that is used again for the next. Whatever is larger, has several gzip members
//! or lies about its size is streamed by zlib. Memory is bounded by [`COMPRESSED`] and [`INFLATED`]
//! either way, and a file that swells out of all proportion is cut off.
//!
//! Source: RFC 1952, section 2.3, for the header and the trailer.

use std::cell::LazyCell;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use memchr::memmem;

/// The largest compressed file that is inflated in one go, in bytes.
pub const COMPRESSED: usize = 4 << 20;

/// The largest inflated file that is inflated in one go, in bytes.
pub const INFLATED: usize = 16 << 20;

/// How many times its size a file may inflate to, once past [`INFLATED`]. Log files reach 30.
const BOMB: u64 = 250;

/// The first bytes of every gzip member.
const MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];

/// Buffers and tables, kept from file to file.
pub struct Inflater {
    inflate: Decompressor,
    compressed: Vec<u8>,
    inflated: Vec<u8>,
}

/// A log file ready to be read.
pub enum Source<'i, R> {
    /// All of it at once.
    Whole(&'i [u8]),
    /// By and by.
    Stream(Stream<'i, R>),
    /// No bytes at all.
    Empty,
}

/// What could not be read of a file, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InflateError {
    /// Neither gzip nor text.
    #[error("neither gzip nor JSON")]
    Foreign,
    /// The gzip stream ends too early.
    #[error("the gzip stream is cut off")]
    Truncated,
    /// The gzip stream contradicts itself.
    #[error("the gzip stream is damaged")]
    Damaged(#[source] io::Error),
    /// A little gzip that inflates to a lot of nothing.
    #[error("the gzip stream inflates more than {BOMB} times: it looks like a bomb")]
    Bomb,
    /// The bytes could not be read.
    #[error("cannot be read")]
    Read(#[source] io::Error),
}

impl Default for Inflater {
    fn default() -> Self {
        Self {
            inflate: Decompressor::new(),
            compressed: Vec::new(),
            inflated: Vec::new(),
        }
    }
}

impl Inflater {
    /// Begins to read `file`.
    ///
    /// # Errors
    /// [`InflateError::Read`] if nothing of it can be read, [`InflateError::Foreign`] if it is neither
    /// gzip nor text. An error after the first byte is told by [`Stream::fill`], behind what was read.
    pub fn open<R: Read>(&mut self, mut file: R) -> Result<Source<'_, R>, InflateError> {
        self.compressed.clear();
        let limit = COMPRESSED as u64 + 1;
        let read = file.by_ref().take(limit).read_to_end(&mut self.compressed);
        let complete = read.is_ok() && self.compressed.len() <= COMPRESSED;
        let rest = Rest {
            file,
            error: read.err(),
        };
        if self.compressed.is_empty() {
            return rest
                .error
                .map_or(Ok(Source::Empty), |error| Err(InflateError::Read(error)));
        }
        if !self.compressed.starts_with(MAGIC) {
            return self.open_text(rest, complete);
        }
        match self.inflate_whole(complete) {
            Some(length) => Ok(Source::Whole(&self.inflated[..length])),
            None => Ok(Source::Stream(Stream::gzip(&self.compressed, rest))),
        }
    }

    fn open_text<R>(&self, rest: Rest<R>, complete: bool) -> Result<Source<'_, R>, InflateError>
    where
        R: Read,
    {
        let start = &self.compressed[..self.compressed.len().min(512)];
        // In what begins like JSON a NUL is one record's fault; but `{` and NUL begin UTF-16.
        let is_json = matches!(start.trim_ascii_start(), [b'{' | b'[', next, ..] if *next != 0);
        if start.contains(&0) && !is_json {
            return Err(InflateError::Foreign);
        }
        if complete {
            return Ok(Source::Whole(&self.compressed));
        }
        Ok(Source::Stream(Stream::text(&self.compressed, rest)))
    }

    /// The size of the file opened last, as far as it was read at once.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.compressed.len() as u64
    }

    /// Inflates a complete file that says it fits; `None` if it does not, or has more in it.
    fn inflate_whole(&mut self, complete: bool) -> Option<usize> {
        let (_, size) = trailer(&self.compressed)?;
        if !complete || size > INFLATED {
            return None;
        }
        if self.inflated.len() < size {
            self.inflated.resize(size, 0);
        }
        let inflated = &mut self.inflated[..size];
        let length = self
            .inflate
            .gzip_decompress(&self.compressed, inflated)
            .ok()?;
        // Only the first member was inflated.
        let whole = length == size && !others_follow(&self.compressed, inflated);
        whole.then_some(length)
    }
}

/// Whether `file`, whose first member holds `inflated`, has another one behind it.
///
/// The bytes that begin a member may stand in compressed data too; but only where a member ends does
/// its trailer stand before them.
fn others_follow(file: &[u8], inflated: &[u8]) -> bool {
    let checksum = LazyCell::new(|| libdeflater::crc32(inflated));
    memmem::find_iter(&file[MAGIC.len()..], MAGIC)
        .map(|found| trailer(&file[..MAGIC.len() + found]))
        .any(|before| before.is_some_and(|(crc, size)| size == inflated.len() && crc == *checksum))
}

/// What a gzip member that ends with `file` says of itself: CRC-32 and size, modulo 2³².
fn trailer(file: &[u8]) -> Option<(u32, usize)> {
    let [checksum, size] = file.last_chunk::<8>()?.as_chunks::<4>().0 else {
        return None;
    };
    Some((
        u32::from_le_bytes(*checksum),
        u32::from_le_bytes(*size) as usize,
    ))
}

/// A file read in windows.
pub struct Stream<'i, R> {
    reader: Reader<'i, R>,
    inflated: u64,
    /// What the next call will tell, for this one had bytes to hand over.
    error: Option<io::Error>,
}

/// The part of a file that was not read at once.
struct Rest<R> {
    file: R,
    /// Why it was not, if not for its size.
    error: Option<io::Error>,
}

impl<R: Read> Read for Rest<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.file.read(buffer),
        }
    }
}

/// What was read already, then the rest of the file, counted as it goes by.
type Chained<'i, R> = Counted<io::Chain<&'i [u8], BufReader<Rest<R>>>>;

enum Reader<'i, R> {
    Text(Chained<'i, R>),
    Gzip(Box<MultiGzDecoder<Chained<'i, R>>>),
}

impl<'i, R: Read> Stream<'i, R> {
    fn text(start: &'i [u8], rest: Rest<R>) -> Self {
        Self::new(Reader::Text(Counted::new(start, rest)))
    }

    fn gzip(start: &'i [u8], rest: Rest<R>) -> Self {
        let decoder = MultiGzDecoder::new(Counted::new(start, rest));
        Self::new(Reader::Gzip(Box::new(decoder)))
    }

    fn new(reader: Reader<'i, R>) -> Self {
        Self {
            reader,
            inflated: 0,
            error: None,
        }
    }

    /// How many bytes of the file were used so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        match &self.reader {
            Reader::Text(file) => file.count,
            Reader::Gzip(decoder) => decoder.get_ref().count,
        }
    }

    /// Fills `window`, or as much of it as there is; 0 at the end of the file.
    ///
    /// It is filled in as many reads as that takes: whoever splits it looks again at a record that
    /// was cut, and must not do so for every byte that a slow reader brings.
    ///
    /// # Errors
    /// See [`InflateError`]. What was filled by earlier calls is sound.
    pub fn fill(&mut self, window: &mut [u8]) -> Result<usize, InflateError> {
        let mut length = 0;
        while length < window.len() && self.error.is_none() {
            match self.read(&mut window[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.error = Some(error),
            }
        }
        if length == 0
            && let Some(error) = self.error.take()
        {
            return Err(self.why(error));
        }
        self.inflated += length as u64;
        if self.inflated > INFLATED as u64 && self.inflated / BOMB > self.bytes_read() {
            return Err(InflateError::Bomb);
        }
        Ok(length)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.reader {
            Reader::Text(file) => file.read(buffer),
            Reader::Gzip(decoder) => decoder.read(buffer),
        }
    }

    fn why(&self, error: io::Error) -> InflateError {
        match (&self.reader, error.kind()) {
            (Reader::Gzip(_), io::ErrorKind::UnexpectedEof) => InflateError::Truncated,
            (Reader::Gzip(_), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                InflateError::Damaged(error)
            }
            _ => InflateError::Read(error),
        }
    }
}

/// Counts the bytes that are taken out of a reader.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<'i, R: Read> Chained<'i, R> {
    fn new(start: &'i [u8], rest: Rest<R>) -> Self {
        Self {
            inner: start.chain(BufReader::with_capacity(64 << 10, rest)),
            count: 0,
        }
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count += length as u64;
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.count += length as u64;
        self.inner.consume(length);
    }
}
