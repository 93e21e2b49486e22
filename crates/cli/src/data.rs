//! The DATA argument: a file, a folder, standard input or a generated set becomes a table.

use crate::args::{HeaderArg, PartArg, Reading, Text};
use crate::progress::ReadingBar;
use feedforward::data::generated::{self, Recipe, SETS, Set};
use feedforward::data::memory::Limit;
use feedforward::data::prepare::Roles;
use feedforward::data::source::{self, IdxPart, Kind, ReadOptions};
use feedforward::data::table::Table;
use feedforward::training::{Model, Theta};
use feedforward::{Dice, Error, Purpose, Result};
use std::path::{Path, PathBuf};

/// A table, and the target it has by itself.
#[derive(Debug)]
pub(crate) struct Data {
    /// The table.
    pub(crate) table: Table,
    /// Its own target: the last column of a generated set, the labels of IDX files.
    pub(crate) target: Option<String>,
}

/// What the caller knows of the data before it is read.
#[derive(Debug, Default)]
pub(crate) struct Expect {
    /// Kinds of columns that may be there; the user's `--type` wins.
    pub(crate) kinds: Vec<(String, Kind)>,
    /// Whether the network computes in f64, so that nothing may be rounded to f32.
    pub(crate) double: bool,
    /// Columns, by name or number, whose texts are needed however many there are.
    pub(crate) texts: Vec<String>,
}

impl Expect {
    /// What a model knows of new rows.
    pub(crate) fn by(model: &Model) -> Self {
        let double = matches!(model.theta, Theta::F64(_));
        Expect { kinds: model.preparation.kinds(), double, ..Expect::default() }
    }
    /// What rows are divided by is often an identifier or a date.
    pub(crate) fn of(roles: &Roles) -> Self {
        Expect { texts: roles.group.iter().chain(&roles.time).cloned().collect(), ..Expect::default() }
    }
}

/// Read or draw `data`; `usual` is the part where `--part` does not say.
///
/// # Errors
/// Settings that cannot be, and everything that [`source::read`] refuses.
pub(crate) fn load(
    data: &str,
    reading: &Reading,
    usual: PartArg,
    expect: Expect,
    quiet: bool,
) -> Result<Data> {
    let part = reading.part.unwrap_or(usual);
    if let Some((set, recipe)) = generated_set(data, reading)? {
        return draw_within(set, &recipe, part, reading.memory.limit());
    }
    check_name(data)?;
    let mut bar = ReadingBar::new(data, quiet);
    let options = ReadOptions {
        expected: expect.kinds,
        double: expect.double,
        part: match part {
            PartArg::Train => IdxPart::Train,
            PartArg::Test => IdxPart::Test,
        },
        array: reading.array.clone(),
        limit: reading.memory.limit(),
        ..options(&reading.text)?
    };
    let table = read(data, options, &expect.texts, &mut bar).map_err(|e| {
        match generated::parse(data) {
            // The file or folder came first, but perhaps it was not meant.
            Some(_) => {
                e.hint(format!("this hides the generated set; write `{data}:`, with a colon, for the set"))
            }
            None => e,
        }
    })?;
    let idx = Path::new(data).is_dir() && table.columns.iter().any(|c| c.name == "label");
    Ok(Data { table, target: idx.then(|| "label".into()) })
}

/// Read a file or folder. Where a column of `texts` is taken for free text, whose cells are not kept, it is read again
/// as a category; standard input can be read once only.
pub(crate) fn read(
    data: &str,
    mut options: ReadOptions,
    texts: &[String],
    bar: &mut ReadingBar,
) -> Result<Table> {
    let table = source::read(data, &options, &mut |done| bar.tell(done))?;
    let columns = texts.iter().map(|t| table.column_index(t)).collect::<Result<Vec<_>>>()?;
    let free = columns.into_iter().map(|c| &table.columns[c]);
    let free = free.filter(|c| c.kind().is_none() && data != "-");
    let kinds: Vec<_> = free.map(|c| (c.name.clone(), Kind::Category)).collect();
    if kinds.is_empty() {
        return Ok(table);
    }
    options.types.extend(kinds);
    source::read(data, &options, &mut |done| bar.tell(done))
}

