// What the person ordered, as merchants tell of it (alipay.merchant.order.sync): how each order stands, and the program's page about it.

import { el, fill, onTap } from './dom';
import { icon } from './icons';
import { onPress } from './press';
import { listOrders, type Ordered } from './purse';
import { why } from './refusal';
import type { Shell } from './shell';
import { day, language, say, type Word } from './strings';
import { backHead } from './wallet';

/** How merchants call the states of an order, with the platform's own spellings; another word is shown as it came. */
const states: Record<string, Word> = {
  WAIT_PAY: 'orderWaits',
  PAID: 'orderPaid',
  MERCHANT_PAID: 'orderPaid',
  MERCHANT_CONFIRMED: 'orderConfirmed',
  MERCHENT_SERVICING: 'orderServing',
  MERCHANT_SERVICING: 'orderServing',
  MERCHANT_DELIVERD: 'orderDelivered',
  MERCHANT_DELIVERED: 'orderDelivered',
  MERCHANT_FINISHED: 'orderFinished',
  FINISHED: 'orderFinished',
  REFUNDED: 'orderRefunded',
  CANCELED: 'orderClosed',
  CLOSED: 'orderClosed',
};

export function drawOrders(shell: Shell): HTMLElement {
  const list = el('div', { class: 'list', 'aria-live': 'polite' }, el('p', { class: 'empty' }, el('span', { class: 'spinner' })));
  listOrders().then(
    ({ orders }) => fill(list, orders.length ? orders.map((order) => orderRow(shell, order)) : el('p', { class: 'empty' }, say('ordersNone'))),
    (problem: unknown) => fill(list, el('p', { class: 'empty' }, why(problem))),
  );
  return el('div', { class: 'page' }, backHead(say('orders')), el('section', { class: 'block' }, el('p', { class: 'note' }, say('ordersWhy')), list));
}

function titleOf(order: Ordered): string {
  if (!order.title) return say('orderOf', order.number);
  return order.items > 1 ? say('orderMore', order.title, language() === 'zh-Hans' ? order.items : order.items - 1) : order.title;
}

function stateOf(order: Ordered): string {
  const known = states[(order.status ?? '').toUpperCase()];
  return known ? say(known) : (order.status ?? '');
}

function orderRow(shell: Shell, order: Ordered): HTMLElement {
  const { appId } = order;
  const seller = (language() === 'zh-Hans' && order.merchantZh) || order.merchant;
  const state = stateOf(order);
  const row = el(
    appId ? 'button' : 'div',
    { class: appId ? 'row order' : 'row plain order', 'data-order': order.number },
    el('span', { class: 'row-icon' }, icon('bill', 22)),
    el('span', { class: 'row-text' }, el('strong', null, titleOf(order)), el('small', null, `${seller} · ${day(order.at)}`), state ? el('small', { class: 'order-state' }, state) : null),
    el('span', { class: 'row-end' }, order.amount ? el('strong', { class: 'amount' }, `¥${order.amount}`) : null),
    appId ? icon('next', 18) : null,
  );
  if (appId) {
    onPress(row, () => shell.press(appId, order.page ?? '', order.query ?? ''));
    onTap(row, () => shell.open(appId, order.page ?? '', order.query ?? ''));
  }
  return row;
}
