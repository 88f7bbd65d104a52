// Words of what mini-programs ask the shell for, in both languages: [English, 简体中文]. strings.ts takes them in.

export const myWords = {
  documentOutside: ['Another app on this device shows it.', '将由本机的其他应用打开。'],
  saveToDevice: ['Save to this device', '保存到本机'],
} as const;
