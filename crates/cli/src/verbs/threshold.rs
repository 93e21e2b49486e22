//! Thresholds: where they are allowed, and how one is chosen.

use crate::words::{cut, digits, grouped, quoted};
use feedforward::data::prepare::Target;
use feedforward::training::judgement::ClassJudgement;
use feedforward::training::metric::threshold::Wish;
use feedforward::training::{Evidence, Judged, Judgement, Model};
use feedforward::{Error, ErrorKind, Result};
use serde_json::{Value, json};

/// What to say of the rows that a threshold was chosen on.
pub(crate) const FLATTER: &str = "These rows chose the threshold and flatter it; judge it on others";

/// A setting that does not fit a model.
pub(crate) fn misfit(flag: &str, path: &str, why: &str) -> Error {
    Error::new(ErrorKind::Conflict { one: flag.into(), other: path.into(), why: why.into() })
}

/// A threshold is between 0 and 1.
pub(crate) fn check_share(threshold: f64) -> Result<()> {
    match (0.0..=1.0).contains(&threshold) {
        true => Ok(()),
        false => Err(Error::bad_value("--threshold", threshold, "between 0 and 1")),
    }
}

/// `flag` is for models, here that of the file `path`, that tell two classes apart.
pub(crate) fn check_model(flag: &str, path: &str, model: &Model) -> Result<()> {
    match &model.preparation.target {
        Target::Classes { classes, .. } if classes.len() == 2 => Ok(()),
        Target::Classes { .. } => Err(misfit(flag, path, "it tells more than two classes apart")),
        Target::Numbers { .. } => Err(misfit(flag, path, "it predicts numbers")),
    }
}

/// A threshold that was chosen, with what it gives for the second of two classes.
pub(crate) struct Choice {
    wish: Wish,
    threshold: f64,
    /// With this threshold.
    chosen: ClassJudgement,
    /// With the usual one.
    usual: ClassJudgement,
}

impl Choice {
    /// Choose it; `judged`, of a model that tells two classes apart, is judged with it from then on.
    pub(crate) fn make(wish: Wish, judged: &mut Judged) -> Result<Self> {
        let threshold = match &judged.evidence {
            Evidence::Classes(e) => e.choose_threshold(wish)?,
            Evidence::Numbers(_) => unreachable!("the model was checked"),
        };
        let usual = std::mem::replace(&mut judged.judgement, judged.evidence.judge(threshold));
        match (judged.judgement.clone(), usual) {
            (Judgement::Classes(chosen), Judgement::Classes(usual)) => {
                Ok(Choice { wish, threshold, chosen, usual })
            }
            _ => unreachable!("evidence of classes is judged as classes"),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "wish": self.wish.to_string(),
            "class": self.usual.classes[1],
            "threshold": self.threshold,
            "chosen": self.chosen.per_class[1],
            "usual": self.usual.per_class[1],
        })
    }

    /// What it gives beside what 0.5 gives, and what to do with it; `again` are flags that data needs again.
    pub(crate) fn to_text(&self, model: &str, again: &str) -> String {
        let class = &cut([&*self.usual.classes[1]])[0];
        let t = self.threshold;
        let wanted = match self.wish {
            Wish::Recall(share) => format!("the highest precision with a recall of at least {share}"),
            Wish::Precision(share) => format!("the highest recall with a precision of at least {share}"),
            Wish::F1 => "the highest F1".into(),
        };
        let mut lines = vec![[String::new(), format!("above {t}"), "above 0.5".into()]];
        let mut line = |name: &str, value: &dyn Fn(&ClassJudgement) -> String| {
            lines.push([name.into(), value(&self.chosen), value(&self.usual)]);
        };
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        line("recall", &|j| percent(j.per_class[1].recall));
        line("precision", &|j| percent(j.per_class[1].precision));
        line("F1", &|j| percent(j.per_class[1].f1));
        line("specificity", &|j| percent(j.per_class[1].specificity));
        line("accuracy", &|j| percent(j.confusion.right() / j.confusion.total()));
        let weighted = self.usual.weighted;
        let unit = if weighted { "weight" } else { "rows" };
        let count = |weight: f64| if weighted { digits(weight) } else { grouped(weight as usize) };
        line(&format!("{unit} decided for it"), &|j| count(j.per_class[1].decided));
        let width = |i: usize| lines.iter().map(|l| l[i].len()).max().unwrap_or(0);
        let (first, second, third) = (width(0), width(1), width(2));
        let table: String =
            lines.iter().map(|[a, b, c]| format!("{a:first$}  {b:>second$}  {c:>third$}\n")).collect();
        let model = quoted(model);
        format!(
            "`{class}` is decided for above {t}: {wanted}\n\n{table}\n{FLATTER}.\n\nNext:\n  ff evaluate {model} TEST_DATA{again} --threshold {t}\n  \
             ff predict {model} NEW_DATA{again} --threshold {t} -o predictions.csv"
        )
    }
}
