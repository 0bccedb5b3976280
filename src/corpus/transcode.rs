//! Streams of rows in UTF-8, whatever they are encoded in, in bounded memory.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use encoding_rs::{Decoder, DecoderResult};

use super::source::Source;
use crate::error::CorpusErrorKind;
use crate::text::decode::{Encoding, binary};

/// Bytes that are decoded together.
const CHUNK: usize = 1 << 16;

/// A byte that is never in UTF-8: it stands for a malformed sequence, so that the reader of lines names the row
/// and goes on after it.
const MALFORMED: u8 = 0xff;

/// Turns a stream that is declared, or marked at its beginning, to be in another encoding into UTF-8; all others
/// pass through as they are.
pub(super) struct Transcoder<R> {
    inner: R,
    declared: Option<Encoding>,
    read_as: Arc<OnceLock<Encoding>>,
    state: State,
}

enum State {
    /// The first bytes are awaited.
    Start(Vec<u8>),
    /// The first bytes from an offset on, then the rest as it is.
    Plain(Vec<u8>, usize),
    Decoding(Box<Decoding>),
}

impl<R: Read> Transcoder<R> {
    pub(super) fn new(inner: R, source: &Source) -> Transcoder<R> {
        let (declared, read_as) = (source.options.encoding, Arc::clone(&source.read_as));
        Transcoder { inner, declared, read_as, state: State::Start(Vec::new()) }
    }

    /// Reads the beginning and decides; whether that is done.
    fn start(&mut self) -> io::Result<bool> {
        let State::Start(start) = &mut self.state else { return Ok(true) };
        let mut more = [0; binary::LONGEST];
        let n = self.inner.read(&mut more)?;
        start.extend_from_slice(&more[..n]);
        // A first row may be shorter than the longest mark, and the next may be long in coming.
        if n > 0 && start.len() < binary::LONGEST && !start.contains(&b'\n') {
            return Ok(false);
        }
        let start = std::mem::take(start);
        if let Some(what) = binary::magic(&start) {
            return Err(io::Error::other(NotText { what }));
        }
        let encoding = Encoding::of_byte_order_mark(&start).or(self.declared).unwrap_or(Encoding::UTF_8);
        self.state = if encoding == Encoding::UTF_8 {
            State::Plain(start, 0)
        } else {
            _ = self.read_as.set(encoding);
            State::Decoding(Box::new(Decoding::new(encoding.decoder(), start)))
        };
        Ok(true)
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !self.start()? {}
        match &mut self.state {
            State::Plain(start, from) if *from < start.len() => {
                let n = buf.len().min(start.len() - *from);
                buf[..n].copy_from_slice(&start[*from..*from + n]);
                *from += n;
                Ok(n)
            }
            State::Decoding(decoding) => decoding.read(&mut self.inner, buf),
            State::Start(_) | State::Plain(..) => self.inner.read(buf),
        }
    }
}

struct Decoding {
    decoder: Decoder,
    input: Vec<u8>,
    /// The input that is not decoded yet begins here.
    from: usize,
    /// No more input comes.
    last: bool,
    output: Vec<u8>,
    /// The output that is not handed on yet begins here.
    taken: usize,
    done: bool,
}

impl Decoding {
    fn new(decoder: Decoder, start: Vec<u8>) -> Decoding {
        Decoding { decoder, input: start, from: 0, last: false, output: Vec::new(), taken: 0, done: false }
    }

    fn read(&mut self, inner: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.output.len() && !self.done && !buf.is_empty() {
            if self.from == self.input.len() && !self.last {
                self.input.resize(CHUNK, 0);
                self.from = CHUNK;
                let n = inner.read(&mut self.input)?;
                self.input.truncate(n);
                self.from = 0;
                self.last = n == 0;
            }
            self.decode();
        }
        let n = buf.len().min(self.output.len() - self.taken);
        buf[..n].copy_from_slice(&self.output[self.taken..self.taken + n]);
        self.taken += n;
        Ok(n)
    }

    fn decode(&mut self) {
        self.output.resize(CHUNK, 0);
        self.taken = 0;
        // One byte is left for the mark of a malformed sequence.
        let room = &mut self.output[..CHUNK - 1];
        let input = &self.input[self.from..];
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, room, self.last);
        self.from += read;
        self.output.truncate(written);
        match result {
            DecoderResult::InputEmpty => self.done = self.last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => self.output.push(MALFORMED),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a text")]
struct NotText {
    what: &'static str,
}

/// What is wrong with a stream that was found not to be text.
pub(super) fn not_text(error: &io::Error) -> Option<CorpusErrorKind> {
    let inner = error.get_ref()?.downcast_ref::<NotText>()?;
    Some(CorpusErrorKind::Binary { what: inner.what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::options::ReadOptions;

    /// Gives a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = buf.len().min(self.1).min(self.0.len());
            let (now, later) = self.0.split_at(n);
            buf[..n].copy_from_slice(now);
            self.0 = later;
            Ok(n)
        }
    }

    fn read(bytes: &[u8], declared: &str, step: usize) -> io::Result<Vec<u8>> {
        let source = Source::new("f", &ReadOptions::default().encoding(declared.parse().ok()));
        let mut out = Vec::new();
        Transcoder::new(Trickle(bytes, step), &source).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn a_stream_comes_out_whole_however_it_comes_in() {
        let text = format!("{}\u{1f327} ї\n", "Дощ над гаванню. Rain.\n".repeat(5_000));
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for step in [1, 3, 70_000] {
            assert_eq!(read(text.as_bytes(), "", step).unwrap(), text.as_bytes());
            assert_eq!(read(&utf16, "", step).unwrap(), format!("\u{feff}{text}").as_bytes());
            assert_eq!(read(&utf16[2..], "utf-16be", step).unwrap(), text.as_bytes());
            assert_eq!(
                read(&b"\xc4\xee\xf9\n".repeat(50_000), "cp1251", step).unwrap(),
                "Дощ\n".repeat(50_000).as_bytes()
            );
        }
        assert_eq!(read(b"", "cp1251", 1).unwrap(), b"");
        assert_eq!(read(b"", "", 1).unwrap(), b"");
    }

    #[test]
    fn malformed_sequences_leave_a_byte_that_is_never_utf8() {
        for step in [1, 2, 100] {
            assert_eq!(read(b"a\xd2\nb\xff", "windows-1253", step).unwrap(), b"a\xff\nb\xff");
            // Half a character at the end.
            assert_eq!(read(b"a\0b", "utf-16le", step).unwrap(), b"a\xff");
        }
    }

    #[test]
    fn known_kinds_of_files_are_refused() {
        for declared in ["", "cp1251"] {
            let error = read(b"PK\x03\x04abcdefghijklmnopq", declared, 5).unwrap_err();
            assert!(matches!(not_text(&error), Some(CorpusErrorKind::Binary { .. })));
        }
    }

    #[test]
    fn a_short_first_row_is_not_held_back() {
        struct First(bool);
        impl Read for First {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                assert!(!std::mem::replace(&mut self.0, true), "more was asked for than the first row");
                buf[..4].copy_from_slice(b"row\n");
                Ok(4)
            }
        }
        let mut buf = [0; 64];
        let source = Source::new("f", &ReadOptions::default());
        assert_eq!(Transcoder::new(First(false), &source).read(&mut buf).unwrap(), 4);
    }
}
