//! Masks: pieces of an article that are not read.

use super::rule::Rule;
use crate::article::Part;

/// A piece of an article that is not read, and the rule that says so. Offsets are bytes of the
/// title or body, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask {
    /// The title or the body.
    pub part: Part,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Why it is masked.
    pub rule: Rule,
}

/// Sorts masks and cuts overlaps: what was masked from further left, or by the longer mask, stays whole.
pub(super) fn normalise(mut masks: Vec<Mask>) -> Vec<Mask> {
    masks.sort_unstable_by_key(|m| (m.part, m.start, std::cmp::Reverse(m.end), m.rule));
    let mut out: Vec<Mask> = Vec::with_capacity(masks.len());
    for mut mask in masks {
        if let Some(last) = out.last().filter(|last| last.part == mask.part) {
            mask.start = mask.start.max(last.end);
        }
        if mask.start < mask.end {
            out.push(mask);
        }
    }
    out
}

/// The pieces of a part that no mask covers, in order, as byte ranges. `masks` are sorted and
/// don't overlap, as [`Cleaner::mask`](super::Cleaner::mask) gives them.
pub fn kept_ranges(len: usize, part: Part, masks: &[Mask]) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    for mask in masks.iter().filter(|m| m.part == part) {
        if mask.start > from {
            ranges.push(from..mask.start);
        }
        from = mask.end;
    }
    if from < len {
        ranges.push(from..len);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_sorted_and_cut_and_the_rest_is_kept() {
        let mask = |start, end, rule| Mask { part: Part::Text, start, end, rule };
        let masks = normalise(vec![
            mask(5, 9, Rule::Link),
            mask(0, 2, Rule::Date),
            mask(4, 8, Rule::Caption),
            mask(6, 7, Rule::Date),
        ]);
        assert_eq!(masks, [mask(0, 2, Rule::Date), mask(4, 8, Rule::Caption), mask(8, 9, Rule::Link)]);
        assert_eq!(kept_ranges(12, Part::Text, &masks), [2..4, 9..12]);
        assert_eq!(kept_ranges(3, Part::Title, &masks), vec![0..3; 1]);
    }
}
