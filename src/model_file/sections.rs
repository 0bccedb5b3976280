//! The payload of a file section by section, each written straight from the array that it is and read straight into the one it becomes.
//!
//! A section is its number of bytes (u64) and the bytes, as bincode writes a sequence of bytes. A million terms are a hundred megabytes of
//! them: through a small buffer, each byte is turned into numbers and checked while it is near the processor, and is in memory only once.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::Xxh3;

use super::meaning;
use crate::error::ModelFileError;

/// What fits into a processor's second cache, and holds whole numbers.
const BUFFER: usize = 1 << 18;

/// Why a model could not be read.
#[derive(Debug)]
pub(super) enum Failure {
    Io(io::Error),
    Model(ModelFileError),
}

impl From<ModelFileError> for Failure {
    fn from(error: ModelFileError) -> Failure {
        Failure::Model(error)
    }
}

/// Writes a section as it is.
pub(super) fn write(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

/// Writes numbers as a section.
pub(super) fn write_array<T: Copy, const N: usize>(
    out: &mut impl Write,
    values: &[T],
    bytes: impl Fn(T) -> [u8; N],
) -> io::Result<()> {
    out.write_all(&(values.len() as u64 * N as u64).to_le_bytes())?;
    write_numbers(out, values, bytes)
}

/// Writes numbers, some thousand at a time.
pub(crate) fn write_numbers<T: Copy, const N: usize>(
    out: &mut impl Write,
    values: &[T],
    bytes: impl Fn(T) -> [u8; N],
) -> io::Result<()> {
    let mut buffer = [0; BUFFER / 8];
    for values in values.chunks(buffer.len() / N) {
        let (chunks, _) = buffer.as_chunks_mut::<N>();
        chunks.iter_mut().zip(values).for_each(|(chunk, &value)| *chunk = bytes(value));
        out.write_all(chunks[..values.len()].as_flattened())?;
    }
    Ok(())
}

/// The sections of a payload that are still to be read.
pub(super) struct Sections<R> {
    reader: R,
    left: u64,
    hash: Xxh3,
    buffer: Vec<u8>,
}

impl<R: Read> Sections<R> {
    /// The sections of a payload of a length; there must be as many bytes.
    pub(super) fn new(reader: R, length: u64) -> Sections<R> {
        Sections { reader, left: length, hash: Xxh3::new(), buffer: vec![0; BUFFER] }
    }

    /// The next bytes, at most a buffer of them.
    fn next(&mut self, n: u64) -> Result<&[u8], Failure> {
        let n = n.min(BUFFER as u64);
        if n > self.left {
            return Err(ModelFileError::Payload("a section reaches past the end".to_string()).into());
        }
        let bytes = &mut self.buffer[..n as usize];
        self.reader.read_exact(bytes).map_err(Failure::Io)?;
        self.hash.update(bytes);
        self.left -= n;
        Ok(bytes)
    }

    /// The numbers of the next section.
    pub(super) fn array<T, const N: usize>(&mut self, value: impl Fn([u8; N]) -> T) -> Result<Vec<T>, Failure> {
        let mut length = 8;
        let bytes = self.next(length)?;
        length = bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
        if length > self.left {
            return Err(ModelFileError::Payload("a section reaches past the end".to_string()).into());
        }
        meaning(length.is_multiple_of(N as u64), "an array ends inside a number")?;
        let mut values = Vec::with_capacity(length as usize / N);
        while length > 0 {
            let bytes = self.next(length)?;
            length -= bytes.len() as u64;
            values.extend(bytes.as_chunks::<N>().0.iter().map(|&chunk| value(chunk)));
        }
        Ok(values)
    }

    /// The next section as it is.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        self.array(|[byte]| byte)
    }

    /// An error where sections are left over.
    pub(super) fn end(&self) -> Result<(), Failure> {
        if self.left == 0 { Ok(()) } else { Err(ModelFileError::Payload("bytes are left over".to_string()).into()) }
    }

    /// The checksum of the whole payload, whatever of it was read.
    pub(super) fn checksum(mut self) -> Result<u64, Failure> {
        while self.left > 0 {
            self.next(self.left)?;
        }
        Ok(self.hash.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    #[test]
    fn sections_come_as_they_were_written_and_long_ones_too() {
        let numbers: Vec<u32> = (0..200_000).collect();
        let mut by_hand = 3u64.to_le_bytes().to_vec();
        by_hand.extend(b"abc");
        by_hand.extend((4 * numbers.len() as u64).to_le_bytes());
        numbers.iter().for_each(|n| by_hand.extend(n.to_le_bytes()));
        let mut payload = Vec::new();
        write(&mut payload, b"abc").unwrap();
        write_array(&mut payload, &numbers, u32::to_le_bytes).unwrap();
        assert!(payload == by_hand);
        let mut sections = Sections::new(payload.as_slice(), payload.len() as u64);
        assert_eq!(sections.bytes().unwrap(), b"abc");
        assert!(sections.end().is_err());
        assert_eq!(sections.array(u32::from_le_bytes).unwrap(), numbers);
        sections.end().unwrap();
        assert_eq!(sections.checksum().unwrap(), xxh3_64(&payload));
    }

    #[test]
    fn a_section_longer_than_what_is_there_takes_no_memory() {
        let mut payload = u64::MAX.to_le_bytes().to_vec();
        payload.extend([0; 9]);
        let mut sections = Sections::new(payload.as_slice(), payload.len() as u64);
        assert!(matches!(sections.array(u64::from_le_bytes), Err(Failure::Model(ModelFileError::Payload(_)))));
        assert_eq!(sections.checksum().unwrap(), xxh3_64(&payload));
    }
}
