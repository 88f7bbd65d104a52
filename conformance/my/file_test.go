package my_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"testing"
)

func TestAProgramsFilesAreWrittenReadMovedAndRemoved(t *testing.T) {
	p := open(t, `const fs = my.getFileSystemManager(), root = my.env.USER_DATA_PATH;
		say('root', root);
		say('made', fs.mkdirSync(root + '/a/b', true).success);
		say('written', (await fs.writeFile({ filePath: root + '/a/b/t.txt', data: '茶 tea' })).success);
		say('text', fs.readFileSync(root + '/a/b/t.txt', 'utf8').data);
		say('bytes', (await fs.readFile({ filePath: root + '/a/b/t.txt' })).data.byteLength);
		say('hex', fs.readFileSync({ filePath: root + '/a/b/t.txt', encoding: 'hex' }).data);
		say('base64', fs.readFileSync(root + '/a/b/t.txt', 'base64').data);
		fs.writeFileSync(root + '/u', 'hé', 'ucs2');
		say('ucs2', fs.statSync(root + '/u').stats.size + fs.readFileSync(root + '/u', 'utf16le').data);
		fs.writeFileSync(root + '/l', new Uint8Array([104, 233]).buffer);
		say('latin1', fs.readFileSync(root + '/l', 'latin1').data);
		await fs.appendFile({ filePath: root + '/a/b/t.txt', data: '!' });
		say('appended', fs.readFileSync(root + '/a/b/t.txt', 'utf-8').data);
		say('listed', fs.readdirSync(root).files.sort());
		say('deep', (await fs.readdir({ dirPath: root + '/a' })).files);
		const stats = fs.statSync(root + '/a', true).stats;
		say('stats', Object.keys(stats).map((k) => k + ' ' + stats[k].stats.isDirectory() + ' ' + stats[k].isFile()).join('; '));
		const one = (await fs.stat({ path: root + '/u' })).stats;
		say('one', [one.isFile(), one.mode.toString(8), Math.abs(one.lastModifiedTime - Date.now() / 1000) < 60].join());
		fs.renameSync(root + '/a', root + '/c');
		say('moved', fs.readFileSync(root + '/c/b/t.txt', 'utf8').data);
		fs.copyFileSync(root + '/c/b/t.txt', root + '/copy');
		say('copied', fs.getFileInfoSync(root + '/copy').size);
		say('there', fs.accessSync(root + '/copy').success);
		fs.unlinkSync(root + '/copy');
		say('gone', thrown(() => fs.accessSync(root + '/copy')).error);
		say('missing', (await failing(fs.readFile({ filePath: root + '/none' }))).error);
		say('outside', thrown(() => fs.writeFileSync('/etc/x', 'x')).error);
		say('up', thrown(() => fs.writeFileSync(root + '/../x', 'x')).error);
		say('folder', thrown(() => fs.writeFileSync(root + '/c', 'x')).error);
		say('orphan', thrown(() => fs.writeFileSync(root + '/no/x', 'x')).error);
		say('full', thrown(() => fs.rmdirSync(root + '/c')).error);
		say('twice', thrown(() => fs.mkdirSync(root + '/c')).error);
		say('large', thrown(() => fs.writeFileSync(root + '/big', new ArrayBuffer(11 * 1024 * 1024))).error);
		fs.rmdirSync(root + '/c', true);
		say('empty', fs.readdirSync(root).files.sort());
		say('own', (await fs.readFile({ filePath: 'res/hello.txt', encoding: 'utf8' })).data.trim());
		say('bad', (await failing(fs.writeFile({ filePath: root + '/x', data: 7 }))).error);
		const order = await new Promise((ok) => { const seen = []; fs.access({ path: root, success: (r) => seen.push('success ' + r.success), fail: () => seen.push('fail'), complete: () => { seen.push('complete'); ok(seen); } }); });
		say('order', order);`, "", "-- res/hello.txt --\nhello from the release\n")
	p.Press("#go")
	p.ends(map[string]string{
		"root": "https://usr", "made": "true", "written": "true", "text": "茶 tea", "bytes": "7", "hex": "e88cb620746561", "base64": "6Iy2IHRlYQ==", "ucs2": "4hé", "latin1": "hé",
		"appended": "茶 tea!", "listed": `["a","l","u"]`, "deep": `["b"]`, "stats": "/ true false; /b true false; /b/t.txt false true", "one": "true,100644,true", "moved": "茶 tea!", "copied": "8",
		"there": "true", "gone": "10022", "missing": "10022", "outside": "10024", "up": "10024", "folder": "10023", "orphan": "10022", "full": "10027", "twice": "10025", "large": "10028",
		"empty": `["l","u"]`, "own": "hello from the release", "bad": "2", "order": `["success true","complete"]`,
	})
}

