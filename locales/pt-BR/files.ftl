### As pastas e o que se faz com os arquivos.

archives-packing = Compactando { $name }
archives-unpacking = Extraindo { $name }
archives-the-drive-packs-and-unpacks-by = O drive compacta e extrai por conta própria: esta máquina e a conexão dela não são usadas. Uma tarefa pode esperar alguns segundos pela sua vez.
archives-nothing-has-been-packed-or-unpacked = Nada foi compactado ou extraído aqui ainda. Marque itens em uma pasta e escolha “Compactar…”.

organize-archive-password = A senha do arquivo compactado { $note }
organize-if-it-has-one = (se houver)
organize-on-drive-or-on = Em { $drive }, ou em
organize-share = Compartilhar…
organize-rename = Renomear…
organize-move = Mover…
organize-copy = Copiar…
organize-delete = Excluir…
organize-tags = Etiquetas…
organize-pack = Compactar…
organize-unpack = Extrair…
organize-direct-link = Link direto
organize-tags-separated-by-commas = Etiquetas, separadas por vírgulas
organize-the-name-of-the-archive = O nome do arquivo compactado
organize-pack-now = Compactar
organize-unpack-now = Extrair
organize-whoever-has-such-a-link-gets = Quem tem um link desses recebe o arquivo, sem senha.
organize-direct-link-of-name = O link direto de { $name }
organize-the-new-name = O novo nome
organize-the-folders-above = As pastas acima
organize-no-folders-in-here = Não há pastas aqui.
organize-only-the-first-folders-are-shown = Somente as primeiras pastas são mostradas.
organize-it-goes-to-the-drives-own = Vai para a lixeira do próprio drive, se ele tiver uma. As pastas vão com tudo o que contêm.
organize-create = Criar
organize-where-there-is-one-of-that = Se já existir um com esse nome
organize-leave-it-as-it-is = deixar como está
organize-replace-it = substituir
organize-files = Arquivos
organize-the-link-lives-for = Validade do link
organize-a-password-or-nothing-for-a = Uma senha, ou nada para um link público
organize-public = público
organize-some-drives-take-four-letters-or = Alguns drives aceitam somente quatro letras ou dígitos.
organize-all-your-links = Todos os seus links
organize-rename-what = Renomear { $what }
organize-copy-what-to = Copiar { $what } para
organize-move-what-to = Mover { $what } para
organize-delete-what = Excluir { $what }?
organize-share-what = Compartilhar { $what }
organize-tags-of-what = Etiquetas de { $what }
organize-pack-what = Compactar { $what }
organize-unpack-what = Extrair { $what }
organize-upload-files = Enviar arquivos
organize-quoted-name = “{ $name }”
organize-for-ever = Para sempre
organize-copy-here = Copiar aqui
organize-move-here = Mover para cá
organize-no-direct-links = Sem links diretos
organize-direct-links-ready = Os links diretos estão prontos
organize-link-ready = O link está pronto

versions-of = Versões de { $name }
versions-by-author = por { $author }
versions-the-current-one = a atual
versions-make-it-current = Tornar atual
versions-delete-for-good = Excluir definitivamente
versions-unknown-time = Em data desconhecida

browse-turn-round = Inverter a ordem
browse-in-the-whole-drive = No drive inteiro
browse-new-folder = Nova pasta
browse-uploads = Envios
browse-earlier = Anteriores
browse-with-what-is-ticked = Com os itens marcados:
browse-share = Compartilhar
browse-move = Mover
browse-play-this-folder-in-vlc-mpv = Reproduzir esta pasta no VLC, mpv ou Kodi
browse-empty = Esta pasta está vazia.
browse-nothing-of-this-kind = Não há nada desse tipo nesta pasta.
browse-ascending = crescente
browse-descending = decrescente

picture-browsers-do-not-show-this-kind = Os navegadores não mostram este tipo de imagem. Baixe-a para ver.
picture-pictures-of-this-folder = Imagens desta pasta
picture-previous-name = Anterior: { $label }
picture-previous = ‹ Anterior
picture-next-name = Próxima: { $label }
picture-next = Próxima ›
picture-download = Baixar
picture-number = { $number } de { $count }

