// Pictures and files, which the shell answers for; players.ts has what plays.
import { type Family, forwarded } from "./call";

export const media: Family = {
  ...forwarded(`
    chooseImage previewImage saveImage saveImageToPhotosAlbum getImageInfo compressImage chooseVideo
    saveFile getFileInfo getSavedFileInfo getSavedFileList removeSavedFile openDocument saveFileToDisk detectFileType
    getVideoInfo saveVideoToPhotosAlbum generateImageFromCode`),
};
