//! A file that somebody hands in to be kept with a case (INC-03, INC-21), out of the form it came in; and how it, and the package of
//! a referral, lie in the books: sealed under the master key. What earlier builds kept as it was still opens.

use usher_certs::master::MasterFault;
use usher_records::case::thread::Evidence;
use usher_store::store::StoreError;
use usher_types::digest::Digest;

use crate::app::{App, AppFault};
use crate::extract::form::FormParts;

/// The largest file kept: a screen of a large monitor is a quarter of it. It lives in the books, which are backed up whole.
const LARGEST_BYTES: usize = 8 * 1024 * 1024;
/// The form around it: a token, a few pages of text, what multipart adds.
pub(crate) const LARGEST_FORM: usize = LARGEST_BYTES + 64 * 1024;

/// A field of the form that is text.
pub(crate) fn text(sent: &mut FormParts, name: &str) -> String {
    sent.remove(name).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).unwrap_or_default()
}

/// The file in a field and what is noted of it; none without one, or when it is too large.
pub(crate) fn of(sent: &mut FormParts, field: &str, shows: String) -> Option<(Evidence, Vec<u8>)> {
    let name = text(sent, &format!("{field}-name"));
    let bytes = sent.remove(field).unwrap_or_default();
    if bytes.is_empty() || bytes.len() > LARGEST_BYTES {
        return None;
    }
    let evidence = Evidence {
        digest: Digest::of(&bytes),
        sealed: None,
        name: if name.is_empty() { "file".to_owned() } else { name },
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        shows,
    };
    Some((evidence, bytes))
}

/// Keeps bytes of a case sealed; gives the digest they lie under. Their own digest is what they are opened with.
pub(crate) async fn seal(app: &App, bytes: &[u8]) -> Result<Digest, AppFault> {
    let sealed = app.vault.seal(&sealed_as(Digest::of(bytes)), bytes).map_err(sealing)?;
    Ok(app.books.store().put_blob(app.books.school(), &sealed).await?)
}

/// What lies under a digest, opened. None of it is given out when it is not what was kept.
pub(crate) async fn open(app: &App, own: Digest, sealed: Option<Digest>) -> Result<Vec<u8>, AppFault> {
    let kept = app.books.store().blob(app.books.school(), sealed.unwrap_or(own)).await?;
    let kept = kept.ok_or(AppFault::NotFound)?;
    match sealed {
        Some(_) => Ok(app.vault.open(&sealed_as(own), &kept).map_err(sealing)?.to_vec()),
        None => Ok(kept),
    }
}

/// The fault of a change that was to name what lies sealed. Refused, it kept nothing, and the file goes; nothing else can lie under its
/// digest. Of a commit whose answer was lost nobody knows, and a file nobody names does less harm than one that is named and gone.
pub(crate) async fn unkept(app: &App, sealed: Digest, fault: AppFault) -> AppFault {
    if matches!(fault, AppFault::Refused(_))
        && let Err(error) = app.books.store().remove_blob(app.books.school(), sealed).await
    {
        tracing::warn!(%error, "a sealed file that nothing names stays");
    }
    fault
}

fn sealed_as(own: Digest) -> String {
    format!("case file {own}")
}

fn sealing(fault: MasterFault) -> AppFault {
    AppFault::Store(StoreError::Unavailable(Box::new(fault)))
}
