//! Texts that are nearly the same: reprints, updates, agency copy.

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::groups::DisjointSets;
use crate::error::{Error, Result};
use crate::random::splitmix;

/// When two texts count as nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicateParams {
    /// The least Jaccard similarity of two texts' shingles. Above 0, up to 1; default 0.3.
    pub threshold: f64,
    /// Words a shingle. At least 1, default 5.
    pub shingle: usize,
}

impl Default for DuplicateParams {
    fn default() -> DuplicateParams {
        DuplicateParams { threshold: 0.3, shingle: 5 }
    }
}

const BANDS: usize = 64;
const ROWS: usize = 3;
const BINS: usize = BANDS * ROWS;
/// In a bucket, a text is compared with this many texts that are not alike; keeps the time linear.
const REPRESENTATIVES: usize = 8;

/// Clusters of near-duplicates: one number a text, in the order of the first text.
///
/// Texts are compared as sets of shingles (runs of five lower-cased words, punctuation aside). Candidates come from
/// MinHash with 64 bands of 3, and are verified by their exact Jaccard similarity, the shingles in common over all
/// shingles of both; what is alike is joined, also through others. A pair of similarity .4 is found with a
/// probability of 98 %, one of .3 with 83 % (more often through others). A text without words is alone. Time is
/// linear in the text: one to three seconds for 36,000 articles (216 MB) on two cores.
///
/// Why .3: among 36,254 American political articles, pairs of *different* outlets were reprints and rewritten
/// agency copy down to .3 (27 pairs, of them 11 below .5), and below it more and more articles that quote the same
/// statement. Pairs of the same outlet from .2 to .5 are mostly page furniture (captions, newsletters) shared by
/// articles on different matters: no reprints, but text that leaks from training into test all the same.
///
/// # Errors
/// [`Error::Param`] where the threshold is not above 0 and up to 1, or a shingle has no words.
///
/// Reference: Broder: On the resemblance and containment of documents, SEQUENCES 1997.
///
/// ```
/// use slantwise::{DuplicateParams, near_duplicates};
///
/// let texts = [
///     "The council met on Monday and voted to close the old bridge for two years.",
///     "Rain is expected along the coast until the end of the week, the service said.",
///     "UPDATE: the council met on Monday and voted to close the old bridge for two years",
/// ];
/// assert_eq!(near_duplicates(&texts, &DuplicateParams::default())?, [0, 1, 0]);
/// # Ok::<(), slantwise::Error>(())
/// ```
pub fn near_duplicates<S: AsRef<str> + Sync>(texts: &[S], params: &DuplicateParams) -> Result<Vec<u32>> {
    if !(params.threshold > 0.0 && params.threshold <= 1.0) {
        return Err(Error::param("threshold", params.threshold, "above 0, up to 1"));
    }
    if params.shingle == 0 {
        return Err(Error::param("shingle", 0, "at least 1"));
    }
    let mut sets = DisjointSets::new(texts.len());
    let keys: Vec<Option<[u32; BANDS]>> =
        texts.par_iter().map(|text| band_keys(&shingles(text.as_ref(), params.shingle))).collect();

    // The texts that share a bucket with another, band by band.
    let buckets: Vec<Vec<Vec<u32>>> = (0..BANDS)
        .into_par_iter()
        .map(|band| {
            let mut members: Vec<(u32, u32)> =
                keys.iter().enumerate().filter_map(|(row, keys)| keys.map(|k| (k[band], row as u32))).collect();
            members.sort_unstable();
            let shared = members.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1);
            shared.map(|bucket| bucket.iter().map(|(_, row)| *row).collect()).collect()
        })
        .collect();
    let mut candidates: Vec<u32> = buckets.iter().flatten().flatten().copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    let contents: Vec<Vec<u64>> = candidates
        .par_iter()
        .map(|&row| {
            let mut set = shingles(texts[row as usize].as_ref(), params.shingle);
            set.sort_unstable();
            set.dedup();
            set
        })
        .collect();
    let content = |row: u32| candidates.binary_search(&row).map_or(&[][..], |at| contents[at].as_slice());

    let mut different: FxHashSet<(u32, u32)> = FxHashSet::default();
    for bucket in buckets.iter().flatten() {
        let mut representatives: Vec<u32> = Vec::new();
        for &row in bucket {
            let mut alone = true;
            for &other in &representatives {
                if sets.root(row as usize) == sets.root(other as usize) {
                    alone = false;
                    continue;
                }
                if different.contains(&(other, row)) {
                    continue;
                }
                if jaccard(content(other), content(row)) >= params.threshold {
                    sets.join(other as usize, row as usize);
                    alone = false;
                } else {
                    different.insert((other, row));
                }
            }
            if alone && representatives.len() < REPRESENTATIVES {
                representatives.push(row);
            }
        }
    }
    Ok(sets.numbered())
}

