import { openMicrophone } from "./microphone.ts";

/** Length of a key's tone and of the pause after it, milliseconds. */
const TONE_MS = 160;
const PAUSE_MS = 70;

/** The audio of one call: the microphone out, the other side in, as one peer connection. */
export class Line {
  readonly #peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  readonly #speaker = new Audio();
  /** What the other side says. */
  readonly remote = new MediaStream();

  private constructor(readonly microphone: MediaStream) {
    for (const track of microphone.getAudioTracks()) this.#peer.addTrack(track, microphone);
    this.#peer.ontrack = ({ track }) => {
      this.remote.addTrack(track);
      this.#speaker.srcObject = this.remote;
      void this.#play();
    };
  }

  /** Plays; a browser that wants a click or a key first is asked again at the next one. */
  async #play(): Promise<void> {
    try {
      await this.#speaker.play();
    } catch {
      const again = () => void this.#speaker.play().catch(() => undefined);
      for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, again, { once: true });
    }
  }

  static async open(): Promise<Line> {
    return new Line(await openMicrophone());
  }

  /** Returns an offer; a later one starts the network part anew. */
  async offer(): Promise<string> {
    const iceRestart = this.#peer.remoteDescription !== null;
    return this.#describe(await this.#peer.createOffer({ iceRestart }));
  }

  /** Takes the answer to an offer; one that comes twice is taken once. */
  async takeAnswer(sdp: string): Promise<void> {
    if (this.#peer.signalingState !== "have-local-offer") return;
    await this.#peer.setRemoteDescription({ type: "answer", sdp });
  }

  async answerTo(offer: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: "offer", sdp: offer });
    return this.#describe(await this.#peer.createAnswer());
  }

  mute(isMuted: boolean): void {
    for (const track of this.microphone.getAudioTracks()) track.enabled = !isMuted;
  }

  /** Plays keys to the other side, and tells whether that can be done within the audio. */
  press(keys: string): boolean {
    const dtmf = this.#peer.getSenders()[0]?.dtmf;
    if (!dtmf?.canInsertDTMF) return false;
    dtmf.insertDTMF(dtmf.toneBuffer + keys, TONE_MS, PAUSE_MS);
    return true;
  }

  close(): void {
    this.#peer.close();
    this.#speaker.srcObject = null;
    for (const track of this.microphone.getTracks()) track.stop();
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<string> {
    await this.#peer.setLocalDescription(description);
    return this.#peer.localDescription?.sdp ?? "";
  }
}
