//! The repository as the rules see it: its files, what is test among them, and its packages.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::packages::Packages;
use crate::rust_source::RustSource;

/// Folders that are never part of the repository; asked only where git can not tell.
const FOREIGN_FOLDERS: [&str; 4] = ["target", "node_modules", "data", "__pycache__"];

/// Everything that a rule may look at.
pub struct Tree {
    /// The text files, by path.
    pub files: Vec<File>,
    /// The paths of all files, text or not, and of the folders that hold them.
    pub paths: BTreeSet<String>,
    /// Our packages and those that they use.
    pub packages: Packages,
}

/// One text file.
pub struct File {
    /// The path from the root, with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The text taken apart, where it is Rust.
    pub rust: Option<RustSource>,
    /// Whether the whole file is test or bench.
    pub is_test: bool,
}

impl Tree {
    /// Reads the repository at `root`.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let contents = paths_at(root)?
            .into_iter()
            .filter_map(|path| std::fs::read(root.join(&path)).ok().map(|bytes| (path, bytes)))
            .collect();
        Ok(Self::new(contents, Packages::read(root)?))
    }

    /// Makes the tree of these files, given as path and content.
    pub fn new(contents: Vec<(String, Vec<u8>)>, packages: Packages) -> Self {
        let paths = contents.iter().flat_map(|(path, _)| with_folders(path)).collect();
        let mut files: Vec<File> = contents
            .into_iter()
            .filter_map(|(path, bytes)| String::from_utf8(bytes).ok().map(|text| File::new(path, text)))
            .collect();
        let test_modules: Vec<String> = files.iter().flat_map(File::test_module_paths).collect();
        for file in &mut files {
            file.is_test |= test_modules.iter().any(|module| is_module(&file.path, module));
        }
        Self { files, paths, packages }
    }

    /// Returns the Rust files, each with its text taken apart.
    pub fn rust_files(&self) -> impl Iterator<Item = (&File, &RustSource)> {
        self.files.iter().filter_map(|file| file.rust.as_ref().map(|rust| (file, rust)))
    }

    /// Returns the file at `path`.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let rust = path.ends_with(".rs").then(|| RustSource::parse(&text));
        let is_test = path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"));
        Self { path, text, rust, is_test }
    }

    /// Returns the folder and name, without an extension, of each module that this file declares for tests only.
    fn test_module_paths(&self) -> Vec<String> {
        let Some(rust) = &self.rust else { return vec![] };
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        rust.test_modules().iter().map(|module| format!("{folder}/{module}")).collect()
    }

    /// Returns the number of lines that are not test.
    pub fn lines_without_tests(&self) -> usize {
        let is_code = |line: &usize| !self.rust.as_ref().is_some_and(|rust| rust.is_test(*line));
        if self.is_test { 0 } else { (1..=self.text.lines().count()).filter(is_code).count() }
    }

    /// Tells whether this line is test, in a test file or beside the code.
    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.rust.as_ref().is_some_and(|rust| rust.is_test(line))
    }

    /// Returns the lines with their numbers, from one.
    pub fn numbered_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// Returns the path and each folder above it.
fn with_folders(path: &str) -> Vec<String> {
    let folders = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
    folders.chain([path.to_owned()]).collect()
}

/// Tells whether the file at `path` is the module at `module`, or lies below it.
fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Returns the paths of the repository's files, those not committed yet included.
fn paths_at(root: &Path) -> anyhow::Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let mut paths = match listed {
        Ok(output) if output.status.success() => split_at_nul(&output.stdout),
        // A copy without git, or one that belongs to another user: the folders are walked.
        Ok(_) | Err(_) => walk(root, "")?,
    };
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn split_at_nul(listing: &[u8]) -> Vec<String> {
    let listing = String::from_utf8_lossy(listing);
    listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

fn walk(root: &Path, folder: &str) -> anyhow::Result<Vec<String>> {
    let mut paths = vec![];
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let is_folder = entry.file_type()?.is_dir();
        // `data` is the server's own folder at the root, and test material anywhere else.
        let is_foreign = FOREIGN_FOLDERS.contains(&name.as_str()) && (name != "data" || folder.is_empty());
        match (is_folder, is_foreign || matches!(name.as_str(), ".git" | ".venv" | ".tools")) {
            (true, false) => paths.extend(walk(root, &path)?),
            (false, _) => paths.push(path),
            (true, true) => {}
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_declared_for_tests_is_test_with_all_below_it() {
        let contents = [
            ("a/src/lib.rs", "#[cfg(test)]\nmod scenario;\nmod task;\n"),
            ("a/src/scenario.rs", "fn a() {}\n"),
            ("a/src/scenario/steps.rs", "fn a() {}\n"),
            ("a/src/task.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"),
            ("a/tests/whole.rs", "fn a() {}\n"),
        ];
        let tree = Tree::new(
            contents.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect(),
            Packages::default(),
        );
        let sizes: Vec<usize> = tree.files.iter().map(File::lines_without_tests).collect();
        assert_eq!(sizes, [1, 0, 0, 1, 0]);
        assert!(tree.paths.contains("a/src/scenario"));
    }

    #[test]
    fn without_git_the_folders_are_walked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let paths = walk(root, "").unwrap();
        assert!(paths.contains(&"src/tree.rs".to_owned()), "{paths:?}");
    }
}
