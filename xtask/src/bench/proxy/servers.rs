//! The servers: ours, and Debian's, each set up to do the same as far as it can: refuse a list of domains, write one
//! line or event per request, keep nothing.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::process::{Pinned, Process, free_address};

/// A way through a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Plain HTTP/1.1 on kept connections, where the server keeps them.
    Plain,
    /// TLS in a tunnel that is not opened.
    Splice,
    /// TLS in a tunnel that is, HTTP/1.1 inside.
    Inspect,
    /// The same with HTTP/2 inside.
    Http2,
}

impl Way {
    pub(super) const ALL: [Self; 4] = [Self::Plain, Self::Splice, Self::Inspect, Self::Http2];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Splice => "splice",
            Self::Inspect => "inspect",
            Self::Http2 => "http2",
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Usher,
    Squid,
    Tinyproxy,
    Privoxy,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Usher, Self::Squid, Self::Tinyproxy, Self::Privoxy];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Usher => "usher",
            Self::Squid => "squid",
            Self::Tinyproxy => "tinyproxy",
            Self::Privoxy => "privoxy",
        }
    }

    /// Its Debian package.
    pub(super) const fn package(self) -> Option<&'static str> {
        match self {
            Self::Usher => None,
            Self::Squid => Some("squid-openssl"),
            Self::Tinyproxy => Some("tinyproxy"),
            Self::Privoxy => Some("privoxy"),
        }
    }

    /// What it can do. Squid 5 and the others speak no HTTP/2; the two small ones are not set up to decrypt.
    pub(super) const fn ways(self) -> &'static [Way] {
        match self {
            Self::Usher => &Way::ALL,
            Self::Squid => &[Way::Plain, Way::Splice, Way::Inspect],
            Self::Tinyproxy | Self::Privoxy => &[Way::Plain, Way::Splice],
        }
    }
}

/// A server that listens.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) process: Process,
    pub(super) address: SocketAddr,
}

impl Server {
    /// Starts one, with its files in `folder`.
    pub(super) fn start(kind: Kind, ours: &str, folder: &Path, domains: &[String]) -> Result<Self> {
        if kind == Kind::Usher {
            let list = folder.join("domains");
            fs::write(&list, domains.join("\n"))?;
            let arguments = ["gateway", text(folder)?, text(&list)?];
            let (process, said) = Process::start_and_hear(Pinned::Server, ours, &arguments)?;
            let address = said.first().context("the gateway did not start")?.parse()?;
            return Ok(Self { process, address });
        }
        let address = free_address()?;
        let own = folder.join(kind.name());
        fs::create_dir_all(&own)?;
        let port = address.port();
        let process = match kind {
            Kind::Squid => squid(folder, &own, port, domains),
            Kind::Tinyproxy => tinyproxy(&own, port, domains),
            Kind::Usher | Kind::Privoxy => privoxy(&own, port, domains),
        };
        let mut server = Self { process: process?, address };
        server.process.wait_for(address)?;
        Ok(server)
    }
}

/// Debian's Squid with TLS, one process. Peeks at hellos and splices by their name, as ours does.
fn squid(folder: &Path, own: &Path, port: u16, domains: &[String]) -> Result<Process> {
    let (folder, at) = (text(folder)?, text(own)?);
    fs::write(own.join("domains"), domains.iter().map(|name| format!(".{name}\n")).collect::<String>())?;
    let conf = format!(
        "http_port 127.0.0.1:{port} ssl-bump tls-cert={folder}/peers-with-key.pem \
         generate-host-certificates=on dynamic_cert_mem_cache_size=4MB\n\
         sslcrtd_program /usr/lib/squid/security_file_certgen -s {at}/ssl_db -M 4MB\n\
         sslcrtd_children 1\n\
         acl step1 at_step SslBump1\n\
         acl spliced ssl::server_name spliced.example\n\
         ssl_bump peek step1\nssl_bump splice spliced\nssl_bump bump all\n\
         tls_outgoing_options cafile={folder}/site.pem\n\
         hosts_file {at}/hosts\n\
         acl listed dstdomain \"{at}/domains\"\n\
         http_access deny listed\nhttp_access allow all\n\
         cache deny all\ncache_mem 8 MB\n\
         access_log stdio:{at}/access.log\ncache_log {at}/cache.log\ncache_store_log none\n\
         pid_filename none\ncoredump_dir {at}\nshutdown_lifetime 0 seconds\n"
    );
    fs::write(own.join("conf"), conf)?;
    fs::write(own.join("hosts"), "127.0.77.1 inspected.example spliced.example\n")?;
    run("/usr/lib/squid/security_file_certgen", &["-c", "-s", &format!("{at}/ssl_db"), "-M", "4MB"])?;
    // It gives up being root, and must reach its files all the same.
    run("chown", &["-R", "proxy", at])?;
    run("chmod", &["a+rx", folder])?;
    Process::start(Pinned::Server, "squid", &["-N", "-f", &format!("{at}/conf")])
}

fn tinyproxy(own: &Path, port: u16, domains: &[String]) -> Result<Process> {
    let at = text(own)?;
    let list: String = domains.iter().map(|name| format!("(^|\\.){}$\n", name.replace('.', "\\."))).collect();
    fs::write(own.join("domains"), list)?;
    let conf = format!(
        "Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 500\nAllow 127.0.0.1\n\
         Filter \"{at}/domains\"\nFilterExtended Yes\nFilterDefaultDeny No\n\
         LogFile \"{at}/log\"\nLogLevel Connect\nDisableViaHeader Yes\n"
    );
    fs::write(own.join("conf"), conf)?;
    Process::start(Pinned::Server, "tinyproxy", &["-d", "-c", &format!("{at}/conf")])
}

fn privoxy(own: &Path, port: u16, domains: &[String]) -> Result<Process> {
    let at = text(own)?;
    let mut list = "{+limit-connect{1-}}\n/\n{+block{listed}}\n".to_owned();
    for name in domains {
        writeln!(list, ".{name}")?;
    }
    fs::write(own.join("our.action"), list)?;
    let conf = format!(
        "confdir {at}\nlogdir {at}\nlogfile log\ndebug 1\nactionsfile our.action\n\
         listen-address 127.0.0.1:{port}\nkeep-alive-timeout 300\nconnection-sharing 1\n\
         default-server-timeout 60\nmax-client-connections 500\ntolerate-pipelining 1\n"
    );
    fs::write(own.join("conf"), conf)?;
    Process::start(Pinned::Server, "privoxy", &["--no-daemon", &format!("{at}/conf")])
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
