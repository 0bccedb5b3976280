//! What a line is by its place and its neighbours: lists under "read also", comments, the head and
//! the foot of a page, repeated paragraphs.

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::chars::is_number;
use super::fold::{fold, head};
use super::line::Line;
use super::rule::Rule;

/// Masks lines whose phrases are too common to count by themselves, where they stand beside
/// furniture, three in a row, or above or below the sentences of the article.
pub(super) fn weak(lines: &mut [Line<'_>]) {
    let (first, last) = body(lines);
    let mut i = 0;
    while i < lines.len() {
        let run = lines[i..].iter().take_while(|l| l.rule.is_none() && l.weak.is_some()).count();
        if run > 0 {
            let beside = i > 0 && lines[i - 1].rule.is_some() || lines.get(i + run).is_some_and(|l| l.rule.is_some());
            // A list of the most read, say.
            let numbered = lines[i + run - 1].heading
                && lines.get(i + run..i + run + 2).is_some_and(|list| {
                    list[0].text.starts_with("1")
                        && list[1].text.starts_with("2")
                        && list.iter().all(|l| l.is_headline())
                });
            if beside || numbered || run >= 3 || i + run <= first || i > last {
                for line in &mut lines[i..i + run] {
                    line.rule = line.weak;
                }
            }
        }
        i += run.max(1);
    }
}

/// Masks what belongs to the headings of other content.
pub(super) fn sections(lines: &mut [Line<'_>], text_len: usize) {
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i];
        i = match line.rule {
            // Above the headline one common word opens no list.
            Some(Rule::Related) if line.heading && (line.weak.is_none() || prose_before(lines, i) > 0) => {
                related(lines, i)
            }
            Some(Rule::Comment) if line.heading && line.start * 2 >= text_len && prose_before(lines, i) >= 2 => {
                mask_rest(lines, i, Rule::Comment)
            }
            _ => i + 1,
        };
    }
}

