//! The scan compiled for what this processor can do, which is found out when it is first asked.
//!
//! Comparing 32 or 64 bytes at once is why this is the one place with `unsafe` in it: `cargo bench -p detect`
//! prints how much faster an object is read so than with lanes of 16.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use std::sync::LazyLock;

use super::nested::Nested;
use super::usual::{Usual, usual_by};
use super::{Fields, Scan, closing_by, lanes::Portable, object_by};

/// What a processor can do. **Invariant: one that can more than [`ANY`](Self::ANY) was found to be this one.**
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Machine(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Calls a function of the module for this machine.
macro_rules! on {
    ($machine:expr, $function:ident($($argument:expr),*), $any:expr) => {
        match $machine.0 {
            Kind::Any => $any,
            // SAFETY: the features that these functions are compiled for were found to be there.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2::$function($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512::$function($($argument),*) },
        }
    };
}

#[expect(
    unsafe_code,
    reason = "to call code for processor features found at run time"
)]
impl Machine {
    /// One of which nothing is known.
    pub(super) const ANY: Self = Self(Kind::Any);

    /// This one.
    #[inline]
    pub(super) fn this() -> Self {
        static THIS: LazyLock<Machine> =
            LazyLock::new(|| Machine::all().pop().unwrap_or(Machine::ANY));
        *THIS
    }

    /// All that this one can be taken for, the fastest last.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![Self::ANY];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq")
        {
            all.push(Self(Kind::Avx2));
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
            {
                all.push(Self(Kind::Avx512));
            }
        }
        all
    }

    /// See [`super::object`] and [`super::rest`].
    #[inline]
    pub(super) fn object(
        self,
        bytes: &[u8],
        behind: Option<usize>,
        fields: &mut impl Fields,
    ) -> Scan {
        on!(
            self,
            object(bytes, behind, fields),
            object_by(bytes, behind, fields, &Portable)
        )
    }

    /// See [`super::end`].
    #[inline]
    pub(super) fn closing(self, bytes: &[u8], at: usize, nested: Nested) -> Scan {
        on!(
            self,
            closing(bytes, at, nested),
            closing_by(bytes, at, nested, &Portable)
        )
    }

    /// See [`super::usual`].
    #[inline]
    pub(super) fn usual(self, bytes: &[u8]) -> Option<(Usual, Scan)> {
        on!(self, usual(bytes), usual_by(bytes, &Portable))
    }
}

/// The functions of a [`Machine`], compiled for processors with these features; `masks`, `stops` and
/// `prefix_xor` are what the module compares by.
#[cfg(target_arch = "x86_64")]
macro_rules! compiled_for {
    ($features:literal) => {
        use crate::cloudtrail::scan::lanes::{By, Compare};
        use crate::cloudtrail::scan::nested::Nested;
        use crate::cloudtrail::scan::usual::{Usual, usual_by};
        use crate::cloudtrail::scan::{Fields, Scan, closing_by, object_by};

        #[inline]
        #[target_feature(enable = $features)]
        fn compare() -> impl Compare {
            By {
                masks: |block: &_| masks(block),
                stops: |look: &_| stops(look),
                prefix_xor: |bits| prefix_xor(bits),
            }
        }

        #[target_feature(enable = $features)]
        pub(super) fn object(
            bytes: &[u8],
            behind: Option<usize>,
            fields: &mut impl Fields,
        ) -> Scan {
            object_by(bytes, behind, fields, &compare())
        }

        #[target_feature(enable = $features)]
        pub(super) fn closing(bytes: &[u8], at: usize, nested: Nested) -> Scan {
            closing_by(bytes, at, nested, &compare())
        }

        #[target_feature(enable = $features)]
        pub(super) fn usual(bytes: &[u8]) -> Option<(Usual, Scan)> {
            usual_by(bytes, &compare())
        }
    };
}

#[cfg(target_arch = "x86_64")]
use compiled_for;
