//! Corpora with one thing planted in each: it must be found, and nothing in a corpus without.

use super::*;
use crate::article::{Article, Example, Gold};
use crate::error::Error;
use crate::random::Random;

/// A row to be: its label, outlet, and what else it says.
#[derive(Clone)]
struct Row {
    /// The label whose words the text is made of.
    meant: usize,
    /// The label that it is given.
    given: usize,
    outlet: usize,
    wave: usize,
    lang: &'static str,
    /// Put before the words.
    lead: String,
}

const LABELS: [&str; 2] = ["against", "for"];
/// Words of each label; equally long, or the length of a text would tell its label.
const WORDS: [&str; 2] = ["folly", "bloom"];

/// 480 rows of eight outlets and three waves: label, outlet and wave are independent.
fn rows() -> Vec<Row> {
    let row = |i: usize| Row {
        meant: i % 2,
        given: i % 2,
        outlet: i / 2 % 8,
        wave: i / 16 % 3,
        lang: "en",
        lead: String::new(),
    };
    (0..480).map(row).collect()
}

/// Sixty words of a common stock, and five out of the label's own twenty.
fn text(row: &Row, random: &mut Random) -> String {
    let mut words: Vec<String> = (0..60).map(|_| format!("{}common{}", row.lang, random.below(400))).collect();
    words.extend((0..5).map(|_| format!("{}{}", WORDS[row.meant], random.below(20))));
    random.shuffle(&mut words);
    format!("{} {}", row.lead, words.join(" "))
}

fn corpus(rows: &[Row]) -> Corpus {
    let mut random = Random::new(7);
    let example = |(i, row): (usize, &Row)| Example {
        article: Article::from_text(text(row, &mut random))
            .with_id(format!("row-{i}"))
            .with_field("domain", format!("outlet{}.example", row.outlet))
            .with_field("lang", row.lang)
            .with_field("wave", row.wave.to_string()),
        gold: Gold::One(LABELS[row.given].to_string()),
        spans: vec![],
    };
    Corpus::from_examples(rows.iter().enumerate().map(example).collect()).unwrap()
}

fn audit(rows: &[Row]) -> AuditReport {
    Audit::params().run(&corpus(rows)).unwrap()
}

fn codes(report: &AuditReport) -> Vec<AuditCode> {
    report.findings.iter().map(|f| f.code).collect()
}

fn finding(report: &AuditReport, code: AuditCode) -> &Finding {
    let found = report.findings.iter().find(|f| f.code == code);
    found.unwrap_or_else(|| panic!("{code} is not among {:#?}", report.findings))
}

#[test]
fn a_clean_corpus_gives_no_finding() {
    let report = audit(&rows());
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    let model = report.model.unwrap();
    assert!(model.random.accuracy > 0.9 && model.grouped.unwrap().accuracy > 0.9);
    assert!(report.batches[0].batches.iter().all(|b| b.roc_auc.unwrap() > 0.9), "{:?}", report.batches);
    assert_eq!((report.n, report.sample.rows, report.chance.accuracy), (480, 480, 0.5));
}

#[test]
fn a_leaking_outlet_is_found_with_the_gap_and_its_terms() {
    let mut rows = rows();
    for row in &mut rows {
        // The label is the outlet's, and the text tells the outlet only.
        (row.given, row.meant) = (row.outlet % 2, usize::from(row.wave == 0));
        row.lead = format!("desk{} reports", row.outlet);
    }
    let report = audit(&rows);
    assert_eq!(finding(&report, AuditCode::OutletLeak).severity, Severity::Error);
    let outlet = report.floors.iter().find(|f| f.name == "outlet").unwrap();
    assert_eq!(outlet.accuracy, 1.0);
    let model = report.model.as_ref().unwrap();
    assert!(model.random.accuracy > 0.95, "{:?}", model.random);
    assert!(model.grouped.as_ref().unwrap().accuracy < 0.65, "{:?}", model.grouped);
    assert!(model.gap.unwrap().accuracy_interval[0] > 0.2, "{:?}", model.gap);
    finding(&report, AuditCode::OutletFingerprint);
    finding(&report, AuditCode::OutletTerms);
    let terms = report.outlet_terms.as_ref().unwrap();
    assert!(terms.terms.iter().any(|t| t.term.starts_with("desk") && t.share == 1.0), "{terms:?}");
    let confounder = report.confounders.iter().find(|c| c.name == "outlet").unwrap();
    assert_eq!((confounder.determined_values, confounder.determined_rows), (8, 480));
    let outlets = model.within.iter().find(|w| w.name == "outlet").unwrap();
    assert_eq!((outlets.within_auc, outlets.one_label_rows), (None, 480));
}

