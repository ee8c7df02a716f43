//! How improbable a count is.
//!
//! Counts of calls vary more than chance alone would have it, so their tail is that of a negative binomial
//! whose mean and variance are the principal's own.
//!
//! Source: Press, Teukolsky, Vetterling, Flannery, *Numerical Recipes*, 6.1 and 6.4, for the gamma and beta
//! functions; Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 5.6, for the tail as an incomplete
//! beta function.

/// Beyond this many decimal places of improbability all is one.
pub const LEAST: f64 = 15.0;

/// `-log10 P(X >= count)` for a negative binomial of this mean and variance, 0 to [`LEAST`].
///
/// A variance below the mean, which no such variable has, is taken for just above it.
#[must_use]
pub fn improbability(count: f64, mean: f64, variance: f64) -> f64 {
    if count <= mean || mean <= 0.0 {
        return 0.0;
    }
    let variance = variance.max(1.01 * mean);
    let size = mean * mean / (variance - mean);
    let tail = ln_incomplete_beta(count, size, mean / (size + mean));
    (-tail / std::f64::consts::LN_10).clamp(0.0, LEAST)
}

/// The natural logarithm of the regularised incomplete beta function `I_x(a, b)`.
fn ln_incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x >= 1.0 {
        return 0.0;
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    if x < (a + 1.0) / (a + b + 2.0) {
        front + (fraction(a, b, x) / a).ln()
    } else {
        let rest = (front + (fraction(b, a, 1.0 - x) / b).ln()).exp();
        (1.0 - rest).max(f64::MIN_POSITIVE).ln()
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const ROUNDS: u32 = 200;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for round in 1..=ROUNDS {
        let m = f64::from(round);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            change = d * c;
            result *= change;
        }
        if (change - 1.0_f64).abs() < 1e-9 {
            break;
        }
    }
    result
}

/// The natural logarithm of the gamma function, by Lanczos' approximation.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.001_208_650_973_866_179,
        -0.000_005_395_239_384_953,
    ];
    let base = x + 5.5 - (x + 0.5) * (x + 5.5).ln();
    let mut series = 1.000_000_000_190_015;
    for (at, term) in TERMS.iter().enumerate() {
        series += term / (x + 1.0 + at as f64);
    }
    (2.506_628_274_631_000_5 * series / x).ln() - base
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by adding up probabilities one by one.
    fn slowly(count: u32, mean: f64, variance: f64) -> f64 {
        let size = mean * mean / (variance - mean);
        let success = size / (size + mean);
        let mut probability = success.powf(size);
        let mut below = 0.0;
        for k in 0..count {
            below += probability;
            probability *= (f64::from(k) + size) / f64::from(k + 1) * (1.0 - success);
        }
        -(1.0 - below).log10()
    }

    #[test]
    fn the_tail_is_that_of_the_sum() {
        for (count, mean, variance) in [
            (5, 2.0, 4.0),
            (20, 6.0, 30.0),
            (12, 10.0, 11.0),
            (40, 3.0, 90.0),
        ] {
            let (fast, slow) = (
                improbability(f64::from(count), mean, variance),
                slowly(count, mean, variance),
            );
            assert!(
                (fast - slow).abs() < 1e-4,
                "{count} of {mean}: {fast} and {slow}"
            );
        }
    }

    #[test]
    fn what_is_usual_is_not_improbable_and_nothing_is_more_than_the_least() {
        assert_eq!(improbability(3.0, 5.0, 9.0), 0.0);
        assert_eq!(improbability(3.0, 0.0, 0.0), 0.0);
        assert_eq!(improbability(1e9, 1.0, 1.0), LEAST);
        assert!(improbability(50.0, 5.0, 9.0) > improbability(20.0, 5.0, 9.0));
    }
}
