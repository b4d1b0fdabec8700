using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Durability;

/// <summary>What honest users and clients do in a soak.</summary>
internal static class SoakUsers
{
    private const string Apps = "/api/v0/users/me/oauth2/authorizations";
    private const string PersonalTokens = "/api/v0/users/me/oauth2/personal-access-tokens";
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

    public static IEnumerable<(string Name, int Weight, Func<SoakCaller, Task> RunAsync)> Kinds(ProofKey key) =>
        [
            ("register, log in, refresh, delete", 12, RegisteredAsync),
            ("register and nothing else", 6, async c => await c.Flow.RegisterAsync()),
            ("log in, look at the apps, remove one or none", 10, ConnectedAppsAsync),
            ("push, log in, revoke", 8, PushedAsync),
            ("a device", 5, DeviceAsync),
            ("a bound token", 6, BoundAsync),
            ("client credentials by a signature", 6, c => SignedAsync(c, key)),
            ("client credentials by a secret", 4, SecretAsync),
            ("a personal token", 2, PersonalTokenAsync),
            ("metadata and keys", 4, DiscoverAsync),
        ];

    private static async Task RegisteredAsync(SoakCaller caller)
    {
        var (id, management) = await RegisterAsync(caller);
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        var tokens = SoakCaller.Ok(await caller.Flow.RedeemAsync(await caller.Flow.ApproveAsync(session, id)), "redemption");
        for (var turns = caller.Random.Next(1, 5); turns > 0; turns--)
        {
            tokens = SoakCaller.Ok(await caller.Flow.RefreshAsync(id, tokens.Text("refresh_token")!), "refresh");
            await CallAsync(caller, "/api/notes", tokens);
        }

        await CallAsync(caller, "/api/remote", tokens);
        await caller.Flow.IsActiveAsync(tokens.Text("access_token")!);
        // RFC 7592: a client that was approved is kept to the next day at least, unless it goes itself.
        var delete = new HttpRequestMessage(HttpMethod.Delete, $"/oauth2/register/{id}");
        delete.Headers.Authorization = new("Bearer", management);
        SoakCaller.Expect(await caller.SendAsync(delete), "delete the registration", HttpStatusCode.NoContent);
    }

