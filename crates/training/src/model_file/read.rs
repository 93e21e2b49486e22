//! From the bytes of a file to a model: nothing is believed before it is checked.

use super::{Dtype, FORMAT, MAX_HEADER, Metadata, Model, Theta, damaged, foreign, sum, tensors};
use crate::choose;
use crate::model::Record;
use feedforward_base::{Error, Place, Result};
use feedforward_data::prepare::{Encoding, Preparation, Target};
use feedforward_kernels::Element;
use feedforward_network::{Layout, Plan, Spec};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashSet};
use std::io::Read;

/// Read a model from a source of `len` bytes.
pub(super) fn model(mut source: impl Read, len: u64) -> Result<Model> {
    let header = header(&mut source, len)?;
    let mut texts: BTreeMap<String, String> = header.metadata().iter().flatten().map(owned).collect();
    match texts.get("format").map(String::as_str) {
        Some(FORMAT) => {}
        None => {
            return Err(foreign("it holds tensors of another program, and no model with its preparation"));
        }
        Some(other) => {
            let what = format!("its format is `{other}`, and this program reads `{FORMAT}`");
            return Err(foreign(what).hint("use the program that wrote it, or a newer feedforward"));
        }
    }
    let data = read(&mut source, header.data_len() as u64)?;
    let said = texts.remove("checksum");
    if said.as_deref() != Some(&sum(&texts, &data)) {
        return Err(damaged("its checksum is wrong: something in it was changed"));
    }
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

fn owned((key, text): (&String, &String)) -> (String, String) {
    (key.clone(), text.clone())
}

/// The header, once it agrees with the length of the file.
fn header(source: &mut impl Read, len: u64) -> Result<Metadata> {
    if len == 0 {
        return Err(damaged("it is empty"));
    }
    // The length of the header, and its first byte, which tells a file that is cut from any other file.
    let start = read(source, len.min(9))?;
    let Some((size, b"{")) = start.split_first_chunk::<8>() else {
        return Err(match start.len() {
            9 => foreign("it does not begin as a model file does"),
            _ => foreign(format!("it has {len} bytes only")),
        });
    };
    let size = u64::from_le_bytes(*size);
    if !(2..=MAX_HEADER).contains(&size) {
        return Err(foreign("it does not begin as a model file does"));
    }
    if size > len - 8 {
        return Err(damaged(format!("it is cut: {len} bytes of its first {} are there", size + 8)));
    }
    let mut text = vec![b'{'];
    text.append(&mut read(source, size - 1)?);
    let header: Metadata = serde_json::from_slice(&text)
        .map_err(|e| damaged(format!("its header cannot be understood: {e}")))?;
    let (expected, found) = (header.data_len() as u64, len - 8 - size);
    if found < expected {
        return Err(damaged(format!("it is cut: {found} of {expected} bytes of parameters are there")));
    }
    if found > expected {
        return Err(damaged(format!("{} bytes stand behind its end", found - expected)));
    }
    Ok(header)
}

/// The next `n` bytes, of which the source is said to have so many.
fn read(source: &mut impl Read, n: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(n).unwrap_or(0));
    source.take(n).read_to_end(&mut bytes).map_err(|e| Error::io("read the model", &e))?;
    if (bytes.len() as u64) < n {
        return Err(damaged("it became shorter while it was read"));
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(texts: &BTreeMap<String, String>, part: &str) -> Result<T> {
    let text = texts.get(part).ok_or_else(|| damaged(format!("it has no {part}")))?;
    serde_json::from_str(text).map_err(|e| {
        let e = damaged(format!("its {part} cannot be understood: {e}"));
        e.hint("use the version of feedforward that wrote it, or a newer one")
    })
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
