//! From the bytes of a file to a model: nothing is believed before it is checked.

use super::{Dtype, FORMAT, Metadata, Model, Theta, damaged, tensors};
use crate::choose;
use crate::container::{Content, parse, unpack};
use crate::model::Record;
use feedforward_base::{Place, Result};
use feedforward_data::prepare::{Encoding, Preparation, Target};
use feedforward_kernels::Element;
use feedforward_network::{Layout, Plan, Spec};
use std::collections::HashSet;
use std::io::Read;

/// Read a model from a source of `len` bytes.
pub(super) fn model(source: impl Read, len: u64) -> Result<Model> {
    let none = "it holds tensors of another program, and no model with its preparation";
    let Content { header, texts, data } = unpack(source, len, FORMAT, none)?;
    let spec: Spec = parse(&texts, "spec")?;
    let preparation: Preparation = parse(&texts, "preparation")?;
    let record: Record = parse(&texts, "record")?;
    check_spec(&spec, &preparation)?;
    check_record(&spec, &record)?;
    let theta = match check_tensors(&header, &spec)? {
        Dtype::F64 => Theta::F64(theta(&spec, &data)?),
        _ => Theta::F32(theta(&spec, &data)?),
    };
    Ok(Model { spec, preparation, theta, record })
}

/// The spec can be, and the preparation belongs to it.
fn check_spec(spec: &Spec, preparation: &Preparation) -> Result<()> {
    spec.check().map_err(|e| {
        let text = e.to_string();
        damaged(format!("its spec cannot be: {}", text.lines().map(str::trim).collect::<Vec<_>>().join(" ")))
    })?;
    let disagree = |what: &str, prepared: usize, network: usize| {
        damaged(format!("its preparation has {prepared} {what} and its network {network}"))
    };
    if preparation.inputs() != spec.inputs {
        return Err(disagree("inputs", preparation.inputs(), spec.inputs));
    }
    let (wanted, outputs) = (choose::outputs(preparation, spec.loss), spec.outputs());
    if wanted != outputs {
        return Err(disagree("outputs", wanted, outputs));
    }
    choose::check_task(preparation, spec.loss)
        .map_err(|e| damaged(format!("it contradicts itself: {}", e.kind())))?;
    check_preparation(preparation)
}

/// The batches of the record can be those of the network, so that whoever shows the model can make its plan.
fn check_record(spec: &Spec, record: &Record) -> Result<()> {
    let plan = Plan::new(spec, record.ask.batch_size.unwrap_or(1), 1);
    plan.map(drop).map_err(|e| damaged(format!("its record cannot be: {}", e.kind())))
}

/// Nothing in the preparation makes numbers that are none, or one class of two.
fn check_preparation(preparation: &Preparation) -> Result<()> {
    for feature in &preparation.features {
        if let Encoding::Number { scale, missing } = &feature.encoding {
            let (shift, divisor) = scale.affine();
            if !(divisor > 0.0 && divisor.is_finite() && shift.is_finite() && missing.median.is_finite()) {
                return Err(damaged(format!("its scale of `{}` cannot be", feature.column)));
            }
        }
    }
    match &preparation.target {
        Target::Classes { classes, .. } => {
            let distinct: HashSet<&String> = classes.iter().collect();
            if classes.len() < 2 || distinct.len() < classes.len() {
                return Err(damaged("its classes are not different ones"));
            }
        }
        Target::Numbers { columns } => {
            if columns.iter().any(|c| !(c.scale > 0.0 && c.scale.is_finite() && c.mean.is_finite())) {
                return Err(damaged("its scale of the target cannot be"));
            }
        }
    }
    Ok(())
}

/// The header has the spec's tensors, all of one precision, which is returned.
fn check_tensors(header: &Metadata, spec: &Spec) -> Result<Dtype> {
    let mut found = header.tensors();
    let dtype = found.get("layers.1.weight").map_or(Dtype::F32, |t| t.dtype);
    if !matches!(dtype, Dtype::F32 | Dtype::F64) {
        return Err(damaged(format!("`layers.1.weight` is {dtype}, where F32 or F64 should be")));
    }
    for (name, want) in tensors(spec, dtype) {
        let Some(have) = found.remove(&name) else {
            return Err(damaged(format!("`{name}` is missing")));
        };
        if have.dtype != want.dtype {
            return Err(damaged(format!("`{name}` is {}, and `layers.1.weight` {}", have.dtype, want.dtype)));
        }
        if have.shape != want.shape {
            let shape = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
            let (have, want) = (shape(&have.shape), shape(&want.shape));
            return Err(damaged(format!("`{name}` is {have}, where {want} should be")));
        }
        if have.data_offsets != want.data_offsets {
            return Err(damaged(format!("`{name}` is not at its place")));
        }
    }
    match found.keys().min() {
        Some(name) => Err(damaged(format!("its network has no `{name}`"))),
        None => Ok(dtype),
    }
}

/// θ from the checked bytes behind the header.
fn theta<T: Element>(spec: &Spec, data: &[u8]) -> Result<Vec<T>> {
    let layout = Layout::new(spec);
    let mut theta = vec![T::ZERO; layout.parameters()];
    let mut numbers = data.chunks_exact(T::BYTES).map(T::read_le);
    for l in 1..=layout.last() {
        let weights: Vec<T> = numbers.by_ref().take(layout.w(l).len()).collect();
        layout.set_rows(&mut theta, l, &weights);
        for (b, x) in theta[layout.b(l).start..layout.own(l).end].iter_mut().zip(numbers.by_ref()) {
            *b = x;
        }
        if !theta[layout.layer(l)].iter().all(|x| x.is_finite()) {
            return Err(damaged("a parameter is not a finite number").at(Place::in_layer(l)));
        }
    }
    Ok(theta)
}
