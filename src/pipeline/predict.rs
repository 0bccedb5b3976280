//! From an article to its labels.

use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{Article, Example, Part};
use crate::classifier::argmax;
use crate::corpus::Corpus;
use crate::decision::{Abstention, Decided};
use crate::error::{Error, Result};
use crate::evaluation::{Evaluation, Scores};
use crate::features::{Document, RowBuffer, Scan};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::passages::passages;
use crate::pipeline::sentences::sentence_passages;
use crate::pipeline::{Pipeline, Unit};
use crate::text::Stretch;

impl Document for Article {
    fn stretches<'a>(&'a self, scan: Scan<'_>) -> Vec<Stretch<'a>> {
        match scan.reader {
            Some(reader) => reader.stretches(self),
            None => vec![Stretch::whole(Part::Title, self.part(Part::Title)), Stretch::whole(Part::Text, &self.text)],
        }
    }
}

impl Document for Example {
    fn stretches<'a>(&'a self, scan: Scan<'_>) -> Vec<Stretch<'a>> {
        self.article.stretches(scan)
    }
}

/// The labels of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    names: Arc<LabelSet>,
    pub(crate) scores: Vec<f64>,
    pub(crate) probabilities: Vec<f64>,
    pub(crate) chosen: Vec<usize>,
    pub(crate) abstention: Option<Abstention>,
}

impl Prediction {
    /// The label: the most probable class, or of several labels the most probable one that was given. `None` where no label was given.
    pub fn label(&self) -> Option<&str> {
        self.best().map(|class| self.names.name(class))
    }

    /// The probability of [`label`](Self::label); 0 where no label was given.
    pub fn probability(&self) -> f64 {
        self.best().map_or(0.0, |class| self.probabilities[class])
    }

    /// The labels that were given, most probable first.
    pub fn labels(&self) -> Vec<&str> {
        self.chosen.iter().map(|&class| self.names.name(class)).collect()
    }

    /// Why the model gives no answer, where it gives none; labels and probabilities are its best guess then.
    pub fn abstention(&self) -> Option<&Abstention> {
        self.abstention.as_ref()
    }

    /// The probability of a label, given or not; `None` where the model doesn't know it.
    pub fn probability_of(&self, label: &str) -> Option<f64> {
        self.names.class(label).map(|class| self.probabilities[class])
    }

    /// Every label with its probability, labels ascending.
    pub fn probabilities(&self) -> impl Iterator<Item = (&str, f64)> {
        self.names.names().iter().map(String::as_str).zip(self.probabilities.iter().copied())
    }

    /// Every label with its score before calibration, labels ascending.
    pub fn scores(&self) -> impl Iterator<Item = (&str, f64)> {
        self.names.names().iter().map(String::as_str).zip(self.scores.iter().copied())
    }

    fn best(&self) -> Option<usize> {
        self.chosen.first().copied()
    }
}

/// The scores of an article's passages, and how much of them the model knows.
pub(crate) struct Scored {
    /// Those of every label, passage by passage.
    pub(crate) scores: Vec<Vec<f64>>,
    /// Distinct terms of each passage, summed up.
    n_terms: usize,
    /// Those of them that the model knows.
    n_known: usize,
}

impl Scored {
    /// The passage, there being one at least, in which a label has its largest score; the first of equal ones.
    pub(crate) fn best(&self, class: usize) -> usize {
        let better = |best: usize, i: usize| if self.scores[i][class] > self.scores[best][class] { i } else { best };
        (1..self.scores.len()).fold(0, better)
    }
}

impl Pipeline {
    /// Labels one article.
    pub fn predict(&self, article: &Article) -> Prediction {
        self.predict_with(&mut self.buffer(), article)
    }

    /// Labels many articles, in parallel; each gets exactly what it would get alone.
    pub fn predict_batch(&self, articles: &[Article]) -> Vec<Prediction> {
        articles.par_iter().map_init(|| self.buffer(), |buffer, article| self.predict_with(buffer, article)).collect()
    }

    /// The probability of every label, in the order of [`labels`](Self::labels).
    pub fn predict_proba(&self, article: &Article) -> Vec<f64> {
        self.predict(article).probabilities
    }

    /// The score of every label before calibration (log-odds for logistic regression), in the order of [`labels`](Self::labels).
    pub fn decision_function(&self, article: &Article) -> Vec<f64> {
        self.predict(article).scores
    }

    /// Scores the model's labels for a corpus against its gold.
    ///
    /// # Errors
    /// A class of the corpus that the model doesn't know, or a corpus of the other task.
    pub fn evaluate(&self, corpus: &Corpus) -> Result<Scores> {
        if corpus.task() != self.task {
            return Err(Error::param("corpus", "of the other task", "one class or several labels, as in training"));
        }
        let gold = Targets::from_golds(corpus.examples().iter().map(|e| &e.gold), self.task, &self.labels)?;
        let (predicted, probabilities) = self.predict_corpus(corpus);
        Ok(Evaluation::new(&self.labels, &gold, &predicted)?.with_probabilities(&probabilities)?.scores())
    }

    /// Labels a corpus: the labels given, and the probabilities row after row, as an [`Evaluation`] takes them.
    pub fn predict_corpus(&self, corpus: &Corpus) -> (Targets, Vec<f32>) {
        let predictions: Vec<Prediction> = corpus
            .examples()
            .par_iter()
            .map_init(|| self.buffer(), |buffer, example| self.predict_with(buffer, &example.article))
            .collect();
        let probabilities = predictions.iter().flat_map(|p| &p.probabilities).map(|&p| p as f32).collect();
        (self.targets_of(&predictions), probabilities)
    }

