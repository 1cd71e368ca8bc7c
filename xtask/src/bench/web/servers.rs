//! The servers: ours, and Debian's, each set up to do the same as far as it can: refuse a list of domains, write one
//! line or event per request, keep nothing.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use super::process::{Pinned, Process, now};
use crate::peers::free_address;

/// Names below the site's that are asked for once each.
const NAMES: usize = 3_000;
/// Where Debian's e2guardian keeps what it is set up with.
const E2GUARDIAN: &str = "/etc/e2guardian";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    Usher,
    /// The bare copy loop.
    Copy,
    Squid,
    E2guardian,
    Mitmproxy,
    Privoxy,
    Tinyproxy,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Usher => "usher",
            Self::Copy => "copy",
            Self::Squid => "squid",
            Self::E2guardian => "e2guardian",
            Self::Mitmproxy => "mitmproxy",
            Self::Privoxy => "privoxy",
            Self::Tinyproxy => "tinyproxy",
        }
    }

    /// Its name as its makers write it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Usher => "Usher",
            Self::Copy => "a bare copy loop",
            Self::Squid => "Squid",
            Self::E2guardian => "e2guardian",
            Self::Mitmproxy => "mitmproxy",
            Self::Privoxy => "Privoxy",
            Self::Tinyproxy => "Tinyproxy",
        }
    }

    /// Its program and its Debian package.
    pub(super) const fn package(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Usher | Self::Copy => None,
            Self::Squid => Some(("squid", "squid-openssl")),
            Self::E2guardian => Some(("e2guardian", "e2guardian")),
            Self::Mitmproxy => Some(("mitmdump", "mitmproxy")),
            Self::Privoxy => Some(("privoxy", "privoxy")),
            Self::Tinyproxy => Some(("tinyproxy", "tinyproxy")),
        }
    }
}

/// What a server is started with.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    /// The processes of ours.
    pub(super) ours: &'a str,
    /// The site's certificate is here, and the peers' authority.
    pub(super) folder: &'a Path,
    /// The server's own folder.
    pub(super) own: &'a Path,
    /// Domains to refuse, one a line, and the same as Usher reads them.
    pub(super) domains: &'a Path,
    pub(super) compiled: &'a Path,
    /// A flat folder of phrases, where pages are read.
    pub(super) phrases: Option<PathBuf>,
}

/// A server that listens.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) process: Process,
    pub(super) address: SocketAddr,
    /// How long it took until it did.
    pub(super) ready_ms: f64,
}

impl Server {
    /// Starts one.
    pub(super) fn start(kind: Kind, settings: &Settings<'_>) -> Result<Self> {
        fs::create_dir_all(settings.own)?;
        let address = free_address()?;
        let port = address.port();
        let command = match kind {
            Kind::Usher | Kind::Copy => return ours(kind, settings),
            Kind::Squid => squid(settings, port),
            Kind::E2guardian => e2guardian(settings, port),
            Kind::Mitmproxy => mitmproxy(settings, port),
            Kind::Tinyproxy => tinyproxy(settings, port),
            Kind::Privoxy => privoxy(settings, port),
        }?;
        let (program, arguments) = command.split_first().context("no program")?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let begun = now();
        let mut process = Process::start(Pinned::Server, program, &arguments)?;
        process.wait_for(address)?;
        Ok(Self { process, address, ready_ms: begun.elapsed().as_secs_f64() * 1e3 })
    }
}

fn ours(kind: Kind, settings: &Settings<'_>) -> Result<Server> {
    let (folder, compiled) = (text(settings.folder)?, text(settings.compiled)?);
    let mut arguments = if kind == Kind::Copy { vec!["copy"] } else { vec!["gateway", folder, compiled] };
    if let Some(phrases) = &settings.phrases {
        arguments.push(text(phrases)?);
    }
    let begun = now();
    let (process, said) = Process::start_and_hear(Pinned::Server, settings.ours, &arguments)?;
    let address = said.first().context("it did not start")?.parse()?;
    Ok(Server { process, address, ready_ms: begun.elapsed().as_secs_f64() * 1e3 })
}

/// The domains with something before and after each.
fn written(settings: &Settings<'_>, before: &str, after: &str) -> Result<String> {
    let domains = fs::read_to_string(settings.domains)?;
    Ok(domains.lines().fold(String::new(), |all, name| all + before + name + after + "\n"))
}

