//! `ff lab` and `ff lecture`: what they say, what they write, what they refuse.

use crate::common::Folder;
use snapbox::str;

#[test]
fn a_picture_and_its_numbers() {
    let folder = Folder::with(&[]);
    let value = folder.json("lab regions --folding 2,2,4 -o regions.svg --json");
    assert_eq!(value["results"]["linear_regions"], 44);
    assert_eq!(value["results"]["lower_bound"], 44);
    assert_eq!((&value["experiment"], &value["picture"]), (&"regions".into(), &"regions.svg".into()));
    let svg = String::from_utf8(folder.read("regions.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    folder.ok("lab regions --folding 2,2,4 -o again.svg");
    assert_eq!(folder.read("again.svg"), svg.as_bytes(), "the same bytes");
    assert_eq!(folder.files(), ["again.svg", "regions.svg"]);
}

#[test]
fn regions_in_words() {
    let folder = Folder::with(&[]);
    folder.ff("lab regions --folding 1,2,4").assert().success().stdout_eq(str![[r#"
20 linear regions of 1-4-4-1
network                        1-4-4-1, ReLU, in [0, 1]
linear regions                 20
patterns of active units       20
Montúfar's lower bound         20 for the most such a network can have
one layer of as many units     9 at most

"#]]);
}

#[test]
fn what_an_experiment_does_not_have_is_refused() {
    let folder = Folder::with(&[]);
    folder.ff("lab plane").assert().code(2).stderr_eq(str![[r#"
error: there is no experiment `plane`
hint: did you mean `planes`?

"#]]);
    folder.ff("lab curse --layers 2-3-1").assert().code(2).stderr_eq(str![[r#"
error: --layers does not go with `ff lab curse`: it has no such setting

"#]]);
    folder.ff("lab regions --layers 3-8-1").assert().code(2).stderr_eq(str![[r#"
error: the number of inputs is `3`; it must be 1 or 2, to count regions

"#]]);
    folder.ff("lab regions --folding 2,1,x").assert().code(2).stderr_eq(str![[r#"
error: --folding is `2,1,x`; it must be whole numbers from 1 to 100,000, such as `1,4,16`

"#]]);
    let text = folder.ff("lab regions -o picture.jpg").assert().code(2);
    let text = String::from_utf8(text.get_output().stderr.clone()).unwrap();
    assert!(
        text.starts_with("error: -o is `picture.jpg`; it must be a name that ends with `.svg` or `.png`"),
        "{text}"
    );
    let text = folder.ff("lab universality --function sine").assert().code(2);
    let text = String::from_utf8(text.get_output().stderr.clone()).unwrap();
    assert!(text.starts_with("error: there is no function `sine`"), "{text}");
    assert_eq!(folder.files(), [""; 0], "nothing is written");
}

#[test]
fn the_lectures_are_listed() {
    let folder = Folder::with(&[]);
    let text = folder.ok("lecture list");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 69);
    for (i, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("S{:02}  ", i + 1)), "{line}");
        assert_eq!(line.matches(" | ").count(), 2, "what, deck, where: {line}");
        assert!(!line.contains("not implemented"), "{line}");
    }
    let list = folder.json("lecture list --json");
    assert_eq!(list.as_array().unwrap().len(), 69);
    assert_eq!(list[5]["errata"][0], "E23");
}

#[test]
fn the_decks_print_stands_beside_ours() {
    let folder = Folder::with(&[]);
    folder.ff("lecture run s06").assert().success().stdout_eq(str![[r#"
S06  a batch of two
Fischer and Zahn, Layer in an MLP: example

ok   z
     ours   -2  -3.25  1.55  2.5
     deck   -2  -3.25  1.55  2.5

ok   a
     ours   0.119202922  0.03732688734  0.8249137318  0.92414182
     deck   0.12  0.04  0.83  0.92   off: E23

E23  Fischer and Zahn print: σ(1.55) = .83
     right: .82 (.824914)
where: ff lecture run S06; ff trace --example batch

"#]]);
    let value = folder.json("lecture run S52 --json -o regions.svg");
    assert_eq!(
        (&value["holds"], &value["id"], &value["picture"]),
        (&true.into(), &"S52".into(), &true.into())
    );
    assert_eq!(folder.files(), ["regions.svg"]);
}

#[test]
fn parts_that_are_not_there() {
    let folder = Folder::with(&[]);
    folder.ff("lecture run S70").assert().code(2);
    folder.ff("lecture run").assert().code(2).stderr_eq(str![[r#"
error: the part is not given: S01 to S69, or `all`
hint: `ff lecture list` shows them

"#]]);
    folder.ff("lecture run S05 -o picture.svg").assert().code(2).stderr_eq(str![[r#"
error: -o picture.svg does not go with S05: this part has no picture

"#]]);
    assert_eq!(folder.files(), [""; 0]);
}

#[test]
fn what_the_error_is_made_of() {
    let folder = Folder::with(&[]);
    let run = |threads: u32| {
        let line = format!(
            "lab bias-variance --sets 6 --widths 1,5 --epochs 40 -o b.svg --threads {threads} --json -q"
        );
        (folder.json(&line), folder.read("b.svg"))
    };
    let one = run(1);
    assert_eq!(one, run(3), "the same on any number of threads");
    let all = one.0["results"]["decompositions"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    for d in all {
        let value = |part: &str| d[part]["value"].as_f64().unwrap();
        let sum = value("bias2") + value("variance") + d["noise2"].as_f64().unwrap();
        assert!((sum - value("sum")).abs() < 1e-12);
        assert!((value("measured") - value("sum") - value("difference")).abs() < 1e-12);
    }
    assert!(all[0]["bias2"]["low"].as_f64() > all[1]["bias2"]["high"].as_f64(), "{all:?}");
}

/// 120 rows of a smooth function, decimal commas, and a column that is no feature.
fn sales() -> String {
    let mut text = String::from("id;size;price\n");
    for i in 0..120 {
        let size = f64::from(i * 37 % 120) / 40.0;
        text.push_str(&format!("r{i};{size};{}\n", 100.0 * size * size).replace('.', ","));
    }
    text
}

#[test]
fn a_users_table_would_it_help_to_have_more_rows() {
    let folder = Folder::with(&[]);
    folder.write("sales.csv", sales());
    let flags = "sales.csv --target price --decimal , --ignore id --layers 8 --epochs 10 --seed 3 -q";
    let text = folder.ok(&format!("lab learning-curve {flags} --sizes 60,24 --repeats 2 -o c.svg"));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[2].starts_with("      24  ") && lines[3].starts_with("      60  "), "{text}");
    for part in [
        "A good learner (Fischer and Zahn): ",
        "ore data would ",
        "Next: ",
        "sales.csv --target=price --decimal=,",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let value = folder
        .json(&format!("lab capacity {flags} --widths 8,1 --repeats 2 --json").replace(" --layers 8", ""));
    assert_eq!(value["results"]["units"][0]["at"], 1, "in order");
    assert_eq!(value["results"]["kind"], "numbers");
    let value = folder.json(&format!("lab epochs {flags} --repeats 2 --json"));
    assert_eq!(value["results"]["epochs"].as_array().unwrap().last().unwrap()["epoch"], 10);
    assert_eq!(folder.files(), ["c.svg", "sales.csv"]);
}

#[test]
fn what_the_error_experiments_refuse() {
    let folder = Folder::with(&[]);
    folder.write("sales.csv", sales());
    for (line, part) in [
        ("lab planes sales.csv", "DATA does not go with `ff lab planes`"),
        ("lab curse --optimizer sgd", "a setting of `ff train` does not go with `ff lab curse`"),
        (
            "lab bias-variance --dropout 0.2",
            "a setting of `ff train` does not go with `ff lab bias-variance`",
        ),
        ("lab bias-variance --noise=-1", "--noise is `-1`"),
        ("lab bias-variance --sets 2", "--sets is `2`"),
        ("lab epochs --sizes 3", "--sizes does not go with `ff lab epochs`"),
        ("lab capacity --layers 4", "--layers does not go with `ff lab capacity`"),
        ("lab epochs --validation 0.3", "--validation does not go with drawn rows"),
        (
            "lab epochs sales.csv --decimal , --target price --noise 1",
            "--noise does not go with DATA sales.csv",
        ),
        ("lab epochs sales.csv --decimal ,", "--target"),
        ("lab learning-curve sales.csv --decimal , --target price --sizes 5,100", "numbers from 2 to 96"),
        ("lab learning-curve sales.csv --decimal , --target prize", "there is no column `prize`"),
    ] {
        let text = folder.ff(line).assert().failure();
        let text = String::from_utf8(text.get_output().stderr.clone()).unwrap();
        assert!(text.contains(part), "{line}: {text}");
    }
}
