//! The report of an audit, for people.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table};
use slantwise::{
    AuditReport, AuditScore, BatchAudit, ClusterCount, Confounder, DuplicateCount, LabelErrors, ModelScores, Severity,
    TurnedLabel, WithinScores,
};

use crate::cli::scores::{table, text_of};

/// Characters of a line of words.
const WIDTH: usize = 100;
/// Characters of a name in a table.
const NAME: usize = 32;

/// The whole report: the verdict first, and then the figures it rests on.
pub(super) fn report(report: &AuditReport) -> String {
    let parts = [
        head(report),
        verdict(report),
        floors(report),
        report.confounders.iter().map(|c| confounder(report, c)).collect::<Vec<_>>().join("\n"),
        report.model.as_ref().map(model).unwrap_or_default(),
        outlets(report),
        duplicates(report),
        label_errors(&report.label_errors),
        report.batches.iter().map(batches).collect::<Vec<_>>().join("\n"),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn head(report: &AuditReport) -> String {
    let labels: Vec<String> = report.labels.iter().map(|(label, n)| format!("{n} {label}")).collect();
    let mut out = wrapped(&format!("{} articles: {}", report.n, labels.join(", ")), "", "  ");
    let fields: Vec<String> = report
        .fields
        .iter()
        .map(|field| {
            let missing = if field.missing > 0 { format!(", {} rows without", field.missing) } else { String::new() };
            format!("{} \"{}\" ({} values{missing})", field.name, field.key, field.values)
        })
        .collect();
    if !fields.is_empty() {
        out += &wrapped(&format!("looked at: {}", fields.join(", ")), "", "  ");
    }
    let dates = &report.dates;
    if dates.usable + dates.unreadable > 0 && dates.usable < report.n {
        let example = dates.example.as_ref().map_or(String::new(), |e| format!(", such as {e}"));
        let line = format!(
            "dates: {} of {} rows have no usable date ({} none, {} not YYYY, YYYY-MM or YYYY-MM-DD{example})",
            dates.missing + dates.unreadable,
            report.n,
            dates.missing,
            dates.unreadable
        );
        out += &wrapped(&line, "", "  ");
    }
    let sample = report.sample;
    if sample.rows < sample.of {
        let line = format!(
            "models: trained and tested on a sample of {} of {} rows (seed {}; --max-rows takes more)",
            sample.rows, sample.of, sample.seed
        );
        out += &wrapped(&line, "", "  ");
    }
    out
}

fn verdict(report: &AuditReport) -> String {
    if report.findings.is_empty() {
        return "Verdict: nothing found\n".to_string();
    }
    let count = |severity| report.findings.iter().filter(|f| f.severity == severity).count();
    let kinds = [(Severity::Error, "errors"), (Severity::Warning, "warnings"), (Severity::Note, "notes")];
    let counts = kinds.map(|(severity, names)| (count(severity), names)).into_iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> =
        counts.map(|(n, names)| format!("{n} {}", if n == 1 { &names[..names.len() - 1] } else { names })).collect();
    let mut out = format!("Verdict: {}\n\n", counts.join(", "));
    for finding in &report.findings {
        _ = writeln!(out, "{}: {}", finding.severity, finding.code);
        out += &wrapped(&finding.figure, "  ", "  ");
        out += &wrapped(finding.remedy, "  -> ", "     ");
    }
    out
}

fn floors(report: &AuditReport) -> String {
    let languages = report.floors.iter().any(|floor| floor.within_language_auc.is_some());
    let header = ["What tells the label", "rows", "accuracy", "macro-f1", "auc", "auc in one language"];
    let mut rows = table(header.into_iter().take(if languages { 6 } else { 5 }));
    let mut add = |name: String, n: Option<usize>, numbers: [Option<f64>; 4]| {
        let cells = numbers.into_iter().take(if languages { 4 } else { 3 });
        let cells = cells.map(|number| number.map_or(String::new(), three));
        rows.add_row([name, n.map_or(String::new(), |n| n.to_string())].into_iter().chain(cells));
    };
    let chance = &report.chance;
    add("chance".into(), None, [Some(chance.accuracy), Some(chance.macro_f1), Some(chance.roc_auc), None]);
    let names = std::iter::once("most frequent label").chain(report.floors.iter().skip(1).map(|floor| floor.name));
    for (name, floor) in names.zip(&report.floors) {
        let numbers = [Some(floor.accuracy), Some(floor.macro_f1), floor.roc_auc, floor.within_language_auc];
        add(format!("{name} alone"), Some(floor.n), numbers);
    }
    if let Some(model) = &report.model {
        let language = model.within.iter().find(|within| within.name == "language");
        let score = |score: &AuditScore, within| [Some(score.accuracy), Some(score.macro_f1), score.roc_auc, within];
        let random = &model.random;
        let within = language.and_then(|l| l.within_auc);
        add("the model, random folds".to_string(), Some(random.n), score(random, within));
        if let Some(grouped) = &model.grouped {
            let within = language.and_then(|l| l.grouped_within_auc);
            let name = format!("the model, new outlets ({} folds)", model.grouped_folds);
            add(name, Some(grouped.n), score(grouped, within));
        }
    }
    let mut out = text_of(&rows);
    let gap = report.model.as_ref().and_then(|model| model.gap);
    if let Some(gap) = gap {
        let interval = |[low, high]: [f64; 2]| format!("{low:+.3} to {high:+.3}");
        let line = format!(
            "gap: accuracy {:+.3} ({}), macro-F1 {:+.3} ({})",
            gap.accuracy,
            interval(gap.accuracy_interval),
            gap.macro_f1,
            interval(gap.macro_f1_interval)
        );
        out += &wrapped(&line, "", "  ");
    }
    out
}

fn confounder(report: &AuditReport, confounder: &Confounder) -> String {
    let mut out = wrapped(
        &format!(
            "Labels by {} \"{}\": Cramér's V {:.2}, {:.2} bits, {:.0} % of what there is to know; {} of {} values have one label only, beyond chance ({} rows)",
            confounder.name,
            confounder.key,
            confounder.cramers_v,
            confounder.mutual_information,
            100.0 * confounder.explained,
            confounder.determined_values,
            confounder.values,
            confounder.determined_rows
        ),
        "",
        "  ",
    );
    out.push('\n');
    let names = report.labels.iter().map(|(label, _)| short(label));
    // More labels than this make the table too wide to read; and without a tie there is nothing to see.
    if report.labels.len() > 12 || (confounder.cramers_v < 0.1 && confounder.determined_values == 0) {
        return out.trim_end().to_string() + "\n";
    }
    let mut rows = table([confounder.name.to_string(), "rows".into()].into_iter().chain(names).chain(["only".into()]));
    left(&mut rows, report.labels.len() + 2);
    for value in &confounder.table {
        let counts = value.counts.iter().map(usize::to_string);
        let only = value.determined.clone().unwrap_or_default();
        rows.add_row([short(&value.value), value.n.to_string()].into_iter().chain(counts).chain([short(&only)]));
    }
    out += &text_of(&rows);
    let more = confounder.values - confounder.table.len();
    if more > 0 {
        _ = writeln!(out, "and {more} more");
    }
    out
}

fn model(model: &ModelScores) -> String {
    model.within.iter().map(within).collect::<Vec<_>>().join("\n")
}

fn within(scores: &WithinScores) -> String {
    let auc = |auc: Option<f64>| auc.map_or("none".to_string(), |auc| format!("{auc:.3}"));
    let mut line = format!(
        "Scores within each {}: random folds AUC {} over all rows, {} within",
        scores.name,
        auc(scores.pooled_auc),
        auc(scores.within_auc)
    );
    if scores.grouped_pooled_auc.is_some() {
        line += &format!("; new outlets {} and {}", auc(scores.grouped_pooled_auc), auc(scores.grouped_within_auc));
    }
    if scores.one_label_values > 0 {
        line += &format!(
            "; {} values ({} rows) have one label only, so that no AUC can be computed there",
            scores.one_label_values, scores.one_label_rows
        );
    }
    let mut out = wrapped(&line, "", "  ");
    out.push('\n');
    let header = [
        scores.name,
        "rows",
        "accuracy",
        "95 % interval",
        "macro-f1",
        "auc",
        "new outlets",
        "95 % interval",
        "macro-f1",
        "auc",
        "only",
    ];
    let mut rows = table(header);
    left(&mut rows, header.len() - 1);
    for value in &scores.values {
        let mut cells = vec![short(&value.value), value.random.as_ref().map_or(String::new(), |s| s.n.to_string())];
        for score in [&value.random, &value.grouped] {
            let Some(score) = score else {
                cells.extend(std::iter::repeat_n(String::new(), 4));
                continue;
            };
            let interval =
                score.accuracy_interval.map_or(String::new(), |[low, high]| format!("{low:.2} to {high:.2}"));
            let auc = score.roc_auc.map_or("none".to_string(), |auc| format!("{auc:.3}"));
            cells.extend([three(score.accuracy), interval, three(score.macro_f1), auc]);
        }
        cells.push(short(value.only.as_deref().unwrap_or_default()));
        rows.add_row(cells);
    }
    out + &text_of(&rows)
}

fn outlets(report: &AuditReport) -> String {
    let mut out = String::new();
    if let Some(naming) = &report.outlet_naming {
        let line = format!(
            "Naming the outlet ({} largest, {} articles): the largest is {:.1} %, the features name {:.1} %, after cleaning {:.1} %",
            naming.outlets,
            naming.n,
            100.0 * naming.majority,
            100.0 * naming.before,
            100.0 * naming.after
        );
        out += &wrapped(&line, "", "  ");
    }
    if let Some(swap) = &report.outlet_swap {
        let line = format!(
            "Masking the names of outlets: {} of {} articles hold one; {} predictions change, {} from right to wrong and {} from wrong to right",
            swap.masked, swap.n, swap.flipped, swap.right_to_wrong, swap.wrong_to_right
        );
        out += &wrapped(&line, "", "  ");
    }
    if let Some(terms) = &report.outlet_terms {
        let line = format!("Terms of one outlet: {} of the {} strongest", terms.owned, terms.examined);
        out += &wrapped(&line, "", "  ");
        let mut rows = table(["term", "articles", "share", "weight", "for", "outlet"]);
        [4, 5].into_iter().for_each(|column| left(&mut rows, column));
        for t in &terms.terms {
            let percent = format!("{:.0} %", 100.0 * t.share);
            let weight = format!("{:+.3}", t.weight);
            rows.add_row([short(&t.term), t.articles.to_string(), percent, weight, short(&t.label), short(&t.outlet)]);
        }
        if !terms.terms.is_empty() {
            _ = write!(out, "\n{}", text_of(&rows));
        }
    }
    out
}

fn duplicates(report: &AuditReport) -> String {
    let found = &report.duplicates;
    let near = format!("alike ({}+)", found.near.threshold);
    let copies = format!("same ({}+)", found.copies.threshold);
    let mut rows = table(["Near-duplicates".to_string(), near, copies]);
    let cell = |c: ClusterCount| if c.rows == 0 { "none".into() } else { format!("{} rows in {}", c.rows, c.clusters) };
    let mut add = |name: String, of: &dyn Fn(&DuplicateCount) -> Option<ClusterCount>| {
        if let (Some(near), Some(copies)) = (of(&found.near), of(&found.copies)) {
            rows.add_row([name, cell(near), cell(copies)]);
        }
    };
    add("in clusters".into(), &|d| Some(d.all));
    add("across outlets".into(), &|d| d.across_outlets);
    add("across labels".into(), &|d| Some(d.across_labels));
    for (at, (key, _)) in found.near.across_splits.iter().enumerate() {
        add(format!("across {key}"), &|d| d.across_splits.get(at).map(|split| split.1));
    }
    let mut out = text_of(&rows);
    for cluster in &found.contradictions {
        let labels: Vec<String> = cluster.labels.iter().map(|(label, id)| format!("{label} ({id})")).collect();
        out += &wrapped(&format!("one text under {}", labels.join(", ")), "  ", "    ");
    }
    out
}

fn label_errors(errors: &LabelErrors) -> String {
    let folds = if errors.outlet_disjoint { "outlet-disjoint" } else { "random" };
    let auc = errors.roc_auc.map_or(String::new(), |auc| format!(", AUC {auc:.3}"));
    let mut out = format!("Probable label errors: {} of {} rows ({folds} folds{auc})\n", errors.found, errors.n);
    if errors.issues.is_empty() {
        return out;
    }
    let labels = |labels: &[String]| if labels.is_empty() { "none".to_string() } else { short(&labels.join(", ")) };
    let mut rows = table(["id", "given", "p", "likely", "p", "outlet"]);
    [1, 3, 5].into_iter().for_each(|column| left(&mut rows, column));
    for issue in &errors.issues {
        rows.add_row([
            short(&issue.id),
            labels(&issue.given),
            format!("{:.2}", issue.p_given),
            labels(&issue.likely),
            format!("{:.2}", issue.p_likely),
            short(issue.outlet.as_deref().unwrap_or_default()),
        ]);
    }
    _ = write!(out, "\n{}", text_of(&rows));
    out
}

fn batches(audit: &BatchAudit) -> String {
    let mut out = format!("Batches by \"{}\", each ranked by a model of the others\n\n", audit.key);
    let mut rows = table(["batch", "rows", "auc", "worst", "label", "own auc", ""]);
    [4, 6].into_iter().for_each(|column| left(&mut rows, column));
    let number = |auc: Option<f64>| auc.map_or(String::new(), |auc| format!("{auc:.3}"));
    for batch in &audit.batches {
        rows.add_row([
            short(&batch.value),
            batch.n.to_string(),
            batch.roc_auc.map_or("none".to_string(), |auc| format!("{auc:.3}")),
            number(batch.worst_auc),
            short(batch.worst.as_deref().unwrap_or_default()),
            number(batch.own_auc),
            if batch.backwards { "backwards".into() } else { String::new() },
        ]);
    }
    out += &text_of(&rows);
    for ((n, turned), what) in [(&audit.turned_outlets, "outlets"), (&audit.turned_lines, "shared lines")] {
        if *n == 0 {
            continue;
        }
        _ = writeln!(out, "{n} {what} whose label turns:");
        turned.iter().for_each(|t| out += &wrapped(&turn(t), "  ", "    "));
    }
    out
}

fn turn(t: &TurnedLabel) -> String {
    format!(
        "{}: {:.0} % {} in {} ({} rows), {:.0} % elsewhere ({} rows)",
        t.what,
        100.0 * t.share,
        t.label,
        t.batch,
        t.rows,
        100.0 * t.elsewhere_share,
        t.elsewhere_rows
    )
}

fn three(number: f64) -> String {
    format!("{number:.3}")
}

/// A name that fits a column.
fn short(name: &str) -> String {
    let name = crate::cli::output::one_line(name);
    if name.chars().count() <= NAME { name } else { name.chars().take(NAME - 1).chain(['…']).collect() }
}

fn left(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Left);
    }
}

/// Words in lines of about a hundred characters; the first begins with `first`, the others with `rest`.
fn wrapped(words: &str, first: &str, rest: &str) -> String {
    let mut out = first.to_string();
    let (mut width, mut begun) = (first.chars().count(), false);
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if begun && width + 1 + length > WIDTH {
            _ = write!(out, "\n{rest}");
            (width, begun) = (rest.chars().count(), false);
        }
        if begun {
            out.push(' ');
            width += 1;
        }
        out += word;
        (width, begun) = (width + length, true);
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_none_is_lost() {
        let words = "word ".repeat(60);
        let text = wrapped(&words, "-> ", "   ");
        assert!(text.lines().count() == 4 && text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.starts_with("-> word") && text.lines().nth(1).is_some_and(|line| line.starts_with("   word")));
        assert_eq!(text.matches("word").count(), 60);
        let long = "x".repeat(150);
        assert_eq!(wrapped(&long, "", ""), format!("{long}\n"));
    }
}
