// Runs on every page: removes posters that fail to load, enables the copy buttons, moves the focus with the arrow
// keys, and keeps up the sign of running tasks. Pages work without it.

import { enableCopyButtons } from './page/copy.js'
import { removeBrokenPosters } from './page/posters.js'
import { enableSpatialNavigation } from './page/spatial-navigation.js'
import { watchTasksSign } from './page/task-events.js'

removeBrokenPosters(document)
enableCopyButtons(document)
enableSpatialNavigation(document)
watchTasksSign()
