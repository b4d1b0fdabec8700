using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>One handler for each endpoint: it reads the request, calls the core, and returns the answer.</summary>
internal static class ProtocolHandlers
{
    public const string NonceHeader = "DPoP-Nonce";

    public static ValueTask<Reply> AuthorizeAsync(HttpContext http) => Of<AuthorizeHandler>(http).HandleAsync(http);

    public static ValueTask<Reply> PersonalTokenAsync(HttpContext http) => Of<PersonalTokenHandler>(http).HandleAsync(http);

    public static async ValueTask<Reply> PushAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            return unreadable;
        var outcome = await Of<PushedAuthorizationEndpoint>(http).HandleAsync(request, http.RequestAborted);
        await OfferNonceAsync(http, request);
        return Reply.Of(outcome, OAuthJson.Default.PushedAuthorizationResponse, StatusCodes.Status201Created) with
        {
            ClientId = request.Parameters["client_id"],
        };
    }

    public static async ValueTask<Reply> TokenAsync(HttpContext http)
    {
        if (Of<DoctorProbe>(http).IsMarked(http.Request))
            return Reply.Refuse(OAuthError.MissingParameter("grant_type")) with { IsSilent = true };
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            return unreadable;
        var outcome = await Of<TokenEndpoint>(http).HandleAsync(request, http.RequestAborted);
        await OfferNonceAsync(http, request);
        return Reply.Of(outcome, OAuthJson.Default.TokenResponse) with
        {
            ClientId = request.Parameters["client_id"],
            // A device that waits is no news, however often it asks.
            IsSilent = outcome.Error?.Id is { } id && (id == OAuthError.AuthorizationPending.Id || id == OAuthError.SlowDown.Id),
        };
    }

    /// <summary>RFC 9449 §8, §8.2: each answer to a proof has the present nonce, if this server demands nonces.</summary>
    public static async ValueTask OfferNonceAsync(HttpContext http, OAuthRequest request)
    {
        if (
            request.Proofs is not null
            && await Of<RequestProofs>(http).NonceAsync(request, Of<TimeProvider>(http).GetUtcNow(), http.RequestAborted) is { } nonce
        )
            http.Response.Headers[NonceHeader] = nonce;
    }

    public static async ValueTask<Reply> DeviceAuthorizationAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            return unreadable;
        var outcome = await Of<DeviceAuthorizationEndpoint>(http).HandleAsync(request, http.RequestAborted);
        return Reply.Of(outcome, OAuthJson.Default.DeviceAuthorizationResponse) with { ClientId = request.Parameters["client_id"] };
    }

    public static ValueTask<Reply> DeviceAsync(HttpContext http) => Of<DeviceHandler>(http).HandleAsync(http);

    public static async ValueTask<Reply> IntrospectAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            return unreadable;
        var outcome = await Of<IntrospectionEndpoint>(http).HandleAsync(request, http.RequestAborted);
        return Reply.Of(outcome, OAuthJson.Default.IntrospectionResponse) with { ClientId = request.Parameters["client_id"] };
    }

    public static async ValueTask<Reply> RevokeAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadAsync(http)).Failed(out var unreadable, out var request))
            return unreadable;
        return await Of<RevocationEndpoint>(http).HandleAsync(request, http.RequestAborted) is { } error
            ? Reply.Refuse(error) with
            {
                ClientId = request.Parameters["client_id"],
            }
            : Reply.Of(there => OAuthHttp.WriteJsonAsync(there, StatusCodes.Status200OK, "{}"u8.ToArray()));
    }

    public static async ValueTask<Reply> RegisterAsync(HttpContext http)
    {
        if ((await OAuthHttp.ReadJsonAsync(http)).Failed(out var unreadable, out var body))
            return unreadable;
        var outcome = await Of<RegistrationEndpoint>(http)
            .HandleAsync(OAuthHttp.Authorization(http), body, OAuthHttp.RemoteAddress(http), http.RequestAborted);
        return Reply.Of(outcome, OAuthJson.Default.RegistrationResponse, StatusCodes.Status201Created);
    }

    public static async ValueTask<Reply> ClientConfigurationAsync(HttpContext http)
    {
        var (endpoint, authorization) = (Of<ClientConfigurationEndpoint>(http), OAuthHttp.Authorization(http));
        var clientId = (string)http.Request.RouteValues["client_id"]!;
        if (HttpMethods.IsDelete(http.Request.Method))
            return await endpoint.DeleteAsync(authorization, clientId, http.RequestAborted) is { } error
                ? Reply.Refuse(error) with
                {
                    ClientId = clientId,
                }
                : Reply.Nothing();
        var outcome = HttpMethods.IsPut(http.Request.Method)
            ? await endpoint.UpdateAsync(
                authorization,
                clientId,
                await OAuthHttp.ReadJsonAsync(http),
                OAuthHttp.RemoteAddress(http),
                http.RequestAborted
            )
            : await endpoint.ReadAsync(authorization, clientId, http.RequestAborted);
        return Reply.Of(outcome, OAuthJson.Default.RegistrationResponse) with { ClientId = clientId };
    }

    /// <summary>The document does not change while the server runs: the answer is made at the first request.</summary>
    public static Func<HttpContext, ValueTask<Reply>> Metadata()
    {
        Reply? answer = null;
        return http => new(answer ??= Make(http));

        static Reply Make(HttpContext http) =>
            Reply.Document(JsonSerializer.SerializeToUtf8Bytes(Of<MetadataEndpoint>(http).Document(), OAuthJson.Default.ServerMetadata));
    }

    public static async ValueTask<Reply> KeysAsync(HttpContext http)
    {
        var keys = await Of<KeysEndpoint>(http).DocumentAsync(http.RequestAborted);
        return Reply.Document(JsonSerializer.SerializeToUtf8Bytes(keys, OAuthJson.Default.KeySet));
    }

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
