//! Model files: a trained network with its preparation and its record, in one safetensors file.
//!
//! Everything that reads safetensors can read the parameters. With L layers of n_l units the file holds, in
//! this order, for l = 1 ..= L
//!
//! * `layers.l.weight`: `W[l]`, n_l x n_{l-1}, row by row: a row holds what one unit reads,
//! * `layers.l.bias`: `b[l]`, n_l,
//! * where the activation learns a number per unit, that number: `layers.l.slope` of PReLU, n_l,
//!
//! all F32 or all F64, little-endian. Its `__metadata__` has five texts:
//!
//! * `format`: `feedforward model 1`,
//! * `spec`, `preparation`, `record`: JSON,
//! * `checksum`: SHA-256 in hexadecimal over every other metadata entry in the order of their keys, each as
//!   the key's length in bytes (8 bytes, little-endian), the key, the text's length, the text; then over all
//!   bytes behind the header.
//!
//! The same model gives the same bytes. A file that is cut, changed or of another make is an error, never a
//! silently different model, and nothing is allocated beyond the size of the file.

use crate::container::{damaged, foreign};
use crate::model::{Model, Theta};
use crate::new_file::NewFile;
use feedforward_base::{Error, Place, Result};
use feedforward_network::Spec;
use feedforward_network::activation::Own;
use safetensors::tensor::TensorInfo;
use safetensors::{Dtype, tensor::Metadata};
use std::fs::File;
use std::path::Path;

mod read;
#[cfg(test)]
pub(crate) mod testing;
mod write;

/// The `format` of the files that this program writes and reads.
pub const FORMAT: &str = "feedforward model 1";

/// Write a model file. It appears whole or not at all; a model that stood there before stays if writing fails.
///
/// # Errors
/// [`Diverged`](feedforward_base::ErrorKind::Diverged) if a number of the model is not finite; [`Io`](feedforward_base::ErrorKind::Io) with the path.
///
/// # Panics
/// If θ has not as many numbers as the spec has parameters.
pub fn save(model: &Model, path: &Path) -> Result<()> {
    let place = || Place::file(path.display().to_string());
    let bytes = to_bytes(model).map_err(|e| e.at(place()))?;
    NewFile::write(path, &bytes)
}

/// Read a model file.
///
/// # Errors
/// [`Io`](feedforward_base::ErrorKind::Io) if the file cannot be read, [`Damaged`](feedforward_base::ErrorKind::Damaged) if it is cut, changed, of another
/// make or contradicts itself; both with the path.
pub fn load(path: &Path) -> Result<Model> {
    let place = || Place::file(path.display().to_string());
    let refused = |e: std::io::Error| {
        let hint = match e.kind() {
            std::io::ErrorKind::NotFound => "check the path; `ff train` writes a model where `-o` says",
            _ => "check that you may read the file",
        };
        Error::io("read the model", &e).hint(hint).at(place())
    };
    let about = std::fs::metadata(path).map_err(refused)?;
    if !about.is_file() {
        let what = if about.is_dir() { "it is a folder" } else { "it is no ordinary file" };
        return Err(foreign(what).at(place()));
    }
    let file = File::open(path).map_err(refused)?;
    read::model(file, about.len()).map_err(|e| e.at(place()))
}

/// The bytes of a model file.
///
/// # Errors and panics
/// As [`save`], without a path.
pub fn to_bytes(model: &Model) -> Result<Vec<u8>> {
    write::model(model)
}

/// The checksum that the model's file carries.
///
/// # Errors and panics
/// As [`save`], without a path.
pub fn checksum(model: &Model) -> Result<String> {
    Ok(write::Content::of(model)?.checksum())
}

/// A model from the bytes of its file.
///
/// # Errors
/// [`Damaged`](feedforward_base::ErrorKind::Damaged), as [`load`].
pub fn from_bytes(bytes: &[u8]) -> Result<Model> {
    read::model(bytes, bytes.len() as u64)
}

/// The tensors of a network in the order of the file. A spec that was checked has no
/// more parameters than their bytes can be counted.
fn tensors(spec: &Spec, dtype: Dtype) -> Vec<(String, TensorInfo)> {
    let mut end = 0;
    let mut all = Vec::new();
    let inputs = std::iter::once(spec.inputs).chain(spec.layers.iter().map(|l| l.units));
    for ((l, inputs), layer) in (1..).zip(inputs).zip(&spec.layers) {
        let units = layer.units;
        let own = match layer.activation.own() {
            Own::Learned(name) => Some((name, vec![units])),
            Own::Nothing | Own::Drawn => None,
        };
        for (part, shape) in [("weight", vec![units, inputs]), ("bias", vec![units])].into_iter().chain(own) {
            let start = end;
            end += shape.iter().product::<usize>() * bytes_of(dtype);
            all.push((format!("layers.{l}.{part}"), TensorInfo { dtype, shape, data_offsets: (start, end) }));
        }
    }
    all
}

fn bytes_of(dtype: Dtype) -> usize {
    dtype.bitsize() / 8
}

