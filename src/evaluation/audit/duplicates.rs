//! Section 1: texts that are nearly the same, and where they should not be.

use serde::Serialize;

use super::field::Field;
use super::fields::Fields;
use super::findings::{AuditCode, Finding, Severity};
use crate::corpus::Corpus;
use crate::error::Result;
use crate::evaluation::{DuplicateParams, near_duplicates};

/// From this similarity on, two texts are called the same.
const COPY: f64 = 0.8;

/// Near-duplicates in all rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DuplicateAudit {
    /// Texts that share much: also page furniture and quoted statements.
    pub near: DuplicateCount,
    /// The same texts: reprints, updates.
    pub copies: DuplicateCount,
    /// ClusterCount of the same text with different labels, the largest first.
    pub contradictions: Vec<LabelContradiction>,
}

/// ClusterCount of texts that are alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DuplicateCount {
    /// The least Jaccard similarity of their shingles.
    pub threshold: f64,
    /// ClusterCount of two rows or more, and their rows.
    pub all: ClusterCount,
    /// The rows of the largest cluster.
    pub largest: usize,
    /// Those of more than one outlet.
    pub across_outlets: Option<ClusterCount>,
    /// Those with more than one label (or set of labels).
    pub across_labels: ClusterCount,
    /// Those in more than one part of each split, by the split's key.
    pub across_splits: Vec<(String, ClusterCount)>,
}

/// How many clusters, and how many rows are in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ClusterCount {
    /// ClusterCount.
    pub clusters: usize,
    /// Rows.
    pub rows: usize,
}

/// One text under different labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelContradiction {
    /// Rows of the cluster.
    pub rows: usize,
    /// A row of each label: label and id.
    pub labels: Vec<(String, String)>,
}

impl DuplicateAudit {
    /// The audit, and the cluster of near-duplicates of each row.
    pub(super) fn of(corpus: &Corpus, fields: &Fields, params: &DuplicateParams) -> Result<(DuplicateAudit, Vec<u32>)> {
        let texts: Vec<&str> = corpus.examples().iter().map(|e| e.article.text()).collect();
        let golds: Vec<Option<String>> = corpus.examples().iter().map(|e| Some(e.gold.labels().join("\n"))).collect();
        // No label at all is a set of labels, too.
        let golds: Vec<Option<String>> = golds.into_iter().map(|g| g.map(|g| format!("={g}"))).collect();
        let labels = Field::new("label", "label", &golds);
        let near = near_duplicates(&texts, params)?;
        let copy = DuplicateParams { threshold: params.threshold.max(COPY), ..params.clone() };
        let copies = near_duplicates(&texts, &copy)?;
        let contradictions = contradictions(corpus, &members(&copies), &labels);
        let found = DuplicateAudit {
            near: DuplicateCount::of(&near, params.threshold, fields, &labels),
            copies: DuplicateCount::of(&copies, copy.threshold, fields, &labels),
            contradictions,
        };
        Ok((found, near))
    }

    pub(super) fn findings(&self, n: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        let share = |rows: usize| rows as f64 / n.max(1) as f64;
        let mut add = |code, severity, clusters: ClusterCount, what: &str, remedy| {
            let percent = 100.0 * share(clusters.rows);
            let figure = format!("{} rows ({percent:.1} %) in {} clusters {what}", clusters.rows, clusters.clusters);
            findings.push(Finding::new(code, severity, share(clusters.rows), figure, remedy));
        };
        let copied = self.copies.across_labels;
        if copied.rows > 0 {
            let severity = if share(copied.rows) >= 0.01 { Severity::Error } else { Severity::Warning };
            let remedy = "read the clusters and correct the labels, or drop all but one row of each";
            add(AuditCode::DuplicatesAcrossLabels, severity, copied, "of the same text have different labels", remedy);
        }
        for (key, clusters) in self.copies.across_splits.iter().filter(|(_, c)| c.rows > 0) {
            let remedy = "keep one row of each cluster, or put whole clusters into one part";
            let severity = if share(clusters.rows) >= 0.01 { Severity::Error } else { Severity::Warning };
            let what = format!("of the same text are in several parts of \"{key}\"");
            add(AuditCode::DuplicatesAcrossSplits, severity, *clusters, &what, remedy);
        }
        if let Some(clusters) = self.copies.across_outlets.filter(|c| c.rows > 0) {
            let remedy = "outlet-disjoint folds need these rows left out of training (Folds::purged)";
            let severity = if share(clusters.rows) >= 0.02 { Severity::Warning } else { Severity::Note };
            add(
                AuditCode::DuplicatesAcrossOutlets,
                severity,
                clusters,
                "of the same text are of several outlets",
                remedy,
            );
        }
        if share(self.near.all.rows) >= 0.01 {
            let severity = if share(self.near.all.rows) >= 0.1 { Severity::Warning } else { Severity::Note };
            let remedy = "keep clusters in one fold: what is learned from one row is tested on its twin";
            add(AuditCode::Duplicates, severity, self.near.all, "are near-duplicates", remedy);
        }
        findings
    }
}

impl DuplicateCount {
    fn of(clusters: &[u32], threshold: f64, fields: &Fields, labels: &Field) -> DuplicateCount {
        let members = members(clusters);
        let across = |field: &Field| {
            let several = |cluster: &&Vec<usize>| {
                let mut values = cluster.iter().filter_map(|&row| field.of[row]);
                let first = values.next();
                values.any(|value| Some(value) != first)
            };
            ClusterCount::of(members.iter().filter(several))
        };
        DuplicateCount {
            threshold,
            all: ClusterCount::of(members.iter()),
            largest: members.iter().map(Vec::len).max().unwrap_or(0),
            across_outlets: fields.outlet.as_ref().map(across),
            across_labels: across(labels),
            across_splits: fields.splits.iter().map(|split| (split.key.clone(), across(split))).collect(),
        }
    }
}

impl ClusterCount {
    fn of<'a>(clusters: impl Iterator<Item = &'a Vec<usize>>) -> ClusterCount {
        clusters.fold(ClusterCount::default(), |sum, cluster| ClusterCount {
            clusters: sum.clusters + 1,
            rows: sum.rows + cluster.len(),
        })
    }
}

/// The rows of each cluster of two or more.
fn members(clusters: &[u32]) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); clusters.iter().max().map_or(0, |&c| c as usize + 1)];
    clusters.iter().enumerate().for_each(|(row, &cluster)| members[cluster as usize].push(row));
    members.retain(|rows: &Vec<usize>| rows.len() > 1);
    members
}

fn contradictions(corpus: &Corpus, members: &[Vec<usize>], labels: &Field) -> Vec<LabelContradiction> {
    let mut found: Vec<LabelContradiction> = Vec::new();
    for rows in members {
        let mut seen: Vec<u32> = Vec::new();
        let mut named = Vec::new();
        for &row in rows {
            let Some(label) = labels.of[row].filter(|label| !seen.contains(label)) else { continue };
            seen.push(label);
            let example = &corpus.examples()[row];
            let names = match example.gold.labels() {
                [] => "no label".to_string(),
                names => names.join(", "),
            };
            named.push((names, example.article.id().to_string()));
        }
        if named.len() > 1 {
            found.push(LabelContradiction { rows: rows.len(), labels: named });
        }
    }
    found.sort_by_key(|c| std::cmp::Reverse(c.rows));
    found
}