/// Cells of generated sets take so many bytes at most, and are drawn in memory.
const OF_A_CELL: u64 = 4;

/// As [`draw`], within a limit on memory, of which the drawn cells may take a quarter.
fn draw_within(set: &Set, recipe: &Recipe, part: PartArg, limit: Option<Limit>) -> Result<Data> {
    let bytes = (recipe.rows as u64).saturating_mul(set.columns as u64 * OF_A_CELL);
    if let Some(limit) = limit.as_ref().filter(|limit| bytes > limit.bytes / 4) {
        let most = limit.bytes / 4 / (set.columns as u64 * OF_A_CELL);
        let e = Error::bad_value(
            "rows",
            recipe.rows,
            format!("at most {most} within --memory: they are drawn there"),
        );
        return Err(e.hint("draw fewer rows, or give more memory"));
    }
    let mut data = draw(set, recipe, part)?;
    data.table.limit = limit;
    Ok(data)
}

/// The rows of a generated set; those of the test part come from another seed.
pub(crate) fn draw(set: &Set, recipe: &Recipe, part: PartArg) -> Result<Data> {
    let seed = match part {
        PartArg::Train => recipe.seed,
        PartArg::Test => Dice::new(recipe.seed).stream(Purpose::Split, &[]).bits(0),
    };
    let table = set.generate(&Recipe { seed, ..recipe.clone() })?;
    let target = table.columns.last().map(|c| c.name.clone());
    Ok(Data { table, target })
}

/// The generated set that `data` names, with `--seed` unless the text brings its own. A file of that name
/// comes first.
fn generated_set(data: &str, reading: &Reading) -> Result<Option<(&'static Set, Recipe)>> {
    if Path::new(data).exists() {
        return Ok(None);
    }
    let Some(parsed) = generated::parse(data) else { return Ok(None) };
    let (set, mut recipe) = parsed?;
    if !data.contains("seed=") {
        recipe.seed = reading.seed;
    }
    Ok(Some((set, recipe)))
}

/// A bare word that is neither file nor set is probably a set misspelt.
fn check_name(data: &str) -> Result<()> {
    let word = data.split(':').next().unwrap_or_default();
    let bare = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    if bare && !Path::new(data).exists() {
        return Err(Error::unknown("file or generated set", word, SETS.iter().map(|s| s.name)));
    }
    Ok(())
}

/// What the reader is told.
pub(crate) fn options(reading: &Text) -> Result<ReadOptions> {
    let usual = ReadOptions::default();
    let types = reading.types.iter().map(|t| kind(t)).collect::<Result<_>>()?;
    let mut missing = usual.missing;
    if let Some(list) = &reading.missing {
        // An empty text in the list is an empty cell, which always counts: it can mean "only these".
        if list.is_empty() || list.starts_with(',') {
            missing.clear();
        }
        missing.extend(list.split(',').map(|m| m.trim().to_string()));
    }
    Ok(ReadOptions {
        delimiter: reading.delimiter.as_deref().map(delimiter).transpose()?,
        header: match reading.header {
            HeaderArg::Yes => Some(true),
            HeaderArg::No => Some(false),
            HeaderArg::Auto => None,
        },
        decimal: one_byte("--decimal", &reading.decimal)?,
        missing,
        skip_lines: reading.skip_lines,
        types,
        ..usual
    })
}

fn delimiter(text: &str) -> Result<u8> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "blank" | "space" => Ok(b' '),
        other => one_byte("--delimiter", other),
    }
}

fn one_byte(flag: &str, text: &str) -> Result<u8> {
    match text.as_bytes() {
        [one] => Ok(*one),
        _ => Err(Error::bad_value(flag, text, "one ASCII character")),
    }
}

