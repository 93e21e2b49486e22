//! The report of a verb, on its way to a file.

use crate::{output, overwrite};
use feedforward::data::describe::{Description, describe};
use feedforward::data::prepare::Target;
use feedforward::data::table::Table;
use feedforward::explain::hidden::{self, Hidden, hidden};
use feedforward::explain::importance::{How, Importance, importance};
use feedforward::report::model::{self, Subject};
use feedforward::report::{Origin, Page, Part, Source, cross_validation, experiment, tuning};
use feedforward::selection::CrossValidation;
use feedforward::selection::tune::Tuning;
use feedforward::training::metric::Kind;
use feedforward::training::{Fitted, Judged, Machine, Model, NewFile, fingerprint};
use feedforward::{Error, Result, lab};
use serde_json::{Value, json};
use std::path::Path;

/// Refuse a name that no report can have, before anything is computed; `inputs` are what the run reads, as pairs of what
/// a file is for the run and its name.
///
/// # Errors
/// Another ending than `.html` and `.htm`; a model or an input in that place; a folder that cannot be written to.
pub(crate) fn check<'a>(path: &str, inputs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let ending = Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or("");
    if !matches!(ending.to_ascii_lowercase().as_str(), "html" | "htm") {
        return Err(Error::bad_value("--report", path, "a name that ends with `.html`"));
    }
    let elsewhere = |e: Error| e.hint("name another place with `--report`");
    overwrite::none_of("the report", Path::new(path), inputs).map_err(elsewhere)?;
    overwrite::no_model(Path::new(path)).map_err(elsewhere)?;
    output::check_writable(Path::new(path))
}

/// Write a page to `path`, which [`check`] has accepted.
pub(crate) fn write(page: &Page, path: impl AsRef<Path>) -> Result<()> {
    NewFile::write(path.as_ref(), page.to_html().as_bytes())
}

/// The table, described with a model's target.
fn describe_for(model: &Model, table: &Table) -> Result<Description> {
    let column = match &model.preparation.target {
        Target::Classes { column, .. } => Some(column),
        Target::Numbers { columns } => columns.first().map(|c| &c.name),
    };
    let index = column.and_then(|name| table.columns.iter().position(|c| c.name == *name));
    let mut described = describe(table, index)?;
    forget_classes(&mut described, model);
    Ok(described)
}

/// Whole numbers that the model takes as a number are no classes here either.
fn forget_classes(described: &mut Description, model: &Model) {
    if let (Some(target), Target::Numbers { .. }) = (&mut described.target, &model.preparation.target) {
        (target.classes, target.imbalance) = (Vec::new(), None);
    }
}

/// The columns whose importance is measured at most: each takes a look at every row.
const MOST_COLUMNS: usize = 2_000;

/// What a model relies on, and how its hidden layers see rows: measured on rows of a table that has the target.
struct Insight {
    /// None where there are too many columns.
    importance: Option<Importance>,
    hidden: Hidden,
}

impl Insight {
    /// With the dice of the model's own seed. `None` below two rows, which show nothing.
    fn of(model: &Model, table: &Table, machine: Machine) -> Result<Option<Self>> {
        if table.rows < 2 {
            return Ok(None);
        }
        let seed = model.record.ask.seed;
        let how = How::usual(model, table.rows, seed);
        let few = model.preparation.features.len() <= MOST_COLUMNS;
        let importance = few.then(|| importance(model, table, how, machine)).transpose()?;
        let hidden = hidden(model, table, hidden::ROWS, seed, machine)?;
        Ok(Some(Insight { importance, hidden }))
    }
}

/// What a report on training needs, kept before training takes the tables.
pub(crate) struct Kept {
    tables: Vec<Source>,
    data: Description,
    train: Table,
    valid: Option<Table>,
    test: Option<Table>,
}

impl Kept {
    /// `valid` with its name; `test` where the run brings its own.
    pub(crate) fn new(
        (name, train): (&str, &Table),
        valid: Option<(&str, &Table)>,
        test: Option<&Table>,
        target: &[String],
    ) -> Result<Self> {
        let mut tables = vec![Source::new("data", name, train)?];
        if let Some((name, table)) = valid {
            tables.push(Source::new("validation rows", name, table)?);
        }
        if let Some(table) = test {
            tables.push(Source::new("test rows", name, table)?);
        }
        let target = target.first().map(|t| train.column_index(t)).transpose()?;
        let copy = |t: &Table| t.clone();
        Ok(Kept {
            tables,
            data: describe(train, target)?,
            train: train.clone(),
            valid: valid.map(|v| copy(v.1)),
            test: test.map(copy),
        })
    }
    /// The page of a trained model.
    ///
    /// # Errors
    /// What its rows cannot be measured with.
    pub(crate) fn page(
        mut self,
        fitted: &Fitted,
        test: Option<&Judged>,
        (name, document): (&str, Value),
        next: Vec<String>,
        machine: Machine,
    ) -> Result<Page> {
        let model = &fitted.model;
        let own = match &self.valid {
            None if !fitted.valid_rows.is_empty() => Some(self.train.pick(&fitted.valid_rows)?),
            _ => None,
        };
        let (part, rows) = match (self.test.take(), self.valid.take().or(own)) {
            (Some(test), _) => (Part::Test, test),
            (None, Some(valid)) if model.record.refit.is_some() => (Part::Relearned, valid),
            (None, Some(valid)) => (Part::Validation, valid),
            (None, None) => (Part::Train, self.train),
        };
        let evidence = test.map(|t| &t.evidence).or(fitted.evidence.as_ref());
        let judgement = test.map(|t| &t.judgement).or(model.record.judgement.as_ref());
        forget_classes(&mut self.data, model);
        let insight = Insight::of(model, &rows, machine)?;
        Ok(model::page(&Subject {
            document,
            model,
            trained: true,
            data: name,
            part,
            evidence,
            judgement,
            description: &self.data,
            notes: fitted.diverged.iter().map(ToString::to_string).chain(fitted.said()).collect(),
            importance: insight.as_ref().and_then(|i| i.importance.as_ref()),
            hidden: insight.as_ref().map(|i| &i.hidden),
            origin: Origin {
                command: command(),
                seed: model.record.ask.seed,
                tables: self.tables,
                theta: Some(fingerprint::of_theta(&model.theta)),
                next,
            },
        }))
    }
}

