//! The bucket in which a trail lays its log files.
//!
//! An object is read as it arrives: a task takes chunks from S3 and hands them, a few at a time, to the
//! thread that judges. What can go wrong has a fate each: what is gone is gone, what is refused needs a
//! person, everything else is tried again.

use std::io::{self, Cursor, Read};

use cloud::NotDone;
use cloud::objects::{Object, Objects, Request};
use tokio::sync::mpsc::{Receiver, channel};

use crate::trigger::LogObject;

/// How many chunks wait for the thread that judges; of some 64 KiB each.
const CHUNKS: usize = 16;

/// How often a connection that breaks is taken up again where it broke.
const RESUMES: u32 = 3;

/// A chunk of an object, or why there is none.
pub type Chunk = Result<Vec<u8>, io::Error>;

/// Where log files are fetched from.
pub trait LogBucket: Send + Sync + 'static {
    /// Begins to read an object; its chunks come by the channel.
    fn open(
        &self,
        object: &LogObject,
    ) -> impl Future<Output = Result<Receiver<Chunk>, FetchError>> + Send;
}

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// It is no longer there.
    #[error("{0} is gone: it was deleted, or has expired, before it could be read")]
    Gone(LogObject),
    /// The bucket does not let us.
    #[error(
        "{0} cannot be read: access denied; the function's role needs s3:GetObject (and \
             s3:ListBucket to tell a missing object from a forbidden one), and the bucket's policy \
             must not forbid it"
    )]
    Denied(LogObject),
    /// The key does not let us.
    #[error(
        "{0} cannot be decrypted: the function's role needs kms:Decrypt, in its own policy and in \
             that of the key"
    )]
    KeyDenied(LogObject),
    /// It is larger than we may read.
    #[error("{object} has {size} bytes, more than TRAILHOUND_MAX_OBJECT_BYTES, {limit}")]
    TooBig {
        /// Which.
        object: LogObject,
        /// Its size, in bytes as stored.
        size: u64,
        /// The largest size, in bytes as stored.
        limit: u64,
    },
    /// S3 did not answer as it should; to be tried again.
    #[error("{object} cannot be read at this moment")]
    Failed {
        /// Which.
        object: LogObject,
        /// Why.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl FetchError {
    /// The metric that counts it.
    #[must_use]
    pub fn metric(&self) -> &'static str {
        match self {
            Self::Gone(_) => "LogFilesGone",
            Self::Denied(_) => "LogFilesDenied",
            Self::KeyDenied(_) => "LogFilesKeyDenied",
            Self::TooBig { .. } => "LogFilesTooBig",
            Self::Failed { .. } => "LogFilesNotFetched",
        }
    }

    /// Whether the message that asked for it is done with: nobody can ever read this object.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Gone(_))
    }
}

/// A bucket of S3.
#[derive(Debug, Clone)]
pub struct S3Bucket {
    objects: Objects,
    limit: u64,
}

impl S3Bucket {
    /// Reads objects of at most `limit` bytes as stored.
    #[must_use]
    pub fn new(objects: Objects, limit: u64) -> Self {
        Self { objects, limit }
    }

    /// The object from this byte on, if it is still the same.
    async fn get(
        &self,
        object: &LogObject,
        from: u64,
        etag: Option<&str>,
    ) -> Result<Object, FetchError> {
        let request = Request {
            bucket: &object.bucket,
            key: &object.key,
            version: object.version.as_deref(),
            from,
            etag,
        };
        let got = Box::pin(self.objects.get(request)).await;
        got.map_err(|error| fate(object, error))
    }
}

impl LogBucket for S3Bucket {
    async fn open(&self, object: &LogObject) -> Result<Receiver<Chunk>, FetchError> {
        let mut body = self.get(object, 0, None).await?;
        if let Some(size) = body.size.filter(|size| *size > self.limit) {
            return Err(FetchError::TooBig {
                object: object.clone(),
                size,
                limit: self.limit,
            });
        }
        let (sender, chunks) = channel(CHUNKS);
        let (bucket, object) = (self.clone(), object.clone());
        tokio::spawn(async move {
            let etag = body.etag.clone();
            let (mut read, mut resumes) = (0_u64, 0);
            loop {
                let chunk = match body.next().await {
                    None => break,
                    Some(Ok(chunk)) => Ok(chunk),
                    Some(Err(error)) if resumes == RESUMES => Err(io::Error::other(error)),
                    Some(Err(_)) => {
                        resumes += 1;
                        match bucket.get(&object, read, etag.as_deref()).await {
                            Ok(rest) => body = rest,
                            Err(error) => drop(sender.send(Err(io::Error::other(error))).await),
                        }
                        continue;
                    }
                };
                read += chunk.as_ref().map_or(0, Vec::len) as u64;
                let is_last = chunk.is_err();
                // Nobody listens once the reader has stopped.
                if sender.send(chunk).await.is_err() || is_last {
                    break;
                }
            }
        });
        Ok(chunks)
    }
}

/// What becomes of an object that S3 does not hand out.
fn fate(object: &LogObject, error: NotDone) -> FetchError {
    let failed = |cause| FetchError::Failed {
        object: object.clone(),
        cause,
    };
    let fault = match error {
        NotDone::Refused(fault) => fault,
        NotDone::Unanswered(error) => return failed(error.into()),
    };
    let about_key =
        fault.code.starts_with("KMS.") || fault.message.to_ascii_lowercase().contains("kms");
    match fault.code.as_str() {
        "NoSuchKey" | "NoSuchVersion" | "NoSuchBucket" => FetchError::Gone(object.clone()),
        "AccessDenied" | "AccessDeniedException" if about_key => {
            FetchError::KeyDenied(object.clone())
        }
        "AccessDenied" | "AccessDeniedException" | "403" | "Forbidden" => {
            FetchError::Denied(object.clone())
        }
        code if code.starts_with("KMS.") => FetchError::KeyDenied(object.clone()),
        _ => failed(NotDone::Refused(fault).into()),
    }
}

/// Chunks as one reader, for a thread that may wait.
#[derive(Debug)]
pub struct Chunks {
    chunks: Receiver<Chunk>,
    chunk: Cursor<Vec<u8>>,
}

impl Chunks {
    /// Reads what comes by `chunks`.
    #[must_use]
    pub fn new(chunks: Receiver<Chunk>) -> Self {
        Self {
            chunks,
            chunk: Cursor::default(),
        }
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.chunks.blocking_recv() {
                Some(chunk) => self.chunk = Cursor::new(chunk?),
                None => return Ok(0),
            }
        }
    }
}
