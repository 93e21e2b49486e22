//! From a model to the bytes of its file.

use super::{FORMAT, MAX_HEADER, Model, Theta, sum, tensors};
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_kernels::Element;
use feedforward_network::{Layout, Spec};
use safetensors::{Dtype, tensor::Metadata};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// The header of the file. The crate's own writer would put the metadata in the order of a hash, another one
/// every time.
#[derive(Serialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    tensors: Metadata,
}

pub(super) fn model(model: &Model) -> Result<Vec<u8>> {
    let content = Content::of(model)?;
    let checksum = content.checksum();
    let Content { mut metadata, dtype, data } = content;
    metadata.insert("checksum".into(), checksum);
    let mut bytes = header(metadata, &model.spec, dtype)?;
    bytes.extend_from_slice(&data);
    Ok(bytes)
}

/// Everything in a file but its checksum.
pub(super) struct Content {
    metadata: BTreeMap<String, String>,
    dtype: Dtype,
    data: Vec<u8>,
}

impl Content {
    pub(super) fn of(model: &Model) -> Result<Self> {
        let layout = Layout::new(&model.spec);
        let (dtype, data) = match &model.theta {
            Theta::F32(theta) => (Dtype::F32, data(&layout, theta)?),
            Theta::F64(theta) => (Dtype::F64, data(&layout, theta)?),
        };
        let mut metadata = BTreeMap::new();
        metadata.insert("format".to_string(), FORMAT.to_string());
        metadata.insert("preparation".into(), json("preparation", &model.preparation)?);
        metadata.insert("record".into(), json("record", &model.record)?);
        metadata.insert("spec".into(), json("spec", &model.spec)?);
        Ok(Content { metadata, dtype, data })
    }
    pub(super) fn checksum(&self) -> String {
        sum(&self.metadata, &self.data)
    }
}

/// The header's length and the header, which ends where a multiple of 8 bytes does.
fn header(metadata: BTreeMap<String, String>, spec: &Spec, dtype: Dtype) -> Result<Vec<u8>> {
    let too_large = |bytes: usize| {
        let want = format!("at most {MAX_HEADER} bytes, or no program could read it");
        Error::bad_value("the size of the model's description", format!("{bytes} bytes"), want)
    };
    let tensors = Metadata::new(None, tensors(spec, dtype)).map_err(|_| too_large(usize::MAX))?;
    let mut text = serde_json::to_vec(&Header { metadata, tensors }).map_err(|e| unwritable("header", &e))?;
    text.resize(text.len().next_multiple_of(8), b' ');
    if text.len() as u64 > MAX_HEADER {
        return Err(too_large(text.len()));
    }
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.append(&mut text);
    Ok(bytes)
}

/// All parameters in the order of the file.
fn data<T: Element>(layout: &Layout, theta: &[T]) -> Result<Vec<u8>> {
    assert_eq!(theta.len(), layout.parameters(), "θ must have the spec's parameters");
    let mut bytes = Vec::with_capacity(theta.len() * T::BYTES);
    for l in 1..=layout.last() {
        for &x in layout.rows(theta, l).iter().chain(&theta[layout.b(l).start..layout.own(l).end]) {
            if !x.is_finite() {
                let e = Error::new(ErrorKind::Diverged { what: "set of parameters".into() });
                return Err(e.at(Place::in_layer(l)));
            }
            x.write_le(&mut bytes);
        }
    }
    Ok(bytes)
}

/// The JSON of a part, once it is certain that it can be read again: JSON has no NaN and no infinity.
fn json<T: Serialize + DeserializeOwned + PartialEq>(part: &str, value: &T) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|e| unwritable(part, &e))?;
    match serde_json::from_str::<T>(&text) {
        Ok(again) if again == *value => Ok(text),
        _ => Err(Error::new(ErrorKind::Diverged { what: format!("model's {part}") })),
    }
}

fn unwritable(part: &str, e: &serde_json::Error) -> Error {
    Error::io(format!("write the model's {part}"), &std::io::Error::other(e.to_string()))
}
