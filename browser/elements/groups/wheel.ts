// Group "wheel": picker-view and its columns.
import { deliver } from "../deliver";
import css from "./wheel.css";
import { pickerView, pickerViewColumn } from "../picker-view";

deliver({ elements: { "a-picker-view": pickerView, "a-picker-view-column": pickerViewColumn }, css });
