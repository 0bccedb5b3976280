//! Weights of rows that the corpus brings along.

use crate::article::Article;
use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::evaluation::complete;

/// The weight of each row: the number in a field.
///
/// # Errors
/// A row without the field, or with something else there than a number above 0.
pub(crate) fn row_weights(key: &str, corpus: &Corpus) -> Result<Vec<f32>> {
    let articles = || corpus.examples().iter().map(|example| &example.article);
    let values = complete(key, articles().map(|article| article.field(key)))?;
    articles().zip(values).map(|(article, value)| row_weight(article, value)).collect()
}

/// The weight that an article's field gives it.
pub(crate) fn row_weight(article: &Article, value: &str) -> Result<f32> {
    match value.trim().parse::<f32>() {
        Ok(weight) if weight > 0.0 && weight.is_finite() => Ok(weight),
        _ => {
            let found = format!("{value} ({})", article.id());
            Err(Error::param("weight_by", found, "a number above 0 under that key in each row"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Example, Gold};

    fn corpus(weights: [&str; 2]) -> Corpus {
        let example = |(weight, label): (&str, &str)| Example {
            article: Article::from_text("Some words.").with_field("w", weight),
            gold: Gold::One(label.to_string()),
            spans: Vec::new(),
        };
        Corpus::from_examples(weights.into_iter().zip(["a", "b"]).map(example).collect()).unwrap()
    }

    #[test]
    fn weights_are_numbers_above_nothing() {
        assert_eq!(row_weights("w", &corpus(["10", "0.5"])).unwrap(), [10.0, 0.5]);
        for bad in ["0", "-1", "many", "inf", ""] {
            assert!(row_weights("w", &corpus(["1", bad])).is_err(), "{bad}");
        }
        assert!(row_weights("other", &corpus(["1", "1"])).is_err());
    }
}
