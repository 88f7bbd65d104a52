// Group "open": what reaches beyond the program: web-view, lifestyle, contact-button, favorite.
import { deliver } from "../deliver";
import { contactButton, favorite, lifestyle, webView } from "../open";

deliver({ "a_web_view": webView, "a_lifestyle": lifestyle, "a_contact_button": contactButton, "a_favorite": favorite });
