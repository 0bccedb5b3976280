//! Round trips through every encoding, with and without a declaration.

use super::*;

/// Sentences of the project's own, with the encodings their language was written in.
const SENTENCES: &[(&str, &[&str], &[&str])] = &[
    (
        "ru",
        &["windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "ibm866"],
        &[
            "Министр заявил, что переговоры о поставках зерна продолжатся на следующей неделе.",
            "Жители посёлка вторые сутки остаются без света и воды.",
            "В порту снова разгружают суда.",
            "Подъезд объезжают за три километра: мост закрыт, объявления нет.",
        ],
    ),
    (
        "uk",
        &["windows-1251", "koi8-u", "iso-8859-5"],
        &[
            "Міністр заявив, що переговори про постачання зерна триватимуть наступного тижня.",
            "Мешканці селища другу добу залишаються без світла та води.",
            "У порту знову розвантажують судна.",
            "Її батько їздив до Києва щотижня, бо вірив у своє право на відповідь.",
            "Рятувальники евакуювали з будинку дев'ятьох людей, серед них двоє дітей.",
        ],
    ),
    (
        "bg",
        &["windows-1251", "iso-8859-5"],
        &[
            "Министърът заяви, че преговорите за износа на зърно ще продължат през следващата седмица.",
            "Жителите на селото вече втори ден са без ток и вода.",
            "Съветът отложи решението за моста до есента.",
        ],
    ),
    (
        "ar",
        &["windows-1256", "iso-8859-6"],
        &[
            "قال الوزير إن المحادثات حول صادرات القمح سوف تستمر في الأسبوع المقبل.",
            "بقي سكان القرية بلا كهرباء ولا ماء لليوم الثاني.",
            "عادت السفن إلى الميناء صباح اليوم.",
        ],
    ),
    (
        "fr",
        &["windows-1252", "iso-8859-15"],
        &[
            "Le ministre a déclaré que les négociations reprendraient la semaine prochaine à Genève.",
            "Les habitants du village restent privés d'électricité pour la deuxième journée.",
            "Le théâtre a fermé.",
        ],
    ),
    (
        "de",
        &["windows-1252", "iso-8859-1"],
        &[
            "Der Minister erklärte, die Gespräche über Getreide würden nächste Woche fortgesetzt.",
            "Für die Bürger heißt das: höhere Gebühren, längere Wege.",
            "Die Brücke bleibt gesperrt, sagte er.",
        ],
    ),
    (
        "es",
        &["windows-1252"],
        &["El ministro declaró que mañana seguirán las negociaciones.", "¿Quién pagará la reparación del puente?"],
    ),
    (
        "it",
        &["windows-1252"],
        &["Il ministro ha detto che la città è più sicura di ieri, perché i lavori sono finiti."],
    ),
    (
        "pl",
        &["windows-1250", "iso-8859-2"],
        &[
            "Minister oświadczył, że rozmowy o dostawach zboża będą kontynuowane w przyszłym tygodniu.",
            "Mieszkańcy wsi już drugą dobę są bez prądu i wody, a most wciąż jest zamknięty.",
            "Święta spędziliśmy w domu, ponieważ śnieg zasypał drogę.",
        ],
    ),
    (
        "ro",
        &["windows-1250", "iso-8859-2"],
        &[
            "Primăria a anunţat că lucrările la pod vor continua şi în săptămâna următoare, iar circulaţia rămâne oprită.",
        ],
    ),
    (
        "el",
        &["windows-1253", "iso-8859-7"],
        &["Ο υπουργός δήλωσε ότι οι συνομιλίες θα συνεχιστούν την επόμενη εβδομάδα."],
    ),
    ("tr", &["windows-1254"], &["Bakan, görüşmelerin gelecek hafta süreceğini söyledi; köprü kapalı kalacak."]),
];

fn encode(text: &str, label: &str) -> Vec<u8> {
    let encoding = label.parse::<Encoding>().unwrap();
    let (bytes, _, lossy) = encoding.0.encode(text);
    assert!(!lossy, "{label} can't write {text}");
    bytes.into_owned()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn every_sentence_survives_every_encoding_detected_and_declared() {
    let mut n = 0;
    for (lang, labels, sentences) in SENTENCES {
        let all = sentences.join("\n");
        for text in sentences.iter().copied().chain([all.as_str()]) {
            for label in *labels {
                let bytes = encode(text, label);
                let declared = decode(&bytes, Some(label.parse().unwrap())).unwrap();
                assert_eq!(declared.text, text, "{lang} {label}");
                let detected = decode(&bytes, None).unwrap();
                assert_eq!(detected.text, text, "{lang} {label} taken for {}", detected.encoding);
                n += 1;
            }
        }
    }
    assert!(n > 90, "{n}");
}

#[test]
fn quotes_of_windows_are_detected_too() {
    for (text, label) in [
        ("«Это не наша война», — сказал он журналистам 14 мая.", "windows-1251"),
        ("„Ми нікуди не поїдемо“, — відповіла вона…", "windows-1251"),
        ("The minister’s aide called it “a gift” — nothing more.", "windows-1252"),
        ("قال: «لن نرحل» – ثم صمت.", "windows-1256"),
    ] {
        assert_eq!(decode(&encode(text, label), None).unwrap().text, text);
    }
}

#[test]
fn koi8_r_is_detected_as_the_larger_koi8_u() {
    let bytes = encode("Жители посёлка вторые сутки остаются без света и воды.", "koi8-r");
    assert_eq!(decode(&bytes, None).unwrap().encoding.name(), "KOI8-U");
    assert_eq!(decode(&bytes, "koi8-r".parse().ok()).unwrap().encoding.name(), "KOI8-R");
}

#[test]
fn a_byte_order_mark_goes_before_every_declaration() {
    let text = "Дощ, rain, مطر, 雨, 🌧.";
    let marked = format!("\u{feff}{text}");
    let cases = [
        (marked.clone().into_bytes(), "UTF-8"),
        (utf16(&marked, u16::to_le_bytes), "UTF-16LE"),
        (utf16(&marked, u16::to_be_bytes), "UTF-16BE"),
    ];
    for (bytes, name) in cases {
        for declared in [None, "windows-1251".parse().ok()] {
            let decoded = decode(&bytes, declared).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding.name()), (text, name));
        }
    }
    let without = utf16(text, u16::to_le_bytes);
    assert!(matches!(decode(&without, None), Err(CorpusErrorKind::Binary { what }) if what.contains("utf-16le")));
    assert_eq!(decode(&without, "utf-16le".parse().ok()).unwrap().text, text);
}

