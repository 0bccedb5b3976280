//! What was learned so far in a file, to go on from.
//!
//! `b"SLANTCKP"`, format version (u32), then compressed with zstd: parameters (JSON), numbers, labels, each half of the dictionary segment by
//! segment with its written terms, the articles held out as hashes, and the xxh3 of all that. Numbers are little-endian. Sizes follow from the parameters, and
//! those that don't are not believed: memory is taken as bytes come. The file is checked as a whole before anything is learned.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use crate::classifier::{State, unpack};
use crate::error::{CheckpointError, Error, Result};
use crate::label::Task;
use crate::model_file::write_numbers;
use crate::stream::dictionary::{Dictionary, HALVES, WAYS};
use crate::stream::held_out::HeldRow;
use crate::stream::learner::{Labels, Learner, halves, room};
use crate::stream::params::StreamParams;
use crate::text::language::Language;

const MAGIC: [u8; 8] = *b"SLANTCKP";
const VERSION: u32 = 2;
/// More is never read in one piece.
const CHUNK: usize = 1 << 16;

type Checked<T> = std::result::Result<T, CheckpointError>;

/// Writes a checkpoint: to a temporary file beside `path` first, which then takes its place.
pub(super) fn save(path: &Path, params: &StreamParams, learner: &Learner) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".slantwise-").suffix(".tmp").tempfile_in(folder)?;
        whole(BufWriter::with_capacity(CHUNK, file.as_file_mut()), params, learner)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|source| Error::io(path, source))
}

