// The pad on which a PIN is typed, at the cashier and wherever money leaves.

import { el, fill } from './dom';
import { icon } from './icons';
import { say } from './strings';

const pinLength = 6;

export interface PinPad {
  dots: HTMLElement;
  keys: HTMLElement;
  clear(): void;
  lock(locked: boolean): void;
}

/** makePinPad has its own keys: a phone's keyboard is never asked, and a program never sees a key. */
export function makePinPad(complete: (pin: string) => void, disabled: boolean): PinPad {
  let pin = '';
  let locked = disabled;
  const dots = el('div', { class: 'pin', role: 'status' });
  const draw = (): void => {
    dots.setAttribute('aria-label', say('pinDigits', pin.length));
    fill(dots, Array.from({ length: pinLength }, (_, i) => el('i', { class: i < pin.length ? 'full' : '' })));
  };
  const press = (key: string): void => {
    if (locked) return;
    if (key === 'erase') pin = pin.slice(0, -1);
    else if (pin.length < pinLength) pin += key;
    draw();
    if (pin.length === pinLength && key !== 'erase') complete(pin);
  };
  const names = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', 'erase'];
  const keys = el(
    'div',
    { class: 'keys', tabindex: 0, role: 'group', 'aria-label': say('cashierPin') },
    names.map((name) =>
      name === '' ? el('span') : el('button', { 'data-key': name, 'aria-label': name === 'erase' ? say('pinErase') : name, disabled, onclick: () => press(name) }, name === 'erase' ? icon('backspace', 26) : name),
    ),
  );
  keys.addEventListener('keydown', (event) => {
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === 'Backspace') press('erase');
  });
  draw();
  return {
    dots,
    keys,
    clear() {
      pin = '';
      draw();
    },
    lock(now) {
      locked = now;
      keys.classList.toggle('locked', now);
    },
  };
}
