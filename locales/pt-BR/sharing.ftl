### Links de compartilhamento, links de convidado e dispositivos.

devices-tv-app-steps = Os apps para Jellyfin encontram os filmes deles aqui. Digite este endereço no app: { $address }. Depois entre como { $user } com sua senha, como outro perfil com o PIN dele, ou escolha Quick Connect e digite os seis dígitos que o app mostra.
devices-add-a-device = Adicionar um dispositivo
devices-each-player-gets-its-own-link = Cada player recebe um link próprio, que abre sem login e pode ser revogado separadamente.
devices-living-room = Sala
devices-what-it-may-play = O que ele pode reproduzir
devices-everything = Tudo
devices-a-year = Um ano
devices-who-watches-on-it = Quem assiste nele
devices-show-it-streams-instead-of-files = Mostrar a ele transmissões em vez de arquivos
devices-sign-in-a-tv-app = Conectar um app de TV
devices-who-watches-with-it = Quem assiste com ele
devices-sign-it-in = Conectar o app
devices-active-links = Links ativos
devices-none-yet-guest-link-on-a = Nenhum ainda. “Link de convidado” em um filme ou em uma pasta cria um para um convidado.
devices-revoke-name = Revogar { $name }
devices-your-own-links-and-the-signing = Seus próprios links e a chave de assinatura
devices-the-links-on-your-own-pages = Os links das suas próprias páginas compartilham um mesmo ingresso. Se um deles caiu em mãos erradas, substitua-o: os players que você configurou com um link desses precisam do novo.
devices-replace-my-own-ticket = Substituir meu ingresso
devices-all-tickets-are-signed-with-one = Todos os ingressos são assinados com uma mesma chave. Troque-a de vez em quando: os links que existem continuam funcionando, e os novos são assinados com a nova chave.
devices-change-the-key = Trocar a chave
devices-older-keys-are-still-valid-retire = As chaves antigas ainda valem. Se você as aposentar, todos os links criados antes da troca terminam na hora.
devices-retire-the-old-keys = Aposentar as chaves antigas
devices-no-app-shows-this-code = Nenhum app mostra este código. Um código vale por cinco minutos.
devices-player = Player
devices-never-used = Nunca usado
devices-used = Usado { $when }
devices-until = Até { $time }

guest-link-to = Link de convidado para “{ $title }”
guest-link-all-links = Todos os links, e o botão que os revoga: { $page }
guest-link-opens-folder = Quem tem o link vê esta pasta e tudo o que ela contém, e mais nada do que é seu.
guest-link-opens-film = Quem tem o link vê este filme, e mais nada do que é seu.
guest-link-no-login-is-needed = Não é preciso fazer login.
guest-link-for-whom = Para quem
guest-link-aunt-mia = Tia Mia
guest-link-limits = Limites
guest-link-people-at-the-same-time = Pessoas ao mesmo tempo
guest-link-no-limit = Sem limite
guest-link-visits-in-all = Visitas no total
guest-link-streams-alone-without-the-files = Somente transmissões, sem os arquivos

neutral-nothing-plays-here = Não há nada para reproduzir aqui
neutral-ask-whoever-gave-it-to-you = Peça um novo a quem o deu a você.
neutral-expired = Este link expirou ou foi revogado.
neutral-does-not-lead-here = Este link não leva até aqui.
neutral-not-reachable = Não é possível acessar agora o que ele abre.
neutral-incomplete = Este link está incompleto ou não leva a lugar nenhum.

own-shares-no-links-yet-choose-share-beside = Nenhum link ainda. Escolha “Compartilhar” ao lado de um filme ou de uma pasta.
own-shares-revoke-title = Revogar o link para { $title }
own-shares-name-and-others = { $name } e { $count ->
    [one] mais { $count }
   *[other] mais { $count }
}
own-shares-revoked = Revogado
own-shares-refused = Recusado pelo drive
own-shares-used-up = Esgotado
own-shares-never-ends = Nunca termina
own-shares-ends = Termina { $when }

share-share-links = Links de compartilhamento
share-password-of-the-share = Senha do compartilhamento
share-paste-a-link-or-the-whole = Cole um link, ou a mensagem inteira em que ele veio
share-open-another-one = Abrir outro
share-panel-about-this-share = Sobre este compartilhamento
share-panel-play-from-the-first = Reproduzir desde o primeiro
share-panel-play-all-in-vlc = Reproduzir tudo no VLC
share-panel-save-to-my-drive = Salvar no meu drive
share-panel-drive = Drive
share-panel-folder = Pasta
share-panel-where-the-name-is-taken = Se o nome já existir
share-panel-skip-it = pular
share-saved-saved = Salvo
share-panel-on-this-page = Nesta página
share-saved-count = { $count } de { $total } salvos
share-saved-go-to-folder = Ir para { $folder }
share-saved-back = Voltar ao compartilhamento
share-another-site = Outro site trouxe você até aqui. O que ele quer abrir está abaixo.
share-open-it-again = Abra-o novamente daqui a pouco.
share-unknown-host = Um host desconhecido
share-host-is-unknown = Este link tem a forma de um compartilhamento, mas o host dele, { $host }, não é conhecido aqui.
share-can-be-tried = É possível tentar: o compartilhamento é procurado no serviço conhecido, e esse host não é contatado.

shares-gone = O proprietário o revogou, ou ele expirou.
shares-password-changed = A senha dele foi alterada: cole o link de novo, com a nova.
shares-no-drive = Nenhum drive conectado o abre.

ticket-guest-about = Abre em qualquer navegador, sem login
ticket-play-url = URL de reprodução
ticket-play-url-about = Para qualquer player que navegue em pastas da web
ticket-kodi-web-directory = Diretório do servidor Web ({ $scheme })
ticket-kodi-protocol = Protocolo
ticket-kodi-server = Endereço do servidor
ticket-kodi-path = Caminho remoto
ticket-kodi-port = Porta
ticket-list-about = Abra como fluxo de rede no VLC ou no mpv
ticket-list = Lista
ticket-list-of = Lista de { $name }

unfurl-films-under-the-open-sky = Filmes a céu aberto.
unfurl-folder = Uma pasta de filmes
unfurl-sound = Áudio
unfurl-film = Filme

ticket-form-speed-in-mbit-s-for-all = Velocidade em Mbit/s, para todos juntos
