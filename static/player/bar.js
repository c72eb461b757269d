// The bar below the film: play, ten seconds back and ahead, the menus, small picture, full screen,
// help. The browser's own controls stay; these are the things that they lack, or hide.

import { icon, make } from './elements.js';
import { Menu } from './menu.js';
import { SPEEDS } from './deeds.js';

/** Fills `bar`; `deeds` does what is asked for. */
export function fillBar(bar, { video, stream, deeds }) {
  const play = button('play', 'Play', deeds.togglePlay);
  const quality = new Menu('quality', 'Quality', deeds.chooseQuality);
  const speed = new Menu('speed', 'Speed', (value) => deeds.setSpeed(Number(value)));
  const subtitles = new Menu('subtitles', 'Subtitles', (value) => deeds.chooseSubtitles(value));
  const small = button('small', 'Picture in picture', deeds.togglePictureInPicture);
  small.hidden = !document.pictureInPictureEnabled;
  bar.append(
    play,
    button('back', 'Ten seconds back', () => deeds.seekBy(-10)),
    button('ahead', 'Ten seconds ahead', () => deeds.seekBy(10)),
    make('span', { className: 'bar-gap' }),
    subtitles.element,
    speed.element,
    quality.element,
    small,
    button('full', 'Full screen', deeds.toggleFullScreen),
    make('button', { type: 'button', className: 'help-button', textContent: '?', title: 'Keys (?)', ariaLabel: 'Keys', onclick: deeds.showHelp }),
  );
  bar.hidden = false;

  const showPlay = () => {
    play.replaceChildren(icon(video.paused ? 'play' : 'pause'));
    name(play, video.paused ? 'Play' : 'Pause');
  };
  const showQuality = () => quality.show(qualityItems(stream), stream.chosen, qualityWord(stream));
  const showSpeed = () => {
    const items = SPEEDS.map((value) => ({ value: String(value), label: speedWord(value), data: { 'data-speed': String(value) } }));
    speed.show(items, String(video.playbackRate), speedWord(video.playbackRate));
  };
  const showSubtitles = () => {
    const tracks = deeds.subtitleTracks();
    subtitles.element.hidden = tracks.length === 0;
    const shown = tracks.findIndex((track) => track.mode === 'showing');
    const items = [{ value: '-1', label: 'Off' }, ...tracks.map((track, at) => ({ value: String(at), label: wordOf(track, at) }))];
    subtitles.show(items, String(shown), shown < 0 ? 'Off' : wordOf(tracks[shown], shown));
  };

  for (const event of ['play', 'pause', 'ended', 'emptied']) video.addEventListener(event, showPlay);
  video.addEventListener('ratechange', showSpeed);
  for (const event of ['rungs', 'quality']) stream.addEventListener(event, showQuality);
  for (const event of ['addtrack', 'removetrack', 'change']) video.textTracks.addEventListener(event, showSubtitles);
  showPlay();
  showQuality();
  showSpeed();
  showSubtitles();
}

function button(shape, label, act) {
  const element = make('button', { type: 'button', onclick: () => act(), attributes: { 'data-act': shape } }, icon(shape));
  name(element, label);
  return element;
}

function name(element, label) {
  element.ariaLabel = label;
  element.title = label;
}

function qualityItems(stream) {
  return stream.choices.map(({ name: value, offered }) => ({
    value,
    label: qualityLabel(value),
    note: noteOf(stream, value, offered),
    data: { 'data-quality': value },
    disabled: !offered,
  }));
}

function noteOf(stream, value, offered) {
  if (!offered) return 'not offered';
  if (value === 'auto' && stream.chosen === 'auto') return stream.quality;
  return '';
}

function qualityLabel(value) {
  return { auto: 'Auto', original: 'Original', audio: 'Audio only' }[value] ?? value;
}

function qualityWord(stream) {
  if (stream.chosen !== 'auto') return qualityLabel(stream.chosen);
  return stream.quality ? `Auto · ${qualityLabel(stream.quality)}` : 'Auto';
}

function speedWord(value) {
  return value === 1 ? 'Normal' : `${value}×`;
}

function wordOf(track, at) {
  return track.label || track.language || `Track ${at + 1}`;
}
