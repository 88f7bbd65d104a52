package programs_test

// What a person looks at and taps in each real program; the words are what its pages say when they work.

func tourComponent2(p *phone) {
	p.reads("count: 2", "0", "1", "scope-value")
	p.says("i1 onInit", "i1 deriveDataFromProps", "i1 didMount")
	p.tapText("count+", 0)
	p.reads("count: 3", "2")
	p.says("i1 didMount", "i1 deriveDataFromProps", "i1 didUpdate")
	p.tapText("change scope slot value", 0)
	p.reads("changed-scope-value")
	p.tapText("navigateToTablePage", 0)
	p.reads("姓名: yy", "age: 23")
}

func tourMultistore(p *phone) {
	p.reads("latest notice: ", "count: 0", "increment 0 to 1 after 2 seconds")
	p.tapText("increment 0 to 1", 0)
	p.reads("updating", "count: 1", "increment 1 to 2 after 2 seconds")
	p.tapText("new page", 0)
	p.reads("count: 0")
}

func tourOfficial(p *phone) {
	p.reads("小程序官方示例", "基础组件")
	p.shot("tour-components")
	p.tapShell("API")
	p.reads("搜索你想要的组件和API")
	p.shot("tour-api")
}

func tourMiniAliUI(p *phone) {
	p.reads("Container", "Tabs")
	p.tapText("Stepper", 0)
	p.reads("step: 0.01", "Disabled")
	p.shot("tour-stepper")
}

func tourMushroom(p *phone) {
	p.reads("推荐课程", "热门视频", "水彩画", "200人已观看")
	p.shot("tour-home")
	p.tapShell("课程")
	p.reads("木工入门", "初级", "高级")
	p.tapShell("学习")
	p.reads("已学习2课时/8课时")
	p.shot("tour-study")
	p.tapShell("我的")
	p.reads("测试同学", "累计学习小时", "在线客服")
}

func tourLocalLife(p *phone) {
	p.reads("美食", "装修")
	p.shot("tour-home")
	p.tapText("美食", 0)
	p.reads("小店1号", "小店10号", "正在加载中")
	p.scrollToEnd()
	p.reads("小店20号")
	p.scrollToEnd()
	p.reads("小店25号", "没有更多了")
	p.tapText("小店1号", 0)
	p.reads("营业时间：09:00-21:00", "很好")
	p.back()
	p.reads("小店25号")
}

func tourGdei(p *phone) {
	p.reads("易小助", "登录")
	p.tap("a-input", 0)
	p.types("student")
	p.tap("a-input", 1)
	p.types("secret")
	p.tapText("登录", 0)
	p.reads("期末成绩", "馆藏查询", "小明")
	p.shot("tour-grid")
	p.tapText("我的课表", 0)
	p.reads("第3周", "高等数学", "王老师")
	p.tapText("周三", 0)
	p.reads("体育")
}

func tourStarbucks(p *phone) {
	p.tapShellIfThere("Refuse")
	p.reads("请朋友们喝咖啡", "星礼卡表心意", "扫码")
	p.tapText("@all 我想对你们说", 0)
	p.reads("选择卡面", "当季特饮")
	p.back()
	p.reads("请朋友们喝咖啡")
}

func tourFoodChain(p *phone) {
	p.reads("今日菜品", "胡萝卜炒青椒", "肉末茄子2", "烹饪中", "运输完成", "绿色源地")
	p.tapText("胡萝卜炒青椒", 0)
	p.reads("共2次批次", "菜品批次:201901190001")
	p.shot("tour-batches")
	p.tapText("菜品批次:201901190001", 0)
	p.reads("正在配餐中")
}

func tourNideshop(p *phone) {
	p.reads("周一周四 · 新品首发", "人气推荐", "棉被", "￥109", "更多居家好物")
	p.shot("tour-index")
	p.tapText("茶壶", 0)
	p.reads("请选择规格数量", "常见问题", "商品参数")
	p.tapText("请选择规格数量", 0)
	p.reads("尺寸", "数量")
	p.tapText("大", 0)
	p.tapText("加入购物车", 0)
	p.back()
	p.tapShell("购物车")
	p.reads("全选(2)", "￥228", "下单")
	p.shot("tour-cart")
	p.tapText("下单", 0)
	p.reads("李明", "实付：￥228")
	p.back()
	p.tapShell("分类")
	p.reads("商品搜索, 共42款好物", "居家1")
	p.tapShell("专题")
	p.reads("专题1")
}

func tourGreenPath(p *phone) {
	p.reads("What is carbon footprint?")
	p.shot("tour-splash")
	p.open("pages/home/home")
	p.tapText("Current emission", 0)
	p.reads("Daily CO2 Emission")
	p.hasDrawing("#co2PieChart")
	p.shot("tour-pie")
	p.tapText("Go to report", 0)
	p.reads("Average CO2")
}

func tourDana(p *phone) {
	p.reads("Popular Countries", "Global eSIMs", "USA")
	p.tapText("USA", 0)
	p.reads("Travel eSIMs", "Rp4.00")
	p.back()
	p.tap(".icon-item", 1)
	p.reads("My eSIMs", "Austria 5GB")
}

func tourDevice(p *phone) {
	p.reads("Demo of device features")
	p.tapText("Get Network type", 0)
	p.tapText("Load Network Details", 0)
	p.reads("Network Available: true")
}
