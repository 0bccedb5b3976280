//! From probabilities to an answer, or to none.

mod conformal;
mod factors;
mod threshold;

pub use conformal::{Conformal, ConformalSets, Verdict};

use std::borrow::Cow;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::evaluation::{Metric, check_targets, first_maximum, same_size};
use crate::label::{Targets, Task};

/// How decisions are tuned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionParams {
    /// What the thresholds of several labels maximise: micro-f1 (default), macro-f1, samples-f1, accuracy or
    /// balanced-accuracy. For one class, macro-f1 and balanced-accuracy weigh the classes against each other
    /// ([`Decision::factors`]); with the others the most probable class is the answer.
    pub metric: Metric,
    /// How strongly each label's own threshold t is drawn to the one that all labels share, s: with n articles of the
    /// label, to the log-odds (n · t + shrinkage · s) / (n + shrinkage). In articles, from 0 (each label its own) upwards
    /// (1e9: one for all). The factors of classes are drawn to 1 in the same way. Default: 1000 for micro-f1, 100 for the others, about the best on six corpora of 340 to 7,400
    /// texts with 5 to 25 labels. There, tuning gained between nothing and 7 points of micro-F1 over a threshold of one
    /// half (18 where hardly any label reaches one half), and 3 to 16 points of macro-F1.
    pub shrinkage: Option<f64>,
    /// Below which confidence no answer is given: for one class, the probability of the answer; for several
    /// labels, the mean probability of what was decided on each. From 0 (default: always answer) to 1.
    pub abstain_below: f64,
}

impl Default for DecisionParams {
    fn default() -> DecisionParams {
        DecisionParams { metric: Metric::MicroF1, shrinkage: None, abstain_below: 0.0 }
    }
}

impl DecisionParams {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Param`] with the parameter that is out of range.
    pub fn check(&self) -> Result<()> {
        if let Some(bad) = self.shrinkage.filter(|s| s.is_nan() || *s < 0.0) {
            return Err(Error::param("shrinkage", bad, "a number from 0"));
        }
        if !(0.0..=1.0).contains(&self.abstain_below) {
            return Err(Error::param("abstain_below", self.abstain_below, "from 0 to 1"));
        }
        Ok(())
    }
}

/// What is decided from an article's probabilities: thresholds, abstention, label sets.
///
/// One class: the most probable class is the answer, or the one with the largest product of factor and probability
/// where there are [`factors`](Decision::factors). Several labels: those whose probability reaches their threshold; none where one of them
/// is [`overall`](Decision::with_overall) and does not reach its own.
/// Fit it on out-of-fold probabilities, as those of training articles are too good.
///
/// ```
/// use slantwise::{Decision, DecisionParams, Targets};
///
/// let probabilities = [0.8, 0.1, 0.35, 0.2, 0.1, 0.4, 0.2, 0.1];
/// let gold = Targets::Several { n_classes: 2, flags: vec![true, false, true, false, false, true, false, false] };
/// let decision = Decision::fit(&probabilities, &gold, &DecisionParams::default())?;
/// let decided = decision.at(None)?.decide(&[0.5, 0.05])?;
/// assert_eq!((decided.classes, decided.abstention), (vec![0], None));
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    task: Task,
    n_classes: usize,
    /// One a label; empty for one class.
    thresholds: Vec<f64>,
    /// One a class; empty where the most probable class is the answer.
    #[serde(default)]
    factors: Vec<f64>,
    /// The label without which no other is given.
    #[serde(default)]
    overall: Option<u32>,
    /// The class that means none of the others.
    #[serde(default)]
    outside: Option<u32>,
    abstain_below: f64,
    conformal: Conformal,
}

/// A text leaves out the overall label and the class outside where there is none, so that a model from before there were any is written again
/// as it was. A format that doesn't name its fields, such as bincode, has them all.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let every = !serializer.is_human_readable();
        let chosen = [("overall", self.overall), ("outside", self.outside)];
        let written = chosen.iter().filter(|(_, class)| every || class.is_some());
        let mut fields = serializer.serialize_struct("Decision", 6 + written.clone().count())?;
        fields.serialize_field("task", &self.task)?;
        fields.serialize_field("n_classes", &self.n_classes)?;
        fields.serialize_field("thresholds", &self.thresholds)?;
        fields.serialize_field("factors", &self.factors)?;
        for (name, class) in written {
            fields.serialize_field(name, class)?;
        }
        fields.serialize_field("abstain_below", &self.abstain_below)?;
        fields.serialize_field("conformal", &self.conformal)?;
        fields.end()
    }
}

