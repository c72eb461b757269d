// Runs on every page: removes posters that fail to load, enables the copy buttons, moves the focus with the arrow
// keys, and keeps up the sign of running tasks. Pages work without it.

import { enableCopyButtons } from './page/copy.js'
import { removeBrokenPosters } from './page/posters.js'
import { enableSpatialNavigation } from './page/spatial-navigation.js'

removeBrokenPosters(document)
enableCopyButtons(document)
enableSpatialNavigation(document)

// The module that follows tasks is loaded once there are some.
const sign = document.querySelector('.tasks-sign')
if (sign && !sign.hidden) followTasks(module => module.watchTasksSign())
else if (sign)
  document.addEventListener('tasks:begun', () => followTasks(module => module.awaitTask()), { once: true })

function followTasks(follow) {
  import('./page/task-events.js').then(follow, () => {})
}
