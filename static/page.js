// What every page gets: pictures that fail are taken away, addresses can be copied, and arrow keys
// move between the cards. Pages work without any of it.

import { watchPosters } from './page/posters.js';
import { watchCopyButtons } from './page/copy.js';
import { watchArrowKeys } from './page/arrows.js';

watchPosters(document);
watchCopyButtons(document);
watchArrowKeys(document);
