//! A seeded sample of rows.

use serde::Serialize;

use crate::random::Random;

/// The rows that models were trained and tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditSample {
    /// Rows in the sample.
    pub rows: usize,
    /// Rows of the corpus.
    pub of: usize,
    /// The seed that drew it.
    pub seed: u64,
}

/// At most `most` of `n` places, ascending; all of them where there are no more.
pub(super) fn sample(n: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..n).collect();
    if n > most {
        Random::new(seed).shuffle(&mut places);
        places.truncate(most);
        places.sort_unstable();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_drawn_by_its_seed_and_a_small_corpus_is_whole() {
        assert_eq!(sample(5, 5, 1), [0, 1, 2, 3, 4]);
        let drawn = sample(1000, 50, 1);
        assert_eq!((drawn.len(), drawn == sample(1000, 50, 1), drawn == sample(1000, 50, 2)), (50, true, false));
        assert!(drawn.windows(2).all(|w| w[0] < w[1]));
    }
}
