using System.Text;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What we issue has one spelling; in another it is unknown, and cannot be used to revoke the real one.</summary>
internal sealed class OneSpellingTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private EveryEndpoint host = null!;

    [TearDown]
    public async Task StopAsync() => await host.DisposeAsync();

    [TestCase(AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque)]
    [Rfc("9068-4-2")]
    public async Task An_access_token_in_another_spelling_is_refused_everywhere(AccessTokenFormat format)
    {
        host = await EveryEndpoint.StartAsync(options: o => o.AccessTokenFormat = format);
        var app = host.Server;
        // One with an authorization and one without; of several, so that each length of a part occurs.
        var user = (await app.TokensAsync("spa", ("resource", TestApp.Issuer), ("resource", EveryEndpoint.Elsewhere))).AccessToken();
        var machine = (await app.MachineTokenAsync(("resource", TestApp.Issuer), ("resource", EveryEndpoint.Elsewhere))).AccessToken();

        foreach (var (token, client) in new[] { (user, "spa"), (machine, "machine") })
        {
            foreach (var other in Respelled(token))
            {
                (await app.GetAsync("/api/read", other)).Status.Should().BeOneOf([400, 401], other);
                (await app.IntrospectAsync(other)).Body.Should().Be("{\"active\":false}", other);
                (await app.PostAsync(Revoke, [("token", other), .. TestApp.Credentials(client)])).Status.Should().Be(200, other);
                (await ApiAsync(other)).Should().BeOneOf([400, 401], other);
            }

            (await app.GetAsync("/api/read", token)).Status.Should().Be(200, "no spelling revoked it");
            (await ApiAsync(token)).Should().Be(200);
        }
    }

    [Test]
    public async Task A_code_and_a_refresh_token_in_another_spelling_are_unknown_and_end_nothing()
    {
        host = await EveryEndpoint.StartAsync();
        var app = host.Server;
        var code = await app.CodeAsync("spa");
        foreach (var other in Resealed(code))
            (await app.RedeemAsync("spa", other)).ShouldBeError("invalid_grant");
        var redeemed = await app.RedeemAsync("spa", code);
        redeemed.Status.Should().Be(200, redeemed.Body);

        var refresh = redeemed.RefreshToken();
        foreach (var other in Resealed(refresh))
        {
            (await app.RefreshAsync("spa", other)).ShouldBeError("invalid_grant");
            (await app.PostAsync(Revoke, ("token", other), ("client_id", "spa"))).Status.Should().Be(200);
        }

        (await app.RefreshAsync("spa", refresh)).Status.Should().Be(200, "no spelling ended it");
    }

    [Test]
    public async Task A_registration_access_token_and_a_secret_in_another_spelling_are_wrong()
    {
        host = await EveryEndpoint.StartAsync();
        var app = host.Server;
        var registered = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        var (id, token, secret) = (
            registered.Text("client_id")!,
            registered.Text("registration_access_token")!,
            registered.Text("client_secret")!
        );
        foreach (var other in Resealed(token))
            (await app.GetAsync("/oauth2/register/" + id, other)).Status.Should().BeOneOf([400, 401], other);
        (await app.GetAsync("/oauth2/register/" + id, token)).Status.Should().Be(200);
        // To bcrypt a text that is repeated after a NUL is the text itself.
        foreach (var (client, known) in new[] { (id, secret), ("web", TestApp.WebSecret) })
        {
            var respelled = known == secret ? Resealed(known) : [];
            foreach (var other in respelled.Append(known + "\0" + known).Append(known + "\0"))
                (await app.PostAsync(Revoke, ("token", "x"), ("basic", $"{client}:{Uri.EscapeDataString(other)}"))).Status.Should().Be(401);
            (await app.PostAsync(Revoke, ("token", "x"), ("basic", $"{client}:{known}"))).Status.Should().Be(200);
        }
    }

    private async Task<int> ApiAsync(string token) =>
        (
            await EveryEndpoint.SendAsync(
                host.Api,
                http => (http.Request.Path, http.Request.Headers.Authorization) = ("/read", "Bearer " + token)
            )
        ).Status;

    /// <summary>A token in other spellings: padding, spare bits of the last character of each part, another second part of five.</summary>
    private static IEnumerable<string> Respelled(string token)
    {
        yield return token + "=";
        yield return token + "==";
        yield return token + ".";
        yield return token + "..";
        yield return "." + token;
        var parts = token.Split('.');
        for (var i = 0; i < parts.Length; i++)
        {
            string With(string part) => string.Join('.', parts.Select((p, n) => n == i ? part : p));
            if (parts[i].Length == 0)
            {
                yield return With("QQ");
                yield return With("QUFB");
                yield return With(Base64("{}"));
                continue;
            }

            yield return With(parts[i] + "=");
            yield return With(parts[i] + "A");
            yield return With(parts[i] + "%3D");
            foreach (var other in OtherSpareBits(parts[i]))
                yield return With(other);
            if (parts[i].Contains('-') || parts[i].Contains('_'))
                yield return With(parts[i].Replace('-', '+').Replace('_', '/'));
        }
    }

    /// <summary>The same value with other spare bits, and the checksum that fits the text: anybody can compute it.</summary>
    private static IEnumerable<string> Resealed(string text)
    {
        var body = text[..^6];
        foreach (var other in OtherSpareBits(body[^43..]))
            yield return IssuedText.Seal(body[..^43] + other);
        if (body.StartsWith("hqr_", StringComparison.Ordinal))
        {
            foreach (var other in OtherSpareBits(body[^86..^43]))
                yield return IssuedText.Seal(body[..^86] + other + body[^43..]);
        }

        if (body.StartsWith("hqa_", StringComparison.Ordinal) || body.StartsWith("hqr_", StringComparison.Ordinal))
            yield return IssuedText.Seal(body[..4] + body[4..36].ToUpperInvariant() + body[36..]);
        foreach (var other in OtherSpareBits(text[^6..]))
            yield return body + other;
        yield return text + "=";
    }

    private static IEnumerable<string> OtherSpareBits(string part)
    {
        var spare = (part.Length % 4) switch
        {
            2 => 16,
            3 => 4,
            _ => 1,
        };
        var last = Alphabet.IndexOf(part[^1]);
        return Enumerable.Range(1, spare - 1).Select(bits => part[..^1] + Alphabet[last + bits]);
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