#[test]
fn names_of_outlets_that_decide_are_found_by_masking_them() {
    let mut rows = rows();
    for row in &mut rows {
        (row.given, row.meant) = (row.outlet % 2, usize::from(row.wave == 0));
        row.lead = format!("outlet{}.example reports", row.outlet);
    }
    let report = audit(&rows);
    let swap = report.outlet_swap.unwrap();
    assert_eq!((swap.n, swap.masked), (480, 480));
    assert!(swap.flipped > 100 && swap.right_to_wrong > 100, "{swap:?}");
    assert_eq!(finding(&report, AuditCode::OutletNames).severity, Severity::Error);
}

#[test]
fn a_language_that_decides_is_found_and_scores_within_it_are_apart() {
    let mut rows = rows();
    for (i, row) in rows.iter_mut().enumerate() {
        row.lang = ["en", "ru", "uk"][i / 2 % 3];
        match row.lang {
            "en" => (row.given, row.meant) = (1, 1),
            "ru" => (row.given, row.meant) = (0, 0),
            // In Ukrainian the words say nothing about the label.
            _ => row.meant = i / 6 % 2,
        }
    }
    let report = audit(&rows);
    let found = finding(&report, AuditCode::LanguageConfound);
    assert_eq!(found.severity, Severity::Error);
    assert!(found.figure.contains("every en row is for, every ru row is against"), "{}", found.figure);
    let model = report.model.as_ref().unwrap();
    let within = model.within.iter().find(|w| w.name == "language").unwrap();
    assert!(within.pooled_auc.unwrap() > 0.75, "{within:?}");
    assert!((0.35..0.65).contains(&within.within_auc.unwrap()), "{within:?}");
    assert_eq!((within.one_label_values, within.one_label_rows), (2, 320));
    let english = within.values.iter().find(|v| v.value == "en").unwrap();
    assert_eq!((english.only.as_deref(), english.random.as_ref().unwrap().roc_auc), (Some("for"), None));
}

#[test]
fn a_swapped_batch_is_found_by_itself() {
    let mut rows = rows();
    rows.iter_mut().filter(|row| row.wave == 2).for_each(|row| row.given = 1 - row.meant);
    let report = audit(&rows);
    let found = finding(&report, AuditCode::SwappedBatch);
    assert!(found.figure.starts_with("\"wave\" = 2:"), "{}", found.figure);
    assert_eq!(report.findings.iter().filter(|f| f.code == AuditCode::SwappedBatch).count(), 1);
    let batch = report.batches[0].batches.iter().find(|b| b.value == "2").unwrap();
    assert!(batch.worst_auc.unwrap() < 0.2 && batch.own_auc.unwrap() > 0.8, "{batch:?}");
}

#[test]
fn an_outlet_and_its_banner_under_both_labels_are_found() {
    let mut rows = rows();
    for row in rows.iter_mut().filter(|row| row.outlet == 3) {
        (row.given, row.meant) = (usize::from(row.wave == 1), usize::from(row.wave == 1));
        row.lead = "Read our little paper every morning with your tea\n".to_string();
    }
    let report = audit(&rows);
    let batches = &report.batches[0];
    assert_eq!((batches.turned_outlets.0, batches.turned_lines.0), (1, 1));
    let turned = &batches.turned_outlets.1[0];
    assert_eq!((turned.what.as_str(), turned.batch.as_str(), turned.label.as_str()), ("outlet3.example", "1", "for"));
    assert_eq!((turned.share, turned.elsewhere_share), (1.0, 0.0));
    assert!(batches.turned_lines.1[0].what.starts_with("Read our little paper"));
    finding(&report, AuditCode::ContradictingOutlet);
    finding(&report, AuditCode::ContradictingBoilerplate);
}

