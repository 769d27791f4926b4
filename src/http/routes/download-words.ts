import type { Language } from '../../languages.ts';

/** What the page of a download says, and what is said in its place. */
const en = {
  title: 'Your data',
  ACCESS: 'A copy of the personal data that {operator} holds about you (Art. 15 GDPR).',
  PORTABILITY: 'The data that you gave {operator}, to take along (Art. 20 GDPR).',
  made: 'Made on',
  until: 'This link works until',
  size: 'Size',
  bytes: 'bytes',
  download: 'Download',
  once: 'The link is good for one download. If the download breaks off, you can continue it in the same browser.',
  checkTitle: 'Check what you got',
  check:
    'The file is whole and unchanged if this prints the SHA-256 above: "shasum -a 256 FILE" on macOS and Linux, "Get-FileHash FILE" on Windows. "carryall verify FILE" checks the signature too.',
  sealed: 'The file is encrypted with what you gave when you asked for it. Open it with age (age-encryption.org).',
  sealedForOperator:
    'The operator keeps this file encrypted for itself. Ask {operator} to open it for you, or ask anew with a passphrase of your own.',
  again: 'Ask for another link where you asked for your data.',
  notFound: 'There is nothing here. Check that you have copied the whole link.',
  forged: 'This link was changed on its way. Check that you have copied the whole of it.',
  gone: 'This link is good no longer.',
  USED: 'This link was used: the file was downloaded. If that was not you, tell {operator} at once.',
  EXPIRED: 'The time of this link is over.',
  REVOKED: 'This link was revoked.',
  BUNDLE: 'The file that this link led to is there no longer.',
  PERSON: 'This link is good no longer.',
  signIn: 'Sign in first, as the person who asked for the data.',
  busy: 'The file is being downloaded at this moment. Wait until that has ended, and try again.',
  full: 'Too many files are being downloaded at this moment. Try again in a moment.',
  damaged: 'The file is not as it should be, so it was not sent. The operator has been told.',
} as const;

type Words = { readonly [K in keyof typeof en]: string };

const nl: Words = {
  title: 'Uw gegevens',
  ACCESS: 'Een kopie van de persoonsgegevens die {operator} over u heeft (art. 15 AVG).',
  PORTABILITY: 'De gegevens die u aan {operator} hebt gegeven, om mee te nemen (art. 20 AVG).',
  made: 'Gemaakt op',
  until: 'Deze link werkt tot',
  size: 'Grootte',
  bytes: 'bytes',
  download: 'Downloaden',
  once: 'De link is goed voor één download. Een download die afbreekt, kunt u in dezelfde browser voortzetten.',
  checkTitle: 'Controleer wat u hebt gekregen',
  check:
    'Het bestand is volledig en ongewijzigd als dit de SHA-256 hierboven toont: "shasum -a 256 BESTAND" op macOS en Linux, "Get-FileHash BESTAND" op Windows. "carryall verify BESTAND" controleert ook de handtekening.',
  sealed: 'Het bestand is versleuteld met wat u bij uw verzoek hebt opgegeven. Open het met age (age-encryption.org).',
  sealedForOperator:
    'De beheerder bewaart dit bestand voor zichzelf versleuteld. Vraag {operator} het voor u te openen, of vraag opnieuw met een eigen wachtwoordzin.',
  again: 'Vraag een nieuwe link aan waar u om uw gegevens hebt gevraagd.',
  notFound: 'Hier is niets. Controleer of u de hele link hebt gekopieerd.',
  forged: 'Deze link is onderweg veranderd. Controleer of u hem helemaal hebt gekopieerd.',
  gone: 'Deze link werkt niet meer.',
  USED: 'Deze link is gebruikt: het bestand is gedownload. Was u dat niet, meld het dan meteen aan {operator}.',
  EXPIRED: 'De tijd van deze link is voorbij.',
  REVOKED: 'Deze link is ingetrokken.',
  BUNDLE: 'Het bestand waar deze link naartoe leidde, is er niet meer.',
  PERSON: 'Deze link werkt niet meer.',
  signIn: 'Meld u eerst aan als de persoon die om de gegevens heeft gevraagd.',
  busy: 'Het bestand wordt op dit moment gedownload. Wacht tot dat klaar is en probeer het opnieuw.',
  full: 'Er worden op dit moment te veel bestanden gedownload. Probeer het zo meteen opnieuw.',
  damaged: 'Het bestand is niet zoals het hoort en is daarom niet verzonden. De beheerder weet ervan.',
};

