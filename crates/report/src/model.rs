//! The report of one model: after training, or on new rows.

use crate::origin::{self, Origin};
use crate::page::Page;
use crate::sections::{
    self, Part, classes, curves, data, epochs, hidden, importance, residuals, score, settings,
};
use crate::words::counted;
use feedforward_data::describe::Description;
use feedforward_data::prepare::Target;
use feedforward_explain::hidden::Hidden;
use feedforward_explain::importance::Importance;
use feedforward_training::{Ending, Evidence, Judgement, Model};
use serde_json::Value;

/// Everything that the report of a model is made of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// What the verb prints with `--json`.
    pub document: Value,
    /// The model.
    pub model: &'a Model,
    /// Whether it has just been trained; otherwise it was judged on new rows.
    pub trained: bool,
    /// What the user called the data.
    pub data: &'a str,
    /// The rows that judge it.
    pub part: Part,
    /// What the model says about them.
    pub evidence: Option<&'a Evidence>,
    /// How that is judged.
    pub judgement: Option<&'a Judgement>,
    /// The table.
    pub description: &'a Description,
    /// What the reader should know, as the verb told it.
    pub notes: Vec<String>,
    /// What the model relies on.
    pub importance: Option<&'a Importance>,
    /// How its hidden layers see rows.
    pub hidden: Option<&'a Hidden>,
    /// How to make it again.
    pub origin: Origin,
}

/// The report.
pub fn page(subject: &Subject<'_>) -> Page {
    let target = target(subject.model);
    let title = match subject.trained {
        true => format!("Predicting {target} from {}", subject.data),
        false => format!("Predicting {target}, judged on {}", subject.data),
    };
    let mut page = Page::new(title, subject.document.clone());
    page.lead = lead(subject, &target);
    sections::warnings(&mut page, &subject.notes);
    if let (Some(evidence), Some(judgement)) = (subject.evidence, subject.judgement) {
        score::add(&mut page, judgement, Some(evidence), subject.part);
        match (evidence, judgement) {
            (Evidence::Classes(e), Judgement::Classes(j)) => {
                classes::add(&mut page, j);
                curves::add(&mut page, e, j);
            }
            (Evidence::Numbers(e), _) => residuals::add(&mut page, e),
            (Evidence::Classes(_), Judgement::Numbers(_)) => {}
        }
    }
    if let Some(importance) = subject.importance {
        importance::add(&mut page, importance, subject.model, subject.part);
    }
    if let Some(hidden) = subject.hidden {
        hidden::add(&mut page, hidden, subject.part);
    }
    epochs::add(&mut page, &subject.model.record, subject.model);
    data::add(&mut page, subject.description, subject.data);
    settings::add(&mut page, subject.model);
    origin::add(&mut page, &subject.origin);
    page
}

/// What is predicted, by its column's name.
fn target(model: &Model) -> String {
    match &model.preparation.target {
        Target::Classes { column, .. } => column.clone(),
        Target::Numbers { columns } => match &columns[..] {
            [one] => one.name.clone(),
            all => counted(all.len(), "number"),
        },
    }
}

/// What was asked, done and found.
fn lead(subject: &Subject<'_>, target: &str) -> Vec<(String, String)> {
    let model = subject.model;
    let what = match &model.preparation.target {
        Target::Classes { classes, .. } => {
            format!("which of {} a row has as `{target}`", counted(classes.len(), "class"))
        }
        Target::Numbers { columns } if columns.len() == 1 => format!("the number `{target}` of a row"),
        Target::Numbers { .. } => target.to_string(),
    };
    let columns = counted(model.preparation.features.len(), "column");
    let done = format!("{} {}", learned(model), judged(subject));
    let mut lead = vec![("Asked".into(), format!("To say {what} from {columns}.")), ("Done".into(), done)];
    lead.extend(subject.judgement.and_then(score::found).map(|found| ("Found".into(), found)));
    lead
}

/// Which network learned from which rows.
fn learned(model: &Model) -> String {
    let (record, shape) = (&model.record, model.spec.shape());
    let (passes, kept) = (counted(record.epochs.len(), "pass"), counted(record.kept_epoch as usize, "epoch"));
    let all = counted(record.train_rows + record.valid_rows, "row");
    match (&record.refit, record.folds) {
        (None, _) => format!(
            "A network of {shape} units from input to output learned from {} of `{}` in {passes}{}.",
            counted(record.train_rows, "row"),
            record.data,
            match record.ending {
                Ending::Interrupted => ", until it was interrupted",
                Ending::Diverged => ", until it diverged",
                _ => "",
            }
        ),
        (Some(_), 0) => format!(
            "A network of {shape} units from input to output learned from {} of `{}` in {passes}; {} held back chose \
             {kept} and judged it. The saved model learned from all {all} for {kept}.",
            counted(record.train_rows, "row"),
            record.data,
            counted(record.valid_rows, "row")
        ),
        (Some(_), k) => format!(
            "{} of {shape} units from input to output, each without one of {k} parts of `{}`, learned in {passes}, chose \
             {kept} and were judged on the rows that they had not seen. The saved model learned from all {all} for {kept}.",
            counted(k, "network"),
            record.data
        ),
    }
}

/// Which rows judge, and how fair that is.
fn judged(subject: &Subject<'_>) -> String {
    let Some(j) = subject.judgement else {
        return "No rows were kept apart, so nothing says how good it is on rows that it has not seen."
            .into();
    };
    let (rows, data) = (counted(j.rows(), "row"), subject.data);
    match subject.part {
        Part::Validation if subject.model.record.ask.restore_best => format!(
            "It is judged on {rows} that it did not learn from; which pass to keep was chosen by them."
        ),
        Part::Validation => format!("It is judged on {rows} that it did not learn from."),
        Part::Relearned => format!("The score below is on {rows} before the saved model learned from them."),
        Part::Test if subject.trained => {
            format!("It is judged on {} that had no say in its training.", counted(j.rows(), "test row"))
        }
        Part::Test => {
            format!("It is judged on {rows} of `{data}`, which is fair if they had no say in its training.")
        }
        Part::Train => format!(
            "It is judged on {rows} of `{data}`, the table that it was trained on: new rows will do worse."
        ),
    }
}
