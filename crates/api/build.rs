//! Has Cargo look at the web app's files: another build of the app is another binary.

use std::path::Path;

fn main() {
    // Without the built app, its folder is watched until it comes: Cargo takes a path that is not there as changed.
    let built = "../../web/dist";
    let watched = if Path::new(built).exists() { built } else { "../../web" };
    println!("cargo::rerun-if-changed={watched}");
}
