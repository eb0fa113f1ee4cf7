// SPDX-License-Identifier: Apache-2.0
// The company in network namespaces (tests/harness/stage.py) for a browser test: the hub, the box, the telephone and the browsers live
// in networks of their own. A machine that gives none says why: `skip`.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Browsers, root, until } from "./region.mjs";

export class Stage extends Browsers {
	static async start() {
		const s = new Stage();
		s.child = spawn("/usr/bin/python3", [join(root, "tests/harness/stage.py")], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
		s.lines = createInterface({ input: s.child.stdout })[Symbol.asyncIterator]();
		Object.assign(s, await s.answer());
		if (s.skip) return s;
		s.dir = mkdtempSync(join(tmpdir(), "otasuke-stage-"));
		const start = join(s.dir, "chromium");
		writeFileSync(start, `#!/bin/sh\nexec ip netns exec ${s.network} ${s.executablePath} "$@"\n`);
		chmodSync(start, 0o700);
		s.executablePath = start;
		return s;
	}

	async answer() {
		const { value, done } = await this.lines.next();
		if (done) throw new Error("the stage has ended");
		return JSON.parse(value);
	}

	ask(command) {
		this.child.stdin.write(`${command}\n`);
		return this.answer();
	}

	async stop() {
		await this.chrome?.close();
		delete this.chrome;
		this.child.stdin.end();
		await until("the stage is taken down", () => this.child.exitCode !== null || this.child.signalCode !== null, 40000);
		if (this.dir) rmSync(this.dir, { recursive: true, force: true });
	}
}
