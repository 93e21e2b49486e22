//! The public data sets that the project is measured with, where they are at hand.

use std::path::PathBuf;

use feedforward_base::ErrorKind;
use feedforward_data::describe::{Flag, describe};
use feedforward_data::source::{IdxPart, Kind, Progress, ReadOptions, read};
use feedforward_data::table::{Cells, Numbers, Table};

fn path(name: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.is_dir() {
        eprintln!("skipped: the folder of data sets is not at hand");
        return None;
    }
    folder.join(name).to_str().map(String::from)
}

fn table_with(name: &str, options: &ReadOptions) -> Option<Table> {
    path(name).map(|p| read(&p, options, &mut |_| ()).unwrap())
}

fn table(name: &str) -> Option<Table> {
    table_with(name, &ReadOptions::default())
}

fn missing(t: &Table) -> usize {
    (0..t.columns.len()).map(|c| t.columns[c].here().missing()).sum()
}

/// One letter per column: u8, f32, F64, category, text.
fn kinds(t: &Table) -> String {
    let letter = |c: &Cells| match c {
        Cells::Number(Numbers::U8(_)) => 'u',
        Cells::Number(Numbers::F32(_)) => 'f',
        Cells::Number(Numbers::F64(_)) => 'F',
        Cells::Category { .. } => 'c',
        Cells::Text { .. } => 't',
    };
    t.columns.iter().map(|c| letter(c.here())).collect()
}

