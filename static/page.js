// Runs on every page: removes posters that fail to load, enables the copy buttons, and moves the focus
// with the arrow keys. Pages work without it.

import { enableCopyButtons } from './page/copy.js'
import { removeBrokenPosters } from './page/posters.js'
import { enableSpatialNavigation } from './page/spatial-navigation.js'

removeBrokenPosters(document)
enableCopyButtons(document)
enableSpatialNavigation(document)
