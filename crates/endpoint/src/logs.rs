//! What the endpoint says of itself: lines for people and programs, and numbers for Prometheus. Neither holds keys, tokens,
//! addresses, organisations or bodies.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log on standard error. Other libraries speak only when something is wrong.
pub fn start(level: tracing::Level, json: bool) {
    let own = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("kiulu_endpoint", level);
    let registry = tracing_subscriber::registry().with(own);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if json {
        registry.with(lines.json()).init();
    } else {
        registry.with(lines.with_ansi(false)).init();
    }
}

/// Upper ends of the classes in which times are counted, in seconds.
const CLASSES: &[f64] = &[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// The numbers of this process.
pub fn metrics() -> &'static PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| {
        let seconds = Matcher::Suffix("_seconds".into());
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(seconds, CLASSES)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // A recorder of somebody else's, in a test, stays.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}
