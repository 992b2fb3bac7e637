//! What a machine must have before Kiulu builds on it, and how to ask whether it does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How to see whether a need is met, without asking a package manager.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// A program on `PATH`.
    Program(&'static str),
    /// A library that `pkg-config` knows.
    Library(&'static str),
    /// A program that runs with these arguments and answers with success.
    Runs(&'static str, &'static [&'static str]),
    /// libclang, which bindgen loads at build time.
    Libclang,
    /// PostgreSQL's server, which Debian keeps off the `PATH`.
    Postgres,
}

/// One thing the machine must have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// Its package in Debian and Ubuntu.
    pub(crate) package: &'static str,
    /// What it is for, as the end of the sentence "… is needed for".
    pub(crate) why: &'static str,
    /// How to see that it is there.
    pub(crate) check: Check,
}

/// What building needs on Linux. The names are those of Debian 12 and Ubuntu 22.04 and 24.04 alike.
pub(crate) const BUILD_LINUX: &[Need] = &[
    Need {
        package: "gcc",
        why: "compiling C (SQLCipher, OpenSSL, zstd) and linking",
        check: Check::Program("cc"),
    },
    Need {
        package: "libc6-dev",
        why: "compiling C",
        check: Check::Runs("cc", &["-E", "-include", "stdlib.h", "-x", "c", "/dev/null"]),
    },
    Need {
        package: "make",
        why: "building OpenSSL",
        check: Check::Program("make"),
    },
    Need {
        package: "perl",
        why: "building OpenSSL",
        check: Check::Runs("perl", &["-MFindBin", "-MIPC::Cmd", "-e", "1"]),
    },
    Need {
        package: "pkg-config",
        why: "finding libraries",
        check: Check::Program("pkg-config"),
    },
    Need {
        package: "libclang-dev",
        why: "the bindings to SQLite's session extension",
        check: Check::Libclang,
    },
    Need {
        package: "clang",
        why: "the C headers that libclang reads",
        check: Check::Program("clang"),
    },
    Need {
        package: "libwebkit2gtk-4.1-dev",
        why: "the window's page",
        check: Check::Library("webkit2gtk-4.1"),
    },
    Need {
        package: "libgtk-3-dev",
        why: "the window",
        check: Check::Library("gtk+-3.0"),
    },
    Need {
        package: "libdbus-1-dev",
        why: "the window's talk with the desktop",
        check: Check::Library("dbus-1"),
    },
    Need {
        package: "librsvg2-dev",
        why: "icons",
        check: Check::Library("librsvg-2.0"),
    },
];

/// What the window tests need on Linux on top of [`BUILD_LINUX`].
pub(crate) const WINDOW_LINUX: &[Need] = &[
    Need {
        package: "xvfb",
        why: "a display for the window tests",
        check: Check::Program("Xvfb"),
    },
    Need {
        package: "dbus",
        why: "a session bus of the tests' own",
        check: Check::Program("dbus-run-session"),
    },
    Need {
        package: "dbus",
        why: "asking that bus",
        check: Check::Program("dbus-send"),
    },
    Need {
        package: "gnome-keyring",
        why: "a real keychain in the window tests",
        check: Check::Program("gnome-keyring-daemon"),
    },
    Need {
        package: "webkit2gtk-driver",
        why: "driving the window in tests",
        check: Check::Program("WebKitWebDriver"),
    },
];

/// What the endpoint's tests need on Linux on top of [`BUILD_LINUX`]: they start a server of their own in a temporary directory.
pub(crate) const ENDPOINT_LINUX: &[Need] = &[
    Need {
        package: "postgresql",
        why: "the endpoint's tests on a real PostgreSQL",
        check: Check::Postgres,
    },
    Need {
        package: "util-linux",
        why: "starting PostgreSQL as another user than root",
        check: Check::Program("setpriv"),
    },
];

/// What packaging needs on Linux: the tools that look into what was made.
pub(crate) const PACKAGE_LINUX: &[Need] = &[
    Need {
        package: "dpkg",
        why: "inspecting the .deb",
        check: Check::Program("dpkg-deb"),
    },
    Need {
        package: "rpm",
        why: "inspecting the .rpm",
        check: Check::Program("rpm"),
    },
];

/// What building needs on macOS; nothing is installed there, only named.
pub(crate) const BUILD_MACOS: &[Need] = &[
    Need {
        package: "Xcode command line tools (xcode-select --install)",
        why: "compiling C and linking",
        check: Check::Program("cc"),
    },
    Need {
        package: "Xcode command line tools (xcode-select --install)",
        why: "building OpenSSL",
        check: Check::Program("make"),
    },
    Need {
        package: "perl",
        why: "building OpenSSL",
        check: Check::Program("perl"),
    },
];

/// What building needs on Windows; nothing is installed there, only named.
pub(crate) const BUILD_WINDOWS: &[Need] = &[
    Need {
        package: "Strawberry Perl (winget install StrawberryPerl.StrawberryPerl)",
        why: "building OpenSSL",
        check: Check::Program("perl"),
    },
    Need {
        package: "LLVM (winget install LLVM.LLVM)",
        why: "the bindings to SQLite's session extension",
        check: Check::Program("clang"),
    },
];

impl Check {
    /// Whether this machine passes the check.
    pub(crate) fn passes(self) -> bool {
        match self {
            Self::Program(name) => find_program(name).is_some(),
            Self::Library(name) => quiet("pkg-config", &["--exists", name]),
            Self::Runs(program, arguments) => quiet(program, arguments),
            Self::Postgres => find_program("initdb").is_some() || debian_has_postgres(),
            Self::Libclang => {
                std::env::var_os("LIBCLANG_PATH").is_some_and(|path| holds_libclang(Path::new(&path)))
                    || libclang_directories()
                        .iter()
                        .any(|directory| holds_libclang(directory))
            }
        }
    }
}

/// The needs that this machine does not meet.
pub(crate) fn missing<'a>(needs: impl IntoIterator<Item = &'a Need>) -> Vec<Need> {
    needs
        .into_iter()
        .filter(|need| !need.check.passes())
        .copied()
        .collect()
}

/// The program's place on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|directory| directory.join(&file))
        .find(|candidate| candidate.is_file())
}

