//! The rules of preparation on the public data sets, where they are at hand.

use std::path::PathBuf;

use feedforward_base::ErrorKind;
use feedforward_data::prepare::{Note, Preparation, PrepareOptions, Roles, Target, Unseen, Want};
use feedforward_data::source::{ReadOptions, read};
use feedforward_data::table::Table;

fn table(name: &str, skip_lines: usize) -> Option<Table> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.is_dir() {
        eprintln!("skipped: the folder of data sets is not at hand");
        return None;
    }
    let options = ReadOptions { skip_lines, ..ReadOptions::default() };
    Some(read(folder.join(name).to_str()?, &options, &mut |_| ()).unwrap())
}

fn fit(table: &Table, target: &str) -> (Preparation, Vec<Note>) {
    let train: Vec<u32> = (0..table.rows as u32).filter(|r| r % 5 != 0).collect();
    let roles = Roles { target: target.split('+').map(String::from).collect(), ..Roles::default() };
    let fitted = Preparation::fit(table, &train, &roles, &PrepareOptions::default()).unwrap();
    (fitted.preparation, fitted.notes)
}

#[test]
fn classes_and_numbers_are_told_apart() {
    let classes = |p: &Preparation| if matches!(p.target, Target::Classes { .. }) { p.outputs() } else { 0 };
    for (file, target, inputs, want) in [
        ("titanic/titanic.csv", "Survived", 11, 2),
        ("covertype/covertype_train50k.csv", "Cover_Type", 15, 7),
        ("wine/wine_data.csv", "-1", 13, 3),
        ("iris/iris.csv", "-1", 4, 3),
        ("breast_cancer/breast_cancer.csv", "-1", 30, 2),
        ("pendigits/pendigits.tsv.gz", "target", 16, 10),
        ("magic/magic.tsv.gz", "target", 10, 2),
        ("digits/digits.csv.gz", "-1", 61, 10),
        ("adult/adult.data", "-1", 107, 2),
        ("california_housing/housing.csv", "median_house_value", 14, 0),
        ("diamonds/diamonds.csv", "price", 26, 0),
        ("bike_sharing/hour.csv", "cnt", 14, 0),
        ("bike_sharing/hour.csv", "casual+registered", 13, 0),
        ("linnerud/linnerud_physiological.csv", "Waist", 2, 0),
    ] {
        let Some(t) = table(file, 0) else { return };
        let rows = t.rows;
        let (p, _) = fit(&t, target);
        assert_eq!((p.inputs(), classes(&p)), (inputs, want), "{file}");
        let prepared = p.apply::<f32>(t, Want::Target, Unseen::Other).unwrap().prepared;
        assert_eq!((prepared.rows, prepared.x.here().len()), (rows, rows * inputs), "{file}");
        assert!(prepared.x.here().iter().all(|x| x.is_finite()), "{file}");
    }
}

#[test]
fn what_titanic_leaves_out() {
    let Some(t) = table("titanic/titanic.csv", 0) else { return };
    let (p, notes) = fit(&t, "Survived");
    assert_eq!(notes[0], Note::Counter { column: "PassengerId".into() });
    assert!(notes[1..].iter().all(|n| matches!(n, Note::FreeText { .. })) && notes.len() == 4, "{notes:?}");
    let names = [
        "Pclass",
        "Sex=male",
        "Age",
        "Age is missing",
        "SibSp",
        "Parch",
        "Fare",
        "Embarked=C",
        "Embarked=Q",
        "Embarked=S",
        "Embarked is missing",
    ];
    assert_eq!(p.input_names(), names);
}

#[test]
fn the_labels_of_adults_test_file_end_with_a_full_stop() {
    let Some(t) = table("adult/adult.data", 0) else { return };
    let Some(test) = table("adult/adult.test", 1) else { return };
    let (p, _) = fit(&t, "-1");
    let lenient = p.apply::<f32>(test.clone(), Want::TargetIfThere, Unseen::Other).unwrap();
    assert!(matches!(&lenient.notes[0], Note::TargetUnusable { column, .. } if column == "15"));
    let e = p.apply::<f32>(test, Want::Target, Unseen::Other).unwrap_err();
    let ErrorKind::Many { errors, total: 2 } = e.kind() else { panic!("{e}") };
    assert_eq!(errors[0].hint_text(), Some("did you mean `<=50K`? There are `<=50K`, `>50K`"));
}

#[test]
fn mnist_keeps_all_its_pixels() {
    let Some(t) = table("mnist", 0) else { return };
    let (p, notes) = fit(&t, "label");
    assert_eq!((p.inputs(), p.outputs(), notes.len()), (784, 10, 0));
    assert_eq!(p.features[0].input_names(), ["1"]);
}