/// Why no answer was given.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Abstention {
    /// The confidence is too low.
    Unsure {
        /// What it is.
        confidence: f64,
        /// What is needed.
        needed: f64,
    },
    /// At the coverage asked for, more than one answer is possible.
    Ambiguous {
        /// The classes that can't be excluded.
        possible: Vec<u32>,
    },
    /// At the coverage asked for, no answer is possible: the article is unlike those that were seen.
    Unlike,
    /// The article has no words that are read.
    NoText,
    /// The article has far fewer terms than those that the model was trained on.
    TooShort {
        /// The article's distinct terms.
        terms: usize,
        /// The number from which the model answers.
        needed: usize,
    },
    /// The model knows too few of the article's terms.
    UnknownText {
        /// The share of the article's distinct terms that the model knows.
        known: f64,
        /// The share from which it answers.
        needed: f64,
    },
    /// The article is most likely about something else than the model's classes.
    OtherSubject {
        /// How likely.
        probability: f64,
    },
    /// The article is in a language that (almost) no training article was in.
    UnknownLanguage {
        /// The article's language.
        language: String,
        /// The languages of the training articles.
        trained: Vec<String>,
    },
}

impl Abstention {
    /// A short name for programs: `unsure`, `ambiguous`, `unlike`, `no-text`, `too-short`, `unknown-text`, `other-subject`, `unknown-language`.
    pub fn name(&self) -> &'static str {
        match self {
            Abstention::Unsure { .. } => "unsure",
            Abstention::Ambiguous { .. } => "ambiguous",
            Abstention::Unlike => "unlike",
            Abstention::NoText => "no-text",
            Abstention::TooShort { .. } => "too-short",
            Abstention::UnknownText { .. } => "unknown-text",
            Abstention::OtherSubject { .. } => "other-subject",
            Abstention::UnknownLanguage { .. } => "unknown-language",
        }
    }

    /// The reason in words; `name` gives the label of a class.
    pub fn reason<'a>(&self, name: impl Fn(u32) -> &'a str) -> String {
        match self {
            Abstention::Unsure { confidence, needed } => {
                format!("too unsure: confidence {confidence:.2}, {needed:.2} needed")
            }
            Abstention::Ambiguous { possible } => {
                let names: Vec<&str> = possible.iter().map(|&class| name(class)).collect();
                format!("several answers are possible: {}", names.join(", "))
            }
            Abstention::Unlike => "unlike all articles that the model was calibrated on".to_string(),
            Abstention::NoText => "no words to read".to_string(),
            Abstention::TooShort { terms, needed } => {
                format!("too short: {terms} distinct terms, {needed} needed, as the model was trained on longer texts")
            }
            Abstention::UnknownText { known, .. } if *known == 0.0 => {
                "a kind of text that the model doesn't know: it knows none of the terms".to_string()
            }
            Abstention::UnknownText { known, needed } => format!(
                "a kind of text that the model doesn't know: it knows {:.0} % of the terms, {:.0} % needed",
                100.0 * known,
                100.0 * needed
            ),
            Abstention::OtherSubject { probability } => {
                format!("about something else than the model was made for: {probability:.2}")
            }
            Abstention::UnknownLanguage { language, trained } => {
                format!("trained on {}, not on {language}", trained.join(", "))
            }
        }
    }
}

/// The answer for one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The class, or the labels in ascending order; the best guess where the model abstains.
    pub classes: Vec<u32>,
    /// Why the model abstains, where it does.
    pub abstention: Option<Abstention>,
}

impl Decision {
    /// One threshold for all labels, an answer always, and no label sets.
    pub(crate) fn plain(task: Task, n_classes: usize, threshold: f64) -> Decision {
        let thresholds = if task == Task::Several { vec![threshold; n_classes] } else { Vec::new() };
        let conformal = Conformal::untrained(task, n_classes);
        let (factors, overall, outside) = (Vec::new(), None, None);
        Decision { task, n_classes, thresholds, factors, overall, outside, abstain_below: 0.0, conformal }
    }

