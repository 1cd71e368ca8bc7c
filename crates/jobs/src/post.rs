//! How a mail leaves: to a relay, or into a folder as files a mail program opens.

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use usher_types::email::EmailAddress;
use usher_types::moment::Moment;

/// A mail with its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its number in the outbox.
    pub number: i64,
    /// Whom it is from.
    pub from: Sender,
    /// Whom it is to.
    pub to: EmailAddress,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// A file beside it: its name and content.
    pub attachment: Option<(String, Vec<u8>)>,
    /// When it was sent.
    pub at: Moment,
}

/// Whom mail is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name shown: the school's.
    pub name: String,
    /// The address.
    pub address: EmailAddress,
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostFault {
    /// It cannot be written down as a mail.
    #[error("the mail cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The relay did not take it.
    #[error("the relay did not take the mail")]
    Relay(#[source] lettre::transport::smtp::Error),
    /// The folder did not take it.
    #[error("{path} cannot be written")]
    Folder {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
}

/// Takes mail.
#[async_trait]
pub trait Post: Send + Sync + std::fmt::Debug {
    /// Sends a mail. Sending it again sends it again.
    async fn send(&self, letter: &Letter) -> Result<(), PostFault>;
}

/// A relay.
#[derive(Debug)]
pub struct Relay(AsyncSmtpTransport<Tokio1Executor>);

impl Relay {
    /// A relay by its address: `smtp://host:25`, `smtps://user:password@host`.
    ///
    /// # Errors
    /// When the address is none.
    pub fn at(url: &str) -> Result<Self, PostFault> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(PostFault::Relay)?;
        Ok(Self(builder.build()))
    }
}

#[async_trait]
impl Post for Relay {
    async fn send(&self, letter: &Letter) -> Result<(), PostFault> {
        self.0.send(message(letter)?).await.map(drop).map_err(PostFault::Relay)
    }
}

/// A folder that holds each mail as a file.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

#[async_trait]
impl Post for Folder {
    async fn send(&self, letter: &Letter) -> Result<(), PostFault> {
        let bytes = message(letter)?.formatted();
        let path = self.0.join(format!("{:06}-{}.eml", letter.number, file_name(letter.to.as_str())));
        let fault = |source| PostFault::Folder { path: path.clone(), source };
        tokio::fs::create_dir_all(&self.0).await.map_err(fault)?;
        // Whole or not at all: another name first, then the right one.
        let half = path.with_extension("part");
        tokio::fs::write(&half, bytes).await.map_err(fault)?;
        tokio::fs::rename(&half, &path).await.map_err(fault)
    }
}

/// What of an address can stand in a file's name anywhere.
fn file_name(address: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "@.-_".contains(c) { c } else { '_' };
    address.chars().map(plain).take(80).collect()
}

fn message(letter: &Letter) -> Result<Message, PostFault> {
    fn unwritable<E: std::error::Error + Send + Sync + 'static>(error: E) -> PostFault {
        PostFault::Unwritable(Box::new(error))
    }
    let address = |address: &EmailAddress| address.as_str().parse().map_err(unwritable);
    let sent = std::time::UNIX_EPOCH
        + std::time::Duration::from_millis(u64::try_from(letter.at.unix_ms()).unwrap_or_default());
    let builder = Message::builder()
        .from(Mailbox::new(Some(letter.from.name.clone()), address(&letter.from.address)?))
        .to(Mailbox::new(None, address(&letter.to)?))
        .subject(letter.subject.as_str())
        .date(sent)
        // RFC 3834: nobody's out-of-office answers a report.
        .header(AutoSubmitted)
        .message_id(None);
    let text = SinglePart::plain(letter.text.clone());
    match &letter.attachment {
        None => builder.singlepart(text),
        Some((name, bytes)) => {
            let kind = ContentType::parse("application/pdf").map_err(unwritable)?;
            let file = Attachment::new(name.clone()).body(bytes.clone(), kind);
            builder.multipart(MultiPart::mixed().singlepart(text).singlepart(file))
        }
    }
    .map_err(unwritable)
}

/// `Auto-Submitted: auto-generated` (RFC 3834, 5).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            number: 7,
            from: Sender {
                name: "Rowan Hill Primary School".into(),
                address: EmailAddress::parse("usher@rowanhill.example").unwrap(),
            },
            to: EmailAddress::parse("head@rowanhill.example").unwrap(),
            subject: "Weekly report – 27 November".into(),
            text: "Nothing was found.\nBcc: somebody@else.example\n".into(),
            attachment: Some(("report.pdf".into(), b"%PDF-1.7".to_vec())),
            at: Moment::from_unix_ms(1_795_000_000_000),
        }
    }

    #[tokio::test]
    async fn a_folder_holds_each_mail_once_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let post = Folder(folder.path().join("mail"));
        post.send(&letter()).await.unwrap();
        post.send(&letter()).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(&post.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(names.len(), 1);
        assert!(names[0].ends_with("000007-head@rowanhill.example.eml"));
        let text = std::fs::read_to_string(&names[0]).unwrap();
        assert!(text.contains("To: head@rowanhill.example\r\n"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"));
        assert!(text.contains("application/pdf"));
    }

    #[test]
    fn a_subject_cannot_put_a_header_in() {
        let odd = Letter { subject: "Hello\r\nBcc: thief@else.example".into(), ..letter() };
        match message(&odd) {
            Ok(message) => {
                let text = String::from_utf8(message.formatted()).unwrap();
                let head = text.split("\r\n\r\n").next().unwrap();
                assert!(!head.lines().any(|line| line.starts_with("Bcc:")), "{head}");
            }
            Err(PostFault::Unwritable(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}
