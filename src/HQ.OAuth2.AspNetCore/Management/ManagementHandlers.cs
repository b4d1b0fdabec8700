using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The management API: each handler reads its request by strict rules, calls the registrar, and returns the answer.</summary>
internal static class ManagementHandlers
{
    private static readonly TimeSpan defaultOverlap = TimeSpan.FromDays(1);

    public static async ValueTask<Reply> ListAsync(HttpContext http, ClientRegistrar clients, string? org, string? provenance)
    {
        var invalid = new List<InvalidField>();
        if (!PageQuery.TryRead(http.Request.Query, out var limit, out var after, out var badPage))
            invalid.AddRange(badPage);
        ClientProvenance? of = provenance switch
        {
            "api" => ClientProvenance.Api,
            "dcr" => ClientProvenance.Dcr,
            "cimd" => ClientProvenance.Cimd,
            _ => null,
        };
        if (of is null && provenance is not null)
            invalid.Add(new("provenance", "must be api, dcr or cimd"));
        if (!CanBeStored(org))
            invalid.Add(new("org", "must be text without NUL"));
        if (invalid.Count > 0)
            return Problem.Refuse(http, OAuthError.InvalidField, invalid);

        var page = await clients.ListAsync(new(org, of, limit, after), http.RequestAborted);
        var answer = new ClientsResponse([.. page.Items.Select(c => ClientResponse.Of(c))], page.Next);
        return Reply.Json(answer, ManagementJson.Default.ClientsResponse);
    }

    public static async ValueTask<Reply> ReadAsync(HttpContext http, ClientRegistrar clients, string clientId) =>
        await clients.FindAsync(Decoded(clientId), http.RequestAborted) is { } client ? Client(new(client, null)) : OAuthError.NotFound;

    public static async ValueTask<Reply> CreateAsync(HttpContext http, ClientRegistrar clients)
    {
        var (body, refused) = await JsonBody.ReadAsync(http, ManagementJson.Default.ClientBody);
        if (body is null)
            return refused!;
        if (clients.Problems(body.Metadata, ClientProvenance.Api) is { Count: > 0 } problems)
            return Refuse(http, problems);
        var outcome = await clients.RegisterAsync(body.Metadata, body.Settings, http.RequestAborted);
        if (outcome.Failed(out var error, out var registered))
            return Refuse(http, error);
        http.Response.Headers.Location = $"{PublicBase.PathOf(http)}/{Uri.EscapeDataString(registered.Client.ClientId)}";
        return Client(registered, StatusCodes.Status201Created);
    }

