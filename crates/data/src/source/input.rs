//! The bytes of one file or of standard input: unpacked, counted, and open to a first look.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use feedforward_base::{Error, ErrorKind, Place, Result, nearest};
use flate2::read::MultiGzDecoder;

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read: of the packed file for gzip, of the unpacked array for NPZ.
    pub done: u64,
    /// Bytes there are; `None` for a pipe.
    pub total: Option<u64>,
}

/// Between two calls of the progress function.
const REPORT_EVERY: u64 = 1 << 20;
const BUFFER: usize = 256 << 10;

/// What is packed may unpack to so many bytes, whatever its size ...
const UNPACKED: u64 = 64 << 20;
/// ... and to so many more for each of its own.
pub(super) const RATIO: u64 = 100;
/// A pipe has no size that one could compare anything with: it ends here at the latest.
const PIPE: u64 = 4 << 30;

/// More than a reader takes; it travels inside an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// A packed file unpacks to more than [`UNPACKED`] and [`RATIO`] allow.
    Unpacked,
    /// More than [`PIPE`] bytes from a pipe or a device.
    Pipe,
    /// A record of too many bytes.
    Record,
    /// A record of too many fields.
    Fields,
}

impl Excess {
    /// The one inside `e`.
    pub(super) fn of(e: &io::Error) -> Option<Excess> {
        e.get_ref()?.downcast_ref().copied()
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Excess {}

impl From<Excess> for io::Error {
    fn from(excess: Excess) -> io::Error {
        io::Error::other(excess)
    }
}

/// Unpacked bytes, of which the first can be looked at before they are read.
pub(super) struct Input<'p> {
    /// What messages call it.
    pub(super) name: String,
    /// What it was packed with.
    pub(super) packed: Option<&'static str>,
    /// Whether it is an ordinary file, which can be opened again.
    pub(super) file: bool,
    /// The size of the file, where that is the number of unpacked bytes.
    pub(super) length: Option<u64>,
    taken: u64,
    buffer: Vec<u8>,
    at: usize,
    body: Box<dyn Read + 'p>,
}

/// What to do about a file that is not there: a neighbour may have nearly its name.
fn not_found(path: &str) -> String {
    let path = Path::new(path);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!("check the folder `{}`, which cannot be read", folder.display());
    };
    let mut names: Vec<String> =
        entries.filter_map(|e| e.ok()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    match nearest(&name, &names) {
        Some(near) => format!("did you mean `{}`?", path.with_file_name(near).display()),
        None => "check the name and the folder, or pass `-` to read standard input".into(),
    }
}

impl<'p> Input<'p> {
    /// Opens a file, or standard input for `-`. Gzip is known by its first bytes.
    pub(super) fn open(path: &str, progress: &'p mut dyn FnMut(Progress)) -> Result<Self> {
        if path == "-" {
            return Self::new("standard input", Box::new(io::stdin().lock()), None, progress);
        }
        let refused = |e: io::Error| {
            let refusal = Error::io("read", &e).at(Place::file(path));
            match e.kind() {
                io::ErrorKind::NotFound => refusal.hint(not_found(path)),
                _ => refusal,
            }
        };
        let file = File::open(path).map_err(refused)?;
        let data = file.metadata().map_err(refused)?;
        // A named pipe or /dev/stdin has a length of 0 that means nothing.
        let total = data.is_file().then_some(data.len());
        Self::new(path, Box::new(file), total, progress)
    }

    /// Reads `source`, which messages call `name`.
    pub(super) fn new(
        name: &str,
        source: Box<dyn Read + 'p>,
        total: Option<u64>,
        progress: &'p mut dyn FnMut(Progress),
    ) -> Result<Self> {
        let place = || Place::file(name);
        let done = Rc::new(Cell::new(0));
        let mut counted = Counted { source, done: Rc::clone(&done), told: 0, total, progress };
        let mut magic = [0; 2];
        let n = fill(&mut counted, &mut magic).map_err(|e| Error::io("read", &e).at(place()))?;
        let gzip = magic[..n] == [0x1f, 0x8b];
        let whole = io::Cursor::new(magic).take(n as u64).chain(counted);
        let body: Box<dyn Read + 'p> = if gzip {
            let body = MultiGzDecoder::new(io::BufReader::with_capacity(BUFFER, whole));
            Box::new(Unpacked { body, unpacked: 0, packed: done })
        } else {
            Box::new(whole)
        };
        let length = if gzip { None } else { total };
        let packed = gzip.then_some("gzip");
        let file = total.is_some();
        Ok(Input { name: name.into(), packed, file, length, taken: 0, buffer: Vec::new(), at: 0, body })
    }

