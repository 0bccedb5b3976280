//! A long sentence in one line, cut around what is marked in it.

use std::ops::Range;

use clap::builder::styling::Style;

use super::one_line;

/// About how many characters are shown.
const WIDTH: usize = 160;

const MARKED: Style = Style::new().bold().underline();

/// The sentence with what is marked underlined, or in brackets where there is no colour. Marks are ascending byte ranges.
pub(super) fn excerpt(sentence: &str, marks: &[Range<usize>], colour: bool) -> String {
    let window = window(sentence, marks);
    let mut marked = String::new();
    let mut at = window.start;
    for mark in marks {
        let (from, to) = (mark.start.clamp(at, window.end), mark.end.clamp(at, window.end));
        if from < to {
            // One character each for now, so that they stay where they are when white space is joined.
            marked.extend([&sentence[at..from], "\u{1}", &sentence[from..to], "\u{2}"]);
            at = to;
        }
    }
    marked.push_str(&sentence[at..window.end]);
    let (open, close) = if colour {
        (MARKED.render().to_string(), MARKED.render_reset().to_string())
    } else {
        ("[".to_string(), "]".to_string())
    };
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    format!(
        "{}{}{}",
        cut(window.start > 0),
        one_line(&marked).replace('\u{1}', &open).replace('\u{2}', &close),
        cut(window.end < sentence.len())
    )
}

/// The part of the sentence that is shown, from word to word: what is marked in its middle, or at its beginning where that is too long.
fn window(sentence: &str, marks: &[Range<usize>]) -> Range<usize> {
    let starts: Vec<usize> = sentence.char_indices().map(|(at, _)| at).collect();
    if starts.len() <= WIDTH {
        return 0..sentence.len();
    }
    let place = |byte: usize| starts.partition_point(|&at| at < byte);
    let (first, last) = match (marks.first(), marks.last()) {
        (Some(first), Some(last)) => (place(first.start), place(last.end)),
        _ => (0, 0),
    };
    let around = WIDTH.saturating_sub(last - first) / 2;
    let from = first.saturating_sub(around).min(starts.len() - WIDTH);
    let byte = |place: usize| starts.get(place).copied().unwrap_or(sentence.len());
    let (from, to) = (byte(from), byte(from + WIDTH));
    let whole_words = |from: usize, to: usize| -> Option<Range<usize>> {
        let is_space = char::is_whitespace;
        let start = if from == 0 { 0 } else { from + sentence[from..to].find(is_space)? };
        let end = if to == sentence.len() { to } else { from + sentence[from..to].rfind(is_space)? };
        (start < end).then_some(start..end)
    };
    // A script without spaces is cut anywhere.
    whole_words(from, to).unwrap_or(from..to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_sentence_is_whole_and_marks_are_seen() {
        let sentence = "The vile\n  traitors sold us.";
        let marks = [4..19, 25..27];
        assert_eq!(excerpt(sentence, &marks, false), "The [vile traitors] sold [us].");
        assert_eq!(excerpt(sentence, &[], false), "The vile traitors sold us.");
        assert!(excerpt(sentence, &marks, true).contains("\u{1b}["));
    }

    #[test]
    fn a_long_sentence_is_cut_between_words_around_its_marks() {
        let words: Vec<String> = (100..200).map(|n| format!("слово{n}")).collect();
        let sentence = words.join(" ");
        let at = |word: &str| sentence.find(word).unwrap();
        let mark = at("слово150")..at("слово152");
        let one = |sentence: &str, mark: Range<usize>| excerpt(sentence, std::slice::from_ref(&mark), false);
        let shown = one(&sentence, mark);
        assert!(shown.contains("[слово150 слово151 ]слово152"), "{shown}");
        assert!((140..=165).contains(&shown.chars().count()), "{shown}");
        assert!(shown.starts_with('…') && shown.ends_with('…'));
        assert!(
            shown.trim_matches('…').split_whitespace().all(|w| w.trim_matches(['[', ']']).len() == at("слово101") - 1)
        );
        let all = one(&sentence, 0..sentence.len());
        assert!(all.starts_with("[слово100 ") && all.ends_with("]…"), "{all}");
        let end = one(&sentence, at("слово199")..sentence.len());
        assert!(end.ends_with("[слово199]"), "{end}");
        let unspaced = "字".repeat(500);
        assert_eq!(one(&unspaced, 300..600).chars().filter(|c| *c == '字').count(), WIDTH);
    }
}
