//! Model files, as they are and with the checksum that belongs to them; what can be loaded must be usable.
#![no_main]

use std::collections::BTreeMap;

use feedforward::data::prepare::Unseen;
use feedforward::data::source::Kind;
use feedforward::data::table::{Cells, Column, Lines, MISSING, Numbers, Table};
use feedforward::network::Plan;
use feedforward::training::{Machine, Model, model_file};
use feedforward_fuzz::{FLOOR, bounded, forged, said};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    said(bounded(bytes.len(), FLOOR, || model_file::from_bytes(bytes)));
    let Some(forged) = forged(bytes, &[]) else { return };
    bounded(forged.len(), FLOOR, || {
        let Some(model) = said(model_file::from_bytes(&forged)) else { return };
        said(model.predict(table(&model), Unseen::Other, Machine::new(1)));
        said(Plan::new(&model.spec, model.record.ask.batch_size.unwrap_or(1), 1)).inspect(|plan| {
            assert!(plan.to_string().len() + plan.bytes(8).total().to_string().len() > 0);
        });
        model_file::to_bytes(&model)
            .and_then(|b| model_file::from_bytes(&b))
            .expect("what was read can be written");
    });
});

/// Two rows for the model, one of them empty.
fn table(model: &Model) -> Table {
    let cells = |kind| match kind {
        Some(Kind::Category) => Cells::Category { codes: vec![0, MISSING], levels: vec!["yes".into()] },
        _ => Cells::Number(Numbers::F64(vec![0.5, f64::NAN])),
    };
    let kinds: BTreeMap<String, Kind> = model.preparation.kinds().into_iter().collect();
    let names = model.preparation.columns.iter();
    let columns =
        names.map(|name| Column::new(name.clone(), cells(kinds.get(name).copied()))).collect();
    Table { name: "t".into(), columns, rows: 2, lines: Lines::From(1), ..Table::default() }
}
