package template

import "souk/compiler/diag"

func compile(in Input, bag *diag.Bag) Output {
	return Output{View: View{Path: in.Path}, Code: "function(sjs){return{blocks:[],t:{}}}"}
}
