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
