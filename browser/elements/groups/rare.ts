// Group "rare": elements that no program we know uses. They show their children, and in developer mode their name.
import { deliver } from "../deliver";
import { domName } from "../element";
import { rare } from "../rare";
import css from "./rare.css";

const tags = ["error-view", "camera", "lottie", "page-container", "share-element", "page-meta", "match-media", "root-portal", "join-group-chat", "subscribe-message"];

deliver({ elements: Object.fromEntries(tags.map((tag) => [domName(tag), rare])), css });
