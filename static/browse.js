// Extends long lists: when the end comes near, fetches the next page by the link that visitors without
// JavaScript follow, and appends its cards to the lists of this page.

import { patientUrl } from './page/patient.js'
import { listing as texts } from './texts.js'

const PREFETCH_MARGIN = '1500px'

const more = document.getElementById('more')
if (more && 'IntersectionObserver' in window) extendLists(more)

function extendLists(link) {
  const status = document.getElementById('grown')
  const label = link.textContent
  let isLoading = false

  const observer = new IntersectionObserver(
    entries => {
      if (entries.some(entry => entry.isIntersecting)) loadNext()
    },
    { rootMargin: PREFETCH_MARGIN },
  )
  observer.observe(link)

  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    loadNext()
  })

  async function loadNext() {
    if (isLoading) return
    isLoading = true
    link.textContent = texts.loading
    try {
      const page = await fetchPage(link.href)
      const count = appendItems(page)
      status.textContent = texts.loaded({ count })
      const next = page.getElementById('more')
      if (!next) {
        observer.disconnect()
        link.closest('.pages').remove()
        return
      }
      link.href = next.getAttribute('href')
      link.textContent = label
      // An observer reports changes only. It is renewed in case the new cards did not fill the screen.
      observer.unobserve(link)
      observer.observe(link)
    } catch {
      observer.disconnect()
      link.textContent = texts.failed
    } finally {
      isLoading = false
    }
  }
}

async function fetchPage(href) {
  const reply = await fetch(patientUrl(href), {
    headers: { accept: 'text/html' },
    credentials: 'same-origin',
  })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  return new DOMParser().parseFromString(await reply.text(), 'text/html')
}

/** Moves the items of `page` to the lists of this page. Returns their number. */
function appendItems(page) {
  let count = 0
  for (const list of document.querySelectorAll('[data-grows]')) {
    const fresh = page.getElementById(list.id)
    if (!fresh) continue
    const items = [...fresh.children].map(item => document.adoptNode(item))
    list.append(...items)
    count += items.length
  }
  return count
}
