using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>Our pages in German.</summary>
internal static class GermanTexts
{
    public static FrozenDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["lang"] = "de",
            ["dir"] = "ltr",
            ["time.minute"] = "1 Minute",
            ["time.minutes"] = "{0} Minuten",
            ["time.hours"] = "{0} Stunden",
            ["time.days"] = "{0} Tage",
            ["provenance.api"] = "Hier von der Verwaltung eingetragen",
            ["provenance.api.org"] = "Hier von der Verwaltung eingetragen, für {0}",
            ["provenance.dcr"] = "Diese App hat sich selbst eingetragen: Niemand hat ihren Namen geprüft",
            ["provenance.dcr.since"] = "Diese App hat sich am {0} selbst eingetragen: Niemand hat ihren Namen geprüft",
            ["provenance.cimd"] = "Ausgewiesen durch {0}",
            ["scope.destructive"] = "kann Daten zerstören",
            ["consent.title"] = "{0} erlauben?",
            ["consent.heading"] = "Darf {0} Ihr Konto bei {1} benutzen?",
            ["consent.to"] = "Ihre Antwort geht an",
            ["consent.to.loopback"] = "Eine App auf diesem Computer",
            ["consent.to.scheme"] = "Die App auf diesem Gerät, die solche Links öffnet:",
            ["consent.provenance"] = "Wer sie ist",
            ["consent.imitates"] = "Sie benutzt den Namen einer App, die hier eingetragen ist, aber sie ist es nicht.",
            ["consent.claims"] = "Sie nennt sich offiziell, geprüft oder sicher. Das hat hier niemand geprüft.",
            ["consent.loopback"] = "Erlauben Sie das nur, wenn Sie diese App gerade selbst gestartet haben.",
            ["consent.scheme"] =
                "Jede App auf diesem Gerät kann solche Links an sich ziehen. Erlauben Sie das nur, wenn Sie diese App gerade selbst gestartet haben.",
            ["consent.reopen"] =
                "Öffnet sich nach dem Erlauben nichts? Öffnen Sie die App selbst, kommen Sie hierher zurück und drücken Sie noch einmal Erlauben.",
            ["consent.scopes"] = "Sie wird können",
            ["consent.scopes.choose"] = "Sie wird können, was Sie ankreuzen",
            ["consent.scopes.given"] = "Was Sie ihr schon erlaubt haben",
            ["consent.scopes.not"] = "Sie wird nicht können",
            ["consent.resources"] = "Wo",
            ["consent.organization"] = "Für",
            ["consent.organization.choose"] = "Für welche Ihrer Organisationen?",
            ["consent.links"] = "Was sie über sich sagt",
            ["consent.link.client_uri"] = "Startseite",
            ["consent.link.tos_uri"] = "Nutzungsbedingungen",
            ["consent.link.policy_uri"] = "Datenschutzerklärung",
            ["consent.links.foreign"] = "Manches davon liegt woanders als dort, wohin Ihre Antwort geht.",
            ["consent.until"] = "Das gilt, bis Sie es zurücknehmen, höchstens {0}.",
            ["consent.once"] = "Das gilt {0}.",
            ["consent.account"] = "Sie sind angemeldet als {0}.",
            ["consent.switch"] = "Anderes Konto benutzen",
            ["consent.deny"] = "Ablehnen",
            ["consent.allow"] = "Erlauben",
            ["device.title"] = "Auf einem Gerät anmelden",
            ["device.label"] = "Code auf dem Gerät",
            ["device.hint"] = "Acht Buchstaben. Geben Sie nur einen Code ein, den Sie auf einem Gerät vor sich sehen.",
            ["device.continue"] = "Weiter",
            ["device.to"] = "Ein Gerät, das diesen Code zeigt. Vergleichen Sie ihn:",
            ["device.warn"] =
                "Erlauben Sie das nur, wenn Sie diesen Code auf einem Gerät vor sich sehen. Hat Ihnen jemand den Code oder einen Link geschickt? Dann lehnen Sie ab: Sonst bekommt dessen Gerät Zugriff auf Ihr Konto.",
            ["device.allowed"] = "Zurück zu Ihrem Gerät",
            ["device.allowed.then"] = "{0} bekommt in wenigen Sekunden Zugriff. Sie können diese Seite schließen.",
            ["device.denied"] = "Es wurde nichts erlaubt",
            ["device.denied.then"] =
                "{0} bekommt keinen Zugriff, und das Gerät sagt es in wenigen Sekunden. Sie können diese Seite schließen.",
            ["error.HQ1089"] =
                "Mit diesem Code wartet kein Gerät. Vergleichen Sie ihn mit dem Code auf dem Gerät. Vielleicht ist er abgelaufen oder schon beantwortet: Beginnen Sie dann auf dem Gerät von vorn.",
            ["error.HQ1090"] =
                "Es wurden zu viele falsche Codes eingegeben. Versuchen Sie es in einigen Minuten wieder, mit einem neuen Code des Geräts.",
            ["apps.title"] = "Apps mit Zugriff auf Ihr Konto",
            ["apps.none"] = "Keine App hat Zugriff auf Ihr Konto.",
            ["apps.effect"] = "Was Sie entfernen, endet sofort. Die App kann Sie wieder fragen.",
            ["apps.place"] = "Apps, die zu {0} zurückkehren",
            ["apps.place.loopback"] = "Apps auf einem Computer von Ihnen",
            ["apps.place.device"] = "Geräte, auf denen Sie sich mit einem Code angemeldet haben",
            ["apps.provenance.api"] = "Hier von der Verwaltung eingetragen",
            ["apps.provenance.dcr"] = "Sie haben sich selbst eingetragen: Niemand hat ihre Namen geprüft",
            ["apps.provenance.cimd"] = "Ausgewiesen durch die Adresse ihrer eigenen Beschreibung",
            ["apps.for"] = "Für",
            ["apps.since"] = "Erlaubt am {0}.",
            ["apps.used"] = "Zuletzt benutzt am {0}.",
            ["apps.unused"] = "Noch nicht benutzt.",
            ["apps.sessions"] = "{0} Sitzungen.",
            ["apps.sessions.one"] = "1 Sitzung.",
            ["apps.sessions.none"] = "Jetzt keine Sitzung; Sie werden nicht noch einmal gefragt.",
            ["apps.remove"] = "Zugriff entfernen",
            ["apps.remove.group"] = "Alle diese entfernen",
            ["apps.remove.all"] = "Alles entfernen",
            ["apps.remove.all.sure"] = "Jede App verliert ihren Zugriff sofort.",
            ["apps.remove.all.yes"] = "Ja, alles entfernen",
            ["error.HQ1048"] =
                "Das kam nicht von einer Seite, die dieser Server Ihnen gezeigt hat, oder Sie haben sich seither neu angemeldet. Nichts wurde geändert.",
            ["sent.title"] = "Zurück zur App",
            ["sent.open"] = "Öffnet sich die App nicht? Folgen Sie diesem Link",
            ["error.title"] = "So geht es nicht weiter",
            ["error.app"] =
                "Die App hat etwas verlangt, das dieser Server nicht gibt. Gehen Sie zurück zur App und versuchen Sie es noch einmal. Hilft das nicht, sagen Sie ihren Herstellern, was unten steht.",
            ["error.ours"] = "Hier ist etwas fehlgeschlagen, und nichts wurde erlaubt. Versuchen Sie es in ein paar Minuten noch einmal.",
            ["error.refused"] = "Sie haben abgelehnt. Nichts wurde erlaubt.",
            ["error.HQ1008"] = "Die Anfrage ist zu groß. Gehen Sie zurück zur App und beginnen Sie von vorn.",
            ["error.HQ1032"] =
                "Dieser Server kennt die App nicht, die Sie hierher geschickt hat. Entfernen Sie die Verbindung in der App und fügen Sie sie neu hinzu: Dann trägt sie sich neu ein.",
            ["error.HQ1033"] =
                "Die Adresse, an die Sie zurückkehren sollen, hat die App nicht eingetragen; darum wird nichts dorthin geschickt. Sind Sie einem Link in einer Nachricht gefolgt, schließen Sie diese Seite. Kommen Sie von einer App, entfernen Sie dort die Verbindung und fügen Sie sie neu hinzu.",
            ["error.HQ1034"] =
                "Die App hat nicht gesagt, wohin Sie zurückkehren sollen, und hat nicht genau eine Adresse eingetragen. Entfernen Sie die Verbindung in der App und fügen Sie sie neu hinzu.",
            ["error.HQ1035"] =
                "Diese Antwort kam nicht von einer Seite, die dieser Server Ihnen gezeigt hat, oder Sie haben sich seither neu angemeldet. Nichts wurde erlaubt.",
            ["error.HQ1036"] =
                "Die Adresse dieser Seite ist beschädigt oder zu alt. Beginnen Sie von vorn in der App, die Sie hierher geschickt hat.",
            ["error.HQ1079"] =
                "Diese Seite haben Sie schon beantwortet. Sehen Sie in der App nach, die Sie hierher geschickt hat, oder beginnen Sie dort von vorn.",
            ["error.HQ1083"] =
                "Wählen Sie die Organisation, für die die App handeln darf. Ihre Organisationen können sich geändert haben, seit die Seite angezeigt wurde. Es wurde nichts erlaubt.",
            ["error.HQ1053"] =
                "Die App, die Sie hierher geschickt hat, nennt sich mit einer Adresse, die dieser Server nicht annimmt. Nichts wurde erlaubt. Fragen Sie die Betreiber dieses Servers.",
            ["error.HQ1054"] =
                "Die App, die Sie hierher geschickt hat, beschreibt sich unter {0}; das ließ sich gerade nicht abrufen. Nichts wurde erlaubt. Versuchen Sie es in ein paar Minuten noch einmal.",
            ["error.HQ1055"] =
                "Die App, die Sie hierher geschickt hat, beschreibt sich unter {0}; diese Beschreibung kann dieser Server nicht annehmen. Nichts wurde erlaubt. Ihre Hersteller müssen sie berichtigen.",
            ["error.back"] = "Zurück zu {0}",
            ["error.again"] = "Die Frage noch einmal zeigen",
            ["error.developers"] = "Für Entwickler",
            ["error.reference"] = "Kennung",
        }.ToFrozenDictionary();
}
