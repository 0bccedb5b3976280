//! Quotations in every language: `⟦words in marks⟧`, `⟨reported words⟩`.

use proptest::prelude::*;

use super::*;
use Language as L;

const TEXTS: &[(Language, &str)] = &[
    // Marks.
    (L::English, "“⟦We will win this war,⟧” he said. The “so-called” republic is in “The New York Times” today."),
    (L::English, "\"⟦The bridge is closed⟧\", and 'nothing' else was in the \"Daily News\" of the '90s."),
    (L::English, "He read the novel “the end of all our days” and said: “⟦Good.⟧” “⟦No,⟧” the minister said."),
    (
        L::English,
        "“⟦This is the first part of it.⟧\n\n“⟦This is the second part,⟧” he said.\n\nA “lost mark here and there.",
    ),
    (L::English, "‘⟦He told me “never again” and left⟧’ was what the dogs’ owner heard."),
    (L::Russian, "«⟦Мы построим этот мост⟧», — сказал министр. «Газпром» и газета «Правда о нашей жизни» молчат."),
    (L::Russian, "Он ответил: «⟦Нет⟧». Партия «Единая Россия» и „⟦старый добрый мир и покой⟧“ тут."),
    (L::Ukrainian, "«⟦Ми збудуємо цей міст⟧», — сказав міністр. «Укрзалізниця» та “⟦п’ять мостів через річку⟧” тут."),
    (L::Arabic, "قال الوزير: «⟦نعم سنبني الجسر هنا⟧». وقالت حركة «أبناء الجسر الكبير القديم» إنها لا تعلم."),
    (L::Arabic, "أعلن تنظيم \"الجسر\" و«هيئة بناء الجسور» أمس."),
    (L::German, "„⟦Wir bauen diese Brücke⟧“, sagte sie. »⟦Das ist nicht wahr⟧«, hieß es. Der „Spiegel“ schweigt."),
    (L::German, "Die Zeitung „Neues aus der alten Stadt“ und die sogenannte „Volksrepublik“ gibt es nicht."),
    (L::French, "« ⟦Nous allons construire ce pont⟧ », a déclaré le ministre. Le journal « Le Monde » n’en dit rien."),
    (L::Italian, "«⟦Costruiremo questo ponte⟧», ha detto il ministro. L’“Unità” e la “Lega Nord” tacciono."),
    (
        L::Polish,
        "„⟦Zbudujemy ten nowy most⟧” – powiedział minister. „Gazeta Wyborcza” i film „o wojnie i pokoju” milczą.",
    ),
    (L::Spanish, "«⟦Vamos a construir este puente⟧», dijo el ministro. El diario “El País” y “la cosa” callan."),
    (
        L::Romanian,
        "„⟦Vom construi acest pod⟧”, a spus ministrul. Ziarul „Adevărul” și «⟦încă un citat lung⟧» sunt aici.",
    ),
    (L::Bulgarian, "„⟦Ще построим този мост⟧“, каза министърът. Вестник „Труд“ и филмът „Време“ мълчат."),
    (L::Chinese, "部长说「⟦我们会建这座桥⟧」。「人民」"),
    (L::Unknown, "“⟦four words of speech⟧” and according to nobody, this is his own."),
    // Sources.
    (
        L::English,
        "According to TASS, ⟨five bridges were destroyed on Monday⟩. All went according to plan, they are glad of it.",
    ),
    (
        L::English,
        "⟨Five bridges were destroyed⟩, according to the ministry. ⟨The bridge⟩, according to police, ⟨was closed on Monday⟩.",
    ),
    (
        L::Russian,
        "По словам министра, ⟨мост закрыли в понедельник⟩. ⟨Мост закрыли⟩, по данным ТАСС, ⟨ещё вчера⟩. Мост стоит.",
    ),
    (L::Russian, "Как заявил министр, ⟨мост закроют навсегда⟩. ⟨Мост давно закрыт⟩, как сообщает агентство."),
    (L::Ukrainian, "За словами міністра, ⟨міст закрили в понеділок⟩. ⟨Міст закрили вчора⟩, за даними поліції."),
    (L::Ukrainian, "Як повідомляє Укрінформ, ⟨міст закриють назавжди⟩."),
    (L::Arabic, "وفقا لوزارة الدفاع، ⟨أغلق الجسر يوم الاثنين⟩. ⟨أغلق الجسر أمس⟩، بحسب الشرطة."),
    (
        L::German,
        "Laut dem russischen Ministerium ⟨wurden fünf Brücken zerstört⟩. ⟨Die Brücke ist zerstört⟩, wie ein Sprecher am Montag sagte.",
    ),
    (L::German, "Nach Angaben der Polizei ⟨wurde die Brücke gesperrt⟩."),
    (
        L::French,
        "Selon le ministère, ⟨cinq ponts ont été détruits⟩. ⟨Le pont est fermé⟩, selon la police. Il agit selon ses idées.",
    ),
    (L::Italian, "Secondo il ministero, ⟨cinque ponti sono stati distrutti⟩. ⟨Il ponte è chiuso⟩, secondo la polizia."),
    (L::Polish, "Według ministerstwa, ⟨pięć mostów zostało zniszczonych⟩. ⟨Most jest dziś zamknięty⟩, według policji."),
    (L::Polish, "Zdaniem Kowalskiego ⟨most jest już zniszczony⟩."),
    (
        L::Spanish,
        "Según el ministerio, ⟨cinco puentes fueron destruidos⟩. ⟨El puente está cerrado⟩, de acuerdo con la policía.",
    ),
    (L::Romanian, "Potrivit ministerului, ⟨cinci poduri au fost distruse⟩. ⟨Podul este închis⟩, conform poliției."),
    (L::Bulgarian, "Според министерството, ⟨пет моста са разрушени⟩. ⟨Мостът е затворен⟩, по данни на полицията."),
    // That.
    (L::English, "The minister said on Monday that ⟨the bridge would be closed⟩. She insisted that ⟨it was not⟩."),
    (
        L::Russian,
        "Министр заявил, что ⟨мост закроют навсегда⟩. Он сообщил журналистам в понедельник, что ⟨мост уже закрыт⟩.",
    ),
    (L::Ukrainian, "Міністр заявив, що ⟨міст закриють назавжди⟩. Президент Іваненко повідомив, що ⟨міст уже закрито⟩."),
    (L::Arabic, "قال الوزير إن ⟨الجسر أغلق يوم الاثنين⟩. وأكدت الشرطة أن ⟨الجسر ما زال مفتوحا⟩."),
    (
        L::German,
        "Der Minister sagte am Montag, dass ⟨die Brücke gesperrt werde⟩. Er sagte, ⟨man werde eine neue bauen⟩.",
    ),
    (L::French, "Le ministre a déclaré lundi que ⟨le pont serait fermé⟩. Elle affirme qu’⟨il est toujours ouvert⟩."),
    (L::Italian, "Il ministro ha detto che ⟨il ponte sarà chiuso⟩. La polizia sostiene che ⟨il ponte è aperto⟩."),
    (L::Polish, "Minister powiedział, że ⟨most będzie zamknięty⟩. Policja twierdzi, że ⟨most jest otwarty⟩."),
    (L::Spanish, "El ministro dijo el lunes que ⟨el puente se cerrará⟩. La policía sostiene que ⟨sigue abierto hoy⟩."),
    (L::Romanian, "Ministrul a declarat că ⟨podul va fi închis⟩. Poliția susține că ⟨podul este deschis⟩."),
    (L::Bulgarian, "Министърът заяви, че ⟨мостът ще бъде затворен⟩. Полицията твърди, че ⟨мостът е отворен⟩."),
    // Remarks.
    (L::English, "⟨The bridge would be closed⟩, said the minister. ⟨It is still open⟩, the police said on Monday."),
    (L::English, "⟨The bridge⟩, the minister said, ⟨would be closed⟩. He came late, and the minister said nothing."),
    (L::English, "⟨The bridge is closed now⟩, the minister said, adding that ⟨a new one would be built⟩."),
    (L::English, "The minister said ⟨the bridge would be closed⟩. He is said to be ill. He said goodbye to us all."),
    (L::Russian, "⟨Мост закроют навсегда⟩, заявил министр. Он приехал в город, заявил о победе и уехал."),
    (L::Ukrainian, "⟨Міст закриють назавжди⟩, сказав міністр. ⟨Міст закриють⟩, — додав він, — ⟨і збудують новий⟩."),
    (L::German, "⟨Die Brücke wird gesperrt⟩, sagte der Minister. Der Mann ging über die Brücke, die alt ist."),
    (L::French, "⟨Le pont sera fermé⟩, a déclaré le ministre. ⟨Il ne sera pas rouvert⟩, a-t-il ajouté."),
    (L::Italian, "⟨Il ponte sarà chiuso⟩, ha detto il ministro."),
    (L::Polish, "⟨Most będzie zamknięty⟩ – powiedział minister. ⟨Nie będzie nowego mostu⟩, dodał."),
    (L::Spanish, "⟨El puente se cerrará⟩, dijo el ministro. Llegó a la ciudad, afirmó su poder y se fue."),
    (L::Romanian, "⟨Podul va fi închis⟩, a spus ministrul."),
    (L::Bulgarian, "⟨Мостът ще бъде затворен⟩, каза министърът."),
    (L::Arabic, "وأضاف الوزير: ⟨أغلق الجسر يوم الاثنين⟩."),
    // Both.
    (L::English, "The minister said that ⟨the plan was⟩ “⟦a very great day for all⟧” ⟨and that nobody would stop it⟩."),
    (L::Russian, "Министр заявил, что ⟨план был⟩ «⟦самым лучшим для страны⟧» ⟨и останется в силе⟩."),
];

