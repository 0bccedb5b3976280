//! Smaller models: fewer terms, and weights of eight bits.

use crate::error::{Error, Result};
use crate::features::{Idf, Vocabulary};
use crate::pipeline::Pipeline;

/// How a model is made smaller.
///
/// | field | default | range |
/// |---|---|---|
/// | `max_terms` | all | at least 1 |
/// | `max_bytes` | none | at least 1,000 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompressParams {
    /// Keep so many terms, those that move scores most: the largest |weight| · idf · √(document frequency).
    pub max_terms: Option<usize>,
    /// Keep as many terms as fit into a file of so many bytes.
    pub max_bytes: Option<u64>,
}

/// Levels of a weight on each side of zero.
const LEVELS: f32 = 127.0;
/// Levels of an inverse document frequency.
const IDF_LEVELS: f32 = 255.0;

impl Pipeline {
    /// The model with weights and document frequencies rounded to eight bits, and fewer terms where `params` say so. It predicts, explains
    /// and is saved like any other, in a file of about a tenth of the size.
    ///
    /// A weight w of an output whose largest is m is kept as round(127 · √(|w| / m)) with its sign, so that small weights, which are
    /// most of them, are kept finely; an inverse document frequency in 255 equal steps. Where terms are dropped, the rest of an
    /// article would be scaled up to length 1; weights are scaled down by what is expected of that, and the shares of known terms
    /// below which the model abstains likewise.
    ///
    /// # Errors
    /// [`Error::Param`] where a parameter is out of range, or not even one term fits.
    pub fn compress(&self, params: &CompressParams) -> Result<Pipeline> {
        if params.max_terms == Some(0) {
            return Err(Error::param("max_terms", 0, "at least 1"));
        }
        if let Some(bytes) = params.max_bytes.filter(|&bytes| bytes < 1000) {
            return Err(Error::param("max_bytes", bytes, "at least 1000"));
        }
        let n = self.vectorizer.vocabulary.len();
        let ranked = self.ranked();
        let keep = |n_terms: usize| self.restricted(&ranked[..n_terms]).rounded();
        let mut n_terms = params.max_terms.unwrap_or(n).min(n);
        let mut model = keep(n_terms);
        let Some(max_bytes) = params.max_bytes else { return Ok(model) };
        // Bytes are nearly in proportion to terms; where they are not, halving the range finds the number.
        let (mut best, mut fits, mut too_many) = (None, 0, n_terms + 1);
        for step in 0..24 {
            let bytes = model.to_bytes().len() as u64;
            let near = bytes <= max_bytes && bytes * 100 >= max_bytes * 97;
            if bytes <= max_bytes {
                (best, fits) = (Some(model), n_terms);
            } else {
                too_many = n_terms;
            }
            if near || fits + 1 >= too_many {
                break;
            }
            let in_proportion = (n_terms as f64 * max_bytes as f64 / bytes as f64 * 0.99) as usize;
            let guess = if step % 2 == 0 { in_proportion } else { fits.midpoint(too_many) };
            n_terms = guess.clamp(fits + 1, too_many - 1);
            model = keep(n_terms);
        }
        best.ok_or_else(|| Error::param("max_bytes", max_bytes, "enough for the settings and some terms of the model"))
    }

    /// Columns, those that move scores most first.
    fn ranked(&self) -> Vec<u32> {
        let k = self.model.n_outputs;
        let moves = |column: usize| {
            let weights = &self.model.weights[column * k..(column + 1) * k];
            let largest = weights.iter().fold(0.0f32, |most, w| most.max(w.abs()));
            f64::from(largest)
                * f64::from(self.vectorizer.weighting.idf[column])
                * self.document_frequency(column).sqrt()
        };
        let moved: Vec<f64> = (0..self.vectorizer.vocabulary.len()).map(moves).collect();
        let mut ranked: Vec<u32> = (0..moved.len() as u32).collect();
        ranked.sort_by(|&a, &b| moved[b as usize].total_cmp(&moved[a as usize]));
        ranked
    }

    /// In how many training articles a term is, from its inverse document frequency; 1 where there is none.
    fn document_frequency(&self, column: usize) -> f64 {
        match self.vectorizer.weighting.params.idf {
            Idf::Smooth => {
                let idf = f64::from(self.vectorizer.weighting.idf[column]);
                ((self.training.n_samples as f64 + 1.0) / (idf - 1.0).exp() - 1.0).max(1.0)
            }
            Idf::None => 1.0,
        }
    }

