//! Our own hold music, made by `cargo xtask hold-music` and part of the binary.

use std::sync::{Arc, OnceLock};

use crate::clip::Clip;

static HOLD_MUSIC: &[u8] = include_bytes!("../../assets/hold-music.wav");

/// Returns the hold music, which loops without a seam; read once, for the first listener.
pub(crate) fn hold_music() -> Arc<Clip> {
    static CLIP: OnceLock<Arc<Clip>> = OnceLock::new();
    let read =
        || Clip::from_file_bytes(HOLD_MUSIC.to_vec()).expect("the file in the repository is a WAV file");
    Arc::clone(CLIP.get_or_init(|| Arc::new(read())))
}
