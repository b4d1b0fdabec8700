using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Durability;

/// <summary>What attackers, and clients that are broken, do in a soak. Nothing of it may succeed.</summary>
internal static class SoakAttacks
{
    private const int Flood = 20;

    private static readonly string[] endpoints =
    [
        "/oauth2/token",
        "/oauth2/authorize",
        "/oauth2/par",
        "/oauth2/register",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/device_authorization",
        "/oauth2/device",
        "/oauth2/connected-apps",
        "/api/v0/users/me/oauth2/authorizations",
    ];

    private static readonly string[] types = ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data"];

    public static IEnumerable<(string Name, int Weight, Func<SoakCaller, Task> RunAsync)> Kinds(ProofKey key) =>
        [
            ("wrong secrets", 5, WrongSecretsAsync),
            ("wrong assertions", 3, c => WrongAssertionsAsync(c, key)),
            ("a code twice, a spent refresh token", 6, ReplaysAsync),
            ("wrong codes", 4, WrongCodesAsync),
            ("made-up clients", 4, MadeUpClientsAsync),
            ("made-up tokens and key ids", 4, MadeUpTokensAsync),
            ("made-up user codes", 3, MadeUpUserCodesAsync),
            ("metadata documents that are not there", 1, DocumentsAsync),
            ("malformed requests", 8, MalformedAsync),
            ("callers who leave", 6, LeavingAsync),
            ("half a request", 4, HalfAsync),
        ];

    private static async Task WrongSecretsAsync(SoakCaller caller)
    {
        for (var i = 0; i < 3; i++)
        {
            var client = i == 0 ? "demo-web" : caller.MadeUp(20);
            var reply = await caller.PostAsync(
                "/oauth2/token",
                $"{client}:{caller.MadeUp(30)}",
                null,
                ("grant_type", "client_credentials")
            );
            Refused(reply, "wrong secret");
        }
    }

    private static async Task WrongAssertionsAsync(SoakCaller caller, ProofKey key)
    {
        var assertion = SoakUsers.Assertion(caller, ProofKey.New("ES256", key.Kid), "signer");
        Refused(await SoakUsers.SignAsync(caller, assertion), "wrong assertion");
        Refused(await SoakUsers.SignAsync(caller, SoakUsers.Assertion(caller, key, caller.MadeUp(12))), "assertion of nobody");
    }

    private static async Task ReplaysAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        var approved = await caller.Flow.ApproveAsync(session, "demo-web");
        var tokens = SoakCaller.Ok(await SoakUsers.RedeemAsync(caller, approved), "redemption");
        if (caller.Random.Next(2) == 0)
        {
            Refused(await SoakUsers.RedeemAsync(caller, approved), "a code twice");
        }
        else
        {
            SoakCaller.Ok(await RefreshAsync(caller, tokens), "refresh");
            await Task.Delay(1500);
            Refused(await RefreshAsync(caller, tokens), "a spent refresh token");
        }
    }

    private static Task<Reply> RefreshAsync(SoakCaller caller, Reply tokens) =>
        caller.PostAsync(
            "/oauth2/token",
            SoakCaller.Machine,
            null,
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.Text("refresh_token")!)
        );

    private static async Task WrongCodesAsync(SoakCaller caller)
    {
        var id = Guid.CreateVersion7().ToString("N");
        foreach (var code in new[] { caller.MadeUp(60), $"hqa_{id}.{caller.MadeUp(43)}" })
            Refused(await SoakUsers.RedeemAsync(caller, new("demo-web", code, caller.MadeUp(43))), "wrong code");
    }

    private static async Task MadeUpClientsAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        for (var i = 0; i < Flood; i++)
            Refused(await caller.Flow.OpenConsentAsync(session, caller.MadeUp(24), UserFlow.NewVerifier()), "made-up client");
    }

    private static async Task MadeUpTokensAsync(SoakCaller caller)
    {
        var stranger = ProofKey.New();
        for (var i = 0; i < Flood; i++)
        {
            var token = stranger.Sign(new JsonObject { ["iss"] = caller.Url("") }, "at+jwt", h => h["kid"] = caller.MadeUp(20));
            Refused(await caller.GetAsync(i % 4 == 0 ? "/api/remote" : "/api/notes", null, ("Authorization", "Bearer " + token)), "token");
            if (await caller.Flow.IsActiveAsync(i % 2 == 0 ? token : "hqp_" + caller.MadeUp(60)))
                throw new UnexpectedReplyException("a made-up token is active", new(HttpStatusCode.OK, null, ""));
        }
    }

    private static async Task MadeUpUserCodesAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        for (var i = 0; i < Flood / 2; i++)
            await caller.GetAsync($"/oauth2/device?user_code={caller.MadeUp(8).ToUpperInvariant()}", session);
    }

    private static async Task DocumentsAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        var client = $"https://127.0.0.1:{caller.Random.Next(1, 9)}/{caller.MadeUp(10)}";
        Refused(await caller.Flow.OpenConsentAsync(session, client, UserFlow.NewVerifier()), "document");
    }

    private static async Task MalformedAsync(SoakCaller caller)
    {
        for (var i = 0; i < 4; i++)
        {
            var body = new byte[caller.Random.Next(caller.Random.Next(4) == 0 ? 100_000 : 300)];
            caller.Random.NextBytes(body);
            var request = new HttpRequestMessage(Pick(caller, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete), Pick(caller, endpoints))
            {
                Content = new ByteArrayContent(
                    caller.Random.Next(2) == 0 ? body : Encoding.ASCII.GetBytes("a=" + caller.MadeUp(80) + "&&=%zz")
                ),
            };
            request.Content.Headers.ContentType = new(Pick(caller, types));
            string[] odd = ["Basic " + caller.MadeUp(9), "Bearer", "DPoP a.b.c", "Basic =", caller.MadeUp(50)];
            await caller.SendAsync(request, null, ("Authorization", Pick(caller, odd)), ("DPoP", caller.MadeUp(30)));
        }
    }

    private static async Task LeavingAsync(SoakCaller caller)
    {
        var session = caller.NewUser();
        await caller.SignInAsync(session);
        for (var i = 0; i < 3; i++)
        {
            var address = $"/oauth2/authorize?response_type=code&client_id=demo-web&redirect_uri={UserFlow.RedirectUri}&scope=read";
            using var request = new HttpRequestMessage(HttpMethod.Get, Pick(caller, address, "/oauth2/connected-apps", "/oauth2/jwks"));
            request.Headers.Add("Cookie", session.Header);
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(caller.Random.Next(1, 20)));
            try
            {
                using var reply = await caller.Http.SendAsync(request, limit.Token);
            }
            catch (OperationCanceledException)
            {
                // It left.
            }
        }
    }

    private static async Task HalfAsync(SoakCaller caller)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, caller.Server.Port);
        var text =
            $"POST /oauth2/token HTTP/1.1\r\nHost: {caller.Server.Authority}\r\nContent-Length: 500\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=authorization_code&code=";
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text[..caller.Random.Next(10, text.Length)]));
        await Task.Delay(caller.Random.Next(200));
        // One of two is reset and not closed.
        if (caller.Random.Next(2) == 0)
            connection.Client.LingerState = new(true, 0);
    }

    private static T Pick<T>(SoakCaller caller, params T[] choices) => choices[caller.Random.Next(choices.Length)];

    // A server that is asked too often, or too much at once, says so: 429 and 503 are refusals too.
    private static void Refused(Reply reply, string what)
    {
        if (
            reply.Status is not (>= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable)
        )
            throw new UnexpectedReplyException(what + " was not refused", reply);
    }
}
