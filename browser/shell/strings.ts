// Every word the shell says, in both languages, in one table: [English, 简体中文]. {0}, {1} … are filled in.

import { myWords } from './mywords';
import { packWords } from './packwords';
import { purseWords } from './pursewords';

const words = {
  ...myWords,
  ...packWords,
  ...purseWords,
  accept: ['Allow', '允许'],
  about: ['About', '关于'],
  account: ['Wallet balance', '钱包余额'],
  addFavourite: ['Add to favourites', '添加到收藏'],
  allBills: ['All bills', '全部账单'],
  amount: ['Amount', '金额'],
  appearance: ['Appearance', '外观'],
  askLocation: ['Use your position', '获取你的位置信息'],
  askCamera: ['Use the camera', '使用摄像头'],
  askUserInfo: ['Read your name and picture', '获取你的昵称和头像'],
  askPhone: ['Read your phone number', '获取你的手机号'],
  askAddress: ['Read your delivery address', '获取你的收货地址'],
  askAuth: ['Know you as a member', '获取你的会员身份'],
  askClipboard: ['Read the clipboard', '读取剪贴板'],
  askAlbum: ['Save pictures to this device', '保存图片到本机'],
  askWhy: ['{0} asks to:', '“{0}”申请：'],
  askOnce: ['You can change this later under Permissions.', '之后可在“权限”中更改。'],
  authorised: ['Allowed', '已允许'],
  back: ['Back', '返回'],
  balance: ['Balance', '余额'],
  bill: ['Bill', '账单详情'],
  bills: ['Bills', '账单'],
  billsEmpty: ['Nothing bought yet. What you pay shows up here.', '还没有账单。付款之后会显示在这里。'],
  cancel: ['Cancel', '取消'],
  cashier: ['Payment', '付款'],
  cashierPin: ['Enter your six-digit PIN', '请输入6位支付密码'],
  cashierPay: ['Pay ¥{0}', '确认付款 ¥{0}'],
  cashierPaying: ['Paying…', '付款中…'],
  cashierDone: ['Paid', '支付成功'],
  cashierUnknown: ['The result is not known yet', '支付结果确认中'],
  cashierUnknownWhy: ['Do not pay again. Your bills will show whether it went through.', '请勿重复付款，可在账单中查看结果。'],
  cashierFailed: ['Not paid', '支付失败'],
  cashierOffline: ['No connection to the server. Nothing was paid.', '网络不可用，未发生扣款。'],
  cashierLeave: ['Leave without paying?', '放弃付款？'],
  cashierStay: ['Keep paying', '继续付款'],
  cashierGo: ['Leave', '放弃'],
  change: ['Change', '更换'],
  chooseImage: ['Choose a picture', '选择图片'],
  chooseCity: ['Choose a city', '选择城市'],
  choosePlace: ['Use this place', '使用该位置'],
  clear: ['Clear', '清除'],
  close: ['Close', '关闭'],
  confirm: ['OK', '确定'],
  consents: ['Permissions', '授权管理'],
  consentsEmpty: ['No program has asked for anything yet.', '还没有小程序申请过权限。'],
  copied: ['Copied', '已复制'],
  copyLink: ['Copy link', '复制链接'],
  couldNotOpen: ['This program could not be opened', '小程序无法打开'],
  dark: ['Dark', '深色'],
  deny: ['Refuse', '拒绝'],
  denied: ['Not allowed', '已拒绝'],
  demo: ['Demo', '演示'],
  demoWhy: ['Pretend people and pretend money: change between them freely.', '演示人物与演示资金，可随意切换。'],
  done: ['Done', '完成'],
  drag: ['Drag to look around', '拖动查看'],
  error: ['Something went wrong', '出错了'],
  favourited: ['Added to favourites', '已收藏'],
  unfavourited: ['Removed from favourites', '已取消收藏'],
  favourites: ['Favourites', '我的收藏'],
  forget: ['Withdraw', '撤销'],
  goHome: ['Back to the first page', '返回首页'],
  hide: ['Hide balance', '隐藏余额'],
  home: ['Home', '首页'],
  language: ['Language', '语言'],
  leavePage: ['Leave this page?', '离开当前页面？'],
  light: ['Light', '浅色'],
  loading: ['Loading', '加载中'],
  loadMore: ['Show more', '查看更多'],
  me: ['Me', '我的'],
  memberNo: ['Account {0}', '账号 {0}'],
  merchant: ['Paid to', '收款方'],
  method: ['Paid with', '付款方式'],
  menu: ['Menu', '菜单'],
  noMatch: ['Nothing found for “{0}”', '没有找到“{0}”'],
  noPrograms: ['No programs yet', '还没有小程序'],
  number: ['Trade number', '交易号'],
  order: ['Order number', '商户订单号'],
  offline: ['No connection to the server', '无法连接服务器'],
  openMap: ['Open in a map', '在地图中打开'],
  paid: ['Paid', '支付成功'],
  people: ['People', '切换人物'],
  permissions: ['Permissions', '权限'],
  pictureOf: ['Picture {0} of {1}', '第{0}张，共{1}张'],
  pinDigits: ['{0} of 6 digits entered', '已输入{0}位，共6位'],
  pinHint: ['demo PIN {0}', '演示密码 {0}'],
  pinErase: ['Erase', '删除'],
  point: ['Point the camera at a code', '将二维码/条码放入框内'],
  preferAuto: ['Auto', '跟随系统'],
  programBusy: ['This program does not answer', '小程序没有响应'],
  programBusyWhy: ['It may be stuck in a loop. You can wait or close it.', '可能陷入了死循环，可以继续等待或关闭。'],
  programDied: ['This program stopped', '小程序已停止运行'],
  goOn: ['Go on', '继续'],
  programFailing: ['This program keeps failing', '小程序不断出错'],
  programFailingWhy: ['It met many errors in a short time. You can go on or close it.', '短时间内出现了许多错误，可以继续使用或关闭。'],
  programPushy: ['This program asks for too much', '小程序的请求过多'],
  programPushyWhy: ['It opens dialogs or calls for things without end. You can go on or close it.', '它不断弹出对话框或发起调用，可以继续使用或关闭。'],
  programFlood: ['It sent more than it may and was stopped.', '它发送的消息过多，已被停止。'],
  programCrashed: ['It broke down, most likely because it used up the memory that this device gives a program.', '它已崩溃，很可能是用尽了设备分配给小程序的内存。'],
  programFrameGone: ['It tried to leave its frame and was stopped.', '它试图离开沙箱，已被停止。'],
  recents: ['Recent', '最近使用'],
  refund: ['Refund', '退款'],
  refunded: ['¥{0} came back', '已退款 ¥{0}'],
  refundedFully: ['Refunded', '已全额退款'],
  reload: ['Reload', '重新加载'],
  retry: ['Try again', '重试'],
  receipt: ['Receipt', '查看账单'],
  save: ['Save', '保存'],
  saved: ['Saved', '已保存'],
  scan: ['Scan', '扫一扫'],
  scanManual: ['Type the code', '手动输入'],
  scanPicture: ['From a picture', '从相册选取'],
  scanNothing: ['No code in this picture', '图片中没有识别到码'],
  scanUnable: ['This browser cannot read codes. Type it instead.', '当前浏览器不能识别码，请手动输入。'],
  scanNoCamera: ['No camera can be used here', '无法使用摄像头'],
  search: ['Search services', '搜索服务'],
  select: ['Choose', '请选择'],
  services: ['Services', '服务'],
  share: ['Share', '分享'],
  shareTo: ['Share “{0}”', '分享“{0}”'],
  show: ['Show balance', '显示余额'],
  state: ['State', '状态'],
  subject: ['For', '商品'],
  support: ['Run by {0}', '由 {0} 提供'],
  time: ['Time', '时间'],
  today: ['Today', '今天'],
  tooMany: ['Too many dialogs', '弹窗过多'],
  topUp: ['Top up', '充值'],
  topUpDone: ['¥{0} is in your wallet', '¥{0} 已到账'],
  topUpFrom: ['From the simulated bank', '来自模拟银行'],
  topUpWhy: ['No real money moves.', '不涉及真实资金。'],
  type: ['Kind', '类型'],
  version: ['Version {0}', '版本 {0}'],
  wait: ['Wait', '等待'],
  waiting: ['Waiting for payment', '等待付款'],
  closed: ['Closed', '已关闭'],
  wallet: ['Wallet', '钱包'],
  yesterday: ['Yesterday', '昨天'],
  walletCard: ['Total balance', '总资产'],
  noteTransfer: ['Transfer', '转账'],
  withdraw: ['Withdrawal', '提现'],
  payment: ['Payment', '付款'],
  goTo: ['Open “{0}”?', '打开“{0}”？'],
  callNumber: ['Call {0}?', '拨打 {0}？'],
  unnamed: ['Mini-program', '小程序'],
  files: ['Choose a file', '选择文件'],
} as const;

export type Word = keyof typeof words;
export type Language = 'en' | 'zh-Hans';

let current: Language = 'en';

/** chooseLanguage sets the language from here on; an unknown name means the browser's own. */
export function chooseLanguage(name: string | null): Language {
  const wanted = name || navigator.language;
  current = wanted.toLowerCase().startsWith('zh') ? 'zh-Hans' : 'en';
  document.documentElement.lang = current;
  return current;
}

export function language(): Language {
  return current;
}

/** say gives a word in the language in use. */
export function say(word: Word, ...args: (string | number)[]): string {
  const text: string = words[word][current === 'en' ? 0 : 1];
  return text.replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)] ?? ''));
}

/** day writes a moment (ms) as people read it: today 14:05, yesterday …, else the date. */
export function day(ms: number): string {
  const when = new Date(ms);
  const now = new Date();
  const clock = when.toLocaleTimeString(current, { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((startOfDay(now) - startOfDay(when)) / 86_400_000);
  if (days === 0) return `${say('today')} ${clock}`;
  if (days === 1) return `${say('yesterday')} ${clock}`;
  return `${when.toLocaleDateString(current, { year: 'numeric', month: 'short', day: 'numeric' })} ${clock}`;
}

function startOfDay(d: Date): number {
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}
