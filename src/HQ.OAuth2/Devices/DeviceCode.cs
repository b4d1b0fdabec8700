using System.Buffers.Text;

namespace HQ.OAuth2;

/// <summary>
/// A device code: <c>hqd_{id}.{user code}.{secret}</c> and a checksum. The id is that of the authorization to come, the user code finds the
/// ticket of the request, and the secret of 256 bits proves possession (RFC 8628 §5.2).
/// </summary>
internal readonly record struct DeviceCode(AuthorizationCode Code, UserCode UserCode)
{
    private const string Prefix = "hqd_";

    public static DeviceCode New(DateTimeOffset now) => new(AuthorizationCode.New(OAuthAuthorization.NewId(now)), UserCode.New());

    public static bool TryParse(string? text, out DeviceCode code)
    {
        code = default;
        if (!IssuedText.TryOpen(text, Prefix, out var body))
            return false;
        var parts = body.ToString().Split('.');
        if (
            parts is not [var id, var user, var secret]
            || !OAuthAuthorization.IsId(id)
            || !UserCode.TryRead(user, out var userCode)
            || user != userCode.Text
            || !IssuedText.TryReadSecret(secret, out var bytes)
        )
            return false;
        code = new(new(id, bytes), userCode);
        return true;
    }

    /// <summary>
    /// Whether it was made at least so long ago, by its own word: enough to choose between two errors, and nothing else is decided by it.
    /// </summary>
    public bool IsOlderThan(TimeSpan life, DateTimeOffset now) => now - Code.MadeAt >= life;

    /// <summary>The wire form. It is not ToString, so that no log gets it by accident.</summary>
    public string ToWire() => IssuedText.Seal($"{Prefix}{Code.Id}.{UserCode.Text}.{Base64Url.EncodeToString(Code.Secret)}");

    public override string ToString() => $"device {Code}";
}
