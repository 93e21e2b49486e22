//! What the folds of a cross-validation have to say.

use super::{Fold, How};

/// What the folds note, each thing once: notes that differ in numbers only are one thing, told with the numbers of the
/// first fold. The folds are named unless all say the same or the note itself names them.
pub(super) fn of(folds: &[Fold], how: &How) -> Vec<String> {
    let mut said: Vec<Said> = Vec::new();
    for fold in folds {
        for note in &fold.notes {
            let (name, thing) = (how.name(fold.repeat, fold.fold), without_numbers(note));
            match said.iter_mut().find(|said| said.thing == thing) {
                Some(said) if said.names.last() == Some(&name) => {}
                Some(said) => {
                    said.names.push(name);
                    said.alike |= note != said.note;
                }
                None => said.push(Said { note, thing, names: vec![name], alike: false }),
            }
        }
    }
    said.iter().map(|said| said.text(folds.len())).collect()
}

/// A note of some folds.
struct Said<'f> {
    note: &'f str,
    /// The note without its numbers.
    thing: String,
    names: Vec<String>,
    /// Whether some say it with other numbers.
    alike: bool,
}

impl Said<'_> {
    fn text(&self, folds: usize) -> String {
        let Said { note, names, .. } = self;
        let all = names.len() == folds;
        match (self.alike, &names[..]) {
            (true, [first, ..]) if all => format!("{first}: {note}; much the same in all other folds"),
            (true, [first, others @ ..]) => {
                format!("{first}: {note}; much the same in {}", others.join(", "))
            }
            _ if all || names.iter().all(|name| note.contains(name)) => note.to_string(),
            _ => format!("{}: {note}", names.join(", ")),
        }
    }
}

/// A note without the words that hold digits, but for the numbers of layers; what stands between backticks, such as a
/// column's name, stays.
fn without_numbers(note: &str) -> String {
    let words = |part: &str| {
        let mut layer = false;
        let told = |word: &&str| {
            let told = layer || !word.contains(|c: char| c.is_ascii_digit());
            layer = *word == "layer ";
            told
        };
        part.split_inclusive(' ').filter(told).collect::<String>()
    };
    let parts = note.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("`{part}`") } else { words(part) }).collect()
}