    /// Tunes thresholds and learns label sets from out-of-fold probabilities, row after row with one a class.
    ///
    /// # Errors
    /// [`Error::Shape`] where the sizes differ or there are no articles; [`Error::Param`] where a parameter, a class
    /// or a probability is out of range.
    pub fn fit(probabilities: &[f64], gold: &Targets, params: &DecisionParams) -> Result<Decision> {
        let decision = Decision::tuned(probabilities, gold, params)?;
        Ok(Decision { conformal: Conformal::fit(probabilities, gold)?, ..decision })
    }

    /// As [`fit`](Self::fit), without label sets.
    pub(crate) fn tuned(probabilities: &[f64], gold: &Targets, params: &DecisionParams) -> Result<Decision> {
        params.check()?;
        check_targets(gold)?;
        same_size("probabilities", gold.n_samples() * gold.n_classes(), probabilities.len())?;
        if gold.n_samples() == 0 {
            return Err(Error::Shape { what: "articles to decide on", expected: 1, found: 0 });
        }
        check_probabilities(probabilities)?;
        let default = if params.metric == Metric::MicroF1 { 1000.0 } else { 100.0 };
        let (metric, shrinkage) = (params.metric, params.shrinkage.unwrap_or(default));
        let (thresholds, factors) = match gold.task() {
            Task::One if factors::serve(metric) => (Vec::new(), factors::tune(probabilities, gold, metric, shrinkage)),
            Task::One => (Vec::new(), Vec::new()),
            Task::Several => (threshold::tune(probabilities, gold, metric, shrinkage)?, Vec::new()),
        };
        let (task, n_classes) = (gold.task(), gold.n_classes());
        let conformal = Conformal::untrained(task, n_classes);
        let abstain_below = params.abstain_below;
        let (overall, outside) = (None, None);
        Ok(Decision { task, n_classes, thresholds, factors, overall, outside, abstain_below, conformal })
    }

    /// One class or several labels.
    pub(crate) fn task(&self) -> Task {
        self.task
    }

    /// Number of classes.
    pub(crate) fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The thresholds of several labels, in the order of the label set; empty for one class.
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// What the probabilities of classes are multiplied by before the largest is the answer, in the order of the label
    /// set; empty where the most probable class is. With two classes, 1 and 1.5 put the threshold of the second at .4.
    pub fn factors(&self) -> &[f64] {
        &self.factors
    }

