// Group "rare": elements that no program we know uses. Some work; of the others the children are shown, and in developer mode their name.
import { deliver } from "../deliver";
import { domName, type Elements } from "../element";
import { errorView, matchMedia_, pageContainer, pageMeta, rootPortal } from "../portal";
import { rare } from "../rare";
import css from "./rare.css";

const elements: Elements = { "error-view": errorView, "match-media": matchMedia_, "page-container": pageContainer, "page-meta": pageMeta, "root-portal": rootPortal };
for (const tag of ["lottie", "share-element", "join-group-chat", "subscribe-message"]) elements[tag] = rare;

deliver({ elements: Object.fromEntries(Object.entries(elements).map(([tag, def]) => [domName(tag), def])), css });
