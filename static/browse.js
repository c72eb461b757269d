// Long folders: when the end of the list comes near, the next page is fetched by the very link that a
// visitor without JavaScript would follow, and its cards are appended to the lists of this page.

const AHEAD = '1500px'

const more = document.getElementById('more')
if (more && 'IntersectionObserver' in window) growWith(more)

function growWith(link) {
  const status = document.getElementById('grown')
  const label = link.textContent
  let busy = false

  const observer = new IntersectionObserver(
    entries => {
      if (entries.some(entry => entry.isIntersecting)) grow()
    },
    { rootMargin: AHEAD },
  )
  observer.observe(link)

  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    grow()
  })

  async function grow() {
    if (busy) return
    busy = true
    link.textContent = 'Loading…'
    try {
      const page = await fetchPage(link.href)
      const count = append(page)
      status.textContent = `${count} more loaded`
      const next = page.getElementById('more')
      if (!next) {
        observer.disconnect()
        link.closest('.pages').remove()
        return
      }
      link.href = next.getAttribute('href')
      link.textContent = label
      // An observer reports changes only: look again in case the new cards did not fill the screen.
      observer.unobserve(link)
      observer.observe(link)
    } catch {
      observer.disconnect()
      link.textContent = 'That did not work. Try again'
    } finally {
      busy = false
    }
  }
}

async function fetchPage(href) {
  const reply = await fetch(href, { headers: { accept: 'text/html' }, credentials: 'same-origin' })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  return new DOMParser().parseFromString(await reply.text(), 'text/html')
}

function append(page) {
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
