// Group "rare": elements that no program we know uses. They show their children, and in developer mode their name.
import { deliver } from "../deliver";
import { rare } from "../rare";

deliver(Object.fromEntries(
  ["error-view", "camera", "lottie", "page-container", "share-element", "page-meta", "match-media", "root-portal", "join-group-chat", "subscribe-message"]
    .map((tag) => ["a_" + tag.replaceAll("-", "_"), rare]),
));
