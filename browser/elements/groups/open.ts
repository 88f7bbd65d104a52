// Group "open": what reaches beyond the program: web-view, lifestyle, contact-button, favorite.
import { deliver } from "../deliver";
import css from "./open.css";
import { contactButton, favorite, lifestyle, webView } from "../open";

deliver({ elements: { "a_web_view": webView, "a_lifestyle": lifestyle, "a_contact_button": contactButton, "a_favorite": favorite }, css });