#[test]
fn utf8_stays_itself_and_with_a_few_bad_bytes_is_named_as_that() {
    let text = "Дощ ішов над гаванню.";
    assert_eq!(decode(text.as_bytes(), None).unwrap(), Decoded { text: text.into(), encoding: Encoding::UTF_8 });
    assert_eq!(decode(b"", None).unwrap().text, "");
    let cut = [text.as_bytes(), b"\xd0"].concat();
    let error = decode(&cut, None).unwrap_err();
    assert_eq!(error, CorpusErrorKind::InvalidUtf8 { at: text.len(), unit: "file" });
    let error = decode(&encode(text, "windows-1251"), Some(Encoding::UTF_8)).unwrap_err();
    assert_eq!(error, CorpusErrorKind::InvalidUtf8 { at: 0, unit: "file" });
}

#[test]
fn malformed_bytes_name_the_encoding_and_the_place() {
    let declared = |bytes: &[u8], label: &str| decode(bytes, label.parse().ok()).unwrap_err();
    let error = declared(b"abc \xd2\xff", "windows-1253");
    assert_eq!(error, CorpusErrorKind::Malformed { encoding: "windows-1253", unit: "byte", at: 4 });
    assert!(
        error.to_string().starts_with("not windows-1253 at byte 4; name another encoding with --encoding"),
        "{error}"
    );
    let lone = utf16("ab", u16::to_le_bytes).into_iter().chain([0x00, 0xd8, b'c', 0]).collect::<Vec<u8>>();
    assert_eq!(declared(&lone, "utf-16le"), CorpusErrorKind::Malformed { encoding: "UTF-16LE", unit: "byte", at: 4 });
    assert!(matches!(declared(b"\x82", "shift_jis"), CorpusErrorKind::Malformed { at: 0, .. }));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for bytes in [&b"%PDF-1.7\nabc"[..], b"PK\x03\x04rest", b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0", b"a\0b"] {
        assert!(matches!(decode(bytes, None), Err(CorpusErrorKind::Binary { .. })), "{bytes:?}");
    }
    // No NUL and no known beginning, but control characters in whatever encoding.
    let noise: Vec<u8> = (1..2000u32).map(|i| 1 + (i.wrapping_mul(2_654_435_761) >> 13) as u8 % 255).collect();
    assert_eq!(decode(&noise, None), Err(CorpusErrorKind::UnknownEncoding));
}

#[test]
fn a_page_declares_its_encoding_unless_that_is_plainly_wrong() {
    let text = "<p>Ціни на хліб";
    let page = |declared: &str, label: &str| {
        let page = format!("<html><head><meta charset={declared}></head>{text}");
        decode_page(&encode(&page, label), None).map(|d| (d.text.ends_with(text), d.encoding.name()))
    };
    assert_eq!(page("koi8-u", "koi8-u"), Ok((true, "KOI8-U")));
    assert_eq!(page("windows-1251", "utf-8"), Ok((true, "UTF-8")));
    assert_eq!(page("utf-8", "windows-1251"), Ok((true, "windows-1251")));
    let declared = decode_page(&encode(text, "koi8-u"), "koi8-u".parse().ok()).unwrap();
    assert_eq!(declared.text, text);
    let japanese = b"<meta charset=iso-2022-jp>\x1b$B1+\x1b(B";
    assert!(decode_page(japanese, None).unwrap().text.ends_with('雨'));
}

#[test]
fn names_of_other_programs_are_known() {
    for (name, expected) in [
        (" UTF8 ", "UTF-8"),
        ("cp1251", "windows-1251"),
        ("win1251", "windows-1251"),
        ("windows_1256", "windows-1256"),
        ("KOI8_U", "KOI8-U"),
        ("latin1", "windows-1252"),
        ("iso8859-5", "ISO-8859-5"),
        ("cp866", "IBM866"),
        ("utf-16", "UTF-16LE"),
    ] {
        assert_eq!(name.parse::<Encoding>().unwrap().name(), expected);
    }
    for name in ["", "utf-9", "replacement", "x-user-defined", "win", "hz-gb-2312"] {
        assert!(name.parse::<Encoding>().unwrap_err().to_string().contains("expected a name such as"), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_decode_without_replacement_or_are_refused(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        label in proptest::sample::select(&["utf-8", "utf-16be", "windows-1256", "gbk", "iso-2022-jp", "koi8-u"][..]),
    ) {
        for declared in [None, label.parse().ok()] {
            for result in [decode(&bytes, declared), decode_page(&bytes, declared)] {
                if let Ok(decoded) = result && decoded.encoding != Encoding::UTF_8 && !decoded.encoding.name().starts_with("UTF-16") {
                    let replaced = decoded.text.contains('\u{fffd}');
                    proptest::prop_assert!(!replaced);
                }
            }
        }
    }
}
