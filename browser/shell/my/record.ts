// Sound from the microphone, for my.getRecorderManager: one recording at a time, by the browser's own recorder and in its format.

import { fail, notSupported, type Call, type Handlers } from '../broker';
import { consent } from '../consent';
import type { Running } from '../running';
import { keepTemporary } from './file';

const durationMs = 60_000;
const durationMaxMs = 180_000;
const noMicrophone = 10;
const alreadyRecording = 4;

const recording = new WeakMap<Running, MediaRecorder>();

function formatOf(): string {
  return ['audio/mp4', 'audio/webm;codecs=opus', 'audio/webm'].find((type) => MediaRecorder.isTypeSupported(type)) ?? '';
}

/** record lasts as long as the recording; it tells start, pause, resume, and answers with the file. stop, pause and resume are told to it. */
async function record(call: Call): Promise<unknown> {
  const { running, opts } = call;
  if (typeof MediaRecorder !== 'function') fail(notSupported, 'this browser does not record');
  if (recording.has(running)) fail(alreadyRecording, 'a recording is going on');
  if (!(await consent(running, 'microphone', true))) fail(noMicrophone, 'the person did not allow the microphone');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: Number(opts.numberOfChannels) === 2 ? 2 : 1 } }).catch(() => fail(noMicrophone, 'there is no microphone, or it was not allowed'));
  const most = Math.min(durationMaxMs, Math.max(1_000, Number(opts.duration) || durationMs));
  const bits = Number(opts.encodeBitRate);
  const recorder = new MediaRecorder(stream, { mimeType: formatOf(), ...(bits >= 8_000 && bits <= 320_000 ? { audioBitsPerSecond: bits } : {}) });
  recording.set(running, recorder);
  try {
    return await finished(call, recorder, most);
  } finally {
    recording.delete(running);
    stream.getTracks().forEach((track) => track.stop());
  }
}

async function finished(call: Call, recorder: MediaRecorder, most: number): Promise<unknown> {
  const parts: Blob[] = [];
  let lasted = 0;
  let from = 0;
  const pausing = (): void => void ((lasted += performance.now() - from), (from = NaN));
  const tells: Record<string, () => void> = {
    stop: () => recorder.state !== 'inactive' && recorder.stop(),
    pause: () => recorder.state === 'recording' && recorder.pause(),
    resume: () => recorder.state === 'paused' && recorder.resume(),
  };
  call.told((what) => tells[what]?.());
  call.signal.addEventListener('abort', () => tells.stop?.());
  await new Promise((done, refuse) => {
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstart = () => ((from = performance.now()), call.emit('start'));
    recorder.onpause = () => (pausing(), call.emit('pause'));
    recorder.onresume = () => ((from = performance.now()), call.emit('resume'));
    recorder.onerror = () => refuse({ error: 1001, errorMessage: 'the recording was interrupted' });
    recorder.onstop = done;
    recorder.start();
    setTimeout(() => tells.stop?.(), most);
  });
  if (!Number.isNaN(from)) pausing();
  const sound = new Blob(parts, { type: recorder.mimeType.split(';', 1)[0] ?? '' });
  const tempFilePath = await keepTemporary(call.running, sound);
  return { tempFilePath, apFilePath: tempFilePath, duration: Math.round(lasted / 100) / 10, fileSize: sound.size };
}

async function getAvailableAudioSources(): Promise<unknown> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return { audioSources: devices.some((d) => d.kind === 'audioinput') ? ['auto', 'mic'] : ['auto'] };
}

export const recordCalls: Handlers = { record, getAvailableAudioSources };