/// A text without its brackets, and what they stand around.
fn expected(marked: &str) -> (String, Vec<(String, QuotationKind)>) {
    let text = marked.replace(['⟦', '⟧', '⟨', '⟩'], "");
    let pieces = marked.split(['⟧', '⟩']).filter_map(|piece| {
        let at = piece.find(['⟦', '⟨'])?;
        let kind = if piece[at..].starts_with('⟦') { QuotationKind::Marks } else { QuotationKind::Attributed };
        Some((piece[at + '⟦'.len_utf8()..].to_string(), kind))
    });
    (text, pieces.collect())
}

#[test]
fn the_words_of_sources_are_found_in_every_language() {
    let mut wrong = Vec::new();
    for (language, marked) in TEXTS {
        let (text, expected) = expected(marked);
        let found: Vec<_> =
            quotations(&text, *language).into_iter().map(|q| (text[q.range].to_string(), q.kind)).collect();
        if found != expected {
            wrong.push(format!("{language}: {text}\n  found    {found:?}\n  expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_quotation_longer_than_the_cap_is_none_and_what_is_quoted_in_it_is() {
    let text = format!("“It went on and on {} “a shorter one in it” and on.”", "and on ".repeat(700));
    let found = quotations(&text, L::English);
    assert_eq!(found.iter().map(|q| &text[q.range.clone()]).collect::<Vec<_>>(), ["a shorter one in it"]);
}

/// Twice the text takes about twice the time, not four times: no pattern makes it look back over all that was read.
#[test]
fn time_is_linear_in_nasty_texts() {
    for piece in
        ["“", "'a ", "“a said ", "\" ' « „ ", "a, said ", "‘a’s b’ ", "» ", "according to a ", "said that ", "\n“a\n"]
    {
        let text = piece.repeat(300_000 / piece.len());
        let begin = std::time::Instant::now();
        quotations(&text, L::English);
        assert!(begin.elapsed().as_secs() < 20, "{piece:?}: {:?}", begin.elapsed());
    }
}

proptest! {
    #[test]
    fn quotations_ascend_on_boundaries(
        text in "([a-zа-я]{1,6}|[“”„«»‹›‚‘’\"'「」`]|,|:|\\.|—| |  |\n|\n\n|said|that|according to|заявил|что|по словам|قال|إن|،|\\PC){0,80}",
        which in 0usize..12,
    ) {
        let code = ["en", "ru", "uk", "ar", "de", "fr", "it", "pl", "es", "ro", "bg", "unknown"][which];
        let mut last = 0;
        for q in quotations(&text, Language::from_code(code)) {
            prop_assert!(last <= q.range.start && q.range.start < q.range.end);
            let words = text.get(q.range.clone());
            prop_assert!(words.is_some_and(|w| w.contains(char::is_alphanumeric)));
            last = q.range.end;
        }
    }
}
