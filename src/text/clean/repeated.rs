//! Lines that outlets repeat from article to article, learned from a corpus.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::Context;
use super::fold::fold;
use super::line::lines;
use crate::error::{Error, Result};

/// When a line counts as repeated.
///
/// | parameter | default | range | meaning |
/// |---|---|---|---|
/// | `min_count` | 5 | ≥ 2 articles | articles of one outlet that have the line |
/// | `min_outlets` | 2 | ≥ 2 outlets | outlets that repeat a line, from which it is masked in every article |
/// | `max_chars` | 400 | 20 to 10,000 | longer lines are not counted |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RepeatedLinesParams {
    min_count: u32,
    min_outlets: u32,
    max_chars: usize,
}

impl Default for RepeatedLinesParams {
    fn default() -> RepeatedLinesParams {
        RepeatedLinesParams { min_count: 5, min_outlets: 2, max_chars: 400 }
    }
}

impl RepeatedLinesParams {
    /// Sets how many articles of an outlet must have the line.
    #[must_use]
    pub fn min_count(mut self, articles: u32) -> RepeatedLinesParams {
        self.min_count = articles;
        self
    }

    /// Sets how many outlets must repeat a line for it to be masked everywhere.
    #[must_use]
    pub fn min_outlets(mut self, outlets: u32) -> RepeatedLinesParams {
        self.min_outlets = outlets;
        self
    }

    /// Sets the length of the longest line that is counted.
    #[must_use]
    pub fn max_chars(mut self, chars: usize) -> RepeatedLinesParams {
        self.max_chars = chars;
        self
    }

    /// Whether the values are in their ranges.
    pub fn check(&self) -> Result<()> {
        if self.min_count < 2 {
            return Err(Error::param("min_count", self.min_count, "at least 2 articles"));
        }
        if self.min_outlets < 2 {
            return Err(Error::param("min_outlets", self.min_outlets, "at least 2 outlets"));
        }
        if !(20..=10_000).contains(&self.max_chars) {
            return Err(Error::param("max_chars", self.max_chars, "20 to 10000 characters"));
        }
        Ok(())
    }
}

/// The repeated lines of a corpus. Only hashes are kept (xxh3 of the folded line, digits alike), no text.
///
/// ```
/// use slantwise::{RepeatedLines, RepeatedLinesParams};
///
/// let weather = ["rain", "snow", "wind", "hail", "fog"].into_iter().zip(1..);
/// let articles = weather.map(|(w, i)| ("example.org", format!("Tomorrow brings {w}.\nOur hall is open 9 to {i}")));
/// let repeated = RepeatedLines::fit(articles, &RepeatedLinesParams::default())?;
/// assert_eq!(repeated.len(), 1);
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatedLines {
    /// Hashes of the lines of each outlet, sorted.
    outlets: BTreeMap<String, Vec<u64>>,
    /// Hashes of lines that several outlets repeat, sorted.
    everywhere: Vec<u64>,
    max_chars: usize,
}

impl RepeatedLines {
    /// Counts the lines of each outlet's articles. Articles whose outlet is empty are passed over.
    ///
    /// A line counts once an article. The order of the articles does not matter.
    pub fn fit<O: AsRef<str>, T: AsRef<str>>(
        articles: impl IntoIterator<Item = (O, T)>,
        params: &RepeatedLinesParams,
    ) -> Result<RepeatedLines> {
        params.check()?;
        let mut counts: BTreeMap<String, FxHashMap<u64, u32>> = BTreeMap::new();
        for (outlet, text) in articles {
            let key = key(outlet.as_ref());
            if key.is_empty() {
                continue;
            }
            let outlet = counts.entry(key).or_default();
            let mut seen = FxHashSet::default();
            for line in lines(text.as_ref()).iter().filter(|l| l.chars <= params.max_chars) {
                if let Some(hash) = hash(line.text)
                    && seen.insert(hash)
                {
                    *outlet.entry(hash).or_insert(0) += 1;
                }
            }
        }
        let mut n_outlets: BTreeMap<u64, u32> = BTreeMap::new();
        let mut outlets = BTreeMap::new();
        for (outlet, counts) in counts {
            let mut hashes: Vec<u64> =
                counts.into_iter().filter(|(_, n)| *n >= params.min_count).map(|(hash, _)| hash).collect();
            hashes.sort_unstable();
            for &hash in &hashes {
                *n_outlets.entry(hash).or_insert(0) += 1;
            }
            if !hashes.is_empty() {
                outlets.insert(outlet, hashes);
            }
        }
        let everywhere =
            n_outlets.into_iter().filter(|(_, n)| *n >= params.min_outlets).map(|(hash, _)| hash).collect();
        Ok(RepeatedLines { outlets, everywhere, max_chars: params.max_chars })
    }

