// mailparser.js MODULES FOLDER: simpleParser on each file of a folder, one after the other.
const fs = require('fs'), path = require('path');
const {simpleParser} = require(path.join(path.resolve(process.argv[2]), 'mailparser'));

(async () => {
	let n = 0, bytes = 0;

	for (const name of fs.readdirSync(process.argv[3])) {
		const mail = await simpleParser(fs.readFileSync(path.join(process.argv[3], name)));

		bytes += (mail.text || '').length + mail.attachments.reduce((sum, a) => sum + a.size, 0);
		n++;
	}
	console.log(`${n} messages, ${bytes} bytes of text and attachments`);
})().catch((e) => { console.error(e); process.exit(1); });