func TestFilesLastUntilTheProgramIsOpenedAgain(t *testing.T) {
	p := open(t, `const fs = my.getFileSystemManager(), root = my.env.USER_DATA_PATH;
		if (!my.getStorageSync({ key: 'saved' }).data) {
			fs.mkdirSync(root + '/d');
			fs.writeFileSync(root + '/d/note', 'kept');
			const { apFilePath } = await my.saveFile({ apFilePath: 'data:image/png;base64,`+base64.StdEncoding.EncodeToString(dotPNG)+`' });
			my.setStorageSync({ key: 'saved', data: apFilePath });
			say('list', (await my.getSavedFileList()).fileList.map((f) => f.apFilePath === apFilePath && f.size === `+itoa(len(dotPNG))+`));
			say('info', (await my.getSavedFileInfo({ apFilePath })).size);
			const sum = await my.getFileInfo({ apFilePath });
			say('md5', sum.digest);
			say('sha1', (await my.getFileInfo({ apFilePath, digestAlgorithm: 'sha1' })).digest.length);
			say('sums', (await failing(my.getFileInfo({ apFilePath, digestAlgorithm: 'crc' }))).error);
			say('inManager', fs.getSavedFileListSync().fileList.length);
			await shown({ picture: apFilePath });
			await until(() => page.heard);
			say('drawn', page.heard[0]);
		} else {
			const apFilePath = my.getStorageSync({ key: 'saved' }).data;
			say('note', fs.readFileSync(root + '/d/note', 'utf8').data);
			await shown({ picture: apFilePath });
			await until(() => page.heard);
			say('again', page.heard[0]);
			say('size', (await my.getImageInfo({ src: apFilePath })).width);
			await my.removeSavedFile({ apFilePath });
			say('removed', (await my.getSavedFileList()).fileList.length + ' ' + fs.getSavedFileListSync().fileList.length);
			say('lost', (await failing(my.getSavedFileInfo({ apFilePath }))).error);
		}`, `<image a:if="{{picture}}" src="{{picture}}" onLoad="hear" onError="hear" style="width:20px;height:20px"/>`, "")
	p.Press("#go")
	p.ends(map[string]string{"list": "[true]", "info": itoa(len(dotPNG)), "md5": md5Of(dotPNG), "sha1": "40", "sums": "16", "inManager": "1", "drawn": `["load",{"width":2,"height":2}]`})
	p.OpenAgain()
	p.Press("#go")
	p.ends(map[string]string{"note": "kept", "again": `["load",{"width":2,"height":2}]`, "size": "2", "removed": "0 0", "lost": "10022"})
}

func TestAnArchiveIsUnpacked(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range map[string]string{"a.txt": "deflated deflated deflated", "d/b.txt": "below"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(text))
	}
	w.Close()
	p := begin(t, `const fs = my.getFileSystemManager(), root = my.env.USER_DATA_PATH;
		fs.writeFileSync(root + '/z.zip', '`+base64.StdEncoding.EncodeToString(out.Bytes())+`', 'base64');
		await fs.unzip({ zipFilePath: root + '/z.zip', targetPath: root + '/out' });
		say('a', fs.readFileSync(root + '/out/a.txt', 'utf8').data);
		say('b', fs.readFileSync(root + '/out/d/b.txt', 'utf8').data);
		fs.writeFileSync(root + '/no.zip', 'not an archive at all, not at all');
		say('no', (await failing(fs.unzip({ zipFilePath: root + '/no.zip', targetPath: root + '/n' }))).error);`)
	p.ends(map[string]string{"a": "deflated deflated deflated", "b": "below", "no": "3"})
}

func TestDocumentsAreKnownShownAndHandedOver(t *testing.T) {
	p := open(t, `const fs = my.getFileSystemManager(), root = my.env.USER_DATA_PATH;
		fs.writeFileSync(root + '/a.pdf', '%PDF-1.4 …');
		fs.writeFileSync(root + '/odd', new Uint8Array([0xff, 0xd8, 0xff, 0xe0]).buffer);
		say('pdf', await my.detectFileType({ filePath: root + '/a.pdf' }));
		say('jpg', await my.detectFileType({ filePath: root + '/odd' }));
		say('txt', await my.detectFileType({ filePath: 'res/hello.txt' }));
		await my.openDocument({ filePath: 'res/hello.txt' });
		say('shown', true);
		await my.openDocument({ filePath: root + '/a.pdf', fileType: 'pdf' });
		say('handed', true);
		say('disk', (await my.saveFileToDisk({ apFilePath: root + '/a.pdf', filePath: 'bill.pdf' })).success);
		say('none', (await failing(my.openDocument({ filePath: root + '/none.pdf' }))).error);`, "", "-- res/hello.txt --\nhello from the release\n")
	p.Press("#go")
	p.Sees(".document", "hello from the release")
	p.Shot("text")
	p.Tap(".document-head .round")
	p.Sees(".consent", "a.pdf")
	p.Shot("pdf")
	p.Tap(".layer:not(.out) .pair .soft")
	p.ends(map[string]string{"pdf": `{"type":"application/pdf","extension":"pdf"}`, "jpg": `{"type":"image/jpeg","extension":"jpg"}`, "txt": `{"type":"text/plain","extension":"txt"}`, "shown": "true", "handed": "true", "disk": "true", "none": "10022"})
}
