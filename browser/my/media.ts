// Pictures, which the shell answers for; players.ts has what plays.
import { type Family, forwarded } from "./call";

export const media: Family = {
  ...forwarded(`
    chooseImage previewImage saveImage getImageInfo compressImage`),
};
