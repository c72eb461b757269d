// Every page for everybody: without scripts, on a phone, for those who listen instead of look, and with
// names that are awkward.

import { assert, encoded, home, more, plays, until, visit } from './harness.mjs';

const [scenario] = more;
const AWKWARD = [
  ['Nature & Light', 'Waves & Wind.mp4'],
  ['Nature & Light', 'Hills + Mist = Morning.mp4'],
  ['Nature & Light', "What's that; who's there?.mp4"],
  ['Nature & Light', 'The "Quiet" Hour.mp4'],
  ['Nature & Light', '50% off, take #1.mp4'],
  ['Nature & Light', 'already%20encoded%2Fname.mp4'],
  ['Season 1 #finale 100%', 'Chapter #2 & last.mp4'],
  ['映画 🌊', '静かな山 🌙.mp4'],
];
const PAGES = [
  '/',
  '/status',
  '/browse/films',
  `/browse/films${encoded('/Nature & Light')}`,
  `/browse/films${encoded('/Nature & Light/Empty folder')}`,
  `/browse/films${encoded('/Long names')}`,
  '/search?q=light',
  '/search?q=nothing+of+that+name',
  '/search',
  `/watch/films${encoded('/Tidal Light.mp4')}`,
  `/watch/films${encoded('/Nature & Light/Waves & Wind.mp3')}`,
  `/watch/films${encoded('/映画 🌊/三つの月 (再編集版).mp4')}`,
  '/no/such/page',
];
const EXPECTED_404 = /status of 404.*no\/such\/page/;

async function longest(page) {
  const name = 'A film whose name goes on and on '.repeat(7).trimEnd();
  return `/watch/films${encoded(`/Long names/${name}.mp4`)}`;
}

const scenarios = {
  async awkward() {
    await visit(async (page) => {
      for (const [folder, name] of AWKWARD) {
        await page.goto(home);
        await page.click('.drives a.drive-name');
        await page.locator('.folders a', { has: page.getByText(folder, { exact: true }) }).click();
        await page.locator('.films a', { has: page.getByText(name, { exact: true }) }).click();
        await page.waitForSelector('#player');
        assert.equal(await page.innerText('h1'), name);
        await until(page, `${name} is ready`, () => document.getElementById('video').readyState >= 1);
        await page.evaluate(() => document.getElementById('video').play());
        await plays(page, 0.2);
      }
    });
  },

  async without_scripts() {
    await visit(
      async (page) => {
        await page.goto(home);
        await page.click('.drives a.drive-name');
        await page.click('.films a:has-text("Tidal Light")');
        const video = page.locator('video');
        await video.waitFor();
        const source = await video.getAttribute('src');
        const reply = await page.request.get(`${home}${source}`, { headers: { range: 'bytes=4-7' } });
        assert.equal((await reply.body()).toString(), 'ftyp', 'the original itself');
        assert.ok(await video.getAttribute('controls') !== null);
        assert.match(await page.innerText('noscript, .note'), /Without JavaScript/);
        assert.ok(await page.locator('#verdict').isHidden());
        await page.goto(`${home}/search?q=moons`);
        await page.click('.films a');
        await page.locator('video').waitFor();
      },
      { javaScriptEnabled: false },
    );
  },

  async phone() {
    await visit(
      async (page, watch) => {
        watch.allow(EXPECTED_404);
        for (const path of [...PAGES, await longest(page)]) {
          await page.goto(home + path);
          if (path.includes('/watch/')) await until(page, 'the bar', () => !document.getElementById('bar').hidden);
          const { wide, culprits } = await page.evaluate(() => {
            const width = document.documentElement.clientWidth;
            const wide = document.documentElement.scrollWidth;
            const culprits = [...document.querySelectorAll('body *')]
              .filter((element) => element.getBoundingClientRect().right > width + 1)
              .slice(0, 5)
              .map((element) => element.outerHTML.slice(0, 120));
            return { wide: wide - width, culprits };
          });
          assert.ok(wide <= 0, `${path} is ${wide} px too wide: ${culprits.join('\n')}`);
        }
      },
      { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    );
  },

  async names_and_headings() {
    await visit(async (page, watch) => {
      watch.allow(EXPECTED_404);
      for (const path of [...PAGES, await longest(page)]) {
        await page.goto(home + path);
        if (path.includes('/watch/')) await until(page, 'the bar', () => !document.getElementById('bar').hidden);
        const wrong = await page.evaluate(() => {
          const found = [];
          const say = (what, element) => found.push(`${what}: ${element?.outerHTML?.slice(0, 120) ?? ''}`);
          if (document.querySelectorAll('h1').length !== 1) say(`${document.querySelectorAll('h1').length} h1`);
          if (!document.documentElement.lang) say('no lang');
          if (!document.title.trim()) say('no title');
          if (document.querySelectorAll('main').length !== 1) say('not one main');
          for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) say('no alt', image);
          const labelOf = (element) =>
            element.getAttribute('aria-label') ??
            element.labels?.[0]?.innerText ??
            document.getElementById(element.getAttribute('aria-labelledby'))?.innerText ??
            '';
          for (const button of document.querySelectorAll('button, a[href], summary')) {
            if (!(labelOf(button) || button.textContent || button.title).trim()) say('no name', button);
          }
          for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
            if (!labelOf(field).trim()) say('no label', field);
          }
          const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
          for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) say(`id ${id} twice`);
          const levels = [...document.querySelectorAll('h1, h2, h3, h4')].filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1]));
          levels.reduce((before, level) => {
            if (level > before + 1) say(`heading ${before} → ${level}`);
            return level;
          }, 1);
          for (const list of document.querySelectorAll('ul, ol')) {
            for (const child of list.children) if (!['LI', 'SCRIPT', 'TEMPLATE'].includes(child.tagName)) say('not an li', child);
          }
          for (const element of document.querySelectorAll('[aria-controls], [aria-labelledby], [aria-describedby]')) {
            for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby']) {
              for (const id of (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean)) {
                if (!document.getElementById(id)) say(`${name} to nothing`, element);
              }
            }
          }
          return found;
        });
        assert.deepEqual(wrong, [], path);
      }
    });
  },

  async ten_thousand() {
    await visit(async (page) => {
      await page.goto(`${home}/browse/films${encoded('/Ten thousand')}`);
      const count = () => page.locator('#films > li').count();
      assert.equal(await count(), 100);
      for (let n = 2; n <= 4; n += 1) {
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await until(page, `${n} pages`, (least) => document.querySelectorAll('#films > li').length >= least, n * 100);
      }
      const names = await page.locator('#films .name').allTextContents();
      assert.equal(new Set(names).size, names.length, 'each film once');
    });
  },
};

await scenarios[scenario]();
