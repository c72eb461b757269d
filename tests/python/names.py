"""Makes 2,000 names of films and episodes with what they mean, and notes how guessit reads each of them.

    python tests/python/names.py > crates/media/testdata/names.tsv

The names are made of invented titles by the patterns that people, release groups and media servers use; the meaning is that of which
a name was made. It needs guessit 4.4. A test of `crates/media` compares the parser of names with both.

Columns: group, path, and then twice title, year, season, episode, last episode, date: the meaning, and guessit's reading.
"""

import random
import re
import sys

from guessit import __version__, guessit

TITLES = """Paper Mountains|Tidal Light|Three Moons|The Ferry|Harbour Lights|Night Shift|A Quiet Week|The Glass Letter|Iron Garden
The Last Summer of Ada|Winter Road|Silent River|Golden Window|The Distant Fire|Island of Storms|An Honest Thief|The Cartographer
Under the Viaduct|Salt and Smoke|The Lamp Keepers|Blue Hour|Half a World Away|No Return Ticket|The Understudy|Letters to Nobody
Northern Line|The Weather Station|Copper Sky|A Map of Rain|The Second Violin|Marble Hall|Dust and Honey|The Orchard Thieves
Where the Tram Ends|Small Hours|The Clockmaker|Paper Boats|The Long Ferry|Cold Harbour|The Bees of Montrose|Signal Lost
The Empty Theatre|Rooftop Gardens|The Night Librarian|Postcards|Two Left Shoes|The Swimmer|Green Tea at Noon|The Locksmith
Fourteen Bridges|The Silver Spoon|One Street Over|The Hollow Crown Inn|Mister Fox|Lanterns|The Great Flood of Anders
Everything Was Blue|The Train to Lund|Falling Upwards|Kite Season|The Borrowed Coat|Sundays""".replace("\n", "|").split("|")

# Titles that contain what looks like a tag, a year or a number.
ODD_TITLES = [
    ("Blade Walker 2049", None), ("2012", None), ("1917", None), ("Escape from 1999 Island", None), ("Area 51", None),
    ("Seven Days in 1984", None), ("The English Gardener", None), ("The French Letter", None), ("Web of Lies", None),
    ("The Director", None), ("Extended Family", None), ("The Final Cut", None), ("Room 1408", None), ("12 Quiet People", None),
    ("Ocean's Nine", None), ("Ocean & Sons", None), ("M.A.R.S", None), ("Mr. Brown", None), ("Dr. Hale", None), ("U.F.O", None),
    ("Dune Sea Part Two", None), ("Star Dust Episode IV", None), ("Henry V", None), ("Rocky Coast II", None), ("300 Steps", None),
    ("Catch 44", None), ("8 Mile Road", None), ("Apollo 14", None), ("The 39 Stairs", None), ("Section 9", None),
    ("The Italian Job Hunt", None), ("Spanish Moss", None), ("Cinema Paradise Lost", None), ("Complete Strangers", None),
    ("What's Left?", None), ("Ready, Set, Go!", None), ("Mother!", None), ("Love-Hate", None), ("Spider-Woman", None),
    ("X", None), ("It", None), ("Up", None), ("Se7en Seas", None), ("The Hd Cafe", None), ("Sample of Life", None),
]
FOREIGN_TITLES = [
    "Тихий Дом", "Три луны", "Зимняя дорога", "映画のように", "三つの月", "夜の図書館", "紙の山", "纸山", "三个月亮", "무인도의 편지",
    "שלום עולם", "رحلة الليل", "तीन चाँद", "Das Haus am See", "Die stille Woche", "Le Phare de Minuit", "L'Été Dernier",
    "La Última Carta", "O Último Verão", "Il Treno per Lund", "Över Bron", "Fjällvägen", "Księżyc i Morze", "Žluté Okno", "Gökyüzü",
]
EPISODE_TITLES = """Rise|Low Water|The Pilot|Fog|Storm|Calm|A Guest|The Way Back|Dust|Two Doors|The French Sea|Old Friends|Pilot
What Remains|Ashes|The Visit|Home|Night Train|The Letter|After Rain|Number Nine|Cold Light|The Wedding|Part One|Twenty Years
Open Water|The Bet|Ghosts|A Fine Day|The Key""".replace("\n", "|").split("|")
SOURCES = ["BluRay", "BDRip", "WEB-DL", "WEBRip", "WEB", "HDTV", "DVDRip", "BRRip", "HDRip", "UHD.BluRay"]
SOUNDS = ["DTS", "AAC", "AC3", "DDP5.1", "DD5.1", "DTS-HD.MA.5.1", "TrueHD.7.1.Atmos", "AAC2.0", "FLAC", "EAC3"]
CODECS = ["x264", "x265", "H.264", "H264", "HEVC", "XviD", "AV1", "h265"]
SIZES = ["1080p", "720p", "2160p", "480p", "1080i"]
GROUPS = ["GRP", "NOVA", "LANTERN", "FERRY", "KiNGS", "RARBOX", "SPARKLE", "NTb0", "TEPES2", "ION20"]
EXTENSIONS = ["mkv", "mp4", "avi", "m4v", "mov", "ts", "webm"]
LANGUAGES = ["German", "FRENCH", "iTALiAN", "Spanish", "RUSSIAN", "German.DL", "MULTi", "TRUEFRENCH", "Swedish", "Japanese"]
EDITIONS = ["Directors.Cut", "Extended", "UNRATED", "REMASTERED", "Theatrical.Cut", "EXTENDED.CUT", "IMAX", "Uncut"]
FANSUBS = ["Group", "SubsPlease", "Erai-raws", "HorribleSubs", "Lantern-Subs", "FFF", "Judas"]

