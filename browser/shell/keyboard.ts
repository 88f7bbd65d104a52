// The keyboard of a phone covers the lower part of the page without a word to it. What is covered is seen by the page that
// fills the window, which is this one; the program in front and its frame are told.

import type { Shell } from './shell';

/** What is smaller is a bar of the browser's that comes and goes. */
const keyboardLeastPx = 100;

export function watchKeyboard(shell: Shell): void {
  const view = window.visualViewport;
  if (!view) return;
  let told = 0;
  view.addEventListener('resize', () => {
    const covered = Math.round(window.innerHeight - view.height * view.scale);
    const height = covered >= keyboardLeastPx ? covered : 0;
    const running = shell.front;
    if (height === told || !running) return;
    told = height;
    running.send({ k: 'event', name: 'keyboardHeight', data: { height } });
    running.tellFrame({ k: 'keyboard', height });
  });
}
