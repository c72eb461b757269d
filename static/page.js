// What every page gets: pictures that fail are taken away, addresses can be copied, and arrow keys
// move between the cards. Pages work without any of it.

import { watchArrowKeys } from './page/arrows.js'
import { watchCopyButtons } from './page/copy.js'
import { watchPosters } from './page/posters.js'

watchPosters(document)
watchCopyButtons(document)
watchArrowKeys(document)
