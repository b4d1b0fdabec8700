using System.Text;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Garbage behind a check that other tests do not pass: key sets of clients that registered, and bodies of a genuine session.</summary>
internal sealed class MalformedKeysAndTokensTests : SigningApp
{
    private static readonly ProofKey rsa = ProofKey.New("RS256");

    [TearDown]
    public void No_error_was_logged() => app.Logs.Errors().Should().BeEmpty();

    [Test]
    public async Task A_registration_with_a_key_that_has_a_member_of_another_kind()
    {
        foreach (var value in Malformed.Values)
        {
            await ShouldBearAsync(value);
            await ShouldBearAsync($"{{\"keys\":{value}}}");
            await ShouldBearAsync($"{{\"keys\":[{value}]}}");
            foreach (var jwk in new[] { key.Jwk, rsa.Jwk })
            {
                foreach (var member in new[] { "kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops", "x5c", "x5u", "d", "k" })
                {
                    var changed = jwk.DeepClone().AsObject();
                    changed.Remove(member);
                    await ShouldBearAsync($"{{\"keys\":[{changed.ToJsonString()[..^1]},\"{member}\":{value}}}]}}");
                }
            }
        }

        async Task ShouldBearAsync(string jwks) =>
            (await RegisterAsync($",\"jwks\":{jwks}")).Status.Should().BeOneOf([201, 400], jwks[..Math.Min(300, jwks.Length)]);
    }

    [Test]
    public async Task A_place_of_keys_that_is_no_address()
    {
        foreach (
            var value in Malformed.Values.Concat(["\"https://a..b/\"", "\"https://[::1/\"", "\"https://xn--/k\"", "\"https://h:99999/\""])
        )
            (await RegisterAsync($",\"jwks_uri\":{value}")).Status.Should().BeOneOf([201, 400], value);
    }

    [Test]
    public async Task A_key_set_that_cannot_be_read_is_503()
    {
        var id = (await RegisterAsync($",\"jwks_uri\":\"{KeysAt}\"")).Text("client_id")!;
        foreach (var body in Malformed.Bodies)
        {
            web.Answer(
                KeysAt,
                () =>
                {
                    var answer = new HttpResponseMessage { Content = new ByteArrayContent(body) };
                    answer.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
                    answer.Headers.TryAddWithoutValidation("Cache-Control", "max-age=99999999999999999999");
                    answer.Headers.TryAddWithoutValidation("Age", "-1");
                    answer.Content.Headers.TryAddWithoutValidation("Expires", "\0");
                    return answer;
                }
            );
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            (await app.PostAsync(Token, [ClientCredentials, .. key.Signed(id, app.Clock.Now)])).ShouldBeError(
                "temporarily_unavailable",
                503
            );
        }
    }

    [Test]
    public async Task A_personal_token_that_a_genuine_session_asks_for_by_garbage()
    {
        await using var server = await StartAsync(o => (o.PersonalAccessTokens, o.Limits.PersonalAccessTokensPerHour) = (true, 0));
        var user = new ConnectedAppsApiTests.Session(server, "alice");
        var antiforgery = await user.TokenAsync();
        string[] members = ["name", "scope", "resource", "organization", "expires_at"];
        byte[][] bodies =
        [
            .. Malformed.Bodies,
            .. Malformed
                .Values.SelectMany(v => new[] { v, $"[{v}]" })
                .SelectMany(v =>
                    members.Select(m =>
                        "{" + string.Join(',', Right().Where(r => r.Name != m).Append((m, v)).Select(r => $"\"{r.Item1}\":{r.Item2}")) + "}"
                    )
                )
                .Select(Encoding.UTF8.GetBytes),
        ];
        foreach (var body in bodies)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/v0/users/me/oauth2/personal-access-tokens");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("RequestVerificationToken", antiforgery);
            var answer = await user.Browser.SendAsync(request);
            answer.Status.Should().BeOneOf([201, 400, 413], Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(200, body.Length))));
        }

        var page = await user.Browser.GetAsync("/oauth2/connected-apps/new-token");
        foreach (var text in Malformed.Texts.Where(t => !t.Contains(Malformed.LoneSurrogate)))
        {
            foreach (var field in new[] { "name", "scope", "resource", "organization", "days" })
            {
                (string Name, string Value)[] right = [("name", "x"), ("scope", "read"), ("days", "7")];
                var answer = await user.Browser.PostAsync(
                    "/oauth2/connected-apps/new-token",
                    [.. Browser.HiddenFields(page), .. right.Where(r => r.Name != field), (field, text)]
                );
                answer.Status.Should().BeOneOf([201, 400, 413], $"{field} {text}");
            }
        }

        server.Logs.Errors().Should().BeEmpty();

        static (string Name, string Value)[] Right() =>
            [("name", "\"x\""), ("scope", "[\"read\"]"), ("expires_at", $"\"{TestClock.Start.AddDays(1):O}\"")];
    }
}