/// The page of a model that was judged on `table`, which the user called `name`.
///
/// # Errors
/// What its rows cannot be measured with.
pub(crate) fn judged(
    model: &Model,
    judged: &Judged,
    (name, table): (&str, &Table),
    (document, notes): (Value, Vec<String>),
    machine: Machine,
) -> Result<Page> {
    let insight = Insight::of(model, table, machine)?;
    let source = Source::new("data", name, table)?;
    let learned = model.record.data_fingerprint.as_ref() == Some(&source.hash);
    Ok(model::page(&Subject {
        document,
        model,
        trained: false,
        data: name,
        part: if learned { Part::Train } else { Part::Test },
        evidence: Some(&judged.evidence),
        judgement: Some(&judged.judgement),
        description: &describe_for(model, table)?,
        notes,
        importance: insight.as_ref().and_then(|i| i.importance.as_ref()),
        hidden: insight.as_ref().map(|i| &i.hidden),
        origin: Origin {
            command: command(),
            seed: model.record.ask.seed,
            tables: vec![source],
            theta: Some(fingerprint::of_theta(&model.theta)),
            next: Vec::new(),
        },
    }))
}

/// The page of a cross-validation on `table`, which the user called `name`.
///
/// # Errors
/// A target that the table does not have.
pub(crate) fn cross_validated(found: &CrossValidation, (name, table): (&str, &Table)) -> Result<Page> {
    let target = found.ask.roles.target.first().map(|t| table.column_index(t)).transpose()?;
    let mut described = describe(table, target)?;
    let classes = found.folds.first().is_none_or(|f| f.judgement.kind() == Kind::Classes);
    if let Some(target) = described.target.as_mut().filter(|_| !classes) {
        (target.classes, target.imbalance) = (Vec::new(), None);
    }
    let origin = Origin {
        command: command(),
        seed: found.how.seed,
        tables: vec![Source::new("data", name, table)?],
        ..Origin::default()
    };
    Ok(cross_validation::page(found, json!(found), name, &described, &origin))
}

/// The page of a search for settings on the data that the user called `name`.
pub(crate) fn tuned(tuning: &Tuning, name: &str, next: Vec<String>) -> Page {
    let source = |what: &str, rows, hash: &str| Source {
        what: what.into(),
        name: name.into(),
        rows,
        hash: hash.into(),
    };
    let mut tables = vec![source("rows to learn from", tuning.rows, &tuning.fingerprint)];
    tables.extend(tuning.test_fingerprint.as_ref().map(|f| source("test rows", tuning.test_rows, f)));
    let theta = Some(tuning.winner.theta.clone());
    let origin = Origin { command: command(), seed: tuning.seed, tables, theta, next };
    tuning::page(tuning, json!(tuning), name, &origin)
}

/// What an experiment was made on.
#[derive(Default)]
pub(crate) struct On {
    pub(crate) ground: experiment::Ground,
    pub(crate) tables: Vec<Source>,
}

impl On {
    /// The table that the user called `name`, from which `target` is predicted.
    ///
    /// # Errors
    /// Cells lie in a file that cannot be read.
    pub(crate) fn table(name: &str, target: &str, table: &Table, notes: Vec<String>) -> Result<Self> {
        let about = format!("predicting {target} from {name}");
        let tables = vec![Source::new("data", name, table)?];
        Ok(On { ground: experiment::Ground { about, notes }, tables })
    }
    /// Rows that are drawn.
    pub(crate) fn drawn(of: &lab::noisy::Noisy) -> Self {
        let about = format!("{} with noise {}", of.function.about, of.noise);
        On { ground: experiment::Ground { about, notes: Vec::new() }, tables: Vec::new() }
    }
}

/// The page of an experiment of the laboratory; `document` is what it prints with `--json`.
pub(crate) fn experiment(outcome: &lab::Outcome, document: Value, seed: u64, on: On) -> Page {
    let origin = Origin { command: command(), seed, tables: on.tables, ..Origin::default() };
    experiment::page(outcome, document, &on.ground, &origin)
}

/// The command that this run was begun with, as a shell takes it.
fn command() -> String {
    let words = std::env::args_os().skip(1).map(|w| crate::words::quoted(&w.to_string_lossy()));
    std::iter::once("ff".to_string()).chain(words).collect::<Vec<_>>().join(" ")
}
