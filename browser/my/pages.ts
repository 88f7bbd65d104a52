// Pages of the super-app that a program opens over itself: the card pack, what an address of Alipay's own pages means here, and the
// question which messages the person wants. The shell opens them. Those of the pack stand on my and on my.ap.
import { listen } from "../worker/shell";
import { type Family, forwarded, listeners } from "./call";

const pack = forwarded(`
  openCardList openMerchantCardList openCardDetail openVoucherList openMerchantVoucherList openVoucherDetail openKBVoucherDetail
  openTicketList openMerchantTicketList openTicketDetail`);

const located = listeners(); // where the person is, of an open chooseCity

export const connectPages = (): void => { listen("locatedComplete", data => located.tell(data ?? {})); };

export const pages: Family = { ...pack, onLocatedComplete: located.on, offLocatedComplete: located.off, ...forwarded("requestSubscribeMessage unsubscribeMessage hideAddToDesktopMenu hideAllAddToDesktopMenu setLocatedCity"), ap: { ...pack, ...forwarded("navigateToAlipayPage openAlipayApp openURL") } };
