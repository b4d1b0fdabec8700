using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HQ.OAuth2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the authorization server's endpoints; <c>services.AddHqOAuth2(...)</c> is the other half.</summary>
public static class HqOAuth2EndpointRouteBuilderExtensions
{
    /// <summary>Maps the protocol endpoints below the issuer's path. Maps nothing when the server is not enabled.</summary>
    /// <returns>The group of the endpoints, for conventions of the host's own.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHqOAuth2</c> was not called.</exception>
    /// <exception cref="OptionsValidationException">The configuration breaks a rule; the message names the key and the fix.</exception>
    public static IEndpointConventionBuilder MapHqOAuth2(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        if (services.GetService<RequestHandles>() is null)
            throw new InvalidOperationException(
                "MapHqOAuth2 needs the services of the server: call builder.Services.AddHqOAuth2(...) first."
            );
        var options = services.GetRequiredService<IOptions<HqOAuth2Options>>().Value;
        var group = endpoints.MapGroup("");
        if (!options.Enabled)
            return group;

        // Protocol endpoints know their callers by the protocol's own means: a host's fallback policy is not for them.
        group.AllowAnonymous().WithTags("OAuth2");
        var issuer = Issuer.Of(options);

        // RFC 6749 §3.1
        group
            .MapMethods(
                issuer.AuthorizePath,
                [HttpMethods.Get, HttpMethods.Post],
                Guarded("authorize", http => Of<AuthorizeHandler>(http).HandleAsync(http))
            )
            .WithName("oauth2-authorize");

        // RFC 6749 §3.2
        Post(
            group,
            issuer.TokenPath,
            "token",
            async http =>
                await Of<TokenEndpoint>(http).Answer(http, OAuthJson.Default.TokenResponse, (e, r) => e.HandleAsync(r, http.RequestAborted))
        );

        // RFC 7662 §2
        Post(
            group,
            issuer.IntrospectPath,
            "introspect",
            async http =>
                await Of<IntrospectionEndpoint>(http)
                    .Answer(http, OAuthJson.Default.IntrospectionResponse, (e, r) => e.HandleAsync(r, http.RequestAborted))
        );

        // RFC 7009 §2
        Post(group, issuer.RevokePath, "revoke", RevokeAsync);

        // RFC 7591 §3
        if (options.Dcr)
            Post(group, issuer.RegisterPath, "register", RegisterAsync);

        // RFC 8414 §3, RFC 7517 §5
        Document(
            group,
            issuer.MetadataPath,
            "metadata",
            http => JsonSerializer.SerializeToUtf8Bytes(Of<MetadataEndpoint>(http).Document(), OAuthJson.Default.ServerMetadata)
        );
        Document(
            group,
            issuer.JwksPath,
            "jwks",
            http => JsonSerializer.SerializeToUtf8Bytes(Of<KeysEndpoint>(http).Document(), OAuthJson.Default.KeySet)
        );
        return group;
    }

    private static async Task RevokeAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            await OAuthHttp.WriteErrorAsync(http, unreadable);
        else if (await Of<RevocationEndpoint>(http).HandleAsync(request, http.RequestAborted) is { } error)
            await OAuthHttp.WriteErrorAsync(http, error);
        else
            await OAuthHttp.WriteJsonAsync(http, StatusCodes.Status200OK, "{}"u8.ToArray());
    }

    private static async Task RegisterAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadJsonAsync(http)).Failed(out var unreadable, out var body))
        {
            await OAuthHttp.WriteErrorAsync(http, unreadable);
            return;
        }

        var outcome = await Of<RegistrationEndpoint>(http).HandleAsync(OAuthHttp.Authorization(http), body, http.RequestAborted);
        await OAuthHttp.WriteAsync(http, outcome, OAuthJson.Default.RegistrationResponse, StatusCodes.Status201Created);
    }

    private static async Task Answer<TEndpoint, TResponse>(
        this TEndpoint endpoint,
        HttpContext http,
        JsonTypeInfo<TResponse> type,
        Func<TEndpoint, OAuthRequest, ValueTask<Outcome<TResponse>>> handle
    )
        where TResponse : notnull
    {
        var outcome = (await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request)
            ? unreadable
            : await handle(endpoint, request);
        await OAuthHttp.WriteAsync(http, outcome, type);
    }

    private static void Post(RouteGroupBuilder group, string path, string name, RequestDelegate handler) =>
        group.MapMethods(path, [HttpMethods.Post], Guarded(name, handler)).WithName("oauth2-" + name);

    private static void Document(RouteGroupBuilder group, string path, string name, Func<HttpContext, byte[]> document) =>
        group
            .MapMethods(
                path,
                [HttpMethods.Get, HttpMethods.Head],
                // Routing folds case and a slash at the end; an issuer's document is at one place only (RFC 8414 §3.1).
                http =>
                {
                    if (http.Request.PathBase.Add(http.Request.Path).Value == path)
                        return OAuthHttp.WriteDocumentAsync(http, document(http));
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }
            )
            .WithName("oauth2-" + name);

    /// <summary>No plain http where the issuer is https (RFC 6749 §1.6), and no exception leaves without an OAuth answer.</summary>
    private static RequestDelegate Guarded(string name, RequestDelegate handler) =>
        async http =>
        {
            var logger = Of<ILoggerFactory>(http).CreateLogger("HQ.OAuth2.Http");
            try
            {
                if (IsRefusedPlainHttp(http))
                {
                    logger.PlainHttp(http.Connection.RemoteIpAddress!.ToString(), HqOAuth2OptionsValidator.Section);
                    await FailAsync(http, name, OAuthError.InsecureTransport);
                }
                else
                {
                    await handler(http);
                }
            }
            catch (Exception e) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
            {
                logger.Failed(e, name);
                await FailAsync(http, name, OAuthError.From(e));
            }
        };

    private static Task FailAsync(HttpContext http, string name, OAuthError error)
    {
        if (name != "authorize")
            return OAuthHttp.WriteErrorAsync(http, error);
        PageHeaders.Set(http);
        return ErrorPage.Render(http, error, wayBack: null, tryAgain: null).ExecuteAsync(http);
    }

    private static bool IsRefusedPlainHttp(HttpContext http)
    {
        var options = Of<IOptions<HqOAuth2Options>>(http).Value;
        return !http.Request.IsHttps
            && !options.AllowPlainHttpBehindProxy
            && options.IssuerURL!.StartsWith("https:", StringComparison.Ordinal)
            && http.Connection.RemoteIpAddress is { } peer
            && !IPAddress.IsLoopback(peer);
    }

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