    /// Probabilities times factors; 0 for the class that means none of the others, which is never an answer.
    pub(crate) fn weighed<'p>(&self, probabilities: &'p [f64]) -> Cow<'p, [f64]> {
        let mut weighed = Cow::Borrowed(probabilities);
        if !self.factors.is_empty() {
            weighed.to_mut().iter_mut().zip(&self.factors).for_each(|(p, f)| *p *= f);
        }
        if let Some(p) = self.outside().and_then(|class| weighed.to_mut().get_mut(class)) {
            *p = 0.0;
        }
        weighed
    }

    /// Makes one class mean none of the others, such as texts about something else: it is never an answer. Where it is more probable than all
    /// the others together, or is the only one possible at the coverage asked for, the model abstains ([`Abstention::OtherSubject`]). Scores, which
    /// leave abstention aside, count an article of this class as answered wrong.
    ///
    /// # Errors
    /// [`Error::Param`] where there is no such class, or no two besides it, or there are several labels.
    pub fn with_outside(mut self, class: usize) -> Result<Decision> {
        self.check_outside(class)?;
        self.outside = Some(class as u32);
        Ok(self)
    }

    fn check_outside(&self, class: usize) -> Result<()> {
        if self.task == Task::Several || class >= self.n_classes || self.n_classes < 3 {
            return Err(Error::param("outside", class, "one of at least three classes"));
        }
        Ok(())
    }

    /// The class that means none of the others, where there is one.
    pub fn outside(&self) -> Option<usize> {
        self.outside.map(|class| class as usize)
    }

    /// Below which confidence no answer is given; see [`DecisionParams::abstain_below`].
    pub fn abstain_below(&self) -> f64 {
        self.abstain_below
    }

    /// Sets below which confidence no answer is given, for example by
    /// [`RiskCoverage::threshold_for_risk`](crate::RiskCoverage::threshold_for_risk).
    ///
    /// # Errors
    /// [`Error::Param`] where it is not from 0 to 1.
    pub fn with_abstain_below(mut self, confidence: f64) -> Result<Decision> {
        DecisionParams { abstain_below: confidence, ..DecisionParams::default() }.check()?;
        self.abstain_below = confidence;
        Ok(self)
    }

    /// Sets the threshold of one of several labels.
    ///
    /// # Errors
    /// [`Error::Param`] where there is no such threshold, or it is not from 0 to 1.
    pub fn with_threshold(mut self, class: usize, threshold: f64) -> Result<Decision> {
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Error::param("threshold", threshold, "from 0 to 1"));
        }
        *self.own_threshold(class)? = threshold;
        Ok(self)
    }

    /// Makes one of several labels overall: where it is not given, none is. Each of the others is a kind of it, such as the techniques of
    /// propaganda.
    ///
    /// # Errors
    /// [`Error::Param`] where there is no such label.
    pub fn with_overall(mut self, class: usize) -> Result<Decision> {
        self.own_threshold(class)?;
        self.overall = Some(class as u32);
        Ok(self)
    }

    /// The class of the overall label, where there is one.
    pub fn overall(&self) -> Option<usize> {
        self.overall.map(|class| class as usize)
    }

    fn own_threshold(&mut self, class: usize) -> Result<&mut f64> {
        self.thresholds.get_mut(class).ok_or_else(|| Error::param("class", class, "one of several labels"))
    }

    /// Whether a label is given, by thresholds.
    fn gives(&self, class: usize, probabilities: &[f64]) -> bool {
        let reaches = |class: usize| probabilities[class] >= self.thresholds[class];
        reaches(class) && self.overall().is_none_or(reaches)
    }

    /// The label sets behind [`at`](Self::at).
    pub fn conformal(&self) -> &Conformal {
        &self.conformal
    }

    /// Checks what a file can't promise: that sizes agree and numbers are in range.
    ///
    /// # Errors
    /// [`Error::Shape`] or [`Error::Param`] with what is wrong.
    pub fn check(&self) -> Result<()> {
        let expected = if self.task == Task::One { 0 } else { self.n_classes };
        same_size("thresholds", expected, self.thresholds.len())?;
        same_size("classes of the label sets", self.n_classes, self.conformal.n_classes())?;
        check_probabilities(&self.thresholds)?;
        if !self.factors.is_empty() {
            let expected = if self.task == Task::One { self.n_classes } else { 0 };
            same_size("factors of classes", expected, self.factors.len())?;
        }
        if let Some(bad) = self.overall.filter(|&class| class as usize >= self.thresholds.len()) {
            return Err(Error::param("overall", bad, "one of several labels"));
        }
        if let Some(class) = self.outside {
            self.check_outside(class as usize)?;
        }
        if let Some(bad) = self.factors.iter().find(|f| !(1e-3..=1e3).contains(*f)) {
            return Err(Error::param("factor", bad, "a number from 0.001 to 1000"));
        }
        check_probabilities(&[self.abstain_below])?;
        self.conformal.check()
    }

    /// The decider of a coverage: at .9, the right answer is called impossible for at most one article in ten of each
    /// class (see [`Conformal`] for what this rests on), and an answer is given only where no other is possible. Without
    /// coverage, thresholds and confidence alone decide.
    ///
    /// # Errors
    /// [`Error::Param`] where the coverage is not between 0 and 1.
    pub fn at(&self, coverage: Option<f64>) -> Result<Decider<'_>> {
        let sets = coverage.map(|c| self.conformal.at(c)).transpose()?;
        Ok(Decider { decision: self, sets })
    }

    fn class(&self, probabilities: &[f64]) -> u32 {
        first_maximum(&self.weighed(probabilities)) as u32
    }

    /// The answers for many articles, abstention aside: what scores are computed from.
    ///
    /// # Errors
    /// [`Error::Shape`] where the probabilities are not whole rows.
    pub fn predict(&self, probabilities: &[f64]) -> Result<Targets> {
        let k = self.n_classes;
        same_size("probabilities of the last article", 0, probabilities.len() % k.max(1))?;
        let rows = probabilities.chunks_exact(k.max(1));
        Ok(match self.task {
            Task::One => Targets::One { n_classes: k, classes: rows.map(|p| self.class(p)).collect() },
            Task::Several => Targets::Several {
                n_classes: k,
                flags: rows.flat_map(|row| (0..k).map(|class| self.gives(class, row))).collect(),
            },
        })
    }
}

