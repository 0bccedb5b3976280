//! The honest scores of the cards: cross-validated, with events and outlets kept apart.

use std::collections::BTreeMap;

use slantwise::{
    BootstrapParams, Crossval, CrossvalParams, Evaluation, Metric, Result, Scores, Targets, Task, group_ids,
};

use crate::data::{GROUP, ORIGIN};
use crate::recipes::Recipe;
use crate::stance;
use crate::subjects::ELSEWHERE;

/// Prints the scores on the articles of each origin and language, by models that have seen neither their event nor their outlet.
pub(crate) fn score(recipe: &Recipe) -> Result<()> {
    let run = crossval(recipe, &CrossvalParams::default())?;
    println!("## {}: {} articles\n", recipe.name, recipe.corpus.len());
    println!("| articles | n | {} | 95 % of the first | ECE |", metrics(recipe).map(|m| m.to_string()).join(" | "));
    println!("|---|---:|---:|---:|---|---:|");
    let parts = parts(recipe, &run);
    for (name, places) in &parts {
        println!("| {name} | {} |", line(recipe, &run, places)?);
    }
    if recipe.name == "ukraine-stance" {
        stance::score(recipe)?;
    }
    println!();
    for (name, places) in parts.iter().filter(|(name, _)| name.starts_with(ELSEWHERE)) {
        let silent = places.iter().filter(|&&place| is_silent(recipe, &run, place)).count();
        println!("* {name}: {silent} of {} get no label", places.len());
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

/// Cross-validates a model, with the decisions of the finished one.
pub(crate) fn crossval(recipe: &Recipe, params: &CrossvalParams) -> Result<Crossval> {
    let mut run = recipe.params.crossval(&recipe.corpus, params)?;
    if let Some((label, threshold)) = recipe.overall {
        gate(recipe, &mut run, label, threshold);
    }
    if let Some(label) = recipe.outside {
        leave_out(recipe, &mut run, label);
    }
    Ok(run)
}

/// Where among the tested articles those of each origin are, and those of each origin and language.
pub(crate) fn parts(recipe: &Recipe, run: &Crossval) -> BTreeMap<String, Vec<usize>> {
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, &row) in run.tested.iter().enumerate() {
        let field = |key: &str| recipe.corpus.examples()[row].article.field(key).unwrap_or("").to_string();
        parts.entry(format!("{}, {}", field(ORIGIN), field("lang"))).or_default().push(place);
        parts.entry(field(ORIGIN)).or_default().push(place);
    }
    parts
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

/// Decides as the model does: the class outside where it is more likely than not, else the most likely of the others.
fn leave_out(recipe: &Recipe, run: &mut Crossval, label: &str) {
    let k = recipe.corpus.labels().len();
    let (Some(outside), Targets::One { classes, .. }) = (recipe.corpus.labels().class(label), &mut run.predicted)
    else {
        return;
    };
    for (class, probabilities) in classes.iter_mut().zip(run.probabilities.chunks_exact(k)) {
        let others = (0..k).filter(|&class| class != outside);
        let best = others.max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        *class = if probabilities[outside] > 0.5 { outside } else { best.unwrap_or(outside) } as u32;
    }
}

/// Whether the model says nothing of an article: no label, the class outside, or too unsure.
fn is_silent(recipe: &Recipe, run: &Crossval, place: usize) -> bool {
    let k = recipe.corpus.labels().len();
    match &run.predicted {
        Targets::Several { .. } => (0..k).all(|class| !run.predicted.has(place, class)),
        Targets::One { classes, .. } => {
            let class = classes[place] as usize;
            let outside = recipe.outside.and_then(|label| recipe.corpus.labels().class(label));
            let confidence = f64::from(run.probabilities[place * k + class]);
            outside == Some(class) || confidence < recipe.params.decision.abstain_below
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

/// The mean F1 of the labels that these articles have, which need not be all.
pub(crate) fn macro_f1(scores: &Scores) -> Option<f64> {
    let found: Vec<f64> = scores.per_label.iter().filter(|(_, of)| of.support > 0).map(|(_, of)| of.f1).collect();
    (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64)
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
    let show = |metric| match metric {
        Metric::MacroF1 => macro_f1(&scores).map_or_else(|| "-".to_string(), |v| format!("{v:.3}")),
        _ => scores.get(metric).map_or_else(|| "-".to_string(), |v| format!("{v:.3}")),
    };
    let ece = scores.ece.map_or_else(|| "-".to_string(), |v| format!("{v:.3}"));
    Ok(format!("{} | {} | {} | {interval} | {ece}", rows.len(), show(first), show(second)))
}
