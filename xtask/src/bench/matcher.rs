//! The same match in PostgreSQL, beside our assignments: a table of tasks and a table of workers, matched by one
//! statement with `SKIP LOCKED`. Where PostgreSQL or the statement is missing, it is left out and said so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// The statement, among the peers of the benches.
const STATEMENT: &str = "bench-peers/sel.sql";

/// Where Debian puts programs that are not on the path.
const DEBIAN: &str = "/usr/lib/postgresql";

const PORT: &str = "54871";

/// How many clients match at once, on how many threads, and for how long.
const CLIENTS: &str = "8";
const THREADS: &str = "2";
const SECONDS: &str = "12";

/// A million tasks that need one of 20 skills, and a thousand workers with 1 to 5 of them.
const SCHEMA: &str = "
create table jobs (id bigserial primary key, state int not null default 0, priority int not null default 0,
  created timestamptz not null default now(), attrs jsonb not null default '{}', worker bigint);
create table workers (id bigserial primary key, busy bool not null default false, skills text[] not null,
  last_idle timestamptz not null default now());
insert into jobs (priority, created, attrs)
  select n % 3, now() + n * interval '1 microsecond', jsonb_build_object('skill', 'skill-' || n::bigint * 7919 % 20)
  from generate_series(1, 1000000) n;
insert into workers (skills)
  select array(select 'skill-' || (n * 7 + k * 3) % 20 from generate_series(0, n % 5) k)
  from generate_series(1, 1000) n;
create index on jobs (priority desc, created) where state = 0;
create index on workers using gin (skills);
create index on workers (last_idle) where not busy;
analyze;
";

/// Measures matches a second; says why where there is nothing to measure.
pub(super) fn measure(root: &Path, target: &Path) -> anyhow::Result<String> {
    let shared = std::env::var_os("PATCHBOARD_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let statement = shared.join(STATEMENT);
    if !statement.is_file() {
        return Ok(format!("left out: {} is not there\n", statement.display()));
    }
    let Some(programs) = programs() else {
        return Ok("left out: PostgreSQL (initdb, pg_ctl, pgbench) is not there\n".to_owned());
    };
    let folder = target.join("bench-peers/postgresql");
    let database = Database::start(programs, &folder)?;
    let file = folder.join("sel.sql");
    fs::copy(&statement, &file)?;
    database.fill()?;
    database.load(&file)
}

/// Returns the folder with PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let has_all = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql", "pgbench"].iter().all(|name| folder.join(name).is_file())
    };
    std::env::split_paths(&path).chain(versions).find(has_all)
}

/// A server of its own, which stops when this is dropped.
struct Database {
    programs: PathBuf,
    data: PathBuf,
}

impl Database {
    fn start(programs: PathBuf, folder: &Path) -> anyhow::Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let database = Self { programs, data: folder.join("data") };
        if is_root() {
            // PostgreSQL refuses to run as root; its package has made a user for it.
            run(Command::new("chown").arg("postgres").arg(folder))?;
        }
        run(database
            .command("initdb")
            .arg("-D")
            .arg(&database.data)
            .args(["--auth=trust", "--username=bench"]))?;
        let options = format!(
            "-p {PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c synchronous_commit=on"
        );
        let log = folder.join("log");
        run(database
            .command("pg_ctl")
            .arg("-D")
            .arg(&database.data)
            .arg("-l")
            .arg(log)
            .args(["-w", "-o", &options, "start"]))?;
        Ok(database)
    }

    fn fill(&self) -> anyhow::Result<()> {
        run(self.client("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-c", SCHEMA]))
    }

    fn load(&self, statement: &Path) -> anyhow::Result<String> {
        let mut command = self.client("pgbench");
        command
            .args(["-M", "prepared", "-n", "-c", CLIENTS, "-j", THREADS, "-T", SECONDS, "-f"])
            .arg(statement);
        let output = command.output().context("pgbench can not be started")?;
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map(|line| line.trim_start_matches([' ', '=']).to_owned())
                .context("pgbench prints other lines")
        };
        let (rate, latency) = (figure("tps")?, figure("latency average")?);
        let rate: f64 = rate.split(' ').next().unwrap_or_default().parse()?;
        Ok(format!("the match alone, PostgreSQL     {rate:>8.0} /s; {CLIENTS} clients, latency {latency}\n"))
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-p", PORT, "-U", "bench", "-d", "postgres"]);
        command
    }

    /// Returns one of the server's own programs, to be run by whom it lets.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that has ended already is no failure of the bench.
        let _ = run(self.command("pg_ctl").arg("-D").arg(&self.data).args(["-m", "immediate", "stop"]));
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(1) == Some("0"))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    // A server that is started so holds no pipe of ours open.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
