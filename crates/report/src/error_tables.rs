//! The tables of the experiments that measure errors: what was varied, and the errors beside it.

use crate::page::{Cell, Table};
use crate::words::number;
use serde_json::Value;

/// Columns: what stands at their head, and where their values stand in a line of the results.
type Columns = Vec<(String, &'static str)>;

/// The main table of an experiment, with the name of its list in the results; `None` of other experiments.
pub(crate) fn of(experiment: &str, results: &Value) -> Option<(&'static str, Table)> {
    let error = match results["kind"].as_str() {
        Some("classes") => "error rate",
        Some(_) => "RMSE",
        None => "loss",
    };
    let spread = "mean over the repeats ± standard deviation";
    let (list, columns, caption) = match experiment {
        "bias-variance" => {
            ("decompositions", parts(), "What the error is made of, with 95 % intervals".into())
        }
        "learning-curve" => {
            ("rows", curve("training rows", "/at", error), format!("Error by rows: {spread}"))
        }
        "capacity" => ("units", curve("hidden units", "/at", error), format!("Error by units: {spread}")),
        "epochs" => ("epochs", curve("epoch", "/epoch", error), format!("Loss by epochs: {spread}")),
        _ => return None,
    };
    let lines = results[list].as_array()?;
    let known = |c: &&(String, &str)| lines.iter().any(|line| line.pointer(c.1).is_some());
    let columns: Vec<_> = columns.iter().filter(known).collect();
    let row = |line: &Value| columns.iter().map(|c| cell(line.pointer(c.1))).collect();
    let head = columns.iter().map(|c| c.0.clone()).collect();
    Some((list, Table { caption, head, rows: lines.iter().map(row).collect() }))
}

fn curve(place: &str, at: &'static str, error: &str) -> Columns {
    vec![
        (place.into(), at),
        (format!("training {error}"), "/train/mean"),
        ("±".into(), "/train/deviation"),
        (format!("validation {error}"), "/valid/mean"),
        ("±".into(), "/valid/deviation"),
        ("gap".into(), "/gap/mean"),
        ("±".into(), "/gap/deviation"),
        ("to beat".into(), "/baseline"),
    ]
}

fn parts() -> Columns {
    let all = [
        ("hidden units", "/units"),
        ("bias²", "/bias2/value"),
        ("from", "/bias2/low"),
        ("to", "/bias2/high"),
        ("variance", "/variance/value"),
        ("from", "/variance/low"),
        ("to", "/variance/high"),
        ("noise", "/noise2"),
        ("sum", "/sum/value"),
        ("measured", "/measured/value"),
        ("closes", "/closes"),
    ];
    all.map(|(head, place)| (head.into(), place)).to_vec()
}

fn cell(value: Option<&Value>) -> Cell {
    match value {
        Some(Value::Bool(b)) => Cell::text(if *b { "yes" } else { "no" }),
        other => Cell::of(other.and_then(Value::as_f64), number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_have_names() {
        let spread = |mean: f64| json!({ "mean": mean, "deviation": 0.125, "values": [mean] });
        let results = json!({ "kind": "classes", "units": [
            { "at": 4, "train": spread(0.25), "valid": spread(0.5), "gap": spread(0.25), "baseline": 0.75 }
        ] });
        let (list, table) = of("capacity", &results).unwrap();
        assert_eq!((list, table.rows[0].len()), ("units", 8));
        assert_eq!(table.head[..4], ["hidden units", "training error rate", "±", "validation error rate"]);
        assert_eq!(table.rows[0][3], Cell::Number(0.5, "0.5".into()));
        let epochs = json!({ "epochs": [{ "epoch": 1, "train": spread(2.0), "valid": spread(3.0) }] });
        let (_, table) = of("epochs", &epochs).unwrap();
        assert_eq!(table.head, ["epoch", "training loss", "±", "validation loss", "±"]);
        assert_eq!(of("planes", &json!({})), None);
    }
}
