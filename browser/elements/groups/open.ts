// Group "open": what reaches beyond the program: web-view, lifestyle, contact-button, favorite.
import { deliver } from "../deliver";
import { contactButton, favorite, lifestyle, webView } from "../open";

deliver({ "a-web-view": webView, "a-lifestyle": lifestyle, "a-contact-button": contactButton, "a-favorite": favorite });
