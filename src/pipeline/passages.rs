//! A long article as passages, for models that were trained on short texts.

use crate::text::Stretch;
use crate::text::sentence::sentences;

/// An article of up to this many times the length of a passage is one passage.
const WHOLE: f64 = 1.5;

/// Cuts what is read of an article into passages of about `words` words each, at ends of sentences; one passage, which may be
/// empty, at least. Sentences that follow each other in a stretch stay one stretch, so that n-grams reach across them as in
/// training. The title belongs to the first passage.
pub(crate) fn passages<'a>(stretches: Vec<Stretch<'a>>, words: Option<u32>) -> Vec<Vec<Stretch<'a>>> {
    let Some(words) = words else { return vec![stretches] };
    let total: usize = stretches.iter().map(|s| n_words(s.text)).sum();
    if (total as f64) <= WHOLE * f64::from(words) {
        return vec![stretches];
    }
    let n = (total as f64 / f64::from(words)).round().max(1.0);
    let enough = (total as f64 / n).ceil() as usize;
    let mut found = Vec::with_capacity(n as usize);
    let mut passage: Vec<Stretch<'a>> = Vec::new();
    let mut in_passage = 0;
    for stretch in stretches {
        let mut from = 0;
        for sentence in sentences(stretch.text, stretch.language) {
            let n = n_words(&stretch.text[sentence.clone()]);
            // The passage ends where that is nearer to its length than one sentence later.
            if in_passage > 0 && in_passage + n.div_ceil(2) > enough {
                if from < sentence.start {
                    passage.push(piece(&stretch, from, sentence.start));
                }
                found.push(std::mem::take(&mut passage));
                (from, in_passage) = (sentence.start, 0);
            }
            in_passage += n;
        }
        if !stretch.text[from..].trim().is_empty() {
            passage.push(piece(&stretch, from, stretch.text.len()));
        }
    }
    if !passage.is_empty() {
        match found.last_mut() {
            // A few words left over are no passage of their own.
            Some(last) if 2 * in_passage < enough => last.append(&mut passage),
            _ => found.push(passage),
        }
    }
    found
}

fn piece<'a>(stretch: &Stretch<'a>, from: usize, to: usize) -> Stretch<'a> {
    Stretch { start: stretch.start + from, text: &stretch.text[from..to], ..*stretch }
}

fn n_words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Part;

    fn cut(title: &str, text: &str, words: Option<u32>) -> Vec<String> {
        let stretches = vec![Stretch::whole(Part::Title, title), Stretch::whole(Part::Text, text)];
        let found = passages(stretches, words);
        for s in found.iter().flatten() {
            let whole = if s.part == Part::Title { title } else { text };
            assert_eq!(&whole[s.start..s.start + s.text.len()], s.text);
        }
        found.iter().map(|p| p.iter().map(|s| s.text.trim()).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn passages_are_about_equal_and_end_with_sentences() {
        let text = "One two three four. Five six seven. Eight nine ten eleven twelve. A b c. D e f g. H i.";
        assert_eq!(cut("Title here", text, None).len(), 1);
        assert_eq!(cut("Title here", text, Some(20)).len(), 1);
        let found = cut("Title here", text, Some(7));
        assert_eq!(
            found,
            ["Title here|One two three four. Five six seven.", "Eight nine ten eleven twelve. A b c.", "D e f g. H i."]
        );
    }

    #[test]
    fn what_is_left_over_joins_the_last_passage_and_nothing_is_lost() {
        let text = "A b c d e f. G h i j k l. M n o p q r. S.";
        let found = cut("", text, Some(6));
        assert_eq!(found.len(), 3);
        assert!(found[2].ends_with("S."), "{found:?}");
        let words = |s: &str| s.replace('|', " ").split_whitespace().map(str::to_string).collect::<Vec<_>>();
        assert_eq!(words(&found.join(" ")), words(text));
    }

    #[test]
    fn a_text_without_ends_of_sentences_is_one_passage() {
        assert_eq!(cut("", &"word ".repeat(1000), Some(10)).len(), 1);
        assert_eq!(cut("", "", Some(10)), ["|"]);
    }
}
