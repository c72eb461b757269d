#!/bin/sh
# Paints the three sample films and cuts them the way TeraBox serves them.
#
# Each film is a folder of paper-cut scenery: still layers drawn once, moved against each other, with a
# clock and a soft chord. Out of one picture come three renditions (480, 720, 1080: H.264 and AAC) and a
# sound-only one (MP3), each a single MPEG-TS object whose 10 s segments start at keyframes, aligned
# across the rungs. The original is the 1080 rendition copied into an MP4, packet for packet.
# film.json holds what the sandbox needs to know: sizes, lengths, and the table of segments.
#
# Needs: ffmpeg with libx264, libmp3lame and drawtext; jq; the DejaVu fonts.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
FPS=24
SEGMENT_S=10
# Tables once a segment and every few seconds: at these bitrates the container would outweigh the picture.
SPARSE=pat_period=4:sdt_period=8
run() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

# layer NAME WIDTH R G B ALPHA: one still picture, 1080 px high, from expressions of X and Y.
layer() {
  run -f lavfi -i "color=black:s=$2x1080,format=rgba" \
    -vf "geq=r='min(255,$3)':g='min(255,$4)':b='min(255,$5)':a='$6'" -frames:v 1 "$work/$1.png"
}
# sheet NAME WIDTH R G B EDGE: a sheet of paper below the line y = EDGE, darker towards the bottom.
sheet() {
  shade="(1-0.45*clip((Y-($6))/420,0,1))"
  layer "$1" "$2" "$3*$shade" "$4*$shade" "$5*$shade" "255*clip(Y-($6)+0.5,0,1)"
}
# disc NAME RADIUS R G B: a soft-edged, lit disc on a square of 2*RADIUS+8.
disc() {
  side=$(( 2 * $2 + 8 ))
  lit="(0.72+0.28*clip(($side-X-Y/2)/$side,0,1))"
  run -f lavfi -i "color=black:s=${side}x${side},format=rgba" -vf \
    "geq=r='$3*$lit':g='$4*$lit':b='$5*$lit':a='255*clip($2+0.5-hypot(X-$side/2,Y-$side/2),0,1)'" \
    -frames:v 1 "$work/$1.png"
}
# mix A B T: from A to B while T goes from 0 to 1.
mix() { printf '(%s+(%s)*clip(%s,0,1))' "$1" "$(( $2 - $1 ))" "$3"; }
star="gt(mod(abs(sin(floor(X/54)*127.1+floor(Y/54)*311.7)*43758.5),1),0.82)*exp(-(pow(mod(X,54)-27-18*sin(floor(Y/54)*7+floor(X/54)*3),2)+pow(mod(Y,54)-27-18*cos(floor(X/54)*5),2))/3)"

# film NAME SECONDS TITLE CHORD GRAPH INPUTS…: renders, cuts, describes.
film() {
  name=$1 seconds=$2 title=$3 chord=$4 graph=$5
  shift 5
  mkdir -p "$name"
  set -- "$@" -f lavfi -i "aevalsrc='$chord':s=32000:d=$seconds"
  sound=$(( $(printf '%s\n' "$@" | grep -c '^-i$') - 1 ))
  text="fontcolor=white@0.82:shadowcolor=black@0.35:shadowx=2:shadowy=2"
  graph="$graph,drawtext=font='DejaVu Sans':text='$title':fontsize=44:x=84:y=924:$text"
  graph="$graph,drawtext=font='DejaVu Sans Mono':text='%{pts\:gmtime\:0\:%M\\\\\:%S}':fontsize=34:x=86:y=984:$text"
  graph="$graph,format=yuv420p,split=3[w1080][h][s];[h]scale=1280:720:flags=lanczos[w720];[s]scale=854:480:flags=lanczos[w480]"
  for rung in 480 720 1080; do
    set -- "$@" -map "[w$rung]" -map "$sound:a" -t "$seconds" \
      -c:v libx264 -preset slower -crf 34 -tune animation -profile:v high -x264-params "aq-mode=3:open-gop=0" \
      -r $FPS -g $(( FPS * SEGMENT_S )) -keyint_min $(( FPS * SEGMENT_S )) -sc_threshold 0 \
      -c:a aac -b:a 16k -ac 1 -flags +bitexact \
      -f hls -hls_time $SEGMENT_S -hls_list_size 0 -hls_flags single_file -hls_segment_options $SPARSE \
      -hls_segment_filename "$name/$rung.ts" "$work/$name-$rung.m3u8"
  done
  run -filter_complex_threads 2 "$@" -filter_complex "$graph"
  run -i "$name/1080.ts" -map 0:a -c:a libmp3lame -b:a 24k -ac 1 -flags +bitexact \
    -f hls -hls_time $SEGMENT_S -hls_list_size 0 -hls_flags single_file -hls_segment_options $SPARSE \
    -hls_segment_filename "$name/audio.ts" "$work/$name-audio.m3u8"
  run -i "$name/1080.ts" -map 0 -c copy -fflags +bitexact -movflags +faststart "$name/original.mp4"
  for size in 60 140 360 850; do
    run -ss 17 -i "$name/original.mp4" -frames:v 1 -vf "scale=$size:-1:flags=lanczos" -q:v 4 "$name/poster-$size.jpg"
  done
  describe "$name" "$seconds" "$title" > "$name/film.json"
}

