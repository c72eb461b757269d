// Uses a drive by mouse alone or by keyboard alone: connects it by a code that a phone scans, browses,
// searches; uploads a large file, renames it, moves it, shares it, revokes the link, deletes the file.

import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fits, isNamed } from './checks.mjs'
import { assert, home, more, until, upstream, visit } from './harness.mjs'

const [, how] = more
const SIZE = 50_000_000
const TABS = 200

/** Both ways to do the same: `press` something, and `fill` a field. */
const hands = {
  mouse: () => ({
    press: target => target.click(),
    fill: (target, words) => target.fill(words),
  }),
  keyboard: page => {
    const reach = async target => {
      await target.waitFor({ state: 'attached' })
      for (let n = 0; n < TABS; n += 1) {
        if (await target.evaluate(element => element === document.activeElement)) {
          assert.ok(
            await target.evaluate(element => element.matches(':focus-visible')),
            'the focus can be seen',
          )
          return
        }
        await page.keyboard.press('Tab')
      }
      throw new Error(`${target} is not reached with the Tab key`)
    }
    return {
      press: async target => {
        await reach(target)
        await page.keyboard.press('Enter')
      },
      fill: async (target, words) => {
        await reach(target)
        await page.keyboard.press('Control+a')
        await page.keyboard.type(words)
      },
    }
  },
}

async function largeFile(folder) {
  const path = join(folder, 'A large film.bin')
  const file = await open(path, 'w')
  const block = Buffer.alloc(1_000_000)
  for (let n = 0; n < SIZE / block.length; n += 1) {
    for (let at = 0; at < block.length; at += 4)
      block.writeUInt32LE((n * 2_654_435_761 + at * 40_503) >>> 0, at)
    await file.write(block)
  }
  await file.close()
  return path
}

const folder = await mkdtemp(join(tmpdir(), 'drivein-upload-'))
try {
  const large = await largeFile(folder)
  await visit(async page => {
    const { press, fill } = hands[how](page)
    const button = name => page.getByRole('button', { name, exact: true })
    const link = name => page.getByRole('link', { name, exact: true })
    const inDialog = (role, name) => page.locator('dialog.page-dialog').getByRole(role, { name, exact: true })

    // Connects: the code, the phone that confirms, and the account.
    await page.goto(home)
    await press(link('Sign in'))
    await page.waitForURL('**/account/films')
    await isNamed(page)
    await press(button('With a QR code'))
    await page.waitForSelector('#scan img')
    await isNamed(page)
    await until(page, 'the time left is shown', () =>
      /^[0-4]:\d\d$/.test(document.getElementById('time-left').textContent),
    )
    await upstream('approve', {})
    await link('Films and files').waitFor()
    assert.match(await page.innerText('.owner'), /Ready/)
    await isNamed(page)
    await fits(page)

    // Browses and searches.
    await press(link('Films and files'))
    await page.waitForURL('**/browse/films')
    await fill(page.locator('header input[name=q]'), 'moons')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=moons')
    await page.locator('.films a', { hasText: 'Three Moons' }).first().waitFor()
    await isNamed(page)
    await page.goBack()
    await page.waitForURL('**/browse/films')

    // Uploads, with a progress bar that moves.
    await upstream('faults', { route: 'superfile2', fault: { latency_ms: 150 } })
    const chooser = page.waitForEvent('filechooser')
    await press(link('Upload'))
    await (await chooser).setFiles(large)
    const bar = page.locator('.upload progress')
    await bar.waitFor()
    await until(page, 'the bar is on its way', () => {
      const { value } = document.querySelector('.upload progress')
      return value > 0 && value < 100 && /% .*\/s/.test(document.querySelector('.upload .detail').textContent)
    })
    await fits(page)
    await isNamed(page)
    await until(
      page,
      'the file is taken in',
      () => document.querySelector('.upload')?.dataset.state === 'done',
      undefined,
      60_000,
    )
    const row = name => page.locator('.file', { hasText: name })
    await row('A large film.bin').waitFor()
    assert.match(await row('A large film.bin').innerText(), /50 MB/)
    assert.equal(await page.locator('#uploads .upload').count(), 1)

    // Renames.
    await press(link('What to do with A large film.bin'))
    await press(inDialog('button', 'Rename…'))
    await fill(page.locator('dialog #new-name'), 'The long night.bin')
    await press(inDialog('button', 'Rename'))
    await row('The long night.bin').waitFor()
    assert.equal(await row('A large film.bin').count(), 0)

    // Makes a folder, and moves the file into it.
    await press(link('New folder'))
    await fill(page.locator('dialog #new-name'), 'Long nights')
    await press(inDialog('button', 'Create'))
    await page.locator('.folder', { hasText: 'Long nights' }).waitFor()
    const box = page.getByLabel('Choose The long night.bin', { exact: true })
    await press(box)
    assert.ok(await box.isChecked())
    assert.match(await page.innerText('#selection'), /1 entry/)
    await press(page.locator('#selection').getByRole('button', { name: 'Move', exact: true }))
    await press(inDialog('button', 'Long nights'))
    await page.locator('dialog strong', { hasText: 'Long nights' }).waitFor()
    await press(inDialog('button', 'Move here'))
    await until(
      page,
      'it has left',
      () => !document.querySelector('dialog') && !document.body.innerText.includes('The long night.bin'),
    )
    await press(page.locator('.folder > a', { hasText: 'Long nights' }))
    await row('The long night.bin').waitFor()

    // Makes a link for seven days, lists it and revokes it.
    await press(link('What to do with The long night.bin'))
    await press(inDialog('button', 'Share…'))
    assert.ok(await inDialog('radio', '7 days').isChecked())
    await press(inDialog('button', 'Create link'))
    const made = page.locator('dialog .copy-line input')
    await made.waitFor()
    const address = await made.inputValue()
    assert.match(address, /^https?:\/\/.*\/s\//)
    await until(page, 'its code is drawn', () => document.querySelector('dialog .qr').naturalWidth > 0)
    await press(inDialog('link', 'All your links'))
    await page.waitForURL('**/account/films/shares')
    const share = page.locator('.own-share', { hasText: 'The long night.bin' })
    assert.match(await share.innerText(), /Ends in 7 days/)
    assert.equal(await share.locator('input').inputValue(), address)
    await isNamed(page)
    await fits(page)
    await press(button('Revoke the link to The long night.bin'))
    await page.getByText('No links yet.').waitFor()

    // Deletes, after a confirmation.
    await page.goto(`${home}/browse/films/Long%20nights`)
    await press(link('What to do with The long night.bin'))
    await press(inDialog('button', 'Delete…'))
    await page.getByRole('heading', { name: 'Delete “The long night.bin”?' }).waitFor()
    await press(inDialog('button', 'Delete'))
    await page.getByText('This folder is empty.').waitFor()
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
