//! NPY: one NumPy array.

use feedforward_base::{Error, ErrorKind, Result};

use super::ReadOptions;
use super::input::Input;
use super::rows::{Array, Element};
use crate::table::{Column, Lines, Table};

/// A longer header is a damaged one.
const MAX_HEADER: usize = 1 << 20;

/// NumPy's own limit.
const MAX_DIMENSIONS: usize = 64;

/// Reads an array: the first dimension counts samples, the others become the columns `1`, `2`, ….
pub(super) fn read(mut input: Input, options: &ReadOptions) -> Result<Table> {
    let name = input.name.clone();
    let (columns, rows) = read_columns(&mut input, options)?;
    Ok(Table { name, columns, rows, lines: Lines::From(1), limit: options.limit.clone(), ..Table::default() })
}

/// The columns of an array and the number of its rows.
pub(super) fn read_columns(input: &mut Input, options: &ReadOptions) -> Result<(Vec<Column>, usize)> {
    let header = Header::read(input)?;
    let Some((&rows, rest)) = header.shape.split_first() else {
        let e = Error::new(ErrorKind::Unsupported { what: "an array without dimensions".into() });
        return Err(e.hint("save an array of samples"));
    };
    let columns = rest.iter().try_fold(1usize, |n, &size| n.checked_mul(size));
    let columns = columns.ok_or_else(|| malformed("its dimensions are too large".into()))?;
    let array = Array { format: "NPY", element: header.element, big: header.big, rows, columns };
    let columns = if header.fortran {
        array.by_columns(input, options, |k| c_order(k, rest))?
    } else {
        array.by_rows(input, options)?
    };
    Ok((columns, rows))
}

/// The place in C order of the element that stands at place `k` in Fortran order.
fn c_order(mut k: usize, shape: &[usize]) -> usize {
    let mut index = Vec::with_capacity(shape.len());
    for &size in shape {
        index.push(k % size);
        k /= size;
    }
    index.iter().zip(shape).fold(0, |place, (&i, &size)| place * size + i)
}

#[derive(Debug, PartialEq)]
struct Header {
    element: Element,
    big: bool,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    fn read(input: &mut Input) -> Result<Header> {
        let short = || malformed("it ends inside its header".into());
        let mut bytes = Vec::new();
        if !input.read_into(&mut bytes, 8)? {
            return Err(short());
        }
        if !bytes.starts_with(b"\x93NUMPY") {
            return Err(malformed("it does not begin with `\\x93NUMPY`".into()));
        }
        let width = match bytes[6] {
            1 => 2,
            2 | 3 => 4,
            v => return Err(Error::new(ErrorKind::Unsupported { what: format!("NPY version {v}") })),
        };
        if !input.read_into(&mut bytes, width)? {
            return Err(short());
        }
        let length = bytes.iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
        if length > MAX_HEADER {
            return Err(malformed(format!("its header claims {length} bytes")));
        }
        if !input.read_into(&mut bytes, length)? {
            return Err(short());
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| malformed("its header is not text".into()))?;
        Header::parse(text)
    }

    /// Reads the Python dictionary of the header.
    fn parse(text: &str) -> Result<Header> {
        let value = |key: &str| {
            let at = text.find(&format!("'{key}'")).map(|at| &text[at + key.len() + 2..]);
            let value = at.and_then(|t| t.trim_start().strip_prefix(':')).map(str::trim_start);
            value.ok_or_else(|| malformed(format!("its header has no `{key}`")))
        };
        let descr = value("descr")?;
        let Some(dtype) = descr.strip_prefix('\'').and_then(|d| d.split('\'').next()) else {
            let e = Error::new(ErrorKind::Unsupported { what: "an array of records".into() });
            return Err(e.hint("save its fields as the columns of one plain array"));
        };
        let (element, big) = parse_dtype(dtype)?;
        let fortran = value("fortran_order")?.starts_with("True");
        let shape = value("shape")?;
        let inside = shape.strip_prefix('(').and_then(|s| s.split_once(')')).map(|(inside, _)| inside);
        let sizes =
            inside.map(|s| s.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::parse).collect());
        match sizes {
            Some(Ok(shape)) if Vec::len(&shape) > MAX_DIMENSIONS => {
                Err(malformed(format!("it has {} dimensions", shape.len())))
            }
            Some(Ok(shape)) => Ok(Header { element, big, fortran, shape }),
            _ => Err(malformed("its shape is not a list of numbers".into())),
        }
    }
}

