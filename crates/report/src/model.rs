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
    let (model, record) = (subject.model, &subject.model.record);
    let what = match &model.preparation.target {
        Target::Classes { classes, .. } => {
            format!("which of {} a row has as `{target}`", counted(classes.len(), "class"))
        }
        Target::Numbers { columns } if columns.len() == 1 => format!("the number `{target}` of a row"),
        Target::Numbers { .. } => target.to_string(),
    };
    let columns = counted(model.preparation.features.len(), "column");
    let mut done = format!(
        "A network of {} units from input to output learned from {} of `{}` in {}",
        model.spec.shape(),
        counted(record.train_rows, "row"),
        record.data,
        counted(record.epochs.len(), "pass"),
    );
    done.push_str(match record.ending {
        Ending::Interrupted => ", until it was interrupted",
        _ => "",
    });
    done.push_str(&match (subject.part, subject.judgement) {
        (Part::Validation, Some(j)) => format!(
            ". It is judged on {} that it did not learn from{}.",
            counted(j.rows(), "row"),
            if record.ask.restore_best { "; which pass to keep was chosen by them" } else { "" }
        ),
        (Part::Test, Some(j)) if subject.trained => {
            format!(". It is judged on {} that had no say in its training.", counted(j.rows(), "test row"))
        }
        (Part::Test, Some(j)) => format!(
            ". It is judged on {} of `{}`, which is fair if they had no say in its training.",
            counted(j.rows(), "row"),
            subject.data
        ),
        _ => ". No rows were kept apart, so nothing says how good it is on rows that it has not seen.".into(),
    });
    let mut lead = vec![("Asked".into(), format!("To say {what} from {columns}.")), ("Done".into(), done)];
    lead.extend(subject.judgement.and_then(score::found).map(|found| ("Found".into(), found)));
    lead
}
