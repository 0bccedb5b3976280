//! Vocabulary and weights.

use proptest::prelude::*;
use slantwise::{FeatureMatrix, FeatureParams, TfidfVectorizer};

use crate::generate::{analyzer, any_text, numbers, text};

fn row(matrix: &FeatureMatrix, row: usize) -> Vec<(u32, u32)> {
    matrix.row(row).map(|(column, value)| (column, value.to_bits())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Document frequencies are those of training, not those of the batch.
    #[test]
    fn a_row_is_the_same_alone_and_in_any_batch(
        training in prop::collection::vec(text(), 2..8), fresh in prop::collection::vec(any_text(), 1..8),
        analyzer in analyzer(),
    ) {
        let training = [training, vec!["arms for war".to_string()]].concat();
        let vectorizer = TfidfVectorizer::params().analyzer(analyzer).min_df(1).fit(&training).unwrap();
        let all = [fresh.clone(), training].concat();
        let (batch, few) = (vectorizer.transform(&all), vectorizer.transform(&fresh));
        for (place, text) in all.iter().enumerate() {
            let alone = vectorizer.transform(&[text]);
            prop_assert_eq!(row(&batch, place), row(&alone, 0));
            prop_assert!(place >= fresh.len() || row(&few, place) == row(&alone, 0));
        }
    }

    #[test]
    fn the_order_of_a_corpus_changes_neither_vocabulary_nor_idf(
        texts in prop::collection::vec(text(), 2..12), analyzer in analyzer(), seed: u64,
        min_df in 1_u32..3, max_df in 0.3..=1.0, max_features in prop::option::of(1_usize..30),
    ) {
        let texts = [texts, vec!["arms for war".to_string(), "arms for peace".to_string()]].concat();
        let mut shuffled = texts.clone();
        let mut number = numbers(seed);
        (1..shuffled.len()).for_each(|i| shuffled.swap(i, number(i + 1)));
        let features = FeatureParams { min_df, max_df, max_features, ..FeatureParams::default() };
        let params = TfidfVectorizer::params().analyzer(analyzer).features(features);
        match (params.fit(&texts), params.fit(&shuffled)) {
            (Ok(a), Ok(b)) => {
                prop_assert!(a.vocabulary().terms().eq(b.vocabulary().terms()));
                prop_assert_eq!(a.idf(), b.idf());
                prop_assert_eq!(a, b);
            }
            (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
            (a, b) => prop_assert!(false, "{a:?} {b:?}"),
        }
    }

    /// Weights are those of the formula: rows have length 1 in each of the two blocks, and no zero is stored.
    #[test]
    fn rows_have_length_one(texts in prop::collection::vec(any_text(), 1..6), analyzer in analyzer()) {
        let texts = [texts, vec!["arms for war".to_string()]].concat();
        let vectorizer = TfidfVectorizer::params().analyzer(analyzer).min_df(1).fit(&texts).unwrap();
        let (matrix, n_words) = (vectorizer.transform(&texts), vectorizer.vocabulary().n_words());
        for text in 0..texts.len() {
            let (words, chars): (Vec<_>, Vec<_>) = matrix.row(text).partition(|(c, _)| (*c as usize) < n_words);
            for block in [words, chars].iter().filter(|block| !block.is_empty()) {
                let length: f64 = block.iter().map(|(_, v)| f64::from(*v).powi(2)).sum();
                prop_assert!((length - 1.0).abs() < 1e-5 && block.iter().all(|(_, v)| *v > 0.0), "{length}");
            }
        }
    }
}
