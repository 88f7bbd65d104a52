// Group "map".
import { deliver } from "../deliver";
import { map } from "../map";

deliver({ "a_map": map });