    /// How many lines are known, over all outlets.
    pub fn len(&self) -> usize {
        self.outlets.values().map(Vec::len).sum()
    }

    /// Whether no line is known.
    pub fn is_empty(&self) -> bool {
        self.outlets.is_empty()
    }

    /// Whether hashes are sorted, as look-ups need it; to be asked of what was read from a file.
    pub fn is_valid(&self) -> bool {
        let sorted = |hashes: &[u64]| hashes.windows(2).all(|w| w[0] < w[1]);
        sorted(&self.everywhere) && self.outlets.values().all(|h| sorted(h))
    }

    /// The lines that count for an article.
    pub(super) fn of(&self, context: &Context<'_>) -> OutletLines<'_> {
        let own = [context.domain, context.source]
            .into_iter()
            .flatten()
            .find_map(|outlet| self.outlets.get(&key(outlet)))
            .map_or(&[][..], Vec::as_slice);
        OutletLines { own, everywhere: &self.everywhere, max_chars: self.max_chars }
    }
}

/// The repeated lines that count for one article.
pub(super) struct OutletLines<'a> {
    own: &'a [u64],
    everywhere: &'a [u64],
    max_chars: usize,
}

impl OutletLines<'_> {
    pub(super) fn holds(&self, line: &str) -> bool {
        if (self.own.is_empty() && self.everywhere.is_empty()) || line.len() > 4 * self.max_chars {
            return false;
        }
        hash(line)
            .is_some_and(|hash| self.own.binary_search(&hash).is_ok() || self.everywhere.binary_search(&hash).is_ok())
    }
}

/// An outlet as a key: lower case, without `www.`.
fn key(outlet: &str) -> String {
    let outlet = outlet.trim().to_lowercase();
    outlet.strip_prefix("www.").map_or(outlet.clone(), str::to_string)
}

/// The hash of a folded line, all digits alike; `None` for a line without letters.
fn hash(line: &str) -> Option<u64> {
    let folded: String = fold(line).chars().map(|c| if c.is_numeric() { '0' } else { c }).collect();
    folded.contains(|c: char| c.is_alphabetic()).then(|| xxh3_64(folded.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus() -> Vec<(&'static str, String)> {
        let mut articles = Vec::new();
        for i in 0..6 {
            articles.push((
                "a.example",
                format!("Story {} of the day\nOur paper since 19{i}0\nMore of us", "x".repeat(i + 1)),
            ));
            articles.push(("www.b.example", format!("Tale {} of the night\nMore of us", "y".repeat(i + 1))));
            articles.push(("", "Nobody's line".to_string()));
        }
        articles
    }

    #[test]
    fn lines_are_counted_by_outlet_and_common_ones_count_everywhere() {
        let repeated = RepeatedLines::fit(corpus(), &RepeatedLinesParams::default()).unwrap();
        assert_eq!((repeated.len(), repeated.everywhere.len()), (3, 1));
        let of = |domain| Context { domain, ..Context::default() };
        assert!(repeated.of(&of(Some("a.example"))).holds("OUR PAPER since 1975"));
        assert!(!repeated.of(&of(Some("b.example"))).holds("Our paper since 1975"));
        assert!(repeated.of(&of(None)).holds("More of us!"));
        assert!(!repeated.of(&of(Some("a.example"))).holds("Story x of the day"));
        assert!(!repeated.of(&of(None)).holds("Nobody's line"));
    }

    #[test]
    fn the_order_of_articles_does_not_matter_and_json_keeps_all() {
        let repeated = RepeatedLines::fit(corpus(), &RepeatedLinesParams::default()).unwrap();
        let reversed = RepeatedLines::fit(corpus().into_iter().rev(), &RepeatedLinesParams::default()).unwrap();
        assert_eq!(repeated, reversed);
        let json = serde_json::to_string(&repeated).unwrap();
        let read: RepeatedLines = serde_json::from_str(&json).unwrap();
        assert!(read.is_valid() && read == repeated);
        assert!(RepeatedLines::fit(corpus(), &RepeatedLinesParams::default().min_count(1)).is_err());
    }
}
