### Folders and what is done with files: renaming, moving, trash, versions, archives, downloads, tasks, pictures.

archives-packing = Packing { $name }
archives-unpacking = Unpacking { $name }
archives-the-drive-packs-and-unpacks-by = The drive packs and unpacks by itself: this machine and its line are not used. A task may wait some seconds for its turn.
archives-nothing-has-been-packed-or-unpacked = Nothing has been packed or unpacked here yet. Tick entries in a folder, then choose “Pack…”.

# $note is “(if it has one)”.
organize-archive-password = The password of the archive { $note }
organize-if-it-has-one = (if it has one)
# Buttons with the names of other drives follow.
organize-on-drive-or-on = On { $drive }, or on
organize-share = Share…
organize-rename = Rename…
organize-move = Move…
organize-copy = Copy…
organize-delete = Delete…
organize-tags = Tags…
organize-pack = Pack…
organize-unpack = Unpack…
organize-direct-link = Direct link
organize-tags-separated-by-commas = Tags, separated by commas
organize-the-name-of-the-archive = The name of the archive
organize-pack-now = Pack
organize-unpack-now = Unpack
organize-whoever-has-such-a-link-gets = Whoever has such a link gets the file, without a password.
# For screen readers.
organize-direct-link-of-name = The direct link of { $name }
organize-the-new-name = The new name
# For screen readers.
organize-the-folders-above = The folders above
organize-no-folders-in-here = No folders in here.
organize-only-the-first-folders-are-shown = Only the first folders are shown.
organize-it-goes-to-the-drives-own = It goes to the drive’s own trash where the drive has one. Folders go with all that is in them.
organize-create = Create
organize-where-there-is-one-of-that = Where there is one of that name
organize-leave-it-as-it-is = leave it as it is
organize-replace-it = replace it
organize-files = Files
organize-the-link-lives-for = The link lives for
organize-a-password-or-nothing-for-a = A password, or nothing for a public link
# Shown in an empty field.
organize-public = public
organize-some-drives-take-four-letters-or = Some drives take four letters or digits only.
organize-all-your-links = All your links
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-rename-what = Rename { $what }
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-copy-what-to = Copy { $what } to
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-move-what-to = Move { $what } to
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-delete-what = Delete { $what }?
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-share-what = Share { $what }
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-tags-of-what = Tags of { $what }
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-pack-what = Pack { $what }
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-unpack-what = Unpack { $what }
organize-upload-files = Upload files
# A name in the quotation marks of the language.
organize-quoted-name = “{ $name }”
organize-for-ever = For ever
organize-copy-here = Copy here
organize-move-here = Move here
organize-no-direct-links = No direct links
organize-direct-links-ready = The direct links are ready
organize-link-ready = The link is ready

versions-of = Versions of { $name }
versions-by-author = by { $author }
versions-the-current-one = the current one
versions-make-it-current = Make it current
versions-delete-for-good = Delete for good
versions-unknown-time = At an unknown time

# Shown when the pointer rests on it.
browse-turn-round = Turn round
browse-in-the-whole-drive = In the whole drive
browse-new-folder = New folder
# For screen readers.
browse-uploads = Uploads
# For screen readers.
browse-earlier = Earlier
browse-with-what-is-ticked = With what is ticked:
browse-share = Share
browse-move = Move
browse-play-this-folder-in-vlc-mpv = Play this folder in VLC, mpv or Kodi
browse-empty = This folder is empty.
browse-nothing-of-this-kind = Nothing of this kind is in this folder.
# For screen readers: the order of a list.
browse-ascending = ascending
# For screen readers: the order of a list.
browse-descending = descending

picture-browsers-do-not-show-this-kind = Browsers do not show this kind of picture. Download it to look at it.
# For screen readers.
picture-pictures-of-this-folder = Pictures of this folder
# For screen readers.
picture-previous-name = Previous: { $label }
picture-previous = ‹ Previous
# For screen readers.
picture-next-name = Next: { $label }
picture-next = Next ›
picture-download = Download
# Which picture of the folder it is.
picture-number = { $number } of { $count }

