using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The data that passes through sign-in and our pages and comes back: the request, and the proof that our page posted an answer.
/// </summary>
internal sealed class AuthorizeForms(
    RequestHandles handles,
    PushedRequests pushed,
    SubjectSeals seals,
    IAntiforgery antiforgery,
    ServerSettings settings
)
{
    // Longer requests become one protected handle: a URI nested in a URI is escaped again at each level and grows.
    private const int MaxPlainQuery = 1000;

    /// <summary>The request of the parameters, the one inside the handle that they carry, or the pushed one that they refer to.</summary>
    public async ValueTask<Outcome<VisitedRequest>> OpenAsync(OAuthParameters sent, CancellationToken ct)
    {
        if (!IsReference(sent))
            return handles.Open(sent);
        return (await pushed.FindAsync(sent, ct)).Failed(out var error, out var found)
            ? error
            : new VisitedRequest(found.Parameters) { Pushed = found.Pushed };
    }

    /// <summary>Whether the parameters refer to a pushed request (RFC 9126 §4).</summary>
    public bool IsReference(OAuthParameters sent) =>
        settings.Options.PushedAuthorizationRequests
        && sent[PushedRequests.Parameter] is not null
        && sent[RequestHandles.Parameter] is null;

    /// <summary>
    /// The local path that the request returns to, so that a sign-in page cannot be made to redirect to another site. It is the public path: a
    /// proxy may have removed a part of it. A plain one is made when it is read: a redirect to the client needs none.
    /// </summary>
    public Outcome<Lazy<string>> ReturnPath(VisitedRequest visited)
    {
        var path = settings.Issuer.AuthorizePath;
        if (visited.Parameters.QueryLength <= MaxPlainQuery && visited is { SignInAskedAt: null, Pushed: null })
            return new Lazy<string>(() => $"{path}?{visited.Parameters.ToQuery()}");
        // A code is for one form; a user who returns from sign-in gets a new one.
        return handles.Protect(visited with { Code = null }).Failed(out var error, out var handle)
            ? error
            : new Lazy<string>($"{path}?{RequestHandles.Parameter}={handle}");
    }

    /// <summary>
    /// The hidden fields of a form. Only a signed-in session has an antiforgery token; a page before sign-in has no such field.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields(HttpContext http, VisitedRequest visited, string? subject)
    {
        var handle = KeyValuePair.Create(RequestHandles.Parameter, handles.Protect(visited).Value);
        return subject is null ? [handle] : [handle, .. Proof(http, subject)];
    }

    /// <summary>The hidden fields by which <see cref="IsGenuineAsync"/> knows a form of ours again.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Proof(HttpContext http, string subject)
    {
        var fields = new List<KeyValuePair<string, string>>();
        if (antiforgery.GetAndStoreTokens(http) is { RequestToken: { } token } tokens)
            fields.AddRange([new(tokens.FormFieldName, token), new(SubjectSeals.Field, seals.Seal(subject))]);
        return fields;
    }

    /// <summary>Whether our own page posted the answer, in the session and for the subject that the page was shown to (§10.12).</summary>
    public async ValueTask<bool> IsGenuineAsync(HttpContext http, OAuthParameters sent, string subject) =>
        seals.IsOf(sent[SubjectSeals.Field], subject) && await antiforgery.IsGenuineAsync(http, sent);
}
