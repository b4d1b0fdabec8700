using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The page on which a signed-in user makes a personal access token, over HTTP.</summary>
internal sealed class PersonalTokenHandler(
    PersonalTokens tokens,
    GrantHost host,
    AuthorizeForms forms,
    RequestHandles handles,
    ServerSettings settings
)
{
    private static readonly int[] lifetimes = [7, 30, 90, 365];

    public async ValueTask<Reply> HandleAsync(HttpContext http)
    {
        var here = settings.Issuer.PersonalTokenPath;
        if (await HostUser.FindSessionAsync(http, settings.Options) is not { } session)
            return HostSignIn.Challenge(settings.Options.AuthenticationScheme, new() { RedirectUri = here });
        if (HostUser.Subject(session.Principal, settings.Options).Failed(out var unusable, out var subject))
            return unusable;
        if (!HttpMethods.IsPost(http.Request.Method))
            return await AskAsync(http, session, subject, OAuthParameters.Empty, error: null);

        // RFC 6749 §10.12: an answer counts only if our own page posted it, in the session and for the subject that the page was shown to.
        if ((await OAuthHttp.ReadFormAsync(http)).Failed(out var unreadable, out var sent))
            return ErrorPage.Refuse(unreadable, tryAgain: here);
        if (!await forms.IsGenuineAsync(http, sent, subject))
            return ErrorPage.Refuse(OAuthError.DecisionNotGenuine, tryAgain: here);
        if (handles.Open(sent).Failed(out var old, out var visit))
            return ErrorPage.Refuse(old, tryAgain: here);
        if (visit.Code is not { } code)
            return ErrorPage.Refuse(OAuthError.RequestHandleInvalid, tryAgain: here);
        // Without boxes it is the default resource; a user who unticks every box means none.
        if (Choices().Count > 1 && sent.All("resource").Count == 0)
            return await AskAsync(http, session, subject, sent, OAuthError.InvalidField.About("resource", "must be one at least"));

        var request = new PersonalTokenRequest
        {
            Now = Now(http),
            Subject = subject,
            User = session.Principal,
            Name = sent["name"] ?? "",
            Scope = ScopeSet.Of(sent.All("scope").Where(ScopeSet.IsToken)),
            Resources = sent.All("resource"),
            Organization = sent[ConsentForms.OrganizationField],
            // The time of the form, so that a form that is posted twice asks for the same token.
            ExpiresAt = code.MadeAt + TimeSpan.FromDays(Days(sent)),
            SignedInAt = HostUser.SignedInAt(session),
            FormToken = new PersonalToken(code),
        };
        if (!(await tokens.MakeAsync(request, http.RequestAborted)).Failed(out var error, out var made))
            return PersonalTokenPage.Made(made, session.Principal);
        return IsCorrectable(error) ? await AskAsync(http, session, subject, sent, error) : ErrorPage.Refuse(error, tryAgain: here);
    }

    // A token of this kind is bound to no key.
    private IReadOnlyList<string> Choices() => settings.Resources.WithoutProof(settings.Resources.Named);

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    // A number that is no choice of the form is refused with the other fields: 0 days are over already.
    private static int Days(OAuthParameters sent) =>
        int.TryParse(sent["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 366 ? days : 0;

    private static bool IsCorrectable(OAuthError error) =>
        error.Field is not null || error.Id == OAuthError.OrganizationNotChosen.Id || error.Id == OAuthError.TooManyRequests.Id;

    private async ValueTask<Reply> AskAsync(
        HttpContext http,
        AuthenticationTicket session,
        string subject,
        OAuthParameters entered,
        OAuthError? error
    )
    {
        var ct = http.RequestAborted;
        if ((await tokens.ScopesAsync(session.Principal, ct)).Failed(out var forbidden, out var scopes))
            return ErrorPage.Refuse(forbidden);
        var longest = (int)settings.Options.PersonalAccessTokenLifetime.TotalDays;
        var form = new PersonalTokenForm
        {
            Scopes = [.. scopes.Select(s => ConsentScope.Of(s, settings.Options)).OrderBy(s => s.Destructive)],
            Resources = [.. Choices().Select(r => ConsentResource.Of(r, settings.Resources))],
            Organizations = await host.OrganizationsAsync(subject, ct) ?? [],
            Lifetimes = [.. lifetimes.Where(d => d < longest), Math.Max(longest, 1)],
            // Each form has a token of its own, so that one form posted many times gives one token.
            Fields = forms.Fields(http, new(OAuthParameters.Empty) { Code = PersonalToken.New(Now(http)).Code }, subject),
            Default = settings.Resources.Default,
            Entered = entered,
            Error = error,
        };
        return PersonalTokenPage.Ask(form, session.Principal);
    }
}