remote-downloads-the-drive-downloads-it-by-itself = The drive downloads it by itself: this machine and its line are not used.
remote-downloads-the-link-of-the-file = The link of the file
remote-downloads-fetch = Fetch
# For screen readers.
remote-downloads-downloaded = Downloaded
# For screen readers.
remote-downloads-cancel-name = Cancel the download of { $name }

rename-many-becomes = becomes
rename-many-undo = Undo
rename-many-the-new-names = The new names
rename-many-the-title-title-year-or-series = The title: “Title (Year)”, or “Series S01E02”
rename-many-the-title-in-folders = The title, in folders: “Title (Year)/…”, or “Series/Season 01/…”
rename-many-a-text-in-them-is-replaced = A text in them is replaced
rename-many-by-a-pattern = By a pattern
rename-many-replace-the-text = Replace the text
rename-many-replace-by = by
rename-many-the-pattern = The pattern
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"}, and the numbers {"{"}n{"}"}, {"{"}nn{"}"} or {"{"}nnn{"}"}. The extension stays.
rename-many-the-first-number = The first number
rename-many-show-the-new-names = Show the new names
rename-many-no-change = No name would change.
# Keep {n} as it is.
rename-many-same-name = Two of them would have the same name. Add {"{"}n{"}"}, a number, to the pattern.
rename-many-done = The new names are given

tasks-tasks = Tasks
tasks-nothing-is-being-copied-copies-and = Nothing is being copied. Copies and moves from one drive to another are listed here.
# For screen readers.
tasks-progress = Progress
# $more is the number of further files.
tasks-copy-of = { $more ->
    [0] Copy of “{ $name }”
   *[other] Copy of “{ $name }” and { $more } more
}
# $more is the number of further files.
tasks-move-of = { $more ->
    [0] Move of “{ $name }”
   *[other] Move of “{ $name }” and { $more } more
}
tasks-pause = Pause
tasks-resume = Resume
tasks-try-again = Try again
tasks-route = from { $from } to { $to }

trash-not-restored = Not restored:
trash-nothing-was-deleted-here-or-all = Nothing was deleted here, or all of it is gone for good.
trash-delete-everything-in-the-trash = Delete everything in the trash?
trash-it-is-gone-for-good-with = It is gone for good, with all that is in deleted folders.
trash-delete-everything = Delete everything
trash-from-folder = from { $folder }
trash-restore = Restore
trash-empty-the-trash = Empty the trash…
trash-deleted-on = Deleted on { $day }
# $when is such as “in 3 days”.
trash-gone-for-good = Gone for good { $when }

# The state of a task.
task-waiting = Waiting
task-percent-of-total = { $percent }% of { $total }
# The state of a task.
task-in-progress = In progress
# The state of a task.
task-cancelled = Cancelled
# The state of a task.
task-failed = Failed
task-without-name = A task
# The state of a task.
task-running = Running
# The state of a task.
task-paused = Paused
task-failed-sentence = Failed. { $sentence }

browse-note-and-hidden-names = Note and hidden names
folder-settings-a-note-above-the-list = A note above the list
folder-settings-plain-text-for-all-who-see = Plain text, for all who see the folder; links in it can be followed.
folder-settings-hidden-names-one-a-line = Hidden names, one a line
organize-guest-link = Guest link…
organize-anyone-who-has-the-link-sees = Anyone who has the link sees what is chosen, with all that is in it, and nothing else of yours. No login is needed.
organize-all-links = All links
# A heading. $what is a name in quotation marks, or such as “3 entries”.
organize-guest-link-to-what = Guest link to { $what }
folder-settings-of = Note and hidden names of “{ $title }”
folder-settings-patterns = Patterns such as { $first }, { $second } or { $third }, for this folder and all below it. What is hidden is in no list, no search and not in the library, and guests and players do not find it by its address.

# An upload that is under way.
tasks-upload-of = Upload of “{ $name }”
tasks-download-of = Download of “{ $name }”
tasks-walk-over = Walk over { $place }
