//! Keys of the telephone, either way and in either form: as RFC 4733 events or as sound.

pub(crate) mod detector;
pub(crate) mod event;
pub(crate) mod sender;

/// The keys in the order of their event codes (RFC 4733 §3.2).
const BY_CODE: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// Returns the key of an event code.
pub(crate) fn of_code(code: u8) -> Option<char> {
    BY_CODE.get(usize::from(code)).copied()
}

/// Returns the event code of a key.
pub(crate) fn code_of(key: char) -> Option<u8> {
    let key = key.to_ascii_uppercase();
    BY_CODE.iter().position(|&other| other == key).map(|code| code as u8)
}
