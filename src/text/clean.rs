//! Cleaning: what surrounds an article on its page is masked, rule by rule.
//!
//! A mask names a piece of the title or body and the rule that took it; the text itself is never
//! changed, so every offset stays good. What the model reads is the rest
//! ([`kept_ranges`]). Most rules look at whole lines: the phrases of the rule files in
//! `clean/rules/`, the place of the line on the page, and its neighbours. A sentence that merely
//! holds such a phrase is not touched.

mod chars;
mod dateline;
mod eight;
mod fold;
mod head;
mod inline;
mod layout;
mod line;
mod marks;
mod mask;
mod names;
mod needles;
mod outlets;
mod params;
mod pass;
mod pattern;
mod phrases;
mod repeated;
mod rows;
mod rule;
mod rulefile;
mod signs;

pub use mask::{Mask, kept_ranges};
pub use params::CleanParams;
pub use repeated::{RepeatedLines, RepeatedLinesParams};
pub use rule::Rule;

use crate::error::Result;
use outlets::{Outlets, Own};
use pass::Pass;

/// What is known of an article besides its words. All of it may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// The outlet's domain or the article's URL.
    pub domain: Option<&'a str>,
    /// The outlet's name, or its domain.
    pub source: Option<&'a str>,
    /// The language as a two-letter code. Bylines of one short word ("von", "par") are recognised
    /// in articles of their language only.
    pub language: Option<&'a str>,
}

/// Masks what is not the article. Made from [`CleanParams`], used for any number of articles, from
/// any number of threads.
///
/// ```
/// use slantwise::{CleanContext, CleanParams, Cleaner, kept_ranges, Part};
///
/// let text = "World\nThe bridge was opened on Monday after ten years.\nSubscribe\nLeave a Reply";
/// let cleaner = Cleaner::new(&CleanParams::default())?;
/// let masks = cleaner.mask(None, text, &CleanContext::default());
/// let kept: Vec<&str> = kept_ranges(text.len(), Part::Text, &masks).into_iter().map(|r| text[r].trim()).collect();
/// assert_eq!(kept.concat(), "The bridge was opened on Monday after ten years.");
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cleaner {
    params: CleanParams,
    repeated: RepeatedLines,
}

impl Cleaner {
    /// A cleaner with these parameters; an error where they are out of range.
    pub fn new(params: &CleanParams) -> Result<Cleaner> {
        params.check()?;
        Ok(Cleaner { params: params.clone(), repeated: RepeatedLines::default() })
    }

    /// Also masks lines that were found to repeat in a corpus.
    #[must_use]
    pub fn with_repeated(mut self, repeated: RepeatedLines) -> Cleaner {
        self.repeated = repeated;
        self
    }

    /// The masks of an article: sorted, not overlapping, title first.
    ///
    /// Time and memory are linear in the length of the article.
    pub fn mask(&self, title: Option<&str>, text: &str, context: &Context<'_>) -> Vec<Mask> {
        let own = if self.params.applies(Rule::Outlet) {
            Outlets::known().own(context.domain, context.source)
        } else {
            Own::default()
        };
        let mut pass = Pass::new(self, context, own);
        if let Some(title) = title {
            pass.title(title);
        }
        pass.text(title, text);
        mask::normalise(pass.masks)
    }
}