# describe NAME SECONDS TITLE: the film's table, the segments as [offset_bytes, length_bytes, duration_s].
describe() {
  for rendition in 480 720 1080 audio; do
    awk -v e="$(md5sum < "$1/$rendition.ts" | cut -c1-32)" -v r="$rendition" -F'[:,@]' '
      /^#EXTINF/ { d = $2 }
      /^#EXT-X-BYTERANGE/ { print r, e, $3, $2, d }' "$work/$1-$rendition.m3u8"
  done | jq -Rn --arg title "$3" --argjson seconds "$2" --argjson fps $FPS '
    [inputs | split(" ")] | group_by(.[0])
    | map({key: .[0][0], value: {etag: .[0][1], segments: map([(.[2] | tonumber), (.[3] | tonumber), (.[4] | tonumber)])}})
    | {title: $title, duration_s: $seconds, width: 1920, height: 1080, frame_rate: $fps, renditions: from_entries}' \
    | jq -c . | sed 's/\],\[/],\n  [/g; s/:\[\[/:[\n  [/g'
}

tidal_light() {
  up="(Y/640)"
  glow="exp(-(pow((X-1240)/520,2)+pow((Y-520)/330,2)))"
  layer sky 1920 "$(mix 24 214 "$up")+64*$glow" "$(mix 18 96 "$up")+70*$glow" "$(mix 58 104 "$up")+10*$glow" 255
  disc sun 118 255 214 150
  sheet w1 2400 168 78 104 "618+9*sin(X/95)+5*sin(X/41+1)"
  sheet w2 2400 118 56 98 "692+13*sin(X/130+2)+6*sin(X/57)"
  sheet w3 2400 74 38 84 "784+17*sin(X/170+4)+8*sin(X/73+2)"
  sheet w4 2400 40 24 62 "890+20*sin(X/210+1)+9*sin(X/88+3)"
  film tidal-light 66 "Tidal Light" \
    "0.13*(sin(2*PI*146.83*t)+0.8*sin(2*PI*220*t)+0.6*sin(2*PI*277.18*t))*(0.6+0.4*sin(2*PI*t/12))" \
    "[0][1]overlay=x=1122:y='330+2*t'[a];[a][2]overlay=x='-240+90*sin(2*PI*t/18)'[b];[b][3]overlay=x='-240+130*sin(2*PI*t/18+1)'[c];[c][4]overlay=x='-240+170*sin(2*PI*t/24+2)'[d];[d][5]overlay=x='-240+210*sin(2*PI*t/24+3)'" \
    -loop 1 -r $FPS -i "$work/sky.png" -i "$work/sun.png" -i "$work/w1.png" -i "$work/w2.png" -i "$work/w3.png" -i "$work/w4.png"
}

paper_mountains() {
  up="pow(Y/820,1.4)"
  layer night 1920 "$(mix 8 150 "$up")+235*$star*lt(Y,520)" "$(mix 22 196 "$up")+240*$star*lt(Y,520)" "$(mix 44 186 "$up")+240*$star*lt(Y,520)" 255
  disc moon 84 246 240 218
  ridge() { printf '%s+%s*abs(sin(X/%s+%s))+%s*abs(sin(X/%s+%s))' "$@"; }
  sheet m1 2100 116 168 164 "$(ridge 470 210 260 1 60 97 2)"
  sheet m2 2400 70 130 134 "$(ridge 560 220 330 2 70 121 0)"
  sheet m3 2800 40 94 104 "$(ridge 650 210 290 0 64 107 1)"
  sheet m4 3300 22 62 76 "$(ridge 750 200 350 2 58 91 3)"
  sheet m5 4100 10 34 48 "$(ridge 850 190 410 1 54 83 2)"
  film paper-mountains 60 "Paper Mountains" \
    "0.13*(sin(2*PI*130.81*t)+0.8*sin(2*PI*196*t)+0.6*sin(2*PI*329.63*t))*(0.6+0.4*sin(2*PI*t/10))" \
    "[0][1]overlay=x=420:y=150[a];[a][2]overlay=x='-2*t'[b];[b][3]overlay=x='-5*t'[c];[c][4]overlay=x='-9*t'[d];[d][5]overlay=x='-14*t'[e];[e][6]overlay=x='-22*t'" \
    -loop 1 -r $FPS -i "$work/night.png" -i "$work/moon.png" -i "$work/m1.png" -i "$work/m2.png" -i "$work/m3.png" -i "$work/m4.png" -i "$work/m5.png"
}

three_moons() {
  planet="clip(470.5-hypot(X-1330,Y-640),0,1)"
  light="(0.25+0.75*clip(1-hypot(X-1130,Y-420)/760,0,1))*(0.94+0.06*sin((Y-0.22*X)/21)*exp(-pow((Y-640)/300,2)))"
  layer space 1920 "(10+235*$star)*(1-$planet)+236*$light*$planet" "(9+225*$star)*(1-$planet)+142*$light*$planet" "(22+235*$star)*(1-$planet)+116*$light*$planet" 255
  disc near 46 226 214 240
  disc mid 30 150 196 214
  disc far 19 240 190 130
  film three-moons 62 "Three Moons" \
    "0.13*(sin(2*PI*110*t)+0.8*sin(2*PI*164.81*t)+0.6*sin(2*PI*246.94*t))*(0.6+0.4*sin(2*PI*t/16))" \
    "[0][1]overlay=x='1280+620*cos(2*PI*t/40+2.6)':y='600+210*sin(2*PI*t/40+2.6)'[a];[a][2]overlay=x='1296-700*cos(2*PI*t/56+0.6)':y='420+260*sin(2*PI*t/56+0.6)'[b];[b][3]overlay=x='1300+900*cos(2*PI*t/64+3.6)':y='330+180*sin(2*PI*t/64+3.6)'" \
    -loop 1 -r $FPS -i "$work/space.png" -i "$work/near.png" -i "$work/mid.png" -i "$work/far.png"
}

# One film's sound as a file of its own.
sound() {
  run -i tidal-light/audio.ts -map 0 -c copy -fflags +bitexact -id3v2_version 0 -write_xing 0 tidal-light/sound.mp3
}

# The picture that stands in the place of the sign-in QR code.
sign_in() {
  run -f lavfi -i "color=white:s=240x240" -vf "drawtext=font='DejaVu Sans':text='sandbox sign-in':fontsize=24:x=(w-tw)/2:y=88,drawtext=font='DejaVu Sans Mono':text='POST /_sandbox/approve':fontsize=15:x=(w-tw)/2:y=132,format=gray,lut=y='255*gt(val,128)',format=monob" \
    -frames:v 1 sign-in.png
}

case "${1-all}" in
  all) tidal_light; paper_mountains; three_moons; sound; sign_in ;;
  *) "$1" ;;
esac