/// Debian's Squid with TLS, one process. Peeks at hellos and splices by their name, as ours does.
fn squid(settings: &Settings<'_>, port: u16) -> Result<Vec<String>> {
    let (folder, at, own) = (text(settings.folder)?, text(settings.own)?, settings.own);
    fs::write(own.join("domains"), written(settings, ".", "")?)?;
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
         max_filedescriptors 65536\n\
         pid_filename none\ncoredump_dir {at}\nshutdown_lifetime 0 seconds\n"
    );
    fs::write(own.join("conf"), conf)?;
    let below = (0..NAMES).map(|number| format!("127.0.77.1 h{number}.inspected.example\n"));
    let hosts = "127.0.77.1 inspected.example spliced.example\n".to_owned() + &below.collect::<String>();
    fs::write(own.join("hosts"), hosts)?;
    run("/usr/lib/squid/security_file_certgen", &["-c", "-s", &format!("{at}/ssl_db"), "-M", "4MB"])?;
    // It gives up being root, and must reach its files all the same.
    run("chown", &["-R", "proxy", at])?;
    run("chmod", &["a+rx", folder])?;
    Ok(command(&["squid", "-N", "-f", &format!("{at}/conf")]))
}

fn tinyproxy(settings: &Settings<'_>, port: u16) -> Result<Vec<String>> {
    let (at, own) = (text(settings.own)?, settings.own);
    fs::write(own.join("domains"), written(settings, "(^|\\.)", "$")?.replace(".listed", "\\.listed"))?;
    let conf = format!(
        "Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 500\nAllow 127.0.0.1\n\
         Filter \"{at}/domains\"\nFilterExtended Yes\nFilterDefaultDeny No\n\
         LogFile \"{at}/log\"\nLogLevel Connect\nDisableViaHeader Yes\n"
    );
    fs::write(own.join("conf"), conf)?;
    Ok(command(&["tinyproxy", "-d", "-c", &format!("{at}/conf")]))
}

fn privoxy(settings: &Settings<'_>, port: u16) -> Result<Vec<String>> {
    let (at, own) = (text(settings.own)?, settings.own);
    let list = "{+limit-connect{1-}}\n/\n{+block{listed}}\n".to_owned() + &written(settings, ".", "")?;
    fs::write(own.join("our.action"), list)?;
    let conf = format!(
        "confdir {at}\nlogdir {at}\nlogfile log\ndebug 1\nactionsfile our.action\n\
         listen-address 127.0.0.1:{port}\nkeep-alive-timeout 300\nconnection-sharing 1\n\
         default-server-timeout 60\nmax-client-connections 500\ntolerate-pipelining 1\n"
    );
    fs::write(own.join("conf"), conf)?;
    Ok(command(&["privoxy", "--no-daemon", &format!("{at}/conf")]))
}

/// mitmproxy as it comes, with no script: it opens every tunnel.
fn mitmproxy(settings: &Settings<'_>, port: u16) -> Result<Vec<String>> {
    let (folder, port) = (text(settings.folder)?, port.to_string());
    let authority = format!("confdir={folder}/mitmproxy");
    let site = format!("ssl_verify_upstream_trusted_ca={folder}/site.pem");
    let host = ["--listen-host", "127.0.0.1", "--listen-port", &port];
    Ok(command(&[&["mitmdump", "--quiet", "--set", &authority, "--set", &site], host.as_slice()].concat()))
}

/// Debian's e2guardian as it comes, but for its phrases (all that carry a weight), a limit that no page reaches, and where
/// it writes.
fn e2guardian(settings: &Settings<'_>, port: u16) -> Result<Vec<String>> {
    let (at, own) = (text(settings.own)?, settings.own);
    run("cp", &["-a", &format!("{E2GUARDIAN}/."), at])?;
    let phrases = settings.phrases.as_deref().context("no phrases")?;
    let mut included = String::new();
    for file in fs::read_dir(phrases)? {
        included += &format!(".Include<{}>\n", text(&file?.path())?);
    }
    fs::write(own.join("lists/weightedphraselist"), included)?;
    for empty in ["bannedphraselist", "exceptionphraselist"] {
        fs::write(own.join("lists").join(empty), "")?;
    }
    let group = fs::read_to_string(own.join("e2guardianf1.conf"))?.replace(E2GUARDIAN, at);
    fs::write(
        own.join("e2guardianf1.conf"),
        group.replace("naughtynesslimit = 50", "naughtynesslimit = 1000000"),
    )?;
    for story in ["examplef1.story", "common.story", "site.story", "preauth.story"] {
        let file = own.join(story);
        fs::write(&file, fs::read_to_string(&file)?.replace(E2GUARDIAN, at))?;
    }
    let conf = fs::read_to_string(own.join("e2guardian.conf"))?
        .replace(E2GUARDIAN, at)
        .replace("filterports = 8080", &format!("filterports = {port}"))
        .replace("filterip =", "filterip = 127.0.0.1")
        .replace("transparenthttpsport = 8443", "")
        .replace("nodaemon = off", "nodaemon = on");
    let ours = format!(
        "\nloglocation = '{at}/log'\npidfilename = '{at}/pid'\ndaemonuser = 'root'\ndaemongroup = 'root'\n"
    );
    fs::write(own.join("e2guardian.conf"), conf + &ours)?;
    Ok(command(&["e2guardian", "-N", "-c", &format!("{at}/e2guardian.conf")]))
}

fn command(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
