//! The packages of the workspace and what they use, as Cargo resolves it for this machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::Deserialize;

/// Our packages and all that they use, each by its place in the list.
#[derive(Default)]
pub struct Packages(Vec<Package>);

/// One package.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The path of its manifest from the root, where it is one of ours.
    pub manifest: Option<String>,
    /// What it is built with, by place: development dependencies are left out.
    uses: Vec<usize>,
}

impl Packages {
    /// Asks Cargo for the packages of the workspace at `root`.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "host-tuple"])
            .current_dir(root)
            .output()
            .context("cargo metadata can not be started")?;
        ensure!(
            output.status.success(),
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cargo metadata answers JSON")?;
        Ok(metadata.into_packages())
    }

    /// Makes the packages of a list of names, each with the names it uses; those with a manifest path are ours.
    #[cfg(test)]
    pub(crate) fn of(list: &[(&str, Option<&str>, &[&str])]) -> Self {
        let place = |name: &&str| list.iter().position(|entry| entry.0 == *name).expect("all are listed");
        let package = |(name, manifest, uses): &(&str, Option<&str>, &[&str])| Package {
            name: (*name).to_owned(),
            manifest: manifest.map(str::to_owned),
            uses: uses.iter().map(place).collect(),
        };
        Self(list.iter().map(package).collect())
    }

    /// Returns our own packages, each with the path of its manifest.
    pub fn ours(&self) -> impl Iterator<Item = (&Package, &str)> {
        self.0.iter().filter_map(|package| package.manifest.as_deref().map(|manifest| (package, manifest)))
    }

    /// Returns the packages that `package` names itself.
    pub fn used_by(&self, package: &Package) -> impl Iterator<Item = &Package> {
        package.uses.iter().map(|place| &self.0[*place])
    }

    /// Returns the shortest way from `package` to one called `name`: the names passed, both ends included.
    pub fn way_to<'a>(&'a self, package: &'a Package, name: &str) -> Option<Vec<&'a str>> {
        let mut ways = vec![(package, vec![package.name.as_str()])];
        let mut next = 0;
        while let Some((last, way)) = ways.get(next).cloned() {
            if last.name == name {
                return Some(way);
            }
            for used in self.used_by(last) {
                if !ways.iter().any(|(known, _)| std::ptr::eq(*known, used)) {
                    ways.push((used, [way.clone(), vec![used.name.as_str()]].concat()));
                }
            }
            next += 1;
        }
        None
    }
}

/// What is read of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    resolve: Resolve,
    workspace_members: Vec<String>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct MetadataPackage {
    id: String,
    name: String,
    manifest_path: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

impl Metadata {
    fn into_packages(self) -> Packages {
        let places: BTreeMap<&str, usize> =
            self.packages.iter().enumerate().map(|(place, package)| (package.id.as_str(), place)).collect();
        let is_built_with = |dependency: &&Dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"))
        };
        let uses_of = |id: &str| {
            let node = self.resolve.nodes.iter().find(|node| node.id == id);
            let used = node.into_iter().flat_map(|node| &node.deps).filter(is_built_with);
            used.filter_map(|dependency| places.get(dependency.pkg.as_str()).copied()).collect()
        };
        let manifest_of = |package: &MetadataPackage| {
            let is_ours = self.workspace_members.contains(&package.id);
            let path = package.manifest_path.strip_prefix(&self.workspace_root).filter(|_| is_ours)?;
            Some(path.trim_start_matches(['/', '\\']).replace('\\', "/"))
        };
        let package = |package: &MetadataPackage| Package {
            name: package.name.clone(),
            manifest: manifest_of(package),
            uses: uses_of(&package.id),
        };
        Packages(self.packages.iter().map(package).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serves_tests_only_is_not_used() {
        let text = r#"{
            "packages": [
                {"id": "1", "name": "router", "manifest_path": "/x/crates/router/Cargo.toml"},
                {"id": "2", "name": "proptest", "manifest_path": "/y/Cargo.toml"},
                {"id": "3", "name": "serde", "manifest_path": "/z/Cargo.toml"}],
            "resolve": {"nodes": [{"id": "1", "deps": [
                {"pkg": "2", "dep_kinds": [{"kind": "dev"}]},
                {"pkg": "3", "dep_kinds": [{"kind": null}, {"kind": "dev"}]}]}]},
            "workspace_members": ["1"], "workspace_root": "/x"}"#;
        let packages = serde_json::from_str::<Metadata>(text).unwrap().into_packages();
        let (router, manifest) = packages.ours().next().unwrap();
        assert_eq!(manifest, "crates/router/Cargo.toml");
        assert_eq!(packages.used_by(router).map(|used| used.name.as_str()).collect::<Vec<_>>(), ["serde"]);
    }

    #[test]
    fn the_shortest_way_is_told() {
        let packages = Packages::of(&[
            ("flow", Some("crates/flow/Cargo.toml"), &["a", "b"]),
            ("a", None, &["b", "c"]),
            ("b", None, &["a", "tokio"]),
            ("c", None, &["tokio"]),
            ("tokio", None, &[]),
        ]);
        let (flow, _) = packages.ours().next().unwrap();
        assert_eq!(packages.way_to(flow, "tokio"), Some(vec!["flow", "b", "tokio"]));
        assert_eq!(packages.way_to(flow, "rand"), None);
    }
}
