//! The sections that need models: counted once, fitted many times.

use super::batches::BatchAudit;
use super::confounders::Floor;
use super::documents::{Doc, Masks};
use super::field::Field;
use super::fields::Fields;
use super::held_out::{HeldOut, counted, grouped_folds, purged, random_folds};
use super::label_errors::LabelErrors;
use super::naming::OutletNaming;
use super::params::AuditParams;
use super::sample;
use super::scores::{ModelScores, Scored};
use super::swap::OutletSwap;
use super::terms::OutletTerms;
use crate::article::Article;
use crate::corpus::Corpus;
use crate::error::Result;
use crate::evaluation::BootstrapParams;
use crate::pipeline::PipelineParams;

/// What models of a corpus, or of a sample of it, show.
pub(super) struct Models {
    pub rows: usize,
    pub scores: Option<ModelScores>,
    pub furniture: Option<Floor>,
    pub naming: Option<OutletNaming>,
    pub terms: Option<OutletTerms>,
    pub swap: Option<OutletSwap>,
    pub errors: LabelErrors,
    pub batches: Vec<BatchAudit>,
}

impl Models {
    pub(super) fn of(
        params: &AuditParams,
        corpus: &Corpus,
        fields: &Fields,
        clusters: &[u32],
        progress: &mut dyn FnMut(&str),
    ) -> Result<Models> {
        let (labels, seed) = (corpus.labels(), params.pipeline.seed);
        let rows = sample::sample(corpus.len(), params.max_rows, seed);
        let articles: Vec<&Article> = rows.iter().map(|&row| &corpus.examples()[row].article).collect();
        let gold = corpus.targets().select(&rows);
        let clusters: Vec<u32> = rows.iter().map(|&row| clusters[row]).collect();
        let outlet = fields.outlet.as_ref().map(|field| field.select(&rows));
        let pipeline = PipelineParams { group_by: None, ..params.pipeline.clone() };

        progress("masking page furniture and names of outlets");
        let masks = Masks::of(corpus, &rows, fields.outlet.as_ref())?;
        progress("counting terms");
        let mut documents: Vec<Doc<'_>> = articles.iter().map(|article| Doc::whole(article)).collect();
        let mut twin = vec![None; rows.len()];
        for (row, names) in masks.names.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
            twin[row] = Some(documents.len());
            documents.push(Doc::kept(articles[row], names));
        }
        let counts = counted(&documents, gold.clone(), labels, &pipeline)?;
        progress("training random folds");
        let n_folds = params.folds.min(rows.len());
        let folds = random_folds(&gold, labels, n_folds, seed)?;
        let random = HeldOut::of(&counts, &purged(folds.clone(), &clusters)?, &twin)?;
        progress("training outlet-disjoint folds");
        let (grouped, grouped_folds) =
            match outlet.as_ref().filter(|field| field.counts().iter().filter(|n| **n > 0).count() > 1) {
                Some(field) => {
                    let folds = grouped_folds(&gold, labels, &field.groups(), n_folds, seed)?;
                    let n = folds.len();
                    (Some(HeldOut::of(&counts, &purged(folds, &clusters)?, &[])?), n)
                }
                None => (None, 0),
            };
        let language = fields.language.as_ref().map(|field| field.select(&rows));
        let within: Vec<&Field> = [&language, &outlet].into_iter().flatten().collect();
        let scored = Scored {
            labels,
            gold: &gold,
            random: &random,
            grouped: grouped.as_ref(),
            outlet: outlet.as_ref(),
            bootstrap: &BootstrapParams { seed, ..params.bootstrap.clone() },
        };
        let scores = scored.scores(&within, grouped_folds, params.top)?;
        progress("training on page furniture alone");
        let masked: Vec<Doc<'_>> =
            articles.iter().zip(&masks.furniture).map(|(article, masks)| Doc::masked(article, masks)).collect();
        let of_furniture = HeldOut::of(&counted(&masked, gold.clone(), labels, &pipeline)?, &folds, &[])?;
        let furniture = Floor::furniture(&of_furniture, &gold, labels, language.as_ref())?;
        progress("training to name the outlet");
        let naming = match &outlet {
            Some(field) => OutletNaming::of(&articles, &masks, field, &pipeline)?,
            None => None,
        };
        let terms = match &outlet {
            Some(field) => Some(OutletTerms::of(&counts, &documents, field, language.as_ref(), params.top)?),
            None => None,
        };
        progress("training on all batches but one");
        let batch = |field: &Field| BatchAudit::of(field, fields, corpus, &rows, &counts, (n_folds, params.top));
        Ok(Models {
            rows: rows.len(),
            scores,
            furniture,
            naming,
            terms,
            swap: outlet.as_ref().map(|_| OutletSwap::of(&random, &gold)),
            errors: LabelErrors::of(&random, grouped.as_ref(), &gold, corpus, &rows, outlet.as_ref(), params.top),
            batches: fields.batches.iter().map(batch).collect::<Result<_>>()?,
        })
    }
}
