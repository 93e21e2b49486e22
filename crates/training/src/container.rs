//! The form of all our binary files: safetensors whose metadata carry a checksum.
//!
//! `checksum` is SHA-256 in hexadecimal over every other metadata entry in the order of their keys, each as the key's
//! length in bytes (8 bytes, little-endian), the key, the text's length, the text; then over all bytes behind the
//! header. The same content gives the same bytes, and nothing is allocated beyond the size of the file.

use crate::fingerprint::hex;
use feedforward_base::{Error, ErrorKind, Result};
use safetensors::tensor::{Metadata, TensorInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;

/// The largest header that readers of safetensors accept.
pub(crate) const MAX_HEADER: u64 = 100_000_000;

/// The metadata without the checksum.
pub(crate) type Texts = BTreeMap<String, String>;

/// A file taken apart; its checksum was right.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) header: Metadata,
    pub(crate) texts: Texts,
    pub(crate) data: Vec<u8>,
}

/// The header of the file. The crate's own writer would put the metadata in the order of a hash, another one
/// every time.
#[derive(Serialize)]
struct Header<'a> {
    #[serde(rename = "__metadata__")]
    metadata: Texts,
    #[serde(flatten)]
    tensors: &'a Metadata,
}

/// The bytes of a file; `data` are the tensors' bytes.
///
/// # Errors
/// A header that is larger than readers accept.
pub(crate) fn pack(mut texts: Texts, tensors: Vec<(String, TensorInfo)>, data: &[u8]) -> Result<Vec<u8>> {
    let too_large = |bytes: usize| {
        let want = format!("at most {MAX_HEADER} bytes, or no program could read it");
        Error::bad_value("the size of the file's description", format!("{bytes} bytes"), want)
    };
    texts.insert("checksum".into(), sum(&texts, data));
    let tensors = Metadata::new(None, tensors).map_err(|_| too_large(usize::MAX))?;
    let mut text = serde_json::to_vec(&Header { metadata: texts, tensors: &tensors })
        .map_err(|e| Error::io("write the file's header", &e.into()))?;
    // The header ends where a multiple of 8 bytes does.
    text.resize(text.len().next_multiple_of(8), b' ');
    if text.len() as u64 > MAX_HEADER {
        return Err(too_large(text.len()));
    }
    let mut bytes = Vec::with_capacity(8 + text.len() + data.len());
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.append(&mut text);
    bytes.extend_from_slice(data);
    Ok(bytes)
}

/// Take a source of `len` bytes apart; `none` is said of a file without a format.
///
/// # Errors
/// [`ErrorKind::Damaged`] if it is cut, changed, or of another format than `format`.
pub(crate) fn unpack(mut source: impl Read, len: u64, format: &str, none: &str) -> Result<Content> {
    let header = header(&mut source, len)?;
    let mut texts: Texts = header.metadata().iter().flatten().map(owned).collect();
    match texts.get("format").map(String::as_str) {
        Some(found) if found == format => {}
        None => return Err(foreign(none)),
        Some(other) => {
            let what = format!("its format is `{other}`, and this program reads `{format}`");
            return Err(foreign(what).hint("use the program that wrote it, or a newer feedforward"));
        }
    }
    let data = read(&mut source, header.data_len() as u64)?;
    let said = texts.remove("checksum");
    if said.as_deref() != Some(&sum(&texts, &data)) {
        return Err(damaged("its checksum is wrong: something in it was changed"));
    }
    Ok(Content { header, texts, data })
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

/// The JSON of a part.
///
/// # Errors
/// [`ErrorKind::Damaged`]: it is not there, or cannot be understood.
pub(crate) fn parse<T: DeserializeOwned>(texts: &Texts, part: &str) -> Result<T> {
    let text = texts.get(part).ok_or_else(|| damaged(format!("it has no {part}")))?;
    serde_json::from_str(text).map_err(|e| {
        let e = damaged(format!("its {part} cannot be understood: {e}"));
        e.hint("use the version of feedforward that wrote it, or a newer one")
    })
}

/// The JSON of a part, once it is certain that it can be read again: JSON has no NaN and no infinity. `whose` is in the
/// error.
///
/// # Errors
/// [`ErrorKind::Diverged`].
pub(crate) fn json<T: Serialize + DeserializeOwned + PartialEq>(whose: &str, value: &T) -> Result<String> {
    let text =
        serde_json::to_string(value).map_err(|e| Error::io(format!("write the {whose}"), &e.into()))?;
    match serde_json::from_str::<T>(&text) {
        Ok(again) if again == *value => Ok(text),
        _ => Err(Error::new(ErrorKind::Diverged { what: whose.into(), size: String::new() })),
    }
}

/// The checksum of a file with these metadata (without `checksum`) and these bytes behind the header.
pub(crate) fn sum(metadata: &Texts, data: &[u8]) -> String {
    let mut hash = Sha256::new();
    for text in metadata.iter().flat_map(|(key, text)| [key, text]) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.update(data);
    hex(hash)
}

pub(crate) fn damaged(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Damaged { what: what.into() })
        .hint("copy the file again from where it was made, or train the model again")
}

pub(crate) fn foreign(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Damaged { what: what.into() }).hint("give a model file that `ff train` wrote")
}
