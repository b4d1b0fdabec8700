using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Tokens at an API elsewhere: the server says whether one counts (RFC 7662 §2).</summary>
internal sealed class HqOAuth2IntrospectionHandler(
    IOptionsMonitor<HqOAuth2IntrospectionOptions> options,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : BearerHandler<HqOAuth2IntrospectionOptions>(options, resources, logger, encoder)
{
    /// <summary>A longer answer is no answer about one token, in bytes.</summary>
    private const int MaxAnswer = 64 * 1024;

    protected override IEnumerable<string> OwnResources => Options.Resources;

    protected override bool IsRefusedPlainHttp =>
        PlainHttp.IsRefused(
            Context,
            Options.AllowPlainHttpBehindProxy,
            OwnResources.Append(Options.Issuer),
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
            // The time limit of the client ends with the headers; it is for the body too.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Options.Backchannel!.Timeout);
            using var response = await Options.Backchannel.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                // The host's own client may have no limit.
                await response.Content.LoadIntoBufferAsync(MaxAnswer, limit.Token);
                return IntrospectedToken.Read(await response.Content.ReadAsByteArrayAsync(limit.Token), Options.Issuer!);
            }

            Logger.IntrospectionRefused(Options.Endpoint, (int)response.StatusCode);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever the way there throws, also the host's own client: the token could not be checked.
            Logger.IntrospectionFailed(e, Options.Endpoint);
        }

        return OAuthError.TemporarilyUnavailable;
    }

    // RFC 6749 §2.3.1: form-encoded, then base64.
    private string Credentials() =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes($"{FormEncoding.Encode(Options.ClientId!)}:{FormEncoding.Encode(Options.ClientSecret!)}")
        );
}
