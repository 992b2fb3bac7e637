//! Connections: how many, how long, and how they end.

use crate::access::{App, Peer};
use crate::options::{Database, Limits, Serve};
use crate::storage::{Postgres, Sqlite, Storage};
use crate::{logs, routes, tls};
use anyhow::{Context, Result};
use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// An endpoint that is ready to serve.
pub struct Endpoint {
    app: App,
    router: Router,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Opens the database and the port.
    ///
    /// # Errors
    /// Says what could not be opened or read.
    pub async fn open(serve: &Serve) -> Result<Self> {
        let database = serve.database.clone().unwrap_or_else(Database::by_default);
        let storage: Arc<dyn Storage> = match &database {
            Database::Sqlite(path) => {
                Arc::new(Sqlite::open(path).with_context(|| format!("the database {}", path.display()))?)
            }
            Database::Postgres(address) => Arc::new(
                Postgres::connect(address, serve.database_connections)
                    .await
                    .context("the database")?,
            ),
        };
        let tls = match (&serve.tls_cert, &serve.tls_key) {
            (Some(chain), Some(key)) => Some(tls::acceptor(chain, key)?),
            _ => None,
        };
        logs::metrics();
        let listener = TcpListener::bind(serve.listen)
            .await
            .with_context(|| format!("the port {}", serve.listen))?;
        let app = App::new(storage, serve.limits.clone(), serve.admin_token.clone());
        tracing::info!(?database, listen = %listener.local_addr()?, tls = tls.is_some(), "ready");
        Ok(Self {
            router: routes::router(app.clone(), serve.trust_proxy.clone()),
            app,
            listener,
            tls,
        })
    }

    /// Where it listens: with port 0 asked for, the one that was free.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until `stop` is done. Then no connection is taken any more, live streams end, running requests are finished
    /// within their time, and the database is closed.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let limits = self.app.limits().clone();
        let room = Arc::new(Semaphore::new(limits.connections));
        let graceful = GracefulShutdown::new();
        let sweep = tokio::spawn(sweep(self.app.clone()));
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let place = room.clone().acquire_owned().await;
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // No file descriptors left, most likely: wait for some to be given back.
                    tracing::warn!(%error, "no connection could be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let connection = Connection {
                router: self.router.clone(),
                peer: Peer(peer.ip()),
                tls: self.tls.clone(),
                limits: limits.clone(),
                watcher: graceful.watcher(),
            };
            tokio::spawn(async move {
                metrics::gauge!("kiulu_connections").increment(1);
                connection.run(stream).await;
                metrics::gauge!("kiulu_connections").decrement(1);
                drop(place);
            });
        }
        tracing::info!("stopping");
        drop(self.listener);
        self.app.stop();
        let limit = Duration::from_secs(limits.stop_seconds);
        if tokio::time::timeout(limit, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        sweep.abort();
        self.app.close().await;
        tracing::info!("stopped");
    }
}

struct Connection {
    router: Router,
    peer: Peer,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    watcher: hyper_util::server::graceful::Watcher,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.speak(stream).await,
            Some(tls) => {
                let limit = Duration::from_secs(self.limits.head_seconds);
                if let Ok(Ok(stream)) = tokio::time::timeout(limit, tls.accept(stream)).await {
                    self.speak(stream).await;
                }
            }
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let peer = self.peer;
        let service = self.router.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request.map(axum::body::Body::new)
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(self.limits.head_seconds))
            .max_buf_size(64 << 10);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Some(Duration::from_secs(20)))
            .max_concurrent_streams(32)
            .max_header_list_size(32 << 10);
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        // How a connection ends is the other side's affair: it went away, or did not speak HTTP.
        if let Err(error) = self.watcher.watch(connection.into_owned()).await {
            tracing::debug!(%error, "a connection ended");
        }
    }
}

/// Once a minute, what is no longer needed is forgotten.
async fn sweep(app: App) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        app.sweep();
        logs::metrics().run_upkeep();
    }
}