#[test]
fn wrong_labels_are_found_and_ranked() {
    let mut rows = rows();
    let wrong: Vec<usize> = (0..480).filter(|i| i % 24 == 5).collect();
    wrong.iter().for_each(|&i| rows[i].given = 1 - rows[i].meant);
    let report = Audit::params().top(40).run(&corpus(&rows)).unwrap();
    assert_eq!(finding(&report, AuditCode::LabelErrors).severity, Severity::Warning);
    let issues = &report.label_errors.issues;
    let hits = issues.iter().filter(|issue| wrong.contains(&issue.row)).count();
    assert!(hits >= 15 && issues.len() <= hits + 2, "{hits} of {} in {}", wrong.len(), issues.len());
    assert!(issues.iter().take(10).all(|issue| wrong.contains(&issue.row)));
    let first = &issues[0];
    assert_eq!(first.id, format!("row-{}", first.row));
    assert!(first.p_likely > first.p_given && first.given != first.likely);
    assert_eq!(first.outlet.as_deref(), Some(format!("outlet{}.example", rows[first.row].outlet).as_str()));
}

#[test]
fn the_same_text_under_different_labels_outlets_and_splits_is_found() {
    let mut examples = corpus(&rows()).into_examples();
    for example in &mut examples {
        let part = if example.article.id().ends_with(['0', '1']) { "test" } else { "train" };
        example.article = example.article.clone().with_field("split", part);
    }
    for i in 0..6 {
        let text = examples[i * 10].article.text().to_string() + " updated";
        let twin = &mut examples[i * 10 + 5];
        let fields = ["domain", "lang", "wave", "split"].map(|k| (k, twin.article.field(k).unwrap().to_string()));
        let id = twin.article.id().to_string();
        twin.article = fields.into_iter().fold(Article::from_text(text).with_id(id), |a, (k, v)| a.with_field(k, v));
    }
    let report = Audit::params().top(4).run(&Corpus::from_examples(examples).unwrap()).unwrap();
    let copies = &report.duplicates.copies;
    assert_eq!((copies.all.clusters, copies.all.rows, copies.across_labels.clusters), (6, 12, 6));
    assert_eq!((copies.across_outlets.unwrap().clusters, copies.across_splits[0].1.clusters), (6, 6));
    assert_eq!(report.duplicates.contradictions.len(), 4);
    let ids = &report.duplicates.contradictions[0].labels;
    assert_eq!(ids, &[("against".to_string(), "row-0".to_string()), ("for".to_string(), "row-5".to_string())]);
    for code in [
        AuditCode::DuplicatesAcrossLabels,
        AuditCode::DuplicatesAcrossSplits,
        AuditCode::DuplicatesAcrossOutlets,
        AuditCode::Duplicates,
    ] {
        finding(&report, code);
    }
}

#[test]
fn topic_length_and_furniture_that_decide_are_found() {
    let examples = corpus(&rows()).into_examples().into_iter().enumerate().map(|(i, example)| {
        let against = i % 2 == 0;
        let text = if against { &example.article.text()[..300] } else { example.article.text() };
        let foot = if against { "Subscribe to our newsletter" } else { "Share on Facebook" };
        let article = Article::from_text(format!("{text}.\n{foot}"))
            .with_field("domain", example.article.field("domain").unwrap())
            .with_field("lang", "en")
            .with_field("about", if against { "roads" } else { "trams" });
        Example { article, ..example }
    });
    let corpus = Corpus::from_examples(examples.collect()).unwrap();
    let report = Audit::params().topic("about").run(&corpus).unwrap();
    for code in [AuditCode::TopicConfound, AuditCode::LengthConfound, AuditCode::FurnitureLeak] {
        assert_eq!(finding(&report, code).severity, Severity::Error);
    }
}

