using System.Globalization;
using System.Text.Json;

namespace HQ.OAuth2.Model.Tests;

/// <summary>The request of each command that is one.</summary>
internal static class Requests
{
    private const string RedirectUri = "https://app.example.com/cb";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string OtherVerifier = "another_verifier_of_a_thief_who_has_the_code_";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
    private const string Apps = "/api/v0/oauth2/apps";
    private const string Mine = "/api/v0/users/me/oauth2/authorizations";
    private const string TokenPath = "/oauth2/token";

    private static readonly string[] grantTypes = ["authorization_code", "refresh_token", DeviceGrant];

    /// <summary>The request of a command; null = the command is none.</summary>
    /// <param name="command">The command.</param>
    /// <param name="secrets">The newest and the first secret of each confidential client, by name.</param>
    /// <param name="now">The time.</param>
    public static Request? Of(Command command, IReadOnlyDictionary<int, (string Newest, string First)> secrets, DateTimeOffset now) =>
        command switch
        {
            Command.NewClient c => NewClient(c),
            Command.Disable c => new("PUT", $"{Apps}/$CLIENT{c.Client}")
            {
                Browser = "admin",
                Json = Metadata(secrets.ContainsKey(c.Client), ("disabled", c.Disabled)),
            },
            Command.NewSecret c => new("POST", $"{Apps}/$CLIENT{c.Client}/secret")
            {
                Browser = "admin",
                Json = JsonSerializer.Serialize(new { overlap_seconds = c.OverlapSeconds }),
                Takes = [("SECRET" + c.Id, "client_secret")],
            },
            Command.DeleteClient c => new("DELETE", $"{Apps}/$CLIENT{c.Client}") { Browser = "admin" },
            Command.RevokeClient c => new("DELETE", $"{Apps}/$CLIENT{c.Client}/authorizations") { Browser = "admin" },
            Command.RevokeUser c => new("DELETE", $"/api/v0/oauth2/authorizations?subject=$USER{c.User}") { Browser = "admin" },
            Command.Login c => Login(c),
            Command.Redeem c => Post(
                TokenPath,
                c.By,
                c.Proof,
                secrets,
                [
                    ("grant_type", "authorization_code"),
                    ("code", "$CODE" + c.Code),
                    ("redirect_uri", c.RightRedirect ? RedirectUri : RedirectUri + "/other"),
                    .. c.Verifier == Tests.Verifier.None
                        ? Array.Empty<(string, string)>()
                        : [("code_verifier", c.Verifier == Tests.Verifier.Right ? Verifier : OtherVerifier)],
                    .. Wanted(Scopes.None, c.Resources),
                ],
                c.Id
            ),
            Command.Refresh c => Post(
                TokenPath,
                c.By,
                c.Proof,
                secrets,
                [("grant_type", "refresh_token"), ("refresh_token", "$REFRESH" + c.Token), .. Wanted(c.Scope, c.Resources)],
                c.Id
            ),
            Command.OwnToken c => Post(
                TokenPath,
                c.By,
                c.Proof,
                secrets,
                [("grant_type", "client_credentials"), .. Wanted(c.Scope, c.Resources)],
                c.Id
            ),
            Command.Revoke { By: null } c => new("POST", "/oauth2/revoke")
            {
                Form = [("client_id", "personal-access-token"), ("token", "$" + c.Token.Name)],
            },
            Command.Revoke c => Post("/oauth2/revoke", c.By!.Value, c.Proof, secrets, [("token", "$" + c.Token.Name)]),
            Command.Introspect { By: null } c => new("POST", "/oauth2/introspect")
            {
                Basic = ("api", World.ApiSecret),
                Form = [("token", "$" + c.Token.Name)],
            },
            Command.Introspect c => Post("/oauth2/introspect", c.By!.Value, c.Proof, secrets, [("token", "$" + c.Token.Name)]),
            Command.Call c => new("GET", $"/{Names.Text(c.At)}/{Names.Text(c.Scope)}") { Bearer = "$ACCESS" + c.Token },
            Command.AskDevice c => Post("/oauth2/device_authorization", c.By, c.Proof, secrets, Wanted(c.Scope, c.Resources)) with
            {
                Takes = [("DEVICE" + c.Id, "device_code"), ("USERCODE" + c.Id, "user_code")],
            },
            Command.AnswerDevice c => new("POST", "/oauth2/device")
            {
                Browser = "USER" + c.User,
                Page = "/oauth2/device?user_code=$USERCODE" + c.Device,
                Form = Decision(c.Ticked, c.For),
            },
            Command.Poll c => Post(
                TokenPath,
                c.By,
                c.Proof,
                secrets,
                [("grant_type", DeviceGrant), ("device_code", "$DEVICE" + c.Device), .. Wanted(Scopes.None, c.Resources)],
                c.Id
            ),
            Command.NewPersonal c => new("POST", "/api/v0/users/me/oauth2/personal-access-tokens")
            {
                Browser = "USER" + c.User,
                NeedsToken = true,
                Json = JsonSerializer.Serialize(
                    new Dictionary<string, object?>
                    {
                        ["name"] = "A script",
                        ["scope"] = Names.Of(c.Scope),
                        ["resource"] = Names.Of(c.Resources),
                        ["expires_at"] = Rfc3339(now.AddSeconds(c.Seconds)),
                        ["organization"] = c.For == Orgs.None ? null : Names.Text(c.For),
                    }
                ),
                Takes = [("ACCESS" + c.Id, "token")],
            },
            Command.Narrow c => Patch(c.Grant, c.User, Narrowing(c)),
            Command.Pause c => Patch(c.Grant, c.User, JsonSerializer.Serialize(new { paused = c.Paused })),
            Command.SetEnd c => Patch(
                c.Grant,
                c.User,
                JsonSerializer.Serialize(new { ends_at = c.Seconds is { } s ? Rfc3339(now.AddSeconds(s)) : null })
            ),
            Command.Disconnect c => new("DELETE", $"{Mine}/$GRANT{c.Grant}") { Browser = "USER" + c.User, NeedsToken = true },
            Command.DisconnectAll c => new("DELETE", Mine) { Browser = "USER" + c.User, NeedsToken = true },
            Command.Keys => new("GET", "/oauth2/jwks"),
            _ => null,
        };

