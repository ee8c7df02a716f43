//! Unpacks a log file: whole where that fits a buffer, in windows where it does not.
//!
//! Nearly every log file is a few hundred kilobytes. Such a file is inflated by libdeflate in one
//! go into a buffer that is used again for the next. Whatever is larger, has several gzip members
//! or lies about its size is streamed by zlib. Memory is bounded by [`COMPRESSED`] and [`INFLATED`]
//! either way, and a file that swells out of all proportion is cut off.
//!
//! Source: RFC 1952, section 2.3, for the header and the trailer.

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
    /// [`InflateError::Read`] if its first [`COMPRESSED`] bytes cannot be read,
    /// [`InflateError::Foreign`] if they are neither gzip nor text.
    pub fn open<R: Read>(&mut self, mut file: R) -> Result<Source<'_, R>, InflateError> {
        self.compressed.clear();
        let limit = COMPRESSED as u64 + 1;
        file.by_ref()
            .take(limit)
            .read_to_end(&mut self.compressed)
            .map_err(InflateError::Read)?;
        let complete = self.compressed.len() <= COMPRESSED;
        if self.compressed.is_empty() {
            return Ok(Source::Empty);
        }
        if !self.compressed.starts_with(MAGIC) {
            return self.open_text(file, complete);
        }
        match self.inflate_whole(complete) {
            Some(length) => Ok(Source::Whole(&self.inflated[..length])),
            None => Ok(Source::Stream(Stream::gzip(&self.compressed, file))),
        }
    }

    fn open_text<R: Read>(&self, file: R, complete: bool) -> Result<Source<'_, R>, InflateError> {
        let start = &self.compressed[..self.compressed.len().min(512)];
        if start.contains(&0) {
            return Err(InflateError::Foreign);
        }
        if complete {
            return Ok(Source::Whole(&self.compressed));
        }
        Ok(Source::Stream(Stream::text(&self.compressed, file)))
    }

    /// The size of the file opened last, as far as it was read at once.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.compressed.len() as u64
    }

    /// Inflates a complete file that says it fits; `None` if it does not, or has more in it.
    fn inflate_whole(&mut self, complete: bool) -> Option<usize> {
        let (checksum, size) = trailer(&self.compressed)?;
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
        // Only the first member was inflated. Should there be others, the trailer is not its own.
        let several = memmem::find(&self.compressed[MAGIC.len()..], MAGIC).is_some();
        let whole = length == size && (!several || libdeflater::crc32(inflated) == checksum);
        whole.then_some(length)
    }
}

/// What the last member of a gzip file says of itself: CRC-32 and size, modulo 2³².
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
}

/// What was read already, then the rest of the file, counted as it goes by.
type Chained<'i, R> = Counted<io::Chain<&'i [u8], BufReader<R>>>;

enum Reader<'i, R> {
    Text(Chained<'i, R>),
    Gzip(Box<MultiGzDecoder<Chained<'i, R>>>),
}

impl<'i, R: Read> Stream<'i, R> {
    fn text(start: &'i [u8], rest: R) -> Self {
        Self {
            reader: Reader::Text(Counted::new(start, rest)),
            inflated: 0,
        }
    }

    fn gzip(start: &'i [u8], rest: R) -> Self {
        let decoder = MultiGzDecoder::new(Counted::new(start, rest));
        Self {
            reader: Reader::Gzip(Box::new(decoder)),
            inflated: 0,
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

    /// Fills as much of `window` as there is; 0 at the end of the file.
    ///
    /// # Errors
    /// See [`InflateError`]. What was filled by earlier calls is sound.
    pub fn fill(&mut self, window: &mut [u8]) -> Result<usize, InflateError> {
        let length = loop {
            let read = match &mut self.reader {
                Reader::Text(file) => file.read(window),
                Reader::Gzip(decoder) => decoder.read(window),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.why(error)),
                Ok(length) => break length,
            }
        };
        self.inflated += length as u64;
        if self.inflated > INFLATED as u64 && self.inflated / BOMB > self.bytes_read() {
            return Err(InflateError::Bomb);
        }
        Ok(length)
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
    fn new(start: &'i [u8], rest: R) -> Self {
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
