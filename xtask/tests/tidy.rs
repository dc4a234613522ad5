//! The house rules hold in this repository.

use std::path::Path;

use xtask::tidy;

#[test]
fn the_house_rules_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let breaches = tidy::check(root).unwrap();
    assert!(breaches.is_empty(), "\n{}", tidy::report(&breaches));
}
