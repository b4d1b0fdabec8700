using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>One request of each endpoint: read it, hand it to the core, write the answer.</summary>
internal static class ProtocolHandlers
{
    public static Task AuthorizeAsync(HttpContext http) => Of<AuthorizeHandler>(http).HandleAsync(http);

    public static async Task TokenAsync(HttpContext http)
    {
        if (Of<DoctorProbe>(http).IsMarked(http.Request))
        {
            await OAuthHttp.WriteErrorAsync(http, OAuthError.MissingParameter("grant_type"));
            return;
        }

        var outcome = (await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request)
            ? ProtocolGuard.Refuse(http, unreadable)
            : await Of<TokenEndpoint>(http).HandleAsync(request, http.RequestAborted);
        await OAuthHttp.WriteAsync(http, outcome, OAuthJson.Default.TokenResponse);
    }

    public static async Task IntrospectAsync(HttpContext http)
    {
        var outcome = (await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request)
            ? ProtocolGuard.Refuse(http, unreadable)
            : await Of<IntrospectionEndpoint>(http).HandleAsync(request, http.RequestAborted);
        await OAuthHttp.WriteAsync(http, outcome, OAuthJson.Default.IntrospectionResponse);
    }

    public static async Task RevokeAsync(HttpContext http)
    {
        var error = (await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request)
            ? ProtocolGuard.Refuse(http, unreadable)
            : await Of<RevocationEndpoint>(http).HandleAsync(request, http.RequestAborted);
        if (error is not null)
            await OAuthHttp.WriteErrorAsync(http, error);
        else
            await OAuthHttp.WriteJsonAsync(http, StatusCodes.Status200OK, "{}"u8.ToArray());
    }

    public static async Task RegisterAsync(HttpContext http)
    {
        var outcome = (await OAuthHttp.ReadJsonAsync(http)).Failed(out var unreadable, out var body)
            ? ProtocolGuard.Refuse(http, unreadable)
            : await Of<RegistrationEndpoint>(http)
                .HandleAsync(OAuthHttp.Authorization(http), body, OAuthHttp.RemoteAddress(http), http.RequestAborted);
        await OAuthHttp.WriteAsync(http, outcome, OAuthJson.Default.RegistrationResponse, StatusCodes.Status201Created);
    }

    public static async Task ClientConfigurationAsync(HttpContext http)
    {
        var (endpoint, authorization) = (Of<ClientConfigurationEndpoint>(http), OAuthHttp.Authorization(http));
        var clientId = (string)http.Request.RouteValues["client_id"]!;
        if (HttpMethods.IsDelete(http.Request.Method))
        {
            if (await endpoint.DeleteAsync(authorization, clientId, http.RequestAborted) is { } error)
                await OAuthHttp.WriteErrorAsync(http, error);
            else
                http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var outcome = HttpMethods.IsPut(http.Request.Method)
            ? await endpoint.UpdateAsync(
                authorization,
                clientId,
                await OAuthHttp.ReadJsonAsync(http),
                OAuthHttp.RemoteAddress(http),
                http.RequestAborted
            )
            : await endpoint.ReadAsync(authorization, clientId, http.RequestAborted);
        await OAuthHttp.WriteAsync(http, outcome, OAuthJson.Default.RegistrationResponse);
    }

    /// <summary>The document changes no more once the server runs: it is put together at the first request.</summary>
    public static RequestDelegate Metadata()
    {
        byte[]? document = null;
        return http =>
            OAuthHttp.WriteDocumentAsync(
                http,
                document ??= JsonSerializer.SerializeToUtf8Bytes(Of<MetadataEndpoint>(http).Document(), OAuthJson.Default.ServerMetadata)
            );
    }

    public static async Task KeysAsync(HttpContext http)
    {
        var keys = await Of<KeysEndpoint>(http).DocumentAsync(http.RequestAborted);
        await OAuthHttp.WriteDocumentAsync(http, JsonSerializer.SerializeToUtf8Bytes(keys, OAuthJson.Default.KeySet));
    }

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