fn whole(mut file: impl Write, params: &StreamParams, learner: &Learner) -> io::Result<()> {
    file.write_all(&MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    let mut out = Out { inner: zstd::Encoder::new(file, 1)?, hash: Xxh3::new() };
    body(&mut out, params, learner)?;
    let sum = out.hash.digest();
    out.number(sum)?;
    out.inner.finish()?.flush()
}

/// Reads a checkpoint that was made with the same parameters.
pub(super) fn load(path: &Path, params: &StreamParams) -> Result<Learner> {
    let file = File::open(path).map_err(|source| Error::io(path, source))?;
    read(BufReader::with_capacity(CHUNK, file), params).map_err(|error| match error {
        Failure::Io(source) => Error::io(path, source),
        Failure::Content(source) => Error::Checkpoint { path: path.to_path_buf(), source },
    })
}

/// The parameters that a checkpoint must have been made with.
fn settings(params: &StreamParams) -> Value {
    let mut settings = serde_json::to_value(&params.pipeline).unwrap_or_default();
    settings["memory"] = params.memory.into();
    settings
}

/// What is written, with its hash.
struct Out<W> {
    inner: W,
    hash: Xxh3,
}

impl<W: Write> Out<W> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.inner.write_all(bytes)
    }

    fn number(&mut self, number: u64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// Bytes with their number before them.
    fn text(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.number(bytes.len() as u64)?;
        self.bytes(bytes)
    }

    fn array<T: Copy, const N: usize>(&mut self, values: &[T], bytes: impl Fn(T) -> [u8; N]) -> io::Result<()> {
        write_numbers(self, values, bytes)
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn body(out: &mut Out<impl Write>, params: &StreamParams, learner: &Learner) -> io::Result<()> {
    out.text(settings(params).to_string().as_bytes())?;
    let Learner { halves, biases, task, labels, held_out, n_samples, n_learned, .. } = learner;
    out.number(match task {
        None => 0,
        Some(Task::One) => 1,
        Some(Task::Several) => 2,
    })?;
    for number in [
        *n_samples,
        *n_learned,
        u64::from(learner.passes),
        learner.rows,
        learner.fingerprint,
        learner.n_same,
        learner.last.map_or(u64::MAX, u64::from),
        labels.names.len() as u64,
    ] {
        out.number(number)?;
    }
    for (name, &support) in labels.names.iter().zip(&labels.support) {
        out.text(name.as_bytes())?;
        out.number(support)?;
    }
    out.array(biases, u64::to_le_bytes)?;
    for half in halves {
        out.number(half.random)?;
        for segment in &half.segments {
            out.array(segment.all(), u64::to_le_bytes)?;
        }
        out.array(&half.front.numbers, u64::to_le_bytes)?;
        out.number(half.arena.compacted as u64)?;
        out.text(&half.arena.bytes)?;
    }
    out.number(held_out.threshold)?;
    out.number(held_out.rows.len() as u64)?;
    for ((content, number), row) in &held_out.rows {
        out.number(*content)?;
        out.number(*number)?;
        out.text(row.language.code().as_bytes())?;
        out.number(row.gold.len() as u64)?;
        out.array(&row.gold, u32::to_le_bytes)?;
        out.number(row.terms.len() as u64)?;
        for &(hash, count) in &row.terms {
            out.number(hash)?;
            out.number(u64::from(count))?;
        }
    }
    Ok(())
}

/// Why a checkpoint could not be read.
enum Failure {
    Io(io::Error),
    Content(CheckpointError),
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Failure {
        Failure::Content(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        // An error of the operating system has a code; a cut-off file and a decoder's have none.
        match error.raw_os_error() {
            Some(_) => Failure::Io(error),
            None => damaged(error.to_string()).into(),
        }
    }
}

fn damaged(what: impl Into<String>) -> CheckpointError {
    CheckpointError::Damaged(what.into())
}

fn ensure(holds: bool, what: &str) -> Checked<()> {
    if holds { Ok(()) } else { Err(damaged(what)) }
}

/// What is read, with its hash.
struct In<R> {
    inner: R,
    hash: Xxh3,
}

type Tried<T> = std::result::Result<T, Failure>;

impl<R: Read> In<R> {
    fn bytes(&mut self, into: &mut [u8]) -> Tried<()> {
        self.inner.read_exact(into)?;
        self.hash.update(into);
        Ok(())
    }

    fn number(&mut self) -> Tried<u64> {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A number that is not above `most`.
    fn at_most(&mut self, most: u64, what: &str) -> Tried<usize> {
        let number = self.number()?;
        ensure(number <= most, what)?;
        usize::try_from(number).map_err(|_| damaged(what).into())
    }

    /// Bytes whose number stands before them: memory grows as they come.
    fn text(&mut self, most: u64, what: &str) -> Tried<Vec<u8>> {
        let length = self.at_most(most, what)?;
        let mut text = Vec::new();
        while text.len() < length {
            let from = text.len();
            text.resize(length.min(from + CHUNK), 0);
            self.bytes(&mut text[from..])?;
        }
        Ok(text)
    }

    fn string(&mut self, most: u64, what: &str) -> Tried<String> {
        String::from_utf8(self.text(most, what)?).map_err(|_| damaged(what).into())
    }

    fn array<T: Copy, const N: usize>(&mut self, into: &mut [T], value: impl Fn([u8; N]) -> T) -> Tried<()> {
        let mut buffer = vec![0; CHUNK / N * N];
        for values in into.chunks_mut(CHUNK / N) {
            let buffer = &mut buffer[..values.len() * N];
            self.bytes(buffer)?;
            let (chunks, _) = buffer.as_chunks::<N>();
            values.iter_mut().zip(chunks).for_each(|(to, &chunk)| {
                // What is 0 stays untouched, so that it takes no memory.
                if chunk != [0; N] {
                    *to = value(chunk);
                }
            });
        }
        Ok(())
    }
}

fn read(mut file: impl io::BufRead, params: &StreamParams) -> Tried<Learner> {
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(|_| CheckpointError::Magic)?;
    if magic != MAGIC {
        return Err(CheckpointError::Magic.into());
    }
    let mut version = [0; 4];
    file.read_exact(&mut version)?;
    let found = u32::from_le_bytes(version);
    if found != VERSION {
        return Err(CheckpointError::Version { found, supported: VERSION }.into());
    }
    let mut input = In { inner: zstd::Decoder::with_buffer(file)?, hash: Xxh3::new() };
    let was: Value = serde_json::from_slice(&input.text(1 << 24, "parameters")?).map_err(|e| damaged(e.to_string()))?;
    if let Some((key, was, now)) = difference("", &was, &settings(params)) {
        return Err(CheckpointError::OtherParams { key, was, now }.into());
    }
    let mut learner = Learner::new(params).map_err(|e| damaged(e.to_string()))?;
    fill(&mut input, params, &mut learner)?;
    let sum = input.hash.digest();
    ensure(input.number()? == sum, "its checksum does not match")?;
    ensure(input.inner.read(&mut [0])? == 0, "bytes after its end")?;
    check(&learner)?;
    Ok(learner)
}

fn fill(input: &mut In<impl Read>, params: &StreamParams, learner: &mut Learner) -> Tried<()> {
    learner.task = match input.number()? {
        0 => None,
        1 => Some(Task::One),
        2 => Some(Task::Several),
        _ => return Err(damaged("task").into()),
    };
    learner.n_samples = input.number()?;
    learner.n_learned = input.number()?;
    learner.passes = u32::try_from(input.number()?).map_err(|_| damaged("passes"))?;
    learner.rows = input.number()?;
    learner.fingerprint = input.number()?;
    learner.n_same = input.number()?;
    learner.last = u32::try_from(input.number()?).ok();
    let n_labels = input.at_most(u64::from(u32::MAX), "labels")?;
    let (mut names, mut support) = (Vec::new(), Vec::new());
    for _ in 0..n_labels {
        names.push(input.string(1 << 28, "a label")?);
        support.push(input.number()?);
    }
    learner.labels = Labels::new(names, support);
    let n_outputs = learner.task.map_or(1, |task| room(task, n_labels));
    let n_sets = params.n_sets(n_outputs, n_labels).map_err(|_| damaged("labels"))?;
    learner.halves = halves(n_sets, n_outputs, [0; HALVES]);
    learner.biases = vec![0; n_outputs];
    input.array(&mut learner.biases, u64::from_le_bytes)?;
    for half in &mut learner.halves {
        half.random = input.number()?;
        for segment in &mut half.segments {
            input.array(segment.all_mut(), u64::from_le_bytes)?;
            segment.begin_where_held();
        }
        input.array(&mut half.front.numbers, u64::from_le_bytes)?;
        let arena = &mut half.arena;
        arena.compacted = input.at_most(arena.limit() as u64, "terms")?;
        arena.bytes = input.text(arena.limit() as u64, "terms")?;
        ensure(arena.compacted <= arena.bytes.len(), "terms")?;
        arena.bytes.reserve_exact(arena.limit() - arena.bytes.len());
    }
    let threshold = input.number()?;
    let n_held = input.at_most(params.pipeline.calibration.enough as u64, "articles held out")?;
    for _ in 0..n_held {
        let (content, number) = (input.number()?, input.number()?);
        let language = Language::from_code(&input.string(64, "a language")?);
        let mut gold = vec![0; input.at_most(n_labels as u64, "labels of an article")?];
        input.array(&mut gold, u32::from_le_bytes)?;
        let n_terms = input.at_most(params.held_out() as u64, "terms of an article")?;
        let mut terms = Vec::new();
        for _ in 0..n_terms {
            let hash = input.number()?;
            terms.push((hash, u32::try_from(input.number()?).map_err(|_| damaged("a count"))?));
        }
        learner.held_out.add(content, number, HeldRow { gold, language, terms });
    }
    ensure(threshold <= learner.held_out.threshold, "articles held out")?;
    learner.held_out.threshold = threshold;
    ensure(learner.held_out.rows.len() == n_held, "articles held out")?;
    Ok(())
}

/// Whether what was read makes sense.
fn check(learner: &Learner) -> Checked<()> {
    let Learner { halves, labels, held_out, .. } = learner;
    let n_labels = labels.names.len() as u32;
    let mut sorted: Vec<&String> = labels.names.iter().collect();
    sorted.sort();
    ensure(sorted.windows(2).all(|w| w[0] < w[1]), "a label stands twice")?;
    ensure(learner.task.is_some() || n_labels == 0, "labels without a task")?;
    let is_label = |label: &u32| *label < n_labels;
    ensure(learner.last.iter().all(is_label), "a label")?;
    for row in held_out.rows.values() {
        let right = if learner.task == Some(Task::One) { row.gold.len() == 1 } else { row.gold.is_sorted() };
        ensure(right && row.gold.iter().all(is_label), "a label")?;
    }
    let finite = |state: &State| {
        let (z, n) = unpack(*state);
        z.is_finite() && n.is_finite() && n >= 0.0
    };
    ensure(learner.biases.iter().all(finite), "a number is not finite")?;
    halves.iter().try_for_each(|half| check_terms(half, finite))
}

fn check_terms(dictionary: &Dictionary, finite: impl Fn(&State) -> bool) -> Checked<()> {
    let mut written = 0usize;
    for (slot, held) in dictionary.held() {
        ensure(dictionary.is_home(slot, held.hash), "a term is not in its place")?;
        ensure(dictionary.states(slot).iter().all(&finite), "a number is not finite")?;
        written += usize::from(held.text != 0);
    }
    let n_slots = dictionary.n_sets * WAYS as u64;
    ensure(
        dictionary.front.places().all(|place| dictionary.is_front(place, &finite)),
        "a frequent term is not in its place",
    )?;
    let whole = dictionary.arena.check(|slot, at| {
        let in_use = u64::from(slot) < n_slots && dictionary.is_held(slot) && dictionary.seen(slot).1 == at;
        written = written.wrapping_sub(usize::from(in_use));
        u64::from(slot) < n_slots
    });
    ensure(whole && written == 0, "a term is not written")
}

/// The first parameter that differs, by the path of its keys.
fn difference(path: &str, was: &Value, now: &Value) -> Option<(String, String, String)> {
    if was == now {
        return None;
    }
    if let (Value::Object(was), Value::Object(now)) = (was, now) {
        let mut keys: Vec<&String> = was.keys().chain(now.keys()).collect();
        keys.sort();
        let of = |key: &String| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            difference(&path, was.get(key).unwrap_or(&Value::Null), now.get(key).unwrap_or(&Value::Null))
        };
        return keys.into_iter().find_map(of);
    }
    Some((path.to_string(), was.to_string(), now.to_string()))
}
