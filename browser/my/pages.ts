// Pages of the super-app that a program opens over itself: the card pack, and what an address of Alipay's own pages means here. The
// shell opens them. Each stands on my and on my.ap, but the three that are of my.ap alone.
import { type Family, forwarded } from "./call";

const pack = forwarded(`
  openCardList openMerchantCardList openCardDetail openVoucherList openMerchantVoucherList openVoucherDetail openKBVoucherDetail
  openTicketList openMerchantTicketList openTicketDetail`);

export const pages: Family = { ...pack, ap: { ...pack, ...forwarded("navigateToAlipayPage openAlipayApp openURL") } };
