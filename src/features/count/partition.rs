//! Counting document frequencies, partition of hashes by partition, and giving out columns.

use rayon::prelude::*;

use super::pairs::{CHUNK, PARTITIONS, Pairs, place_of};

/// The column of a pair whose term gets none.
pub(super) const DROPPED: u32 = u32::MAX;

/// The terms of all pairs.
pub(super) struct Terms {
    /// The hash of each column.
    pub(super) hashes: Vec<u64>,
    /// The first article that holds each column's term.
    pub(super) first: Vec<u32>,
    /// Distinct terms, those without a column among them.
    pub(super) n_terms: usize,
}

/// The pairs of each chunk, whose terms have columns now: the column, or [`DROPPED`], in the high half, and article and count in the low one.
pub(super) struct Placed {
    pub(super) pairs: Vec<u64>,
    /// How many pairs each chunk has.
    pub(super) lengths: Vec<usize>,
}

impl Terms {
    /// Gives a column to each term of at least `min_df` articles, the more frequent first.
    pub(super) fn count(pairs: Pairs, min_df: u32) -> (Terms, Placed) {
        let Pairs { hashes: mut keys, meta, lengths } = pairs;
        let mut partitions: Vec<Partition> = by_partition(&mut keys, &meta, &lengths)
            .into_par_iter()
            .with_max_len(1)
            .map(|chunks| count_partition(chunks, min_df))
            .collect();
        drop(meta);

        // Columns: the more frequent term first, ties by hash, so that the order of the articles changes nothing.
        let n_kept: usize = partitions.iter().map(|p| p.kept.len()).sum();
        let mut order: Vec<(u32, u64, u32, u32)> = Vec::with_capacity(n_kept);
        for (p, partition) in partitions.iter().enumerate() {
            let rows = partition.kept.iter().zip(0..).map(|(&(df, hash, _), i)| (u32::MAX - df, hash, p as u32, i));
            order.extend(rows);
        }
        order.par_sort_unstable();
        let mut first = Vec::with_capacity(n_kept);
        let mut hashes = Vec::with_capacity(n_kept);
        let mut column_of: Vec<Vec<u32>> = partitions.iter().map(|p| vec![0; p.kept.len()]).collect();
        for (column, &(_, hash, p, i)) in order.iter().enumerate() {
            column_of[p as usize][i as usize] = column as u32;
            hashes.push(hash);
            first.push(partitions[p as usize].kept[i as usize].2);
        }
        drop(order);
        partitions.par_iter_mut().zip(&column_of).for_each(|(partition, columns)| {
            partition.place.iter_mut().filter(|p| **p != DROPPED).for_each(|p| *p = columns[*p as usize]);
        });
        by_partition(&mut keys, &[], &lengths).into_par_iter().with_max_len(1).zip(&partitions).for_each(
            |(chunks, Partition { place, .. })| {
                for key in chunks.into_iter().flat_map(|(keys, _)| keys) {
                    *key = pack(place[(*key >> 32) as usize], *key as u32);
                }
            },
        );
        let n_terms = partitions.iter().map(|p| p.place.len()).sum();
        let lengths = lengths.iter().map(|lengths| lengths.iter().map(|&length| length as usize).sum()).collect();
        (Terms { hashes, first, n_terms }, Placed { pairs: keys, lengths })
    }
}

/// A number and a pair's article and count.
#[inline]
fn pack(number: u32, meta: u32) -> u64 {
    u64::from(number) << 32 | u64::from(meta)
}

/// The pairs of each partition, chunk after chunk; `meta` may be empty.
fn by_partition<'a>(
    mut keys: &'a mut [u64],
    mut meta: &'a [u32],
    lengths: &[[u32; PARTITIONS]],
) -> Vec<Vec<(&'a mut [u64], &'a [u32])>> {
    let mut partitions: Vec<Vec<_>> = (0..PARTITIONS).map(|_| Vec::with_capacity(lengths.len())).collect();
    for of_chunk in lengths {
        for (partition, &length) in partitions.iter_mut().zip(of_chunk) {
            let (here, after) = std::mem::take(&mut keys).split_at_mut(length as usize);
            let (of_pairs, rest) = meta.split_at((length as usize).min(meta.len()));
            partition.push((here, of_pairs));
            (keys, meta) = (after, rest);
        }
    }
    partitions
}

/// One partition's terms.
struct Partition {
    /// `(document frequency, hash, first article)` of the terms that stay.
    kept: Vec<(u32, u64, u32)>,
    /// From a term's place in the order of its finding to its place in `kept`, or [`DROPPED`].
    place: Vec<u32>,
}

/// Counts a partition's terms, and puts in the place of each pair's hash which of them it is, with the pair's article and count.
fn count_partition(chunks: Vec<(&mut [u64], &[u32])>, min_df: u32) -> Partition {
    let mut terms: Vec<(u64, u32, u32)> = Vec::new();
    let mut size = 1024usize;
    let mut slots = vec![0u32; size];
    let home =
        |hash: u64, size: usize| (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - size.trailing_zeros())) as usize;
    for (chunk, (keys, meta)) in chunks.into_iter().enumerate() {
        for (key, &meta) in keys.iter_mut().zip(meta) {
            let hash = *key;
            let mut at = home(hash, size);
            loop {
                let slot = slots[at];
                if slot == 0 {
                    terms.push((hash, 1, (chunk * CHUNK) as u32 + place_of(meta)));
                    slots[at] = terms.len() as u32;
                    *key = pack(terms.len() as u32 - 1, meta);
                    break;
                }
                let term = &mut terms[slot as usize - 1];
                if term.0 == hash {
                    // A chunk lists a document's term once, so each pair is one more document.
                    term.1 += 1;
                    *key = pack(slot - 1, meta);
                    break;
                }
                at = (at + 1) & (size - 1);
            }
            if terms.len() * 2 > size {
                size *= 2;
                slots.clear();
                slots.resize(size, 0);
                for (i, term) in terms.iter().enumerate() {
                    let mut at = home(term.0, size);
                    while slots[at] != 0 {
                        at = (at + 1) & (size - 1);
                    }
                    slots[at] = i as u32 + 1;
                }
            }
        }
    }
    let mut kept = Vec::new();
    let place = terms
        .iter()
        .map(|&(hash, df, first)| {
            if df < min_df {
                return DROPPED;
            }
            kept.push((df, hash, first));
            kept.len() as u32 - 1
        })
        .collect();
    Partition { kept, place }
}