remote-downloads-the-drive-downloads-it-by-itself = O drive baixa por conta própria: esta máquina e a conexão dela não são usadas.
remote-downloads-the-link-of-the-file = O link do arquivo
remote-downloads-fetch = Baixar
remote-downloads-downloaded = Baixado
remote-downloads-cancel-name = Cancelar o download de { $name }

rename-many-becomes = passa a ser
rename-many-undo = Desfazer
rename-many-the-new-names = Os novos nomes
rename-many-the-title-title-year-or-series = O título: “Título (ano)” ou “Série S01E02”
rename-many-the-title-in-folders = O título, em pastas: “Título (ano)/…” ou “Série/Season 01/…”
rename-many-a-text-in-them-is-replaced = Um texto é substituído
rename-many-by-a-pattern = Por um padrão
rename-many-replace-the-text = Substituir o texto
rename-many-replace-by = por
rename-many-the-pattern = O padrão
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"} e os números {"{"}n{"}"}, {"{"}nn{"}"} ou {"{"}nnn{"}"}. A extensão permanece.
rename-many-the-first-number = O primeiro número
rename-many-show-the-new-names = Mostrar os novos nomes
rename-many-no-change = Nenhum nome mudaria.
rename-many-same-name = Dois deles teriam o mesmo nome. Adicione {"{"}n{"}"}, um número, ao padrão.
rename-many-done = Os novos nomes foram aplicados

tasks-tasks = Tarefas
tasks-nothing-is-being-copied-copies-and = Nada está sendo copiado. O que é copiado ou movido de um drive para outro aparece aqui.
tasks-progress = Progresso
tasks-copy-of = { $more ->
    [0] Cópia de “{ $name }”
   *[other] Cópia de “{ $name }” e mais { $more }
}
tasks-move-of = { $more ->
    [0] Transferência de “{ $name }”
   *[other] Transferência de “{ $name }” e mais { $more }
}
tasks-pause = Pausar
tasks-resume = Retomar
tasks-try-again = Tentar de novo
tasks-route = de { $from } para { $to }

trash-not-restored = Não restaurados:
trash-nothing-was-deleted-here-or-all = Nada foi excluído aqui, ou tudo já se foi definitivamente.
trash-delete-everything-in-the-trash = Excluir tudo o que está na lixeira?
trash-it-is-gone-for-good-with = A exclusão é definitiva, com tudo o que está nas pastas excluídas.
trash-delete-everything = Excluir tudo
trash-from-folder = de { $folder }
trash-restore = Restaurar
trash-empty-the-trash = Esvaziar a lixeira…
trash-deleted-on = Excluído em { $day }
trash-gone-for-good = Exclusão definitiva { $when }

task-waiting = Aguardando
task-percent-of-total = { $percent }% de { $total }
task-in-progress = Em andamento
task-cancelled = Cancelada
task-failed = Falhou
task-without-name = Uma tarefa
task-running = Em andamento
task-paused = Pausada
task-failed-sentence = Falhou. { $sentence }

browse-note-and-hidden-names = Nota e nomes ocultos
folder-settings-a-note-above-the-list = Uma nota acima da lista
folder-settings-plain-text-for-all-who-see = Texto simples, para todos que veem a pasta; os links nele podem ser seguidos.
folder-settings-hidden-names-one-a-line = Nomes ocultos, um por linha
organize-guest-link = Link de convidado…
organize-anyone-who-has-the-link-sees = Quem tem o link vê o que foi escolhido, com tudo o que há dentro, e mais nada seu. Não é preciso entrar.
organize-all-links = Todos os links
organize-guest-link-to-what = Link de convidado para { $what }
folder-settings-of = Nota e nomes ocultos de “{ $title }”
folder-settings-patterns = Padrões como { $first }, { $second } ou { $third }, para esta pasta e tudo abaixo dela. O que está oculto não aparece em nenhuma lista, em nenhuma busca nem na biblioteca, e convidados e players não o encontram pelo endereço.
tasks-upload-of = Envio de “{ $name }”
tasks-download-of = Download de “{ $name }”
tasks-walk-over = Varredura de { $place }
