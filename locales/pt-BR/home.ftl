### A página inicial, os títulos, a busca, a escolha do perfil e a página de status.

first-page-config-steps = Coloque isto em { $file }, verifique com { $command } se funciona e reinicie o Drive-In.
first-page-demo = Só quer dar uma olhada? { $command } vem com alguns curtas e não precisa de conta.
first-page-the-screen-is-up-now-bring = A tela está montada. Agora traga um filme.
first-page-drive-in-is-running-connect-a = O Drive-In está em execução. Conecte um drive, entre com seu celular, e ele reproduz o que houver lá.
first-page-rather-write-it-into-a-file = Prefere escrever em um arquivo?
first-page-the-lines-for-a-terabox-account = As linhas para uma conta do TeraBox

home-nothing-here-yet = Nada aqui ainda. { $link }
home-look-around = Explorar
home-somebody-sent-you-a-share-link = Alguém mandou um link de compartilhamento?
home-paste-the-link-or-the-whole = Cole o link, ou a mensagem inteira em que ele veio
home-opened-before = Abertos antes
home-forget-title = Esquecer { $title }
home-forget = Esquecer
home-connect-another-drive = Conectar outro drive
home-change-or-order-drives = Alterar ou ordenar drives
home-continue = Continuar assistindo
home-next-up = A seguir
home-recently-added = Adicionados recentemente
home-resume = Retomar
home-look-at-series = Ver a série

search-nothing-found = Nada encontrado para “{ $title }”.
search-try-fewer-letters = Parte de uma palavra basta: tente com menos letras.
search-a-word-of-the-title = Uma palavra do título
search-titles = Filmes e séries
search-files = Arquivos
search-more-results = Mais resultados
search-play-what-was-found-in-vlc = Reproduzir os resultados no VLC, mpv ou Kodi
search-place-not-answered-yet = “{ $place }” ainda não respondeu. Esta página se atualiza sozinha.
search-place-did-not-answer = Não foi possível buscar em “{ $place }”. A resposta não veio a tempo.
search-tagged = Com a etiqueta { $tag }
search-kind-in-place = { $kind } em { $place }
search-place-failed = Não foi possível buscar em “{ $place }”. { $sentence }
search-not-all-folders = A busca não passou por todas as pastas de “{ $place }”. A mesma busca um pouco mais tarde pode encontrar mais.
search-list-about = Atualiza-se sempre que é carregada
search-nothing-for = Nada para “{ $words }”
search-found-for = { $found } para “{ $words }”

choose-viewer-who-is-watching = Quem está assistindo?
choose-viewer-pin-of-name = PIN de { $name }
choose-viewer-change-viewers = Gerenciar perfis
choose-viewer-wrong-pin = Esse não é o PIN. Tente de novo.
choose-viewer-too-many-pins = Foram muitos PINs errados. Espere { $seconds } s e tente de novo.

film-rated = Nota { $rating } de 10
film-the-file = O arquivo
film-resume-at = Retomar em { $clock }
film-play-again = Reproduzir de novo
film-play-version = Reproduzir { $version }

titles-nothing-here-yet-films-and-series = Nada aqui ainda. Filmes e séries aparecem à medida que os drives são percorridos e as pastas são abertas.
titles-pages = Páginas
titles-series = Séries
titles-title = Título
titles-added = Data de adição
titles-special = Especial { $number }
titles-season = Temporada { $number }
titles-episode = Episódio { $number }
titles-specials = Especiais

series-watched-count = { $count } de { $total } assistidos
series-resume = Retomar { $episode }
series-continue-with = Continuar com { $episode }
series-play = Reproduzir { $episode }

status-version = Versão
status-running-for = Em execução há
status-saved-state = Estado salvo
status-not-readable = ilegível
status-readable-and-writable = leitura e gravação
status-readable-only = somente leitura: { $fault }
status-reachable-at = Acessível em
status-media = Mídia
status-server = Servidor
status-metadata = Filmes e séries pelo TMDB
status-memory-cache = Cache na memória
status-traffic = Tráfego com os drives
status-disk-cache = Cache em disco
status-metadata-works = Filmes e séries são consultados à medida que são encontrados.
status-metadata-state = Estado
status-metadata-found = Encontrados
status-metadata-unknown = Não identificados com certeza
status-notice = Aviso
status-disk-off = desativado; cache.disk o ativa
status-blocks = Blocos de mídia
status-hits = Encontrados no cache
status-misses = Ausentes do cache
status-errors = Erros
status-writes-stopped = Gravações em disco interrompidas
status-no-drive = Nenhum drive está conectado ainda.
status-drive-is-ready = O drive está pronto.
status-playlists = Playlists
status-films-opened = Filmes abertos
status-listings = Listagens
status-entries = Itens
status-accounts = Contas
status-opened-originals = Originais abertos
status-pictures = Imagens
status-all-ready = { $count ->
   *[other] Todos os { $count } drives estão prontos.
}
status-some-ready = { $count ->
    [one] { $ready } de { $count } drive pronto.
   *[other] { $ready } de { $count } drives prontos.
}

traffic-under-way = { $count } em andamento ({ $parts })
traffic-waiting = { $count } aguardando ({ $parts })
traffic-quiet = sem atividade
traffic-paused = { $traffic }; o drive pediu uma pausa, faltam { $left }
traffic-playing = { $count } reproduzindo
traffic-opening = { $count } abrindo
traffic-reading-ahead = { $count } lendo adiante
traffic-uploading = { $count } enviando
traffic-for-pictures = { $count } para imagens
traffic-searching = { $count } buscando
