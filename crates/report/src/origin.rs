//! Where a result comes from, and how to make it again.

use crate::page::{Block, Cell, Page};
use crate::words::counted;
use serde_json::json;

/// Where a result comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The command, as a shell takes it.
    pub command: String,
    /// The seed.
    pub seed: u64,
    /// The tables that were read.
    pub tables: Vec<Source>,
    /// The hash of the parameters, if there is one model.
    pub theta: Option<String>,
    /// Commands to go on with.
    pub next: Vec<String>,
}

/// A table that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What it was for: `data`, `validation rows`.
    pub what: String,
    /// What the user called it.
    pub name: String,
    /// Number of rows.
    pub rows: usize,
    /// The hash of its content.
    pub hash: String,
}

impl Source {
    /// A table that was read for `what` from `name`.
    ///
    /// # Errors
    /// Cells lie in a file that cannot be read.
    pub fn new(
        what: &str,
        name: &str,
        table: &feedforward_data::table::Table,
    ) -> feedforward_base::Result<Self> {
        let hash = feedforward_training::fingerprint::of_table(table)?;
        Ok(Source { what: what.into(), name: name.into(), rows: table.rows, hash })
    }
}

/// The last sections: how to make it again, and what to do next.
pub(crate) fn add(page: &mut Page, origin: &Origin) {
    let mut facts = vec![
        ("program".into(), Cell::text(feedforward_training::PROGRAM)),
        ("seed".into(), Cell::text(origin.seed.to_string())),
    ];
    for t in &origin.tables {
        facts.push((
            t.what.clone(),
            Cell::text(format!(
                "`{}`, {}, SHA-256 of its content `{}`",
                t.name,
                counted(t.rows, "row"),
                t.hash
            )),
        ));
    }
    if let Some(theta) = &origin.theta {
        facts.push(("parameters".into(), Cell::text(format!("SHA-256 of the weights and biases `{theta}`"))));
    }
    let same = "The same command, data and program give the same result to the last bit, on any number of threads and on \
                any processor. Nothing in this file depends on the time or the machine.";
    page.section(
        "make-it-again",
        "Make it again",
        vec![Block::Text(same.into()), Block::Commands(vec![origin.command.clone()]), Block::Facts(facts)],
    );
    let tables: Vec<_> = origin
        .tables
        .iter()
        .map(|t| json!({ "what": t.what, "name": t.name, "rows": t.rows, "sha256": t.hash }))
        .collect();
    page.keep(
        "origin",
        json!({ "command": origin.command, "program": feedforward_training::PROGRAM, "seed": origin.seed,
            "tables": tables, "theta_sha256": origin.theta }),
    );
    if !origin.next.is_empty() {
        page.section("next", "Next", vec![Block::Commands(origin.next.clone())]);
    }
}