    pub(crate) fn buffer(&self) -> RowBuffer {
        RowBuffer::new(&self.vectorizer.analyzer)
    }

    /// What is read of an article, passage by passage; one passage, which may be empty, at least.
    pub(crate) fn passages<'a>(&self, article: &'a Article) -> Vec<Vec<Stretch<'a>>> {
        let stretches = self.reader.stretches(article);
        match self.params.unit {
            Unit::Article => passages(stretches, self.params.passage_words),
            Unit::Sentence => match sentence_passages(article, &stretches) {
                none if none.is_empty() => vec![stretches],
                sentences => sentences,
            },
        }
    }

    /// Reads a passage into the buffer.
    pub(crate) fn read_passage(&self, buffer: &mut RowBuffer, passage: &[Stretch<'_>]) {
        buffer.read(passage, &self.vectorizer.vocabulary, &self.vectorizer.weighting);
    }

    /// Reads and scores passages one after the other; the buffer holds the last one.
    pub(crate) fn score_passages(&self, buffer: &mut RowBuffer, passages: &[Vec<Stretch<'_>>]) -> Scored {
        let mut scored = Scored { scores: Vec::with_capacity(passages.len()), n_terms: 0, n_known: 0 };
        for passage in passages {
            let mut scores = vec![0.0; self.labels.len()];
            self.read_passage(buffer, passage);
            self.model.scores(&buffer.row, &mut scores);
            scored.n_terms += buffer.n_terms;
            scored.n_known += buffer.row.len();
            scored.scores.push(scores);
        }
        scored
    }

    pub(crate) fn predict_with(&self, buffer: &mut RowBuffer, article: &Article) -> Prediction {
        let scored = self.score_passages(buffer, &self.passages(article));
        self.predict_scored(article, &scored)
    }

    /// The labels of an article from the scores of its passages: each label's score is that of its best one.
    pub(crate) fn predict_scored(&self, article: &Article, scored: &Scored) -> Prediction {
        let of_class = |class: usize| scored.scores[scored.best(class)][class];
        let scores = (0..self.labels.len()).map(of_class).collect();
        self.answer(scores, self.objection(article, scored))
    }

    /// Why the model can't judge an article of which it has read passages, where it can't.
    pub(crate) fn objection(&self, article: &Article, scored: &Scored) -> Option<Abstention> {
        self.familiarity.objection(article, scored.n_terms, scored.n_known)
    }

    /// What scores say; `unfamiliar` goes before the decision's own reasons to abstain.
    pub(crate) fn answer(&self, scores: Vec<f64>, unfamiliar: Option<Abstention>) -> Prediction {
        let mut probabilities = vec![0.0; scores.len()];
        // The shapes were checked when the model was fitted or loaded.
        let calibrated = self.calibration.probabilities(&scores, &mut probabilities);
        debug_assert!(calibrated.is_ok());
        let decided = self.decision.at(self.coverage).and_then(|decider| decider.decide(&probabilities));
        debug_assert!(decided.is_ok());
        let answer = decided.unwrap_or(Decided { classes: Vec::new(), abstention: None });
        let chosen = match (self.task, self.coverage, &answer.abstention) {
            // The only possible class, which need not be the most probable one.
            (Task::One, Some(_), None) => answer.classes.iter().map(|&class| class as usize).collect(),
            _ => choose(self.task, &scores, &self.decision.weighed(&probabilities), &answer.classes),
        };
        let abstention = unfamiliar.or(answer.abstention);
        Prediction { names: Arc::clone(&self.labels), scores, probabilities, chosen, abstention }
    }

    fn targets_of(&self, predictions: &[Prediction]) -> Targets {
        let n_classes = self.labels.len();
        match self.task {
            Task::One => Targets::One {
                n_classes,
                classes: predictions.iter().map(|p| p.chosen.first().map_or(0, |&c| c as u32)).collect(),
            },
            Task::Several => {
                let flags = |p: &Prediction| (0..n_classes).map(|k| p.chosen.contains(&k)).collect::<Vec<_>>();
                Targets::Several { n_classes, flags: predictions.iter().flat_map(flags).collect() }
            }
        }
    }
}

/// The classes that were decided on, most probable first; of one class, equal probabilities (times their factors) are settled by the scores.
pub(crate) fn choose(task: Task, scores: &[f64], probabilities: &[f64], decided: &[u32]) -> Vec<usize> {
    match task {
        Task::One if scores.is_empty() => Vec::new(),
        // Equal probabilities (a score that says nothing) are settled by the score; they differ by rounding.
        Task::One => {
            let most = probabilities[argmax(probabilities)] - 1e-12;
            let tied = (0..probabilities.len()).filter(|&k| probabilities[k] >= most);
            tied.reduce(|best, k| if scores[k] > scores[best] { k } else { best }).into_iter().collect()
        }
        Task::Several => {
            let mut chosen: Vec<usize> = decided.iter().map(|&class| class as usize).collect();
            chosen.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
            chosen
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_decides_between_equal_probabilities_only() {
        assert_eq!(choose(Task::One, &[-1.0, 5.0, 2.0], &[0.2, 0.6, 0.2], &[]), [1]);
        assert_eq!(choose(Task::One, &[-1.0, 2.0, 5.0], &[0.4, 0.4, 0.2], &[]), [1]);
        assert_eq!(choose(Task::One, &[1.0, -2.0, 5.0], &[0.4, 0.4 + 1e-16, 0.2], &[]), [0]);
        assert_eq!(choose(Task::One, &[3.0, 3.0], &[0.5, 0.5], &[]), [0]);
    }
}