    /// The model with these columns alone.
    fn restricted(&self, columns: &[u32]) -> Pipeline {
        let vocabulary = &self.vectorizer.vocabulary;
        let mut model = self.clone();
        if columns.len() == vocabulary.len() {
            return model;
        }
        let mut kept = columns.to_vec();
        kept.sort_unstable();
        let k = self.model.n_outputs;
        let is_word = |column: u32| (column as usize) < vocabulary.n_words;
        let length = |column: u32| {
            let idf = f64::from(self.vectorizer.weighting.idf[column as usize]);
            self.document_frequency(column as usize) * idf * idf
        };
        // Of each block of terms, which is scaled to length 1 on its own: the share of the length that stays.
        let share = |words: bool| {
            let of = |columns: &mut dyn Iterator<Item = u32>| -> f64 {
                columns.filter(|&c| is_word(c) == words).map(length).sum()
            };
            let all = of(&mut (0..vocabulary.len() as u32));
            if all > 0.0 { (of(&mut kept.iter().copied()) / all).sqrt() as f32 } else { 1.0 }
        };
        let shares = if self.vectorizer.weighting.params.l2 { [share(false), share(true)] } else { [1.0, 1.0] };
        let weight = |&column: &u32| {
            let scale = shares[usize::from(is_word(column))];
            let at = column as usize * k;
            self.model.weights[at..at + k].iter().map(move |w| w * scale)
        };
        model.model.weights = kept.iter().flat_map(weight).collect();
        model.model.n_features = kept.len();
        model.vectorizer.weighting.idf = kept.iter().map(|&c| self.vectorizer.weighting.idf[c as usize]).collect();
        let known = |columns: &mut dyn Iterator<Item = u32>| -> f64 {
            columns.map(|column| self.document_frequency(column as usize)).sum()
        };
        let stays = known(&mut kept.iter().copied()) / known(&mut (0..vocabulary.len() as u32));
        model.familiarity.know_less(stays);
        let hashes = vocabulary.hashes_by_column();
        let hashes: Vec<u64> = kept.iter().map(|&column| hashes[column as usize]).collect();
        let n_words = kept.partition_point(|&column| is_word(column));
        let terms = kept.iter().filter_map(|&column| vocabulary.term(column as usize)).map(|term| term.text);
        model.vectorizer.vocabulary = Vocabulary::new(&hashes, terms, n_words);
        model.vectorizer.weighting.n_words = n_words;
        model
    }

    /// The model with its numbers rounded, its columns in the order in which a compact file gives them: words before characters,
    /// the more frequent first (by the rounded numbers), ties by hash.
    fn rounded(mut self) -> Pipeline {
        let k = self.model.n_outputs;
        let idf = IdfCodes::of(&self.vectorizer.weighting.idf);
        let codes: Vec<u8> = self.vectorizer.weighting.idf.iter().map(|&v| idf.code(v)).collect();
        let vocabulary = &self.vectorizer.vocabulary;
        let hashes = vocabulary.hashes_by_column();
        let order = order(&codes, &hashes, vocabulary.n_words);
        let scales = scales(&self.model.weights, k);
        let row = |&column: &u32| {
            let weights = &self.model.weights[column as usize * k..(column as usize + 1) * k];
            weights.iter().zip(&scales).map(|(&w, &scale)| weight(weight_code(w, scale), scale))
        };
        let weights: Vec<f32> = order.iter().flat_map(row).collect();
        let terms = order.iter().filter_map(|&column| vocabulary.term(column as usize)).map(|term| term.text);
        let by_column: Vec<u64> = order.iter().map(|&column| hashes[column as usize]).collect();
        let vocabulary = Vocabulary::new(&by_column, terms, vocabulary.n_words);
        self.model.weights = weights;
        self.vectorizer.weighting.idf = order.iter().map(|&column| idf.value(codes[column as usize])).collect();
        self.vectorizer.vocabulary = vocabulary;
        self.compact = true;
        self
    }
}

/// Columns in their order in a compact model, from what they are in another.
pub(crate) fn order(codes: &[u8], hashes: &[u64], n_words: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..codes.len() as u32).collect();
    order.sort_unstable_by_key(|&c| (c as usize >= n_words, codes[c as usize], hashes[c as usize]));
    order
}

/// The largest weight of each output, sign aside.
pub(crate) fn scales(weights: &[f32], n_outputs: usize) -> Vec<f32> {
    let mut scales = vec![0.0f32; n_outputs];
    for row in weights.chunks_exact(n_outputs) {
        scales.iter_mut().zip(row).for_each(|(scale, w)| *scale = scale.max(w.abs()));
    }
    scales
}

pub(crate) fn weight_code(weight: f32, scale: f32) -> i8 {
    if scale == 0.0 {
        return 0;
    }
    let code = ((weight.abs() / scale).sqrt() * LEVELS).round() as i8;
    if weight < 0.0 { -code } else { code }
}

