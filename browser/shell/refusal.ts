// What a refusal of the server says to the person, in the language in use.

import { Refused } from './host';
import { refusalIn } from './refusals';
import { language, say } from './strings';

export function why(problem: unknown): string {
  if (problem instanceof DOMException && problem.name === 'NotAllowedError') return say('passkeyLeft'); // the person closed the device's question
  if (!(problem instanceof Refused)) return problem instanceof Error ? problem.message : String(problem);
  if (problem.status === 0) return say('offline');
  return (language() === 'zh-Hans' && refusalIn(problem.code, problem.message)) || sentence(problem.message);
}

/** sentence begins as sentences do; the server's words also stand inside other sentences. */
function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export function codeOf(problem: unknown): string {
  return problem instanceof Refused ? problem.code : '';
}

/** typedYuan writes what was typed with two decimals; the server judges it. */
export function typedYuan(typed: string): string {
  const text = typed.trim().replace(',', '.');
  const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(text);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(2, '0')}` : text;
}