/// A decision at one coverage.
#[derive(Debug, Clone, PartialEq)]
pub struct Decider<'a> {
    decision: &'a Decision,
    sets: Option<ConformalSets>,
}

impl Decider<'_> {
    /// The answer for one article.
    ///
    /// One class, with a coverage: the only possible class is the answer. Several labels, with a coverage: the labels
    /// that are certain are the answer; where none is, but some are possible, there is no answer.
    ///
    /// # Errors
    /// [`Error::Shape`] where there is not one probability a class.
    pub fn decide(&self, probabilities: &[f64]) -> Result<Decided> {
        same_size("probabilities of an article", self.decision.n_classes, probabilities.len())?;
        let mut decided = match self.decision.task {
            Task::One => self.one(probabilities),
            Task::Several => self.several(probabilities),
        };
        let (confidence, needed) = (self.confidence(probabilities), self.decision.abstain_below);
        if decided.abstention.is_none() && confidence < needed {
            decided.abstention = Some(Abstention::Unsure { confidence, needed });
        }
        Ok(decided)
    }

    fn one(&self, probabilities: &[f64]) -> Decided {
        let top = vec![self.decision.class(probabilities)];
        let outside = self.decision.outside.map(|class| (class, probabilities[class as usize]));
        let possible = self.sets.as_ref().map(|sets| sets.possible(probabilities));
        if let Some((class, probability)) = outside
            && (probability > 0.5 || possible.as_ref().is_some_and(|possible| *possible == [class]))
        {
            return Decided { classes: top, abstention: Some(Abstention::OtherSubject { probability }) };
        }
        match possible {
            None => Decided { classes: top, abstention: None },
            Some(only) if only.len() == 1 => Decided { classes: only, abstention: None },
            Some(none) if none.is_empty() => Decided { classes: top, abstention: Some(Abstention::Unlike) },
            Some(possible) => Decided { classes: top, abstention: Some(Abstention::Ambiguous { possible }) },
        }
    }

    fn several(&self, probabilities: &[f64]) -> Decided {
        let classes_where = |keep: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..probabilities.len()).filter(|&class| keep(class)).map(|class| class as u32).collect()
        };
        let by_threshold = classes_where(&|class| self.decision.gives(class, probabilities));
        let Some(sets) = &self.sets else {
            return Decided { classes: by_threshold, abstention: None };
        };
        let verdicts = sets.verdicts(probabilities);
        let certain = classes_where(&|class| verdicts[class] == Verdict::Yes);
        let possible = classes_where(&|class| matches!(verdicts[class], Verdict::Unsure | Verdict::Odd));
        if certain.is_empty() && !possible.is_empty() {
            Decided { classes: by_threshold, abstention: Some(Abstention::Ambiguous { possible }) }
        } else {
            Decided { classes: certain, abstention: None }
        }
    }

    fn confidence(&self, probabilities: &[f64]) -> f64 {
        match self.decision.task {
            Task::One => probabilities[self.decision.class(probabilities) as usize],
            Task::Several => {
                let given = |class: usize| self.decision.gives(class, probabilities);
                let sum: f64 =
                    probabilities.iter().enumerate().map(|(class, p)| if given(class) { *p } else { 1.0 - p }).sum();
                sum / probabilities.len() as f64
            }
        }
    }
}

