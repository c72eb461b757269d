### Os textos que os módulos do navegador mostram.

script-account-signed-in = Conectado.
script-account-signing-in = Entrando…
script-account-code-expired = O código expirou. Aí vem outro…
script-account-waiting-for-phone = Aguardando seu celular…
script-account-drive-silent = O drive não responde. Perguntando de novo…
script-account-offline-retrying = Sem conexão com o Drive-In. Perguntando de novo…
script-account-offline = Sem conexão com o Drive-In. Tente de novo.
script-cast-failed = O Chromecast não aceitou. Ele consegue acessar este servidor?
script-copy-copied = Copiado
script-copy-press-keys = Pressione Ctrl+C
script-dialog-close = Fechar
script-dialog-failed = Não funcionou
script-dialog-offline = Sem conexão com o Drive-In. Tente de novo.
script-listing-loading = Carregando…
script-listing-loaded = Mais { $count } carregados
script-listing-failed = Não funcionou. Tentar de novo
script-listing-selected = { $count ->
    [one] { $count } item:
   *[other] { $count } itens:
}
script-uploads-title = Envios
script-uploads-choose = Arquivos para enviar
script-uploads-progress-of = Envio de { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = Aguardando
script-uploads-checking = Consultando o drive…
script-uploads-done = Concluído, { $size }
script-uploads-cancelled = Cancelado
script-uploads-skipped = Mantido como estava
script-uploads-name-taken = Já existe um com esse nome.
script-uploads-cancel = Cancelar
script-uploads-replace = Substituir
script-uploads-keep-both = Manter ambos
script-uploads-skip = Pular
script-uploads-try-again = Tentar de novo
script-uploads-time-left = Tempo restante: { $time }
script-uploads-offline = A conexão caiu. O que já chegou não é enviado de novo.
script-uploads-refused = O servidor respondeu com { $status }.
script-passkeys-unsupported = Este navegador não tem suporte a chaves de acesso.
script-passkeys-cancelled = O dispositivo não autorizou, ou o tempo se esgotou. Tente de novo.
script-passkeys-known = Esse dispositivo já tem uma chave de acesso para este servidor.
script-player-play = Reproduzir
script-player-pause = Pausar
script-player-back = Voltar 10 segundos
script-player-ahead = Avançar 10 segundos
script-player-position = Posição
script-player-position-of = { $at } de { $length }
script-player-volume = Volume
script-player-volume-at = Volume: { $percent }%
script-player-sound-off = Desativar o som
script-player-sound-on = Ativar o som
script-player-quality = Qualidade
script-player-quality-auto = Automática
script-player-quality-original = Original
script-player-quality-audio = Somente áudio
script-player-not-offered = não disponível
script-player-speed = Velocidade
script-player-speed-normal = Velocidade normal
script-player-speed-at = Velocidade { $rate }×
script-player-normal = Normal
script-player-sounds = Faixa de áudio
script-player-sound-not-here = { $codec }: no VLC
script-player-subtitles = Legendas
script-player-subtitles-none = Sem legendas
script-player-subtitles-off = Desativar legendas
script-player-subtitles-on = Ativar legendas
script-player-subtitles-of = Legendas: { $track }
script-player-off = Desativadas
script-player-track = Faixa { $number }
script-player-look = Aparência e tempo das legendas
script-player-look-size = Tamanho
script-player-look-small = Pequeno
script-player-look-large = Grande
script-player-look-huge = Muito grande
script-player-look-color = Cor
script-player-look-white = Branco
script-player-look-yellow = Amarelo
script-player-look-green = Verde
script-player-look-cyan = Azul-claro
script-player-look-place = Lugar
script-player-look-bottom = Embaixo
script-player-look-raised = Mais acima
script-player-look-top = No topo
script-player-look-time = Tempo
script-player-look-earlier = Meio segundo antes
script-player-look-later = Meio segundo depois
script-player-look-by = { $seconds } s
script-player-look-styled = Legendas com aparência própria a mantêm e seguem apenas o tempo.
script-player-air-play = AirPlay
script-player-picture-in-picture = Picture-in-picture
script-player-picture-in-picture-failed = Picture-in-picture indisponível no momento
script-player-full-screen = Tela cheia
script-player-leave-full-screen = Sair da tela cheia
script-player-full-screen-failed = A tela cheia não é permitida aqui
script-player-close = Fechar
script-player-keys = Atalhos de teclado
script-player-keys-hint = Atalhos de teclado (?)
script-player-key-space = Espaço
script-player-key-play = Reproduzir ou pausar
script-player-key-ten-seconds = Voltar, avançar 10 segundos
script-player-key-five-seconds = Voltar, avançar 5 segundos
script-player-key-volume = Aumentar, diminuir o volume
script-player-key-mute = Desativar e ativar o som
script-player-key-tenth = Ir para esse décimo do filme
script-player-key-speed = Mais devagar, mais rápido
script-player-key-list = Esta lista
script-player-shuffle = Aleatório
script-player-shuffle-on = Ordem aleatória ativada
script-player-shuffle-off = Ordem aleatória desativada
script-player-repeat-all = Repetir tudo
script-player-repeat-one = Repetir esta música
script-player-repeat-off = Repetição desativada
script-player-key-repeat = Repetir tudo, esta música, nada
script-player-skip-intro = Pular abertura
script-player-intro-starts = A abertura começa aqui. Agora marque o fim.
script-player-intro-marked = Marcada para a temporada inteira
script-player-intro-removed = Marcação removida
script-player-intro-failed = Não foi possível marcar
script-player-next-film = Próximo filme
script-player-next = Próximo
script-player-play-now = Reproduzir agora ({ $seconds })
script-player-stay-here = Ficar aqui
script-errors-title = Não foi possível reproduzir este filme
script-errors-sentence = O servidor não disse por quê.
script-errors-step = Tente de novo daqui a pouco.
script-errors-undecodable = Este navegador não consegue decodificar { $format }. O filme em si está em ordem.
script-errors-retry-in = Nova tentativa em { $seconds } s
script-errors-retrying = Verificando…
script-errors-try-again = Tentar de novo
script-errors-play-original = Reproduzir o original
script-errors-open-in-vlc = Abrir no VLC
script-stream-original-instead = O drive não tem uma transmissão deste filme no momento: o original está sendo reproduzido.
script-stream-no-audio-only = Não há transmissão somente de áudio deste filme.
script-stream-stumbling = O drive tropeçou. Tentando de novo…
script-stream-original-failed = Este navegador não consegue reproduzir o original: de volta à transmissão. O VLC reproduz.
script-stream-no-picture = { $plays ->
    [stream] Este navegador não tem suporte a { $codecs }, por isso o arquivo não mostra imagem: a transmissão é reproduzida no lugar dele.
   *[nothing] Este navegador não tem suporte a { $codecs }, por isso o arquivo não mostra imagem. O VLC reproduz: abra nele.
}
script-stream-no-sound = { $plays ->
    [stream] Este navegador não tem suporte a { $codecs }, por isso o arquivo não tem som: a transmissão é reproduzida no lugar dele.
   *[nothing] Este navegador não tem suporte a { $codecs }, por isso o arquivo não tem som. O VLC reproduz: abra nele.
}
script-stream-picture-missing = { $plays ->
    [stream] Este navegador não mostra a imagem do arquivo: a transmissão é reproduzida no lugar dele.
   *[nothing] Este navegador não mostra a imagem do arquivo. O VLC reproduz: abra nele.
}
script-stream-sound-missing = { $plays ->
    [stream] Este navegador não reproduz o som do arquivo: a transmissão é reproduzida no lugar dele.
   *[nothing] Este navegador não reproduz o som do arquivo. O VLC reproduz: abra nele.
}
script-stream-lacks-codec = Este navegador não tem suporte a { $codec }: reproduzindo em { $quality }, ou abra no VLC.
script-stream-transcoding = { $quality } ainda está sendo preparada: de volta a Automática.
script-stream-not-there = { $quality } não está disponível no momento: de volta a Automática.
