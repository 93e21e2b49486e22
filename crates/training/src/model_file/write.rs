//! From a model to the bytes of its file.

use super::{FORMAT, Model, Theta, tensors};
use crate::container::{Texts, json, pack, sum};
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_kernels::Element;
use feedforward_network::Layout;
use safetensors::Dtype;

pub(super) fn model(model: &Model) -> Result<Vec<u8>> {
    let Content { texts, dtype, data } = Content::of(model)?;
    pack(texts, tensors(&model.spec, dtype), &data)
}

/// Everything in a file but its checksum.
pub(super) struct Content {
    texts: Texts,
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
        let mut texts = Texts::new();
        texts.insert("format".to_string(), FORMAT.to_string());
        texts.insert("preparation".into(), json("model's preparation", &model.preparation)?);
        texts.insert("record".into(), json("model's record", &model.record)?);
        texts.insert("spec".into(), json("model's spec", &model.spec)?);
        Ok(Content { texts, dtype, data })
    }
    pub(super) fn checksum(&self) -> String {
        sum(&self.texts, &self.data)
    }
}

/// All parameters in the order of the file.
fn data<T: Element>(layout: &Layout, theta: &[T]) -> Result<Vec<u8>> {
    assert_eq!(theta.len(), layout.parameters(), "θ must have the spec's parameters");
    let mut bytes = Vec::with_capacity(theta.len() * T::BYTES);
    for l in 1..=layout.last() {
        for &x in layout.rows(theta, l).iter().chain(&theta[layout.b(l).start..layout.own(l).end]) {
            if !x.is_finite() {
                let e =
                    Error::new(ErrorKind::Diverged { what: "set of parameters".into(), size: String::new() });
                return Err(e.at(Place::in_layer(l)));
            }
            x.write_le(&mut bytes);
        }
    }
    Ok(bytes)
}
