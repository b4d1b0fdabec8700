using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>What travels through sign-in and our pages and comes back: the request, and the proof that our page posted an answer.</summary>
internal sealed class AuthorizeForms(RequestHandles handles, SubjectSeals seals, IAntiforgery antiforgery, ServerSettings settings)
{
    // Longer requests travel as one protected handle: a URI inside a URI inside a URI escapes its escapes.
    private const int MaxPlainQuery = 1000;

    /// <summary>A request as it came, or what is inside the handle that it carries.</summary>
    public Outcome<VisitedRequest> Open(OAuthParameters sent) => handles.Open(sent);

    /// <summary>
    /// Where a request is answered: a local path, so that no sign-in page can be made to lead elsewhere. It is the public one: a proxy may
    /// have removed a part of it.
    /// </summary>
    public Outcome<string> ReturnPath(VisitedRequest visited)
    {
        var path = settings.Issuer.AuthorizePath;
        var query = visited.Parameters.ToQuery();
        if (query.Length <= MaxPlainQuery && visited.SignInAskedAt is null)
            return $"{path}?{query}";
        // The code is for one form; who comes back gets another.
        return handles.Protect(visited with { Code = null }).Failed(out var error, out var handle)
            ? error
            : $"{path}?{RequestHandles.Parameter}={handle}";
    }

    /// <summary>The hidden fields of a form. Only a session has a token to post; a page before sign-in posts nothing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields(HttpContext http, VisitedRequest visited, string? subject)
    {
        var fields = new List<KeyValuePair<string, string>> { new(RequestHandles.Parameter, handles.Protect(visited).Value) };
        if (subject is not null && antiforgery.GetAndStoreTokens(http) is { RequestToken: { } token } tokens)
            fields.AddRange([new(tokens.FormFieldName, token), new(SubjectSeals.Field, seals.Seal(subject))]);
        return fields;
    }

    /// <summary>Whether our own page posted an answer, in the session and for the subject it was shown to (§10.12).</summary>
    public async ValueTask<bool> IsGenuineAsync(HttpContext http, OAuthParameters sent, string subject) =>
        seals.IsOf(sent[SubjectSeals.Field], subject) && await antiforgery.IsGenuineAsync(http, sent);
}