    private static async Task ConnectedAppsAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        var tokens = await LogInAsync(caller, session);
        await caller.GetAsync("/oauth2/connected-apps", session);
        using var list = new HttpRequestMessage(HttpMethod.Get, Apps);
        list.Headers.Add("Cookie", session.Header);
        using var listed = await caller.Http.SendAsync(list);
        session.Take(listed.Headers);
        var apps = JsonNode.Parse(await listed.Content.ReadAsStringAsync())!["items"]!.AsArray();
        if (apps.Count == 0 || !listed.Headers.TryGetValues("RequestVerificationToken", out var antiforgery))
            throw new UnexpectedReplyException("connected apps", new(listed.StatusCode, null, ""));
        // The other half is left to expire.
        if (caller.Random.Next(2) == 0)
            return;
        await caller.SendAsync(
            new(HttpMethod.Delete, $"{Apps}/{apps[0]!["authorization_id"]}"),
            session,
            ("RequestVerificationToken", antiforgery.First())
        );
        await caller.Flow.IsActiveAsync(tokens.Text("access_token")!);
    }

    private static async Task PushedAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        var verifier = UserFlow.NewVerifier();
        var pushed = await caller.PostAsync(
            "/oauth2/par",
            SoakCaller.Machine,
            null,
            ("client_id", "demo-web"),
            ("response_type", "code"),
            ("redirect_uri", UserFlow.RedirectUri),
            ("scope", "read"),
            ("code_challenge", Challenge(verifier)),
            ("code_challenge_method", "S256")
        );
        var reference = SoakCaller.Expect(pushed, "push", HttpStatusCode.Created).Text("request_uri")!;
        // One of four is never used.
        if (caller.Random.Next(4) == 0)
            return;
        var page = await caller.GetAsync($"/oauth2/authorize?client_id=demo-web&request_uri={Uri.EscapeDataString(reference)}", session);
        if (page.Location is { } next && !UserFlow.IsConsentPage(page))
            page = await caller.GetAsync(new Uri(caller.Server, next).PathAndQuery, session);
        var approved = await caller.Flow.PressAllowAsync(session, "demo-web", verifier, page);
        var tokens = SoakCaller.Ok(await RedeemAsync(caller, approved), "redemption");
        await caller.PostAsync("/oauth2/revoke", SoakCaller.Machine, null, ("token", tokens.Text("refresh_token")!));
    }

    private static async Task DeviceAsync(SoakCaller caller)
    {
        var asked = SoakCaller.Ok(await caller.PostAsync("/oauth2/device_authorization", null, null, ("client_id", "tv")), "device code");
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        if (caller.Random.Next(4) == 0)
            return;
        var page = await caller.GetAsync($"/oauth2/device?user_code={asked.Text("user_code")}", session);
        var form = UserFlow.HiddenFields(page).Append(new("decision", caller.Random.Next(3) == 0 ? "deny" : "approve"));
        await caller.Flow.PostAsync("/oauth2/device", session, form);
        await caller.PostAsync(
            "/oauth2/token",
            null,
            null,
            ("grant_type", DeviceGrant),
            ("device_code", asked.Text("device_code")!),
            ("client_id", "tv")
        );
    }

    private static async Task BoundAsync(SoakCaller caller)
    {
        var key = ProofKey.New();
        var reply = await caller.PostAsync(
            "/oauth2/token",
            SoakCaller.Machine,
            caller.Proof(key, "POST", "/oauth2/token"),
            ("grant_type", "client_credentials"),
            ("scope", "read")
        );
        var token = SoakCaller.Ok(reply, "bound token").Text("access_token")!;
        var proof = caller.Proof(key, "GET", "/api/notes", token);
        foreach (var expected in new[] { HttpStatusCode.OK, HttpStatusCode.Unauthorized })
        {
            // The second time it is a replay.
            var call = await caller.GetAsync("/api/notes", null, ("Authorization", $"DPoP {token}"), ("DPoP", proof));
            SoakCaller.Expect(call, "call with a proof", expected);
        }
    }

    private static async Task SignedAsync(SoakCaller caller, ProofKey key)
    {
        var assertion = Assertion(caller, key, "signer");
        foreach (var expected in new[] { HttpStatusCode.OK, HttpStatusCode.Unauthorized })
            SoakCaller.Expect(await SignAsync(caller, assertion), "assertion", expected);
    }

    public static string Assertion(SoakCaller caller, ProofKey key, string client) =>
        key.Sign(
            new()
            {
                ["iss"] = client,
                ["sub"] = client,
                ["aud"] = caller.Url(""),
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                ["exp"] = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeSeconds(),
            }
        );

    public static Task<Reply> SignAsync(SoakCaller caller, string assertion) =>
        caller.PostAsync(
            "/oauth2/token",
            null,
            null,
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion)
        );

    private static async Task SecretAsync(SoakCaller caller)
    {
        var reply = await caller.PostAsync("/oauth2/token", SoakCaller.Machine, null, ("grant_type", "client_credentials"));
        var token = SoakCaller.Ok(reply, "client credentials").Text("access_token")!;
        await caller.Flow.IsActiveAsync(token);
        await caller.PostAsync("/oauth2/revoke", SoakCaller.Machine, null, ("token", token));
    }

    private static async Task PersonalTokenAsync(SoakCaller caller)
    {
        var session = new Session($"user-{caller.Random.Next(1_000_000)}");
        await caller.SignInAsync(session);
        var page = await caller.GetAsync("/oauth2/connected-apps/new-token", session);
        KeyValuePair<string, string>[] form = [.. UserFlow.HiddenFields(page), new("name", "x"), new("scope", "read"), new("days", "7")];
        SoakCaller.Expect(
            await caller.Flow.PostAsync("/oauth2/connected-apps/new-token", session, form),
            "personal token",
            HttpStatusCode.Created
        );
    }

    private static async Task DiscoverAsync(SoakCaller caller)
    {
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/oauth2/jwks", "/api/notes" })
            await caller.GetAsync(path);
    }

    /// <summary>The tokens of a client of the host's, of a user who is signed in.</summary>
    public static async Task<Reply> LogInAsync(SoakCaller caller, Session session) =>
        SoakCaller.Ok(await RedeemAsync(caller, await caller.Flow.ApproveAsync(session, "demo-web")), "redemption");

    public static Task<Reply> RedeemAsync(SoakCaller caller, Approved approved) =>
        caller.PostAsync(
            "/oauth2/token",
            SoakCaller.Machine,
            null,
            ("grant_type", "authorization_code"),
            ("code", approved.Code),
            ("code_verifier", approved.Verifier)
        );

    private static async Task<(string Id, string Management)> RegisterAsync(SoakCaller caller)
    {
        var metadata = new JsonObject
        {
            ["client_name"] = "Soak " + caller.MadeUp(8),
            ["redirect_uris"] = new JsonArray(UserFlow.RedirectUri),
            ["token_endpoint_auth_method"] = "none",
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["scope"] = "read write",
        };
        var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register")
        {
            Content = new StringContent(metadata.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        var reply = SoakCaller.Expect(await caller.SendAsync(request), "registration", HttpStatusCode.Created);
        return (reply.Text("client_id")!, reply.Text("registration_access_token")!);
    }

    private static async Task CallAsync(SoakCaller caller, string path, Reply tokens) =>
        SoakCaller.Ok(await caller.GetAsync(path, null, ("Authorization", "Bearer " + tokens.Text("access_token"))), "call of " + path);

    private static string Challenge(string verifier) =>
        ProofKey.Encode(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
