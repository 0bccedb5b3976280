//! The model file: `SLANTWIS`, format version, payload length, checksum, payload; all numbers little-endian.
//!
//! Version 1 holds arrays of numbers that load in no time; version 2 is the compact file of a compressed model.
//!
//! Nothing in a file is believed before it is checked: the magic, the version, the length against the bytes that are there, the
//! checksum, the payload under a byte limit and to its last byte, and then whether it makes sense: sizes that agree, terms that are
//! unique and sorted, numbers that are finite. Settings are JSON, so that a later version can add some; terms and weights are raw
//! arrays, so that a million of them load in milliseconds.

mod compact;
mod sections;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::calibration::Calibration;
use crate::classifier::LinearModel;
use crate::decision::Decision;
use crate::error::{Error, ModelFileError, Result};
use crate::features::{HashTable, TfidfVectorizer, Vocabulary, Weighting};
use crate::label::{LabelSet, Task};
use crate::pipeline::{Familiarity, Pipeline, PipelineParams, Training};
use crate::text::clean::RepeatedLines;
use crate::text::{Reader, ReadingParams};
pub(crate) use sections::write_numbers;
use sections::{Failure, Sections};

/// The first eight bytes of every model file.
pub const MAGIC: [u8; 8] = *b"SLANTWIS";

/// The latest version of the format; this program reads all up to it.
pub const FORMAT_VERSION: u32 = 2;

/// The version of models as they are fitted.
const PLAIN: u32 = 1;
/// The version of models whose numbers are rounded to eight bits.
const COMPACT: u32 = 2;

const HEADER: usize = 8 + 4 + 8 + 8;

/// The settings of a model. One that this program doesn't know may change what the model means, so it is refused.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    params: PipelineParams,
    labels: LabelSet,
    task: Task,
    calibration: Calibration,
    /// Of version 0.1.0: one threshold instead of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(default)]
    decision: Option<Decision>,
    #[serde(default)]
    familiarity: Option<Familiarity>,
    training: Training,
    #[serde(default, skip_serializing_if = "RepeatedLines::is_empty")]
    repeated_lines: RepeatedLines,
    n_words: usize,
    n_outputs: usize,
}

