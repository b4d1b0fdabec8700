using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The management API: each handler reads its request by strict rules, asks the one door for clients, and answers.</summary>
internal static class ManagementHandlers
{
    private static readonly TimeSpan defaultOverlap = TimeSpan.FromDays(1);

    public static async Task ListAsync(HttpContext http, ClientRegistrar clients, string? org, string? provenance)
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
        {
            await Problem.WriteAsync(http, OAuthError.InvalidField, invalid);
            return;
        }

        var page = await clients.ListAsync(new(org, of, limit, after), http.RequestAborted);
        var answer = new ClientsResponse([.. page.Items.Select(c => ClientResponse.Of(c))], page.Next);
        await WriteAsync(http, StatusCodes.Status200OK, answer, ManagementJson.Default.ClientsResponse);
    }

    public static async Task ReadAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if (await clients.FindAsync(Decoded(clientId), http.RequestAborted) is { } client)
            await WriteClientAsync(http, StatusCodes.Status200OK, new(client, null));
        else
            await Problem.WriteAsync(http, OAuthError.NotFound);
    }

    public static async Task CreateAsync(HttpContext http, ClientRegistrar clients)
    {
        if (await BodyAsync(http, ManagementJson.Default.ClientBody) is not { } body)
            return;
        if (await IsRefusedAsync(http, clients.Problems(body.Metadata, ClientProvenance.Api)))
            return;
        var outcome = await clients.RegisterAsync(body.Metadata, body.Settings, http.RequestAborted);
        if (outcome.Failed(out var error, out var registered))
        {
            await RefuseAsync(http, error);
            return;
        }

        http.Response.Headers.Location = $"{PublicBase.PathOf(http)}/{Uri.EscapeDataString(registered.Client.ClientId)}";
        await WriteClientAsync(http, StatusCodes.Status201Created, registered);
    }

    public static async Task UpdateAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if (await BodyAsync(http, ManagementJson.Default.ClientBody) is not { } body)
            return;
        var known = await clients.FindAsync(Decoded(clientId), http.RequestAborted);
        if (known is not null && await IsRefusedAsync(http, clients.Problems(body.Metadata, known.Provenance)))
            return;
        if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            await RefuseAsync(http, malformed);
        else
            await AnswerAsync(
                http,
                await clients.UpdateAsync(Decoded(clientId), body.Metadata, body.Settings, version.Expected, http.RequestAborted)
            );
    }

    public static async Task DeleteAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            await RefuseAsync(http, malformed);
        else if (await clients.RemoveAsync(Decoded(clientId), version.Expected, http.RequestAborted) is { } error)
            await RefuseAsync(http, error);
        else
            http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task RotateSecretAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if (await BodyAsync(http, ManagementJson.Default.RotationBody) is not { } body)
            return;
        var overlap = body.OverlapSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : defaultOverlap;
        if (overlap < TimeSpan.Zero || overlap > ClientRegistrar.MaxOverlap)
            await Problem.WriteAsync(
                http,
                OAuthError.InvalidField,
                new InvalidField("overlap_seconds", $"must be 0 to {ClientRegistrar.MaxOverlap.TotalSeconds}")
            );
        else if ((await IfMatch.ReadAsync(http, clients, Decoded(clientId))).Failed(out var malformed, out var version))
            await RefuseAsync(http, malformed);
        else
            await AnswerAsync(http, await clients.RotateSecretAsync(Decoded(clientId), overlap, version.Expected, http.RequestAborted));
    }

    public static async Task RevokeForClientAsync(HttpContext http, ConnectedApps apps, string clientId) =>
        await RevokedAsync(
            http,
            Client.CanBeId(Decoded(clientId)) ? await apps.RevokeForClientAsync(Decoded(clientId), http.RequestAborted) : 0
        );

    public static async Task ListAuthorizationsAsync(HttpContext http, ConnectedApps apps, string? subject, string? clientId)
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
        {
            await Problem.WriteAsync(http, OAuthError.InvalidField, invalid);
            return;
        }

        var by = new AuthorizationFilter(NullIfEmpty(subject), NullIfEmpty(clientId), limit, after);
        var answer = ConnectedAppsResponse.Of(await apps.ListAsync(by, http.RequestAborted));
        await WriteAsync(http, StatusCodes.Status200OK, answer, ConnectedAppsJson.Default.ConnectedAppsResponse);
    }

    public static async Task RevokeForSubjectAsync(HttpContext http, ConnectedApps apps, string? subject)
    {
        if (string.IsNullOrEmpty(subject))
            await Problem.WriteAsync(http, OAuthError.InvalidField, new InvalidField("subject", "name whose authorizations end"));
        else if (Subjects.Problem(subject) is { } problem)
            await Problem.WriteAsync(http, OAuthError.InvalidField, new InvalidField("subject", problem));
        else
            await RevokedAsync(http, await apps.RevokeForSubjectAsync(subject, http.RequestAborted));
    }

    private static Task RevokedAsync(HttpContext http, int count) =>
        WriteAsync(http, StatusCodes.Status200OK, new RevokedResponse(count), ManagementJson.Default.RevokedResponse);

    private static Task AnswerAsync(HttpContext http, Outcome<RegisteredClient> outcome) =>
        outcome.Failed(out var error, out var changed)
            ? RefuseAsync(http, error)
            : WriteClientAsync(http, StatusCodes.Status200OK, changed);

    private static async ValueTask<bool> IsRefusedAsync(HttpContext http, IReadOnlyList<OAuthError> problems)
    {
        if (problems.Count == 0)
            return false;
        await Problem.WriteAsync(http, problems[0], [.. problems.Select(Field)]);
        return true;
    }

    private static Task RefuseAsync(HttpContext http, OAuthError error) =>
        error.Field is null ? Problem.WriteAsync(http, error) : Problem.WriteAsync(http, error, Field(error));

    // The name stands beside the reason, not in it.
    private static InvalidField Field(OAuthError error) =>
        new(
            error.Field!,
            error.Description.StartsWith(error.Field + ": ", StringComparison.Ordinal)
                ? error.Description[(error.Field!.Length + 2)..]
                : error.Description
        );

    /// <summary>The body as what it should be; an empty one is an empty object. Null when a problem was answered.</summary>
    private static async ValueTask<T?> BodyAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if ((await OAuthHttp.ReadJsonAsync(http)).Failed(out var unreadable, out var bytes))
        {
            await Problem.WriteAsync(http, unreadable);
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(bytes.Length == 0 ? "{}"u8 : bytes, type) is { } body)
                return body;
            await Problem.WriteAsync(http, OAuthError.NotAJsonObject);
        }
        catch (JsonException e)
        {
            // The serializer's own sentence may quote the body, which may hold a secret in the wrong place; the path does not.
            var name = e.Path is { Length: > 2 } path ? path[2..] : "";
            await Problem.WriteAsync(
                http,
                OAuthError.NotAJsonObject,
                name.Length == 0 ? [] : [new InvalidField(OAuthError.Clean(name), "unknown here, there twice, or of the wrong JSON type")]
            );
        }

        return null;
    }

    private static Task WriteClientAsync(HttpContext http, int status, RegisteredClient client)
    {
        http.Response.Headers.ETag = IfMatch.ETagOf(client.Client);
        return WriteAsync(http, status, ClientResponse.Of(client.Client, client.Secret), ManagementJson.Default.ClientResponse);
    }

    private static Task WriteAsync<T>(HttpContext http, int status, T value, JsonTypeInfo<T> type) =>
        OAuthHttp.WriteJsonAsync(http, status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    // A server leaves an encoded slash in a path as it is, and a client id may be a URL.
    private static string Decoded(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    // A database has no place for a NUL in a text, nor for half of a surrogate pair.
    private static bool CanBeStored(string? text) =>
        text is null || (!text.Contains('\0') && text.EnumerateRunes().All(r => r != Rune.ReplacementChar));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
