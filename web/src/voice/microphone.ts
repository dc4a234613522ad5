const WORDS: Record<string, string> = {
  NotAllowedError: "The microphone is not allowed. Allow it for this page in your browser, then try again.",
  NotFoundError: "There is no microphone. Connect one, then try again.",
  NotReadableError: "The microphone is in use by another program. Close that, then try again.",
};

/** Opens the microphone; an error says what to do about it. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices) {
    throw new Error(
      "Browsers give the microphone to https pages and to localhost only. Open this page there.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new Error(WORDS[name] ?? "The microphone can not be opened. Check that your browser sees it.");
  }
}