dice = random.Random(2026)
pick = dice.choice


def dots(title):
    text = re.sub(r"[,!?:']", "", title)
    return re.sub(r"[ .]+", ".", text).strip(".")


def tags(separator="."):
    parts = [pick(SIZES), pick(SOURCES)]
    if dice.random() < 0.6:
        parts.append(pick(SOUNDS))
    parts.append(pick(CODECS))
    text = ".".join(parts).replace(".", separator) if separator != "." else ".".join(parts)
    return text + "-" + pick(GROUPS)


def year():
    return dice.randint(1931, 2026)


def ext():
    return pick(EXTENSIONS)


def title():
    return pick(TITLES)


def film(path, name, when):
    return path, name, when, None, None, None, None


def episode(path, name, season, number, last=None, when=None):
    return path, name, when, season, number, last, None


def film_scene():
    name, when = title(), year()
    extra = ""
    if dice.random() < 0.2:
        extra = "." + pick(["PROPER", "REPACK", "LIMITED", "iNTERNAL", "HDR", "10bit", "REMUX"])
    file = f"{dots(name)}.{when}{extra}.{tags()}"
    if dice.random() < 0.1:
        file = file.lower()
    if dice.random() < 0.15:
        file = file.replace(".", "_")
    folder = pick(["", "", "", f"{file}/", "Films/", "Movies/", "Downloads/complete/"])
    return film(f"{folder}{file}.{ext()}", name, when)


def film_plain():
    name, when = title(), year()
    size = pick(SIZES)
    forms = [
        f"{name} ({when})", f"{name} ({when})", f"{name} [{when}]", f"{name} {when}", f"{name} - {when}", f"({when}) {name}",
        f"{name} ({when}) - {size}", f"{name} ({when}) [{size}]", f"{name} [{when}] [{size}] [WEB-DL]",
        f"{name} ({when}) {{imdb-tt{dice.randint(1000000, 9999999)}}}", f"{name} ({when}) [tmdbid-{dice.randint(100, 99999)}]",
        f"{name} ({when}) [{size}] [BluRay] [5.1] [YTS.MX]", f"{name} {when} {size} BluRay",
    ]
    file = pick(forms)
    folder = pick(["", "", f"{name} ({when})/", f"Films/{name} ({when})/", "Films/", "Movies/Drama/", "Kino/", f"Films/{when}/"])
    return film(f"{folder}{file}.{ext()}", name, when)


def film_from_folder():
    name, when = title(), year()
    plain = pick([name, dots(name).lower(), f"{name} {pick(SIZES)}", f"{dots(name)}.{tags()}", "movie", name.lower()])
    return film(f"{pick(['Films/', 'Movies/', ''])}{name} ({when})/{plain}.{ext()}", name, when)


def film_odd():
    name, when = pick(ODD_TITLES)[0], year()
    forms = [f"{name} ({when})", f"{dots(name)}.{when}.{tags()}", f"{name} [{when}] [{pick(SIZES)}]"]
    return film(f"{pick(['', 'Films/'])}{pick(forms)}.{ext()}", name, when)


def film_without_year():
    name = title()
    forms = [f"{name}", f"{dots(name)}.{tags()}", f"{name} [{pick(SIZES)}]", f"{name} {pick(SIZES)} {pick(SOURCES[:5])}"]
    return film(f"{pick(['', 'Films/', 'Downloads/'])}{pick(forms)}.{ext()}", name, None)


