// Group "rich": rich-text.
import { richText } from "../rich-text";
import { deliver } from "../deliver";

deliver({ "a-rich-text": richText });
