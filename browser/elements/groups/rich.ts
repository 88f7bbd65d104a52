// Group "rich": rich-text.
import { richText } from "../rich-text";
import { deliver } from "../deliver";

deliver({ "a_rich_text": richText });