    private static string Rfc3339(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static (string, string)[] Wanted(Scopes scope, Resources resources) =>
        [
            .. scope == Scopes.None ? Array.Empty<(string, string)>() : [("scope", Names.Text(scope))],
            .. Names.Of(resources).Select(r => ("resource", r)),
        ];

    private static string Narrowing(Command.Narrow c) =>
        c.Resources == Resources.None
            ? JsonSerializer.Serialize(new { scope = Names.Of(c.Scope) })
            : JsonSerializer.Serialize(new { scope = Names.Of(c.Scope), resource = Names.Of(c.Resources) });

    private static Request NewClient(Command.NewClient c)
    {
        (string Name, string Member)[] takes = [("CLIENT" + c.Id, "client_id")];
        return c.Kind switch
        {
            ClientKind.SelfRegistered => new("POST", "/oauth2/register") { Json = Metadata(isConfidential: false), Takes = takes },
            ClientKind.Public => new("POST", Apps)
            {
                Browser = "admin",
                Json = Metadata(isConfidential: false),
                Takes = takes,
            },
            _ => new("POST", Apps)
            {
                Browser = "admin",
                Json = Metadata(isConfidential: true),
                Takes = [.. takes, ("SECRET" + c.Id, "client_secret")],
            },
        };
    }

    private static string Metadata(bool isConfidential, params (string Name, object Value)[] more) =>
        JsonSerializer.Serialize(
            more.ToDictionary(m => m.Name, m => m.Value)
                .Append(new("redirect_uris", new[] { RedirectUri }))
                .Append(new("token_endpoint_auth_method", isConfidential ? "client_secret_basic" : "none"))
                .Append(new("grant_types", isConfidential ? [.. grantTypes, "client_credentials"] : grantTypes))
                .ToDictionary()
        );

    private static Request Login(Command.Login c)
    {
        (string Name, string Value)[] query =
        [
            ("response_type", "code"),
            ("client_id", "$CLIENT" + c.Client),
            ("redirect_uri", RedirectUri),
            .. Wanted(c.Asked, c.Resources),
            ("code_challenge", Challenge),
            ("code_challenge_method", "S256"),
        ];
        return new("POST", "/oauth2/authorize")
        {
            Browser = "USER" + c.User,
            Page =
                "/oauth2/authorize?"
                + string.Join('&', query.Select(q => $"{q.Name}={q.Value.Replace(" ", "%20", StringComparison.Ordinal)}")),
            Form = Decision(c.Ticked, c.For),
            Meanwhile = c.Meanwhile,
            Takes = [("CODE" + c.Id, "code")],
        };
    }

    private static (string, string)[] Decision(Scopes? ticked, Orgs organization) =>
        [
            ("decision", ticked is null ? "deny" : "approve"),
            .. Names.Of(ticked ?? Scopes.None).Select(s => ("scope", s)),
            .. organization == Orgs.None ? Array.Empty<(string, string)>() : [("organization", Names.Text(organization))],
        ];

    private static Request Patch(int grant, int user, string json) =>
        new("PATCH", $"{Mine}/$GRANT{grant}")
        {
            Browser = "USER" + user,
            NeedsToken = true,
            Json = json,
        };

    // A request of a client on the back channel. The command that gets tokens by it has a number.
    private static Request Post(
        string path,
        int client,
        Proof proof,
        IReadOnlyDictionary<int, (string Newest, string First)> secrets,
        (string Name, string Value)[] form,
        int? takes = null
    )
    {
        var isConfidential = secrets.TryGetValue(client, out var known);
        var secret = proof switch
        {
            Proof.Wrong => "wrong-secret",
            Proof.Right when isConfidential => "$" + known.Newest,
            Proof.First when isConfidential => "$" + known.First,
            _ => null,
        };
        return new Request("POST", path)
        {
            Form = secret is null ? [.. form, ("client_id", "$CLIENT" + client)] : form,
            Basic = secret is null ? null : ("$CLIENT" + client, secret),
            Takes = takes is { } id ? [("ACCESS" + id, "access_token"), ("REFRESH" + id, "refresh_token")] : [],
        };
    }
}
