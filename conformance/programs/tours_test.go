package programs_test

// What a person looks at and taps in each real program; the words are what its pages say when they work.

func tourComponent2(p *phone) {
	p.Reads("count: 2", "0", "1", "scope-value")
	p.says("i1 onInit", "i1 deriveDataFromProps", "i1 didMount")
	p.PressWords("count+")
	p.Reads("count: 3", "2")
	p.says("i1 didMount", "i1 deriveDataFromProps", "i1 didUpdate")
	p.PressWords("change scope slot value")
	p.Reads("changed-scope-value")
	p.PressWords("navigateToTablePage")
	p.Reads("姓名: yy", "age: 23")
}

func tourMultistore(p *phone) {
	p.Reads("latest notice: ", "count: 0", "increment 0 to 1 after 2 seconds")
	p.PressWords("increment 0 to 1")
	p.Reads("updating", "count: 1", "increment 1 to 2 after 2 seconds")
	p.PressWords("new page")
	p.Reads("count: 0")
}

func tourOfficial(p *phone) {
	p.Reads("小程序官方示例", "基础组件")
	p.Shot("tour-components")
	p.TapWords("API")
	p.Reads("搜索你想要的组件和API")
	p.Shot("tour-api")
}

func tourMiniAliUI(p *phone) {
	p.Reads("Container", "Tabs")
	p.PressWords("Stepper")
	p.Reads("step: 0.01", "Disabled")
	p.Shot("tour-stepper")
}

func tourMushroom(p *phone) {
	p.Reads("推荐课程", "热门视频", "水彩画", "200人已观看")
	p.Shot("tour-home")
	p.TapWords("课程")
	p.Reads("木工入门", "初级", "高级")
	p.TapWords("学习")
	p.Reads("已学习2课时/8课时")
	p.Shot("tour-study")
	p.TapWords("我的")
	p.Reads("测试同学", "累计学习小时", "在线客服")
}

func tourLocalLife(p *phone) {
	p.Reads("美食", "装修")
	p.Shot("tour-home")
	p.PressWords("美食")
	p.Reads("小店1号", "小店10号", "正在加载中")
	p.scrollToEnd()
	p.Reads("小店20号")
	p.scrollToEnd()
	p.Reads("小店25号", "没有更多了")
	p.PressWords("小店1号")
	p.Reads("营业时间：09:00-21:00", "很好")
	p.Back()
	p.Reads("小店25号")
}

func tourGdei(p *phone) {
	p.Reads("易小助", "登录")
	p.Press("a_input")
	p.Types("student")
	p.PressNth("a_input", 1)
	p.Types("secret")
	p.PressWords("登录")
	p.Reads("期末成绩", "馆藏查询", "小明")
	p.Shot("tour-grid")
	p.PressWords("我的课表")
	p.Reads("第3周", "高等数学", "王老师")
	p.PressWords("周三")
	p.Reads("体育")
}

func tourStarbucks(p *phone) {
	p.tapIfThere("Refuse")
	p.Reads("请朋友们喝咖啡", "星礼卡表心意", "扫码")
	p.PressWords("@all 我想对你们说")
	p.Reads("选择卡面", "当季特饮")
	p.Press(".giftContent")
	p.Stand(32.0603, 118.7969)
	p.PressWords("进入详情")
	p.Tap(".allow")
	p.Sees("body", "南京")
	p.Shot("tour-map")
	p.Tap(".sheet-close")
	p.Back()
	p.Back()
	p.Back()
	p.Reads("请朋友们喝咖啡")
}

func tourFoodChain(p *phone) {
	p.Reads("今日菜品", "胡萝卜炒青椒", "肉末茄子2", "烹饪中", "运输完成", "绿色源地")
	p.PressWords("胡萝卜炒青椒")
	p.Reads("共2次批次", "菜品批次:201901190001")
	p.Shot("tour-batches")
	p.PressWords("菜品批次:201901190001")
	p.Reads("正在配餐中")
}

func tourNideshop(p *phone) {
	p.Reads("周一周四 · 新品首发", "人气推荐", "棉被", "￥109", "更多居家好物")
	p.Shot("tour-index")
	p.PressWords("茶壶")
	p.Reads("请选择规格数量", "常见问题", "商品参数")
	p.PressWords("请选择规格数量")
	p.Reads("尺寸", "数量")
	p.PressWords("大")
	p.PressWords("加入购物车")
	p.Back()
	p.TapWords("购物车")
	p.Reads("全选(2)", "￥228", "下单")
	p.Shot("tour-cart")
	p.PressWords("下单")
	p.Reads("李明", "实付：￥228")
	p.Back()
	p.TapWords("分类")
	p.Reads("商品搜索, 共42款好物", "居家1")
	p.TapWords("专题")
	p.Reads("专题1")
	p.TapWords("我的")
	p.Reads("我的订单")
}

func tourGreenPath(p *phone) {
	p.Reads("What is carbon footprint?")
	p.Shot("tour-splash")
	p.open("pages/home/home")
	p.PressWords("Current emission")
	p.Reads("Daily CO2 Emission")
	p.hasDrawing("#co2PieChart")
	p.Shot("tour-pie")
	p.PressWords("Go to report")
	p.Reads("Average CO2")
	p.hasDrawing(".f2-canvas")
	p.Shot("tour-bars")
	p.PressWords("WALK")
	p.hasDrawing(".f2-canvas")
}

func tourDana(p *phone) {
	p.Reads("Popular Countries", "Global eSIMs", "USA")
	p.PressWords("USA")
	p.Reads("Travel eSIMs", "Rp4.00")
	p.Back()
	p.PressNth(".icon-item", 1)
	p.Reads("My eSIMs", "Austria 5GB")
	p.Back()
	p.PressThe("the filter", `find('[style*=cursor]')[0]`)
	p.Reads("Cancel", "Ok")
	p.Shot("tour-dialog")
	p.PressWords("Ok")
}

func tourDevice(p *phone) {
	p.Reads("Demo of device features")
	p.PressWords("Get Network type")
	p.PressWords("Load Network Details")
	p.Reads("Network Available: true")
	p.Back()
	p.Stand(31.2304, 121.4737)
	p.PressWords("Get Location")
	p.Reads("Longitude: 0")
	p.PressWords("Get Location")
	p.Tap(".allow")
	p.Reads("Longitude: 121.47", "Latitude: 31.23")
	p.Back()
	p.PressWords("Scan QR/Bar code")
	p.PressWords("Scan Code (QR/Bar)")
	p.Tap(".allow")
	p.Tap(".scan-close")
	p.Sees("body", "Could not scan code")
}
