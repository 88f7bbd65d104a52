// Group "wheel": picker-view and its columns.
import { deliver } from "../deliver";
import { pickerView, pickerViewColumn } from "../picker-view";

deliver({ "a_picker_view": pickerView, "a_picker_view_column": pickerViewColumn });