impl Pipeline {
    /// Writes the model to a file: to a temporary one beside it first, which then takes its place, so that a
    /// failure leaves nothing half-written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let write = || -> io::Result<()> {
            let mut builder = tempfile::Builder::new();
            builder.prefix(".slantwise-").suffix(".tmp");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // The usual rights, less the umask, instead of a temporary file's.
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            let mut file = builder.tempfile_in(folder)?;
            self.write(file.as_file_mut())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|e| e.error)?;
            Ok(())
        };
        write().map_err(|source| Error::io(path, source))
    }

    /// Reads a model from a file.
    ///
    /// # Errors
    /// A file that can't be read, that is no model, is of another version, damaged, or makes no sense.
    pub fn load(path: impl AsRef<Path>) -> Result<Pipeline> {
        let path = path.as_ref();
        let read = || -> std::result::Result<Pipeline, Failure> {
            let mut file = File::open(path).map_err(Failure::Io)?;
            let metadata = file.metadata().map_err(Failure::Io)?;
            if metadata.is_file() {
                return decode(file, metadata.len());
            }
            // A pipe doesn't say how much it has.
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(Failure::Io)?;
            decode(bytes.as_slice(), bytes.len() as u64)
        };
        read().map_err(|failure| failed(path, failure))
    }

    /// Reads a model from bytes in memory, such as one embedded in a program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Pipeline> {
        decode(bytes, bytes.len() as u64).map_err(|failure| failed(Path::new("(bytes)"), failure))
    }

    /// The model as the bytes of a model file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Can't fail: it goes to memory.
        self.write(&mut bytes).map_or(Vec::new(), |()| bytes)
    }

    /// Writes the model file. Nothing is held in memory beside the model, unless it is compact: the payload is made twice, once for the
    /// checksum that stands before it.
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let settings = self.settings();
        if self.compact {
            let payload = compact::encode(self, &settings);
            out.write_all(&header(COMPACT, payload.len() as u64, xxh3_64(&payload)))?;
            return out.write_all(&payload);
        }
        let mut sum = Sum::default();
        self.payload(&settings, &mut sum)?;
        out.write_all(&header(PLAIN, sum.length, sum.hash.digest()))?;
        self.payload(&settings, out)
    }

    fn settings(&self) -> Vec<u8> {
        let settings = Settings {
            params: self.params.clone(),
            labels: (*self.labels).clone(),
            task: self.task,
            calibration: self.calibration.clone(),
            threshold: None,
            decision: Some(self.decision.clone()),
            familiarity: Some(self.familiarity.clone()),
            training: self.training.clone(),
            repeated_lines: self.reader.repeated().clone(),
            n_words: self.vectorizer.vocabulary.n_words,
            n_outputs: self.model.n_outputs,
        };
        // Can't fail: plain data with string keys.
        serde_json::to_vec(&settings).unwrap_or_default()
    }

    /// The payload of version 1; [`plain`] reads it.
    fn payload(&self, settings: &[u8], out: &mut impl Write) -> io::Result<()> {
        let Vocabulary { hashes, columns, text, ends, .. } = &self.vectorizer.vocabulary;
        sections::write(out, settings)?;
        sections::write_array(out, hashes, u64::to_le_bytes)?;
        sections::write_array(out, columns, u32::to_le_bytes)?;
        sections::write(out, text.as_bytes())?;
        sections::write_array(out, ends, u32::to_le_bytes)?;
        sections::write_array(out, &self.vectorizer.weighting.idf, f32::to_le_bytes)?;
        sections::write_array(out, &self.model.weights, f32::to_le_bytes)?;
        sections::write_array(out, &self.model.intercepts, f32::to_le_bytes)
    }
}

