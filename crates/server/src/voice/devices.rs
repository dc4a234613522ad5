//! Browsers' devices on their way to the exchange's loop.

use std::sync::Arc;

use api::{Device, Devices, FromDevice};
use tokio::sync::mpsc;

use super::switchboard::Request;
use crate::house::House;

/// How many frames of one device may wait before its socket is not read any longer.
const WAITING_MAX: usize = 64;

/// A device's number: a page that is loaded again is another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DeviceId(pub(super) u64);

/// What happens to a device.
pub(crate) enum DeviceChange {
    /// It has shown its token.
    Came(Box<Device>),
    /// It says something.
    Said(Box<FromDevice>),
    /// Its socket is gone.
    Went,
}

/// The door for devices.
pub(crate) struct DeviceDoor(pub(crate) Arc<House>);

impl Devices for DeviceDoor {
    fn connect(&self, device: Device) -> mpsc::Sender<FromDevice> {
        let (say, mut said) = mpsc::channel(WAITING_MAX);
        let id = self.0.switchboard.next_device();
        let requests = self.0.switchboard.requests();
        tokio::spawn(async move {
            let mut change = Some(DeviceChange::Came(Box::new(device)));
            while let Some(next) = change {
                if requests.send(Request::Device(id, next)).await.is_err() {
                    return;
                }
                change = said.recv().await.map(|frame| DeviceChange::Said(Box::new(frame)));
            }
            // The loop may have ended with the process.
            let _ = requests.send(Request::Device(id, DeviceChange::Went)).await;
        });
        say
    }
}
