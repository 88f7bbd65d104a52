// Pages of the super-app that a program opens over itself: the card pack, what an address of Alipay's own pages means here, and the
// question which messages the person wants. The shell opens them. Those of the pack stand on my and on my.ap.
import { type Family, forwarded } from "./call";

const pack = forwarded(`
  openCardList openMerchantCardList openCardDetail openVoucherList openMerchantVoucherList openVoucherDetail openKBVoucherDetail
  openTicketList openMerchantTicketList openTicketDetail`);

export const pages: Family = { ...pack, ...forwarded("requestSubscribeMessage unsubscribeMessage hideAddToDesktopMenu hideAllAddToDesktopMenu"), ap: { ...pack, ...forwarded("navigateToAlipayPage openAlipayApp openURL") } };
