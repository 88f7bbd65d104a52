// The table of souk.mock.json: shown, edited and saved where the program lies. The server judges it.

import { el } from '../dom';
import { call } from '../host';
import type { Panel } from './panels';

const example = `{
  "requests": [
    { "url": "https://api.example.com/items", "data": [{ "id": 1, "name": "Mocha" }] }
  ]
}
`;

export function mocksPanel(): Panel {
  const field = el('textarea', { class: 'dv-area tall', spellcheck: 'false', 'aria-label': 'souk.mock.json' });
  const problem = el('p', { class: 'dv-problem', role: 'status' });
  let saved = '';
  const say = (words: string): void => {
    problem.textContent = words;
  };
  const read = async (): Promise<void> => {
    const table = (await call('GET', '/-/dev/mocks')) as { text: string; problem?: string };
    if (field.value !== saved) return; // somebody is writing
    saved = field.value = table.text || example;
    say(table.problem ?? (table.text ? '' : 'There is no souk.mock.json yet: this is an example; save makes the file.'));
  };
  const save = (): void => {
    call('PUT', '/-/dev/mocks', { text: field.value }).then(
      () => {
        saved = field.value;
        say('Saved. The next request is answered by it.');
      },
      (refused: Error) => say(refused.message),
    );
  };
  return {
    name: 'Mocks',
    kinds: [],
    node: el('div', { class: 'dv-panel' }, el('p', { class: 'dv-note' }, 'souk.mock.json answers my.request: the first url that fits (* is anything) gives data or a file.'), field, el('div', { class: 'dv-tools' }, el('button', { class: 'dv-button', onclick: save }, 'save'), problem)),
    draw: () => void read().catch((refused: Error) => say(refused.message)),
  };
}
