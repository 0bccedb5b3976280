"""Writes reference_features.json: terms, counts, idf, TF-IDF and chi-squared selection as scikit-learn computes them.

    python reference_features.py > reference_features.json      (scikit-learn 1.9.1, numpy)

scikit-learn lower-cases; slantwise normalises (NFKC, full case folding, spelling variants, disguises). The texts hold only
forms on which both agree, so that a difference is one of tokens, counts or formulas. What is left out, and what slantwise
makes of it:

    left out                                                slantwise            scikit-learn
    capital and final forms beyond lower-casing (ß ς İ)     ss, σ, i + dot       kept apart
    compatibility forms (ligatures, ², ½, №, …, full width)  plain letters        kept
    ё; alef with hamza, alef maksura, tatweel, short vowels  е; plain alef, ي; -  kept
    apostrophes between Cyrillic letters                    part of the word     a separator
    decomposed letters and combining marks                  composed, in words   separators
    soft hyphens, zero-width and direction marks            dropped              separators
    letters of two scripts in one word                      folded into one      kept
    curly quotes, guillemets, long dashes as tokens         plain ones           kept
"""

import json
import sys

import numpy as np
import sklearn
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2

# (class, labels, text)
CORPUS = [
    ("against", "arms war", "The regime begs for arms, and the arms feed the war; the war feeds the regime."),
    ("against", "money", "Billions for a corrupt regime: who counts the billions, who counts the money?"),
    ("against", "money war", "Another $60 billion for the war, and not 1 dollar for our roads!"),
    ("against", "arms", "Weapons, weapons, weapons... The West pumps weapons into the conflict zone."),
    ("against", "", "So-called partners don't want peace; they want a war to the last soldier."),
    ("against", "arms money", "Режим просит оружие, Запад дает оружие, а деньги платит народ."),
    ("against", "war", "Война выгодна Западу: война продает оружие и газ."),
    ("against", "money", "Миллиарды для режима, пустые обещания для народа - и так 2 года подряд."),
    ("against", "", "Запад втягивает народ в конфликт, а народ хочет мира, только мира."),
    ("against", "arms war", "Танки Т-72 и самолеты Су27 не остановят войну, говорят эксперты Запада."),
    ("for", "arms aid", "Partners send arms that save lives; every launcher saves a street, every street a city."),
    ("for", "aid", "Aid reached Kharkiv on Monday: 40 trucks, 12 ambulances & 3 generators."),
    ("for", "war", "Russian troops shelled the city again; the city stands, and the people stand with it."),
    ("for", "aid money", "Europe's aid package (50 billion euros, or €50 bn) keeps schools and hospitals open."),
    ("for", "", "Freedom is worth defending: defenders of the city thank partners for their support."),
    ("for", "arms aid", "Партнери надали допомогу: зброю, ліки, генератори та ще раз зброю."),
    ("for", "war", "Російські війська знову обстріляли місто, але місто стоїть і люди стоять."),
    ("for", "aid", "Допомога партнерів рятує людей: 40 вантажівок прибули до Харкова."),
    ("for", "aid arms", "Захисники дякують партнерам за підтримку, за зброю, за ліки."),
    ("for", "", "Україна захищає свободу Європи, і Європа захищає свободу України."),
    ("neutral", "money", "The parliament voted 320 to 45 for the budget; the vote took 3 hours."),
    ("neutral", "", "Talks in Geneva ended on Friday without a statement; talks resume on 12.05.2024."),
    ("neutral", "war", "Both sides reported losses in the war, and neither report could be checked."),
    ("neutral", "money", "Gas prices rose by 4.5% in March, prices for grain fell by 2.1%."),
    ("neutral", "", "Парламент принял бюджет: 320 голосов за, 45 против, 10 воздержались."),
    ("neutral", "", "Переговоры в Женеве закончились в пятницу, новые переговоры пройдут 12.05.2024."),
    ("neutral", "money", "Ціни на газ зросли на 4,5%, ціни на зерно впали на 2,1% за місяць."),
    ("neutral", "war arms", "Обидві сторони повідомили про втрати; жодне повідомлення про втрати не підтверджено."),
    ("neutral", "", "Après le vote, le café du coin a fermé; über Nacht fiel Schnee, schön & still."),
    ("neutral", "", "user_name42 posted: #peace @ 10:30 [link] {a+b=c} <br/> 100% *sure* ~ok^ \\o/ 🙂 🙂 §5"),
]
# Not fitted on: known terms among unknown ones, only unknown ones, nothing at all.
FRESH = [
    "Arms, arms and ARMS for the city; оружие для народа та зброю для міста 2024!",
    "Xylophone quartz whiskers",
    "",
    " \t\n?! ... -- ()",
    "السلام في المدينة",
]
TEXTS = [text for _, _, text in CORPUS]
WORDS = r"(?u)\b\w\w+\b"
ONE_LETTER = r"(?u)\b\w+\b"
PUNCTUATION = r"(?u)\w+|[^\w\s]"


def number(x):
    return round(float(x), 8)


def untied(scores, near):
    """The size of a selection nearest to `near` whose last score is not also that of the first one left out."""
    order = np.sort(scores)[::-1]
    sizes = [k for k in range(1, len(order)) if order[k - 1] - order[k] > 1e-9]
    return min(sizes, key=lambda k: abs(k - near))


def vectorizer(block, **limits):
    kind, low, high, pattern = block
    if kind == "chars":
        return CountVectorizer(analyzer="char_wb", ngram_range=(low, high), **limits)
    return CountVectorizer(ngram_range=(low, high), token_pattern=pattern, **limits)


