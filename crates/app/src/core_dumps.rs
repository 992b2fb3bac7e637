//! A program that crashes leaves nothing of its memory on the disk.

/// Forbids this process to dump its memory when it crashes: keys and personal data would lie in the clear. Windows makes no
/// such file unless the administrator asks for it.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    if let Err(error) = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0) {
        tracing::warn!(%error, "a crash may leave the memory on the disk");
    }
}