fn parse_dtype(dtype: &str) -> Result<(Element, bool)> {
    let (big, code) = match dtype.strip_prefix('>') {
        Some(code) => (true, code),
        None => (false, dtype.trim_start_matches(['<', '|', '='])),
    };
    let text_size = |digits: &str| digits.parse().ok().filter(|&n| n <= MAX_HEADER);
    let element = match code {
        "b1" | "u1" => Element::U8,
        "i1" => Element::I8,
        "u2" => Element::U16,
        "i2" => Element::I16,
        "u4" => Element::U32,
        "i4" => Element::I32,
        "u8" => Element::U64,
        "i8" => Element::I64,
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => {
            let text = match (code.strip_prefix('S'), code.strip_prefix('U')) {
                (Some(n), _) => text_size(n).map(Element::Bytes),
                (_, Some(n)) => text_size(n).map(Element::Chars),
                _ => None,
            };
            text.ok_or_else(|| unsupported_dtype(dtype))?
        }
    };
    Ok((element, big))
}

fn unsupported_dtype(dtype: &str) -> Error {
    let (what, hint) = match dtype.trim_start_matches(['<', '>', '|', '=']).chars().next() {
        Some('O') => (
            "an array of pickled Python objects",
            "convert it with `astype(float)` or `astype(str)` and save it again",
        ),
        Some('c') => ("an array of complex numbers", "save real and imaginary parts as columns"),
        Some('M' | 'm') => ("an array of dates", "convert it with `astype('int64')` and save it again"),
        _ => {
            let what = format!("an array of the type `{dtype}`");
            return Error::new(ErrorKind::Unsupported { what })
                .hint("convert it with `astype(float)` and save it again");
        }
    };
    Error::new(ErrorKind::Unsupported { what: what.into() }).hint(hint)
}

