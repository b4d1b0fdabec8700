using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>Our pages in English, which are also used for a language that we do not have.</summary>
internal static class EnglishTexts
{
    public static FrozenDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["lang"] = "en",
            ["dir"] = "ltr",
            ["time.minute"] = "1 minute",
            ["time.minutes"] = "{0} minutes",
            ["time.hours"] = "{0} hours",
            ["time.days"] = "{0} days",
            ["provenance.api"] = "Registered here by an administrator",
            ["provenance.api.org"] = "Registered here by an administrator, for {0}",
            ["provenance.dcr"] = "This app registered itself: nobody has checked its name",
            ["provenance.dcr.since"] = "This app registered itself on {0}: nobody has checked its name",
            ["provenance.cimd"] = "Identified by {0}",
            ["scope.destructive"] = "can destroy data",
            ["consent.title"] = "Allow {0}?",
            ["consent.heading"] = "Allow {0} to use your {1} account?",
            ["consent.to"] = "Your answer goes to",
            ["consent.to.loopback"] = "An app on this computer",
            ["consent.to.scheme"] = "The app on this device that opens links with",
            ["consent.provenance"] = "Who it is",
            ["consent.imitates"] = "It uses the name of an app that is registered here, but it is not that app.",
            ["consent.claims"] = "It calls itself official, verified or secure. Nobody here has checked that.",
            ["consent.loopback"] = "Allow this only if you started that app yourself, just now.",
            ["consent.scheme"] = "Any app on this device can claim such links. Allow this only if you started that app yourself, just now.",
            ["consent.reopen"] = "Does nothing open after you allow it? Open the app yourself, come back here and press Allow again.",
            ["consent.scopes"] = "It will be able to",
            ["consent.scopes.choose"] = "It will be able to do what you tick",
            ["consent.scopes.given"] = "What you allowed it before",
            ["consent.scopes.not"] = "It will not be able to",
            ["consent.resources"] = "Where",
            ["consent.organization"] = "For",
            ["consent.organization.choose"] = "For which of your organizations?",
            ["consent.links"] = "What it says about itself",
            ["consent.link.client_uri"] = "Home page",
            ["consent.link.tos_uri"] = "Terms of service",
            ["consent.link.policy_uri"] = "Privacy policy",
            ["consent.links.foreign"] = "Some of this is on another site than the one your answer goes to.",
            ["consent.until"] = "This holds until you take it back, for {0} at most.",
            ["consent.once"] = "This holds for {0}.",
            ["consent.account"] = "You are signed in as {0}.",
            ["consent.switch"] = "Use another account",
            ["consent.deny"] = "Deny",
            ["consent.allow"] = "Allow",
            ["device.title"] = "Sign in on a device",
            ["device.label"] = "Code on the device",
            ["device.hint"] = "Eight letters. Enter only a code that you see on a device in front of you.",
            ["device.continue"] = "Continue",
            ["device.to"] = "A device that shows this code. Compare it:",
            ["device.warn"] =
                "Allow this only if you see this code on a device in front of you. Did somebody send you the code or a link? Then deny it: their device would get into your account.",
            ["device.allowed"] = "Go back to your device",
            ["device.allowed.then"] = "{0} gets access in a few seconds. You can close this page.",
            ["device.denied"] = "Nothing was allowed",
            ["device.denied.then"] = "{0} gets no access, and the device says so in a few seconds. You can close this page.",
            ["error.HQ1089"] =
                "No device waits with this code. Compare it with the code on the device. It may have expired, or have been answered: then start again on the device.",
            ["error.HQ1090"] = "Too many wrong codes were entered. Try again in some minutes, with a new code of the device.",
            ["apps.title"] = "Apps with access to your account",
            ["apps.none"] = "No app has access to your account.",
            ["apps.effect"] = "What you remove ends at once. The app can ask you again.",
            ["apps.place"] = "Apps that return to {0}",
            ["apps.place.loopback"] = "Apps on a computer of yours",
            ["apps.place.device"] = "Devices that you signed in on by a code",
            ["apps.provenance.api"] = "Registered here by an administrator",
            ["apps.provenance.dcr"] = "They registered themselves: nobody has checked their names",
            ["apps.provenance.cimd"] = "Identified by the address of their own description",
            ["apps.for"] = "For",
            ["apps.since"] = "Allowed on {0}.",
            ["apps.used"] = "Last used on {0}.",
            ["apps.unused"] = "Not used yet.",
            ["apps.sessions"] = "{0} sessions.",
            ["apps.sessions.one"] = "1 session.",
            ["apps.sessions.none"] = "No session now; you are not asked again.",
            ["apps.remove"] = "Remove access",
            ["apps.remove.group"] = "Remove all of these",
            ["apps.remove.all"] = "Remove everything",
            ["apps.remove.all.sure"] = "Every app loses its access at once.",
            ["apps.remove.all.yes"] = "Yes, remove everything",
            ["error.HQ1048"] =
                "This did not come from a page that this server showed you, or you have signed in again since. Nothing was changed.",
            ["sent.title"] = "Go back to the app",
            ["sent.open"] = "Does the app not open? Follow this link",
            ["error.title"] = "This request cannot go on",
            ["error.app"] =
                "The app asked for something that this server does not give. Go back to the app and try again. If that does not help, tell its makers what stands below.",
            ["error.ours"] = "Something failed here, and nothing was allowed. Try again in a few minutes.",
            ["error.refused"] = "You refused the request. Nothing was allowed.",
            ["error.HQ1008"] = "The request is too large. Go back to the app and start again.",
            ["error.HQ1032"] =
                "The app that sent you here is not known to this server. Remove the connection in that app and add it again: it will register anew.",
            ["error.HQ1033"] =
                "The address that the app wants you to return to is not one that it registered, so nothing is sent there. If you followed a link from a message, close this page. If you came from an app, remove the connection in it and add it again.",
            ["error.HQ1034"] =
                "The app did not say where to return to, and it has not registered exactly one address. Remove the connection in that app and add it again.",
            ["error.HQ1035"] =
                "This answer did not come from a page that this server showed you, or you have signed in again since. Nothing was allowed.",
            ["error.HQ1036"] = "The address of this page is damaged or too old. Start again in the app that sent you here.",
            ["error.HQ1079"] = "You have answered this page already. Look at the app that sent you here, or start again there.",
            ["error.HQ1083"] =
                "Choose the organization that the app may act for. Your organizations may have changed since the page was shown. Nothing was allowed.",
            ["error.HQ1053"] =
                "The app that sent you here names itself by an address that this server does not accept. Nothing was allowed. Ask whoever runs this server.",
            ["error.HQ1054"] =
                "The app that sent you here describes itself at {0}, and that could not be fetched just now. Nothing was allowed. Try again in a few minutes.",
            ["error.HQ1055"] =
                "The app that sent you here describes itself at {0}, and that description is not one this server can accept. Nothing was allowed. Its makers have to correct it.",
            ["error.back"] = "Go back to {0}",
            ["error.again"] = "Show the question again",
            ["error.developers"] = "For developers",
            ["error.reference"] = "Reference",
        }.ToFrozenDictionary();
}
