//! What the operator can set, on the command line or in the environment.

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Keeps the logs of housing companies without being able to read them.
#[derive(Debug, Parser)]
#[command(name = "kiulu-endpoint", version)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve. Without any option: an SQLite file in the state directory, port 8787 on this machine only
    Serve(Box<Serve>),
    /// Copy the SQLite database into a new file, also while the endpoint runs
    Backup {
        /// The database
        #[arg(long, env = "KIULU_ENDPOINT_DATABASE")]
        database: Option<Database>,
        /// The new file
        to: PathBuf,
    },
    /// Print the description of the HTTP interface (OpenAPI, JSON)
    Openapi,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Address and port
    #[arg(long, env = "KIULU_ENDPOINT_LISTEN", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// A file for SQLite, or postgres://… [default: kiulu-endpoint.sqlite3 in $STATE_DIRECTORY or here]
    #[arg(long, env = "KIULU_ENDPOINT_DATABASE")]
    pub database: Option<Database>,
    /// Connections to PostgreSQL
    #[arg(long, env = "KIULU_ENDPOINT_DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: usize,
    /// Certificate chain (PEM); without it, HTTP is spoken, for a proxy on the same machine
    #[arg(long, env = "KIULU_ENDPOINT_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, env = "KIULU_ENDPOINT_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Founding an organisation needs this token, and so does reading /metrics from elsewhere
    #[arg(long, env = "KIULU_ENDPOINT_ADMIN_TOKEN", hide_env_values = true)]
    pub admin_token: Option<crate::access::AdminToken>,
    /// Header in which a proxy gives the asker's address, for example x-forwarded-for: its last address counts
    #[arg(long, env = "KIULU_ENDPOINT_TRUST_PROXY")]
    pub trust_proxy: Option<axum::http::HeaderName>,
    /// Logs as JSON
    #[arg(long, env = "KIULU_ENDPOINT_LOG_JSON")]
    pub log_json: bool,
    /// error, warn, info, debug or trace
    #[arg(long, env = "KIULU_ENDPOINT_LOG", default_value = "info")]
    pub log: tracing::Level,
    /// Limits.
    #[command(flatten)]
    pub limits: Limits,
}

/// What one asker, and all together, may use.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Largest append, in bytes
    #[arg(long, env = "KIULU_ENDPOINT_APPEND_BYTES", default_value_t = 34 << 20)]
    pub append_bytes: usize,
    /// Largest piece of a snapshot or attachment, in bytes
    #[arg(long, env = "KIULU_ENDPOINT_PART_BYTES", default_value_t = 4 << 20)]
    pub part_bytes: usize,
    /// Largest snapshot or attachment, in bytes
    #[arg(long, env = "KIULU_ENDPOINT_CONTENT_BYTES", default_value_t = 2 << 30)]
    pub content_bytes: u64,
    /// All that is kept for one organisation, in bytes
    #[arg(long, env = "KIULU_ENDPOINT_ORGANISATION_BYTES", default_value_t = 10 << 30)]
    pub organisation_bytes: u64,
    /// Bodies of requests that may be in memory at once, in bytes
    #[arg(long, env = "KIULU_ENDPOINT_BODIES_BYTES", default_value_t = 64 << 20)]
    pub bodies_bytes: usize,
    /// Time for a request's head, and for TLS to be agreed on, in seconds
    #[arg(long, env = "KIULU_ENDPOINT_HEAD_SECONDS", default_value_t = 10)]
    pub head_seconds: u64,
    /// Time for a request until its answer begins, body included, in seconds
    #[arg(long, env = "KIULU_ENDPOINT_REQUEST_SECONDS", default_value_t = 60)]
    pub request_seconds: u64,
    /// Time for running requests when the endpoint stops, in seconds
    #[arg(long, env = "KIULU_ENDPOINT_STOP_SECONDS", default_value_t = 15)]
    pub stop_seconds: u64,
    /// Connections at once
    #[arg(long, env = "KIULU_ENDPOINT_CONNECTIONS", default_value_t = 2048)]
    pub connections: usize,
    /// Requests of one device each second, ten times that at once; 0 for no limit
    #[arg(long, env = "KIULU_ENDPOINT_DEVICE_RATE", default_value_t = 20)]
    pub device_rate: u32,
    /// Requests from one address each second, ten times that at once; 0 for no limit
    #[arg(long, env = "KIULU_ENDPOINT_ADDRESS_RATE", default_value_t = 100)]
    pub address_rate: u32,
    /// Organisations founded from one address each hour; 0 for no limit
    #[arg(long, env = "KIULU_ENDPOINT_FOUNDINGS", default_value_t = 30)]
    pub foundings: u32,
}

impl Default for Limits {
    /// As on a command line without options.
    fn default() -> Self {
        Self {
            append_bytes: 34 << 20,
            part_bytes: 4 << 20,
            content_bytes: 2 << 30,
            organisation_bytes: 10 << 30,
            bodies_bytes: 64 << 20,
            head_seconds: 10,
            request_seconds: 60,
            stop_seconds: 15,
            connections: 2048,
            device_rate: 20,
            address_rate: 100,
            foundings: 30,
        }
    }
}

/// Where the logs are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// In a file.
    Sqlite(PathBuf),
    /// At a server; the address may hold a password.
    Postgres(String),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite {}", path.display()),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

impl std::str::FromStr for Database {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        Ok(match text.strip_prefix("sqlite:") {
            _ if postgres => Self::Postgres(text.to_owned()),
            Some(path) => Self::Sqlite(path.into()),
            None => Self::Sqlite(text.into()),
        })
    }
}

impl Database {
    /// The file in systemd's state directory, or in the working directory.
    pub fn by_default() -> Self {
        let directory = std::env::var_os("STATE_DIRECTORY")
            .map(PathBuf::from)
            .unwrap_or_default();
        Self::Sqlite(directory.join("kiulu-endpoint.sqlite3"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn without_options_the_limits_are_the_default_ones() {
        Options::command().debug_assert();
        let options = Options::parse_from(["kiulu-endpoint", "serve"]);
        let Command::Serve(serve) = options.command else {
            panic!("another command")
        };
        assert_eq!(format!("{:?}", serve.limits), format!("{:?}", Limits::default()));
        assert_eq!(serve.listen.to_string(), "127.0.0.1:8787");
    }

    #[test]
    fn a_databases_address_says_what_it_is_and_does_not_print_its_password() {
        let parsed: Database = "postgres://kiulu:secret@db/kiulu".parse().unwrap();
        assert_eq!(format!("{parsed:?}"), "PostgreSQL");
        for text in ["sqlite:/var/x.sqlite3", "/var/x.sqlite3"] {
            assert_eq!(text.parse(), Ok(Database::Sqlite("/var/x.sqlite3".into())));
        }
    }
}