const fr: Words = {
  title: 'Vos données',
  ACCESS: 'Une copie des données personnelles que {operator} détient sur vous (art. 15 RGPD).',
  PORTABILITY: 'Les données que vous avez fournies à {operator}, à emporter (art. 20 RGPD).',
  made: 'Préparé le',
  until: 'Ce lien est valable jusqu’au',
  size: 'Taille',
  bytes: 'octets',
  download: 'Télécharger',
  once: 'Le lien vaut pour un seul téléchargement. S’il s’interrompt, vous pouvez le reprendre dans le même navigateur.',
  checkTitle: 'Vérifiez ce que vous avez reçu',
  check:
    'Le fichier est complet et inchangé si cette commande affiche le SHA-256 ci-dessus : « shasum -a 256 FICHIER » sous macOS et Linux, « Get-FileHash FICHIER » sous Windows. « carryall verify FICHIER » vérifie aussi la signature.',
  sealed:
    'Le fichier est chiffré avec ce que vous avez indiqué dans votre demande. Ouvrez-le avec age (age-encryption.org).',
  sealedForOperator:
    'L’opérateur garde ce fichier chiffré pour lui-même. Demandez à {operator} de l’ouvrir pour vous, ou refaites la demande avec une phrase secrète à vous.',
  again: 'Demandez un autre lien là où vous avez demandé vos données.',
  notFound: 'Il n’y a rien ici. Vérifiez que vous avez copié le lien en entier.',
  forged: 'Ce lien a été modifié en chemin. Vérifiez que vous l’avez copié en entier.',
  gone: 'Ce lien n’est plus valable.',
  USED: 'Ce lien a servi : le fichier a été téléchargé. Si ce n’était pas vous, prévenez {operator} tout de suite.',
  EXPIRED: 'La durée de ce lien est écoulée.',
  REVOKED: 'Ce lien a été révoqué.',
  BUNDLE: 'Le fichier auquel ce lien menait n’existe plus.',
  PERSON: 'Ce lien n’est plus valable.',
  signIn: 'Connectez-vous d’abord, en tant que personne qui a demandé les données.',
  busy: 'Le fichier est en cours de téléchargement. Attendez la fin, puis réessayez.',
  full: 'Trop de fichiers sont téléchargés en ce moment. Réessayez dans un instant.',
  damaged: 'Le fichier n’est pas tel qu’il devrait être et n’a donc pas été envoyé. L’exploitant est prévenu.',
};

const de: Words = {
  title: 'Ihre Daten',
  ACCESS: 'Eine Kopie der personenbezogenen Daten, die {operator} über Sie hat (Art. 15 DSGVO).',
  PORTABILITY: 'Die Daten, die Sie {operator} gegeben haben, zum Mitnehmen (Art. 20 DSGVO).',
  made: 'Erstellt am',
  until: 'Dieser Link gilt bis',
  size: 'Größe',
  bytes: 'Bytes',
  download: 'Herunterladen',
  once: 'Der Link gilt für einen Download. Einen, der abbricht, können Sie im selben Browser fortsetzen.',
  checkTitle: 'Prüfen Sie, was Sie bekommen haben',
  check:
    'Die Datei ist ganz und unverändert, wenn dies den SHA-256 oben ausgibt: „shasum -a 256 DATEI“ unter macOS und Linux, „Get-FileHash DATEI“ unter Windows. „carryall verify DATEI“ prüft auch die Signatur.',
  sealed:
    'Die Datei ist mit dem verschlüsselt, was Sie bei Ihrer Anfrage angegeben haben. Öffnen Sie sie mit age (age-encryption.org).',
  sealedForOperator:
    'Der Betreiber verwahrt diese Datei für sich selbst verschlüsselt. Bitten Sie {operator}, sie für Sie zu öffnen, oder fragen Sie neu mit einer eigenen Passphrase an.',
  again: 'Fordern Sie einen neuen Link dort an, wo Sie nach Ihren Daten gefragt haben.',
  notFound: 'Hier ist nichts. Prüfen Sie, ob Sie den ganzen Link kopiert haben.',
  forged: 'Dieser Link wurde unterwegs verändert. Prüfen Sie, ob Sie ihn ganz kopiert haben.',
  gone: 'Dieser Link gilt nicht mehr.',
  USED: 'Dieser Link wurde benutzt: Die Datei wurde heruntergeladen. Waren Sie das nicht, sagen Sie es sofort {operator}.',
  EXPIRED: 'Die Zeit dieses Links ist abgelaufen.',
  REVOKED: 'Dieser Link wurde widerrufen.',
  BUNDLE: 'Die Datei, zu der dieser Link führte, gibt es nicht mehr.',
  PERSON: 'Dieser Link gilt nicht mehr.',
  signIn: 'Melden Sie sich zuerst an, als die Person, die nach den Daten gefragt hat.',
  busy: 'Die Datei wird gerade heruntergeladen. Warten Sie, bis das zu Ende ist, und versuchen Sie es noch einmal.',
  full: 'Gerade werden zu viele Dateien heruntergeladen. Versuchen Sie es gleich noch einmal.',
  damaged: 'Die Datei ist nicht, wie sie sein soll, und wurde deshalb nicht gesendet. Der Betreiber weiß Bescheid.',
};

export type Word = keyof Words;
export const WORDS: { readonly [L in Language]: Words } = { en, nl, fr, de };