/// Hashes of the runs of `length` words, in the order of the text. A shorter text is one shingle; a text without
/// words has none.
fn shingles(text: &str, length: usize) -> Vec<u64> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    let of_run = |run: &[u64]| {
        run.iter().fold(run.len() as u64, |hash, word| {
            let mut at = hash.rotate_left(21) ^ word;
            splitmix(&mut at)
        })
    };
    if words.len() <= length { vec![of_run(&words)] } else { words.windows(length).map(of_run).collect() }
}

/// Hashes of the lower-cased words: runs of letters and digits of any script.
fn words(text: &str) -> Vec<u64> {
    const PRIME: u64 = 0x9fb2_1c65_1e98_df25;
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut hash = 0_u64;
    for c in text.chars() {
        let push = |hash: u64, c: char| (hash.rotate_left(5) ^ u64::from(c)).wrapping_mul(PRIME);
        if c.is_ascii_alphanumeric() {
            hash = push(hash, c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            hash = c.to_lowercase().fold(hash, push);
        } else if hash != 0 {
            words.push(hash);
            hash = 0;
        }
    }
    if hash != 0 {
        words.push(hash);
    }
    words
}

/// One key a band: texts of Jaccard similarity s share a given one with probability s^ROWS. `None` without shingles.
///
/// MinHash by one permutation: the hashes are sorted into bins, a bin keeps its least, and an empty bin copies a
/// full one chosen by the bin's number alone. One pass, whatever the number of bins.
///
/// Reference: Shrivastava: Optimal densification for fast and accurate minwise hashing, ICML 2017.
fn band_keys(shingles: &[u64]) -> Option<[u32; BANDS]> {
    if shingles.is_empty() {
        return None;
    }
    let mut least = [u64::MAX; BINS];
    for &hash in shingles {
        let bin = ((u128::from(hash) * BINS as u128) >> 64) as usize;
        // the upper bits chose the bin: mix, so that the least of them is again chosen by all bits
        let mut at = hash;
        least[bin] = least[bin].min(splitmix(&mut at) >> 1);
    }
    let full = least;
    for (bin, value) in least.iter_mut().enumerate() {
        let mut at = bin as u64;
        while *value == u64::MAX {
            *value = full[(splitmix(&mut at) % BINS as u64) as usize];
        }
    }
    Some(std::array::from_fn(|band| {
        let rows = &least[band * ROWS..(band + 1) * ROWS];
        rows.iter().fold(band as u64, |hash, value| {
            let mut at = hash ^ value;
            splitmix(&mut at)
        }) as u32
    }))
}

/// Common over all, of ascending lists without repetition.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0_usize);
    while i < a.len() && j < b.len() {
        common += usize::from(a[i] == b[j]);
        let (left, right) = (a[i], b[j]);
        i += usize::from(left <= right);
        j += usize::from(right <= left);
    }
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    fn clusters(texts: &[String], threshold: f64) -> Vec<u32> {
        near_duplicates(texts, &DuplicateParams { threshold, ..DuplicateParams::default() }).unwrap()
    }

    /// A text of random words, and copies in which each word is exchanged with some probability.
    fn family(random: &mut Random, words: usize, copies: usize, exchange: f64) -> Vec<String> {
        let original: Vec<usize> = (0..words).map(|_| random.below(5_000)).collect();
        (0..copies)
            .map(|_| {
                let word = |&w: &usize| if random.unit() < exchange { random.below(5_000) } else { w };
                original.iter().map(word).map(|w| format!("w{w}")).collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    fn set(text: &str) -> Vec<u64> {
        let mut set = shingles(text, 5);
        set.sort_unstable();
        set.dedup();
        set
    }

    #[test]
    fn what_is_alike_is_together_and_the_rest_alone() {
        let mut random = Random::new(1);
        let mut texts = Vec::new();
        for _ in 0..50 {
            texts.extend(family(&mut random, 300, 3, 0.03)); // similarity about .6
        }
        texts.extend((0..100).flat_map(|_| family(&mut random, 300, 1, 0.0)));
        let found = clusters(&texts, 0.4);
        let expected: Vec<u32> = (0..150).map(|i| i / 3).chain(50..150).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn case_punctuation_and_spacing_do_not_count() {
        let texts =
            ["“Don’t stop,” SHE said; 3 times — Ëlan".to_string(), "don't  stop she\nsaid 3 times: ëlan!".to_string()];
        assert_eq!(clusters(&texts, 1.0), [0, 0]);
    }

    #[test]
    fn short_and_empty_texts() {
        let texts = ["One two.", "one two", "one three", "", "...", "one two three four five"].map(String::from);
        assert_eq!(clusters(&texts, 0.3), [0, 0, 1, 2, 3, 4]);
        assert!(clusters(&[], 0.3).is_empty());
    }

    #[test]
    fn the_threshold_is_kept_exactly() {
        // 60 words of 66 in common at the front: 56 shingles of 62 + 62 − 56
        let common: Vec<String> = (0..60).map(|i| format!("w{i}")).collect();
        let texts = [common.join(" ") + " a b c d e f", common.join(" ") + " u v w x y z"];
        let similarity = jaccard(&set(&texts[0]), &set(&texts[1]));
        assert!((similarity - 56.0 / 68.0).abs() < 1e-12);
        assert_eq!(clusters(&texts, similarity), [0, 0]);
        assert_eq!(clusters(&texts, similarity + 1e-9), [0, 1]);
    }

    #[test]
    fn many_copies_and_much_common_furniture_take_no_square_time() {
        let mut random = Random::new(2);
        let furniture = family(&mut random, 200, 1, 0.0).remove(0);
        let mut texts = vec![furniture.clone(); 5_000];
        texts.extend((0..5_000).map(|_| format!("{furniture} {}", family(&mut random, 400, 1, 0.0)[0])));
        let start = std::time::Instant::now();
        let found = clusters(&texts, 0.5);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
        assert!(found[..5_000].iter().all(|&c| c == 0));
        assert!(found[5_000..].iter().all(|&c| c != 0));
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let mut random = Random::new(3);
        let texts: Vec<String> = (0..60).flat_map(|_| family(&mut random, 60, 4, 0.12)).collect();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| clusters(&texts, 0.3))
        };
        let alone = with(1);
        assert!(alone.iter().max().unwrap() > &60 && alone.iter().max().unwrap() < &239);
        assert_eq!(alone, with(4));
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        for threshold in [0.0, -1.0, 1.1, f64::NAN] {
            let params = DuplicateParams { threshold, shingle: 5 };
            assert!(near_duplicates(&["a"], &params).is_err(), "{threshold}");
        }
        assert!(near_duplicates(&["a"], &DuplicateParams { threshold: 0.5, shingle: 0 }).is_err());
    }

    #[test]
    fn bands_meet_as_often_as_the_theory_says() {
        let mut random = Random::new(4);
        for words in [40, 300, 3_000] {
            let (mut expected, mut met, mut pairs) = (0.0, 0, 0);
            for _ in 0..40 {
                let texts = family(&mut random, words, 2, 0.05);
                let (a, b) = (set(&texts[0]), set(&texts[1]));
                expected += jaccard(&a, &b).powi(ROWS as i32) * BANDS as f64;
                let (a, b) = (band_keys(&a).unwrap(), band_keys(&b).unwrap());
                met += a.iter().zip(&b).filter(|(a, b)| a == b).count();
                pairs += BANDS;
            }
            let (expected, met) = (expected / pairs as f64, met as f64 / pairs as f64);
            assert!((expected - met).abs() < 0.05, "{words}: {expected} {met}");
        }
    }

    proptest! {
        #[test]
        fn clusters_are_chains_of_pairs_above_the_threshold(seed: u64, words in 6_usize..60, exchange in 0.0..0.3) {
            let mut random = Random::new(seed);
            let texts: Vec<String> = (0..4).flat_map(|_| family(&mut random, words, 4, exchange)).collect();
            let found = clusters(&texts, 0.3);
            let sets: Vec<Vec<u64>> = texts.iter().map(|t| set(t)).collect();
            let mut chains = DisjointSets::new(texts.len());
            for i in 0..texts.len() {
                for j in 0..i {
                    let similarity = jaccard(&sets[i], &sets[j]);
                    if similarity >= 0.3 {
                        chains.join(i, j);
                    }
                    // practically certain to be found
                    prop_assert!(similarity < 0.7 || found[i] == found[j], "{}", similarity);
                }
            }
            let chains = chains.numbered();
            for i in 0..texts.len() {
                for j in 0..i {
                    prop_assert!(found[i] != found[j] || chains[i] == chains[j]);
                }
            }
        }
    }
}
