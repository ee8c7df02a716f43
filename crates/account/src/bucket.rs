//! What lies in a bucket, and what an object holds, read as it arrives.

use std::io::{self, Cursor, Read};
use std::rc::Rc;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime};

use super::{Account, AskError};

/// An object that is being read.
pub struct Fetched {
    account: Rc<Account>,
    body: ByteStream,
    chunk: Cursor<Vec<u8>>,
    /// The signature in its metadata, if it is a digest.
    pub signature: Option<String>,
}

/// An object in a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'k> {
    /// Its key.
    pub key: &'k str,
    /// Its size in bytes, as stored.
    pub bytes: u64,
    /// When it was written, in seconds since 1970-01-01T00:00:00Z; 0 if the bucket does not say.
    pub written: i64,
}

impl Account {
    /// Hands over all objects whose keys begin with `prefix`.
    ///
    /// # Errors
    /// [`AskError`] if the bucket cannot be listed.
    pub fn list(
        &self,
        bucket: &str,
        prefix: &str,
        mut take: impl FnMut(Listed<'_>),
    ) -> Result<(), AskError> {
        let client = self.s3(bucket)?;
        let mut token = None;
        loop {
            let request = client.list_objects_v2().bucket(bucket).prefix(prefix);
            let page = self
                .wait(request.set_continuation_token(token).send())
                .map_err(|error| AskError::of("s3:ListBucket", error))?;
            for object in page.contents() {
                let Some(key) = object.key() else { continue };
                take(Listed {
                    key,
                    bytes: object.size().map_or(0, |size| size.max(0).unsigned_abs()),
                    written: object.last_modified().map_or(0, DateTime::secs),
                });
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// Begins to read an object, which keeps the account for as long as it is read.
    ///
    /// # Errors
    /// [`AskError`] if it is not there, or must not be read.
    pub fn fetch(self: &Rc<Self>, bucket: &str, key: &str) -> Result<Fetched, AskError> {
        let request = self.s3(bucket)?.get_object().bucket(bucket).key(key);
        let object = self
            .wait(request.send())
            .map_err(|error| AskError::of("s3:GetObject", error))?;
        let metadata = object.metadata.unwrap_or_default();
        Ok(Fetched {
            account: Rc::clone(self),
            body: object.body,
            chunk: Cursor::default(),
            signature: metadata.get("signature").cloned(),
        })
    }

    /// A client for the region of the bucket.
    pub(super) fn s3(&self, bucket: &str) -> Result<Client, AskError> {
        let is_elsewhere = self.is_elsewhere("S3");
        let region = if is_elsewhere {
            self.region.clone()
        } else {
            self.bucket_region(bucket)?
        };
        let config = aws_sdk_s3::config::Builder::from(&self.sdk("S3", &region))
            // Where AWS is another address, buckets have no names of their own.
            .force_path_style(is_elsewhere)
            .build();
        Ok(Client::from_conf(config))
    }

    /// Any region knows where a bucket lies, and says so even if it lies elsewhere or is closed to us.
    fn bucket_region(&self, bucket: &str) -> Result<String, AskError> {
        if let Some(region) = self.buckets.borrow().get(bucket) {
            return Ok(region.clone());
        }
        let client = Client::new(&self.sdk("S3", &self.region));
        let region = match self.wait(client.head_bucket().bucket(bucket).send()) {
            Ok(answer) => answer.bucket_region,
            Err(error) => {
                let header = error
                    .raw_response()
                    .and_then(|response| response.headers().get("x-amz-bucket-region"));
                match header.map(str::to_owned) {
                    Some(region) => Some(region),
                    None => return Err(AskError::of("s3:ListBucket", error)),
                }
            }
        };
        let region = region.unwrap_or_else(|| self.region.clone());
        self.buckets
            .borrow_mut()
            .insert(bucket.to_owned(), region.clone());
        Ok(region)
    }
}

impl Read for Fetched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.account.wait(self.body.next()) {
                Some(chunk) => self.chunk = Cursor::new(chunk.map_err(io::Error::other)?.to_vec()),
                None => return Ok(0),
            }
        }
    }
}