#[cfg(test)]
mod tests {
    use super::testing::{Parts, model, small};
    use super::*;
    use feedforward_base::ErrorKind;
    use proptest::prelude::*;
    use safetensors::SafeTensors;
    use serde_json::json;

    /// What is said about bytes that are no model.
    fn refusal(bytes: &[u8]) -> String {
        let e = from_bytes(bytes).expect_err("a model");
        assert!(matches!(e.kind(), ErrorKind::Damaged { .. }) && e.exit_code() == 5, "{e}");
        assert!(e.hint_text().is_some(), "{e}");
        e.to_string().replacen("this is not a sound model file: ", "", 1)
    }

    fn refused(bytes: &[u8], why: &str) {
        let said = refusal(bytes);
        assert!(said.starts_with(why), "{said}\nexpected: {why}");
    }

    #[test]
    fn a_model_comes_back_with_all_its_bits() {
        for model in [model(), small()] {
            let bytes = to_bytes(&model).unwrap();
            assert_eq!(from_bytes(&bytes).unwrap(), model);
            assert_eq!(to_bytes(&model.clone()).unwrap(), bytes);
            assert_eq!(to_bytes(&from_bytes(&bytes).unwrap()).unwrap(), bytes);
        }
    }

    #[test]
    fn safetensors_itself_reads_the_parameters() {
        let model = model();
        let bytes = to_bytes(&model).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let Theta::F32(theta) = &model.theta else { panic!("f64") };
        let layout = feedforward_network::Layout::new(&model.spec);
        assert_eq!(file.len(), 4);
        for l in 1..=2 {
            let weight = file.tensor(&format!("layers.{l}.weight")).unwrap();
            assert_eq!(weight.shape(), [layout.units(l), layout.units(l - 1)]);
            let numbers: Vec<f32> =
                weight.data().as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
            assert_eq!(numbers, layout.rows(theta, l));
            assert_eq!(file.tensor(&format!("layers.{l}.bias")).unwrap().shape(), [layout.units(l)]);
        }
        let (size, header) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(size % 8, 0);
        assert_eq!(header.metadata().as_ref().unwrap()["format"], FORMAT);
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed() {
        let model = small();
        let bytes = to_bytes(&model).unwrap();
        for i in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[i] ^= 1 << bit;
                refusal(&changed);
            }
        }
    }

    #[test]
    fn a_cut_anywhere_is_noticed() {
        let bytes = to_bytes(&small()).unwrap();
        for end in 0..bytes.len() {
            refusal(&bytes[..end]);
        }
        refused(&bytes[..bytes.len() - 1], "it is cut: 31 of 32 bytes of parameters are there");
        refused(&bytes[..100], "it is cut: 100 bytes of its first ");
        refused(&[&bytes[..], b"\n"].concat(), "1 bytes stand behind its end");
    }

    #[test]
    fn other_files_are_told_apart() {
        refused(b"", "it is empty");
        refused(b"hello", "it has 5 bytes only");
        refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it does not begin as a model file does");
        refused(b"{\"a\": 1, \"b\": 2}", "it does not begin as a model file does");
        refused(&[&u64::MAX.to_le_bytes()[..], b"{}"].concat(), "it does not begin as a model file does");
        let mut torch = Parts::of(&small());
        torch.header.as_object_mut().unwrap().remove("__metadata__");
        refused(&torch.bytes(), "it holds tensors of another program");
        let mut torch = Parts::of(&small());
        *torch.metadata() = json!({"format": "pt"}).as_object().unwrap().clone();
        refused(&torch.bytes(), "its format is `pt`, and this program reads `feedforward model 1`");
    }

    #[test]
    fn texts_that_lie_are_refused() {
        let forged = |part: &str, edit: &dyn Fn(&mut serde_json::Value)| {
            let mut parts = Parts::of(&model());
            parts.edit(part, edit);
            parts.forged()
        };
        from_bytes(&forged("spec", &|_| {})).unwrap();
        refused(
            &forged("spec", &|s| s["learning_rate"] = json!(-1)),
            "its spec cannot be: the learning rate",
        );
        refused(
            &forged("spec", &|s| s["loss"] = json!("hinged")),
            "its spec cannot be understood: there is no",
        );
        refused(
            &forged("spec", &|s| s["layers"][0]["units"] = json!(71)),
            "`layers.1.weight` is 70 x 3, where 71 x 3",
        );
        refused(
            &forged("spec", &|s| s["layers"][0]["units"] = json!(1_u64 << 60)),
            "its spec cannot be: the number of parameters is",
        );
        refused(&forged("spec", &|s| s["layers"] = json!([])), "its spec cannot be: ");
        refused(
            &forged("spec", &|s| s["inputs"] = json!(4)),
            "its preparation has 3 inputs and its network 4",
        );
        let fewer = |p: &mut serde_json::Value| p["target"]["classes"]["classes"] = json!(["a", "b"]);
        refused(&forged("preparation", &fewer), "its preparation has 2 outputs and its network 3");
        let more = |r: &mut serde_json::Value| r["judgement"]["confusion"]["classes"] = json!(1_u64 << 60);
        refused(&forged("record", &more), "its record cannot be understood: the judgement contradicts");
        for batch in [0, u64::MAX] {
            let lie = |r: &mut serde_json::Value| r["ask"]["batch_size"] = json!(batch);
            refused(&forged("record", &lie), "its record cannot be: the batch size is");
        }
        let mut parts = Parts::of(&model());
        parts.metadata().remove("record");
        refused(&parts.forged(), "it has no record");
    }

    #[test]
    fn tensors_that_lie_are_refused() {
        let forged = |edit: &dyn Fn(&mut Parts)| {
            let mut parts = Parts::of(&small());
            edit(&mut parts);
            parts.forged()
        };
        let rename = |p: &mut Parts| {
            let tensors = p.header.as_object_mut().unwrap();
            let bias = tensors.remove("layers.1.bias").unwrap();
            tensors.insert("layers.1.offset".into(), bias);
        };
        refused(&forged(&rename), "`layers.1.bias` is missing");
        let add = |p: &mut Parts| {
            p.header["layers.2.bias"] = json!({"dtype": "F64", "shape": [0], "data_offsets": [32, 32]});
        };
        refused(&forged(&add), "its network has no `layers.2.bias`");
        let turn = |p: &mut Parts| p.header["layers.1.weight"]["shape"] = json!([3, 1]);
        refused(&forged(&turn), "`layers.1.weight` is 3 x 1, where 1 x 3 should be");
        let whole = |p: &mut Parts| p.header["layers.1.weight"]["dtype"] = json!("I64");
        refused(&forged(&whole), "`layers.1.weight` is I64, where F32 or F64 should be");
        let mixed = |p: &mut Parts| {
            p.header["layers.1.bias"] = json!({"dtype": "F32", "shape": [2], "data_offsets": [24, 32]});
        };
        refused(&forged(&mixed), "`layers.1.bias` is F32, and `layers.1.weight` F64");
        let swap = |p: &mut Parts| {
            p.header["layers.1.bias"]["data_offsets"] = json!([0, 8]);
            p.header["layers.1.weight"]["data_offsets"] = json!([8, 32]);
        };
        refused(&forged(&swap), "`layers.1.weight` is not at its place");
        let nan = |p: &mut Parts| p.data[24..].copy_from_slice(&f64::NAN.to_le_bytes());
        refused(&forged(&nan), "a parameter is not a finite number\n  at: layer 1");
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.ff");
        save(&small(), &path).unwrap();
        let mut diverged = small();
        let Theta::F64(theta) = &mut diverged.theta else { panic!("f32") };
        theta[3] = f64::NAN;
        let e = save(&diverged, &path).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Diverged { .. }) && e.to_string().contains("layer 1"), "{e}");
        // JSON writes both as `null`: the first could not be read again, the second as something else.
        let spoil: [fn(&mut Model); 2] = [
            |m| m.record.epochs[0].train_loss = f64::INFINITY,
            |m| m.record.epochs[0].valid_loss = Some(f64::INFINITY),
        ];
        for spoil in spoil {
            let mut diverged = small();
            spoil(&mut diverged);
            let e = save(&diverged, &path).unwrap_err();
            assert!(e.to_string().contains("the model's record is no longer finite"), "{e}");
        }
        assert_eq!(load(&path).unwrap(), small());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_that_are_not_there_or_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let e = load(&folder.path().join("m.ff")).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Io { .. }) && e.exit_code() == 3, "{e}");
        let e = load(folder.path()).unwrap_err();
        assert!(e.to_string().contains("it is a folder") && e.exit_code() == 5, "{e}");
        let path = folder.path().join("cut.ff");
        std::fs::write(&path, &to_bytes(&small()).unwrap()[..500]).unwrap();
        let e = load(&path).unwrap_err();
        assert!(e.to_string().contains("cut.ff") && e.exit_code() == 5, "{e}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            refusal(&bytes);
            refusal(&[&((bytes.len() + 1) as u64).to_le_bytes()[..], b"{", &bytes].concat());
        }

        /// Other bytes in any places: an error, or the same model where only the header's blanks changed.
        #[test]
        fn any_changes_are_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        ) {
            let bytes = to_bytes(&model()).unwrap();
            let mut changed = bytes.clone();
            for (place, byte) in changes {
                changed[place.index(bytes.len())] = byte;
            }
            match from_bytes(&changed) {
                Ok(read) => prop_assert_eq!(read, model()),
                Err(e) => prop_assert_eq!(e.exit_code(), 5),
            }
        }

        #[test]
        fn every_shape_comes_back(hidden in prop::collection::vec(1_usize..150, 0..3), seed: u64) {
            let mut model = small();
            let units = [&[3], &hidden[..], &[1]].concat();
            model.spec = Spec::new(
                &units,
                feedforward_network::Activation::Tanh,
                feedforward_network::Loss::SquaredError,
            );
            let layout = feedforward_network::Layout::new(&model.spec);
            model.theta = Theta::F32(layout.initial(&model.spec, feedforward_base::Dice::new(seed)));
            prop_assert_eq!(from_bytes(&to_bytes(&model).unwrap()).unwrap(), model);
        }
    }
}
