//! Prints all records of a scenario as one log file.
fn main() {
    use std::io::Write as _;
    let records = std::env::args()
        .nth(1)
        .and_then(|number| number.parse().ok());
    let scenario = simulate::Scenario {
        records,
        ..Default::default()
    };
    for chunk in simulate::simulate_records(&scenario) {
        std::io::stdout().write_all(&chunk.text).unwrap();
    }
}
