//! Label sets that hold the right answer with a probability that is promised.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::evaluation::{check_targets, same_size};
use crate::label::{Targets, Task};

/// Order statistics kept of each list; more are thinned out, so that a model file stays small.
const KEPT: usize = 400;

/// Split-conformal prediction: from out-of-fold probabilities to sets with a coverage guarantee.
///
/// A probability that a class had where it was right is compared with those it has now: a class is left out of the
/// set only where its probability is lower than it was for all but a share of 1 − coverage of the articles of that
/// class. Taken by class (Mondrian), the promise holds within each class, not only on average. Classes of fewer than
/// 1 / (1 − coverage) − 1 articles are judged together, as one cluster: for them the promise holds on average. Where all of them together
/// are too few, they can't be left out at all.
///
/// With n articles of a class and nonconformity aᵢ = 1 − pᵢ, the class stays while a ≤ the ⌈(n + 1) · coverage⌉-th
/// smallest aᵢ. Then P(right answer in the set) ≥ coverage, whatever the classifier, as long as the new articles are
/// exchangeable with those that were used here: **not** where they come from outlets, times or languages that these
/// did not, unless the probabilities were out of fold by those groups.
///
/// Several labels are as many questions with the answers yes and no: each question's set of answers holds the right
/// one with the probability promised, among the articles that have the label, and among those that lack it.
///
/// References: Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005; Sadinle, Lei, Wasserman: Least
/// ambiguous set-valued classifiers with bounded error levels, JASA 114, 2019; Ding, Angelopoulos, Bates, Jordan, Tibshirani: Class-conditional
/// conformal prediction with many classes, NeurIPS 2023 (clusters of classes).
///
/// ```
/// use slantwise::{Conformal, Targets};
///
/// let probabilities: Vec<f64> = (0..40).flat_map(|i| [0.6 + 0.01 * i as f64, 0.4 - 0.01 * i as f64]).collect();
/// let flipped: Vec<f64> = probabilities.iter().rev().copied().collect();
/// let gold = Targets::One { n_classes: 2, classes: [vec![0; 40], vec![1; 40]].concat() };
/// let conformal = Conformal::fit(&[probabilities, flipped].concat(), &gold)?;
/// let sets = conformal.at(0.9)?;
/// assert_eq!(sets.possible(&[0.9, 0.1]), [0]);
/// assert!(sets.possible(&[0.5, 0.5]).is_empty());
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conformal {
    task: Task,
    /// One class: a list a class. Several labels: lists of the articles with each label, then of those without.
    lists: Vec<Ranks>,
}

/// Ascending nonconformity scores, thinned to certain ranks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ranks {
    /// How many there were.
    n: u64,
    /// Those of the ranks ⌈n · j / kept⌉ for j = 1 … kept, rounded upwards to 32 bits.
    values: Vec<f32>,
}

impl Ranks {
    fn new(mut scores: Vec<f64>) -> Ranks {
        scores.sort_by(f64::total_cmp);
        let (n, kept) = (scores.len(), scores.len().min(KEPT));
        let values = (1..=kept).map(|j| up(scores[(n * j).div_ceil(kept) - 1])).collect();
        Ranks { n: n as u64, values }
    }

    /// Several lists as one.
    fn together<'a>(lists: impl Iterator<Item = &'a Ranks>) -> Ranks {
        let scores = lists.flat_map(|list| {
            let (n, kept) = (list.n as usize, list.values.len());
            // A value that was kept stands for those thinned out before it.
            let until = move |j: usize| (n * j).div_ceil(kept.max(1));
            let values = list.values.iter().enumerate();
            values.flat_map(move |(j, &value)| std::iter::repeat_n(f64::from(value), until(j + 1) - until(j)))
        });
        Ranks::new(scores.collect())
    }

    /// The ⌈(n + 1) · coverage⌉-th smallest, or the next greater that was kept; infinite where there are too few.
    fn quantile(&self, coverage: f64) -> f64 {
        let rank = ((self.n + 1) as f64 * coverage - 1e-9).ceil().max(1.0) as u64;
        if rank > self.n {
            return f64::INFINITY;
        }
        // the first j with ⌈n · j / kept⌉ ≥ rank
        let kept = self.values.len() as u128;
        let at = ((u128::from(rank) - 1) * kept / u128::from(self.n)) as usize;
        self.values.get(at).map_or(f64::INFINITY, |&v| f64::from(v))
    }
}

/// The least 32-bit number that is not below.
fn up(x: f64) -> f32 {
    let near = x as f32;
    if f64::from(near) < x { near.next_up() } else { near }
}

