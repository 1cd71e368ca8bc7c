//! A link to a server that can be cut: after so many bytes on the way there, or on the way back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// It cuts nothing.
const WHOLE: i64 = i64::MAX;

/// The link.
pub(crate) struct Link {
    port: u16,
    there: Arc<AtomicI64>,
    back: Arc<AtomicI64>,
    _runtime: Runtime,
}

impl Link {
    /// A link to a server's port.
    pub(crate) fn to(server: u16) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (there, back) = (Arc::new(AtomicI64::new(WHOLE)), Arc::new(AtomicI64::new(WHOLE)));
        let lefts = (Arc::clone(&there), Arc::clone(&back));
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                let (there, back) = (Arc::clone(&lefts.0), Arc::clone(&lefts.1));
                tokio::spawn(async move {
                    // Both ways end with the first that does.
                    tokio::select! {
                        () = pass(near_in, far_out, there) => {}
                        () = pass(far_in, near_out, back) => {}
                    }
                });
            }
        });
        Self { port, there, back, _runtime: runtime }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection after so many more bytes on the way there and back.
    pub(crate) fn cut_after(&self, there: i64, back: i64) {
        self.there.store(there, Ordering::SeqCst);
        self.back.store(back, Ordering::SeqCst);
    }

    pub(crate) fn mend(&self) {
        self.cut_after(WHOLE, WHOLE);
    }

    /// Bytes that went there since it was mended.
    pub(crate) fn went(&self) -> i64 {
        WHOLE - self.there.load(Ordering::SeqCst)
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    left: Arc<AtomicI64>,
) {
    let mut buffer = vec![0; 4_096];
    while let Ok(read) = from.read(&mut buffer).await {
        if read == 0 {
            return;
        }
        let size = i64::try_from(read).unwrap();
        let before = left.fetch_sub(size, Ordering::SeqCst);
        let some = usize::try_from(before.clamp(0, size)).unwrap();
        if to.write_all(&buffer[..some]).await.is_err() || some < read {
            return;
        }
    }
}