    /// Reads a member of an archive of the format `packed`, in which it takes `size` bytes.
    pub(super) fn member(name: &str, packed: &'static str, size: u64, body: Box<dyn Read + 'p>) -> Self {
        let body = Box::new(Unpacked { body, unpacked: 0, packed: Rc::new(Cell::new(size)) });
        let (name, packed) = (name.into(), Some(packed));
        Input { name, packed, file: false, length: None, taken: 0, buffer: Vec::new(), at: 0, body }
    }

    /// The bytes still to come, where that is known.
    pub(super) fn left(&self) -> Option<u64> {
        self.length.map(|n| n.saturating_sub(self.taken))
    }

    /// The bytes that come next, up to `n` of them, without taking them.
    pub(super) fn peek(&mut self, n: usize) -> Result<&[u8]> {
        if self.buffer.len() - self.at < n {
            self.buffer.drain(..self.at);
            self.at = 0;
            let more = (n - self.buffer.len()) as u64;
            let got = self.body.by_ref().take(more).read_to_end(&mut self.buffer);
            got.map_err(|e| self.error(&e))?;
        }
        let end = self.buffer.len().min(self.at + n);
        Ok(&self.buffer[self.at..end])
    }

    /// Drops the next `n` bytes, which have been looked at.
    pub(super) fn skip(&mut self, n: usize) {
        let n = n.min(self.buffer.len() - self.at);
        self.at += n;
        self.taken += n as u64;
    }

    /// Reads exactly `n` bytes into `out`, which grows only as they come. `false` where the input ends before.
    pub(super) fn read_into(&mut self, out: &mut Vec<u8>, n: usize) -> Result<bool> {
        out.clear();
        let got = self.by_ref().take(n as u64).read_to_end(out);
        got.map_err(|e| self.error(&e))?;
        Ok(out.len() == n)
    }

    /// Whether all bytes have been taken.
    pub(super) fn at_end(&mut self) -> Result<bool> {
        Ok(self.peek(1)?.is_empty())
    }

    /// What a refusal of the reader means.
    pub(super) fn error(&self, e: &io::Error) -> Error {
        read_error(e, self.packed).at(Place::file(&self.name))
    }
}

/// What a refusal of a reader means; inside an archive a short or odd file is the file's fault.
pub(super) fn read_error(e: &io::Error, packed: Option<&'static str>) -> Error {
    use io::ErrorKind::*;
    let malformed = |format: &str, what: &str| {
        Error::new(ErrorKind::Malformed { format: format.into(), what: what.into() })
            .hint("fetch or pack the file again")
    };
    if let Some(excess) = Excess::of(e) {
        return too_much(excess, packed.unwrap_or("packed"));
    }
    match (e.kind(), packed) {
        (UnexpectedEof, Some(format)) => malformed(format, "it ends too early"),
        (InvalidInput | InvalidData, Some(format)) => {
            malformed(format, "its bytes are damaged or followed by something else")
        }
        _ => Error::io("read", e),
    }
}

fn too_much(excess: Excess, format: &str) -> Error {
    let malformed = |what: &str| Error::new(ErrorKind::Malformed { format: "CSV".into(), what: what.into() });
    let unsupported = |what: String| Error::new(ErrorKind::Unsupported { what });
    match excess {
        Excess::Unpacked => {
            let what = format!("a {format} file that unpacks to more than 64 MiB and {RATIO} times its size");
            unsupported(what).hint("if you trust it, unpack it and give the unpacked file")
        }
        Excess::Pipe => {
            unsupported("more than 4 GiB through a pipe".into()).hint("write it to a file and give its name")
        }
        Excess::Record => {
            malformed("a record of more than 64 MiB").hint("close the quote that is opened here")
        }
        Excess::Fields => malformed("a record of more than 1,048,576 fields")
            .hint("give a table of at most 1,048,576 columns"),
    }
}