impl Conformal {
    /// Of no articles at all: nothing can be left out of a set.
    pub(super) fn untrained(task: Task, n_classes: usize) -> Conformal {
        let n = if task == Task::One { n_classes } else { 2 * n_classes };
        Conformal { task, lists: vec![Ranks::new(Vec::new()); n] }
    }

    /// Learns from out-of-fold probabilities, row after row with one a class, and their gold.
    ///
    /// # Errors
    /// [`Error::Shape`] where the sizes differ; [`Error::Param`] where a probability is not in [0, 1], or a class is
    /// out of range.
    pub fn fit(probabilities: &[f64], gold: &Targets) -> Result<Conformal> {
        check_targets(gold)?;
        let (n, k) = (gold.n_samples(), gold.n_classes());
        same_size("probabilities", n * k, probabilities.len())?;
        super::check_probabilities(probabilities)?;
        let list = |class: usize, has: bool| {
            let rows = (0..n).filter(|&row| gold.has(row, class) == has);
            let p = rows.map(|row| probabilities[row * k + class]);
            Ranks::new(p.map(|p| if has { 1.0 - p } else { p }).collect())
        };
        let with = (0..k).map(|class| list(class, true));
        let lists = match gold.task() {
            Task::One => with.collect(),
            Task::Several => with.chain((0..k).map(|class| list(class, false))).collect(),
        };
        Ok(Conformal { task: gold.task(), lists })
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        match self.task {
            Task::One => self.lists.len(),
            Task::Several => self.lists.len() / 2,
        }
    }

    /// The sets of a coverage, between 0 and 1.
    ///
    /// # Errors
    /// [`Error::Param`] where it is out of range.
    pub fn at(&self, coverage: f64) -> Result<ConformalSets> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(Error::param("coverage", coverage, "between 0 and 1"));
        }
        let limits = |lists: &[Ranks]| -> Vec<f64> {
            let alone: Vec<f64> = lists.iter().map(|list| list.quantile(coverage)).collect();
            let rare = lists.iter().zip(&alone).filter(|(_, limit)| limit.is_infinite()).map(|(list, _)| list);
            let together = Ranks::together(rare).quantile(coverage);
            alone.into_iter().map(|limit| if limit.is_infinite() { together } else { limit }).collect()
        };
        let (yes, no) = self.lists.split_at(self.n_classes());
        Ok(ConformalSets { yes: limits(yes), no: limits(no) })
    }

    /// Checks what a file can't promise: lists that are whole, ascending and in range.
    ///
    /// # Errors
    /// [`Error::Param`] where they are not.
    pub fn check(&self) -> Result<()> {
        let whole = |list: &Ranks| {
            list.values.len() as u64 == list.n.min(KEPT as u64)
                && list.values.windows(2).all(|w| w[0] <= w[1])
                && list.values.iter().all(|v| (0.0..=1.0).contains(v))
        };
        let even = self.task == Task::One || self.lists.len().is_multiple_of(2);
        if even && self.lists.iter().all(whole) {
            Ok(())
        } else {
            Err(Error::param("conformal", "a damaged list", "ascending numbers from 0 to 1"))
        }
    }
}

/// The label sets of one coverage.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformalSets {
    /// The greatest 1 − p with which each class stays possible.
    yes: Vec<f64>,
    /// The greatest p with which each label's absence stays possible; empty for one class.
    no: Vec<f64>,
}

/// What a label's probability allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The article has the label.
    Yes,
    /// The article lacks it.
    No,
    /// Both are possible.
    Unsure,
    /// Neither fits: the probability lies where that of hardly any article did.
    Odd,
}

impl ConformalSets {
    /// The classes that are possible for an article, in ascending order: one where the model is sure, several where it
    /// is not, none where the article is unlike all that were seen. `probabilities` has one a class.
    pub fn possible(&self, probabilities: &[f64]) -> Vec<u32> {
        let stays = |(class, p): (usize, &f64)| (1.0 - p <= self.yes[class]).then_some(class as u32);
        probabilities.iter().take(self.yes.len()).enumerate().filter_map(stays).collect()
    }

