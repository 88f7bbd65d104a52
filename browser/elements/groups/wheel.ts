// Group "wheel": picker-view and its columns.
import { deliver } from "../deliver";
import { pickerView, pickerViewColumn } from "../picker-view";

deliver({ "a-picker-view": pickerView, "a-picker-view-column": pickerViewColumn });
