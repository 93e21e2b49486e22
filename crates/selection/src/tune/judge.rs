//! One trial: a network is trained as `ff train` does, and judged.

use super::request::Judge;
use super::trial::{By, Outcome, Scored};
use crate::cross_validate::cross_validate;
use crate::folds::How;
use feedforward_base::{Error, ErrorKind, Result};
use feedforward_data::table::Table;
use feedforward_training::{Ask, Control, Ending, Machine, Metric, fit};
use std::collections::BTreeMap;

/// Train and judge; `None` once `stop` says so. What cannot be trained is an outcome, too.
///
/// # Errors
/// What is no trial's fault: the system refuses threads or memory for them.
pub(super) fn judge(
    table: &Table,
    ask: Result<Ask>,
    judge: Judge,
    by: By,
    machine: Machine,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Outcome>> {
    let scored = ask.and_then(|ask| match judge {
        Judge::Validation(_) => on_validation(table, &ask, by, machine, stop),
        Judge::Folds(k) => over_folds(table, &ask, k, by, machine, stop),
    });
    match scored {
        Ok(scored) => Ok(scored.map(Outcome::Scored)),
        Err(e) if matches!(e.kind(), ErrorKind::Io { .. }) => Err(e),
        Err(e) => Ok(Some(Outcome::Failed(e.to_string()))),
    }
}

fn control(stop: &(dyn Fn() -> bool + Sync)) -> Control {
    if stop() { Control::Stop } else { Control::Continue }
}

fn undefined(by: By) -> Error {
    Error::new(ErrorKind::NotFinite { text: format!("the {by} on the rows that judge") })
}

fn on_validation(
    table: &Table,
    ask: &Ask,
    by: By,
    machine: Machine,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Scored>> {
    let fitted = fit(table.clone(), None, ask, machine, &mut |_| control(stop))?;
    let record = &fitted.model.record;
    if record.ending == Ending::Interrupted {
        return Ok(None);
    }
    let judgement = record.judgement.as_ref().ok_or_else(|| undefined(by))?;
    let defined = |m: &Metric| Some((*m, judgement.value(*m)?));
    Ok(Some(Scored {
        score: by.of(judgement).ok_or_else(|| undefined(by))?,
        deviation: None,
        loss: judgement.loss(),
        scores: Metric::ALL.iter().filter_map(defined).collect(),
        kept_epoch: record.kept_epoch,
        shape: fitted.model.spec.shape(),
    }))
}

fn over_folds(
    table: &Table,
    ask: &Ask,
    k: usize,
    by: By,
    machine: Machine,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Scored>> {
    let how = How { folds: k, seed: ask.seed, ..How::default() };
    let found = cross_validate(table, ask, &how, machine, &mut |_| control(stop))?;
    if found.interrupted {
        return Ok(None);
    }
    // A mean over some of the folds would be compared with a mean over all.
    let whole = |spread: &crate::Spread| spread.values.len() == found.folds.len();
    let spread = match by {
        By::Loss => found.loss.as_ref(),
        By::Metric(m) => found.scores.get(&m),
    };
    let spread = spread.filter(|s| whole(s)).ok_or_else(|| undefined(by))?;
    let scores: BTreeMap<Metric, f64> =
        found.scores.iter().filter(|(_, s)| whole(s)).map(|(m, s)| (*m, s.mean)).collect();
    let mut kept: Vec<u64> = found.folds.iter().map(|f| f.kept_epoch).collect();
    kept.sort_unstable();
    Ok(Some(Scored {
        score: spread.mean,
        deviation: spread.deviation,
        loss: found.loss.as_ref().filter(|s| whole(s)).map(|s| s.mean),
        scores,
        kept_epoch: kept[kept.len() / 2],
        shape: found.folds[0].shape.clone(),
    }))
}
