//! A Tauri window with nothing in it: the peer that the start of Kiulu's window is measured against.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!(
        "src-tauri/examples/empty-window/tauri.conf.json"
    ))
}
