//! The payload of a compressed model: bytes instead of numbers, terms in the order of the alphabet, all of it compressed.
//!
//! Hashes and columns are not stored: hashes are made anew from the written terms, columns from the order of the inverse document
//! frequencies.

use std::io::Read;

use bincode::Options;
use serde::{Deserialize, Serialize, Serializer};

use super::Arrays;
use crate::error::ModelFileError;
use crate::pipeline::Pipeline;
use crate::pipeline::compress::{IdfCodes, order, scales, weight, weight_code};
use crate::text::{TermKind, hashes_of};

/// The level of compression: slow to write, as fast as any to read.
const LEVEL: i32 = 19;

/// How many times its size a payload may expand to, and bytes besides.
const EXPANDS: u64 = 400;
const BESIDES: u64 = 1 << 20;

/// The arrays, the terms in alphabetical order: words, then characters.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    #[serde(borrow, serialize_with = "raw")]
    settings: &'a [u8],
    #[serde(borrow, serialize_with = "raw")]
    terms: &'a [u8],
    /// Bytes of each term, u32.
    #[serde(borrow, serialize_with = "raw")]
    lengths: &'a [u8],
    /// Which of the hashes that a written term can have it is.
    #[serde(borrow, serialize_with = "raw")]
    readings: &'a [u8],
    /// The least and the largest inverse document frequency, f32.
    #[serde(borrow, serialize_with = "raw")]
    idf_range: &'a [u8],
    #[serde(borrow, serialize_with = "raw")]
    idf: &'a [u8],
    /// Of each output, f32.
    #[serde(borrow, serialize_with = "raw")]
    scales: &'a [u8],
    /// Output after output, i8.
    #[serde(borrow, serialize_with = "raw")]
    weights: &'a [u8],
    #[serde(borrow, serialize_with = "raw")]
    intercepts: &'a [u8],
}

