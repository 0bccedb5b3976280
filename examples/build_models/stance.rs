//! What is measured of ukraine-stance alone.

use std::collections::BTreeMap;

use slantwise::{Crossval, CrossvalParams, Evaluation, Example, Result};

use crate::data::ORIGIN;
use crate::recipes::Recipe;
use crate::score::{crossval, macro_f1, parts};

/// Draws of folds that scores are the mean of: one draw is a point or two off.
const DRAWS: u64 = 5;

/// Prints the scores on our own texts, and how well real English articles are ranked, as means over several draws of the folds.
pub(crate) fn score(recipe: &Recipe) -> Result<()> {
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for seed in 1..=DRAWS {
        let mut params = CrossvalParams::default();
        params.split.seed = seed;
        let run = crossval(recipe, &params)?;
        for (name, places) in parts(recipe, &run).iter().filter(|(name, _)| name.starts_with("own")) {
            let rows: Vec<usize> = places.iter().map(|&place| run.tested[place]).collect();
            let gold = recipe.corpus.targets().select(&rows);
            let predicted = run.predicted.select(places);
            let evaluation = Evaluation::new(recipe.corpus.labels(), &gold, &predicted)?;
            *sums.entry(format!("macro-F1, {name}")).or_insert(0.0) += macro_f1(&evaluation.scores()).unwrap_or(0.0);
        }
        let real = |place: &usize| {
            let article = &recipe.corpus.examples()[run.tested[*place]].article;
            article.field(ORIGIN) != Some("own") && article.field("lang") == Some("en")
        };
        let places: Vec<usize> = (0..run.tested.len()).filter(real).collect();
        let ranked = "AUC of pro-kremlin above pro-ukraine, real English articles";
        *sums.entry(ranked.to_string()).or_insert(0.0) += auc(recipe, &run, &places, |_, _| true);
        let topics: Vec<[bool; TOPICS.len()]> = recipe.corpus.examples().iter().map(topics).collect();
        let alike = |a: usize, b: usize| topics[run.tested[a]] == topics[run.tested[b]];
        *sums.entry(format!("{ranked}, pairs with the same topic words")).or_insert(0.0) +=
            auc(recipe, &run, &places, alike);
    }
    println!("\nMeans of {DRAWS} draws of the folds:\n");
    sums.iter().for_each(|(name, sum)| println!("* {name}: {:.3}", sum / DRAWS as f64));
    Ok(())
}

/// Words that say what an article is about, whoever tells it.
const TOPICS: [&str; 8] = ["ukrain", "nato", "sanction", "syria", "crimea", "missile", "election", "gas"];

/// Which of the topic words an article has.
fn topics(example: &Example) -> [bool; TOPICS.len()] {
    let text = example.article.text().to_lowercase();
    TOPICS.map(|topic| text.contains(topic))
}

/// The share of pairs of a pro-kremlin and a pro-ukraine article in which the first has the larger odds of pro-kremlin, over the pairs that count.
fn auc(recipe: &Recipe, run: &Crossval, places: &[usize], counts: impl Fn(usize, usize) -> bool) -> f64 {
    let labels = recipe.corpus.labels();
    let (Some(first), Some(second)) = (labels.class("pro-kremlin"), labels.class("pro-ukraine")) else {
        return f64::NAN;
    };
    let targets = recipe.corpus.targets();
    let odds = |place: usize| {
        let of = |class: usize| f64::from(run.probabilities[place * labels.len() + class]).max(1e-12).ln();
        of(first) - of(second)
    };
    let of_class = |class: usize| -> Vec<(usize, f64)> {
        places.iter().filter(|&&p| targets.has(run.tested[p], class)).map(|&p| (p, odds(p))).collect()
    };
    let (positive, negative) = (of_class(first), of_class(second));
    let (mut won, mut pairs) = (0.0, 0.0);
    for &(a, p) in &positive {
        for &(_, n) in negative.iter().filter(|(b, _)| counts(a, *b)) {
            won += if p > n { 1.0 } else { 0.5 * f64::from(u8::from(p == n)) };
            pairs += 1.0;
        }
    }
    won / pairs
}
