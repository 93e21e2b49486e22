//! One error: what went wrong, where, and what to do about it.

use std::fmt;

use crate::plain::plain;

/// Characters of a message, a place or a hint that are shown: a name in a file may have any length.
const MOST_SHOWN: usize = 4_000;

/// What a fallible function of feedforward returns.
pub type Result<T> = std::result::Result<T, Error>;

/// What + where + what to do.
///
/// ```
/// use feedforward_base::{Error, ErrorKind, Place};
/// let e = Error::new(ErrorKind::NotANumber { text: "7,2".into() })
///     .at(Place::file("flowers.csv").row(18).column("sepal_width"))
///     .hint("this file writes decimals with a comma; pass `--decimal ,`");
/// assert_eq!(e.to_string(), "`7,2` is not a number\n  at: flowers.csv, row 18, column `sepal_width`\nhint: \
///     this file writes decimals with a comma; pass `--decimal ,`");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq)]
struct Inner {
    kind: ErrorKind,
    place: Place,
    hint: Option<String>,
}

/// What went wrong, with the offending values.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    // ---- usage ----
    /// A setting's value is out of its range or not of its form.
    BadValue {
        /// The setting, as the user writes it.
        name: String,
        /// What was given.
        value: String,
        /// What is allowed: "a number above 0".
        want: String,
    },
    /// A setting that must be given is not.
    NotGiven {
        /// The setting, as the user writes it.
        name: String,
        /// What it says: "the column to predict".
        what: String,
    },
    /// A name that is in no list.
    Unknown {
        /// What kind of name: "activation", "column".
        what: String,
        /// What was given.
        name: String,
        /// All that would have been accepted.
        known: Vec<String>,
    },
    /// A list with another number of entries than its use needs.
    WrongCount {
        /// The setting, as the user writes it.
        name: String,
        /// How many entries were given.
        given: usize,
        /// What an entry is, in the singular: "function".
        what: String,
        /// What is allowed: "one for all".
        want: String,
    },
    /// Two settings that cannot go together.
    Conflict {
        /// The first, as the user writes it.
        one: String,
        /// The second.
        other: String,
        /// Why not.
        why: String,
    },
    // ---- data ----
    /// A file of no bytes, or of blank lines only.
    EmptyFile,
    /// A header and no row.
    NoRows,
    /// A row with another number of fields than the rows before.
    Ragged {
        /// Fields of the rows before.
        expected: usize,
        /// Fields of this row.
        found: usize,
    },
    /// Text where a number must stand.
    NotANumber {
        /// The text.
        text: String,
    },
    /// A whole number of so many digits that its neighbours would become the same number.
    Inexact {
        /// The number.
        text: String,
    },
    /// An infinite or NaN number where a finite one must stand.
    NotFinite {
        /// The text or number.
        text: String,
    },
    /// An empty cell where a value must stand.
    Missing,
    /// No value in a whole column.
    AllMissing,
    /// Bytes that are no UTF-8 text.
    NotUtf8,
    /// Free text where numbers or categories must stand.
    FreeText {
        /// The distinct texts that were met, at least.
        distinct: usize,
    },
    /// A weight that is no finite number of 0 or more.
    BadWeight {
        /// The weight, or what is wrong with all of them.
        value: String,
    },
    /// No column is left to learn from.
    NoFeatures,
    /// Two columns of one name.
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// A column that the model or the request needs is not in the table.
    NoSuchColumn {
        /// The name or number asked for.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },
    /// The target has one value only.
    ConstantTarget {
        /// That value.
        value: String,
    },
    /// A class that was not in the training part.
    UnseenClass {
        /// The class.
        class: String,
        /// The classes of the training part.
        known: Vec<String>,
    },
    /// A category that was not in the training part.
    UnseenCategory {
        /// The category.
        category: String,
    },
    /// Not enough rows for what was asked.
    TooFewRows {
        /// Rows needed.
        need: usize,
        /// Rows there are.
        have: usize,
    },
    /// Two tables or parts whose sizes must agree do not.
    SizeMismatch {
        /// What was counted: "labels".
        what: String,
        /// What the first says.
        expected: usize,
        /// What the second says.
        found: usize,
    },
    /// A file, or a variant of a format, that this build cannot read.
    Unsupported {
        /// The thing: "zstd-compressed Parquet".
        what: String,
    },
    /// A data file that does not hold what its header claims.
    Malformed {
        /// The format: "IDX".
        format: String,
        /// What is wrong.
        what: String,
    },
    /// The operating system refused.
    Io {
        /// What was tried: "read", "write", "rename".
        action: String,
        /// The system's own words.
        why: String,
    },
    // ---- training ----
    /// Loss or parameters left the finite numbers.
    Diverged {
        /// What did: "loss", "pre-activation".
        what: String,
        /// How large it had become: "of inputs up to 3.2e19"; empty where that says nothing.
        size: String,
    },
    // ---- model files ----
    /// A model file that is cut, changed or not one of ours.
    Damaged {
        /// What is wrong with it.
        what: String,
    },
    // ---- checks ----
    /// A check that the user asked for did not hold.
    CheckFailed {
        /// What was checked: "accuracy".
        what: String,
        /// The value there is.
        value: String,
        /// What it had to be: "at least 0.97".
        want: String,
    },
    /// Several problems, reported together.
    Many {
        /// The first problems, in the order of their places.
        errors: Vec<Error>,
        /// How many there are in all.
        total: usize,
    },
}