def film_edition():
    name, when = title(), year()
    edition = pick(EDITIONS)
    forms = [
        f"{dots(name)}.{when}.{edition}.{tags()}", f"{name} ({when}) {edition.replace('.', ' ')}",
        f"{name} ({when}) {{edition-{edition.replace('.', ' ')}}}", f"{name} ({when}) - {pick(['CD1', 'CD2', 'part1', 'cd3'])}",
        f"{dots(name)}.{when}.{pick(['CD1', 'CD2'])}.DVDRip.XviD-{pick(GROUPS)}",
    ]
    return film(f"{pick(forms)}.{ext()}", name, when)


def film_language():
    when = year()
    if dice.random() < 0.5:
        name = title()
        forms = [f"{dots(name)}.{when}.{pick(LANGUAGES)}.{tags()}", f"{name} ({when}) {pick(LANGUAGES[:5])}"]
    else:
        name = pick(FOREIGN_TITLES)
        forms = [f"{name} ({when})", f"{dots(name)}.{when}.{tags()}", f"{name} {when} {pick(SIZES)}", f"{name} [{when}]"]
    return film(f"{pick(['', 'Films/'])}{pick(forms)}.{ext()}", name, when)


def numbers():
    return dice.randint(1, 12), dice.randint(1, 24)


def episode_scene():
    name, (season, number) = title(), numbers()
    when, middle = None, ""
    if dice.random() < 0.15:
        when = year()
        middle = f".{when}"
    after = f".{dots(pick(EPISODE_TITLES))}" if dice.random() < 0.35 else ""
    file = f"{dots(name)}{middle}.S{season:02}E{number:02}{after}.{tags()}"
    if dice.random() < 0.15:
        file = file.lower()
    folder = pick(["", "", "", f"{dots(name)}.S{season:02}.{tags()}/", "TV/", "Series/", "Downloads/"])
    return episode(f"{folder}{file}.{ext()}", name, season, number, when=when)


def episode_plain():
    name, (season, number), called = title(), numbers(), pick(EPISODE_TITLES)
    forms = [
        f"{name} - S{season:02}E{number:02} - {called}", f"{name} - {season}x{number:02} - {called}", f"{name} {season}x{number:02}",
        f"{name} S{season:02} E{number:02}", f"{name} S{season:02}E{number:02} {called}", f"{name} s{season}e{number}",
        f"{name} - S{season:02}E{number:02}", f"{name} Season {season} Episode {number}",
        f"{name} - Season {season} Episode {number} - {called}", f"{name} [S{season:02}E{number:02}] {called}",
        f"{name} - [{season}x{number:02}] - {called}", f"{name}_S{season:02}E{number:02}_{pick(SIZES)}",
        f"{name} S{season:02}.E{number:02}", f"{name} - S{season}E{number:02} - {called} [{pick(SIZES)}]",
    ]
    return episode(f"{pick(['', '', 'TV/', 'Shows/'])}{pick(forms)}.{ext()}", name, season, number)


def episode_folders():
    name, (season, number), called = title(), numbers(), pick(EPISODE_TITLES)
    when = year() if dice.random() < 0.5 else None
    top = f"{name} ({when})" if when else name
    below = pick([f"Season {season}", f"Season {season:02}", f"S{season:02}", f"Staffel {season}", f"Saison {season}"])
    file = pick([
        f"{number:02} - {called}", f"S{season:02}E{number:02}", f"S{season:02}E{number:02} - {called}", f"{season}x{number:02} {called}",
        f"E{number:02}", f"Episode {number}", f"{name} - S{season:02}E{number:02}", f"{number:02}. {called}", f"{number:02}",
        f"{name} {season}x{number:02}", f"{dots(name)}.S{season:02}E{number:02}.{tags()}", f"Episode {number} - {called}",
    ])
    return episode(f"{pick(['', '', 'TV/', 'Series/'])}{top}/{below}/{file}.{ext()}", name, season, number, when=when)


def episode_range():
    name, (season, number) = title(), numbers()
    last = number + pick([1, 1, 1, 2])
    forms = [
        f"{dots(name)}.S{season:02}E{number:02}E{last:02}.{tags()}", f"{name} - S{season:02}E{number:02}-E{last:02}",
        f"{name} - S{season:02}E{number:02}-{last:02}", f"{name} {season}x{number:02}-{last:02}",
        f"{name} - S{season:02}E{number:02}-E{last:02} - {pick(EPISODE_TITLES)}",
    ]
    return episode(f"{pick(forms)}.{ext()}", name, season, number, last)


