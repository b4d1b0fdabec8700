using System.Text.Json;

namespace HQ.OAuth2.Load;

/// <summary>Where a server has its endpoints, as its metadata says; null = it has no such.</summary>
internal sealed record Endpoints(string Authorize, string Token, string? Introspect, string? Revoke, string? Register)
{
    public const string Metadata = "/.well-known/oauth-authorization-server";

    public static Endpoints Read(string metadata)
    {
        using var json = JsonDocument.Parse(metadata);
        return new(Path("authorization")!, Path("token")!, Path("introspection"), Path("revocation"), Path("registration"));

        string? Path(string name) =>
            json.RootElement.TryGetProperty(name + "_endpoint", out var uri) ? new Uri(uri.GetString()!).AbsolutePath : null;
    }
}
