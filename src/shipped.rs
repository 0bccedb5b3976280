//! The models that come with the library.
//!
//! They are small, trained on texts of the project's own writing (`training-data/`) and on public corpora, and described by a card
//! each in `models/`. `cargo run --release --example build_models -- CORPORA` makes them anew, byte for byte.

use crate::error::Result;
use crate::pipeline::Pipeline;

/// A model embedded in the library.
#[derive(Debug, Clone, Copy)]
pub struct ShippedModel {
    /// Its name, as the output calls it.
    pub name: &'static str,
    /// What its labels are about, in a line.
    pub about: &'static str,
    bytes: &'static [u8],
}

const MODELS: [ShippedModel; 5] = [
    ShippedModel {
        name: "ukraine-stance",
        about: "stance on the war in Ukraine: pro-kremlin, neutral or pro-ukraine (English, Russian, Ukrainian, Arabic)",
        bytes: include_bytes!("../models/ukraine-stance.slant"),
    },
    ShippedModel {
        name: "us-stance",
        about: "the side of US politics whose outlets write like this: left, center or right (English)",
        bytes: include_bytes!("../models/us-stance.slant"),
    },
    ShippedModel {
        name: "frames",
        about: "the 14 generic frames of the policy frames codebook (Arabic, English, French, German, Italian, Polish, Russian, Ukrainian)",
        bytes: include_bytes!("../models/frames.slant"),
    },
    ShippedModel {
        name: "techniques",
        about: "sentence by sentence: propaganda or not, and which of 23 persuasion techniques (Arabic, Bulgarian, English, Polish, Russian, Ukrainian)",
        bytes: include_bytes!("../models/techniques.slant"),
    },
    ShippedModel {
        name: "hyperpartisan",
        about: "whether readers would call an article hyperpartisan, or not (English)",
        bytes: include_bytes!("../models/hyperpartisan.slant"),
    },
];

impl ShippedModel {
    /// All of them, in the order in which they are shown.
    pub fn all() -> &'static [ShippedModel] {
        &MODELS
    }

    /// The model of a name.
    pub fn named(name: &str) -> Option<ShippedModel> {
        MODELS.iter().find(|m| m.name == name).copied()
    }

    /// Opens the model.
    ///
    /// ```
    /// use slantwise::{Article, ShippedModel};
    ///
    /// let model = ShippedModel::named("ukraine-stance").expect("it is shipped").load()?;
    /// let article = Article::from_text("The aggressor shelled the city again, and the defenders held.");
    /// assert_eq!(model.predict(&article).label(), Some("pro-ukraine"));
    /// # Ok::<(), slantwise::Error>(())
    /// ```
    pub fn load(&self) -> Result<Pipeline> {
        Pipeline::from_bytes(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Abstention, Article};

    #[test]
    fn every_shipped_model_opens_and_knows_its_labels() {
        for model in ShippedModel::all() {
            let pipeline = model.load().unwrap();
            let expected = match model.name {
                "frames" => 14,
                "techniques" => 24,
                "hyperpartisan" => 2,
                // three sides and texts about something else
                _ => 4,
            };
            assert_eq!(pipeline.labels().len(), expected, "{}", model.name);
            let outside = pipeline.decision().outside().map(|class| pipeline.labels().name(class));
            assert_eq!(outside, model.name.ends_with("stance").then_some("other"), "{}", model.name);
        }
        assert!(ShippedModel::named("no-such-model").is_none());
    }

    /// Neither text is one that the model was trained on.
    #[test]
    fn a_recipe_gets_no_stance_in_the_war_and_news_of_it_does() {
        let model = ShippedModel::named("ukraine-stance").unwrap().load().unwrap();
        let recipe = "Grandma's plum dumplings\n\nBoil the potatoes in their skins, peel them while they are warm and press them through a ricer. \
            Work in the flour, an egg, a spoon of butter and a pinch of salt until the dough no longer sticks. Roll it out on a floured board, \
            cut squares, put a stoned plum with a lump of sugar on each and close them well. Simmer in salted water for eight minutes, until \
            they float, and serve them the Kyiv way, with sour cream and cinnamon.";
        let found = model.predict(&Article::from_text(recipe));
        assert!(matches!(found.abstention(), Some(Abstention::OtherSubject { .. })), "{:?}", found.abstention());
        let news = "The criminal Kyiv regime again shelled residential quarters of Donetsk, the headquarters of territorial defence reported. The \
            ministry stressed that Western sponsors supply the Ukrainian militants with long-range shells in order to terrorise civilians. Russian \
            forces destroyed two depots of NATO ammunition with high-precision weapons during the special military operation.";
        let found = model.predict(&Article::from_text(news));
        assert_eq!((found.label(), found.abstention()), (Some("pro-kremlin"), None));
    }
}