/// Runs a program without its output; `false` also when it cannot be started.
pub(crate) fn quiet(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a version of PostgreSQL's server lies where Debian and Ubuntu put it.
fn debian_has_postgres() -> bool {
    std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
        versions
            .flatten()
            .any(|version| version.path().join("bin/initdb").is_file())
    })
}

/// Where distributions put libclang: the versioned LLVM directories and the library directories themselves.
fn libclang_directories() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = [
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
    ]
    .map(PathBuf::from)
    .into();
    if let Ok(entries) = std::fs::read_dir("/usr/lib") {
        directories.extend(
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm"))
                .map(|entry| entry.path().join("lib")),
        );
    }
    directories
}

fn holds_libclang(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // libclang-cpp is another library.
            name.strip_prefix("libclang")
                .and_then(|rest| rest.strip_prefix('.').or_else(|| rest.strip_prefix('-')))
                .is_some_and(|rest| !rest.starts_with("cpp") && name.contains(".so"))
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn libclang_is_told_from_its_namesakes() {
        for (file, found) in [
            ("libclang.so", true),
            ("libclang-14.so.1", true),
            ("libclang.so.14.0.6", true),
            ("libclang-cpp.so.14", false),
            ("libclangAST.a", false),
        ] {
            let directory = tempfile::tempdir().unwrap();
            std::fs::write(directory.path().join(file), "").unwrap();
            assert_eq!(holds_libclang(directory.path()), found, "{file}");
        }
    }

    #[test]
    fn only_what_fails_is_missing() {
        let there = Need {
            package: "cargo",
            why: "",
            check: Check::Program("cargo"),
        };
        let absent = Need {
            package: "x",
            why: "",
            check: Check::Program("no-such-program-here"),
        };
        let missing: Vec<_> = missing(&[there, absent])
            .iter()
            .map(|need| need.package)
            .collect();
        assert_eq!(missing, ["x"]);
    }
}
