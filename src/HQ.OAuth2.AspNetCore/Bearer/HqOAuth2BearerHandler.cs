using System.Text.Encodings.Web;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Tokens at an API in the server's own process: each request reads the row of the authorization, so a revocation takes effect at once.
/// </summary>
internal sealed class HqOAuth2BearerHandler(
    IOptionsMonitor<HqOAuth2BearerOptions> options,
    AccessTokenVerifier tokens,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : BearerHandler<HqOAuth2BearerOptions>(options, resources, logger, encoder)
{
    protected override IEnumerable<string> OwnResources =>
        Options.Resources.Count > 0 ? Options.Resources : [OAuthHttp.Settings(Context).Resources.Default];

    // An API below the issuer may be called by its host too, whatever the resources are called.
    protected override IEnumerable<string> PublicIdentifiers => OwnResources.Append(OAuthHttp.Settings(Context).Issuer.Value);

    protected override IReadOnlyList<string> ProofAlgorithms => OAuthHttp.Settings(Context).ClientAlgorithms;

    protected override bool RequiresDpop => base.RequiresDpop || OAuthHttp.Settings(Context).Resources.OneDemandsProof(OwnResources);

    protected override string OrganizationClaim => OAuthHttp.Settings(Context).Options.OrganizationClaim;

    protected override bool IsRefusedPlainHttp => PlainHttp.IsRefused(Context);

    protected override async ValueTask<Outcome<AccessToken>> VerifyAsync(string text, CancellationToken ct) =>
        await tokens.VerifyAsync(text, ct) is { } token ? token : OAuthError.InvalidToken;
}