pub(crate) fn weight(code: i8, scale: f32) -> f32 {
    let level = f32::from(code) / LEVELS;
    level * level.abs() * scale
}

/// The steps between the smallest and the largest inverse document frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct IdfCodes {
    pub(crate) least: f32,
    pub(crate) most: f32,
}

impl IdfCodes {
    pub(crate) fn of(idf: &[f32]) -> IdfCodes {
        let least = idf.iter().copied().fold(f32::INFINITY, f32::min);
        let most = idf.iter().copied().fold(0.0, f32::max);
        IdfCodes { least, most }
    }

    pub(crate) fn code(self, idf: f32) -> u8 {
        let range = self.most - self.least;
        if range > 0.0 { ((idf - self.least) / range * IDF_LEVELS).round() as u8 } else { 0 }
    }

    pub(crate) fn value(self, code: u8) -> f32 {
        match code {
            0 => self.least,
            255 => self.most,
            code => self.least + (self.most - self.least) * (f32::from(code) / IDF_LEVELS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Article, Classifier, Corpus, Example, Gold};

    #[test]
    fn rounding_twice_is_rounding_once() {
        let weights: Vec<f32> = (0..4000).map(|i| ((i * 7919 % 2003) as f32 - 1001.0) * 0.00371).collect();
        for scale in scales(&weights, 4) {
            for &w in &weights {
                let once = weight(weight_code(w, scale), scale);
                assert_eq!(weight(weight_code(once, scale), scale), once);
                assert!((once - w).abs() <= scale * (1.0 / 127.0), "{w} {once}");
            }
        }
        let idf = IdfCodes { least: 1.0, most: 11.3 };
        assert!((0..=255).all(|code| idf.code(idf.value(code)) == code));
        assert_eq!(scales(&weights, 4), scales(&weights.iter().map(|w| -w).collect::<Vec<_>>(), 4));
    }

    fn corpus() -> Corpus {
        let sides = ["harbour grain ships arrive freely", "regime lies about stolen wheat"];
        let examples = (0..60)
            .map(|i| Example {
                article: Article::from_text(format!("{} number{} day{} town{}", sides[i % 2], i % 7, i % 5, i % 11)),
                gold: Gold::One(["for", "against"][i % 2].to_string()),
                spans: vec![],
            })
            .collect();
        Corpus::from_examples(examples).unwrap()
    }

    #[test]
    fn a_compressed_model_answers_alike_and_its_file_is_small() {
        let model = Pipeline::params().words(1, 2).chars(2, 3).classifier(Classifier::svm()).fit(&corpus()).unwrap();
        let small = model.compress(&CompressParams::default()).unwrap();
        let bytes = small.to_bytes();
        assert!(bytes.len() * 2 < model.to_bytes().len());
        assert_eq!(Pipeline::from_bytes(&bytes).unwrap(), small);
        assert_eq!(small.compress(&CompressParams::default()).unwrap(), small);
        for example in corpus().examples() {
            let (whole, small) = (model.predict(&example.article), small.predict(&example.article));
            assert_eq!(whole.label(), small.label());
            for ((label, whole), (_, small)) in whole.scores().zip(small.scores()) {
                assert!((whole - small).abs() < 0.1, "{label}: {whole} {small}");
            }
        }
        let sum: f64 = small.explain(&corpus().examples()[0].article, 1000).iter().map(|e| e.contribution).sum();
        assert!(sum.is_finite());
    }

    #[test]
    fn terms_that_move_scores_are_kept_and_the_size_is_held() {
        let model = Pipeline::params().words(1, 1).classifier(Classifier::svm()).fit(&corpus()).unwrap();
        let few = model.compress(&CompressParams { max_terms: Some(8), ..CompressParams::default() }).unwrap();
        assert_eq!(few.vectorizer.vocabulary.len(), 8);
        let kept: Vec<&str> = few.vectorizer.vocabulary.terms().map(|t| t.text).collect();
        assert!(kept.iter().all(|term| !term.starts_with("number")), "{kept:?}");
        assert!(
            corpus().examples().iter().all(|e| few.predict(&e.article).label() == model.predict(&e.article).label())
        );
        let limit = (few.to_bytes().len() + 20) as u64;
        let held = model.compress(&CompressParams { max_bytes: Some(limit), ..CompressParams::default() }).unwrap();
        let bytes = held.to_bytes().len() as u64;
        assert!(
            bytes <= limit && bytes * 100 >= limit * 97 || held.vectorizer.vocabulary.len() == 8,
            "{bytes} of {limit}"
        );
        let error = |max_terms, max_bytes| model.compress(&CompressParams { max_terms, max_bytes }).is_err();
        assert!(error(Some(0), None) && error(None, Some(10)) && error(None, Some(1000)));
    }
}
