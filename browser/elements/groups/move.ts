// Group "move": movable-area and movable-view.
import { deliver } from "../deliver";
import { movableArea, movableView } from "../movable";

deliver({ "a-movable-area": movableArea, "a-movable-view": movableView });