fn check_probabilities(probabilities: &[f64]) -> Result<()> {
    match probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        Some(bad) => Err(Error::param("probability", bad, "a number from 0 to 1")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn a_class_outside_is_no_answer() {
        let decision = Decision::plain(Task::One, 3, 0.5).with_outside(1).unwrap();
        decision.check().unwrap();
        let decide = |p: [f64; 3]| decision.at(None).unwrap().decide(&p).unwrap();
        assert_eq!(decide([0.4, 0.3, 0.3]), Decided { classes: vec![0], abstention: None });
        // the most probable of three, but less probable than the other two together
        assert_eq!(decide([0.25, 0.45, 0.3]), Decided { classes: vec![2], abstention: None });
        let off = decide([0.2, 0.6, 0.2]);
        assert_eq!((off.classes, off.abstention), (vec![0], Some(Abstention::OtherSubject { probability: 0.6 })));
        assert!(decision.clone().with_outside(3).is_err());
        assert!(Decision::plain(Task::One, 2, 0.5).with_outside(0).is_err());
        assert!(Decision::plain(Task::Several, 3, 0.5).with_outside(0).is_err());
    }

    #[test]
    fn with_coverage_too_a_class_outside_is_no_answer() {
        let p =
            [vec![[0.5, 0.25, 0.25]; 30], vec![[0.25, 0.5, 0.25]; 30], vec![[0.25, 0.25, 0.5]; 30]].concat().concat();
        let classes = [vec![0; 30], vec![1; 30], vec![2; 30]].concat();
        let gold = Targets::One { n_classes: 3, classes };
        let fitted = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        // not more likely than not, but the only one possible
        let only_1 = [0.25, 0.5, 0.25];
        let decide = |d: &Decision| d.at(Some(0.9)).unwrap().decide(&only_1).unwrap();
        assert_eq!(decide(&fitted), Decided { classes: vec![1], abstention: None });
        let off = decide(&fitted.with_outside(1).unwrap());
        assert_eq!(off.abstention, Some(Abstention::OtherSubject { probability: 0.5 }));
        assert_ne!(off.classes, [1]);
    }

    #[test]
    fn a_decision_is_written_as_before_there_were_chosen_labels() {
        let keys = |decision: &Decision| match serde_json::to_value(decision).unwrap() {
            serde_json::Value::Object(fields) => fields.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        let plain = Decision::plain(Task::One, 3, 0.5);
        let without = keys(&plain);
        assert!(!without.iter().any(|key| key == "overall" || key == "outside"), "{without:?}");
        let outside = plain.with_outside(2).unwrap();
        let overall = Decision::plain(Task::Several, 3, 0.5).with_overall(1).unwrap();
        assert!(keys(&outside).contains(&"outside".to_string()) && keys(&overall).contains(&"overall".to_string()));
        for decision in [outside, overall] {
            let json = serde_json::to_string(&decision).unwrap();
            assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), decision);
            let bytes = bincode::serialize(&decision).unwrap();
            assert_eq!(bincode::deserialize::<Decision>(&bytes).unwrap(), decision);
        }
    }

    #[test]
    fn without_the_overall_label_none_is_given() {
        let decision = Decision::plain(Task::Several, 3, 0.5);
        let decision = decision.with_threshold(2, 0.1).unwrap().with_overall(1).unwrap();
        decision.check().unwrap();
        let classes = |p: [f64; 3]| decision.at(None).unwrap().decide(&p).unwrap().classes;
        assert_eq!(classes([0.9, 0.6, 0.2]), [0, 1, 2]);
        assert_eq!(classes([0.9, 0.4, 0.2]), [0; 0]);
        assert_eq!(classes([0.2, 0.5, 0.0]), [1]);
        let flags = vec![false; 3];
        assert_eq!(decision.predict(&[0.9, 0.4, 0.2]).unwrap(), Targets::Several { n_classes: 3, flags });
        assert!(decision.clone().with_overall(3).is_err());
        assert!(decision.with_threshold(0, 1.5).is_err());
        assert!(Decision::plain(Task::One, 3, 0.5).with_overall(0).is_err());
    }

    fn one(n: usize, seed: u64) -> (Vec<f64>, Targets) {
        let mut random = Random::new(seed);
        let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let p = random.unit();
            probabilities.extend([p, 1.0 - p]);
            classes.push(u32::from(random.unit() >= p));
        }
        (probabilities, Targets::One { n_classes: 2, classes })
    }

    fn several(n: usize, seed: u64) -> (Vec<f64>, Targets) {
        let mut random = Random::new(seed);
        let probabilities: Vec<f64> = (0..2 * n).map(|i| random.unit().powi(1 + 2 * (i as i32 % 2))).collect();
        let flags = probabilities.iter().map(|p| random.unit() < *p).collect();
        (probabilities, Targets::Several { n_classes: 2, flags })
    }

    #[test]
    fn without_coverage_one_class_is_the_most_probable() {
        let (p, gold) = one(50, 1);
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        assert!(decision.thresholds().is_empty());
        let decider = decision.at(None).unwrap();
        assert_eq!(decider.decide(&[0.3, 0.7]).unwrap(), Decided { classes: vec![1], abstention: None });
        assert_eq!(decider.decide(&[0.5, 0.5]).unwrap().classes, [0]);
        assert!(decider.decide(&[1.0]).is_err());
        assert_eq!(
            decision.predict(&[0.3, 0.7, 0.6, 0.4]).unwrap(),
            Targets::One { n_classes: 2, classes: vec![1, 0] }
        );
        assert!(decision.predict(&[0.3]).is_err());
    }

    #[test]
    fn below_the_confidence_asked_for_there_is_no_answer() {
        let (p, gold) = one(50, 1);
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap().with_abstain_below(0.8).unwrap();
        let decider = decision.at(None).unwrap();
        assert_eq!(decider.decide(&[0.2, 0.8]).unwrap().abstention, None);
        assert_eq!(
            decider.decide(&[0.7, 0.3]).unwrap(),
            Decided { classes: vec![0], abstention: Some(Abstention::Unsure { confidence: 0.7, needed: 0.8 }) }
        );
        let (p, gold) = several(200, 2);
        let params = DecisionParams { abstain_below: 0.7, ..DecisionParams::default() };
        let decision = Decision::fit(&p, &gold, &params).unwrap();
        let decider = decision.at(None).unwrap();
        // (.9 + .9) / 2 and (.9 + .4 or .6) / 2
        assert_eq!(decider.decide(&[0.9, 0.1]).unwrap(), Decided { classes: vec![0], abstention: None });
        assert!(matches!(decider.decide(&[0.55, 0.2]).unwrap().abstention, Some(Abstention::Unsure { .. })));
    }

    #[test]
    fn with_coverage_the_answers_that_are_given_are_right_as_often_as_promised() {
        let (p, gold) = one(4_000, 3);
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        let decider = decision.at(Some(0.9)).unwrap();
        let (fresh, answers) = one(20_000, 4);
        let (mut missed, mut given) = ([0_usize; 2], 0);
        for (row, p) in fresh.chunks_exact(2).enumerate() {
            let decided = decider.decide(p).unwrap();
            let truth = usize::from(answers.has(row, 1));
            match decided.abstention {
                None => {
                    given += 1;
                    missed[truth] += usize::from(decided.classes != [truth as u32]);
                }
                Some(Abstention::Ambiguous { possible }) => {
                    missed[truth] += usize::from(!possible.contains(&(truth as u32)));
                }
                Some(_) => missed[truth] += 1,
            }
        }
        assert!((4_000..16_000).contains(&given), "{given}");
        for (missed, all) in missed.iter().zip(answers.support()) {
            let share = *missed as f64 / all as f64;
            assert!((0.08..0.12).contains(&share), "{share}");
        }
        assert_eq!(
            decider.decide(&[0.5, 0.5]).unwrap().abstention,
            Some(Abstention::Ambiguous { possible: vec![0, 1] })
        );
    }

    #[test]
    fn an_article_unlike_all_others_gets_no_answer() {
        let p = [vec![[0.99, 0.01]; 30].concat(), vec![[0.01, 0.99]; 30].concat()].concat();
        let gold = Targets::One { n_classes: 2, classes: [vec![0; 30], vec![1; 30]].concat() };
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        let decided = decision.at(Some(0.9)).unwrap().decide(&[0.6, 0.4]).unwrap();
        assert_eq!(decided, Decided { classes: vec![0], abstention: Some(Abstention::Unlike) });
    }

    #[test]
    fn several_labels_are_given_where_certain_and_withheld_where_not() {
        let (p, gold) = several(3_000, 5);
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        let decider = decision.at(Some(0.9)).unwrap();
        assert_eq!(decider.decide(&[0.99, 0.01]).unwrap(), Decided { classes: vec![0], abstention: None });
        assert_eq!(decider.decide(&[0.01, 0.0]).unwrap(), Decided { classes: vec![], abstention: None });
        let unsure = decider.decide(&[0.5, 0.0]).unwrap();
        assert_eq!(unsure.abstention, Some(Abstention::Ambiguous { possible: vec![0] }));
        // the same article has an answer where less is asked for
        assert_eq!(decision.at(Some(0.5)).unwrap().decide(&[0.65, 0.0]).unwrap().classes, [0]);
        let plain = decision.at(None).unwrap().decide(&[0.99, 0.01]).unwrap();
        assert_eq!((plain.classes, plain.abstention), (vec![0], None));
    }

    #[test]
    fn factors_move_the_answer_where_the_metric_asks_for_it() {
        let mut random = Random::new(3);
        let rare: Vec<f64> = (0..4000).map(|_| random.unit().powi(3)).collect();
        let classes = rare.iter().map(|p| u32::from(random.unit() < *p)).collect();
        let p: Vec<f64> = rare.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let gold = Targets::One { n_classes: 2, classes };
        let by = |metric| Decision::fit(&p, &gold, &DecisionParams { metric, ..DecisionParams::default() }).unwrap();
        assert!(by(Metric::Accuracy).factors().is_empty());
        let decision = by(Metric::BalancedAccuracy);
        assert!(decision.factors()[1] > 1.5 * decision.factors()[0]);
        let decided = decision.at(None).unwrap().decide(&[0.55, 0.45]).unwrap();
        assert_eq!((decided.classes, decision.weighed(&[0.5, 0.5])[0]), (vec![1], 0.5 * decision.factors()[0]));
        assert_eq!(decision.predict(&[0.55, 0.45]).unwrap(), Targets::One { n_classes: 2, classes: vec![1] });
    }

    #[test]
    fn a_decision_survives_being_written_and_a_damaged_one_is_found_out() {
        for (p, gold) in [one(60, 6), several(60, 7)] {
            let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
            decision.check().unwrap();
            let json = serde_json::to_string(&decision).unwrap();
            assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), decision);
            let bytes = bincode::serialize(&decision).unwrap();
            assert_eq!(bincode::deserialize::<Decision>(&bytes).unwrap(), decision);
            for (from, to) in [
                ("\"n_classes\":2", "\"n_classes\":3"),
                ("\"abstain_below\":0.0", "\"abstain_below\":7.0"),
                ("\"factors\":[]", "\"factors\":[1.0]"),
                ("\"factors\":[]", "\"factors\":[1.0,-1.0]"),
                ("\"abstain_below\"", "\"overall\":2,\"abstain_below\""),
                ("\"abstain_below\"", "\"outside\":1,\"abstain_below\""),
            ] {
                let damaged: Decision = serde_json::from_str(&json.replace(from, to)).unwrap();
                assert!(damaged.check().is_err(), "{to}");
            }
        }
    }

    #[test]
    fn impossible_parameters_are_refused() {
        let (p, gold) = several(10, 1);
        let error = |params: DecisionParams| Decision::fit(&p, &gold, &params).is_err();
        assert!(!error(DecisionParams::default()));
        assert!(error(DecisionParams { shrinkage: Some(-1.0), ..DecisionParams::default() }));
        assert!(error(DecisionParams { shrinkage: Some(f64::NAN), ..DecisionParams::default() }));
        assert!(error(DecisionParams { abstain_below: 1.5, ..DecisionParams::default() }));
        assert!(error(DecisionParams { metric: Metric::Brier, ..DecisionParams::default() }));
        assert!(Decision::fit(&p[1..], &gold, &DecisionParams::default()).is_err());
        assert!(Decision::fit(&[], &gold.select(&[]), &DecisionParams::default()).is_err());
        let decision = Decision::fit(&p, &gold, &DecisionParams::default()).unwrap();
        assert!(decision.at(Some(1.0)).is_err() && decision.clone().with_abstain_below(-0.1).is_err());
    }
}
