// Entry point of the shell: the trusted page. Draws the phone, reads who is using it, follows the address.

import { begun } from './ahead';
import { showCameras } from './camera';
import { makeDesk } from './dev/desk';
import { openPanels } from './dev/panels';
import { drawHome } from './home';
import { el, fill } from './dom';
import { decode, readSession, type Session } from './host';
import { icon, type IconName } from './icons';
import { listenToDeveloper } from './live';
import { leaveLayers, showToast } from './layer';
import { drawConsents, drawMe } from './me';
import { networkType } from './my/device';
import { press } from './press';
import { hashOf, leavePages, openProgram, type Launch, type Opener } from './program';
import { depthOf } from './running';
import { go, parsePlace, programHash, wantedKey, type Place } from './route';
import { siteOf, takeEarly, type Early } from './site';
import { readLanguage, readTheme, useTheme, type Shell } from './shell';
import { chooseLanguage, say, type Word } from './strings';
import { watchSize } from './system';
import { makeTrail } from './trail';
import { makePool } from './warm';
import { drawBills } from './billpage';
import { drawCashierPage } from './cashierpage';
import { drawCollect, drawPayCollect } from './collect';
import { drawPayCode } from './paycode';
import { watchKeyboard } from './keyboard';
import { codeOf } from './refusal';
import { drawCards } from './cardpack';
import { drawMessages } from './messages';
import { drawOrders } from './orders';
import { drawPass } from './pass';
import { drawPromises } from './promises';
import { drawSecurity } from './security';
import { drawSignIn } from './signin';
import { drawTransfer } from './transfer';
import { drawBill, drawWallet } from './wallet';

const nobody: Session = { person: { id: '', name: '' }, people: [], demo: false };

/** drawPhone puts the shell's own page and its dialogs under and over the programs, where one may be opening already. */
function drawPhone({ phone, programs }: Early): Shell {
  const screen = el('main', { class: 'screen' });
  const over = el('div', { class: 'layers over-all' });
  programs.before(screen);
  programs.after(over);
  return { phone, screen, programs, over, session: nobody, running: new Map(), front: null, refresh: () => undefined, handIn: () => undefined, press: () => () => undefined, open: () => undefined };
}

function draw(shell: Shell, place: Place): void {
  const pages: Record<Exclude<Place['name'], 'program'>, () => HTMLElement> = {
    home: () => drawHome(shell),
    wallet: () => drawWallet(shell),
    bills: () => drawBills(shell),
    bill: () => drawBill(place.id),
    me: () => drawMe(shell),
    consents: () => drawConsents(),
    paycode: () => drawPayCode(shell),
    collect: () => (place.id ? drawPayCollect(shell, place.id) : drawCollect(shell)),
    transfer: () => drawTransfer(shell),
    security: () => drawSecurity(shell),
    cashier: () => drawCashierPage(shell, place.params),
    signin: () => drawSignIn(shell),
    promises: () => drawPromises(shell),
    orders: () => drawOrders(shell),
    cards: () => drawCards(place.params),
    messages: () => drawMessages(shell),
    pass: () => drawPass(shell, place.id, place.params),
  };
  const name = place.name === 'program' ? 'home' : place.name;
  const tabbed = name === 'home' || name === 'wallet' || name === 'me';
  fill(shell.screen, pages[name](), tabbed ? hostTabs(name) : null);
}

function hostTabs(on: string): HTMLElement {
  const tabs: [string, Word, IconName, string][] = [
    ['home', 'home', 'home', '#/'],
    ['wallet', 'wallet', 'wallet', '#/wallet'],
    ['me', 'me', 'person', '#/me'],
  ];
  return el(
    'nav',
    { class: 'host-tabs' },
    tabs.map(([name, word, sign, hash]) => el('button', { class: name === on ? 'tab on' : 'tab', 'aria-current': name === on ? 'page' : null, onclick: () => go(hash) }, icon(sign, 24), el('span', null, say(word)))),
  );
}

/** arrive makes what is shown agree with the address. */
function arrive(opener: Opener): void {
  const { shell, trail } = opener;
  const place = parsePlace(location.hash);
  leaveLayers(shell.over);
  if (place.name !== 'program') {
    shell.front?.hide();
    draw(shell, place);
    return;
  }
  if (shell.front?.program.appId === place.id && !place.scene) return;
  shell.front?.hide();
  setTimeout(() => shell.screen.hasChildNodes() || draw(shell, place), behindAfterMs);
  trail.entered(inside);
  inside = false;
  void openProgram(opener, place.id, { page: place.page, query: place.query, scene: place.scene });
}

