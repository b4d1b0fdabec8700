using System.Net;
using Microsoft.AspNetCore.Authentication;

namespace ProxySignIn;

/// <summary>The keys below <c>proxy</c> in the configuration.</summary>
internal sealed class ProxySignInOptions : AuthenticationSchemeOptions
{
    /// <summary>The header that names the user: <c>X-Forwarded-User</c> of oauth2-proxy, <c>Remote-User</c> of Authelia.</summary>
    public string UserHeader { get; set; } = "X-Forwarded-User";

    /// <summary>The addresses that the proxy connects from. Requests from others have no user.</summary>
    public string[] Addresses { get; set; } = [];

    /// <summary>What the proxy sends in <see cref="SecretHeader"/>; null = nothing, the address alone decides.</summary>
    public string? Secret { get; set; }

    public string SecretHeader { get; set; } = "X-Proxy-Secret";

    /// <summary>The public address of this host, for a proxy whose sign-in is on another host; empty if paths are enough for it.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Where the proxy asks the user to sign in. <c>{returnUrl}</c> is replaced by the address to return to.</summary>
    public string SignInUrl { get; set; } = "";

    /// <summary>Where the session at the proxy ends, with the same placeholder.</summary>
    public string SignOutUrl { get; set; } = "";

    public override void Validate()
    {
        if (Addresses.Length == 0 || !Addresses.All(a => IPAddress.TryParse(a, out _)))
            throw new InvalidOperationException("proxy:addresses must list the IP addresses that the proxy connects from.");
        if (Secret is { Length: < 20 })
            throw new InvalidOperationException("proxy:secret must have at least 20 characters.");
        foreach (var (key, value) in new[] { ("signInUrl", SignInUrl), ("signOutUrl", SignOutUrl) })
        {
            if (!value.Contains("{returnUrl}", StringComparison.Ordinal))
                throw new InvalidOperationException($"proxy:{key} must be an address of the proxy that contains {{returnUrl}}.");
        }
    }
}