fn raw<S: Serializer>(bytes: &[u8], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn options() -> impl Options {
    bincode::DefaultOptions::new().with_fixint_encoding().with_little_endian().reject_trailing_bytes()
}

/// The payload of a model whose numbers are rounded already.
pub(super) fn encode(model: &Pipeline, settings: &[u8]) -> Vec<u8> {
    let vocabulary = &model.vectorizer.vocabulary;
    let hashes = vocabulary.hashes_by_column();
    let written = |column: u32| vocabulary.term(column as usize).map_or("", |term| term.text);
    let reading = |column: u32| {
        let term = vocabulary.term(column as usize);
        let hash = hashes[column as usize];
        term.and_then(|t| hashes_of(t.kind, t.text).position(|h| h == hash)).unwrap_or(0) as u8
    };
    let mut columns: Vec<u32> = (0..vocabulary.len() as u32).collect();
    // Made once: a sort would ask for each again and again.
    let readings: Vec<u8> = columns.iter().map(|&c| reading(c)).collect();
    columns.sort_by_key(|&c| (c as usize >= vocabulary.n_words, written(c), readings[c as usize]));
    let k = model.model.n_outputs;
    let scales = scales(&model.model.weights, k);
    let idf = IdfCodes::of(&model.vectorizer.weighting.idf);
    let code = |output: usize, column: u32| {
        weight_code(model.model.weights[column as usize * k + output], scales[output]).cast_unsigned()
    };
    let idf_of = |&column: &u32| idf.code(model.vectorizer.weighting.idf[column as usize]);
    let terms: String = columns.iter().map(|&c| written(c)).collect();
    let payload = Payload {
        settings,
        terms: terms.as_bytes(),
        lengths: &le_bytes(&columns, |c| (written(c).len() as u32).to_le_bytes()),
        readings: &columns.iter().map(|&c| readings[c as usize]).collect::<Vec<u8>>(),
        idf_range: &le_bytes(&[idf.least, idf.most], f32::to_le_bytes),
        idf: &columns.iter().map(idf_of).collect::<Vec<u8>>(),
        scales: &le_bytes(&scales, f32::to_le_bytes),
        weights: &(0..k).flat_map(|output| columns.iter().map(move |&c| code(output, c))).collect::<Vec<u8>>(),
        intercepts: &le_bytes(&model.model.intercepts, f32::to_le_bytes),
    };
    // Neither can fail: both go to memory.
    let payload = options().serialize(&payload).unwrap_or_default();
    zstd::encode_all(payload.as_slice(), LEVEL).unwrap_or_default()
}

/// The settings and arrays of a payload; `shape` reads the number of word terms and of outputs from the settings.
pub(super) fn decode<S>(
    compressed: &[u8],
    read_settings: impl Fn(&[u8]) -> Result<S, ModelFileError>,
    shape: impl Fn(&S) -> (usize, usize),
) -> Result<(S, Arrays), ModelFileError> {
    let damaged = |e: &dyn std::fmt::Display| ModelFileError::Payload(e.to_string());
    let limit = compressed.len() as u64 * EXPANDS + BESIDES;
    let decoder = zstd::stream::read::Decoder::new(compressed).map_err(|e| damaged(&e))?;
    let mut bytes = Vec::new();
    decoder.take(limit + 1).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
    if bytes.len() as u64 > limit {
        return Err(ModelFileError::Meaning("the payload expands beyond measure"));
    }
    let with_limit = options().with_limit(bytes.len() as u64);
    let payload: Payload<'_> = with_limit.deserialize(&bytes).map_err(|e| damaged(&e))?;
    let settings = read_settings(payload.settings)?;
    let (n_words, k) = shape(&settings);
    let arrays = arrays(&payload, n_words, k)?;
    Ok((settings, arrays))
}

fn arrays(payload: &Payload<'_>, n_words: usize, k: usize) -> Result<Arrays, ModelFileError> {
    let meaning = |ok: bool, what: &'static str| if ok { Ok(()) } else { Err(ModelFileError::Meaning(what)) };
    let lengths: Vec<u32> = from_le(payload.lengths, u32::from_le_bytes)?;
    let n = lengths.len();
    meaning(payload.readings.len() == n && payload.idf.len() == n, "terms and their numbers differ in number")?;
    meaning(n < u32::MAX as usize && n_words <= n, "more words than terms")?;
    meaning(n.checked_mul(k) == Some(payload.weights.len()), "terms and model weights differ in number")?;
    let scales: Vec<f32> = from_le(payload.scales, f32::from_le_bytes)?;
    meaning(scales.len() == k, "outputs and their scales differ in number")?;
    let range: Vec<f32> = from_le(payload.idf_range, f32::from_le_bytes)?;
    let &[least, most] = range.as_slice() else {
        return Err(ModelFileError::Meaning("an inverse document frequency has two ends"));
    };
    meaning(least.is_finite() && most.is_finite() && least <= most, "an inverse document frequency is out of range")?;
    let idf = IdfCodes { least, most };
    let text = std::str::from_utf8(payload.terms).map_err(|_| ModelFileError::Meaning("terms are not UTF-8"))?;
    let mut terms: Vec<&str> = Vec::with_capacity(n);
    let mut from = 0;
    for &length in &lengths {
        let to = from + length as usize;
        terms.push(text.get(from..to).ok_or(ModelFileError::Meaning("a term ends outside the text of all"))?);
        from = to;
    }
    meaning(from == text.len(), "the terms do not fill their text")?;
    let hash = |(i, &term): (usize, &&str)| {
        let kind = if i < n_words { TermKind::Word } else { TermKind::Char };
        let reading = usize::from(payload.readings[i]);
        hashes_of(kind, term).nth(reading).ok_or(ModelFileError::Meaning("a term has no such reading"))
    };
    let by_place = terms.iter().enumerate().map(hash).collect::<Result<Vec<u64>, ModelFileError>>()?;
    let order = order(payload.idf, &by_place, n_words);
    let mut sorted: Vec<u32> = (0..n as u32).collect();
    sorted.sort_unstable_by_key(|&column| by_place[order[column as usize] as usize]);
    let mut arrays = Arrays {
        hashes: sorted.iter().map(|&column| by_place[order[column as usize] as usize]).collect(),
        columns: sorted,
        text: String::with_capacity(text.len()),
        ends: Vec::with_capacity(n),
        idf: Vec::with_capacity(n),
        weights: Vec::with_capacity(n * k),
        intercepts: from_le(payload.intercepts, f32::from_le_bytes)?,
    };
    for &place in &order {
        let place = place as usize;
        arrays.text.push_str(terms[place]);
        arrays.ends.push(arrays.text.len() as u32);
        arrays.idf.push(idf.value(payload.idf[place]));
        let code = |output: usize| payload.weights[output * n + place].cast_signed();
        arrays.weights.extend((0..k).map(|output| weight(code(output), scales[output])));
    }
    Ok(arrays)
}

fn le_bytes<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

fn from_le<T, const N: usize>(
    bytes: &[u8],
    value: impl Fn([u8; N]) -> T,
) -> std::result::Result<Vec<T>, ModelFileError> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(ModelFileError::Meaning("an array ends inside a number"));
    }
    Ok(chunks.iter().map(|&chunk| value(chunk)).collect())
}
