//! Articles as they are, without their furniture, or their furniture alone.

use rayon::prelude::*;

use super::field::Field;
use crate::article::{Article, Example, Part};
use crate::corpus::Corpus;
use crate::error::Result;
use crate::features::{Document, Scan};
use crate::text::Stretch;
use crate::text::clean::{CleanParams, Cleaner, Context, Mask, RepeatedLines, RepeatedLinesParams, Rule, kept_ranges};

/// What a model reads of an article.
#[derive(Debug, Clone)]
pub(super) struct Doc<'a> {
    stretches: Vec<Stretch<'a>>,
}

impl Document for Doc<'_> {
    fn stretches<'a>(&'a self, _: Scan<'_>) -> Vec<Stretch<'a>> {
        self.stretches.clone()
    }
}

impl<'a> Doc<'a> {
    /// The whole article.
    pub(super) fn whole(article: &'a Article) -> Doc<'a> {
        let of = |part| Stretch::whole(part, article.part(part));
        Doc { stretches: vec![of(Part::Title), of(Part::Text)] }
    }

    /// What no mask covers.
    pub(super) fn kept(article: &'a Article, masks: &[Mask]) -> Doc<'a> {
        let of = |part: Part| {
            let text = article.part(part);
            let ranges = kept_ranges(text.len(), part, masks);
            ranges.into_iter().map(move |range| Stretch { start: range.start, ..Stretch::whole(part, &text[range]) })
        };
        Doc { stretches: of(Part::Title).chain(of(Part::Text)).collect() }
    }

    /// What masks cover.
    pub(super) fn masked(article: &'a Article, masks: &[Mask]) -> Doc<'a> {
        let piece = |mask: &Mask| {
            let text = article.part(mask.part).get(mask.start..mask.end)?;
            Some(Stretch { start: mask.start, ..Stretch::whole(mask.part, text) })
        };
        Doc { stretches: masks.iter().filter_map(piece).collect() }
    }
}

/// The masks of the audited rows.
pub(super) struct Masks {
    /// All rules, and lines that an outlet repeats.
    pub furniture: Vec<Vec<Mask>>,
    /// The names of the own outlet and of all that are known.
    pub names: Vec<Vec<Mask>>,
}

impl Masks {
    pub(super) fn of(corpus: &Corpus, rows: &[usize], outlet: Option<&Field>) -> Result<Masks> {
        let repeated = match outlet {
            Some(field) => {
                let value = |row: usize| field.of[row].map_or("", |v| field.values[v as usize].as_str());
                let articles = rows.iter().map(|&row| (value(row), corpus.examples()[row].article.text()));
                RepeatedLines::fit(articles, &RepeatedLinesParams::default())?
            }
            None => RepeatedLines::default(),
        };
        let cleaner = Cleaner::new(&CleanParams::default())?.with_repeated(repeated);
        let names = Cleaner::new(&CleanParams::none().on(Rule::Outlet).on(Rule::KnownOutlets))?;
        let with = |cleaner: &Cleaner| -> Vec<Vec<Mask>> {
            let mask = |&row: &usize| {
                let Example { article, .. } = &corpus.examples()[row];
                cleaner.mask(article.title(), article.text(), &context(article, row, outlet))
            };
            rows.par_iter().map(mask).collect()
        };
        Ok(Masks { furniture: with(&cleaner), names: with(&names) })
    }
}

/// What the cleaner may know of an article. The audited outlet comes first, since repeated lines are those of it.
fn context<'a>(article: &'a Article, row: usize, outlet: Option<&'a Field>) -> Context<'a> {
    let value = outlet.and_then(|f| f.of[row].map(|v| f.values[v as usize].as_str()));
    let (domain, source) = match outlet.map(|f| f.key.as_str()) {
        Some("domain") | None => (article.field("domain"), article.field("source")),
        Some(_) => (None, value),
    };
    Context { domain, source, language: article.lang() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(doc: &Doc<'_>) -> Vec<String> {
        doc.stretches.iter().map(|s| s.text.to_string()).collect()
    }

    #[test]
    fn what_is_kept_and_what_is_masked_are_the_whole() {
        let article = Article::new("Head", "one two three");
        let masks = [
            Mask { part: Part::Title, start: 0, end: 4, rule: Rule::Outlet },
            Mask { part: Part::Text, start: 4, end: 7, rule: Rule::Outlet },
        ];
        assert_eq!(texts(&Doc::whole(&article)), ["Head", "one two three"]);
        assert_eq!(texts(&Doc::kept(&article, &masks)), ["one ", " three"]);
        assert_eq!(texts(&Doc::masked(&article, &masks)), ["Head", "two"]);
    }

    #[test]
    fn names_of_the_own_outlet_are_masked_and_lines_it_repeats_are_furniture() {
        let rows = ["rain", "snow", "wind", "hail", "fog", "sun"];
        let examples = rows.map(|w| Example {
            article: Article::from_text(format!(
                "Harbour Echo Daily says there will be {w} soon.\nOur blue hall opens at nine"
            ))
            .with_field("domain", "harbourechodaily.example"),
            gold: crate::article::Gold::One("a".into()),
            spans: vec![],
        });
        let corpus = Corpus::from_examples(examples.into()).unwrap();
        let outlet = Field::new("outlet", "domain", &[Some("harbourechodaily.example"); 6]);
        let masks = Masks::of(&corpus, &[0, 1, 2, 3, 4, 5], Some(&outlet)).unwrap();
        let article = &corpus.examples()[0].article;
        assert_eq!(texts(&Doc::masked(article, &masks.names[0])), ["Harbour Echo Daily"]);
        assert!(texts(&Doc::masked(article, &masks.furniture[0])).contains(&"Our blue hall opens at nine".to_string()));
    }
}