def episode_date():
    name = pick(TITLES) + pick([" Tonight", " Daily", " Show", ""])
    when = (dice.randint(2001, 2026), dice.randint(1, 12), dice.randint(13, 28))
    y, m, d = when
    forms = [
        f"{dots(name)}.{y}.{m:02}.{d:02}.{tags()}", f"{name} - {y}-{m:02}-{d:02} - {pick(EPISODE_TITLES)}",
        f"{name} {y}-{m:02}-{d:02}", f"{name} {d:02}.{m:02}.{y}", f"{name} - {y}.{m:02}.{d:02}",
    ]
    return f"{pick(['', 'TV/'])}{pick(forms)}.{ext()}", name, None, None, None, None, f"{y}-{m:02}-{d:02}"


def anime():
    name, number, group = title(), pick([dice.randint(1, 26), dice.randint(1, 26), dice.randint(100, 1100)]), pick(FANSUBS)
    size, code = pick(SIZES[:2]), f"{dice.getrandbits(32):08X}"
    season = dice.randint(2, 4)
    made = dice.randint(0, 11)
    if made == 0:
        return episode(f"[{group}] {name} S{season} - {number % 26 + 1:02} [{size}].mkv", name, season, number % 26 + 1)
    if made == 1:
        return episode(f"[{group}] {name} - {number:02}-{number + 1:02} [{size}].mkv", name, None, number, number + 1)
    if made == 2:
        other = pick(["三つの月", "夜の図書館", "紙の山", "港の灯"])
        return episode(f"{other} 第{number:02}話.mp4", other, None, number)
    if made == 3:
        other = pick(["三个月亮", "纸山", "夜航"])
        return episode(f"{other}/{other} 第{number}集.mp4", other, None, number)
    forms = [
        f"[{group}] {name} - {number:02} ({size}) [{code}]", f"[{group}] {name} - {number:02} [{size}]", f"{name} - {number:02}",
        f"[{group}] {name} - {number:02}v2 [{size}]", f"[{group}]_{name.replace(' ', '_')}_-_{number:02}_({size})_[{code}]",
        f"[{group}] {name} - {number:02} - {pick(EPISODE_TITLES)} [{size}]", f"[{group}] {name} [{number:02}][{size}]",
    ]
    return episode(f"{pick(['', f'{name}/'])}{pick(forms)}.mkv", name, None, number)


def special():
    name, number = title(), dice.randint(1, 9)
    forms = [
        f"{name} - S00E{number:02} - {pick(EPISODE_TITLES)}", f"{dots(name)}.S00E{number:02}.{tags()}",
        f"{name}/Specials/{name} - S00E{number:02}", f"{name}/Season 0/S00E{number:02} - {pick(EPISODE_TITLES)}",
        f"{name}/Specials/{number:02} - {pick(EPISODE_TITLES)}",
    ]
    return episode(f"{pick(forms)}.{ext()}", name, 0, number)


COUNTS = [
    ("film, scene", film_scene, 300), ("film, by hand", film_plain, 250), ("film, year of its folder", film_from_folder, 80),
    ("film, odd title", film_odd, 140), ("film, no year", film_without_year, 80), ("film, edition or part", film_edition, 80),
    ("film, language", film_language, 120), ("episode, scene", episode_scene, 280), ("episode, by hand", episode_plain, 220),
    ("episode, folders", episode_folders, 200), ("episodes, range", episode_range, 70), ("episode, date", episode_date, 60),
    ("anime", anime, 80), ("special", special, 40),
]


def first(value):
    return value[0] if isinstance(value, list) else value


def read(path, wanted):
    """Returns guessit's reading. Where it splits a title in two, the form that is right counts."""
    found = guessit(path)
    title = first(found.get("title")) or ""
    rest = found.get("alternative_title")
    for joined in [f"{title} {part}" for part in (rest if isinstance(rest, list) else [rest]) if part]:
        if key(joined) == key(wanted):
            title = joined
    numbers = found.get("episode", found.get("absolute_episode"))
    numbers = numbers if isinstance(numbers, list) else [numbers]
    last = numbers[-1] if len(numbers) > 1 else None
    date = found.get("date")
    is_film = found.get("type") == "movie"
    season = None if is_film else first(found.get("season"))
    return title, found.get("year"), season, numbers[0], last, date and date.isoformat()


def key(title):
    return "".join(c for c in title.lower().replace("&", "and") if c.isalnum())


def cells(values):
    return ["" if value is None else str(value) for value in values]


def main():
    print(f"# 2,000 names; guessit {__version__}; made by tests/python/names.py")
    seen = set()
    for group, make, count in COUNTS:
        made = 0
        while made < count:
            path, *wanted = make()
            if path in seen:
                continue
            seen.add(path)
            made += 1
            print("\t".join([group, path, *cells(wanted), *cells(read(path, wanted[0]))]))
    print(f"{len(seen)} names", file=sys.stderr)


main()
