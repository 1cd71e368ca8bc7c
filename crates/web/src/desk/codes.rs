//! Fresh codes, and the code of a certificate.

use usher_certs::master::MasterKey;
use usher_records::code::Code;
use usher_types::ids::SignatureId;

/// A new code; none when the machine gives no random numbers.
pub fn fresh() -> Option<Code> {
    let mut random = [0; Code::BYTES];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(Code::of(random))
}

/// The code of a signature's certificate. Only this server's key makes it, so it is kept nowhere.
pub fn of_certificate(key: &MasterKey, signature: SignatureId) -> Code {
    let mark = key.mark("certificate of a signature", &signature.number().to_be_bytes());
    let mut first = [0; Code::BYTES];
    first.iter_mut().zip(mark).for_each(|(to, from)| *to = from);
    Code::of(first)
}
