//! From pairs ordered by partition to rows ordered by column.

use rayon::prelude::*;

use super::pairs::{CHUNK, count_of, place_of};
use super::partition::{DROPPED, Placed};
use crate::features::matrix::{Entry, FeatureMatrix, blank};

/// The rows of all articles.
pub(super) fn gather(placed: &Placed, n_features: usize, n_documents: usize) -> FeatureMatrix {
    let mut rest = placed.pairs.as_slice();
    let chunks: Vec<&[u64]> = placed
        .lengths
        .iter()
        .map(|&length| {
            let (chunk, after) = rest.split_at(length);
            rest = after;
            chunk
        })
        .collect();
    let kept = |chunk: usize| {
        let pairs = chunks[chunk].iter().map(|&pair| ((pair >> 32) as u32, pair as u32));
        pairs.filter(|&(column, _)| column != DROPPED)
    };
    let n_chunks = chunks.len();
    let lengths: Vec<Vec<u32>> = (0..n_chunks)
        .into_par_iter()
        .map(|chunk| {
            let mut lengths = vec![0u32; CHUNK.min(n_documents - chunk * CHUNK)];
            kept(chunk).for_each(|(_, meta)| lengths[place_of(meta) as usize] += 1);
            lengths
        })
        .collect();
    let mut starts = Vec::with_capacity(n_documents + 1);
    starts.push(0usize);
    for &length in lengths.iter().flatten() {
        starts.push(starts[starts.len() - 1] + length as usize);
    }
    let mut entries = blank(starts[n_documents]);
    let mut rest = entries.as_mut_slice();
    let mut work = Vec::with_capacity(n_chunks);
    for (chunk, lengths) in lengths.iter().enumerate() {
        let (mine, after) = std::mem::take(&mut rest).split_at_mut(lengths.iter().map(|&l| l as usize).sum());
        work.push((chunk, lengths, mine));
        rest = after;
    }
    work.into_par_iter().with_max_len(1).for_each(|(chunk, lengths, mine)| {
        let mut next: Vec<usize> = lengths
            .iter()
            .scan(0usize, |at, &l| {
                let start = *at;
                *at += l as usize;
                Some(start)
            })
            .collect();
        for (column, meta) in kept(chunk) {
            let at = &mut next[place_of(meta) as usize];
            mine[*at] = Entry { column, value: count_of(meta) as f32 };
            *at += 1;
        }
        let mut rest = mine;
        let mut scratch = Vec::new();
        for &length in lengths {
            let (row, after) = rest.split_at_mut(length as usize);
            sort_row(row, &mut scratch);
            rest = after;
        }
    });
    FeatureMatrix::from_parts(n_features, starts, entries)
}

/// Sorts a row by column; long rows by radix, eleven bits a pass.
pub(crate) fn sort_row(row: &mut [Entry], scratch: &mut Vec<Entry>) {
    const BITS: u32 = 11;
    const MASK: u32 = (1 << BITS) - 1;
    if row.len() < 256 {
        row.sort_unstable_by_key(|e| e.column);
        return;
    }
    scratch.clear();
    scratch.resize(row.len(), Entry { column: 0, value: 0.0 });
    let most = row.iter().fold(0, |most, e| most | e.column);
    let (mut from, mut to) = (row, scratch.as_mut_slice());
    let mut shift = 0;
    let mut swapped = false;
    loop {
        let mut starts = [0u32; 1 << BITS];
        from.iter().for_each(|e| starts[((e.column >> shift) & MASK) as usize] += 1);
        let mut at = 0;
        for start in &mut starts {
            at += std::mem::replace(start, at);
        }
        for e in from.iter() {
            let start = &mut starts[((e.column >> shift) & MASK) as usize];
            to[*start as usize] = *e;
            *start += 1;
        }
        std::mem::swap(&mut from, &mut to);
        swapped = !swapped;
        shift += BITS;
        if shift >= 32 || most >> shift == 0 {
            break;
        }
    }
    if swapped {
        to.copy_from_slice(from);
    }
}
