### Os textos comuns a várias páginas: a moldura de cada página, os cartões, os erros, os tamanhos e as datas.

common-to-folder = para { $folder }
common-used-of-total = { $used } de { $total }
common-account = Conta
common-the-share-link = O link de compartilhamento
common-try-it = Testar
common-your-links = Seus links
common-fetch-from-a-link = Baixar de um link
common-archives = Arquivos compactados
common-trash = Lixeira
common-drive-is-forgotten = O Drive-In esquece as chaves e a sessão dele. Nada é alterado no próprio drive.
common-remove-name = Remover “{ $name }”
common-done = Concluído
common-more = Mais
common-next-page = Próxima página
common-sort-by = Ordenar por
common-upload = Enviar
common-guest-link = Link de convidado
common-previous-page = Página anterior
common-rename = Renomear
common-copy = Copiar
common-delete = Excluir
common-pin = PIN
common-connect-a-drive = Conectar um drive
common-name = Nome
common-how-long = Duração
common-until-it-is-revoked = Até ser revogado
common-a-day = Um dia
common-a-week = Uma semana
common-a-month = Um mês
common-add = Adicionar
common-code = Código
common-revoke = Revogar
common-drives = Drives
common-watched = Assistido
common-percent-watched = { $percent }% assistido
common-show-files = Mostrar arquivos
common-versions = Versões
common-create-link = Criar link
common-details = Detalhes
common-open-it = Abrir
common-search = Buscar
common-password = Senha
common-sign-in-button = Entrar
common-cancel = Cancelar
common-save = Salvar
common-the-folder-on-the-drive = A pasta no drive
common-copy-link = Copiar link
common-keep-both = manter ambos
common-back-to-the-folder = Voltar à pasta
common-show = Mostrar
common-passkeys = Chaves de acesso
common-code-or-recovery-code = Código do app ou código de recuperação
common-two-step-sign-in = Verificação em duas etapas
common-viewers = Perfis
common-open = Abrir
common-page-looks-again = Esta página se atualiza sozinha.
common-date = Data
common-size = Tamanho
common-expired = Expirado
common-not-everywhere = Não funcionou em todos os casos
common-play = Reproduzir

layout-your-films-under-the-open-sky = seus filmes, a céu aberto
layout-skip-to-the-content = Pular para o conteúdo
layout-search-films = Buscar filmes
layout-main = Principal
layout-choose-another-viewer = { $name } está assistindo. Escolher outro perfil
layout-sign-out = Sair
layout-language = Idioma
layout-change-language = Mudar

parts-password = Senha: { $password }
parts-not-watched-name = Não assistido: { $name }
parts-mark-as-watched-name = Marcar como assistido: { $name }
parts-for-name = Para { $name }
parts-not-watched = Não assistido
parts-mark-as-watched = Marcar como assistido
parts-choose-name = Escolher { $name }
parts-what-to-do-with-name = O que fazer com { $name }
parts-share-rename-move-copy-delete = Compartilhar, renomear, mover, copiar, excluir
parts-the-link-as-a-code-to = O link como código para escanear
parts-the-link = O link
parts-made-on-day = criado em { $created }
parts-storage-used-on-name = Armazenamento usado em { $name }
parts-account-of-name = Conta de { $name }
parts-what-name-can-do = O que { $name } pode fazer
parts-where-you-are = Onde você está
parts-this-link-is-shown-once-copy = Este link é mostrado uma única vez. Copie-o agora; ele pode ser revogado a qualquer momento.
parts-the-link-as-a-qr-code = O link como código QR
parts-the-link-is-too-long-for = O link é longo demais para um código QR.
parts-kodi-steps = Kodi: Adicione vídeos, Navegar, Adicionar local de rede

nav-home = Início
nav-devices = Dispositivos e convidados
nav-status = Status
nav-sessions = Sessões

error-request-id = Solicitação { $request-id }
error-drives-account = A conta do drive

card-image = imagem
card-subtitle = legenda
card-file = arquivo
card-ready = Pronto
card-signed-out = Desconectado
card-no-answer-yet = Ainda sem resposta
card-not-reachable = Inacessível
card-session-ends = A sessão termina { $when }. Entre novamente antes disso.

kind-all = Tudo
kind-films = Filmes
kind-music = Música
kind-pictures = Imagens
kind-documents = Documentos

count-films = { $count ->
    [one] { $count } filme
   *[other] { $count } filmes
}
count-folders = { $count ->
    [one] { $count } pasta
   *[other] { $count } pastas
}
count-files = { $count ->
    [one] { $count } arquivo
   *[other] { $count } arquivos
}
count-entries = { $count ->
    [one] { $count } item
   *[other] { $count } itens
}
count-days = { $count ->
    [one] { $count } dia
   *[other] { $count } dias
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}

number-decimal-sign = ,

date-day = { $day }/{ $month }/{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] há { $count } minuto
   *[other] há { $count } minutos
}
ago-hours = { $count ->
    [one] há { $count } hora
   *[other] há { $count } horas
}
ago-days = { $count ->
    [one] há { $count } dia
   *[other] há { $count } dias
}
ago-now = agora mesmo

until-minutes = { $count ->
    [one] em { $count } minuto
   *[other] em { $count } minutos
}
until-hours = { $count ->
    [one] em { $count } hora
   *[other] em { $count } horas
}
until-days = { $count ->
    [one] em { $count } dia
   *[other] em { $count } dias
}
until-now = agora

layout-tasks-running = { $count ->
    [one] tarefa em andamento
   *[other] tarefas em andamento
}