/// What stands before a payload.
fn header(version: u32, length: u64, checksum: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&version.to_le_bytes());
    header[12..20].copy_from_slice(&length.to_le_bytes());
    header[20..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// The length and the checksum of what is written.
#[derive(Default)]
struct Sum {
    length: u64,
    hash: Xxh3,
}

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len() as u64;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The arrays of a model: hashes ascending, everything else in the order of the columns.
struct Arrays {
    hashes: Vec<u64>,
    columns: Vec<u32>,
    text: String,
    ends: Vec<u32>,
    idf: Vec<f32>,
    weights: Vec<f32>,
    intercepts: Vec<f32>,
}

fn failed(path: &Path, failure: Failure) -> Error {
    match failure {
        Failure::Io(source) => Error::io(path, source),
        Failure::Model(source) => Error::Model { path: path.to_path_buf(), source },
    }
}

/// The model of a file of a length.
fn decode(mut file: impl Read + Send, length: u64) -> std::result::Result<Pipeline, Failure> {
    let mut header = [0; HEADER];
    let (there, missing) = header.split_at_mut(HEADER.min(length as usize));
    file.read_exact(there).map_err(Failure::Io)?;
    if there.get(..8) != Some(&MAGIC) {
        return Err(ModelFileError::Magic.into());
    }
    if !missing.is_empty() {
        return Err(ModelFileError::Length { expected: HEADER as u64, found: length }.into());
    }
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
    let (version, expected, checksum) = (number(&header[8..12]), number(&header[12..20]), number(&header[20..]));
    let version = version as u32;
    if !(PLAIN..=FORMAT_VERSION).contains(&version) {
        return Err(ModelFileError::Version { found: version, supported: FORMAT_VERSION }.into());
    }
    let found = length - HEADER as u64;
    if expected != found {
        return Err(ModelFileError::Length { expected, found }.into());
    }
    if version == COMPACT {
        let mut payload = Vec::new();
        file.read_to_end(&mut payload).map_err(Failure::Io)?;
        if xxh3_64(&payload) != checksum {
            return Err(ModelFileError::Checksum.into());
        }
        let (settings, arrays) = compact::decode(&payload, read_settings, |s| (s.n_words, s.n_outputs))?;
        let table = HashTable::new(&arrays.hashes, &arrays.columns);
        check_terms(&arrays.hashes, &arrays.columns)?;
        return Ok(Pipeline { compact: true, ..assemble(arrays, table, settings)? });
    }
    let mut sections = Sections::new(file, found);
    let model = plain(&mut sections);
    // What is damaged makes no sense either; the checksum says which it is.
    match model {
        Err(Failure::Io(_)) => model,
        _ if sections.checksum()? != checksum => Err(ModelFileError::Checksum.into()),
        _ => model,
    }
}

/// The payload of version 1.
fn plain(sections: &mut Sections<impl Read + Send>) -> std::result::Result<Pipeline, Failure> {
    let settings = read_settings(&sections.bytes()?)?;
    let hashes = sections.array(u64::from_le_bytes)?;
    let columns = sections.array(u32::from_le_bytes)?;
    // The terms are checked and put into their table while the rest is read. The table of what turns out to make no sense is thrown away.
    let terms = || (check_terms(&hashes, &columns), HashTable::new(&hashes, &columns));
    let rest = || -> std::result::Result<Arrays, Failure> {
        let text = sections.bytes()?;
        let ends = sections.array(u32::from_le_bytes)?;
        let idf = sections.array(f32::from_le_bytes)?;
        let weights = sections.array(f32::from_le_bytes)?;
        let intercepts = sections.array(f32::from_le_bytes)?;
        sections.end()?;
        let text = String::from_utf8(text).map_err(|_| ModelFileError::Meaning("terms are not UTF-8"))?;
        Ok(Arrays { hashes: Vec::new(), columns: Vec::new(), text, ends, idf, weights, intercepts })
    };
    let (arrays, (sound, table)) = rayon::join(rest, terms);
    let arrays = Arrays { hashes, columns, ..arrays? };
    sound?;
    Ok(assemble(arrays, table, settings)?)
}

fn read_settings(bytes: &[u8]) -> std::result::Result<Settings, ModelFileError> {
    let mut settings: Settings = serde_json::from_slice(bytes).map_err(|e| ModelFileError::Payload(e.to_string()))?;
    if !names_reading(bytes) {
        if settings.threshold.is_none() {
            return Err(ModelFileError::Meaning("the settings don't say what is read"));
        }
        settings.params.reading = ReadingParams::everything();
    }
    Ok(settings)
}

/// Whether the settings say what is read of an article: the first models read everything and don't say so.
fn names_reading(settings: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Params {
        reading: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Settings {
        params: Params,
    }
    serde_json::from_slice::<Settings>(settings).is_ok_and(|s| s.params.reading.is_some())
}

/// Whether terms are unique and have a column each.
fn check_terms(hashes: &[u64], columns: &[u32]) -> std::result::Result<(), ModelFileError> {
    let n = hashes.len();
    meaning(n > 0 && n < u32::MAX as usize, "a vocabulary has between 1 and 2^32 - 2 terms")?;
    meaning(columns.len() == n, "terms, columns and weights differ in number")?;
    meaning(hashes.is_sorted_by(|a, b| a < b), "terms are not unique and sorted")?;
    let mut seen = vec![false; n];
    for &column in columns {
        let place = seen.get_mut(column as usize).ok_or(ModelFileError::Meaning("a column is out of range"))?;
        meaning(!std::mem::replace(place, true), "two terms share a column")?;
    }
    Ok(())
}

/// Whether terms and numbers agree with each other.
fn check_numbers(arrays: &Arrays) -> std::result::Result<(), ModelFileError> {
    let Arrays { hashes, columns: _, text, ends, idf, weights, intercepts } = arrays;
    let n = hashes.len();
    meaning(ends.len() == n && idf.len() == n, "terms, columns and weights differ in number")?;
    meaning(ends.is_sorted(), "the ends of terms do not ascend")?;
    meaning(ends.last().is_some_and(|&end| end as usize == text.len()), "the terms do not fill their text")?;
    meaning(ends.iter().all(|&end| text.is_char_boundary(end as usize)), "a term ends inside a character")?;
    let finite = |values: &[f32]| values.iter().fold(true, |all, v| all & v.is_finite());
    meaning(finite(idf) && finite(weights) && finite(intercepts), "a number is not finite")?;
    // An idf is 1 + ln(n + 1) at most. Times a count, a huge one would not be finite.
    meaning(
        idf.iter().fold(true, |all, v| all & (0.0..=64.0).contains(v)),
        "an inverse document frequency is out of range",
    )
}

fn meaning(ok: bool, what: &'static str) -> std::result::Result<(), ModelFileError> {
    if ok { Ok(()) } else { Err(ModelFileError::Meaning(what)) }
}

/// From parts that decoded, with terms that are sound, to a model that makes sense.
fn assemble(arrays: Arrays, table: HashTable, settings: Settings) -> std::result::Result<Pipeline, ModelFileError> {
    check_numbers(&arrays)?;
    let Arrays { hashes, columns, text, ends, idf, weights, intercepts } = arrays;
    let n = hashes.len();
    meaning(settings.n_words <= n, "more words than terms")?;
    let n_classes = settings.labels.len();
    meaning(n_classes > 0, "no labels")?;
    let n_outputs = match (settings.task, n_classes) {
        (Task::One, 2) if settings.n_outputs == 1 => 1,
        _ => n_classes,
    };
    meaning(
        settings.n_outputs == n_outputs && intercepts.len() == n_outputs,
        "labels and intercepts differ in number",
    )?;
    meaning(n.checked_mul(n_outputs) == Some(weights.len()), "terms and model weights differ in number")?;
    let calibration = &settings.calibration;
    meaning(
        calibration.n_classes() == n_classes && calibration.task() == settings.task,
        "the calibration is of other labels",
    )?;
    meaning(calibration.check().is_ok(), "the calibration is out of range")?;
    let (decision, familiarity) = match (settings.decision, settings.threshold, settings.familiarity) {
        (Some(decision), None, Some(familiarity)) => (decision, familiarity),
        (None, Some(threshold), None) => {
            meaning((0.0..=1.0).contains(&threshold), "the threshold is out of range")?;
            (Decision::plain(settings.task, n_classes, threshold), Familiarity::default())
        }
        _ => {
            return Err(ModelFileError::Meaning(
                "a decision with what is familiar, or a threshold: one of them is missing",
            ));
        }
    };
    meaning(decision.n_classes() == n_classes && decision.task() == settings.task, "the decision is of other labels")?;
    meaning(decision.check().is_ok(), "a number of the decision is out of range")?;
    meaning(familiarity.is_valid(), "a share of known terms is out of range")?;
    meaning(settings.params.check().is_ok(), "a parameter is out of range")?;
    meaning(settings.training.support.len() == n_classes, "labels and their support differ in number")?;
    meaning(settings.repeated_lines.is_valid(), "repeated lines are not sorted")?;
    let by_language = settings.params.analyzer.is_by_language();
    let reader = Reader::with(&settings.params.reading, settings.repeated_lines, by_language)
        .map_err(|_| ModelFileError::Meaning("a parameter of reading is out of range"))?;
    let vocabulary = Vocabulary { hashes, columns, n_words: settings.n_words, text, ends, table };
    Ok(Pipeline {
        reader,
        vectorizer: TfidfVectorizer {
            analyzer: settings.params.analyzer.clone(),
            vocabulary,
            weighting: Weighting { params: settings.params.features.tfidf, idf: idf.into(), n_words: settings.n_words },
        },
        model: LinearModel { n_features: n, n_classes, n_outputs, task: settings.task, weights, intercepts },
        params: settings.params,
        labels: Arc::new(settings.labels),
        task: settings.task,
        calibration: settings.calibration,
        decision,
        coverage: None,
        familiarity,
        training: settings.training,
        compact: false,
    })
}