impl ErrorKind {
    /// The command line's exit code: 1 a check failed, 2 usage, 3 data, 4 diverged, 5 damaged file.
    pub fn exit_code(&self) -> u8 {
        use ErrorKind::*;
        match self {
            BadValue { .. } | NotGiven { .. } | Unknown { .. } | WrongCount { .. } | Conflict { .. } => 2,
            EmptyFile
            | NoRows
            | Ragged { .. }
            | NotANumber { .. }
            | Inexact { .. }
            | NotFinite { .. }
            | Missing
            | AllMissing
            | NotUtf8 => 3,
            FreeText { .. } | BadWeight { .. } | NoFeatures => 3,
            DuplicateColumn { .. } | NoSuchColumn { .. } | ConstantTarget { .. } | UnseenClass { .. } => 3,
            UnseenCategory { .. }
            | TooFewRows { .. }
            | SizeMismatch { .. }
            | Unsupported { .. }
            | Malformed { .. } => 3,
            Io { .. } => 3,
            Diverged { .. } => 4,
            Damaged { .. } => 5,
            CheckFailed { .. } => 1,
            Many { errors, .. } => errors.first().map_or(2, |e| e.kind().exit_code()),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            BadValue { name, value, want } => write!(f, "{name} is `{value}`; it must be {want}"),
            NotGiven { name, what } => write!(f, "{name} is not given: {what}"),
            Unknown { what, name, .. } => write!(f, "there is no {what} `{name}`"),
            WrongCount { name, given, what, want } => {
                write!(f, "{name} lists {given} {what}{}; it must be {want}", plural(*given))
            }
            Conflict { one, other, why } => write!(f, "{one} does not go with {other}: {why}"),
            EmptyFile => f.write_str("the file is empty"),
            NoRows => f.write_str("there is a header and no row of data"),
            Ragged { expected, found } => {
                write!(f, "{found} field{} where the rows before have {expected}", plural(*found))
            }
            NotANumber { text } => write!(f, "`{text}` is not a number"),
            Inexact { text } => write!(f, "`{text}` has more digits than a number keeps"),
            NotFinite { text } => write!(f, "`{text}` is not a finite number"),
            Missing => f.write_str("the cell is empty"),
            AllMissing => f.write_str("the column holds no value at all"),
            NotUtf8 => f.write_str("the text is not UTF-8"),
            FreeText { distinct } => {
                write!(f, "the column is free text; {distinct} distinct values were counted")
            }
            BadWeight { value } => {
                write!(f, "the weight is {value}; it must be a finite number of 0 or more")
            }
            NoFeatures => f.write_str("no column is left to learn from"),
            DuplicateColumn { name } => write!(f, "two columns are called `{name}`"),
            NoSuchColumn { name, .. } => write!(f, "there is no column `{name}`"),
            ConstantTarget { value } => {
                write!(f, "the target is `{value}` in every row; there is nothing to learn")
            }
            UnseenClass { class, .. } => write!(f, "class `{class}` does not occur in the training part"),
            UnseenCategory { category } => {
                write!(f, "category `{category}` does not occur in the training part")
            }
            TooFewRows { need, have } => {
                write!(f, "{have} row{} where at least {need} are needed", plural(*have))
            }
            SizeMismatch { what, expected, found } => {
                let what = if *found == 1 { what.strip_suffix('s').unwrap_or(what) } else { what };
                write!(f, "{found} {what} where there should be {expected}")
            }
            Unsupported { what } => write!(f, "{what} cannot be read"),
            Malformed { format, what } => write!(f, "this is not a sound {format} file: {what}"),
            Io { action, why } => write!(f, "cannot {action}: {why}"),
            Diverged { what, size } if size.is_empty() => {
                write!(f, "training diverged: the {what} is no longer finite")
            }
            Diverged { what, size } => write!(f, "training diverged: the {what} is no longer finite, {size}"),
            Damaged { what } => write!(f, "this is not a sound model file: {what}"),
            CheckFailed { what, value, want } => write!(f, "{what} is {value}; it must be {want}"),
            Many { errors, total } => write!(f, "{total} problems{}", shown(errors.len(), *total)),
        }
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn shown(shown: usize, total: usize) -> String {
    if shown < total { format!(", the first {shown}") } else { String::new() }
}

impl Error {
    /// How many problems [`Error::many`] keeps.
    pub const SHOWN: usize = 20;

    /// An error without a place or a hint. An unknown name or column brings its own hint.
    pub fn new(kind: ErrorKind) -> Self {
        let hint = match &kind {
            ErrorKind::Unknown { name, known, .. }
            | ErrorKind::NoSuchColumn { name, known }
            | ErrorKind::UnseenClass { class: name, known } => did_you_mean(name, known),
            _ => None,
        };
        Error { inner: Box::new(Inner { kind, place: Place::default(), hint }) }
    }
    /// The same error at a place; parts of the place that are already known stay.
    pub fn at(mut self, place: Place) -> Self {
        let inner = std::mem::take(&mut self.inner.place);
        self.inner.place = inner.or(place);
        if let ErrorKind::Many { errors, .. } = &mut self.inner.kind {
            let place = std::mem::take(&mut self.inner.place);
            for e in errors.iter_mut() {
                *e = e.clone().at(place.clone());
            }
        }
        self
    }
    /// The same error with one imperative sentence that says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }
    /// A refusal of the operating system.
    pub fn io(action: impl Into<String>, e: &std::io::Error) -> Self {
        Error::new(ErrorKind::Io { action: action.into(), why: io_words(e) })
    }
    /// A setting whose value cannot be.
    pub fn bad_value(name: impl Into<String>, value: impl fmt::Display, want: impl Into<String>) -> Self {
        Error::new(ErrorKind::BadValue { name: name.into(), value: value.to_string(), want: want.into() })
    }
    /// A name that is in no list.
    pub fn unknown(
        what: impl Into<String>,
        name: impl Into<String>,
        known: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let known = known.into_iter().map(Into::into).collect();
        Error::new(ErrorKind::Unknown { what: what.into(), name: name.into(), known })
    }
    /// Several problems as one error: none → `Ok`, one → itself. Those of a `Many` stand beside the others.
    pub fn many(errors: Vec<Error>) -> Result<()> {
        let mut hidden = 0;
        let mut flat = Vec::new();
        for e in errors {
            match e.inner.kind {
                ErrorKind::Many { errors, total } => {
                    hidden += total - errors.len();
                    let shared = e.inner.hint;
                    flat.extend(errors.into_iter().map(|mut e| {
                        e.inner.hint = e.inner.hint.or(shared.clone());
                        e
                    }));
                }
                _ => flat.push(e),
            }
        }
        let mut errors = flat;
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            shown => {
                errors.truncate(Self::SHOWN);
                Err(Error::new(ErrorKind::Many { errors, total: shown + hidden }))
            }
        }
    }
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }
    /// Where.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }
    /// What to do; of several problems what all of them say.
    pub fn hint_text(&self) -> Option<&str> {
        match &self.inner.kind {
            ErrorKind::Many { errors, .. } if self.inner.hint.is_none() => {
                let first = errors.first()?.hint_text()?;
                errors.iter().all(|e| e.hint_text() == Some(first)).then_some(first)
            }
            _ => self.inner.hint.as_deref(),
        }
    }
    /// The command line's exit code.
    pub fn exit_code(&self) -> u8 {
        self.inner.kind.exit_code()
    }
}

