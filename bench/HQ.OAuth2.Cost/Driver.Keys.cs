using System.Web;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Cost;

/// <summary>Requests that a client proves by a key. The proofs are made here, so that they cost the server nothing.</summary>
internal static partial class Driver
{
    private static async Task RunKeysAsync(HttpClient http, HttpClient app, int rounds, ProofKey key)
    {
        // A confidential client with a key: private_key_jwt.
        var signed = await ExchangeAsync(app, await CodeAsync(http, "signer"), Assertion(key));
        await MeasureAsync(
            http,
            "refresh, private_key_jwt",
            rounds,
            async () => signed = await RefreshAsync(app, signed.Refresh, null, Assertion(key))
        );

        // A public client whose tokens are bound to a key: DPoP.
        var first = await ExchangeAsync(app, await CodeAsync(http, "app"), ("client_id", "app"));
        var bound = await RefreshAsync(app, first.Refresh, Proof("POST", "/oauth2/token"), ("client_id", "app"));
        await MeasureAsync(
            http,
            "refresh, DPoP",
            rounds,
            async () => bound = await RefreshAsync(app, bound.Refresh, Proof("POST", "/oauth2/token"), ("client_id", "app"))
        );
        await MeasureAsync(http, "API call, DPoP", rounds, () => CallAsync(app, "DPoP", bound.Access, Proof("GET", "/api", bound.Access)));

        // PAR: the request itself, and what the browser does with its reference.
        var pushed = new Queue<string>();
        await MeasureAsync(http, "pushed request", rounds, () => PushAsync(app));
        await MeasureAsync(
            http,
            "remembered consent, pushed",
            rounds,
            () => FollowAsync(http, pushed.Dequeue()),
            async user =>
            {
                await NewUserAsync(http, user);
                for (var i = 0; i < Block; i++)
                    pushed.Enqueue(await PushAsync(app));
            }
        );

        string Proof(string method, string path, string? token = null) =>
            key.Proof(method, Server.Issuer + path, TimeProvider.System.GetUtcNow(), token);
    }

    private static (string Name, string Value)[] Assertion(ProofKey key)
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = key.Sign(
            new()
            {
                ["iss"] = "signer",
                ["sub"] = "signer",
                ["aud"] = Server.Issuer,
                ["jti"] = Guid.NewGuid().ToString(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = now.AddMinutes(1).ToUnixTimeSeconds(),
            }
        );
        return [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", text)];
    }

    private static async Task<string> PushAsync(HttpClient http)
    {
        var asked = HttpUtility.ParseQueryString(AuthorizeUrl("app").OriginalString.Split('?')[1]);
        using var json = await PostAsync(http, "/oauth2/par", null, [.. asked.AllKeys.Select(name => (name!, asked[name]!))]);
        return json.RootElement.GetProperty("request_uri").GetString()!;
    }

    // The server redirects once to an address that may be loaded again.
    private static async Task FollowAsync(HttpClient http, string requestUri)
    {
        var next = new Uri($"/oauth2/authorize?client_id=app&request_uri={Uri.EscapeDataString(requestUri)}", UriKind.Relative);
        for (var step = 0; step < 2; step++)
        {
            using var answer = await http.GetAsync(next);
            next = answer.Headers.Location ?? throw new InvalidOperationException($"The pushed request got {answer.StatusCode}.");
        }

        if (HttpUtility.ParseQueryString(next.Query)["code"] is null)
            throw new InvalidOperationException($"No code: {next}");
    }
}
