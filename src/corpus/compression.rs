//! Files opened for reading, decompressed on the way, never beyond a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::format::Compression;
use super::options::ReadOptions;
use super::source::Source;
use crate::error::{CorpusErrorKind, Error, Result};

/// The decompressed bytes of a file; `-` is standard input, which is read as it is.
pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Box<dyn Read + Send>> {
    if Source::is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let limit = options.max_expanded_bytes;
    Ok(match Compression::from_path(path) {
        Compression::None => Box::new(file),
        Compression::Gzip => {
            Box::new(Capped::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, file)), limit))
        }
        Compression::Zstd => {
            let decoder = zstd::Decoder::new(file).map_err(|e| Error::io(path, e))?;
            Box::new(Capped::new(decoder, limit))
        }
    })
}

/// What is wrong with compressed data, if it is that and not the system that failed.
pub(super) fn damage(path: &Path, error: &io::Error) -> Option<CorpusErrorKind> {
    if let Some(beyond) = error.get_ref().and_then(|inner| inner.downcast_ref::<BeyondLimit>()) {
        return Some(CorpusErrorKind::ExpandsBeyond { limit: beyond.limit });
    }
    // An error of the operating system has a code, a decoder's has none.
    let decoders_own = Compression::from_path(path) != Compression::None && error.raw_os_error().is_none();
    decoders_own.then(|| CorpusErrorKind::Compression { reason: error.to_string() })
}

/// Passes at most `limit` bytes through, then fails.
struct Capped<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R> Capped<R> {
    fn new(inner: R, limit: u64) -> Capped<R> {
        Capped { inner, left: limit, limit }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        let beyond = || io::Error::other(BeyondLimit { limit: self.limit });
        self.left = self.left.checked_sub(read as u64).ok_or_else(beyond)?;
        Ok(read)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("more than {limit} bytes")]
struct BeyondLimit {
    limit: u64,
}
