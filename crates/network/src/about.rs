//! What the software can say about a function: the text that tables, menus and books are made of.

use feedforward_base::{Error, Result};

/// The description of one function of a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The name that users type.
    pub name: &'static str,
    /// The formula in TeX.
    pub tex: &'static str,
    /// The derivative in TeX.
    pub derivative: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What keeps it exact in floating point.
    pub stability: &'static str,
}

/// An enum of unit variants, each with an [`About`]: names, parsing with "did you mean", serde as text. `also`
/// lists other names that parsing understands.
macro_rules! named_enum {
    (
        $(#[$doc:meta])* $what:literal, $Enum:ident { $($(#[$vdoc:meta])* $V:ident = $about:expr,)* }
        $(also { $($alias:literal => $Of:ident),* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Enum { $($(#[$vdoc])* $V,)* }

        impl $Enum {
            /// All of them, in the order of the list.
            pub const ALL: &'static [$Enum] = &[$($Enum::$V,)*];
            /// Name, formula, derivative and source.
            pub fn about(self) -> $crate::about::About {
                match self { $($Enum::$V => $about,)* }
            }
            /// The name that users type.
            pub fn name(self) -> &'static str {
                self.about().name
            }
        }

        impl std::fmt::Display for $Enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $Enum {
            type Err = feedforward_base::Error;
            fn from_str(text: &str) -> feedforward_base::Result<Self> {
                $($(if text == $alias {
                    return Ok($Enum::$Of);
                })*)?
                let known = Self::ALL.iter().map(|v| v.name());
                Self::ALL
                    .iter()
                    .copied()
                    .find(|v| v.name() == text)
                    .ok_or_else(|| feedforward_base::Error::unknown($what, text, known))
            }
        }

        $crate::about::serde_as_text!($Enum);
    };
}
pub(crate) use named_enum;

/// A member of a closed set that may hold numbers, as users write it: `relu`, `leaky_relu:0.1`.
pub(crate) trait Member: Copy + 'static {
    /// What the set's members are, for messages.
    const WHAT: &'static str;
    /// All members with their usual numbers.
    fn all() -> &'static [Self];
    /// The name.
    fn word(self) -> &'static str;
    /// Its numbers.
    fn numbers(self) -> Vec<f64>;
    /// The same member with other numbers, as many as it has.
    fn with_numbers(self, numbers: &[f64]) -> Self;
    /// What is wrong with its numbers.
    fn problem(self) -> Option<Error>;
}

/// `name` or `name:number:number`.
///
/// # Errors
/// An unknown name; numbers that are none, too many, too few, or that the member refuses.
pub(crate) fn parse_member<M: Member>(text: &str) -> Result<M> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or(text);
    let found = M::all().iter().copied().find(|m| m.word() == name);
    let usual = found.ok_or_else(|| Error::unknown(M::WHAT, name, M::all().iter().map(|m| m.word())))?;
    let given: Vec<f64> = parts.map(|p| p.trim().parse().unwrap_or(f64::NAN)).collect();
    if given.is_empty() {
        return Ok(usual);
    }
    let count = usual.numbers().len();
    if given.len() != count || given.iter().any(|x| !x.is_finite()) {
        let want = match count {
            0 => format!("`{name}` without a number"),
            _ => format!("`{}`, numbers behind colons", member_text(usual)),
        };
        return Err(Error::bad_value(M::WHAT, text, want));
    }
    let member = usual.with_numbers(&given);
    member.problem().map_or(Ok(member), Err)
}

/// The text that [`parse_member`] reads.
pub(crate) fn member_text<M: Member>(member: M) -> String {
    member.numbers().iter().fold(member.word().to_string(), |text, x| format!("{text}:{x}"))
}

/// Text in and out for a [`Member`].
macro_rules! member_as_text {
    ($T:ty) => {
        impl std::fmt::Display for $T {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&$crate::about::member_text(*self))
            }
        }
        impl std::str::FromStr for $T {
            type Err = feedforward_base::Error;
            fn from_str(text: &str) -> feedforward_base::Result<Self> {
                $crate::about::parse_member(text)
            }
        }
        $crate::about::serde_as_text!($T);
    };
}
pub(crate) use member_as_text;

/// Serialise by `Display`, deserialise by `FromStr`.
macro_rules! serde_as_text {
    ($T:ty) => {
        impl serde::Serialize for $T {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $T {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_text;