#[test]
fn several_labels_are_audited_alike() {
    let several = |leak: bool| {
        let examples = corpus(&rows()).into_examples().into_iter().zip(rows()).map(|(example, row)| {
            let mut labels = vec!["a"];
            labels.truncate(row.meant);
            labels.extend((leak && row.outlet % 2 == 0).then_some("b"));
            labels.extend((!leak && row.outlet == row.wave).then_some("b"));
            let lead = if leak {
                format!("desk{} ", row.outlet)
            } else {
                ["plain ", "berries "][labels.contains(&"b") as usize].into()
            };
            let fields = ["domain", "lang", "wave"].map(|k| (k, example.article.field(k).unwrap().to_string()));
            let article = Article::from_text(lead + example.article.text());
            let article = fields.into_iter().fold(article, |a, (k, v)| a.with_field(k, v));
            Example { article, gold: Gold::several(labels), spans: vec![] }
        });
        Audit::params().run(&Corpus::from_examples(examples.collect()).unwrap()).unwrap()
    };
    let leaking = several(true);
    finding(&leaking, AuditCode::OutletLeak);
    let gap = leaking.model.unwrap().gap.unwrap();
    assert!(gap.accuracy > 0.1, "{gap:?}");
    let clean = several(false);
    assert!(!clean.has(AuditCode::LanguageConfound) && !clean.has(AuditCode::SwappedBatch), "{:?}", codes(&clean));
}

#[test]
fn a_sample_is_stated_and_everything_that_can_be_is_of_all_rows() {
    let report = Audit::params().max_rows(200).seed(3).run(&corpus(&rows())).unwrap();
    assert_eq!((report.sample.rows, report.sample.of, report.sample.seed), (200, 480, 3));
    assert_eq!((report.floors[0].n, report.model.unwrap().random.n), (480, 200));
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let corpus = corpus(&rows()[..200]);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| serde_json::to_string(&Audit::params().run(&corpus).unwrap()).unwrap())
    };
    assert_eq!(with(1), with(3));
}

fn without(key: &str, rows: impl Fn(usize) -> bool) -> Corpus {
    let examples = corpus(&rows_of_few()).into_examples().into_iter().enumerate().map(|(i, mut example)| {
        if rows(i) {
            example.article = Article::from_text(example.article.text()).with_id(example.article.id()).with_field(
                if key == "domain" { "lang" } else { "domain" },
                example.article.field(if key == "domain" { "lang" } else { "domain" }).unwrap(),
            );
        }
        example
    });
    Corpus::from_examples(examples.collect()).unwrap()
}

fn rows_of_few() -> Vec<Row> {
    rows()[..160].to_vec()
}

#[test]
fn a_group_key_that_is_missing_or_alone_is_named_or_noted() {
    let some = without("domain", |i| i == 7);
    let error = Audit::params().group_by("domain").run(&some).unwrap_err();
    assert!(
        matches!(&error, Error::Split(_)) && error.to_string().contains("row 7: no value under the key \"domain\"")
    );
    // What was not asked for is no error, but a note.
    let report = Audit::params().run(&some).unwrap();
    let note = finding(&report, AuditCode::NoOutlets);
    assert!(note.figure.contains("1 of 160 rows have no \"domain\" (the first is row-7)"), "{}", note.figure);
    assert!(report.model.unwrap().grouped.is_none() && report.outlet_terms.is_none());

    let nowhere = Audit::params().group_by("outlet").run(&some).unwrap_err().to_string();
    assert!(nowhere.contains("the key \"outlet\" is missing") && nowhere.contains("keys here: domain, lang, wave"));
    let one = Audit::params().group_by("lang").run(&corpus(&rows())).unwrap_err().to_string();
    assert!(one.contains("all rows have the value \"en\" under the key \"lang\""), "{one}");
    let topic = Audit::params().topic("about").run(&some).unwrap_err().to_string();
    assert!(topic.contains("the key \"about\" is missing, and --topic needs it"), "{topic}");
    let batch = Audit::params().batch("lang").run(&corpus(&rows())).unwrap_err().to_string();
    assert!(batch.contains("lang (1 values)") && batch.contains("2 to 100"), "{batch}");
}

