// What the page promises: each check throws if a promise is broken. The checks run against any guestbook, even one that
// others write to, because each uses unique texts.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { violationsOf } from "./axe.mjs";
import { visitor } from "./browser.mjs";

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {import("playwright-core").Page} Page */

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1, hasTouch: true };

/** @param {string} text */
const own = (text) => `${text} ${randomUUID()}`;
/** @param {Page} page @param {string} text */
const entry = (page, text) => page.locator("#entries .text").getByText(text, { exact: true });
/** @param {Page} page */
const message = (page) => page.locator("#message");

/** @param {Page} page @param {string} text */
async function write(page, text) {
  await page.getByLabel("Your entry").fill(text);
  await page.getByRole("button", { name: "Sign the guestbook" }).click();
  await waitForMessage(page, /^Saved/);
}

/** @param {Page} page @param {RegExp} words */
async function waitForMessage(page, words) {
  await message(page).filter({ hasText: words }).waitFor();
}

/** @type {Readonly<Record<string, (browser: Browser, url: string) => Promise<void>>>} */
export const checks = {
  async "an entry written in one browser appears in another without a reload"(browser, url) {
    const [one, two] = [await visitor(browser, url), await visitor(browser, url)];
    const text = own("Hello from the first browser");
    await write(one.page, text);
    await entry(one.page, text).waitFor();
    await entry(two.page, text).waitFor();
    await two.page
      .locator("#news")
      .filter({ hasText: /\d new entr/ })
      .waitFor({ state: "attached" });
    assert.equal(await one.page.getByLabel("Your entry").inputValue(), "");
    assert.equal(await entry(one.page, text).count(), 1);
    await finish(one, two);
  },

  async "an entry appears exactly once, while it is saved and after a reload"(browser, url) {
    const one = await visitor(browser, url);
    const text = own("Once");
    await write(one.page, text);
    for (let count = 0; count < 8; count++) {
      assert.equal(await entry(one.page, text).count(), 1);
      await one.page.waitForTimeout(400);
    }
    await one.page.reload();
    await entry(one.page, text).waitFor();
    await finish(one);
  },

  async "entries are shown as plain text, whatever they contain"(browser, url) {
    const one = await visitor(browser, url);
    const texts = [
      `<img src=x onerror="alert(1)"><script>alert(2)</script> & &lt;b> ${own("")}`,
      `Commas, "quotes", 'more', \\n and emoji 👩🏽‍🚀🎉, ${own("")}`,
      `留言板，您好 ${own("")}`,
      `שלום עולם ${own("")}`,
    ];
    for (const text of texts) await write(one.page, text);
    await one.page.reload();
    for (const text of texts) await entry(one.page, text).waitFor();
    assert.equal(await one.page.locator("#entries img, #entries script").count(), 0);
    await finish(one);
  },

  async "line breaks are kept, and an entry of 100 kB is folded until it is opened"(browser, url) {
    const one = await visitor(browser, url);
    const start = own("A long story");
    const text = `${start}\nwith lines\n${"word ".repeat(20_000)}end`;
    await write(one.page, text);
    const item = one.page.locator("#entries li").filter({ hasText: start });
    await item.waitFor();
    const short = (await item.locator(".text").textContent()) ?? "";
    assert.ok(short.length < 1000 && short.endsWith("…"), `${short.length} characters are shown`);
    await item.getByRole("button", { name: /Show all [\d,]+ characters/ }).focus();
    await one.page.keyboard.press("Enter");
    assert.equal(await item.locator(".text").textContent(), text);
    assert.ok(await item.locator(".text").evaluate((node) => node === document.activeElement), "the focus is lost");
    await one.page.waitForTimeout(2500);
    assert.equal(await item.locator(".text").textContent(), text, "the next read folds it again");
    await finish(one);
  },

  async "older entries are shown on request, and the focus moves to them"(browser, url) {
    const one = await visitor(browser, url);
    const texts = Array.from({ length: 55 }, (_, number) => own(`One of many, ${number},`));
    const api = new URL("guestbook.php?cmd=append&key=messages", url).href;
    for (const value of texts) assert.equal((await one.page.request.post(api, { form: { value } })).status(), 200);
    const [oldest = "", newest = ""] = [texts[0], texts.at(-1)];
    await entry(one.page, newest).waitFor();
    assert.equal(await entry(one.page, oldest).count(), 0);
    await one.page.getByRole("button", { name: "Show older entries" }).focus();
    await one.page.keyboard.press("Enter");
    await entry(one.page, oldest).waitFor();
    assert.equal(await one.page.evaluate(() => document.activeElement?.tagName), "LI", "the focus is lost");
    await finish(one);
  },

  async "the page works with the keyboard alone, and the focus is visible"(browser, url) {
    const one = await visitor(browser, url);
    const { keyboard } = one.page;
    const [first, second] = [own("By Enter on the button"), own("By Control and Enter")];
    await keyboard.press("Tab");
    await keyboard.type(first);
    await keyboard.press("Tab");
    assert.equal(await focused(one.page), "send");
    assert.match(await outline(one.page), /solid 3px|3px solid/);
    await keyboard.press("Enter");
    await waitForMessage(one.page, /^Saved/);
    assert.equal(await focused(one.page), "entry", "the focus is not where the next entry is written");
    await keyboard.type(second);
    await keyboard.press("Control+Enter");
    await entry(one.page, first).waitFor();
    await entry(one.page, second).waitFor();
    await finish(one);
  },

  async "an entry without text is rejected next to the field"(browser, url) {
    const one = await visitor(browser, url);
    const field = one.page.getByLabel("Your entry");
    await field.fill("  \n ");
    await one.page.keyboard.press("Control+Enter");
    await waitForMessage(one.page, /^Write something first\.$/);
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await focused(one.page), "entry");
    await one.page.keyboard.type("x");
    assert.equal(await field.getAttribute("aria-invalid"), null);
    await finish(one);
  },

  async "an entry that is not saved stays in the field, and the page says why"(browser, url) {
    const one = await visitor(browser, url);
    const field = one.page.getByLabel("Your entry");
    const text = own("Too early");
    await answerAppend(one.page, (route) =>
      route.fulfill({
        status: 503,
        json: { error: "redis-master cannot be reached at the moment.", code: "redis-away" },
      }),
    );
    await field.fill(text);
    await one.page.keyboard.press("Control+Enter");
    await waitForMessage(one.page, /^Not saved: the guestbook cannot save entries at the moment/);
    assert.equal(await field.inputValue(), text);
    await answerAppend(one.page, (route) => route.abort());
    await one.page.keyboard.press("Control+Enter");
    await waitForMessage(one.page, /^The guestbook cannot be reached\. Your text is still here/);
    await one.page.unroute(appends);
    await one.page.keyboard.press("Control+Enter");
    await waitForMessage(one.page, /^Saved/);
    await entry(one.page, text).waitFor();
    await finish(one);
  },

  async "an outage is shown, entries stay, and the page recovers by itself"(browser, url) {
    const one = await visitor(browser, url);
    const text = own("Before the outage");
    await write(one.page, text);
    await one.page.route(/cmd=get/, (route) =>
      route.fulfill({ status: 503, json: { error: "away.", code: "redis-away" } }),
    );
    await one.page.locator("#state").filter({ hasText: "cannot be read" }).waitFor();
    assert.equal(await entry(one.page, text).count(), 1);
    await one.page.unroute(/cmd=get/);
    await one.page.locator("#state").filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    await finish(one);
  },

  async "a double click saves one entry"(browser, url) {
    const one = await visitor(browser, url);
    const text = own("Twice");
    await one.page.getByLabel("Your entry").fill(text);
    await one.page.getByRole("button", { name: "Sign the guestbook" }).dblclick();
    await waitForMessage(one.page, /^Saved|^Write/);
    await one.page.reload();
    await entry(one.page, text).waitFor();
    assert.equal(await entry(one.page, text).count(), 1);
    await finish(one);
  },

  async "axe finds no violations, in light and dark, on a desktop and on a phone"(browser, url) {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const size of [{}, phone]) {
        const one = await visitor(browser, url, { ...size, colorScheme });
        await write(one.page, own("Seen by axe"));
        assert.deepEqual(await violationsOf(one.page), []);
        await one.page.getByRole("button", { name: "Sign the guestbook" }).click();
        await waitForMessage(one.page, /^Write/);
        assert.deepEqual(await violationsOf(one.page), []);
        await finish(one);
      }
    }
  },

  async "nothing is cut off on a small phone, and buttons are large enough to touch"(browser, url) {
    const one = await visitor(browser, url, { ...phone, viewport: { width: 320, height: 568 } });
    await write(one.page, `${own("wide")} ${"W".repeat(500)}`);
    const [width, inner] = await one.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok((width ?? 0) <= (inner ?? 0), `the page is ${width} wide, the phone ${inner}`);
    for (const box of await one.page.getByRole("button").all()) {
      const size = await box.boundingBox();
      assert.ok(size && size.height >= 44, `a button is ${size?.height} high`);
    }
    await finish(one);
  },

  async "the security policy blocks content that is not the page's own"(browser, url) {
    const one = await visitor(browser, url);
    const ran = await one.page.evaluate(async () => {
      const script = document.createElement("script");
      try {
        script.text = "window.ran = true";
        document.head.append(script);
      } catch {}
      const image = new Image();
      await new Promise((resolve) => {
        image.onload = image.onerror = resolve;
        image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
      });
      return "ran" in window;
    });
    assert.equal(ran, false);
    assert.match(one.trouble.join("\n"), /policy: img-src refuses data/);
    await one.close();
  },

  async "the page loads nothing from other hosts"(browser, url) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const hosts = new Set();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(url);
    await page
      .locator("#count")
      .filter({ hasText: /\d|Be the first/ })
      .waitFor();
    assert.deepEqual([...hosts], [new URL(url).host]);
    await context.close();
  },
};

const appends = /cmd=append/;

/** @param {Page} page @param {(route: import("playwright-core").Route) => Promise<void>} answer */
async function answerAppend(page, answer) {
  await page.unroute(appends);
  await page.route(appends, answer);
}

/** @param {Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id);

/** @param {Page} page */
const outline = (page) => page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outline);

/** Closes the windows, and checks that no script failed and the policy blocked nothing. @param {...import("./browser.mjs").Visitor} visitors */
async function finish(...visitors) {
  for (const { trouble, close } of visitors) {
    await close();
    assert.deepEqual(trouble, []);
  }
}
