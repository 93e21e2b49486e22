//! Model files, as they are and with the checksum that belongs to them; what can be loaded must be usable.
#![no_main]

use std::collections::BTreeMap;
use std::fmt::Write;

use feedforward::data::prepare::Unseen;
use feedforward::data::source::Kind;
use feedforward::data::table::{Cells, Column, Lines, MISSING, Numbers, Table};
use feedforward::network::Plan;
use feedforward::training::{Machine, Model, model_file};
use feedforward_fuzz::{FLOOR, bounded, said};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    said(bounded(bytes.len(), FLOOR, || model_file::from_bytes(bytes)));
    let Some(forged) = forged(bytes) else { return };
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

/// The file with the checksum that belongs to it: a lie by somebody who knows the format.
fn forged(bytes: &[u8]) -> Option<Vec<u8>> {
    let (size, rest) = bytes.split_first_chunk::<8>()?;
    let (header, data) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*size)).ok()?)?;
    let mut header: Value = serde_json::from_slice(header).ok()?;
    let texts = header.get_mut("__metadata__")?.as_object_mut()?;
    texts.remove("checksum");
    let mut hash = Sha256::new();
    let sorted: BTreeMap<&str, &str> =
        texts.iter().map(|(k, v)| Some((k.as_str(), v.as_str()?))).collect::<Option<_>>()?;
    for text in sorted.iter().flat_map(|(key, text)| [key, text]) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.update(data);
    let sum = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    texts.insert("checksum".into(), sum.into());
    let header = header.to_string();
    Some([&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat())
}

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