#[test]
fn fewer_groups_than_folds_and_rare_labels_are_named() {
    let mut rows = rows();
    rows.iter_mut().for_each(|row| row.outlet %= 3);
    let few = corpus(&rows);
    let error = Audit::params().group_by("domain").run(&few).unwrap_err().to_string();
    assert!(error.contains("5 folds need at least 5 groups, found 3; use fewer folds"), "{error}");
    let report = Audit::params().run(&few).unwrap();
    finding(&report, AuditCode::FewOutlets);
    assert_eq!(report.model.unwrap().grouped_folds, 3);

    let mut examples = corpus(&super::tests::rows()).into_examples();
    examples[4].gold = Gold::One("unsure".to_string());
    let report = Audit::params().run(&Corpus::from_examples(examples).unwrap()).unwrap();
    let rare = finding(&report, AuditCode::RareLabel);
    assert!(rare.figure.contains("\"unsure\" (1)"), "{}", rare.figure);
    let one = corpus(&super::tests::rows()).into_examples().into_iter().step_by(2).collect();
    let error = Audit::params().run(&Corpus::from_examples(one).unwrap()).unwrap_err();
    assert!(matches!(error, Error::TooFewClasses { .. }));
}

#[test]
fn labels_of_one_outlet_each_have_no_score_for_new_outlets() {
    let mut rows = rows();
    rows.iter_mut().for_each(|row| row.outlet = row.given);
    let report = audit(&rows);
    let leak = finding(&report, AuditCode::OutletLeak);
    assert!(leak.figure.contains("no outlet-disjoint score can be computed"), "{}", leak.figure);
    assert!(report.model.unwrap().grouped.is_none());
}

#[test]
fn dates_that_cannot_be_read_are_counted_and_no_error() {
    let examples = corpus(&rows()).into_examples().into_iter().enumerate().map(|(i, mut example)| {
        if i > 10 {
            let date = if i < 20 { "7/23/17".to_string() } else { format!("20{:02}-03-04", 10 + i / 4 % 4) };
            example.article = example.article.with_field("date", date);
        }
        example
    });
    let report = Audit::params().run(&Corpus::from_examples(examples.collect()).unwrap()).unwrap();
    let dates = &report.dates;
    assert_eq!((dates.usable, dates.missing, dates.unreadable), (460, 11, 9));
    assert_eq!(dates.example.as_deref(), Some("7/23/17"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let years = report.batches.iter().find(|b| b.key == "date (year)").unwrap();
    assert_eq!((years.values, years.missing), (4, 20));
}

#[test]
fn a_backwards_batch_of_outlets_of_its_own_is_not_called_swapped() {
    let mut rows = rows();
    for row in rows.iter_mut().filter(|row| row.wave == 2) {
        (row.given, row.outlet) = (1 - row.meant, row.outlet + 10);
    }
    let report = audit(&rows);
    assert_eq!(finding(&report, AuditCode::BackwardsBatch).severity, Severity::Warning);
    assert!(!report.has(AuditCode::SwappedBatch));
    let batch = report.batches[0].batches.iter().find(|b| b.value == "2").unwrap();
    assert_eq!((batch.backwards, batch.known_outlets), (true, Some(0.0)));
}

#[test]
fn words_of_the_only_outlet_of_a_language_are_not_called_its_own() {
    let mut rows = rows();
    for row in rows.iter_mut().filter(|row| row.outlet == 0) {
        (row.lang, row.given, row.meant) = ("ro", 1, 1);
    }
    let terms = audit(&rows).outlet_terms.unwrap();
    assert!(terms.terms.iter().all(|t| t.outlet != "outlet0.example"), "{terms:?}");
}

#[test]
fn a_model_that_cannot_judge_accuses_nobody() {
    let mut rows = rows();
    // The words say nothing about the label.
    rows.iter_mut().enumerate().for_each(|(i, row)| row.meant = i / 2 % 2);
    let report = audit(&rows);
    assert!(report.label_errors.found > 50 && !report.has(AuditCode::LabelErrors), "{:?}", report.findings);
}