fn levels<'t>(t: &'t Table, column: &str) -> Vec<&'t str> {
    match t.columns[t.column_index(column).unwrap()].here() {
        Cells::Category { levels, .. } => levels.iter().map(String::as_str).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn titanic() {
    let Some(t) = table("titanic/titanic.csv") else { return };
    assert_eq!((t.rows, missing(&t)), (891, 866));
    assert_eq!(kinds(&t), "fuutcfuutftc");
    assert_eq!(t.columns[3].name, "Name");
    assert_eq!(levels(&t, "Embarked"), ["S", "C", "Q"]);
    let d = describe(&t, Some(t.column_index("Survived").unwrap())).unwrap();
    assert_eq!(d.columns[0].flags, [Flag::Identifier]);
    assert_eq!(d.target.unwrap().classes.iter().map(|c| c.count).collect::<Vec<_>>(), [549, 342]);
}

#[test]
fn adult() {
    let Some(train) = table("adult/adult.data") else { return };
    let e = read(&path("adult/adult.test").unwrap(), &ReadOptions::default(), &mut |_| ()).unwrap_err();
    assert!(matches!(e.kind(), ErrorKind::Ragged { expected: 1, found: 15 }));
    assert!(e.hint_text().unwrap().contains("`--skip-lines 1`"));
    let skip = ReadOptions { skip_lines: 1, ..ReadOptions::default() };
    let test = table_with("adult/adult.test", &skip).unwrap();
    assert_eq!((train.rows, test.rows), (32_561, 16_281));
    assert_eq!(missing(&train) + missing(&test), 6_465);
    for t in [&train, &test] {
        assert_eq!(kinds(t).replace(['f', 'u'], "n"), "ncncncccccnnncc");
    }
    assert_eq!(levels(&train, "-1"), ["<=50K", ">50K"]);
    assert_eq!(test.line(0), 2);
}

#[test]
fn bundled_with_scikit_learn() {
    let Some(iris) = table("iris/iris.csv") else { return };
    assert_eq!((iris.rows, iris.columns.len()), (150, 5));
    assert_eq!(levels(&iris, "target"), ["setosa", "versicolor", "virginica"]);
    let wine = table("wine/wine_data.csv").unwrap();
    assert_eq!((wine.rows, wine.columns.len(), levels(&wine, "target").len()), (178, 14, 3));
    let cancer = table("breast_cancer/breast_cancer.csv").unwrap();
    assert_eq!((cancer.rows, cancer.columns.len()), (569, 31));
    assert_eq!(levels(&cancer, "target"), ["malignant", "benign"]);
    let digits = table("digits/digits.csv.gz").unwrap();
    assert_eq!((digits.rows, digits.columns.len()), (1_797, 65));
    assert!(kinds(&digits).chars().all(|k| k == 'u'));
    let diabetes = table("diabetes/diabetes_data_raw.csv.gz").unwrap();
    assert_eq!((diabetes.rows, diabetes.columns.len()), (442, 10));
    let target = table("diabetes/diabetes_target.csv.gz").unwrap();
    assert_eq!((target.rows, target.columns.len()), (442, 1));
    let exercise = table("linnerud/linnerud_exercise.csv").unwrap();
    assert_eq!((exercise.rows, exercise.columns[2].name.as_str()), (20, "Jumps"));
}

#[test]
fn housing_diamonds_and_bikes() {
    let Some(housing) = table("california_housing/housing.csv") else { return };
    assert_eq!((housing.rows, missing(&housing)), (20_640, 207));
    assert_eq!(housing.columns[housing.column_index("total_bedrooms").unwrap()].here().missing(), 207);
    assert_eq!(levels(&housing, "ocean_proximity").len(), 5);
    let diamonds = table("diamonds/diamonds.csv").unwrap();
    assert_eq!((diamonds.rows, missing(&diamonds)), (53_940, 0));
    assert_eq!(kinds(&diamonds), "fcccfffffff".chars().take(10).collect::<String>());
    let bikes = table("bike_sharing/hour.csv").unwrap();
    assert_eq!((bikes.rows, bikes.columns.len()), (17_379, 17));
    let d = describe(&bikes, Some(bikes.column_index("cnt").unwrap())).unwrap();
    let leaking = |name: &str| {
        let flags = &d.columns[bikes.column_index(name).unwrap()].flags;
        flags.iter().any(|f| matches!(f, Flag::Leak { .. }))
    };
    assert!(leaking("registered") && !leaking("temp"));
}

#[test]
fn packed_and_large() {
    let Some(pendigits) = table("pendigits/pendigits.tsv.gz") else { return };
    assert_eq!((pendigits.rows, pendigits.columns.len(), missing(&pendigits)), (10_992, 17, 0));
    let magic = table("magic/magic.tsv.gz").unwrap();
    assert_eq!((magic.rows, magic.columns.len()), (19_020, 11));
    let covertype = table("covertype/covertype_train50k.csv").unwrap();
    assert_eq!((covertype.rows, covertype.columns.len()), (50_000, 13));
    assert_eq!(levels(&covertype, "Wilderness_Area").len(), 4);
    let types = vec![("Soil_Type".to_string(), Kind::Category)];
    let typed =
        table_with("covertype/covertype_train50k.csv", &ReadOptions { types, ..ReadOptions::default() });
    assert_eq!(levels(&typed.unwrap(), "Soil_Type").len(), 39);
}

#[test]
fn mnist() {
    let Some(folder) = path("mnist") else { return };
    let mut last = None;
    let mut tell = |p: Progress| last = Some(p);
    let train = read(&folder, &ReadOptions::default(), &mut tell).unwrap();
    assert_eq!((train.rows, train.columns.len()), (60_000, 785));
    assert_eq!(train.columns[784].name, "label");
    assert!(kinds(&train).chars().all(|k| k == 'u'));
    assert_eq!(last, Some(Progress { done: 9_912_422, total: Some(9_912_422) }));
    let Cells::Number(labels) = train.columns[784].here() else { panic!("labels are numbers") };
    assert_eq!((0..5).map(|r| labels.get(r)).collect::<Vec<_>>(), [5.0, 0.0, 4.0, 1.0, 9.0]);
    let part = IdxPart::Test;
    let test = read(&folder, &ReadOptions { part, ..ReadOptions::default() }, &mut |_| ()).unwrap();
    assert_eq!(test.rows, 10_000);
    let images =
        read(&format!("{folder}/t10k-images-idx3-ubyte.gz"), &ReadOptions::default(), &mut |_| ()).unwrap();
    assert_eq!((images.rows, images.columns.len()), (10_000, 784));
    assert_eq!(images.columns[..], test.columns[..784]);
}