fn io_words(e: &std::io::Error) -> String {
    use std::io::ErrorKind::*;
    match e.kind() {
        NotFound => "there is no such file or directory".into(),
        PermissionDenied => "permission denied".into(),
        StorageFull => "no space is left on the device".into(),
        ReadOnlyFilesystem => "the file system is read-only".into(),
        IsADirectory => "this is a directory".into(),
        NotADirectory => "a part of the path is not a directory".into(),
        _ => e.to_string(),
    }
}

/// The name that `name` nearly is: one letter in up to seven differs, two in up to eleven, ….
///
/// Of names of one or two letters nothing is left when one differs.
pub fn nearest<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let letters = name.chars().count();
    if letters > LONGEST {
        return None;
    }
    let allowed = if letters < 3 { 0 } else { (letters / 4).max(1) };
    let lower = name.to_lowercase();
    let distance = |k: &str| strsim::damerau_levenshtein(&lower, &k.to_lowercase());
    // A name that is longer by more than that is not near, however long it is.
    let could = |k: &&String| k.chars().take(letters + allowed + 1).count() <= letters + allowed;
    let (far, near) = known.iter().filter(could).map(|k| (distance(k), k)).min_by_key(|(far, _)| *far)?;
    (far <= allowed).then_some(near)
}

/// Nobody mistypes a longer name, and comparing two takes time and memory with the product of their lengths: a file may
/// hold names of megabytes.
const LONGEST: usize = 64;

