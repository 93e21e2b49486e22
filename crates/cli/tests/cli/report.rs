//! `--report`: one page whose numbers are those of `--json`.

use crate::common::Folder;
use serde_json::Value;
use std::collections::BTreeSet;

/// Names that try to become markup, or to end the place that they stand in.
const EVIL: [&str; 3] =
    ["</script><script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "a`b'c & <b>"];

/// Two classes and three features with such names.
fn evil(rows: u32) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut text = format!("{},y\n", EVIL.map(quoted).join(","));
    for i in 0..rows {
        let (a, b) = (i * 37 % 101, i * 53 % 97);
        let kind = if i % 3 == 0 { "x<y" } else { "x>y" };
        let class = if a + i % 2 * 20 > b { "<i>yes</i>" } else { "no\\\"" };
        text.push_str(&format!("{a},{b},{kind},{}\n", quoted(class)));
    }
    text
}

/// A report as its test reads it.
struct Read {
    html: String,
    document: Value,
    details: Value,
}

impl Read {
    fn of(folder: &Folder, name: &str) -> Read {
        let html = String::from_utf8(folder.read(name)).unwrap();
        let inside = |id: &str| {
            let start =
                html.split_once(&format!("<script type=\"application/json\" id=\"{id}\">")).unwrap().1;
            serde_json::from_str(start.split_once("</script>").unwrap().0).unwrap()
        };
        let (document, details) = (inside("document"), inside("details"));
        Read { document, details, html }
    }
    /// The numbers that are shown, as they are written for programs, with what people see.
    fn shown(&self) -> Vec<(f64, &str)> {
        let one = |piece: &'_ str| {
            let (value, rest) = piece.split_once("\">").unwrap();
            (value.parse().unwrap(), rest.split_once("</data>").unwrap().0.len())
        };
        let pieces = self.html.split("<data value=\"").skip(1);
        pieces
            .map(|p| {
                let (value, long) = one(p);
                let text = p.split_once("\">").unwrap().1;
                (value, &text[..long])
            })
            .collect()
    }
    /// The rows of the table whose caption begins so: names, and the numbers of the other cells.
    fn table(&self, caption: &str) -> Vec<(String, Vec<f64>)> {
        let tables = self.html.split("<caption").skip(1);
        let own = tables.map(|t| t.split_once('>').unwrap().1).find(|t| t.starts_with(caption));
        let own = own.unwrap_or_else(|| panic!("no table {caption}")).split_once("</table>").unwrap().0;
        let body = own.split_once("<tbody>").unwrap().1;
        let row = |row: &str| {
            let name = row.split_once("scope=\"row\">").unwrap().1.split_once("</th>").unwrap().0;
            let number = |p: &str| p.split_once('"').unwrap().0.parse().unwrap();
            (name.to_string(), row.split("<data value=\"").skip(1).map(number).collect())
        };
        body.split("<tr>").skip(1).map(row).collect()
    }
    /// Every number of a table is one of the documents', and what is seen is that number, rounded.
    fn check_numbers(&self) {
        let mut known = BTreeSet::new();
        numbers(&self.document, &mut known);
        numbers(&self.details, &mut known);
        let shown = self.shown();
        assert!(shown.len() > 20, "{} numbers", shown.len());
        for (value, text) in shown {
            assert!(known.contains(&value.to_bits()), "{value} ({text}) stands in no document");
            let (digits, scale) = match text.strip_suffix(" %") {
                Some(t) => (t, 100.0),
                None => (text, 1.0),
            };
            let read: f64 = digits.replace(',', "").parse().unwrap_or_else(|_| panic!("{text}"));
            let near = (read - scale * value).abs() <= 0.006_f64.max(1e-3 * value.abs());
            assert!(near, "{value} is shown as {text}");
        }
    }
    /// Nothing that runs, nothing that is fetched, tags that are closed.
    fn check_markup(&self) {
        assert_eq!(self.html.matches("<script").count(), 2, "the two documents");
        for bad in ["<img", "<b>", "<i>", "src=\"", "http://", "https://", "NaN"] {
            assert!(!self.html.contains(bad), "{bad}");
        }
        let mut open: Vec<&str> = Vec::new();
        let body = self.html.split_once("<body>").unwrap().1.split_once("<script").unwrap().0;
        for tag in body.split('<').skip(1) {
            let inside = tag.split_once('>').unwrap().0;
            let name = inside.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap();
            match (inside.starts_with('/'), inside.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), Some(name), "{tag}"),
                (false, false) => open.push(name),
                (false, true) => {}
            }
        }
        assert!(open.is_empty(), "{open:?}");
        let mut ids: Vec<&str> =
            body.split(" id=\"").skip(1).map(|p| p.split('"').next().unwrap_or_default()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an address is used twice: {ids:?}");
    }
}

fn numbers(value: &Value, into: &mut BTreeSet<u64>) {
    match value {
        Value::Number(n) => {
            into.insert(n.as_f64().unwrap().to_bits());
        }
        Value::Array(all) => all.iter().for_each(|v| numbers(v, into)),
        Value::Object(all) => all.values().for_each(|v| numbers(v, into)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn the_report_of_classes_says_what_json_says() {
    let folder = Folder::with(&[]);
    folder.write("a b.csv", evil(200));
    let words =
        ["train", "a b.csv", "--target", "y", "--epochs", "5", "--layers", "6,2", "--report", "r.html"];
    let run = || folder.run(words.into_iter().chain(["--json", "-q"])).assert().success();
    let json: Value = serde_json::from_slice(&run().get_output().stdout).unwrap();
    let read = Read::of(&folder, "r.html");
    assert_eq!(read.document, json);
    read.check_numbers();
    read.check_markup();
    let judgement = &json["record"]["judgement"];
    for (name, values) in read.table("All scores") {
        let own = match name.as_str() {
            "loss" => Some(&judgement["loss"]),
            "accuracy" | "MCC" => Some(&judgement["scores"][name.to_lowercase()]),
            _ => None,
        };
        assert!(own.is_none_or(|v| values == [v.as_f64().unwrap()]), "{name}: {values:?}");
    }
    let cells = judgement["confusion"]["cells"].as_array().unwrap();
    for (truth, (_, row)) in read.table("Confusion matrix").iter().enumerate() {
        for (decided, count) in row.iter().enumerate() {
            let same = |c: &&Value| c["truth"] == truth && c["decided"] == decided;
            let own = cells.iter().find(same).map_or(0.0, |c| c["weight"].as_f64().unwrap());
            assert_eq!(*count, own, "{truth} taken for {decided}");
        }
    }
    for section in ["score", "classes", "probabilities", "importance", "hidden-layers", "learning", "data"] {
        assert!(read.html.contains(&format!("<section id=\"{section}\"")), "{section}");
    }
    assert!(read.html.contains("unit 1"), "the second layer is a plane itself");
    assert!(read.details["origin"]["command"].as_str().unwrap().starts_with("ff train 'a b.csv' --target y"));
    // The same command gives the same file.
    run();
    assert_eq!(Read::of(&folder, "r.html").html, read.html);
}

#[test]
fn the_report_of_numbers_says_what_json_says() {
    let folder = Folder::with(&[]);
    let rows = (0..120).map(|i| format!("{},{},{}\n", i % 7, i * 31 % 50, 2 * (i % 7) + i * 31 % 50));
    folder.write("t.csv", format!("a,b,y\n{}", rows.collect::<String>()));
    folder.ok("train t.csv --target a,y --layers '' --epochs 4 -o two.ff -q --report two.html");
    Read::of(&folder, "two.html").check_markup();
    folder.ok("train t.csv --target y --task regression --layers '' --epochs 4 -o t.ff -q --report t.html");
    let trained = Read::of(&folder, "t.html");
    trained.check_numbers();
    trained.check_markup();
    assert!(!trained.html.contains("id=\"hidden-layers\""), "there is none");
    let json = folder.json("evaluate t.ff t.csv --json -q --report e.html");
    let read = Read::of(&folder, "e.html");
    assert_eq!(read.document, json);
    read.check_numbers();
    read.check_markup();
    let (name, values) = &read.table("RMSE with its 95 % interval")[0];
    let scores = &json["judgement"]["columns"][0]["scores"];
    assert_eq!((name.as_str(), values[0]), ("y", scores["rmse"].as_f64().unwrap()));
    assert!(values[1] < values[0] && values[0] < values[2], "{values:?}");
    assert_eq!(read.details["origin"]["tables"][0]["rows"], 120);
}

#[test]
fn the_report_of_a_cross_validation_says_what_json_says() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", evil(150));
    let line = "cross-validate t.csv --target y --folds 3 --layers 4 --epochs 4 -q --json --report r.html";
    let json = folder.json(line);
    let read = Read::of(&folder, "r.html");
    assert_eq!(read.document, json);
    read.check_numbers();
    read.check_markup();
    let (_, values) = read.table("All scores").into_iter().find(|(name, _)| name == "accuracy").unwrap();
    let scores = &json["scores"]["accuracy"];
    assert_eq!(
        (values[0], values[1]),
        (scores["mean"].as_f64().unwrap(), scores["deviation"].as_f64().unwrap())
    );
    for (fold, (_, values)) in json["folds"].as_array().unwrap().iter().zip(read.table("The folds")) {
        let accuracy = &fold["judgement"]["scores"]["accuracy"];
        assert_eq!(
            (values[0], values[4]),
            (
                fold["train_rows"].as_f64().unwrap() + fold["valid_rows"].as_f64().unwrap(),
                accuracy.as_f64().unwrap()
            )
        );
    }
    assert_eq!(read.html.matches("the rows of all folds are pooled").count(), 2, "at every place");
    assert_eq!(read.table("Confusion matrix").iter().flat_map(|row| &row.1).sum::<f64>(), 150.0);
}

#[test]
fn the_report_of_a_search_says_what_json_says() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", evil(150));
    folder.write(
        "space.toml",
        "width = [2, 5]\ndepth = [1]\nlearning-rate = { low = 1e-3, high = 1e-1, log = true }\n",
    );
    let line = "tune t.csv --target y --space space.toml --trials 4 --epochs 3 --metric accuracy -q --json --report r.html";
    let json = folder.json(line);
    let read = Read::of(&folder, "r.html");
    assert_eq!(read.document, json);
    read.check_numbers();
    read.check_markup();
    let trials = json["trials"].as_array().unwrap();
    let mut seen = 0;
    for (name, values) in read.table("Best first") {
        let own = trials.iter().find(|t| t["trial"].as_u64() == name.parse().ok()).unwrap();
        assert_eq!(values[0], own["scored"]["score"].as_f64().unwrap(), "trial {name}");
        seen += 1;
    }
    assert_eq!(seen, 4);
    let total: f64 = read.table("Confusion matrix").iter().flat_map(|row| &row.1).sum();
    assert_eq!(total, json["test_rows"].as_f64().unwrap(), "the test rows judge the winner");
    for picture in ["history", "setting-1", "setting-3"] {
        assert!(read.html.contains(&format!("<figure id=\"{picture}\"")), "{picture}");
    }
}

#[test]
fn the_report_of_an_experiment_says_what_json_says() {
    let folder = Folder::with(&[]);
    for line in ["lab regions --folding 2,2,4", "lab capacity --widths 1,4 --repeats 2 --epochs 20 --rows 20"]
    {
        let json = folder.json(&format!("{line} --json -q --report r.html"));
        let read = Read::of(&folder, "r.html");
        assert_eq!(read.document, json, "{line}");
        read.check_markup();
        let mut known = BTreeSet::new();
        numbers(&json, &mut known);
        assert!(!read.shown().is_empty(), "{line}");
        assert!(read.shown().iter().all(|(x, _)| known.contains(&x.to_bits())), "{line}");
        assert!(read.html.contains("<figure id=\"picture-1\""), "{line}");
    }
}

/// The score is of networks that had not seen the rows; the saved model has.
#[test]
fn a_model_that_learned_from_all_rows_in_the_end_is_told_from_those_that_were_judged() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", evil(200));
    folder.ok("train t.csv --target y --epochs 5 --layers 2 -o t.ff -q --report folds.html");
    folder.ok(
        "train t.csv --target y --epochs 5 --layers 2 --validation 0.2 --refit -o s.ff -q --report one.html",
    );
    folder.ok("evaluate t.ff t.csv -q --report e.html");
    folder.ok("evaluate t.ff t.csv --choose-threshold f1 -q --report c.html");
    let has = |name: &str, all: &[&str]| {
        let html = Read::of(&folder, name).html;
        all.iter().for_each(|part| assert!(html.contains(part), "{name}: {part}"));
        assert!(!html.contains("that it did not learn from"), "{name}");
        assert!(!html.contains("which is fair"), "{name}");
        html
    };
    let seen = "200 rows that it has learned from";
    let saved = "The saved model learned from all 200 rows for";
    has(
        "folds.html",
        &["5 networks of", "each without one of 5 parts", saved, seen, "Score on the rows held back"],
    );
    has(
        "one.html",
        &["learned from 160 rows", "40 rows held back", saved, "40 rows that it has learned from"],
    );
    let own =
        ["Score on the training rows", "the table that it was trained on", "5 networks of", saved, seen];
    assert!(!has("e.html", &own).contains("chose the threshold"));
    has("c.html", &["These rows chose the threshold and flatter it"]);
}

/// Errors with their names, what was learned from what, and which columns were left out.
#[test]
fn the_report_of_an_experiment_on_a_table_names_it() {
    let folder = Folder::with(&[]);
    let row = |i: u32| format!("{i},{},{},1\n", i * 37 % 101, i * 53 % 97);
    folder.write("t.csv", format!("id,x,y,same\n{}", (0..60).map(row).collect::<String>()));
    let line = "lab capacity t.csv --target y --task regression --widths 1,4 --repeats 2 --epochs 5 -q --json --report r.html";
    let json = folder.json(line);
    let read = Read::of(&folder, "r.html");
    read.check_markup();
    assert!(read.html.contains("<h1>Capacity: predicting y from t.csv</h1>"), "{}", read.html);
    assert!(read.html.contains("How to read it") && read.html.contains("id=\"warnings\""), "{}", read.html);
    assert_eq!(read.details["origin"]["tables"][0]["rows"], 60);
    let table = read.table("Error by units");
    for (row, own) in table.iter().zip(json["results"]["units"].as_array().unwrap()) {
        let value = |place: &str| own.pointer(place).unwrap().as_f64().unwrap();
        let first = ["/train/mean", "/train/deviation", "/valid/mean", "/valid/deviation"].map(value);
        assert_eq!(row.1[1..5], first, "after the place");
    }
    assert!(read.html.contains(">training RMSE</th>"), "{}", read.html);
}

#[test]
fn the_page_does_not_depend_on_threads() {
    let folder = Folder::with(&[]);
    let page = |n: u32| {
        folder.ok(&format!("train blobs:rows=150 --layers 5 --epochs 3 --threads {n} -q --report r.html"));
        Read::of(&folder, "r.html")
            .html
            .replace(&format!("<span class=\"word\">{n}</span>"), "")
            .replace(&format!("--threads {n}"), "")
    };
    assert!(page(1) == page(2));
}

#[test]
fn rows_without_a_judge_and_tiny_tables_have_a_page() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", "a,y\n1,n\n2,m\n3,n\n4,m\n");
    folder.ok("train t.csv --target y --epochs 2 -o t.ff -q --report t.html");
    let read = Read::of(&folder, "t.html");
    read.check_markup();
    assert!(read.html.contains("nothing says how good it is"), "{}", read.html);
    folder.write("one.csv", "a,y\n1,n\n");
    folder.ok("evaluate t.ff one.csv -q --report one.html");
    Read::of(&folder, "one.html").check_markup();
}

#[test]
fn a_place_that_is_no_report_is_refused_before_the_work() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", evil(40)).write("t.html", evil(40));
    for (line, why) in [
        ("train t.csv --target y --report r.txt", "a name that ends with `.html`"),
        ("train t.html --target y --report t.html", "the one would overwrite the other"),
        ("train t.csv --target y --report nowhere/r.html", "nowhere"),
    ] {
        let assert = folder.ff(line).assert().failure();
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(said.contains(why), "{line}: {said}");
        assert!(!folder.files().contains(&"t.ff".to_string()), "{line} has trained");
    }
}
