using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Personal access tokens over HTTP, for the host's own front end. The caller is a session of the host, never a token.</summary>
internal static class PersonalTokensApi
{
    /// <summary>POST: makes a token. The list, changes and removal are those of the user's authorizations.</summary>
    public static async ValueTask<Reply> MakeAsync(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        if ((await ConnectedAppsApi.GenuineSubjectAsync(http)).Failed(out var refused, out var subject))
            return refused;
        if (await HostUser.FindSessionAsync(http, options) is not { } session)
            return OAuthError.SessionNeeded;
        var (body, unreadable) = await JsonBody.ReadAsync(http, PersonalTokensJson.Default.PersonalTokenBody);
        if (body is null)
            return unreadable!;
        if (body.Scope is not { } scope || !scope.All(s => s is not null && ScopeSet.IsToken(s)))
            return ConnectedAppsApi.Refuse(http, OAuthError.InvalidField.About("scope", "must be a list of scopes"));
        if (body.Resource?.Contains(null!) == true)
            return ConnectedAppsApi.Refuse(http, OAuthError.InvalidField.About("resource", "must be a list of resources"));
        if (body.ExpiresAt is not { } end)
            return ConnectedAppsApi.Refuse(http, OAuthError.InvalidField.About("expires_at", "is missing"));

        var tokens = http.RequestServices.GetRequiredService<PersonalTokens>();
        var request = new PersonalTokenRequest
        {
            Now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            Subject = subject,
            User = session.Principal,
            Name = body.Name ?? "",
            Scope = ScopeSet.Of(scope),
            Resources = body.Resource ?? [],
            Organization = body.Organization,
            ExpiresAt = end,
            SignedInAt = HostUser.SignedInAt(session),
        };
        return (await tokens.MakeAsync(request, http.RequestAborted)).Failed(out var error, out var made)
            ? ConnectedAppsApi.Refuse(http, error)
            : Reply.Json(
                new PersonalTokenResponse(made.Token.ToWire(), ConnectedAppResponse.Of(made.App)),
                PersonalTokensJson.Default.PersonalTokenResponse,
                StatusCodes.Status201Created
            );
    }
}

/// <summary>A personal access token to be made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PersonalTokenBody
{
    /// <summary>What the user calls it.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do.</summary>
    public IReadOnlyList<string>? Scope { get; init; }

    /// <summary>What it is for; absent = the default resource.</summary>
    public IReadOnlyList<string>? Resource { get; init; }

    /// <summary>The organization in which it acts; absent = none.</summary>
    public string? Organization { get; init; }

    /// <summary>RFC 3339.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A personal access token that was just made.</summary>
/// <param name="Token">The token, which is shown now and never again.</param>
/// <param name="Authorization">Its entry in the list of the user's authorizations.</param>
internal sealed record PersonalTokenResponse(string Token, ConnectedAppResponse Authorization);

/// <summary>New tokens in JSON.</summary>
[JsonSerializable(typeof(PersonalTokenBody))]
[JsonSerializable(typeof(PersonalTokenResponse))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class PersonalTokensJson : JsonSerializerContext;
