// Runs on the page of a picture: arrow keys and swipes lead to the pictures beside it, Escape back to the folder. The
// links of the page do the same without it. Pictures replace one another in the history, so that "back" leaves them.

const MIN_SWIPE_PX = 60

const follow = id => {
  const link = document.getElementById(id)
  if (!link) return false
  if (id === 'back') location.assign(link.href)
  else location.replace(link.href)
  return true
}

const KEYS = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  PageUp: 'previous',
  PageDown: 'next',
  Escape: 'back',
}

// The capture phase comes before the arrow keys that move the focus. While a link is visibly focused, they do that.
document.addEventListener(
  'keydown',
  event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    const focused = document.activeElement
    const isElsewhere = focused?.matches('input, a:focus-visible, button:focus-visible')
    if (isElsewhere && event.key.startsWith('Arrow')) return
    if (!KEYS[event.key] || !follow(KEYS[event.key])) return
    event.preventDefault()
    event.stopPropagation()
  },
  true,
)

for (const id of ['previous', 'next']) {
  document.getElementById(id)?.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    follow(id)
  })
}

const picture = document.getElementById('picture')
// The next picture is fetched ahead.
if (picture?.dataset.next) new Image().src = picture.dataset.next

let start = null
picture?.addEventListener('touchstart', ({ touches }) => {
  start = touches.length === 1 ? { x: touches[0].clientX, y: touches[0].clientY } : null
})
picture?.addEventListener('touchend', ({ changedTouches }) => {
  if (!start) return
  const along = changedTouches[0].clientX - start.x
  const across = changedTouches[0].clientY - start.y
  start = null
  // A zoomed page is moved, not left.
  if (Math.abs(along) < MIN_SWIPE_PX || Math.abs(across) > Math.abs(along) || visualViewport?.scale > 1.05)
    return
  const isForward = along < 0 !== (document.dir === 'rtl')
  follow(isForward ? 'next' : 'previous')
})
