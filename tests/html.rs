//! Pages of the project's own in several languages: the main text and nothing else, and what the pages say about it.
#![cfg(feature = "html")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use slantwise::{Article, Corpus, Format, ReadOptions, Rows, decode_page, page_article};

struct Expected {
    file: &'static str,
    title: &'static str,
    /// `date`, `url`, `domain`, `lang`, `author`, `source`; empty where the page does not say.
    fields: [&'static str; 6],
    /// How many paragraphs the text has, and how the first begins and the last ends.
    paragraphs: (usize, &'static str, &'static str),
}

const PAGES: &[Expected] = &[
    Expected {
        file: "harbour-en.html",
        title: "Council postpones decision on the ferry terminal",
        fields: [
            "2024-05-14",
            "https://www.harbourpost.example/local/2024/05/ferry-terminal-decision",
            "harbourpost.example",
            "en",
            "Moira Tennant",
            "The Harbour Post",
        ],
        paragraphs: (6, "The town council has put off", "the first week of September."),
    },
    Expected {
        file: "zerno-uk.html",
        title: "Порт відновив відвантаження зерна після двох тижнів перерви",
        fields: [
            "2023-11-02",
            "https://delta-news.example/economy/port-vidnovyv",
            "delta-news.example",
            "uk",
            "Оксана Верес",
            "Дельта",
        ],
        paragraphs: (5, "Дунайський порт знову", "рейсів не планують."),
    },
    Expected {
        file: "most-ru.html",
        title: "Мост через Тихую закрыли на всё лето",
        fields: [
            "2019-06-07",
            "http://www.zarechye.example/news/2019/06/07/most.html",
            "zarechye.example",
            "ru",
            "Редакция",
            "Заречье сегодня",
        ],
        paragraphs: (5, "С понедельника по мосту", "на июльском заседании."),
    },
    Expected {
        file: "mina-ar.html",
        title: "عودة السفن إلى ميناء المدينة بعد توقف طويل",
        fields: [
            "2025-02-09",
            "https://www.sawt-marfa.example/news/4412",
            "sawt-marfa.example",
            "ar",
            "سلمى حداد",
            "صوت المرفأ",
        ],
        paragraphs: (4, "رست ثلاث سفن", "قبل موسم الصيف."),
    },
    Expected {
        file: "bruecke-de.html",
        title: "Brücke bleibt gesperrt: Stadt vertröstet Pendler",
        fields: [
            "2022-09-30",
            "https://www.weserbote.example/stadt/bruecke-gesperrt-1187.html",
            "weserbote.example",
            "de",
            "Jana Wolters; Ole Brandt",
            "Weserbote",
        ],
        paragraphs: (4, "Wer morgens über die Weser", "keinen Bescheid geschickt."),
    },
    Expected {
        file: "marche-fr.html",
        title: "Le marché couvert rouvre ses portes",
        fields: [
            "2021-03-18",
            "https://gazetteduport.example/ville/le-marche-couvert-rouvre",
            "gazetteduport.example",
            "fr",
            "Inès Carbonel",
            "La Gazette du Port",
        ],
        paragraphs: (5, "Après onze mois de travaux", "des trois premiers mois."),
    },
    Expected {
        file: "tramwaj-pl.html",
        title: "Tramwaj dojedzie na osiedle dopiero za dwa lata",
        fields: [
            "2020-10-12",
            "https://kurierportowy.example/wiadomosci/tramwaj-na-osiedle",
            "kurierportowy.example",
            "pl",
            "Tomasz Rybak",
            "Kurier Portowy",
        ],
        paragraphs: (4, "Mieszkańcy osiedla Nad Zatoką", "przez urząd pracy."),
    },
    Expected {
        file: "pod-ro.html",
        title: "Podul peste Olteț, închis din nou",
        fields: [
            "2018-04-25",
            "https://www.ziarulluncii.example/actualitate/podul-inchis-din-nou",
            "ziarulluncii.example",
            "ro",
            "Ana Dobre",
            "Ziarul Luncii",
        ],
        paragraphs: (4, "Podul rutier dintre", "debitul râului scade."),
    },
    Expected {
        file: "list-bg.html",
        title: "Млекарите излязоха на протест пред областната управа",
        fields: [
            "2022-02-17",
            "https://polski-vestnik.example/2022/02/17/mlekari-protest",
            "polski-vestnik.example",
            "bg",
            "Ивайло Станев",
            "Полски вестник",
        ],
        paragraphs: (4, "Близо двеста производители", "предупредиха организаторите."),
    },
    Expected {
        file: "puente-es.html",
        title: "El puente viejo se queda sin barandilla",
        fields: [
            "2023-07-01",
            "https://www.diariodelaria.example/ciudad/puente-viejo.html",
            "diariodelaria.example",
            "es",
            "Lucía Merino",
            "Diario de la Ría",
        ],
        paragraphs: (4, "El temporal del miércoles", "agentes en cada extremo."),
    },
];

const FIELDS: [&str; 6] = ["date", "url", "domain", "lang", "author", "source"];

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/html").join(file)
}

fn read(file: &str) -> Article {
    page_article(&decode_page(&fs::read(path(file)).unwrap(), None).unwrap().text).unwrap()
}

/// The expected text of a page stands beside it.
fn expected_text(file: &str) -> String {
    fs::read_to_string(path(&file.replace(".html", ".txt"))).unwrap()
}

fn words(text: &str) -> BTreeMap<&str, i64> {
    let mut counts = BTreeMap::new();
    text.split_whitespace().for_each(|word| *counts.entry(word).or_default() += 1);
    counts
}

