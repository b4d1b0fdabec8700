namespace HQ.OAuth2;

/// <summary>
/// A personal access token: <c>hqp_{id}.{secret}</c> and a checksum, 86 characters. The id finds the row; the secret proves possession. Scanners
/// for leaked secrets find it by the prefix and confirm it by the checksum.
/// </summary>
internal readonly record struct PersonalToken(AuthorizationCode Code)
{
    public const string Prefix = "hqp_";

    public static PersonalToken New(DateTimeOffset now) => new(AuthorizationCode.New(OAuthAuthorization.NewId(now)));

    public static bool TryParse(string? text, out PersonalToken token)
    {
        var isToken = AuthorizationCode.TryParse(text, Prefix, out var code);
        token = new(code);
        return isToken;
    }

    /// <summary>The wire form. It is not ToString, so that no log gets it by accident.</summary>
    public string ToWire() => Code.ToWire(Prefix);

    public override string ToString() => $"personal access token {Code.Id}";
}
