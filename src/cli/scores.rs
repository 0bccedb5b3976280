//! Scores as tables for people, and as gates for scripts.

use comfy_table::{CellAlignment, Table, presets};
use slantwise::{Article, BootstrapParams, Evaluation, Metric, Scores, group_ids};

use super::Outcome;
use super::console::Console;

/// More classes than this make the table of confusions too wide to read.
const MOST_CONFUSED: usize = 12;

/// A table without lines; all columns but the first hold numbers.
pub(super) fn table(header: impl IntoIterator<Item = impl Into<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.into_iter().map(Into::into).collect::<Vec<String>>());
    for column in table.column_iter_mut() {
        // Two spaces between columns, none before the first.
        let first = column.index == 0;
        column.set_padding((if first { 0 } else { 2 }, 0));
        column.set_cell_alignment(if first { CellAlignment::Left } else { CellAlignment::Right });
    }
    table
}

/// A table as text: lines without spaces at their ends.
pub(super) fn text_of(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The scores with 95 % intervals of those that count decisions. Where articles share a value under `group_by`, such
/// values are drawn instead of articles.
pub(super) fn with_intervals<'a>(
    evaluation: &Evaluation<'_>,
    articles: impl Iterator<Item = &'a Article>,
    group_by: Option<&str>,
    seed: u64,
) -> anyhow::Result<Scores> {
    let mut scores = evaluation.scores();
    let metrics = [Metric::Accuracy, Metric::MacroF1, Metric::MicroF1, Metric::BalancedAccuracy];
    // A corpus to be measured on may lack the key that the model was trained with.
    let groups = group_by.and_then(|key| group_ids(key, articles.map(|article| article.field(key))).ok());
    let n_groups = groups.as_ref().map_or(scores.n, |groups| groups.iter().max().map_or(0, |g| u64::from(*g) + 1));
    if n_groups > 1 {
        let params = BootstrapParams { seed, ..BootstrapParams::default() };
        scores.interval = evaluation.intervals(&metrics, groups.as_deref(), &params)?;
    }
    Ok(scores)
}

/// The scores of all articles with their intervals, and beside them those of the worst and the best fold.
pub(super) fn overview(scores: &Scores, folds: &[Scores]) -> String {
    let header = ["score", "value", "95 % interval", "lowest fold", "highest fold"];
    let mut rows = table(header.into_iter().take(if folds.is_empty() { 3 } else { 5 }));
    for metric in Metric::ALL {
        let Some(value) = scores.get(metric) else { continue };
        let interval = scores.interval.iter().find(|(of, _)| *of == metric);
        let interval = interval.map_or(String::new(), |(_, [low, high])| format!("{low:.4} to {high:.4}"));
        let mut row = vec![metric.name().replace('_', "-"), format!("{value:.4}"), interval];
        let of_folds: Vec<f64> = folds.iter().filter_map(|fold| fold.get(metric)).collect();
        if !of_folds.is_empty() {
            row.push(format!("{:.4}", of_folds.iter().copied().fold(f64::INFINITY, f64::min)));
            row.push(format!("{:.4}", of_folds.iter().copied().fold(f64::NEG_INFINITY, f64::max)));
        }
        rows.add_row(row);
    }
    text_of(&rows)
}

/// The scores of each label.
pub(super) fn per_label(scores: &Scores) -> String {
    let mut rows = table(["label", "precision", "recall", "f1", "articles"]);
    for (label, s) in &scores.per_label {
        let number = |x: f64| format!("{x:.3}");
        rows.add_row([label.clone(), number(s.precision), number(s.recall), number(s.f1), s.support.to_string()]);
    }
    text_of(&rows)
}

/// Which class was taken for which; empty for several labels, and where there are too many classes.
pub(super) fn confusion(scores: &Scores) -> String {
    let Some(counts) = scores.confusion.as_ref().filter(|counts| counts.len() <= MOST_CONFUSED) else {
        return String::new();
    };
    let names = || scores.per_label.iter().map(|(label, _)| label.clone());
    let mut rows = table(std::iter::once("is \\ labelled".to_string()).chain(names()));
    for (name, row) in names().zip(counts) {
        rows.add_row(std::iter::once(name).chain(row.iter().map(u64::to_string)));
    }
    text_of(&rows)
}

/// Whether the scores pass; each that does not is named.
pub(super) fn gate(scores: &Scores, gates: &[(Metric, f64)], console: &Console) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for &(metric, least) in gates {
        let Some(value) = scores.get(metric) else {
            anyhow::bail!("{metric} does not exist for these labels; gate on another score");
        };
        if value < least {
            console.failed(format_args!("{metric} is {value:.4}, under {least}"));
            outcome = Outcome::GateFailed;
        }
    }
    Ok(outcome)
}
