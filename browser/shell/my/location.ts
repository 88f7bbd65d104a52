// Position: read with consent, shown and chosen on a plain page (no map tiles are fetched).

import { badArgument, fail, notAllowed, type Call, type Handlers } from '../broker';
import { consent } from '../consent';
import { el } from '../dom';
import { icon } from '../icons';
import { openSheet } from '../layer';
import { nearestCity } from '../regions';
import type { Running } from '../running';
import { say } from '../strings';
import { queue, text } from './dialog';

const positionMs = 10_000;

/** position asks the browser. 11: refused, 12: not to be had, 13: too slow. */
function position(): Promise<GeolocationPosition> {
  return new Promise((done, refuse) => {
    if (!('geolocation' in navigator)) return refuse({ error: 12, errorMessage: 'this browser has no position' });
    navigator.geolocation.getCurrentPosition(
      done,
      (why) => refuse({ error: why.code === why.PERMISSION_DENIED ? 11 : why.code === why.TIMEOUT ? 13 : 12, errorMessage: why.message || 'the position is not known' }),
      { timeout: positionMs, maximumAge: 30_000 },
    );
  });
}

/** whereabouts is where the person is, once the person has allowed that. */
export async function whereabouts(running: Running): Promise<{ latitude: number; longitude: number }> {
  if (!(await consent(running, 'location'))) fail(notAllowed, 'the person did not allow the position');
  const { latitude, longitude } = (await position()).coords;
  return { latitude, longitude };
}

async function getLocation({ running, opts }: Call): Promise<unknown> {
  if (!(await consent(running, 'location'))) fail(notAllowed, 'the person did not allow the position');
  const { coords } = await position();
  const plain = { longitude: String(coords.longitude), latitude: String(coords.latitude), accuracy: String(coords.accuracy), horizontalAccuracy: String(coords.accuracy) };
  if (!Number(opts.type)) return plain;
  const city = nearestCity(coords.latitude, coords.longitude);
  return { ...plain, country: city ? '中国' : '', countryCode: city ? '86' : '', province: city?.province ?? '', city: city?.city ?? '', cityAdcode: city?.adcode ?? '', district: '', districtAdcode: '', streetNumber: { street: '', number: '' }, pois: [] };
}

interface Place {
  latitude: number;
  longitude: number;
  name: string;
  address: string;
}

function placeOf(opts: Record<string, unknown>): Place {
  const latitude = Number(opts.latitude);
  const longitude = Number(opts.longitude);
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) fail(badArgument, 'latitude and longitude are needed');
  return { latitude, longitude, name: text(opts.name, 100), address: text(opts.address, 200) };
}

function placeCard(place: Place): HTMLElement {
  return el(
    'div',
    { class: 'place' },
    el('div', { class: 'place-map', 'aria-hidden': 'true' }, icon('pin', 34)),
    el('strong', null, place.name || `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`),
    place.address ? el('p', null, place.address) : null,
    el('small', null, `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`),
  );
}

/** openLocation shows a place, and opens the device's own map when asked. */
async function openLocation({ running, opts }: Call): Promise<unknown> {
  const place = placeOf(opts);
  const there = `geo:${place.latitude},${place.longitude}?q=${place.latitude},${place.longitude}(${encodeURIComponent(place.name)})`;
  await queue(running, () => new Promise<void>((done) => {
    const leave = (): void => {
      layer.close();
      done();
    };
    const layer = openSheet(running.layers, place.name || say('openMap'), say('close'), leave, placeCard(place), el('div', { class: 'sheet-foot' }, el('a', { class: 'wide', href: there, rel: 'noreferrer' }, say('openMap'))));
  }));
  return {};
}

async function chooseLocation(call: Call): Promise<unknown> {
  const { running } = call;
  if (!(await consent(running, 'location', true))) fail(notAllowed, 'the person did not allow the position');
  const { coords } = await position();
  const city = nearestCity(coords.latitude, coords.longitude);
  const place: Place = { latitude: coords.latitude, longitude: coords.longitude, name: city?.city ?? '', address: city ? `${city.province}${city.city}` : '' };
  return queue(running, () => new Promise<unknown>((done, refuse) => {
    const name = el('input', { class: 'dialog-field', value: place.name, maxlength: 60, 'aria-label': say('choosePlace') });
    const finish = (chosen: boolean): void => {
      layer.close();
      if (chosen) done({ ...place, name: name.value, provinceName: city?.province ?? '', cityName: city?.city ?? '' });
      else refuse({ error: 11, errorMessage: 'the person left' });
    };
    const layer = openSheet(running.layers, say('choosePlace'), say('close'), () => finish(false), placeCard(place), name, el('div', { class: 'sheet-foot' }, el('button', { class: 'wide', onclick: () => finish(true) }, say('choosePlace'))));
  }));
}

export const locationCalls: Handlers = { getLocation, openLocation, chooseLocation };
