//! Standard input kept for later passes.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

/// A compressed copy of what was read, in a file that has no name: it is gone with the program, however that ends.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    file: Arc<Mutex<File>>,
}

impl Spool {
    /// An empty copy, in the folder of a file.
    pub(super) fn beside(path: &Path) -> anyhow::Result<Spool> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::tempfile_in(folder).with_context(|| {
            format!("{}: no temporary file can be made for the second pass; check its rights", folder.display())
        })?;
        Ok(Spool { file: Arc::new(Mutex::new(file)) })
    }

    /// Passes a stream through and copies it.
    pub(super) fn copying<R: Read>(&self, inner: R) -> io::Result<Copying<R>> {
        Ok(Copying { inner, copy: Some(zstd::Encoder::new(self.handle()?, 1)?) })
    }

    /// What was copied, from its beginning.
    pub(super) fn replay(&self) -> io::Result<BufReader<impl Read + use<>>> {
        let mut file = self.handle()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::with_capacity(1 << 18, zstd::Decoder::new(file)?))
    }

    fn handle(&self) -> io::Result<File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).try_clone()
    }
}

/// A stream that is copied as it is read. The copy is whole once the end has been read.
pub(super) struct Copying<R> {
    inner: R,
    copy: Option<zstd::Encoder<'static, File>>,
}

impl<R: Read> Read for Copying<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if n > 0 {
            if let Some(copy) = &mut self.copy {
                copy.write_all(&buffer[..n])?;
            }
        } else if let Some(copy) = self.copy.take().filter(|_| !buffer.is_empty()) {
            copy.finish()?;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_comes_again_and_nothing_stays_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::beside(&folder.path().join("m.slant")).unwrap();
        let text: Vec<u8> = (0..1_000_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        let mut read = Vec::new();
        spool.copying(&text[..]).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == text);
        for _ in 0..2 {
            let mut again = Vec::new();
            spool.replay().unwrap().read_to_end(&mut again).unwrap();
            assert!(again == text);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