#[test]
fn the_main_text_is_kept_and_little_else() {
    let (mut all_kept, mut all_right, mut all_found) = (0, 0, 0);
    for page in PAGES {
        let (article, expected) = (read(page.file), expected_text(page.file));
        let (found, wanted) = (words(article.text()), words(&expected));
        let right: i64 = wanted.iter().map(|(word, n)| *n.min(found.get(word).unwrap_or(&0))).sum();
        let (n_found, n_wanted): (i64, i64) = (found.values().sum(), wanted.values().sum());
        let (precision, recall) = (right as f64 / n_found as f64, right as f64 / n_wanted as f64);
        println!("{:16} precision {precision:.3} recall {recall:.3}", page.file);
        assert!(precision >= 0.9 && recall >= 0.9, "{}: {}", page.file, article.text());
        all_right += right;
        all_found += n_found;
        all_kept += n_wanted;
    }
    let (precision, recall) = (all_right as f64 / all_found as f64, all_right as f64 / all_kept as f64);
    println!("all              precision {precision:.3} recall {recall:.3}");
    assert!(precision >= 0.95 && recall >= 0.95, "{precision} {recall}");
}

#[test]
fn paragraphs_are_set_apart() {
    for page in PAGES {
        let article = read(page.file);
        let paragraphs: Vec<&str> = article.text().split("\n\n").collect();
        let (n, first, last) = page.paragraphs;
        assert!(paragraphs.len() >= n, "{}: {} paragraphs", page.file, paragraphs.len());
        assert!(paragraphs[0].starts_with(first), "{}: {}", page.file, paragraphs[0]);
        assert!(article.text().ends_with(last), "{}: {}", page.file, article.text());
    }
}

#[test]
fn the_metadata_is_the_page_s_own() {
    for page in PAGES {
        let article = read(page.file);
        assert_eq!(article.title(), Some(page.title), "{}", page.file);
        let found = FIELDS.map(|key| article.field(key).unwrap_or(""));
        assert_eq!(found, page.fields, "{}", page.file);
        assert_eq!(article.field("empty"), None);
    }
}

/// The page in another encoding, which it declares or not.
fn page_in(encoding: &str, declare: bool) -> Vec<u8> {
    let page = fs::read_to_string(path("most-ru.html")).unwrap();
    let meta = if declare { format!("charset={encoding}\"") } else { "\"".to_string() };
    let page = page.replace("charset=utf-8\"", &meta);
    // The table of letters of each encoding, without asking the crate that is tested.
    let encode = |c: char| -> u8 {
        let n = c as u32;
        match (encoding, n) {
            (_, 0..0x80) => n as u8,
            ("windows-1251", 0x410..=0x44f) => (n - 0x410 + 0xc0) as u8,
            ("windows-1251", 0x451) => 0xb8,
            ("windows-1251", 0xab | 0xbb) => n as u8,
            ("windows-1251", 0x2014) => 0x97,
            ("iso-8859-5", 0x410..=0x44f) => (n - 0x410 + 0xb0) as u8,
            ("iso-8859-5", 0x451) => 0xf1,
            (_, 0xab | 0xbb) => b'"',
            (_, 0x2014) => b'-',
            _ => panic!("{c}"),
        }
    };
    page.chars().map(encode).collect()
}

#[test]
fn pages_in_other_encodings_give_the_same_article() {
    let expected = read("most-ru.html");
    for encoding in ["windows-1251", "iso-8859-5"] {
        for declare in [true, false] {
            let mut rows = Rows::from_reader(
                std::io::Cursor::new(page_in(encoding, declare)),
                "page.html",
                Format::Html,
                &ReadOptions::default(),
            );
            let row = rows.next().unwrap().unwrap();
            assert_eq!((row.article.id(), row.article.title()), ("page.html", expected.title()));
            let plain = |text: &str| text.replace(['«', '»', '"'], "").replace('—', "-");
            assert_eq!(plain(row.article.text()), plain(expected.text()), "{encoding} declared: {declare}");
        }
    }
}

#[test]
fn a_page_without_text_is_a_row_but_nothing_to_learn_from() {
    let folder = tempfile::tempdir().unwrap();
    for (name, page) in
        [("a/empty.html", "<title>Nothing here</title><nav></nav>"), ("b/full.html", "<p>Some words.</p>")]
    {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), page).unwrap();
    }
    let rows: Vec<_> = Rows::open(folder.path(), &ReadOptions::default()).unwrap().map(Result::unwrap).collect();
    assert_eq!((rows[0].article.title(), rows[0].article.text()), (Some("Nothing here"), ""));
    assert_eq!(rows[0].article.field("empty"), Some("no main text found in the page"));
    assert_eq!((rows[1].article.text(), rows[1].article.field("empty")), ("Some words.", None));
    let error = Corpus::from_path(folder.path()).unwrap_err().to_string();
    assert!(error.contains("empty.html: no main text found in the page; leave the page out"), "{error}");
}

#[test]
fn an_unusable_page_names_its_file() {
    let read = |bytes: Vec<u8>, options: &ReadOptions| {
        let mut rows = Rows::from_reader(std::io::Cursor::new(bytes), "p.html", Format::Html, options);
        let error = rows.next().unwrap().unwrap_err().to_string();
        assert!(rows.next().is_none());
        error
    };
    let options = ReadOptions::default();
    assert!(read(b"\x89PNG\r\n\x1a\n\0\0".to_vec(), &options).starts_with("p.html: not a text but a PNG image; give"));
    assert!(
        read("<p>дім</p>".repeat(9).into_bytes().into_iter().chain([0xff]).collect(), &options)
            .starts_with("p.html: invalid UTF-8 at byte 117 of the file")
    );
    let one_line = vec![b'x'; 5_000];
    assert!(read(one_line, &options.max_line_bytes(4_999)).starts_with("p.html: the file has more than 4999 bytes"));
}
