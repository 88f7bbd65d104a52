// my.generateImageFromCode: a QR code as a picture. Our server computes the modules (POST /my/{appId}/encode), the shell draws them.

import { fail, type Call } from '../broker';
import { el } from '../dom';
import { my } from '../host';
import { text } from './dialog';

const badCode = 102;
const widthMax = 2_000;
const quietModules = 4;

/** generateImageFromCode answers {image}: a PNG as a data address, width pixels a side. */
export async function generateImageFromCode({ running, opts }: Call): Promise<unknown> {
  const code = text(opts.code, 3_000);
  const width = Math.round(Number(opts.width ?? 200));
  const colour = text(opts.codeColor, 9) || '#000000';
  if (!code) fail(badCode, 'generateImageFromCode needs code');
  if (text(opts.format || 'QRCODE', 20).toUpperCase() !== 'QRCODE') fail(badCode, 'the format is QRCODE');
  if (!(width >= 20 && width <= widthMax)) fail(badCode, `width is between 20 and ${widthMax}`);
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(colour)) fail(badCode, 'codeColor is a colour in hexadecimal');
  const level = text(opts.correctLevel, 1).toUpperCase() || 'H';
  const { rows } = (await my(running.program.appId, 'encode', { text: code, level }).catch(() => fail(badCode, 'this code is too long'))) as { rows: string[] };
  return { image: draw(rows, width, colour) };
}

function draw(rows: string[], width: number, colour: string): string {
  const canvas = el('canvas', { width, height: width });
  const pen = canvas.getContext('2d');
  if (!pen) return fail(3, 'this browser cannot draw');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, width, width);
  pen.fillStyle = colour;
  const step = width / (rows.length + 2 * quietModules);
  const edge = (n: number): number => Math.round((n + quietModules) * step);
  rows.forEach((row, y) => [...row].forEach((module, x) => module === '1' && pen.fillRect(edge(x), edge(y), edge(x + 1) - edge(x), edge(y + 1) - edge(y))));
  return canvas.toDataURL('image/png');
}
