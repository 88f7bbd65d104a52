// Words of what mini-programs ask the shell for, in both languages: [English, 简体中文]. strings.ts takes them in.

export const myWords = {
  addContact: ['Add {0} to the address book?', '将“{0}”添加到通讯录？'],
  askMicrophone: ['Use the microphone', '使用麦克风'],
  chooseContact: ['Choose people', '选择联系人'],
  contactsNone: ['Nobody here yet. People you send money to, or get it from, are listed.', '还没有联系人。与你有转账往来的人会显示在这里。'],
  documentOutside: ['Another app on this device shows it.', '将由本机的其他应用打开。'],
  cityFinding: ['Finding where you are…', '定位中…'],
  cityHere: ['You are in {0}', '当前定位：{0}'],
  cityUnknown: ['Your city is not known', '无法获取当前城市'],
  saveToDevice: ['Save to this device', '保存到本机'],
} as const;
