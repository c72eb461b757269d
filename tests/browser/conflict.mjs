// Drops files onto a folder: the name of one exists already, which leads to a question; one upload is
// cancelled; and one is refused by the drive, with a reason.

import { assert, home, more, until, upstream, visit } from './harness.mjs'

await visit(async (page, watch) => {
  watch.allow(/status of 4\d\d/)
  await page.goto(`${home}/browse/films`)
  const drop = async (...files) => {
    await page.evaluate(files => {
      const transfer = new DataTransfer()
      for (const [name, size] of files) transfer.items.add(new File([new Uint8Array(size).fill(65)], name))
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(
          new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }),
        )
      }
    }, files)
  }
  const row = name => page.locator('.upload', { hasText: name })
  const ends = (name, state) =>
    until(
      page,
      `${name} is ${state}`,
      ([name, state]) =>
        [...document.querySelectorAll('.upload')].some(
          row => row.innerText.includes(name) && row.dataset.state === state,
        ),
      [name, state],
    )

  await drop(['first.txt', 1000], ['second.txt', 2000])
  await ends('first.txt', 'done')
  await ends('second.txt', 'done')
  await page.locator('#files .file', { hasText: 'first.txt' }).waitFor()

  await drop(['first.txt', 500])
  await ends('first.txt', 'asks')
  await page.getByRole('button', { name: 'Replace: first.txt' }).click()
  await until(page, 'it is replaced', () =>
    [...document.querySelectorAll('#files .file')].some(
      file => /first\.txt/.test(file.innerText) && /500 bytes/.test(file.innerText),
    ),
  )

  await drop(['second.txt', 700])
  await ends('second.txt', 'asks')
  await page.getByRole('button', { name: 'Skip: second.txt' }).click()
  await ends('second.txt', 'failed')

  await drop(['empty.txt', 0])
  await ends('empty.txt', 'asks')
  assert.match(await row('empty.txt').innerText(), /empty/i)
  await page.getByRole('button', { name: 'Skip: empty.txt' }).click()

  await upstream('faults', { route: 'superfile2', fault: { latency_ms: 3000 } })
  await drop(['slow.txt', 6_000_000])
  await page.getByRole('button', { name: 'Cancel: slow.txt' }).click()
  await ends('slow.txt', 'cancelled')
  await upstream('faults')
}, {})
assert.ok(more.length > 0)
