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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::PathBuf;

    use super::*;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zst(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    fn read(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut read = Vec::new();
        let source = Source::new(&path, options);
        open(&path, options)?.read_to_end(&mut read).map_err(|e| source.read_error(e))?;
        Ok(read)
    }

    fn kind(result: Result<Vec<u8>>) -> CorpusErrorKind {
        match result.unwrap_err() {
            Error::Corpus { kind, .. } => kind,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_extension_chooses_the_decoder_and_parts_may_be_joined() {
        let options = ReadOptions::default();
        assert_eq!(read("a.txt", b"plain", &options).unwrap(), b"plain");
        assert_eq!(read("a.txt.gz", &[gz(b"one "), gz(b"two")].concat(), &options).unwrap(), b"one two");
        assert_eq!(read("a.txt.zst", &[zst(b"one "), zst(b"two")].concat(), &options).unwrap(), b"one two");
    }

    #[test]
    fn truncated_and_damaged_files_are_told_from_failing_disks() {
        let options = ReadOptions::default();
        let text: Vec<u8> = (0..200_000u32).flat_map(|i| (i.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()).collect();
        for (name, packed) in [("a.gz", gz(&text)), ("a.zst", zst(&text))] {
            for cut in [packed.len() - 1, packed.len() / 2, 5] {
                let kind = kind(read(name, &packed[..cut], &options));
                assert!(matches!(kind, CorpusErrorKind::Compression { .. }), "{name} cut at {cut}: {kind}");
            }
            let kind = kind(read(name, b"this is not compressed", &options));
            assert!(matches!(kind, CorpusErrorKind::Compression { .. }), "{name}: {kind}");
        }
        assert!(matches!(open(Path::new("no/such.gz"), &options), Err(Error::Io { .. })));
    }

    #[test]
    fn a_file_may_expand_to_the_limit_and_not_a_byte_more() {
        let text = vec![b'x'; 100_000];
        for (name, packed) in [("a.gz", gz(&text)), ("a.zst", zst(&text))] {
            assert!(packed.len() < 1_000);
            assert_eq!(read(name, &packed, &ReadOptions::default().max_expanded_bytes(100_000)).unwrap(), text);
            let kind = kind(read(name, &packed, &ReadOptions::default().max_expanded_bytes(99_999)));
            assert_eq!(kind, CorpusErrorKind::ExpandsBeyond { limit: 99_999 });
        }
        assert_eq!(read("a.txt", &text, &ReadOptions::default().max_expanded_bytes(1)).unwrap(), text);
    }
}
