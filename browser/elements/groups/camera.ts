// Group "camera".
import { camera } from "../camera";
import { deliver } from "../deliver";
import css from "./camera.css";

deliver({ elements: { "a_camera": camera }, css });