/// Masks the list, or the other article, under a heading such as "read also". Returns where to go on.
fn related(lines: &mut [Line<'_>], heading: usize) -> usize {
    if after_the_end(lines, heading) {
        return mask_rest(lines, heading, Rule::Related);
    }
    let mut i = heading + 1;
    // A list right below its heading ends at the next empty line.
    let tight = lines.get(i).is_some_and(|l| !l.apart);
    while i < lines.len() && (lines[i].rule.is_some() || lines[i].is_headline()) && !(tight && lines[i].apart) {
        // Headings inside the list open nothing new; what a phrase masks keeps its rule.
        lines[i].rule.get_or_insert(Rule::Related);
        i += 1;
    }
    let listed = &lines[heading + 1..i];
    let headline = listed.iter().rev().find(|l| l.rule == Some(Rule::Related) && !l.heading);
    if let (Some(headline), Some(next)) = (headline, lines.get(i))
        && restates(headline.text, next.text, &lines[..heading])
    {
        return mask_rest(lines, i, Rule::Related);
    }
    i
}

/// Whether the article has ended above: its source, keywords, copyright or authors were named in
/// the lines right before, and sentences before them.
fn after_the_end(lines: &[Line<'_>], heading: usize) -> bool {
    let ends = |line: &&Line<'_>| {
        matches!(
            line.rule,
            Some(
                Rule::Source
                    | Rule::Keywords
                    | Rule::Copyright
                    | Rule::Comment
                    | Rule::Agency
                    | Rule::Share
                    | Rule::Notice
            )
        )
    };
    let above = &lines[..heading];
    above.iter().rev().take(4).take_while(|l| l.rule.is_some()).any(|l| ends(&l)) && prose_before(lines, heading) >= 2
}

/// Number of sentences' lines above, up to three.
fn prose_before(lines: &[Line<'_>], i: usize) -> usize {
    lines[..i].iter().rev().filter(|l| l.is_kept_prose()).take(3).count()
}

/// Whether a paragraph restates the headline above it, as the first paragraph of another article
/// does: half of the headline's words are in it, and more of them than in the article so far.
fn restates(headline: &str, paragraph: &str, article: &[Line<'_>]) -> bool {
    let stems =
        |text: &str| -> FxHashSet<String> { fold(head(text, 1500)).split([' ', ':']).filter_map(stem).collect() };
    let wanted = stems(headline);
    let share = |text: &FxHashSet<String>| wanted.intersection(text).count() as f64 / wanted.len() as f64;
    if wanted.len() < 3 {
        return false;
    }
    let here = share(&stems(paragraph));
    let mut before = FxHashSet::default();
    for line in article.iter().rev().filter(|l| l.is_kept_prose()).take(12) {
        before.extend(stems(line.text));
    }
    here >= 0.5 && here > share(&before)
}

/// The first letters of a word of four letters or more; an Arabic article or conjunction aside.
fn stem(word: &str) -> Option<String> {
    let word = word.strip_prefix("ال").or_else(|| word.strip_prefix("وال")).unwrap_or(word);
    (word.chars().count() >= 4).then(|| word.chars().take(5).collect())
}

fn mask_rest(lines: &mut [Line<'_>], from: usize, rule: Rule) -> usize {
    for line in &mut lines[from..] {
        line.rule.get_or_insert(rule);
    }
    lines.len()
}

/// The first and last line of kept prose: what is above is the head of the page, below its foot.
pub(super) fn body(lines: &[Line<'_>]) -> (usize, usize) {
    let first = lines.iter().position(Line::is_kept_prose).unwrap_or(lines.len());
    let last = lines.iter().rposition(Line::is_kept_prose).unwrap_or(0);
    (first, last)
}

/// Masks what remains of the foot once a line there is surely furniture, and counters beside furniture.
pub(super) fn foot(lines: &mut [Line<'_>], last: usize) {
    let opens = |line: &Line<'_>| {
        matches!(
            line.rule,
            Some(
                Rule::Related
                    | Rule::Comment
                    | Rule::Login
                    | Rule::Subscribe
                    | Rule::Share
                    | Rule::Cookie
                    | Rule::Copyright
                    | Rule::Navigation
                    | Rule::Keywords
            )
        )
    };
    let below = last + 1;
    if let Some(first) = lines.get(below..).and_then(|foot| foot.iter().position(opens)) {
        for line in &mut lines[below + first..] {
            if line.is_kept_fragment() {
                line.rule = Some(Rule::Navigation);
            }
        }
    }
}

/// Masks bare numbers (counters) beside furniture, anywhere.
pub(super) fn counters(lines: &mut [Line<'_>]) {
    for i in 0..lines.len() {
        let line = lines[i];
        if line.rule.is_none() && line.chars <= 8 && is_counter(line.text) {
            let beside = |j: Option<usize>| j.and_then(|j| lines.get(j)).is_some_and(|l| l.rule.is_some());
            if beside(i.checked_sub(1)) || beside(Some(i + 1)) {
                lines[i].rule = Some(Rule::Widget);
            }
        }
    }
}

/// `0`, `1.2K`, `(15)`, `+3`: digits with little besides.
pub(super) fn is_counter(text: &str) -> bool {
    text.contains(is_number)
        && text
            .chars()
            .all(|c| is_number(c) || matches!(c, '.' | ',' | 'k' | 'K' | 'M' | '(' | ')' | '+' | '-' | '#' | ':' | ' '))
}

/// Masks lines that only frame others: the caption above or below a credit, and what a page prints
/// between two lines of furniture at its head.
pub(super) fn captions(lines: &mut [Line<'_>]) {
    for i in 0..lines.len() {
        if lines[i].rule != Some(Rule::Caption) {
            continue;
        }
        for j in [i.wrapping_sub(1), i + 1] {
            let Some(line) = lines.get(j).copied() else { continue };
            let own_text =
                line.text.rsplit_once([" - ", " | "].into_iter().find(|s| line.text.contains(s)).unwrap_or("\n"));
            let own_text = own_text.map_or(line.text, |(text, _)| text);
            if line.is_kept_fragment() && line.chars >= 12 && lines[i].text.contains(own_text) {
                lines[j].rule = Some(Rule::Caption);
            }
        }
    }
}

/// Shortest paragraph, in characters, that counts as printed twice.
const REPEATED: usize = 50;

/// Masks paragraphs that were printed before, and the headline where it stands in the body again.
pub(super) fn repeats(lines: &mut [Line<'_>], title: Option<&str>, first: usize) {
    let title = title.map(fold).filter(|t| t.chars().count() >= 8);
    let mut seen = FxHashSet::with_capacity_and_hasher(lines.len(), Default::default());
    for (i, line) in lines.iter_mut().enumerate() {
        if line.rule.is_some() {
            continue;
        }
        let headline = i <= first && line.chars <= 300 && title.as_ref().is_some_and(|t| *t == fold(line.text));
        let long = line.chars >= REPEATED || (i < first && line.chars >= 20);
        let letters = || line.text.chars().filter(|c| c.is_alphabetic()).take(20).count() >= 20;
        if headline || (long && !seen.insert(xxh3_64(line.text.as_bytes())) && letters()) {
            line.rule = Some(Rule::RepeatedLead);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_digits_with_little_besides() {
        for counter in ["0", "(15)", "1.2K", "+3", "1,204"] {
            assert!(is_counter(counter), "{counter}");
        }
        for text in ["7 years ago", "B-52", "", "()"] {
            assert!(!is_counter(text), "{text}");
        }
    }

    #[test]
    fn a_paragraph_that_restates_the_headline_begins_another_article() {
        let article = "The parliament of the island voted for a new bridge on Monday, ministers said.";
        let before = super::super::line::lines(article);
        let headline = "Harbour strike ends as dockers accept pay offer";
        let lead = "Dockers in the northern harbour accepted a pay offer and ended their strike, the union said.";
        assert!(restates(headline, lead, &before));
        assert!(!restates(headline, "The bridge will cost a fortune, and the voters know it.", &before));
    }
}