/// `COL=category`; the column's name may hold a `=`.
fn kind(text: &str) -> Result<(String, Kind)> {
    let want = || Error::bad_value("--type", text, "of the form `COL=category` or `COL=number`");
    let (column, kind) = text.rsplit_once('=').ok_or_else(want)?;
    match kind {
        "category" => Ok((column.into(), Kind::Category)),
        "number" => Ok((column.into(), Kind::Number)),
        other => Err(Error::unknown("kind of column", other, ["category", "number"])),
    }
}

/// Where the model of `data` goes unless the user says: its name with `.ff`, in the current folder.
pub(crate) fn model_path(data: &str) -> PathBuf {
    let name = match data {
        "-" => "model",
        _ if generated::parse(data).is_some() => data.split(':').next().unwrap_or(data),
        _ => Path::new(data).file_name().and_then(|n| n.to_str()).unwrap_or("model"),
    };
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    PathBuf::from(format!("{}.ff", if stem.is_empty() { "model" } else { stem }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Verb};
    use clap::Parser;

    fn reading(flags: &[&str]) -> Reading {
        match Cli::try_parse_from(["ff", "describe", "x"].iter().chain(flags)).unwrap().verb {
            Verb::Describe(d) => d.reading,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn models_are_called_after_their_data() {
        for (data, want) in [
            ("a/b/sales.csv", "sales.ff"),
            ("sales.tsv.gz", "sales.ff"),
            ("mnist/", "mnist.ff"),
            ("-", "model.ff"),
            ("moons:rows=5,noise=0.1", "moons.ff"),
            (".gz", "model.ff"),
            ("..", "model.ff"),
            ("v1.2.csv", "v1.2.ff"),
        ] {
            assert_eq!(model_path(data), PathBuf::from(want), "{data}");
        }
    }

    #[test]
    fn reading_flags_arrive() {
        let flags = [
            "--delimiter=tab",
            "--header=no",
            "--decimal=,",
            "--missing=,-9,x",
            "--skip-lines=2",
            "--type=a=b=category,3=number",
        ];
        let want = ReadOptions {
            delimiter: Some(b'\t'),
            header: Some(false),
            decimal: b',',
            missing: vec!["".into(), "-9".into(), "x".into()],
            skip_lines: 2,
            types: vec![("a=b".into(), Kind::Category), ("3".into(), Kind::Number)],
            ..ReadOptions::default()
        };
        assert_eq!(options(&reading(&flags).text).unwrap(), want);
        assert_eq!(options(&reading(&[]).text).unwrap(), ReadOptions::default());
        let missing = options(&reading(&["--missing=x"]).text).unwrap().missing;
        assert!(missing.contains(&"NA".to_string()) && missing.contains(&"x".to_string()));
        for bad in ["--delimiter=ab", "--decimal=", "--type=a", "--type=a=text"] {
            assert!(options(&reading(&[bad]).text).is_err(), "{bad}");
        }
    }

    #[test]
    fn test_rows_of_a_set_are_others() {
        let load = |flags: &[&str], part| {
            load("moons:rows=20", &reading(flags), part, Expect::default(), true).unwrap()
        };
        let train = load(&[], PartArg::Train);
        assert_eq!(train.target.as_deref(), train.table.columns.last().map(|c| c.name.as_str()));
        assert_ne!(train.table, load(&[], PartArg::Test).table);
        assert_ne!(train.table, load(&["--seed=1"], PartArg::Train).table);
        assert_eq!(train.table, load(&["--part=train"], PartArg::Test).table);
    }

    #[test]
    fn a_set_misspelt_is_named() {
        let e = load("moon:rows=3", &reading(&[]), PartArg::Train, Expect::default(), true).unwrap_err();
        assert_eq!(e.to_string(), "there is no file or generated set `moon`\nhint: did you mean `moons`?");
    }
}
