//! The honest scores of the cards: cross-validated, with events and outlets kept apart.

use std::collections::BTreeMap;

use slantwise::{BootstrapParams, Crossval, CrossvalParams, Evaluation, Metric, Result, Targets, Task, group_ids};

use crate::data::{GROUP, ORIGIN};
use crate::recipes::Recipe;

/// Prints the scores on the articles of each origin and language, by models that have seen neither their event nor their outlet.
pub(crate) fn score(recipe: &Recipe) -> Result<()> {
    let mut run = recipe.params.crossval(&recipe.corpus, &CrossvalParams::default())?;
    if let Some((label, threshold)) = recipe.overall {
        gate(recipe, &mut run, label, threshold);
    }
    println!("## {}: {} articles\n", recipe.name, recipe.corpus.len());
    println!("| articles | n | {} | 95 % of the first | ECE |", metrics(recipe).map(|m| m.to_string()).join(" | "));
    println!("|---|---:|---:|---:|---|---:|");
    let field = |row: usize, key: &str| recipe.corpus.examples()[row].article.field(key).unwrap_or("").to_string();
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, &row) in run.tested.iter().enumerate() {
        let (origin, lang) = (field(row, ORIGIN), field(row, "lang"));
        parts.entry(format!("{origin}, {lang}")).or_default().push(place);
        parts.entry(origin).or_default().push(place);
    }
    for (name, places) in &parts {
        println!("| {name} | {} |", line(recipe, &run, places)?);
    }
    if recipe.name == "ukraine-stance" {
        let real =
            |place: &usize| field(run.tested[*place], ORIGIN) != "own" && field(run.tested[*place], "lang") == "en";
        let places: Vec<usize> = (0..run.tested.len()).filter(real).collect();
        println!(
            "\nReal English articles, pro-kremlin ranked above pro-ukraine: AUC {:.3}",
            auc(recipe, &run, &places)
        );
    }
    if let Some(class) = recipe.overall.and_then(|(label, _)| recipe.corpus.labels().class(label)) {
        println!("\nPropaganda or not, sentence by sentence:\n");
        for (name, places) in &parts {
            println!("* {name}: macro-F1 {:.3}", binary_macro_f1(recipe, &run, places, class));
        }
    }
    println!();
    Ok(())
}

/// Decides as the model does: no label without the overall one, which has a threshold of its own.
fn gate(recipe: &Recipe, run: &mut Crossval, label: &str, threshold: f64) {
    let k = recipe.corpus.labels().len();
    let (Some(class), Targets::Several { flags, .. }) = (recipe.corpus.labels().class(label), &mut run.predicted)
    else {
        return;
    };
    for (flags, probabilities) in flags.chunks_exact_mut(k).zip(run.probabilities.chunks_exact(k)) {
        if f64::from(probabilities[class]) >= threshold {
            flags[class] = true;
        } else {
            flags.fill(false);
        }
    }
}

/// The mean of the F1 of having and of lacking a label.
fn binary_macro_f1(recipe: &Recipe, run: &Crossval, places: &[usize], class: usize) -> f64 {
    let targets = recipe.corpus.targets();
    let mut counts = [[0usize; 2]; 2];
    for &place in places {
        counts[usize::from(targets.has(run.tested[place], class))][usize::from(run.predicted.has(place, class))] += 1;
    }
    let f1 = |k: usize| {
        let wrong = counts[0][1] + counts[1][0];
        2.0 * counts[k][k] as f64 / (2 * counts[k][k] + wrong).max(1) as f64
    };
    (f1(0) + f1(1)) / 2.0
}

fn metrics(recipe: &Recipe) -> [Metric; 2] {
    match recipe.corpus.task() {
        Task::One => [Metric::Accuracy, Metric::MacroF1],
        Task::Several => [Metric::MicroF1, Metric::MacroF1],
    }
}

/// The scores of some of the tested articles: number, metrics, interval of the first by groups, calibration error.
fn line(recipe: &Recipe, run: &Crossval, places: &[usize]) -> Result<String> {
    let rows: Vec<usize> = places.iter().map(|&place| run.tested[place]).collect();
    let gold: Targets = recipe.corpus.targets().select(&rows);
    let predicted = run.predicted.select(places);
    let k = recipe.corpus.labels().len();
    let probabilities: Vec<f32> =
        places.iter().flat_map(|&place| &run.probabilities[place * k..(place + 1) * k]).copied().collect();
    let key = |&row: &usize| recipe.corpus.examples()[row].article.field(GROUP);
    let groups = group_ids(GROUP, rows.iter().map(key))?;
    let several = groups.iter().any(|&group| group > 1);
    let evaluation = Evaluation::new(recipe.corpus.labels(), &gold, &predicted)?.with_probabilities(&probabilities)?;
    let scores = evaluation.scores();
    let [first, second] = metrics(recipe);
    let interval = match evaluation.intervals(&[first], Some(&groups), &BootstrapParams::default()) {
        Ok(found) if several => found.first().map_or(String::new(), |(_, [a, b])| format!("{a:.3} to {b:.3}")),
        _ => String::new(),
    };
    let show = |metric| scores.get(metric).map_or_else(|| "-".to_string(), |v| format!("{v:.3}"));
    let ece = scores.ece.map_or_else(|| "-".to_string(), |v| format!("{v:.3}"));
    Ok(format!("{} | {} | {} | {interval} | {ece}", rows.len(), show(first), show(second)))
}

/// The share of pairs of a pro-kremlin and a pro-ukraine article in which the first has the larger odds of pro-kremlin.
fn auc(recipe: &Recipe, run: &Crossval, places: &[usize]) -> f64 {
    let labels = recipe.corpus.labels();
    let (Some(first), Some(second)) = (labels.class("pro-kremlin"), labels.class("pro-ukraine")) else {
        return f64::NAN;
    };
    let targets = recipe.corpus.targets();
    let odds = |place: usize| {
        let of = |class: usize| f64::from(run.probabilities[place * labels.len() + class]).max(1e-12).ln();
        of(first) - of(second)
    };
    let of_class = |class: usize| -> Vec<f64> {
        places.iter().filter(|&&p| targets.has(run.tested[p], class)).map(|&p| odds(p)).collect()
    };
    let (positive, negative) = (of_class(first), of_class(second));
    let won =
        |p: f64| negative.iter().map(|&n| if p > n { 1.0 } else { 0.5 * f64::from(u8::from(p == n)) }).sum::<f64>();
    positive.iter().map(|&p| won(p)).sum::<f64>() / (positive.len() * negative.len()) as f64
}
