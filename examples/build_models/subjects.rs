//! Texts about something else than a model's subject: what teaches it when to say nothing.

use slantwise::{Example, Gold, Result};

use crate::data::{self, GROUP};

/// What texts about something else are labelled where each text has one class.
pub(crate) const OTHER: &str = "other";

/// Where they come from, as [`data::ORIGIN`].
pub(crate) const ELSEWHERE: &str = "elsewhere";

/// How words begin that a text on the war, or on either side of it, has: in English, Russian and Ukrainian.
const OF_THE_WAR: &str = "\
    ukrain russia kremlin moscow kyiv nato putin crimea donbas war wars wartime missile drone shell troop army armies armed military soldier \
    weapon frontline ceasefire sanction \
    украин росси кремл москв киев нато крым донбас войн воен ракет дрон беспилот обстрел фронт оруж солдат арми оккуп враг бойц мобилиз санкц \
    україн росі київ крим війн воєн військ обстріл безпілот збро армі окуп ворог бійц мобіліз полон снаряд агрес";

/// What such words contain in Arabic, where articles and prepositions stand before.
const OF_THE_WAR_IN_ARABIC: &str = "\
    أوكران روسي موسكو الناتو الكرملين بوتين حرب صاروخ صواريخ جيش سلاح أسلحة مسيّر مسيرة قصف جنود عسكري جبهة احتلال عقوبات هدنة القرم";

/// Our texts on everyday subjects, labelled with none of several labels. Texts of one genre stay together, so that scores are those on genres
/// never seen.
pub(crate) fn everyday() -> Result<Vec<Example>> {
    let place = |e: Example| {
        let genre = format!("{ELSEWHERE}: {}", e.article.field("genre").unwrap_or(""));
        let article = e.article.with_field(data::ORIGIN, ELSEWHERE).with_field(GROUP, genre);
        Example { article, gold: Gold::several([""; 0]), spans: Vec::new() }
    };
    Ok(data::own(ELSEWHERE)?.into_iter().map(place).collect())
}

/// The same, of the class [`OTHER`].
pub(crate) fn other(weight: f64) -> Result<impl Iterator<Item = Example>> {
    Ok(everyday()?.into_iter().map(move |e| data::weigh(data::with_label(e, OTHER), weight)))
}

/// Our texts on politics that speak of no war, as [`OTHER`]. Ukrainian ones are left out: in Ukraine hardly any politics is without the war.
pub(crate) fn other_politics(weight: f64) -> Result<impl Iterator<Item = Example>> {
    let wanted = |e: &Example| matches!(e.article.lang(), Some("en" | "ar" | "ru")) && !of_the_war(e);
    let place = move |e: Example| {
        let article = e.article.with_field(data::ORIGIN, "elsewhere (politics)");
        data::weigh(data::with_label(Example { article, ..e }, OTHER), weight)
    };
    Ok(data::own("frames")?.into_iter().filter(wanted).map(place))
}

fn of_the_war(example: &Example) -> bool {
    let text = example.article.text().to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| {
        OF_THE_WAR.split(' ').any(|stem| word.starts_with(stem))
            || OF_THE_WAR_IN_ARABIC.split(' ').any(|stem| word.contains(stem))
    })
}
