//! Models made by hand, and files taken apart and put together again.

use super::to_bytes;
use crate::ask::Ask;
use crate::container::sum;
use crate::event::{Ending, EpochRecord};
use crate::judgement::Judgement;
use crate::model::{Model, Record, Theta};
use feedforward_base::Dice;
use feedforward_data::drift::{ColumnProfile, Profile, Values};
use feedforward_data::prepare::{
    Encoding, Feature, Missing, NumberTarget, OneHot, Preparation, Range, Scale, Standardise, Target,
};
use feedforward_network::{Activation, Layout, Loss, Spec};
use serde_json::Value;
use std::collections::BTreeMap;

/// A 3-70-3 network with two panels of weights, everything else in all its parts.
pub(crate) fn model() -> Model {
    let spec = Spec::new(&[3, 70, 3], Activation::Relu, Loss::CrossEntropy);
    let theta = Theta::F32(Layout::new(&spec).initial(&spec, Dice::new(7)));
    let names: Vec<String> = ["setosa", "ve\"rsi\\color", "virginica – größer"].map(String::from).to_vec();
    let p = [0.7, 0.1, 0.2, 0.2, 0.5, 0.3];
    let judgement = Judgement::classes(&names, &[0, 2], &p, Some(&[0.3, 1.0 / 3.0]), 0.1, 0.5);
    let target = Target::Classes { column: "species".into(), classes: names };
    Model { spec, preparation: preparation(target), theta, record: record(Some(judgement)) }
}

/// The least there is: 3-1 in f64.
pub(crate) fn small() -> Model {
    let spec = Spec::new(&[3, 1], Activation::Tanh, Loss::SquaredError);
    let target = NumberTarget { name: "y".into(), mean: 0.1, scale: 3.0, range: Range::Any };
    Model {
        theta: Theta::F64(Layout::new(&spec).initial(&spec, Dice::new(8))),
        spec,
        preparation: preparation(Target::Numbers { columns: vec![target] }),
        record: record(None),
    }
}

fn preparation(target: Target) -> Preparation {
    let scale = Scale::Standardise(Standardise { mean: 0.1 + 0.2, deviation: 1.0 / 3.0 });
    let number = Encoding::Number { scale, missing: Missing { median: 2.5, indicator: true } };
    let hot = Encoding::OneHot(OneHot { levels: vec!["no".into(), "yes".into()], missing: false });
    let feature = |column: &str, encoding| Feature { column: column.into(), encoding };
    Preparation {
        features: vec![feature("length, cm", number), feature("wild", hot)],
        target,
        weight: None,
        columns: vec!["length, cm".into(), "wild".into()],
    }
}

fn record(judgement: Option<Judgement>) -> Record {
    let epoch = EpochRecord {
        epoch: 1,
        train_loss: 1.0 / 7.0,
        valid_loss: Some(5e-324),
        valid_score: None,
        learning_rate: 1e-3,
        best: true,
        theta: "89ab".into(),
    };
    Record {
        program: "feedforward 0.1.0".into(),
        data: "flowers.csv".into(),
        data_fingerprint: Some("0123".into()),
        valid_fingerprint: None,
        prepared_fingerprint: Some("4567".into()),
        profile: Some(Profile {
            rows: 120,
            columns: vec![ColumnProfile {
                name: "length, cm".into(),
                missing: 1,
                values: Values::Numbers { knots: vec![0.1, 1.0 / 3.0], at_most: vec![50, 119] },
            }],
            left_out: 0,
        }),
        ask: Ask::default(),
        train_rows: 120,
        valid_rows: 30,
        folds: 5,
        refit: Some(vec![epoch.clone()]),
        diverged: None,
        epochs: vec![epoch],
        kept_epoch: 1,
        ending: Ending::EarlyStopping,
        judgement,
    }
}

/// A file taken apart.
pub(super) struct Parts {
    pub(super) header: Value,
    pub(super) data: Vec<u8>,
}

impl Parts {
    pub(super) fn of(model: &Model) -> Self {
        let bytes = to_bytes(model).unwrap();
        let (size, rest) = bytes.split_first_chunk::<8>().unwrap();
        let (header, data) = rest.split_at(u64::from_le_bytes(*size) as usize);
        Parts { header: serde_json::from_slice(header).unwrap(), data: data.to_vec() }
    }
    pub(super) fn metadata(&mut self) -> &mut serde_json::Map<String, Value> {
        self.header["__metadata__"].as_object_mut().unwrap()
    }
    /// Change the JSON of `spec`, `preparation` or `record`.
    pub(super) fn edit(&mut self, part: &str, edit: impl FnOnce(&mut Value)) {
        let mut json = serde_json::from_str(self.metadata()[part].as_str().unwrap()).unwrap();
        edit(&mut json);
        self.metadata()[part] = json.to_string().into();
    }
    /// The file again, with the right checksum: a lie by somebody who knows the format.
    pub(super) fn forged(mut self) -> Vec<u8> {
        self.metadata().remove("checksum");
        let texts = self.metadata().iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_string()));
        let sum = sum(&texts.collect::<BTreeMap<_, _>>(), &self.data);
        self.metadata().insert("checksum".into(), sum.into());
        self.bytes()
    }
    /// The file again.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let header = self.header.to_string();
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &self.data].concat()
    }
}
