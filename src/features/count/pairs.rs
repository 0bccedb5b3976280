//! Reading articles into pairs of a term's hash and its count in an article, dealt out by the hash.

use rayon::prelude::*;

use super::{Distinct, Document, Scan};
use crate::text::{Analyzer, TermKind};

/// Articles a chunk: the place of an article in its chunk fits a byte.
pub(super) const CHUNK: usize = 256;
/// Chunks that are read side by side before they are put to the others.
const WAVE: usize = 32;
/// Partitions of the hashes.
pub(super) const PARTITIONS: usize = 512;
const PARTITION_SHIFT: u32 = 64 - PARTITIONS.trailing_zeros();
/// Bits of a pair's `meta` that hold the count; the article's place in its chunk lies above.
const COUNT_BITS: u32 = 24;
const COUNT_MAX: u32 = (1 << COUNT_BITS) - 1;

/// The place of a pair's article in its chunk.
#[inline]
pub(super) fn place_of(meta: u32) -> u32 {
    meta >> COUNT_BITS
}

/// How often the article holds the term.
#[inline]
pub(super) fn count_of(meta: u32) -> u32 {
    meta & COUNT_MAX
}

/// The pairs of all articles, chunk by chunk, in each chunk by partition.
///
/// They are most of what training holds. What many small blocks of memory held stays with the process when they are freed, between others
/// that are still in use; what one large block held goes back to the system. So there is one block for the hashes, in which each hash is
/// replaced later by the column of its term, and one for the rest.
pub(super) struct Pairs {
    pub(super) hashes: Vec<u64>,
    /// Article and count of each pair: [`place_of`] and [`count_of`].
    pub(super) meta: Vec<u32>,
    /// How many pairs of each partition a chunk has.
    pub(super) lengths: Vec<[u32; PARTITIONS]>,
}

impl Pairs {
    /// Reads documents for terms of a kind.
    pub(super) fn scan<D: Document>(documents: &[D], scan: Scan<'_>, kind: TermKind) -> Pairs {
        let (mut hashes, mut meta, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        for documents in documents.chunks(CHUNK * WAVE) {
            let chunks: Vec<Chunk> = documents
                .par_chunks(CHUNK)
                .with_max_len(1)
                .map_init(
                    || (Analyzer::new(scan.analyzer), Scratch::default()),
                    |(analyzer, scratch), documents| scan_chunk(documents, scan, analyzer, kind, scratch),
                )
                .collect();
            rayon::join(
                || chunks.iter().for_each(|chunk| hashes.extend_from_slice(&chunk.hashes)),
                || chunks.iter().for_each(|chunk| meta.extend_from_slice(&chunk.meta)),
            );
            lengths.extend(chunks.iter().map(|chunk| chunk.lengths));
        }
        Pairs { hashes, meta, lengths }
    }
}

/// The pairs of one chunk of articles, ordered by partition.
struct Chunk {
    hashes: Vec<u64>,
    /// Place of the article in the chunk above, count below.
    meta: Vec<u32>,
    lengths: [u32; PARTITIONS],
}

#[derive(Default)]
struct Scratch {
    hashes: Vec<u64>,
    distinct: Distinct,
    pairs: Vec<(u64, u32)>,
}

fn scan_chunk<D: Document>(
    documents: &[D],
    scan: Scan<'_>,
    analyzer: &mut Analyzer,
    kind: TermKind,
    scratch: &mut Scratch,
) -> Chunk {
    scratch.pairs.clear();
    for (place, document) in documents.iter().enumerate() {
        scratch.hashes.clear();
        let hashes = &mut scratch.hashes;
        for stretch in &document.stretches(scan) {
            match kind {
                TermKind::Word => analyzer.words(stretch, |hash, _, _| hashes.push(hash)),
                TermKind::Char => analyzer.chars(stretch, |hash, _, _, _| hashes.push(hash)),
            }
        }
        scratch.distinct.count(hashes);
        let place = (place as u32) << COUNT_BITS;
        scratch.pairs.extend(scratch.distinct.pairs.iter().map(|&(hash, count)| (hash, place | count.min(COUNT_MAX))));
    }
    let mut lengths = [0u32; PARTITIONS];
    scratch.pairs.iter().for_each(|(hash, _)| lengths[(hash >> PARTITION_SHIFT) as usize] += 1);
    let mut next = lengths;
    let mut at = 0;
    next.iter_mut().for_each(|start| at += std::mem::replace(start, at));
    let (mut hashes, mut meta) = (vec![0; scratch.pairs.len()], vec![0; scratch.pairs.len()]);
    for &(hash, m) in &scratch.pairs {
        let at = &mut next[(hash >> PARTITION_SHIFT) as usize];
        hashes[*at as usize] = hash;
        meta[*at as usize] = m;
        *at += 1;
    }
    Chunk { hashes, meta, lengths }
}
