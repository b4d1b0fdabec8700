using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Tokens at an API in another process: the API asks the server whether a token is active (RFC 7662 §2).</summary>
internal sealed class HqOAuth2IntrospectionHandler(
    IOptionsMonitor<HqOAuth2IntrospectionOptions> options,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : BearerHandler<HqOAuth2IntrospectionOptions>(options, resources, logger, encoder)
{
    /// <summary>The maximum size of an answer in bytes; a longer one is no answer about one token.</summary>
    private const int MaxAnswer = 64 * 1024;

    protected override IEnumerable<string> OwnResources => Options.Resources;

    protected override string OrganizationClaim => Options.OrganizationClaim;

    protected override bool IsRefusedPlainHttp =>
        PlainHttp.IsRefused(
            Context,
            Options.AllowPlainHttpBehindProxy,
            [.. OwnResources, Options.Issuer],
            $"{nameof(Options.AllowPlainHttpBehindProxy)} of AddHqOAuth2Introspection"
        );

    protected override async ValueTask<Outcome<AccessToken>> VerifyAsync(string text, CancellationToken ct)
    {
        if (text.Length > AccessToken.MaxLength)
            return OAuthError.InvalidToken;
        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var now = TimeProvider.GetUtcNow();
        if (!Options.Answers.TryGet(key, now, out var known))
        {
            if ((await AskAsync(text, ct)).Failed(out var unavailable, out known))
                return unavailable;
            Options.Answers.Set(key, known, now);
        }

        return known.Token is { } token && now < token.ExpiresAt ? token : OAuthError.InvalidToken;
    }

    private async Task<Outcome<IntrospectedToken>> AskAsync(string text, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Options.Endpoint);
            request.Content = new FormUrlEncodedContent([new("token", text)]);
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.Authorization = new("Basic", Credentials());
            // The timeout of the HTTP client ends with the headers; this limit also covers the body.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Options.Backchannel!.Timeout);
            using var response = await Options.Backchannel.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                // The host's own client may have no timeout.
                await response.Content.LoadIntoBufferAsync(MaxAnswer, limit.Token);
                return IntrospectedToken.Read(
                    await response.Content.ReadAsByteArrayAsync(limit.Token),
                    Options.Issuer!,
                    Options.OrganizationClaim
                );
            }

            Logger.IntrospectionRefused(Options.Endpoint, (int)response.StatusCode);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Any exception on the way to the server, also of the host's own client, means that the token could not be checked.
            Logger.IntrospectionFailed(e, Options.Endpoint);
        }

        return OAuthError.TemporarilyUnavailable;
    }

    // RFC 6749 §2.3.1: form-encode, then encode as base64.
    private string Credentials() =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes($"{FormEncoding.Encode(Options.ClientId!)}:{FormEncoding.Encode(Options.ClientSecret!)}")
        );
}
