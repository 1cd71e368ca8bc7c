//! A device of the invented school: an address, and a browser that fills in forms.

use std::net::IpAddr;
use std::process::Command;

use crate::running::Card;

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    /// The status; for a tunnel that was refused, the refusal's.
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// A device that sends everything through the gateway from its own address.
pub(crate) struct Device<'a> {
    card: &'a Card,
    address: IpAddr,
}

impl<'a> Device<'a> {
    pub(crate) fn at(card: &'a Card, address: &str) -> Self {
        Self { card, address: address.parse().unwrap() }
    }

    /// Opens a page through the gateway.
    pub(crate) fn get(&self, url: &str) -> Page {
        self.ask(&["--proxy", &self.card.gateway, url])
    }

    /// Sends a form.
    pub(crate) fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut arguments =
            vec!["--proxy", &self.card.gateway, "--header", "Origin: https://usher.internal", url];
        for field in &fields {
            arguments.extend(["--data-urlencode", field]);
        }
        self.ask(&arguments)
    }

    /// Signs in at the portal with a user name and password, and accepts the clause.
    pub(crate) fn sign_in(&self, audience: &str, username: &str, password: &str) -> Page {
        let form = self.get(&format!("https://usher.internal/sign-in?for={audience}"));
        let fields = [
            ("_form", form.token()),
            ("for", audience),
            ("username", username),
            ("password", password),
            ("clause", "yes"),
        ];
        self.post("https://usher.internal/sign-in", &fields)
    }

    /// Signs the agreement that is due, with the answer that is taken.
    pub(crate) fn sign(&self, name: &str) {
        let taken = ["0", "1", "2", "3"].into_iter().any(|answer| {
            let page = self.get("https://usher.internal/agreement");
            let fields = [
                ("_form", page.token()),
                ("digest", page.hidden("digest")),
                ("name", name),
                ("answer", answer),
            ];
            self.post("https://usher.internal/agreement", &fields).status == 303
        });
        assert!(taken, "no answer is taken");
    }

    fn ask(&self, arguments: &[&str]) -> Page {
        let asked = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "30", "--interface", &self.address.to_string()])
            .args(["--header", "Accept: text/html", "--header", "Sec-Fetch-Dest: document"])
            .arg("--cacert")
            .arg(&self.card.certificate)
            .args(["--write-out", "\n%{http_code} %{http_connect}"])
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        let (text, codes) = text.rsplit_once('\n').unwrap();
        let (inner, outer) = codes.split_once(' ').unwrap();
        let status = [inner, outer].into_iter().filter_map(|code| code.parse().ok()).find(|code| *code != 0);
        Page { status: status.unwrap_or(0), text: text.to_owned() }
    }
}

impl Page {
    /// The token of the page's form.
    fn token(&self) -> &str {
        self.hidden("_form")
    }

    /// What a hidden field of its form holds.
    fn hidden(&self, name: &str) -> &str {
        let begins = format!("name=\"{name}\" value=\"");
        let (_, after) = self.text.split_once(&begins).unwrap_or_else(|| panic!("{}", self.text));
        after.split('"').next().unwrap()
    }
}

/// A browser of a member of staff at the desk, with its cookies in a file.
pub(crate) struct Desk<'a> {
    card: &'a Card,
    jar: tempfile::NamedTempFile,
}

impl<'a> Desk<'a> {
    /// Signs in at the desk.
    pub(crate) fn sign_in(card: &'a Card, username: &str, password: &str) -> Self {
        let desk = Self { card, jar: tempfile::NamedTempFile::new().unwrap() };
        let form = desk.get("/sign-in");
        let signed =
            desk.post("/sign-in", &[("_form", form.token()), ("username", username), ("password", password)]);
        assert_eq!(signed.status, 303, "{}", signed.text);
        desk
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        self.ask(path, &[])
    }

    /// Sends the form of the page at `path` to `to`.
    pub(crate) fn send(&self, path: &str, to: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.get(path);
        let mut all = vec![("_form", form.token())];
        all.extend(fields);
        self.post(to, &all)
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // As a browser would.
        let origin = format!("Origin: {}", self.card.desk);
        let mut arguments = vec!["--header", &origin];
        for field in &fields {
            arguments.extend(["--data-urlencode", field]);
        }
        self.ask(path, &arguments)
    }

    fn ask(&self, path: &str, more: &[&str]) -> Page {
        let asked = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "30", "--cacert"])
            .arg(&self.card.certificate)
            .args([std::ffi::OsStr::new("--cookie-jar"), self.jar.path().as_os_str()])
            .args([std::ffi::OsStr::new("--cookie"), self.jar.path().as_os_str()])
            .args(["--write-out", "\n%{http_code}"])
            .args(more)
            .arg(format!("{}{path}", self.card.desk))
            .output()
            .unwrap();
        assert!(asked.status.success(), "{path}: {}", String::from_utf8_lossy(&asked.stderr));
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        let (text, status) = text.rsplit_once('\n').unwrap();
        Page { status: status.parse().unwrap(), text: text.to_owned() }
    }
}