    /// What can be said of each label. For one class, a class that stays possible is never excluded for certain, so that
    /// its verdict is `Unsure`.
    pub fn verdicts(&self, probabilities: &[f64]) -> Vec<Verdict> {
        let of = |(class, p): (usize, &f64)| {
            let yes = 1.0 - p <= self.yes[class];
            let no = self.no.get(class).is_none_or(|limit| p <= limit);
            match (yes, no) {
                (true, true) => Verdict::Unsure,
                (true, false) => Verdict::Yes,
                (false, true) => Verdict::No,
                (false, false) => Verdict::Odd,
            }
        };
        probabilities.iter().take(self.yes.len()).enumerate().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    /// Probabilities of a poor and badly calibrated classifier of three unequal classes.
    fn one(random: &mut Random, n: usize) -> (Vec<f64>, Targets) {
        let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let class = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][random.below(10)];
            let mut p: Vec<f64> =
                (0..3).map(|c| (2.0 * random.normal() + f64::from(u8::from(c == class as usize))).exp()).collect();
            let sum: f64 = p.iter().sum();
            p.iter_mut().for_each(|p| *p /= sum);
            probabilities.extend(p);
            classes.push(class);
        }
        (probabilities, Targets::One { n_classes: 3, classes })
    }

    /// The mean over many draws of the coverage, which the theory is about, class by class; and the mean set size.
    #[test]
    fn each_class_is_covered_as_promised_and_hardly_more() {
        let mut random = Random::new(8);
        for coverage in [0.6, 0.9] {
            let (mut covered, mut all, mut size) = ([0_usize; 3], [0_usize; 3], 0);
            for _ in 0..300 {
                let (probabilities, gold) = one(&mut random, 200);
                let sets = Conformal::fit(&probabilities, &gold).unwrap().at(coverage).unwrap();
                let (fresh, answers) = one(&mut random, 100);
                for (row, p) in fresh.chunks_exact(3).enumerate() {
                    let possible = sets.possible(p);
                    size += possible.len();
                    for class in 0..3 {
                        if answers.has(row, class) {
                            all[class] += 1;
                            covered[class] += usize::from(possible.contains(&(class as u32)));
                        }
                    }
                }
            }
            for class in 0..3 {
                let share = covered[class] as f64 / all[class] as f64;
                // at least the promise, at most 1 / (n + 1) more, n being about 20 for the smallest class
                assert!(share > coverage - 0.015 && share < coverage + 0.06, "{coverage} {class}: {share}");
            }
            assert!(size < 30_000 * 3 - 2_000, "all classes always: {size}");
        }
    }

    #[test]
    fn both_answers_of_each_label_are_covered_as_promised() {
        let mut random = Random::new(9);
        let draw = |random: &mut Random, n: usize| {
            let (mut probabilities, mut flags) = (Vec::new(), Vec::new());
            for _ in 0..n {
                for rate in [0.5, 0.1] {
                    let has = random.unit() < rate;
                    let z = 1.5 * random.normal() + if has { 1.0 } else { -1.0 };
                    probabilities.push(1.0 / (1.0 + (-z).exp()));
                    flags.push(has);
                }
            }
            (probabilities, Targets::Several { n_classes: 2, flags })
        };
        let (mut covered, mut all) = ([0_usize; 4], [0_usize; 4]);
        for _ in 0..300 {
            let (probabilities, gold) = draw(&mut random, 200);
            let sets = Conformal::fit(&probabilities, &gold).unwrap().at(0.8).unwrap();
            let (fresh, answers) = draw(&mut random, 100);
            for (row, p) in fresh.chunks_exact(2).enumerate() {
                for (class, verdict) in sets.verdicts(p).into_iter().enumerate() {
                    let has = answers.has(row, class);
                    let right = if has { Verdict::Yes } else { Verdict::No };
                    let cell = class * 2 + usize::from(has);
                    all[cell] += 1;
                    covered[cell] += usize::from(verdict == right || verdict == Verdict::Unsure);
                }
            }
        }
        for cell in 0..4 {
            let share = covered[cell] as f64 / all[cell] as f64;
            assert!(share > 0.785 && share < 0.86, "{cell}: {share}");
        }
    }

    #[test]
    fn a_class_of_too_few_articles_is_never_left_out() {
        // 8 articles: (8 + 1) · 0.9 = 8.1, so the ninth smallest would be needed
        let gold = Targets::One { n_classes: 2, classes: [vec![0; 100], vec![1; 8]].concat() };
        let probabilities: Vec<f64> = [vec![[0.9, 0.1]; 100].concat(), [[0.2, 0.8]; 8].concat()].concat();
        let conformal = Conformal::fit(&probabilities, &gold).unwrap();
        assert_eq!(conformal.at(0.9).unwrap().possible(&[1.0, 0.0]), [0, 1]);
        assert_eq!(conformal.at(0.8).unwrap().possible(&[1.0, 0.0]), [0]);
        assert!(conformal.at(0.8).unwrap().possible(&[0.5, 0.5]).is_empty());
    }

    /// One class in two is common; the others share the rest, three or four articles each. Their coverage over many draws is the promised one,
    /// together, and no set holds all of them.
    #[test]
    fn classes_of_few_articles_are_covered_together() {
        const K: usize = 31;
        let mut random = Random::new(10);
        let draw = |random: &mut Random, n: usize| {
            let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
            for _ in 0..n {
                let class = if random.unit() < 0.5 { 0 } else { 1 + random.below(K - 1) };
                let mut p: Vec<f64> =
                    (0..K).map(|c| (random.normal() + if c == class { 2.0 } else { 0.0 }).exp()).collect();
                let sum: f64 = p.iter().sum();
                p.iter_mut().for_each(|p| *p /= sum);
                probabilities.extend(p);
                classes.push(class as u32);
            }
            (probabilities, Targets::One { n_classes: K, classes })
        };
        let (mut covered, mut all, mut size, mut n) = (0, 0, 0, 0);
        for _ in 0..100 {
            let (probabilities, gold) = draw(&mut random, 200);
            let sets = Conformal::fit(&probabilities, &gold).unwrap().at(0.9).unwrap();
            let (fresh, answers) = draw(&mut random, 100);
            for (row, p) in fresh.chunks_exact(K).enumerate() {
                let possible = sets.possible(p);
                size += possible.len();
                n += 1;
                if !answers.has(row, 0) {
                    all += 1;
                    covered += usize::from(possible.iter().any(|&class| answers.has(row, class as usize)));
                }
            }
        }
        let (share, size) = (f64::from(covered as u32) / f64::from(all), size as f64 / f64::from(n));
        assert!(share > 0.885 && share < 0.93, "{share}");
        assert!(size < 0.7 * K as f64, "{size} labels a set");
    }

    #[test]
    fn lists_together_are_the_list_of_all() {
        let (few, many): (Vec<f64>, Vec<f64>) =
            ((0..7).map(|i| 0.1 * f64::from(i)).collect(), (0..999).map(|i| f64::from(i) / 1e3).collect());
        let apart = [Ranks::new(few.clone()), Ranks::new(many.clone())];
        let (together, of_all) = (Ranks::together(apart.iter()), Ranks::new([few, many].concat()));
        assert_eq!((together.n, of_all.n), (1006, 1006));
        for coverage in [0.1, 0.5, 0.9, 0.99] {
            let (found, exact) = (together.quantile(coverage), of_all.quantile(coverage));
            assert!(found >= exact - 1e-9 && found <= exact + 3.0 / KEPT as f64, "{coverage}: {found} {exact}");
        }
        assert_eq!(Ranks::together([].iter()).quantile(0.5), f64::INFINITY);
    }

    #[test]
    fn impossible_input_is_refused_and_files_are_checked() {
        let gold = Targets::One { n_classes: 2, classes: vec![0, 1] };
        assert!(Conformal::fit(&[0.5; 3], &gold).is_err());
        assert!(Conformal::fit(&[0.5, 0.5, 1.5, 0.5], &gold).is_err());
        assert!(Conformal::fit(&[0.5, 0.5, f64::NAN, 0.5], &gold).is_err());
        let conformal = Conformal::fit(&[0.5; 4], &gold).unwrap();
        for coverage in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(conformal.at(coverage).is_err());
        }
        conformal.check().unwrap();
        let json = serde_json::to_string(&conformal).unwrap();
        assert_eq!(serde_json::from_str::<Conformal>(&json).unwrap(), conformal);
        let damaged: Conformal = serde_json::from_str(&json.replace("\"n\":1", "\"n\":2")).unwrap();
        assert!(damaged.check().is_err());
    }

    proptest! {
        #[test]
        fn thinning_never_lowers_a_quantile_and_hardly_raises_it(n in 1_usize..5_000, coverage in 0.01_f64..0.999) {
            let scores: Vec<f64> = (0..n).map(|i| i as f64 / n as f64).collect();
            let ranks = Ranks::new(scores.clone());
            let rank = ((n + 1) as f64 * coverage).ceil() as usize;
            let found = ranks.quantile(coverage);
            if rank > n {
                prop_assert_eq!(found, f64::INFINITY);
            } else {
                let exact = scores[rank - 1];
                prop_assert!(found >= exact && found <= exact + 2.0 / KEPT as f64, "{} {}", found, exact);
            }
        }
    }
}