/// "did you mean" for a near miss, otherwise the beginning of the list; both where the list is short, or where the name
/// is or begins with another letter, so that something else may be meant.
fn did_you_mean(name: &str, known: &[String]) -> Option<String> {
    let list = list(known)?;
    let Some(near) = nearest(name, known) else { return Some(format!("choose from {list}")) };
    let initial = |s: &str| s.chars().next().map(|c| c.to_ascii_lowercase());
    let doubtful = name.chars().count() <= 3 || initial(name) != initial(near);
    match known.len() > 1 && (doubtful && known.len() <= 20 || known.len() <= 3) {
        true => Some(format!("did you mean `{near}`? There are {list}")),
        false => Some(format!("did you mean `{near}`?")),
    }
}

/// The first 20 names and how many more there are; `None` if there is none.
fn list(known: &[String]) -> Option<String> {
    if known.is_empty() {
        return None;
    }
    let list = known.iter().take(20).map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
    let more = known.len().saturating_sub(20);
    Some(if more == 0 { list } else { format!("{list} and {more} more") })
}

/// A part of an error as a terminal may show it: on one line, and not without end.
fn safe(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => plain(&text[..end]).into_owned() + "…",
        None => plain(text).into_owned(),
    }
}

/// Names and cells of files stand in it as a terminal may show them: see [`plain`](mod@crate::plain).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |part: &dyn fmt::Display| safe(&part.to_string());
        write!(f, "{}", line(&self.inner.kind))?;
        let hint = self.hint_text();
        if let ErrorKind::Many { errors, .. } = &self.inner.kind {
            for (i, e) in errors.iter().enumerate() {
                write!(f, "\n  - {}", line(&e.inner.kind))?;
                if !e.inner.place.is_empty() {
                    write!(f, "\n      at: {}", line(&e.inner.place))?;
                }
                // A hint that neighbours share stands under the last of them, one that all share at the end.
                let next = errors.get(i + 1).and_then(Error::hint_text);
                if let Some(own) = e.hint_text().filter(|own| hint != Some(own) && next != Some(own)) {
                    write!(f, "\n    hint: {}", safe(own))?;
                }
            }
        }
        if !self.inner.place.is_empty() {
            write!(f, "\n  at: {}", line(&self.inner.place))?;
        }
        if let Some(hint) = hint {
            write!(f, "\nhint: {}", safe(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Where something went wrong. Rows count from 1, as an editor shows them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    file: Option<String>,
    row: Option<u64>,
    column: Option<String>,
    layer: Option<usize>,
    unit: Option<usize>,
    epoch: Option<u64>,
    step: Option<u64>,
}

impl Place {
    /// In a file (or standard input, or a generated set: its name).
    pub fn file(name: impl Into<String>) -> Self {
        Place { file: Some(name.into()), ..Place::default() }
    }
    /// In a column, by name.
    pub fn in_column(name: impl Into<String>) -> Self {
        Place::default().column(name)
    }
    /// In a layer, 1..=L.
    pub fn in_layer(layer: usize) -> Self {
        Place { layer: Some(layer), ..Place::default() }
    }
    /// In a row, counted from 1, the header included.
    pub fn row(self, row: u64) -> Self {
        Place { row: Some(row), ..self }
    }
    /// In a column, by name.
    pub fn column(self, name: impl Into<String>) -> Self {
        Place { column: Some(name.into()), ..self }
    }
    /// In a unit of the layer, counted from 1.
    pub fn unit(self, unit: usize) -> Self {
        Place { unit: Some(unit), ..self }
    }
    /// In an epoch, counted from 1.
    pub fn epoch(self, epoch: u64) -> Self {
        Place { epoch: Some(epoch), ..self }
    }
    /// In a step of the epoch, counted from 1.
    pub fn step(self, step: u64) -> Self {
        Place { step: Some(step), ..self }
    }
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Place::default()
    }
    fn or(self, other: Place) -> Place {
        Place {
            file: self.file.or(other.file),
            row: self.row.or(other.row),
            column: self.column.or(other.column),
            layer: self.layer.or(other.layer),
            unit: self.unit.or(other.unit),
            epoch: self.epoch.or(other.epoch),
            step: self.step.or(other.step),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.clone(),
            self.row.map(|r| format!("row {r}")),
            self.column.as_ref().map(|c| format!("column `{c}`")),
            self.layer.map(|l| format!("layer {l}")),
            self.unit.map(|u| format!("unit {u}")),
            self.epoch.map(|e| format!("epoch {e}")),
            self.step.map(|s| format!("step {s}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A comparison of these two would take a day, and a terabyte.
    #[test]
    fn names_of_a_megabyte_are_near_to_nothing() {
        let long = "a".repeat(1 << 20);
        let known = [long.clone() + "b", "ab".into()];
        assert_eq!(nearest(&long, &known), None);
        assert_eq!(nearest("aab", &known), Some("ab"));
        assert_eq!(nearest(&"a".repeat(64), &["a".repeat(70), "a".repeat(81)]), Some(&*"a".repeat(70)));
        assert_eq!(nearest(&"a".repeat(64), &["a".repeat(81)]), None);
    }

    #[test]
    fn a_near_miss_is_named_and_a_far_one_gets_the_list() {
        let hint = |name: &str, known: &[&str]| {
            Error::unknown("activation", name, known.iter().copied()).hint_text().unwrap().to_string()
        };
        let many = ["relu", "tanh", "sigmoid", "softplus"];
        assert_eq!(hint("rellu", &many), "did you mean `relu`?");
        assert_eq!(hint("softpuls", &many), "did you mean `softplus`?");
        let all = "There are `relu`, `tanh`, `sigmoid`, `softplus`";
        assert_eq!(hint("gelu", &many), format!("did you mean `relu`? {all}"));
        assert_eq!(hint("rellu", &["relu", "tanh"]), "did you mean `relu`? There are `relu`, `tanh`");
        assert_eq!(hint("z", &["x", "y"]), "choose from `x`, `y`");
        assert_eq!(hint("Y", &["y"]), "did you mean `y`?");
        assert_eq!(hint("usage", &["age", "plan"]), "choose from `age`, `plan`");
        let far = Error::unknown("activation", "quadratic", ["relu", "tanh"]);
        assert_eq!(far.hint_text(), Some("choose from `relu`, `tanh`"));
    }

    #[test]
    fn many_keeps_twenty_and_counts_all() {
        let cell = |r| Error::new(ErrorKind::Missing).at(Place::in_column("x").row(r));
        let e = Error::many((1..=50).map(cell).collect()).unwrap_err().at(Place::file("a.csv"));
        let text = e.to_string();
        assert!(
            text.starts_with(
                "50 problems, the first 20\n  - the cell is empty\n      at: a.csv, row 1, column `x`"
            ),
            "{text}"
        );
        assert_eq!(e.exit_code(), 3);
        let both = Error::many(vec![e, cell(51)]).unwrap_err();
        assert!(matches!(both.kind(), ErrorKind::Many { errors, total: 51 } if errors.len() == 20));
        let hinted = Error::many((1..=3).map(|r| cell(r).hint("fill it")).collect()).unwrap_err().to_string();
        assert_eq!(hinted.matches("hint: fill it").count(), 1, "{hinted}");
        assert!(Error::many(vec![]).is_ok());
        assert_eq!(Error::many(vec![cell(7)]).unwrap_err(), cell(7));
    }

    #[test]
    fn what_a_file_holds_cannot_write_on_the_terminal() {
        let evil = "a\u{1b}[2J\nhint: run it";
        let e = Error::new(ErrorKind::NotANumber { text: evil.into() }).at(Place::in_column(evil)).hint(evil);
        let all = Error::many(vec![e.clone(), e.clone().hint("other")]).unwrap_err().at(Place::file(evil));
        for text in [e.to_string(), all.to_string()] {
            assert!(!text.contains('\u{1b}') && !text.contains("\nhint: run"), "{text:?}");
        }
        let long = Error::new(ErrorKind::NotANumber { text: "ü".repeat(1 << 20) }).to_string();
        assert!(long.chars().count() == MOST_SHOWN + 1 && long.ends_with('…'));
    }

    #[test]
    fn the_inner_place_wins() {
        let e = Error::new(ErrorKind::Missing).at(Place::default().row(3)).at(Place::file("b.csv").row(9));
        assert_eq!(e.place().to_string(), "b.csv, row 3");
    }
}
