//! Crates depend downward only, engines never on each other, and nothing below the shells on the outer world.

use super::{Finding, Rule};
use crate::packages::{Package, Packages};
use crate::tree::Tree;

/// A crate uses only crates of layers below its own, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Nouns,
    Languages,
    Engines,
    Store,
    Shells,
    Connectors,
    Server,
    Tools,
}

/// Which layer each crate belongs to.
const LAYERS: [(&str, Layer); 17] = [
    ("domain", Layer::Nouns),
    ("liquid", Layer::Languages),
    ("expression", Layer::Languages),
    ("twiml", Layer::Languages),
    ("flow", Layer::Engines),
    ("router", Layer::Engines),
    ("conversation", Layer::Engines),
    ("call", Layer::Engines),
    ("store", Layer::Store),
    ("signaling", Layer::Shells),
    ("media", Layer::Shells),
    ("webhooks", Layer::Shells),
    ("api", Layer::Shells),
    ("simulation", Layer::Shells),
    ("carriers", Layer::Connectors),
    ("server", Layer::Server),
    ("xtask", Layer::Tools),
];

/// What reaches sockets, files, a database, threads or chance: nothing below the shells is built with it.
const OUTER_WORLD: [&str; 11] = [
    "tokio",
    "mio",
    "hyper",
    "axum",
    "reqwest",
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "async-nats",
    "rand",
    "getrandom",
];

/// Packages that one crate of ours may name, and which.
const RESERVED: [(&str, &str); 3] =
    [("rusqlite", "store"), ("tokio-postgres", "store"), ("deadpool-postgres", "store")];

/// Dependencies point downward and the engines stay pure.
pub(super) const RULE: Rule = Rule {
    name: "dependency",
    hint: "nouns < languages < engines < store < shells < connectors < server; engines meet in server/src/dispatch.rs only",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let breaches = |(package, manifest)| {
        match layer(package) {
            Some(own) => breaches_of(&tree.packages, package, own),
            None => vec![(package, "has no layer: add it to xtask/src/rules/dependency.rs".to_owned())],
        }
        .into_iter()
        .map(move |(used, what)| (manifest, used, what))
    };
    let found = tree.packages.ours().flat_map(breaches);
    found.map(|(manifest, used, what)| Finding::new(manifest, line_of(tree, manifest, used), what)).collect()
}

fn layer(package: &Package) -> Option<Layer> {
    LAYERS.iter().find(|(name, _)| *name == package.name).map(|(_, layer)| *layer)
}

/// Returns what `package` may not use, with the reason.
fn breaches_of<'a>(packages: &'a Packages, package: &'a Package, own: Layer) -> Vec<(&'a Package, String)> {
    let upward = packages.used_by(package).filter(|used| used.manifest.is_some()).filter_map(|used| {
        let theirs = layer(used).filter(|theirs| *theirs >= own)?;
        Some((used, format!("{} ({own:?}) uses {} ({theirs:?})", package.name, used.name)))
    });
    let reserved = packages.used_by(package).filter_map(|used| {
        let (_, owner) =
            RESERVED.iter().find(|(name, owner)| *name == used.name && *owner != package.name)?;
        Some((used, format!("{} uses {}, which only {owner} may", package.name, used.name)))
    });
    let impure = OUTER_WORLD.iter().filter(|_| own < Layer::Store).filter_map(|name| {
        let way = packages.way_to(package, name)?;
        let used = packages.used_by(package).find(|used| used.name == way[1])?;
        Some((used, format!("{} reaches the outer world: {}", package.name, way.join(" → "))))
    });
    upward.chain(reserved).chain(impure).collect()
}

/// Returns the line of a manifest that names a package, or the first.
fn line_of(tree: &Tree, manifest: &str, used: &Package) -> usize {
    let names_it = |text: &str| text.split([' ', '=', '.']).next() == Some(used.name.as_str());
    let mut lines = tree.file(manifest).into_iter().flat_map(|file| file.numbered_lines());
    lines.find(|(_, text)| names_it(text)).map_or(1, |(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_point_downward() {
        for (name, uses, expected) in [
            ("router", "domain", None),
            ("router", "serde", None),
            ("router", "flow", Some("router (Engines) uses flow (Engines)")),
            ("flow", "store", Some("flow (Engines) uses store (Store)")),
            ("liquid", "expression", Some("liquid (Languages) uses expression (Languages)")),
            ("store", "router", None),
            ("server", "store", None),
            ("api", "rusqlite", Some("api uses rusqlite, which only store may")),
            ("store", "rusqlite", None),
            ("store", "tokio", None),
            ("router", "tokio", Some("router reaches the outer world: router → tokio")),
            ("domain", "helper", Some("domain reaches the outer world: domain → helper → tokio")),
        ] {
            let findings = (RULE.check)(&tree_where(name, uses));
            let found: Vec<&str> = findings.iter().map(|finding| finding.what.as_str()).collect();
            assert_eq!(found, Vec::from_iter(expected), "{name} uses {uses}");
        }
    }

    #[test]
    fn a_crate_without_a_layer_is_found_and_a_finding_has_its_line() {
        let findings = (RULE.check)(&tree_where("novelty", "domain"));
        assert_eq!(findings[0].what, "has no layer: add it to xtask/src/rules/dependency.rs");
        let findings = (RULE.check)(&tree_where("router", "flow"));
        assert_eq!((findings[0].path.as_str(), findings[0].line), ("crates/under-test/Cargo.toml", 2));
    }

    /// Makes a tree with one crate of ours that uses one package.
    fn tree_where(name: &str, uses: &str) -> Tree {
        let manifest = Some("crates/under-test/Cargo.toml");
        let other = |other: &'static str| {
            (other, (other != name).then_some("crates/other/Cargo.toml"), &[] as &[&str])
        };
        let packages = Packages::of(&[
            (name, manifest, &[uses]),
            other("domain"),
            other("expression"),
            other("router"),
            other("flow"),
            other("store"),
            ("serde", None, &[]),
            ("rusqlite", None, &[]),
            ("helper", None, &["tokio"]),
            ("tokio", None, &[]),
        ]);
        let text = format!("[dependencies]\n{uses} = {{ workspace = true }}\n");
        Tree::new(vec![("crates/under-test/Cargo.toml".to_owned(), text.into_bytes())], packages)
    }
}