/// Fills `out` as far as the source goes.
fn fill(source: &mut dyn Read, out: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < out.len() {
        match source.read(&mut out[n..]) {
            Ok(0) => break,
            Ok(k) => n += k,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(n)
}

impl Read for Input<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = &self.buffer[self.at..];
        if ready.is_empty() {
            let n = self.body.read(out)?;
            self.taken += n as u64;
            return Ok(n);
        }
        let n = ready.len().min(out.len());
        out[..n].copy_from_slice(&ready[..n]);
        self.at += n;
        self.taken += n as u64;
        Ok(n)
    }
}

/// Counts what is read and tells it.
struct Counted<'p> {
    source: Box<dyn Read + 'p>,
    done: Rc<Cell<u64>>,
    told: u64,
    total: Option<u64>,
    progress: &'p mut dyn FnMut(Progress),
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(out)?;
        let done = self.done.get() + n as u64;
        self.done.set(done);
        let ended = n == 0 && !out.is_empty() && self.told < done;
        if ended || done - self.told >= REPORT_EVERY {
            self.told = done;
            (self.progress)(Progress { done, total: self.total });
        }
        if self.total.is_none() && done > PIPE {
            return Err(Excess::Pipe.into());
        }
        Ok(n)
    }
}

/// Unpacks no more than the packed bytes can honestly mean.
struct Unpacked<R> {
    body: R,
    unpacked: u64,
    /// Packed bytes so far, or altogether.
    packed: Rc<Cell<u64>>,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.body.read(out)?;
        self.unpacked += n as u64;
        if self.unpacked > UNPACKED.saturating_add(self.packed.get().saturating_mul(RATIO)) {
            return Err(Excess::Unpacked.into());
        }
        Ok(n)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    pub(in crate::source) fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn all(bytes: &[u8]) -> Result<Vec<u8>> {
        let mut ignore = |_| ();
        let mut input = Input::new("t", Box::new(bytes), Some(bytes.len() as u64), &mut ignore)?;
        let mut out = Vec::new();
        let got = input.read_to_end(&mut out);
        got.map_err(|e| input.error(&e))?;
        Ok(out)
    }

    #[test]
    fn gzip_members_follow_each_other() {
        let two = [gz(b"abc"), gz(b"def")].concat();
        assert_eq!(all(&two).unwrap(), b"abcdef");
        assert_eq!(all(b"a").unwrap(), b"a");
        assert_eq!(all(b"").unwrap(), b"");
    }

    #[test]
    fn half_a_gzip_file_ends_too_early() {
        let whole = gz(&[b'x'; 10_000]);
        let e = all(&whole[..whole.len() / 2]).unwrap_err();
        assert_eq!(
            e.to_string(),
            "this is not a sound gzip file: it ends too early\n  at: t\nhint: fetch or pack the file again"
        );
        let mut bad = whole.clone();
        let last = bad.len() - 6;
        bad[last] ^= 1;
        assert!(all(&bad).unwrap_err().to_string().contains("damaged"));
    }

    #[test]
    fn a_look_takes_nothing_and_progress_reaches_the_total() {
        let bytes = vec![7u8; 3 << 20];
        let mut told = Vec::new();
        let mut tell = |p: Progress| told.push(p);
        let mut input = Input::new("t", Box::new(&bytes[..]), Some(3 << 20), &mut tell).unwrap();
        assert_eq!(input.peek(5).unwrap(), [7; 5]);
        input.skip(2);
        let mut out = Vec::new();
        assert!(input.read_into(&mut out, (3 << 20) - 2).unwrap());
        assert!(!input.read_into(&mut out, 1).unwrap());
        drop(input);
        assert_eq!(told.last(), Some(&Progress { done: 3 << 20, total: Some(3 << 20) }));
        assert!(told.len() <= 4, "{told:?}");
    }
}
