//! Bodies as the gateway passes them on.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;

use crate::watched::Watched;

/// Why a body broke off.
pub type BodyFault = Box<dyn std::error::Error + Send + Sync>;

/// A body. The kinds that occur for every request are not boxed.
#[derive(Debug)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Bytes at hand; none once they are given out.
    Full(Option<Bytes>),
    /// What comes from a site, counted, judged again and recorded.
    Watched(Box<Watched>),
    /// Anything else.
    Other(UnsyncBoxBody<Bytes, BodyFault>),
}

impl Body {
    /// Bytes at hand.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self::Full(Some(bytes.into()))
    }

    /// Any other body.
    pub fn other<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyFault>,
    {
        use http_body_util::BodyExt;
        Self::Other(body.map_err(Into::into).boxed_unsync())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                Poll::Ready(bytes.take().filter(|bytes| !bytes.is_empty()).map(|b| Ok(Frame::data(b))))
            }
            Self::Watched(body) => Pin::new(body.as_mut()).poll_frame(context),
            Self::Other(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            // Its end is recorded when it is read, so it has to be read.
            Self::Watched(_) => false,
            Self::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Watched(body) => body.size_hint(),
            Self::Other(body) => body.size_hint(),
        }
    }
}
