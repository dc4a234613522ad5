//! The contents of conversations' media: a file each, in the data folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use domain::MediaSid;
use store::Error;
use tokio::fs;
use tokio::io::AsyncWriteExt;

/// The folder's name in the data folder.
const NAME: &str = "media";

/// A folder with a file for each medium.
pub(crate) struct MediaFolder(PathBuf);

impl MediaFolder {
    /// Names the folder; it is made when the first medium comes.
    pub(crate) fn below(data: &Path) -> Self {
        Self(data.join(NAME))
    }

    /// Writes a medium, whole or not at all.
    pub(crate) async fn put(&self, medium: MediaSid, content: Vec<u8>) -> Result<(), Error> {
        let written = async {
            fs::create_dir_all(&self.0).await?;
            let draft = self.0.join(format!("{medium}.part"));
            let mut file = fs::File::create(&draft).await?;
            file.write_all(&content).await?;
            file.sync_all().await?;
            fs::rename(draft, self.0.join(medium.to_string())).await
        };
        written.await.map_err(|error| unavailable(medium, &error))
    }

    /// Reads a medium; none where there is no such file.
    pub(crate) async fn get(&self, medium: MediaSid) -> Result<Option<Vec<u8>>, Error> {
        match fs::read(self.0.join(medium.to_string())).await {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unavailable(medium, &error)),
        }
    }

    /// Removes a medium; one that is not there is gone already.
    pub(crate) async fn remove(&self, medium: MediaSid) -> Result<(), Error> {
        match fs::remove_file(self.0.join(medium.to_string())).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unavailable(medium, &error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn unavailable(medium: MediaSid, error: &std::io::Error) -> Error {
    Error::Unavailable(format!("the file of medium {medium}: {error}"))
}
