// Formats positions and lengths of films.

/** Formats seconds as `1:02:03` or `2:03`, with as many places as `longest` needs. */
export function formatClock(seconds, longest = seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = number => String(number).padStart(2, '0')
  if (h > 0 || longest >= 3600) return `${h}:${two(m)}:${two(s)}`
  return `${m}:${two(s)}`
}