    public static async ValueTask<Reply> UpdateAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        var (body, refused) = await JsonBody.ReadAsync(http, ManagementJson.Default.ClientBody);
        if (body is null)
            return refused!;
        var known = await clients.FindAsync(Decoded(clientId), http.RequestAborted);
        if (known is not null && clients.Problems(body.Metadata, known.Provenance) is { Count: > 0 } problems)
            return Refuse(http, problems);
        if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            return Refuse(http, malformed);
        return Changed(
            http,
            await clients.UpdateAsync(Decoded(clientId), body.Metadata, body.Settings, version.Expected, http.RequestAborted)
        );
    }

    public static async ValueTask<Reply> DeleteAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            return Refuse(http, malformed);
        return await clients.RemoveAsync(Decoded(clientId), version.Expected, http.RequestAborted) is { } error
            ? Refuse(http, error)
            : Reply.Nothing();
    }

    public static async ValueTask<Reply> RotateSecretAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        var (body, refused) = await JsonBody.ReadAsync(http, ManagementJson.Default.RotationBody);
        if (body is null)
            return refused!;
        var overlap = body.OverlapSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : defaultOverlap;
        if (overlap < TimeSpan.Zero || overlap > ClientRegistrar.MaxOverlap)
            return Problem.Refuse(
                http,
                OAuthError.InvalidField,
                new InvalidField("overlap_seconds", $"must be 0 to {ClientRegistrar.MaxOverlap.TotalSeconds}")
            );
        if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            return Refuse(http, malformed);
        return Changed(http, await clients.RotateSecretAsync(Decoded(clientId), overlap, version.Expected, http.RequestAborted));
    }

    public static async ValueTask<Reply> RevokeForClientAsync(HttpContext http, ConnectedApps apps, string clientId) =>
        Revoked(OAuth2.Client.CanBeId(Decoded(clientId)) ? await apps.RevokeForClientAsync(Decoded(clientId), http.RequestAborted) : 0);

    public static async ValueTask<Reply> ListAuthorizationsAsync(HttpContext http, ConnectedApps apps, string? subject, string? clientId)
    {
        var invalid = new List<InvalidField>();
        if (!PageQuery.TryRead(http.Request.Query, out var limit, out var after, out var badPage))
            invalid.AddRange(badPage);
        if (string.IsNullOrEmpty(subject) && string.IsNullOrEmpty(clientId))
            invalid.Add(new("subject", "name a subject, a client_id, or both"));
        if (!string.IsNullOrEmpty(subject) && Subjects.Problem(subject) is { } problem)
            invalid.Add(new("subject", problem));
        if (!CanBeStored(clientId))
            invalid.Add(new("client_id", "must be text without NUL"));
        if (invalid.Count > 0)
            return Problem.Refuse(http, OAuthError.InvalidField, invalid);

        var by = new AuthorizationFilter(NullIfEmpty(subject), NullIfEmpty(clientId), limit, after);
        var answer = ConnectedAppsResponse.Of(await apps.ListAsync(by, http.RequestAborted));
        return Reply.Json(answer, ConnectedAppsJson.Default.ConnectedAppsResponse);
    }

    public static async ValueTask<Reply> RevokeForSubjectAsync(HttpContext http, ConnectedApps apps, string? subject)
    {
        if (string.IsNullOrEmpty(subject))
            return Problem.Refuse(http, OAuthError.InvalidField, new InvalidField("subject", "name whose authorizations end"));
        if (Subjects.Problem(subject) is { } problem)
            return Problem.Refuse(http, OAuthError.InvalidField, new InvalidField("subject", problem));
        return Revoked(await apps.RevokeForSubjectAsync(subject, http.RequestAborted));
    }

    private static Reply Revoked(int count) => Reply.Json(new RevokedResponse(count), ManagementJson.Default.RevokedResponse);

    private static Reply Changed(HttpContext http, Outcome<RegisteredClient> outcome) =>
        outcome.Failed(out var error, out var changed) ? Refuse(http, error) : Client(changed);

    private static Reply Refuse(HttpContext http, IReadOnlyList<OAuthError> problems) =>
        Problem.Refuse(http, problems[0], [.. problems.Select(Field)]);

    private static Reply Refuse(HttpContext http, OAuthError error) =>
        error.Field is null ? error : Problem.Refuse(http, error, Field(error));

    // The name is in a field of its own, not in the reason.
    private static InvalidField Field(OAuthError error) =>
        new(
            error.Field!,
            error.Description.StartsWith(error.Field + ": ", StringComparison.Ordinal)
                ? error.Description[(error.Field!.Length + 2)..]
                : error.Description
        );

    private static Reply Client(RegisteredClient client, int status = StatusCodes.Status200OK)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            ClientResponse.Of(client.Client, client.Secret),
            ManagementJson.Default.ClientResponse
        );
        return Reply.Of(http =>
        {
            http.Response.Headers.ETag = IfMatch.ETagOf(client.Client);
            return OAuthHttp.WriteJsonAsync(http, status, json);
        });
    }

    // A server leaves an encoded slash in a path encoded, and a client id may be a URL.
    private static string Decoded(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    // A database cannot store a NUL in a text, nor half of a surrogate pair.
    private static bool CanBeStored(string? text) =>
        text is null || (!text.Contains('\0') && text.EnumerateRunes().All(r => r != Rune.ReplacementChar));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
