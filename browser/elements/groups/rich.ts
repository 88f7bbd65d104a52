// Group "rich": rich-text.
import { richText } from "../rich-text";
import { deliver } from "../deliver";
import css from "./rich.css";

deliver({ elements: { "a_rich_text": richText }, css });
