// Every call a mini-program can make of the shell, by name. What is not here is answered with "not supported".

import type { Handlers } from '../broker';
import { authCalls } from './auth';
import { cameraCalls } from './camera';
import { contactCalls } from './contact';
import { deviceCalls } from './device';
import { dialogCalls } from './dialog';
import { fileCalls } from './file';
import { locationCalls } from './location';
import { mediaCalls } from './media';
import { networkCalls } from './network';
import { noticeCalls } from './notice';
import { packageCalls } from './packages';
import { pageCalls } from './pages';
import { payCalls } from './pay';
import { pickerCalls } from './picker';
import { recordCalls } from './record';
import { sensorCalls } from './sensor';
import { shareCalls } from './share';
import { windowCalls } from './window';

export const handlers: Handlers = {
  ...authCalls,
  ...cameraCalls,
  ...contactCalls,
  ...deviceCalls,
  ...dialogCalls,
  ...fileCalls,
  ...locationCalls,
  ...mediaCalls,
  ...networkCalls,
  ...noticeCalls,
  ...packageCalls,
  ...pageCalls,
  ...payCalls,
  ...pickerCalls,
  ...recordCalls,
  ...sensorCalls,
  ...shareCalls,
  ...windowCalls,
};
