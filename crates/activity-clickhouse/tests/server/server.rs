//! Where tests find a server: the one of `script/clickhouse`, with a database for each test; or one that a test may kill.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use usher_activity_clickhouse::school::School;
use usher_activity_clickhouse::warehouse::Warehouse;
use usher_types::ids::Id;
use usher_types::moment::Zone;

/// The server for tests, as a place with a database of this test's own; none where no server is.
pub(crate) fn place() -> Option<String> {
    setting("USHER_TEST_CLICKHOUSE").map(|url| format!("{url}/t{}", std::process::id()))
}

#[expect(clippy::disallowed_methods, reason = "the test script says where the server is")]
fn setting(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        eprintln!("not tried: {name} is not set; script/clickhouse starts a server");
    }
    value
}

pub(crate) fn open(place: &str) -> Warehouse {
    Warehouse::open(&place.parse().unwrap()).unwrap()
}

pub(crate) fn school(place: &str, number: u64) -> School {
    open(place).school(Id::new(number), Zone::london()).unwrap()
}

#[derive(clickhouse::Row, serde::Deserialize)]
struct Size {
    table: String,
    bytes: u64,
}

/// A server that may be killed, in a folder of its own.
pub(crate) struct Own {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Own {
    /// Starts one with the settings of the test script's; none where that is not there.
    pub(crate) fn start() -> Option<Self> {
        let home = PathBuf::from(setting("USHER_TEST_CLICKHOUSE_HOME")?);
        let folder = tempfile::tempdir().unwrap();
        let held: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = held.iter().map(|held| held.local_addr().unwrap().port()).collect();
        drop(held);
        let users = std::fs::read_to_string(home.join("users.xml")).unwrap();
        std::fs::write(folder.path().join("users.xml"), users).unwrap();
        let mut config = std::fs::read_to_string(home.join("config.xml")).unwrap();
        config = config.replace(home.to_str().unwrap(), folder.path().to_str().unwrap());
        for (name, port) in ["http_port", "tcp_port", "interserver_http_port"].into_iter().zip(&ports) {
            let (before, rest) = config.split_once(&format!("<{name}>")).unwrap();
            let (_, after) = rest.split_once('<').unwrap();
            config = format!("{before}<{name}>{port}<{after}");
        }
        std::fs::write(folder.path().join("config.xml"), config).unwrap();
        for part in ["data", "tmp", "user_files", "format_schemas"] {
            std::fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let child = run(folder.path(), ports[0]);
        Some(Self { folder, port: ports[0], child })
    }

    pub(crate) fn place(&self) -> String {
        format!("http://usher:only-for-tests@127.0.0.1:{}/usher", self.port)
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut of the process does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Bytes of what it has, before and after packing.
    pub(crate) fn sizes(&self, schools: u64) -> Vec<(String, u64)> {
        let client = clickhouse::Client::default()
            .with_url(format!("http://127.0.0.1:{}", self.port))
            .with_user("usher")
            .with_password("only-for-tests")
            .with_database("usher")
            .with_validation(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for school in 1..=schools {
                let pack = format!("OPTIMIZE TABLE events_{school} FINAL");
                client.query(&pack).execute().await.unwrap();
            }
            let sizes = "SELECT if(table LIKE 'events_%', 'events', table) AS of, sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'usher' GROUP BY of \
                         UNION ALL SELECT concat('column ', name), sum(data_compressed_bytes) FROM system.columns \
                         WHERE database = 'usher' AND table LIKE 'events_%' GROUP BY name";
            client.query(sizes).fetch_all::<Size>().await.unwrap().into_iter().map(|size| (size.table, size.bytes)).collect()
        })
    }

    pub(crate) fn again(&mut self) {
        self.child = run(self.folder.path(), self.port);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn run(folder: &Path, port: u16) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let program = ["/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server"];
    let program = program.into_iter().find(|path| Path::new(path).exists()).unwrap_or("clickhouse-server");
    let mut child = Command::new(program)
        .arg(format!("--config-file={}", folder.join("config.xml").display()))
        .stdout(Stdio::from(log.try_clone().unwrap()))
        .stderr(Stdio::from(log))
        .spawn()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return child;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "{}",
            std::fs::read_to_string(folder.join("log")).unwrap()
        );
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(100)).await });
    }
    panic!("the server does not answer");
}

/// What a process has worked, in the system's ticks (proc(5)): user and system.
pub(crate) fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}