def rows(matrix):
    """The non-zero columns and values of each row, columns ascending."""
    matrix = sparse.csr_matrix(matrix)
    matrix.sort_indices()
    return [(matrix.indices[a:b], matrix.data[a:b]) for a, b in zip(matrix.indptr, matrix.indptr[1:])]


def case(name, blocks, min_df=1, max_df=1.0, max_features=None, weights=True):
    """Blocks side by side, each weighted and scaled on its own as in a FeatureUnion.

    A row of `counts` names each column as often as it counts; a row of `tfidf` has one weight for each distinct column.
    """
    terms, idf, counts, tfidf = {}, [], [], []
    if max_features is not None:
        (block,) = blocks
        totals = np.asarray(vectorizer(block, min_df=min_df, max_df=max_df).fit_transform(TEXTS).sum(axis=0)).ravel()
        max_features = untied(totals, max_features)
    for block in blocks:
        v = vectorizer(block, min_df=min_df, max_df=max_df, max_features=max_features).fit(TEXTS)
        terms[block[0]] = list(v.get_feature_names_out())
        count = v.transform(TEXTS + FRESH)
        transformer = TfidfTransformer(sublinear_tf=True).fit(v.transform(TEXTS))
        counts.append(count)
        idf += [number(x) for x in transformer.idf_]
        tfidf.append(transformer.transform(count))
    params = {
        "words": next(([low, high] for kind, low, high, _ in blocks if kind == "words"), None),
        "chars": next(([low, high] for kind, low, high, _ in blocks if kind == "chars"), None),
        "punctuation": any(block[3] == PUNCTUATION for block in blocks),
        "one_letter": any(block[3] == ONE_LETTER for block in blocks),
        "min_df": min_df, "max_df": max_df, "max_features": max_features,
    }
    counted = [np.repeat(columns, values).tolist() for columns, values in rows(sparse.hstack(counts))]
    out = {"name": name, "params": params, "terms": terms, "counts": counted}
    if weights:
        weighted = rows(sparse.hstack(tfidf))
        assert all(list(columns) == sorted(set(row)) for (columns, _), row in zip(weighted, counted))
        out["idf"] = idf
        out["tfidf"] = [[number(v) for v in values] for _, values in weighted]
    return out


def cases():
    words = lambda low, high, pattern=WORDS: ("words", low, high, pattern)
    chars = lambda low, high: ("chars", low, high, None)
    yield case("words", [words(1, 1)])
    yield case("words 1-2", [words(1, 2)])
    yield case("words 1-3", [words(1, 3)], weights=False)
    yield case("words 2-4, no single words", [words(2, 4)], weights=False)
    yield case("words of one letter too", [words(1, 2, ONE_LETTER)], weights=False)
    yield case("words and punctuation", [words(1, 2, PUNCTUATION)], weights=False)
    yield case("words and punctuation 1-3, min_df 2", [words(1, 3, PUNCTUATION)], min_df=2)
    yield case("characters 2-5", [chars(2, 5)], weights=False)
    yield case("characters 2-5, min_df 2", [chars(2, 5)], min_df=2)
    yield case("characters 1-1", [chars(1, 1)], min_df=3)
    yield case("characters longer than most words", [chars(7, 9)], min_df=2)
    yield case("words 1-2, min_df 2", [words(1, 2)], min_df=2)
    yield case("words 1-2, min_df 3, max_df 0.2", [words(1, 2)], min_df=3, max_df=0.2)
    yield case("words, max_df at the very share of a term", [words(1, 1)], min_df=2, max_df=0.1)
    yield case("words 1-2, about 25 features", [words(1, 2)], max_features=25)
    yield case("characters 2-3, min_df 2, max_df 0.5, about 60 features", [chars(2, 3)], 2, 0.5, 60)
    yield case("words 1-2 beside characters 2-3, min_df 3", [words(1, 2), chars(2, 3)], min_df=3)


def selections():
    """chi2 on counts; several labels add the statistics of each label's two sides."""
    golds = [
        ("three classes", [c for c, _, _ in CORPUS], None),
        ("two classes", ["for" if c == "for" else "other" for c, _, _ in CORPUS], None),
        ("several labels", None, [labels.split() for _, labels, _ in CORPUS]),
    ]
    for name, one, several in golds:
        for block, near in [(("words", 1, 2, WORDS), 12), (("chars", 2, 4, None), 40)]:
            v = vectorizer(block, min_df=2).fit(TEXTS)
            counts = v.transform(TEXTS)
            if one is not None:
                scores = chi2(counts, one)[0]
                gold = [[label] for label in one]
            else:
                names = sorted(set(sum(several, [])))
                scores = sum(chi2(counts, [name in labels for labels in several])[0] for name in names)
                gold = several
            k = untied(scores, near)
            kept = SelectKBest(lambda x, y: scores, k=k).fit(counts, np.zeros(len(TEXTS))).get_support()
            yield {
                "name": f"{name}, {block[0]}", "one": one is not None, "gold": gold, block[0]: [block[1], block[2]],
                "min_df": 2, "select": k, "kept": list(v.get_feature_names_out()[kept]),
            }


def checked():
    """The two roads to TF-IDF agree in scikit-learn itself."""
    one = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(TEXTS)
    counts = CountVectorizer(ngram_range=(1, 2)).fit(TEXTS)
    two = TfidfTransformer(sublinear_tf=True).fit(counts.transform(TEXTS)).transform(counts.transform(TEXTS))
    assert abs(one.transform(TEXTS) - two).max() < 1e-12


checked()
json.dump(
    {
        "scikit-learn": sklearn.__version__, "numpy": np.__version__, "texts": TEXTS, "fresh": FRESH,
        "cases": list(cases()), "selections": list(selections()),
    },
    sys.stdout, ensure_ascii=False, separators=(",", ":"),
)
print()
