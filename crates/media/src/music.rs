//! Our own hold music, made by `cargo xtask hold-music` and part of the binary.

use std::sync::Arc;

use crate::clip::Clip;

static HOLD_MUSIC: &[u8] = include_bytes!("../assets/hold-music.wav");

/// Returns the hold music, which loops without a seam.
pub(crate) fn hold_music() -> Arc<Clip> {
    Arc::new(Clip::from_file_bytes(HOLD_MUSIC.to_vec()).expect("the file in the repository is a WAV file"))
}