/** The page behind a program that was opened by its address is drawn when that has had its time. */
const behindAfterMs = 1_500;

let inside = false;

/** openInside opens a program from the shell's own page: first the program, whose worker is then at work or whose page is seen, then the address. */
function openInside(opener: Opener, appId: string, launch: Launch): void {
  const { shell, trail } = opener;
  const hash = programHash(appId, launch.page, launch.query, launch.scene);
  if (shell.running.has(appId)) {
    inside = true;
    return go(hash);
  }
  shell.front?.hide();
  void openProgram(opener, appId, launch, () => {
    const { front } = shell;
    if (front && front.program.appId !== appId) return; // another was opened since
    history.pushState(null, '', hash);
    trail.entered(true);
    // One that was begun ahead has its first page already.
    if (front && depthOf(front) > 0) trail.follow(depthOf(front), hashOf(front), true);
  });
}

function followDevice(shell: Shell): void {
  watchKeyboard(shell);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    useTheme(readTheme());
    const theme = document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
    for (const running of shell.running.values()) {
      running.tellFrame({ k: 'theme', theme });
      running.send({ k: 'event', name: 'theme', data: { theme, colorScheme: theme } });
    }
  });
  const network = (): void => {
    for (const running of shell.running.values()) running.send({ k: 'event', name: 'networkChange', data: { isConnected: navigator.onLine, networkType: networkType(), networkAvailable: navigator.onLine } });
  };
  addEventListener('online', network);
  addEventListener('offline', network);
  document.addEventListener('visibilitychange', () => {
    shell.front?.send({ k: 'event', name: document.hidden ? 'appHide' : 'appShow', data: { scene: '1001', query: {}, path: '' } });
    if (shell.front) showCameras(shell, shell.front);
  });
  new ResizeObserver(() => {
    const width = shell.phone.clientWidth;
    for (const running of shell.running.values()) {
      running.tellFrame({ k: 'resize', rpx: width / 750 });
      running.send({ k: 'event', name: 'resize', data: { size: { windowWidth: width, windowHeight: running.frame.clientHeight } } });
    }
  }).observe(shell.phone);
}

/** askWho goes to the sign-in page and comes back to where the person was going. */
function askWho(): void {
  const wanted = location.hash;
  go('#/signin');
  if (wanted && !wanted.startsWith('#/signin')) sessionStorage.setItem(wantedKey, wanted);
}

/** firstSession is who uses the shell, by way of what the page's first lines have asked. */
async function firstSession({ session, opening }: Early): Promise<Session> {
  if (session) return (await decode(await session)) as Session;
  let met: Session | null = null;
  // A program that cannot be opened is no reason not to know who asks: it says why where it would have opened.
  if (opening) await begun(opening, (known) => (met = known)).catch(() => undefined);
  return met ?? readSession();
}

async function main(): Promise<void> {
  const early = takeEarly();
  const { site, ready } = siteOf(early);
  chooseLanguage(readLanguage());
  useTheme(readTheme());
  const shell = drawPhone(early);
  let known = false; // who is using the shell: until then nothing opens
  const trail = makeTrail(
    () => (shell.front ? depthOf(shell.front) : 0),
    (pages) => {
      if (shell.front) void leavePages(opener, shell.front, pages);
    },
    () => {
      if (known) arrive(opener);
    },
  );
  const opener: Opener = { site, shell, trail, warm: makePool(site, shell.programs, early.opening), press: null };
  if (site.dev) {
    opener.desk = makeDesk();
    openPanels(opener, opener.desk);
  }
  shell.refresh = () => {
    document.title = 'Souk';
    draw(shell, parsePlace(location.hash));
  };
  shell.handIn = (bundle) => opener.warm.handIn(bundle);
  shell.press = (appId, page = '', query = '', scene = '1001') => press(opener, appId, { page, query, scene });
  shell.open = (appId, page = '', query = '', scene = '1001') => openInside(opener, appId, { page, query, scene });
  try {
    shell.session = await firstSession(early);
  } catch (problem) {
    if (codeOf(problem) === 'NOT_SIGNED_IN') askWho();
    else showToast(shell.over, say('offline'), 'exception', 4000);
  }
  await ready;
  known = true;
  followDevice(shell);
  watchSize(shell.phone);
  if (site.dev) listenToDeveloper(opener);
  arrive(opener);
}

void main();
