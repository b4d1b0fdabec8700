namespace HQ.OAuth2;

internal static class ResourceOptionTable
{
    public static readonly OptionTable<ResourceOptions> Rows = new OptionTable<ResourceOptions>(o => o.Identifier)
        .Text(
            "identifier",
            o => o.Identifier,
            (o, v) => o.Identifier = v,
            OptionRules.Text(
                v => v == ResourcePolicy.Any || ResourcePolicy.IsResourceUri(v),
                "is no absolute URI without fragment (or * for any)"
            ),
            OptionRules.Being<string?>(
                ResourcePolicy.Any,
                "clients get tokens for any address they name, so an API of somebody else may receive tokens of your users (RFC 8707 §2, RFC 9700 §2.3)"
            )
        )
        .Text("name", o => o.Name, (o, v) => o.Name = v)
        .Texts("scopes", o => o.Scopes)
        .Word(
            "accessTokenFormat",
            o => o.AccessTokenFormat,
            (o, v) => o.AccessTokenFormat = v,
            ("jwt", AccessTokenFormat.Jwt),
            ("opaque", AccessTokenFormat.Opaque)
        )
        .Bool("requireDpop", o => o.RequireDpop, (o, v) => o.RequireDpop = v);
}