fn malformed(what: String) -> Error {
    let e = Error::new(ErrorKind::Malformed { format: "NPY".into(), what });
    e.hint("fetch or write the file again")
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{Cells, MISSING, Numbers};

    /// The bytes of an array as NumPy writes it.
    pub(in crate::source) fn npy(
        version: u8,
        dtype: &str,
        fortran: bool,
        shape: &str,
        data: &[u8],
    ) -> Vec<u8> {
        let order = if fortran { "True" } else { "False" };
        let header = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({shape}), }}   \n");
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        match version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.bytes());
        bytes.extend(data);
        bytes
    }

    fn file(bytes: &[u8]) -> Result<Table> {
        let mut ignore = |_| ();
        read(
            Input::new("t.npy", Box::new(bytes), Some(bytes.len() as u64), &mut ignore)?,
            &ReadOptions::default(),
        )
    }

    fn column(t: &Table, c: usize) -> Vec<f64> {
        let Cells::Number(n) = t.columns[c].here() else { panic!("{:?}", t.columns[c]) };
        (0..t.rows).map(|r| n.get(r)).collect()
    }

    #[test]
    fn c_and_fortran_order_give_one_table() {
        let c = file(&npy(1, "|u1", false, "2, 3", &[1, 2, 3, 4, 5, 6])).unwrap();
        let f = file(&npy(2, "|u1", true, "2, 3", &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(c, f);
        assert_eq!((column(&c, 0), column(&c, 2)), (vec![1.0, 4.0], vec![3.0, 6.0]));
        // Three dimensions: a[i, j, k] = 4 i + 2 j + k, once with the last and once with the first index fastest.
        let c = file(&npy(1, "|u1", false, "2, 2, 2", &[0, 1, 2, 3, 4, 5, 6, 7])).unwrap();
        let f = file(&npy(1, "|u1", true, "2, 2, 2", &[0, 4, 2, 6, 1, 5, 3, 7])).unwrap();
        assert_eq!(c, f);
    }

    #[test]
    fn types_and_byte_orders() {
        let big: Vec<u8> = [1.5f64, f64::NAN].iter().flat_map(|v| v.to_be_bytes()).collect();
        let t = file(&npy(3, ">f8", false, "2,", &big)).unwrap();
        assert_eq!(column(&t, 0)[0], 1.5);
        assert_eq!(t.columns[0].here().missing(), 1);
        let t = file(&npy(1, "|b1", false, "2,", &[1, 0])).unwrap();
        assert_eq!(*t.columns[0].here(), Cells::Number(Numbers::U8(vec![1, 0])));
        let t = file(&npy(1, "<f2", false, "1,", &0x3e00u16.to_le_bytes())).unwrap();
        assert_eq!(column(&t, 0), [1.5]);
        let text: Vec<u8> = "ab\0b\0\0\0\0\0".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let t = file(&npy(1, "<U3", false, "3,", &text)).unwrap();
        let levels = vec!["ab".into(), "b".into()];
        assert_eq!(*t.columns[0].here(), Cells::Category { codes: vec![0, 1, MISSING], levels });
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let said = |bytes: &[u8]| file(bytes).unwrap_err().to_string();
        let pickled = said(&npy(1, "|O", false, "2,", &[]));
        assert!(
            pickled.starts_with("an array of pickled Python objects cannot be read\nhint: convert"),
            "{pickled}"
        );
        assert!(said(&npy(1, "<c16", false, "2,", &[])).contains("complex"));
        assert!(said(&npy(1, "<M8[ns]", false, "2,", &[])).contains("dates"));
        assert!(said(&npy(1, "|V8", false, "2,", &[])).contains("`|V8`"));
        assert!(said(&npy(1, "<f8", false, "", &[])).contains("without dimensions"));
        assert!(said(&npy(1, "<f8", false, "3, 2", &[0; 20])).contains("ends after 1 of them"));
        assert!(said(&npy(1, "<f8", false, "99999999999999, 2", &[0; 20])).contains("ends after"));
        assert!(said(&npy(1, "<f8", true, "99999999999999, 2", &[0; 20])).contains("ends after"));
        assert!(said(&npy(1, "|u1", false, "2,", &[0; 3])).contains("goes on"));
        assert!(said(b"\x93NUMPY\x01\0").contains("inside its header"));
        assert!(said(b"\x93NUMPY\x02\0\xff\xff\xff\xff").contains("claims 4294967295 bytes"));
        let records = npy(1, "<f8", false, "1,", &[0; 8]);
        let records = String::from_utf8_lossy(&records).replace("'<f8'", "[('a'");
        assert!(Header::parse(&records).unwrap_err().to_string().contains("records"));
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(changes in prop::collection::vec((0usize..90, any::<u8>()), 0..4), cut in 0usize..90) {
            let mut bytes = npy(1, "<f4", true, "2, 3", &[63; 24]);
            for (at, to) in changes {
                let at = at % bytes.len();
                bytes[at] = to;
            }
            bytes.truncate(bytes.len().saturating_sub(cut));
            let _ = file(&bytes);
        }

        #[test]
        fn doubles_come_back(values in prop::collection::vec(-1e6f64..1e6, 1..40)) {
            let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            let bytes = npy(1, "<f8", false, &format!("{},", values.len()), &data);
            let mut ignore = |_| ();
            let input = Input::new("t", Box::new(&bytes[..]), None, &mut ignore).unwrap();
            let options = ReadOptions { double: true, ..ReadOptions::default() };
            prop_assert_eq!(column(&read(input, &options).unwrap(), 0), values);
        }
    }
}
